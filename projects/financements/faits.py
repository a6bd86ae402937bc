"""Lines of money as tuples of dates and amounts: what the rules read of thousands of them."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import IntegerField
from django.db.models.functions import Cast, Coalesce

from projects.financements.models import FaitFinancement, Financement
from socle.valeurs import Jours, en_texte, montant_lu


class FaitFinancementDate(NamedTuple):
    """A fact of a line of money, without its reason."""

    jour: datetime.date
    precision: str
    nature: str
    montant: Decimal | None
    sorte_versement: str
    sorte_retrait: str
    date_notification: datetime.date | None
    depense_subventionnable: Decimal | None
    base: str
    taux: Decimal | None
    delai: str
    date_limite_prevue: datetime.date | None
    suppose: bool

    @classmethod
    def lus(cls, faits: Any) -> Iterator[tuple[int, Any]]:
        """Yield the key of the line of each of `faits`, a queryset, and the fact."""
        for line, *fields in faits.values_list("financement", *cls._fields):
            yield line, cls._make(fields)


class FaitCompte(NamedTuple):
    """A fact as the sums read it: enough for `regles.compte`, and lighter by the hundred thousand."""

    jour: datetime.date
    nature: str
    montant: Decimal | None
    sorte_versement: str

    @classmethod
    def lus(cls, faits: Any) -> Iterator[tuple[int, Any]]:
        """Yield the key of the line of each of `faits`, a queryset, and the fact: see `socle.valeurs`."""
        days = Jours()
        for line, jour, nature, montant, sorte in faits.values_list(
            "financement", en_texte("jour"), "nature", en_texte("montant"), "sorte_versement"
        ):
            yield line, cls(days[jour], nature, montant_lu(montant), sorte)


class FinancementDate(NamedTuple):
    """A line of money with its facts, of either sort, who pays, one of three, and what it funds."""

    pk: int
    objet: int
    dispositif: str
    nature: str
    # 1 for a scheme of public money, else 0: Django would make a boolean of the cell of each line.
    public: int
    forme: str
    annee: int | None
    financeur_organisme: int | None
    financeur_commune: str | None
    financeur_intercommunalite: str | None
    faits: list[Any]


OF_SCHEME = Coalesce("financeur_organisme", "dispositif__financeur")
# In the order of `FinancementDate`, once its key and that of what it funds are read; `paye` is the body
# that pays, named by the line or by its scheme.
COLONNES = (
    "dispositif__cle",
    "dispositif__nature",
    Cast("dispositif__public", IntegerField()),
    "forme",
    "annee",
    "paye",
    "financeur_commune",
    "financeur_intercommunalite",
)


def financements_dates(
    cles: Iterable[int] | None = None,
    natures: Iterable[str] = (),
    objet: str = "action",
    datee: Any = FaitFinancementDate,
) -> dict[int, list[FinancementDate]]:
    """Return the lines of money of the actions of these keys, by action: two queries.

    `cles` None reads those of all the actions; `natures` are the sorts of facts that are read, all of
    them when it is empty. `objet` "etude": of the studies, and never of both. `datee` is what each fact
    is read as, `FaitCompte` when only sums are told.
    """
    chosen = {f"{objet}__isnull": False} if cles is None else {f"{objet}__dans": list(cles)}
    lines = Financement.objects.filter(**chosen)
    # A sum does not ask in which order.
    lines = lines.order_by() if datee is FaitCompte else lines.order_by("rang", "pk")
    faits = FaitFinancement.objects.order_by()
    faits = faits.filter(**{f"financement__{name}": value for name, value in chosen.items()})
    if natures:
        faits = faits.filter(nature__in=natures)
    by_line = defaultdict(list)
    for line, fait in datee.lus(faits):
        by_line[line].append(fait)
    found: dict[int, list[FinancementDate]] = defaultdict(list)
    for row in lines.annotate(paye=OF_SCHEME).values_list("pk", objet, *COLONNES):
        line = FinancementDate._make([*row, by_line[row[0]]])
        found[line.objet].append(line)
    return found
