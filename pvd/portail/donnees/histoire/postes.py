"""The history of the posts: what `postes` said of each, on every day. Nobody is in it."""

import datetime
from collections.abc import Iterator
from typing import Any

from communes.models import Commune
from communes.territoire.colonnes import moins_tenue, tenues_par_departement
from communes.territoire.faits import successions_lues
from projects.postes.du_jour import PosteDuJour
from projects.postes.exports import POSTES
from projects.postes.faits import PosteDate, dates_des_fiches
from projects.postes.models import Desserte, Etat, Poste
from projects.postes.regles import communes_desservies
from pvd.portail.donnees.histoire.bornes import (
    Dits,
    DitsDuTerritoire,
    bornes_du_poste,
)
from pvd.portail.donnees.histoire.filtres import HistoireDemandee
from pvd.portail.donnees.histoire.periodes import (
    Borne,
    LigneHistoire,
    Lignes,
    histoire_de,
    periodes,
)
from socle.fichiers.colonnes import Colonne

# What the day itself changes: counted from `vacant_depuis`, which its history has instead.
DU_JOUR_SEUL = ("jours_vacance",)
VACANT_DEPUIS = Colonne(
    "vacant_depuis",
    lambda p: p.du_jour.vacant_depuis if p.du_jour.jours_vacance is not None else None,
    "Premier jour sans personne, dont jours_vacance compte les jours ; vide dans les mêmes cas.",
    "date",
)

HISTOIRE_POSTES = histoire_de(
    POSTES,
    "Une ligne par période où rien ne change pour un poste de chef de projet ouvert, et qui sert une "
    "commune ; avec etat=ferme, depuis sa fermeture. Les personnes n'y sont pas.",
    hors=DU_JOUR_SEUL,
    en_plus=(VACANT_DEPUIS,),
)
DES_NOMS = frozenset(["employeur_nom"])


class PostesDeTousLesJours:
    """The posts that ever served a commune of the place asked for, on any day."""

    def __init__(self, demande: HistoireDemandee) -> None:
        self.demande = demande
        self.successions = successions_lues()
        self.postes = list(self.read())
        self.dates = dates_des_fiches(self.postes)
        served = {d.commune for dates in self.dates.values() for d in dates.dessertes}
        there = Commune.objects.filter(pk__dans=list(served)).order_by()
        self.departements = dict(there.values_list("pk", "departement"))
        self.tenues = tenues_par_departement("tenue_postes")

    def read(self) -> Any:
        postes = Poste.objects.order_by("identifiant")
        if self.demande.departements is not None:
            there = Commune.objects.filter(departement__in=self.demande.departements).order_by()
            codes = self.successions.avec_liees(there.values_list("pk", flat=True))
            served = Desserte.objects.filter(commune__dans=list(codes)).order_by()
            postes = postes.filter(pk__in=served.values("poste"))
        return postes.select_related(
            "employeur_commune", "employeur_intercommunalite", "employeur_organisme"
        ).prefetch_related(
            "employeur_commune__anciens_noms", "employeur_intercommunalite__anciens_noms"
        )

    def au(self, poste: Poste, jour: datetime.date) -> Poste | None:
        """Return a post with its `du_jour`; None on a day when it is not known, or serves nobody."""
        dates: PosteDate = self.dates[poste.pk]
        if dates.date_ouverture and dates.date_ouverture > jour:
            return None
        served = communes_desservies(dates, jour)
        if not any(self.demande.est_de(self.departements[commune]) for commune in served):
            return None
        poste.du_jour = PosteDuJour(dates, jour)
        kept = {self.departements[commune] for commune in poste.du_jour.communes}
        poste.tenue = moins_tenue(self.tenues[code] for code in kept)
        return poste


def histoire_postes(demande: HistoireDemandee, horizon: datetime.date) -> Iterator[LigneHistoire]:
    """Yield the history of the posts, but for what is closed, or of those of a state asked for."""
    read, etats = PostesDeTousLesJours(demande), demande.etats
    dits, territoire = Dits(Poste), DitsDuTerritoire()

    def bornes(poste: Poste) -> Iterator[Borne]:
        yield from bornes_du_poste(read.dates[poste.pk], dits, None)
        for employer in (poste.employeur_commune, poste.employeur_intercommunalite):
            if employer:
                yield from territoire.bornes(employer.anciens_noms.all(), DES_NOMS)

    for poste in read.postes:

        def lignes_au(jour: datetime.date, poste: Any = poste) -> Lignes:
            found = read.au(poste, jour)
            if found is None:
                return {}
            state = found.du_jour.etat
            asked = state in etats if etats else state != Etat.FERME
            return {poste.identifiant: HISTOIRE_POSTES.cellules(found)} if asked else {}

        yield from periodes(
            bornes(poste), lignes_au, HISTOIRE_POSTES.noms, "poste_identifiant", horizon
        )
