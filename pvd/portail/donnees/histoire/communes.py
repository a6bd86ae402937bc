"""The history of the communes of the programme: what `communes` said of each, on every day."""

import datetime
from collections.abc import Iterator
from typing import Any

from django.db.models import Prefetch

from communes.models import Commune, Millesime, Rattachement
from communes.territoire.contours.centroides import centroides
from communes.territoire.faits import population_au
from communes.territoire.models import annee_en_usage
from projects.postes.models import Poste
from pvd.portail.donnees.exports import COMMUNES, dit_par_le_millesime
from pvd.portail.donnees.histoire.bornes import (
    ORT_DE_LA_COMMUNE,
    POSTE,
    PROGRAMME,
    BornesDesActes,
    BornesDuProgramme,
    Dits,
    DitsDuTerritoire,
    bornes_du_poste,
    successions_des,
)
from pvd.portail.donnees.histoire.filtres import HistoireDemandee
from pvd.portail.donnees.histoire.periodes import (
    Borne,
    LigneHistoire,
    Lignes,
    histoire_de,
    periodes,
)
from pvd.suivi.faits import Faits, codes_du_programme
from pvd.suivi.situation import Situation, lisibles
from socle.periodes import holds_on

HISTOIRE_COMMUNES = histoire_de(
    COMMUNES,
    "Une ligne par période où rien ne change pour une commune du programme : celles qui valent un "
    "jour (debut ≤ jour < fin) sont le tableau des communes de ce jour ; avec statut=sortie, les "
    "périodes des communes sorties.",
)


class SituationsDeTousLesJours:
    """The `Situation` of communes on any day, all that they need being read once."""

    def __init__(self, codes: list[str]) -> None:
        self.faits = Faits(codes)
        memberships = Rattachement.objects.select_related("intercommunalite").prefetch_related(
            "intercommunalite__anciens_noms"
        )
        read = lisibles(Commune.objects.filter(pk__dans=codes)).order_by("code_insee")
        self.communes = list(
            read.prefetch_related("populations", Prefetch("rattachements", memberships))
        )
        self.lieux = centroides(codes)
        self.millesimes = sorted(Millesime.objects.values_list("annee", flat=True))

    def au(self, commune: Commune, jour: datetime.date) -> Situation:
        """Return what is true of one of the communes on `jour`."""
        held = next((r for r in commune.rattachements.all() if holds_on(r, jour)), None)
        situation = Situation(
            commune=commune,
            jour=jour,
            faits=self.faits,
            intercommunalite=held and held.intercommunalite,
            population=population_au(commune.populations.all(), self.agrandie(commune), jour),
        )
        situation.lieu = self.lieux.get(commune.pk)
        annee = annee_en_usage(self.millesimes, jour)
        told = held and dit_par_le_millesime(held.debut, annee)
        situation.annee_rattachement = annee if told else None
        return situation

    def agrandie(self, commune: Commune) -> list[datetime.date]:
        """Return the days on which a commune absorbed another."""
        rows = self.faits.successions.of_devient.get(commune.pk, ())
        return [row.debut for row in rows if row.debut]


class BornesDesCommunes:
    """The days on which something changes for the communes that `situations` has read."""

    def __init__(self, situations: SituationsDeTousLesJours) -> None:
        self.faits = situations.faits
        self.programme = BornesDuProgramme(self.faits.fiches or ())
        self.actes = BornesDesActes()
        self.postes, self.territoire = Dits(Poste), DitsDuTerritoire()

    def of(self, commune: Commune) -> Iterator[Borne]:
        code = commune.pk
        successions = successions_des(self.faits.successions, [code])
        fiches = {code, *(row.commune for row in successions)}
        yield from self.programme.of(fiches, PROGRAMME)
        for fiche in fiches:
            for couverture in self.faits.couvertures.get(fiche, ()):
                yield from self.actes.of(couverture.convention, ORT_DE_LA_COMMUNE)
        for poste in self.faits.postes.get(code, ()):
            yield from bornes_du_poste(poste, self.postes, POSTE)
        yield from self.territoire.bornes(successions)
        yield from self.du_territoire(commune)

    def du_territoire(self, commune: Commune) -> Iterator[Borne]:
        """Yield the days of its names, of its intercommunalités, of their names, and of the vintages."""
        memberships = list(commune.rattachements.all())
        moving = [*memberships, *commune.anciens_noms.all()]
        for membership in memberships:
            moving += membership.intercommunalite.anciens_noms.all()
        yield from self.territoire.bornes(moving, DU_TERRITOIRE)
        for jour in self.territoire.millesimes:
            yield self.territoire.borne(jour, DU_TERRITOIRE)


DU_TERRITOIRE = frozenset(
    [
        "nom_commune",
        "siren_epci",
        "nom_epci",
        "population",
        "population_annee",
        "population_millesime",
        "annee_population",
        "annee_rattachement",
    ]
)


def histoire_communes(demande: HistoireDemandee, horizon: datetime.date) -> Iterator[LigneHistoire]:
    """Yield the history, known on `horizon`, of the communes of the place asked for.

    They are those lauréates on each day, or those of a status asked for. A constant number of queries.
    """
    read = SituationsDeTousLesJours(codes_du_programme(demande.departements))
    statuts = demande.etats
    bornes = BornesDesCommunes(read)
    presence = "statut" if statuts else "date_entree_programme"
    for commune in read.communes:

        def lignes_au(jour: datetime.date, commune: Any = commune) -> Lignes:
            situation = read.au(commune, jour)
            asked = situation.statut in statuts if statuts else situation.laureate
            return {commune.pk: HISTOIRE_COMMUNES.cellules(situation)} if asked else {}

        yield from periodes(
            bornes.of(commune), lignes_au, HISTOIRE_COMMUNES.noms, presence, horizon
        )
