"""The histories of the territory of the programme: who was of which intercommunalité, under which name."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Prefetch, Q

from communes.models import Commune, Intercommunalite, Nature, Rattachement
from communes.territoire.colonnes import colonne_tenue, with_tenue
from ort.exports import CODE_DEPARTEMENT, CODE_INSEE, SIREN
from ort.models import CommuneCouverte
from pvd.portail.donnees.histoire.bornes import (
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
    periodes,
)
from pvd.portail.partage.etendue import HISTORIQUE
from pvd.suivi.faits import Faits, codes_du_programme
from socle.fichiers.colonnes import Colonne
from socle.periodes import Etape, etapes, holds_on


class RattachementDate(NamedTuple):
    """A commune in an intercommunalité, from a day to another, with what the file says of both."""

    commune: str
    departement: str
    siren: str
    nature: str
    tenue: str
    debut: datetime.date | None
    fin: datetime.date | None


class MembreDuJour(NamedTuple):
    """A membership on a day; `laureate` tells whether the commune is then in the programme."""

    rattachement: RattachementDate
    laureate: bool


HISTOIRE_RATTACHEMENTS = TableHistoire(
    f"{HISTORIQUE}rattachements",
    "Rattachements aux intercommunalités : l'histoire",
    "Une ligne par période d'une commune dans une intercommunalité, tant que celle-ci a au moins une "
    "commune du programme : les lignes d'un jour sont les communes membres du tableau des "
    "intercommunalités de ce jour.",
    (
        Colonne(
            "code_insee",
            lambda m: m.rattachement.commune,
            "Code INSEE de la commune membre.",
            contraintes={"required": True, **CODE_INSEE},
        ),
        Colonne(
            "code_departement",
            lambda m: m.rattachement.departement,
            "Département de la commune.",
            contraintes=CODE_DEPARTEMENT,
        ),
        Colonne(
            "siren_epci",
            lambda m: m.rattachement.siren,
            "SIREN de l'intercommunalité.",
            contraintes={"required": True, **SIREN},
        ),
        Colonne(
            "nature",
            lambda m: m.rattachement.nature,
            "Nature de l'intercommunalité : CC, CA, CU, METRO ou MET69.",
            contraintes={"enum": Nature.values},
        ),
        Colonne(
            "laureate_pvd",
            lambda m: m.laureate,
            "La commune est du programme pendant cette période.",
            "boolean",
        ),
        colonne_tenue(
            "tenue", "dans le département de la commune", lambda m: m.rattachement.tenue, ""
        ),
    ),
)
DES_LAUREATES = frozenset(["siren_epci", "laureate_pvd"])


class ProgrammeDeTousLesJours:
    """When each commune was in the programme, and what cuts its time there."""

    def __init__(self, demande: HistoireDemandee) -> None:
        self.codes = codes_du_programme()
        self.faits = Faits(self.codes)
        self.bornes = BornesDuProgramme(self.faits.fiches or ())
        there = Commune.objects.filter(pk__dans=self.codes).order_by()
        self.departements = dict(there.values_list("pk", "departement"))
        self.demande = demande

    def laureate(self, code: str, jour: datetime.date) -> bool:
        return any(holds_on(label, jour) for label in self.faits.labellisations_de(code, jour))

    def counts(self, code: str) -> bool:
        """Tell whether a commune, lauréate, is one of those that the place asked for counts."""
        return self.demande.est_de(self.departements[code])

    def bornes_of(self, code: str, territoire: DitsDuTerritoire) -> Iterator[Borne]:
        """Yield the days on which a commune enters the programme or leaves it, or answers for another."""
        successions = successions_des(self.faits.successions, [code])
        fiches = {code, *(row.commune for row in successions)}
        yield from self.bornes.of(fiches, DES_LAUREATES)
        yield from territoire.bornes(successions)


def histoire_rattachements(
    demande: HistoireDemandee, horizon: datetime.date
) -> Iterator[LigneHistoire]:
    """Yield the history of the members of the intercommunalités that have a commune of the programme.

    A member counts wherever it is; the place asked for is that of the communes of the programme.
    """
    programme, territoire = ProgrammeDeTousLesJours(demande), DitsDuTerritoire()
    laureates = set(programme.codes)
    counted = [code for code in programme.codes if programme.counts(code)]
    for members in memberships(counted).values():
        there = [m for m in members if m.commune in laureates]
        cuts = [borne for m in there for borne in programme.bornes_of(m.commune, territoire)]
        cuts += territoire.bornes(there)
        presence = etapes(
            [borne.jour for borne in cuts if borne.jour <= horizon] or [horizon],
            lambda jour, there=there: any(
                holds_on(m, jour)
                and programme.counts(m.commune)
                and programme.laureate(m.commune, jour)
                for m in there
            ),
        )
        for of_commune in by_commune(members).values():
            own = [*territoire.bornes(of_commune), *cuts]

            def lignes_au(
                jour: datetime.date, held: Any = of_commune, presence: Any = presence
            ) -> Lignes:
                return rows_of(held, presence, programme, laureates, jour)

            yield from periodes(own, lignes_au, HISTOIRE_RATTACHEMENTS.noms, "siren_epci", horizon)


def rows_of(
    held: list[RattachementDate],
    presence: list[Etape],
    programme: ProgrammeDeTousLesJours,
    laureates: set[str],
    jour: datetime.date,
) -> Lignes:
    """Return the row of a commune in an intercommunalité on a day, if it is there and if that counts."""
    if not any(etape.valeur and holds_on(etape, jour) for etape in presence):
        return {}
    rows: Lignes = {}
    for m in held:
        if holds_on(m, jour):
            laureate = m.commune in laureates and programme.laureate(m.commune, jour)
            rows[m.siren] = HISTOIRE_RATTACHEMENTS.cellules(MembreDuJour(m, laureate))
    return rows


def memberships(codes: list[str]) -> dict[str, list[RattachementDate]]:
    """Return, by SIREN, all the members ever of the intercommunalités that ever had one of `codes`."""
    theirs = Rattachement.objects.filter(commune__dans=codes).order_by()
    rows = Rattachement.objects.filter(intercommunalite__in=theirs.values("intercommunalite"))
    by_siren = defaultdict(list)
    for row in rows.order_by("intercommunalite", "commune", "pk").values_list(
        "commune",
        "commune__departement",
        "intercommunalite",
        "intercommunalite__nature",
        "commune__departement__tenue",
        "debut",
        "fin",
    ):
        membership = RattachementDate._make(row)
        by_siren[membership.siren].append(membership)
    return by_siren


def by_commune(members: Iterable[RattachementDate]) -> dict[str, list[RattachementDate]]:
    """Return the memberships of each commune in one intercommunalité."""
    found = defaultdict(list)
    for membership in members:
        found[membership.commune].append(membership)
    return found


class NomDuJour(NamedTuple):
    """The name of a territory on a day."""

    territoire: Any
    nom: str


HISTOIRE_NOMS = TableHistoire(
    f"{HISTORIQUE}noms",
    "Noms des communes et des intercommunalités : l'histoire",
    "Une ligne par nom qu'a porté une commune qui fut du programme ou d'une de ses ORT, ou une "
    "intercommunalité de l'une d'elles, tant que ce territoire existe.",
    (
        Colonne(
            "territoire",
            lambda n: "commune" if isinstance(n.territoire, Commune) else "intercommunalite",
            "Ce qui porte le nom.",
            contraintes={"enum": ["commune", "intercommunalite"]},
        ),
        Colonne(
            "code",
            lambda n: n.territoire.pk,
            "Code INSEE de la commune, ou SIREN de l'intercommunalité.",
            contraintes={"required": True},
        ),
        Colonne("nom", lambda n: n.nom, "Le nom porté."),
        colonne_tenue(
            "tenue",
            "dans le département de la commune, ou des communes de l'intercommunalité qui sont ici",
            lambda n: n.territoire.tenue,
        ),
    ),
)


def histoire_noms(demande: HistoireDemandee, horizon: datetime.date) -> Iterator[LigneHistoire]:
    """Yield the history of the names of the communes asked for and of their intercommunalités."""
    territoire = DitsDuTerritoire()
    for named in territoires_nommes(demande, horizon):
        dated = [named, *named.anciens_noms.all(), *named.interruptions.all()]
        bornes = territoire.bornes(dated)

        def lignes_au(jour: datetime.date, named: Any = named) -> Lignes:
            if not named.holds_on(jour):
                return {}
            return {named.pk: HISTOIRE_NOMS.cellules(NomDuJour(named, named.nom_au(jour)))}

        yield from periodes(bornes, lignes_au, HISTOIRE_NOMS.noms, "nom", horizon)


def territoires_nommes(demande: HistoireDemandee, horizon: datetime.date) -> Iterator[Any]:
    """Yield the communes of the programme or of its ORT, then their intercommunalités and the carriers.

    What an act still to be signed on `horizon` would bring is not named.
    """
    laureates = Faits(codes_du_programme(demande.departements)).fiches or set()
    entered = CommuneCouverte.objects.with_dates().filter(date_entree__lte=horizon).order_by()
    ort = entered.filter(commune__dans=list(laureates))
    covered = entered.filter(convention__in=ort.values("convention"))
    codes = laureates | set(covered.order_by().values_list("commune", flat=True))
    communes = Commune.objects.filter(pk__dans=list(codes)).order_by("code_insee")
    yield from with_tenue(
        communes.prefetch_related("anciens_noms", "interruptions"),
        "tenue",
        lambda commune: [commune.pk],
    )
    held = Rattachement.objects.filter(commune__dans=list(codes)).order_by()
    intercommunalites = Intercommunalite.objects.filter(
        Q(pk__in=held.values("intercommunalite"))
        | Q(conventions__in=ort.order_by().values("convention"))
    )
    members = Prefetch("rattachements", held, to_attr="membres_ici")
    yield from with_tenue(
        intercommunalites.order_by("siren")
        .distinct()
        .prefetch_related("anciens_noms", "interruptions", members),
        "tenue",
        lambda intercommunalite: [row.commune_id for row in intercommunalite.membres_ici],
    )
