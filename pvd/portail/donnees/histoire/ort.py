"""The histories of the ORT and of the communes that they cover: what these tables said on every day."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Prefetch

from communes.models import Succession
from ort.actes import with_actes
from ort.exports import ORT, ORT_COMMUNES, LigneOrt
from ort.faits import ort_datees
from ort.filtres import StatutOrt
from ort.models import CommuneCouverte, Convention
from pvd.portail.donnees.histoire.bornes import (
    BornesDesActes,
    BornesDuProgramme,
    DitsDuTerritoire,
    successions_des,
)
from pvd.portail.donnees.histoire.filtres import HistoireDemandee
from pvd.portail.donnees.histoire.periodes import (
    Borne,
    LigneHistoire,
    Lignes,
    TableHistoire,
    histoire_de,
    periodes,
)
from pvd.suivi.faits import Faits, codes_du_programme
from socle.periodes import holds_on

HISTOIRE_ORT = histoire_de(
    ORT,
    "Une ligne par période où rien ne change pour une ORT qui couvre une commune du programme ; avec "
    "statut=terminee, les périodes des ORT terminées, avec programme=tous, celles aussi des autres ORT.",
)
HISTOIRE_ORT_COMMUNES = histoire_de(
    ORT_COMMUNES,
    "Une ligne par période d'une commune dans une ORT en vigueur qui couvre une commune du programme ; "
    "avec programme=tous, dans toute ORT en vigueur.",
)
# What the facts of others than its acts may change of an ORT, or of a commune that it covers.
DES_LAUREATES = frozenset(["nb_communes_laureates", "laureate_pvd"])
PRESENCE = "ort_identifiant"
DES_NOMS = frozenset(["nom_epci", "nom_commune", "siren_epci"])


class OrtDeTousLesJours:
    """The ORT that a history asked for may tell, as `LigneOrt` of any day."""

    def __init__(self, demande: HistoireDemandee, horizon: datetime.date) -> None:
        self.demande = demande
        followed = Succession.objects.select_related("devient__departement").prefetch_related(
            "devient__anciens_noms"
        )
        read = with_actes(self.read(), horizon)
        self.conventions = list(
            read.order_by("identifiant").prefetch_related(
                Prefetch(
                    "entrees_connues__commune__successions", followed, to_attr="successions_lues"
                )
            )
        )
        self.faits = Faits({code for c in self.conventions for code in communes_de(c)})

    def read(self) -> Any:
        """Return the ORT that ever covered a commune of the programme there; all, when all are asked for."""
        if self.demande.toutes:
            return Convention.objects.ort()
        asked = Faits(codes_du_programme(self.demande.departements))
        covered = CommuneCouverte.objects.filter(commune__dans=list(asked.fiches or ()))
        cles = list(covered.order_by().values_list("convention", flat=True).distinct())
        return Convention.objects.ort().filter(pk__dans=cles)

    def au(self, convention: Convention, jour: datetime.date) -> LigneOrt | None:
        """Return what is true of one of the ORT on `jour`; None on a day when it is not of what is asked."""
        for couverture in convention.entrees_connues:
            commune = couverture.commune
            commune.successions_du_jour = [s for s in commune.successions_lues if s.holds_on(jour)]
        ligne = LigneOrt(convention, jour, set())
        if not ligne.signee:
            return None
        there = [couverture.commune for couverture in ligne.couvertes]
        ligne.laureates.update(c.pk for c in there if self.laureate(c.pk, jour))
        if self.demande.toutes and self.demande.departements is None:
            return ligne
        of_place = [commune for commune in there if self.demande.est_de(commune.departement_id)]
        kept = self.demande.toutes or any(c.pk in ligne.laureates for c in of_place)
        return ligne if of_place and kept else None

    def laureate(self, code: str, jour: datetime.date) -> bool:
        """Tell whether a commune is in the programme on `jour`."""
        return any(holds_on(label, jour) for label in self.faits.labellisations_de(code, jour))


def communes_de(convention: Convention) -> Iterator[str]:
    """Yield the codes of the communes that a convention ever covered, and of those that follow them."""
    for couverture in convention.entrees_connues:
        yield couverture.commune_id
        for succession in couverture.commune.successions_lues:
            yield succession.devient_id


class BornesDesOrt:
    """The days on which something changes for the ORT that `read` holds."""

    def __init__(self, read: OrtDeTousLesJours) -> None:
        self.faits = read.faits
        self.programme = BornesDuProgramme(self.faits.fiches or ())
        # Of all the ORT, a commune that enters the programme, or leaves it, brings none.
        self.des_laureates = DES_LAUREATES if read.demande.toutes else DES_LAUREATES | {PRESENCE}
        self.actes, self.territoire = BornesDesActes(), DitsDuTerritoire()
        self.datees = {ort.pk: ort for ort in ort_datees()}

    def of(self, convention: Convention) -> Iterator[Borne]:
        yield from self.actes.of(self.datees[convention.pk])
        for couverture in convention.entrees_connues:
            commune = couverture.commune
            for named in (commune, *(s.devient for s in commune.successions_lues)):
                yield from self.territoire.bornes(named.anciens_noms.all(), DES_NOMS)
        codes = list(communes_de(convention))
        # Of those that followed a commune covered, and of those that one followed: of the programme, or not.
        yield from self.territoire.bornes(successions_des(self.faits.successions, codes))
        fiches = self.faits.successions.avec_liees(codes)
        yield from self.programme.of(fiches, self.des_laureates)
        if convention.porteur:
            yield from self.territoire.bornes(convention.porteur.anciens_noms.all(), DES_NOMS)


def histoire_ort(demande: HistoireDemandee, horizon: datetime.date) -> Iterator[LigneHistoire]:
    """Yield the history of the ORT, in force on each day, or as is asked for, known on `horizon`."""

    def rows_of(ligne: LigneOrt) -> Lignes:
        return {ligne.convention.identifiant: HISTOIRE_ORT.cellules(ligne)}

    return histoire(HISTOIRE_ORT, demande, horizon, rows_of)


def histoire_ort_communes(
    demande: HistoireDemandee, horizon: datetime.date
) -> Iterator[LigneHistoire]:
    """Yield the history of the communes of these ORT, whether they are of the programme or not."""

    def rows_of(ligne: LigneOrt) -> Lignes:
        rows: Lignes = {}
        for couverture in ligne.couvertes:
            couverture.nom = couverture.commune.nom_au(ligne.jour)
            couverture.laureate = couverture.commune_id in ligne.laureates
            rows[couverture.commune_id] = HISTOIRE_ORT_COMMUNES.cellules(couverture)
        return rows

    return histoire(HISTOIRE_ORT_COMMUNES, demande, horizon, rows_of)


def histoire(
    table: TableHistoire,
    demande: HistoireDemandee,
    horizon: datetime.date,
    rows_of: Callable[[LigneOrt], Lignes],
) -> Iterator[LigneHistoire]:
    """Yield the periods of the rows that `rows_of` gives of each ORT, on the days when it is as asked for."""
    read, statuts = OrtDeTousLesJours(demande, horizon), demande.etats or [StatutOrt.EN_VIGUEUR]
    bornes = BornesDesOrt(read)
    for convention in read.conventions:

        def lignes_au(jour: datetime.date, convention: Any = convention) -> Lignes:
            ligne = read.au(convention, jour)
            asked = ligne is not None and ligne.statut in statuts
            return rows_of(ligne) if asked else {}

        yield from periodes(bornes.of(convention), lignes_au, table.noms, PRESENCE, horizon)
