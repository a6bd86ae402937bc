"""What happens to the plan: an action comes, lives, costs; its money is asked, granted, paid, withdrawn."""

from pvd.bureau.gestes.projet.argent import (
    DeposerDemande,
    EnregistrerAccord,
    ModifierAccord,
    NouveauVersement,
    NouvelAccord,
    NouvelleDemande,
    Proroger,
    RefusOuSansSuite,
    Retirer,
    Verser,
)
from pvd.bureau.gestes.projet.calendrier import ReviserCalendrier, ReviserCout
from pvd.bureau.gestes.projet.inscription import InscrireAction
from pvd.bureau.gestes.projet.mesures import MESURES
from pvd.bureau.gestes.projet.plan import AppliquerAvenant, AttacherActions
from pvd.bureau.gestes.projet.point import FaireLePoint
from pvd.bureau.gestes.projet.vie import (
    Abandonner,
    Achever,
    Bloquer,
    Demarrer,
    Lever,
    MettreEnPause,
    Relancer,
    Reprendre,
)

# In the order in which buttons and lists show them.
DU_PROJET = (
    InscrireAction(),
    Demarrer(),
    Bloquer(),
    Lever(),
    MettreEnPause(),
    Reprendre(),
    Achever(),
    Abandonner(),
    Relancer(),
    ReviserCalendrier(),
    ReviserCout(),
    NouvelleDemande(),
    NouvelAccord(),
    NouveauVersement(),
    DeposerDemande(),
    EnregistrerAccord(),
    RefusOuSansSuite(),
    Verser(),
    ModifierAccord(),
    Proroger(),
    Retirer(),
    FaireLePoint(),
    AttacherActions(),
    AppliquerAvenant(),
    *MESURES,
)

__all__ = ["DU_PROJET"]
