"""The days on which facts begin or end, by kind of fact: where the histories are cut."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from communes.models import Labellisation, Millesime, Mouvement
from communes.territoire.mouvements import Sorte
from communes.territoire.successions import Successions
from ort.faits import ConventionDatee
from ort.models import Avenant, Convention
from ort.regles import date_fin_au
from projects.postes.faits import PosteDate
from pvd.portail.donnees.histoire.periodes import Borne
from socle.dates import Precision
from socle.sources import Affirmation, precision_of, record_type

Keys = tuple[str, ...]

# The columns that each kind of fact may change; a row enters its table, or leaves it, by its key.
ORT_DE_LA_COMMUNE = frozenset(
    [
        "statut",
        "echeance_ort",
        "ort_identifiant",
        "ort_intitule",
        "date_signature_ort",
        "precision_ort",
        "date_entree_ort",
        "precision_entree_ort",
        "entree_par",
        "avenant_numero",
        "avenant_identifiant",
        "nb_ort",
    ]
)
PROGRAMME = frozenset(
    [
        "statut",
        "echeance_ort",
        "id_pvd",
        "date_entree_programme",
        "precision_entree",
        "date_signature_adhesion",
        "precision_adhesion",
        "date_sortie_programme",
        "precision_sortie",
    ]
)
POSTE = frozenset(["poste_chef_projet"])


class Dits:
    """The keys of the sources that say each date of the records of a model, and that they hold: one query."""

    def __init__(self, model: Any) -> None:
        said = Affirmation.objects.retenues().filter(content_type=record_type(model))
        self.keys: dict[tuple[str, str], Keys] = defaultdict(tuple)
        for record, champ, key in said.order_by("pk").values_list(
            "object_id", "champ", "source__cle"
        ):
            self.keys[record, champ] += (key,)

    def of(self, pk: Any, champ: str) -> Keys:
        return self.keys.get((str(pk), champ), ())


class DitsDuTerritoire:
    """The vintages of the découpage, and who says what each changed: three queries.

    Who says a change that an agent recorded is known to the back office alone.
    """

    def __init__(self) -> None:
        dits = Dits(Mouvement)
        vintages = Mouvement.objects.filter(sorte=Sorte.MILLESIME).order_by("pk")
        self.keys = {
            jour: dits.of(pk, "date_effet") for pk, jour in vintages.values_list("pk", "date_effet")
        }
        years = Millesime.objects.order_by("annee").values_list("annee", flat=True)
        self.millesimes = [datetime.date(annee, 1, 1) for annee in years]

    def bornes(
        self, periodes: Iterable[Any], colonnes: frozenset[str] | None = None
    ) -> Iterator[Borne]:
        """Yield the days of what holds from a day to another: a name, a membership, a succession."""
        for periode in periodes:
            for jour in (periode.debut, periode.fin):
                if jour:
                    yield self.borne(jour, colonnes)

    def borne(self, jour: datetime.date, colonnes: frozenset[str] | None = None) -> Borne:
        return Borne(jour, Precision.JOUR, self.keys.get(jour, ()), colonnes)


class BornesDuProgramme:
    """The days of the times in the programme, by the code that they are recorded of: two queries."""

    def __init__(self, fiches: Iterable[str]) -> None:
        dits = Dits(Labellisation)
        self.by_code: dict[str, list[Borne]] = defaultdict(list)
        for label in Labellisation.objects.filter(commune__dans=list(fiches)).order_by("pk"):
            for champ in ("debut", "date_signature_adhesion", "fin"):
                if jour := getattr(label, champ):
                    keys = dits.of(label.pk, champ)
                    borne = Borne(jour, precision_of(label, champ), keys)
                    self.by_code[label.commune_id].append(borne)

    def of(self, fiches: Iterable[str], colonnes: frozenset[str]) -> Iterator[Borne]:
        """Yield those recorded of these codes, which may change `colonnes`."""
        for code in fiches:
            for borne in self.by_code.get(code, ()):
                yield borne._replace(colonnes=colonnes)


class BornesDesActes:
    """The days of the conventions, of their avenants, and of the ends that they give: three queries."""

    def __init__(self) -> None:
        self.conventions, avenants = Dits(Convention), Dits(Avenant)
        signed = Avenant.objects.filter(date_signature__isnull=False).order_by("pk")
        self.avenants: dict[int, list[Borne]] = defaultdict(list)
        for pk, convention, jour, precision in signed.values_list(
            "pk", "convention", "date_signature", "precision_signature"
        ):
            borne = Borne(jour, precision, avenants.of(pk, "date_signature"))
            self.avenants[convention].append(borne)

    def of(
        self, convention: ConventionDatee, colonnes: frozenset[str] | None = None
    ) -> Iterator[Borne]:
        """Yield the days of the acts of a convention, and its ends as each of them told it."""
        if convention.date_signature is None:
            return
        keys = self.conventions.of(convention.pk, "date_signature")
        signature = Borne(convention.date_signature, convention.precision_signature, keys, colonnes)
        acts = [signature, *(b._replace(colonnes=colonnes) for b in self.avenants[convention.pk])]
        yield from acts
        for act in acts:
            if end := date_fin_au(convention, act.jour):
                yield signature._replace(jour=end)


def bornes_du_poste(
    poste: PosteDate, dits: Dits, colonnes: frozenset[str] | None
) -> Iterator[Borne]:
    """Yield the days of a post: its own, and those of its people, of its offers and of what it serves.

    Who says that someone arrived or left is internal, as they are.
    """
    for champ, precision in (
        ("date_ouverture", poste.precision_ouverture),
        ("date_fermeture", poste.precision_fermeture),
    ):
        if jour := getattr(poste, champ):
            yield Borne(jour, precision, dits.of(poste.pk, champ), colonnes)
    dates = [day for row in (*poste.occupations, *poste.dessertes) for day in (row.debut, row.fin)]
    dates += [day for row in poste.recrutements for day in (row.date_publication, row.date_issue)]
    for jour in dates:
        if jour:
            yield Borne(jour, Precision.JOUR, (), colonnes)


def successions_des(successions: Successions, codes: Iterable[str]) -> list[Any]:
    """Return the successions that name one of `codes`, on either side."""
    return [
        row
        for code in codes
        for row in (*successions.of_commune.get(code, ()), *successions.of_devient.get(code, ()))
    ]
