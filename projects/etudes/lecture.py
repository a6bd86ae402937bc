"""Studies as the pages and the files show them on a day: public facts alone."""

from projects.etudes.du_jour import EtudesDatees
from projects.etudes.models import RegimeEtude
from projects.financements.regles import ZERO
from projects.projet.lecture import situer, somme_montree

LIEES = ("convention", "prestataire")


def situer_etudes(etudes, jour):
    """Give each of `etudes`, a list, what is known of it on `jour`: see `situer`."""
    return situer(etudes, jour, EtudesDatees)


def somme_d_etude(etude, stage):
    """Return the sum of a stage of a study: see `somme_montree`; zero for one that is provided."""
    if etude.regime == RegimeEtude.MISE_A_DISPOSITION:
        return ZERO
    return somme_montree(etude, stage)
