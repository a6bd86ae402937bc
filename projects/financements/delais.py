"""The deadlines of a grant: until when to begin, and to finish, by the rule of its scheme at that time.

They run from the last day that a date may be: late is surely late.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from projects.actions.coherence import latest
from projects.actions.faits import ActionDatee
from projects.actions.regles import Depuis, faits_au
from projects.financements import regles as argent
from projects.financements.faits import FinancementDate
from projects.financements.models import FaitFinancement, ReglePeriode
from socle.dates import Precision, add_months, in_french, in_words
from socle.periodes import holds_on


class RegleDatee(NamedTuple):
    """What a scheme allows from a day to another."""

    debut: datetime.date | None
    fin: datetime.date | None
    mois_commencement: int | None
    mois_achevement: int | None
    taux_avance: Decimal | None
    plafond_acomptes: Decimal | None
    article: str
    verifiee: bool


class ReglesDispositifs:
    """The rules of the schemes, by key of the scheme; those of no scheme when nothing is recorded."""

    def __init__(self, by_scheme: dict[str, list[RegleDatee]]) -> None:
        self.by_scheme = by_scheme

    def regle(self, dispositif: str, jour: datetime.date) -> RegleDatee | None:
        """Return what a scheme allows on `jour`, or None when no rule is recorded."""
        rules = self.by_scheme.get(dispositif, ())
        return next((rule for rule in rules if holds_on(rule, jour)), None)


def regles_lues() -> ReglesDispositifs:
    """Return the rules of all the schemes: one query."""
    by_scheme = defaultdict(list)
    rows = ReglePeriode.objects.order_by("debut", "pk")
    for scheme, *fields in rows.values_list("dispositif__cle", *RegleDatee._fields):
        by_scheme[scheme].append(RegleDatee._make(fields))
    return ReglesDispositifs(by_scheme)


class Limite(NamedTuple):
    """The last day of a deadline, how it is computed, and the text that it rests on."""

    jour: datetime.date
    calcul: str
    article: str
    verifiee: bool

    def avant(self, months: int) -> datetime.date:
        """Return the day so many months before it."""
        return add_months(self.jour, -months)


def debut_operation(action: ActionDatee, jour: datetime.date) -> Depuis | None:
    """Return the first day on which the operation began, as known on `jour`, or None.

    Its end says that it had begun by then.
    """
    begun = [
        Depuis(f.jour, f.precision)
        if f.nature == "debut"
        else Depuis(latest(f), Precision.AU_PLUS_TARD.value)
        for f in faits_au(action, jour)
        if f.phase == "operation"
    ]
    return min(begun, key=latest, default=None)


def limite_commencement(
    ligne: FinancementDate, dispositifs: ReglesDispositifs, jour: datetime.date
) -> Limite | None:
    """Return the last day on which the operation may begin: months from the notification, or an extension.

    None when the notification, or the rule of the scheme on that day, is not known
    (CGCT, art. R. 2334-28, for DETR and DSIL).
    """
    first = argent.accord(ligne, jour)
    notified: datetime.date | None = first.date_notification if first else None
    rule = dispositifs.regle(ligne.dispositif, notified) if notified else None
    if notified is None or rule is None or rule.mois_commencement is None:
        return None
    return extended(
        ligne,
        jour,
        FaitFinancement.Delai.COMMENCEMENT,
        Limite(
            add_months(notified, rule.mois_commencement),
            f"notifié le {in_french(notified)} + {rule.mois_commencement} mois",
            rule.article,
            rule.verifiee,
        ),
    )


def limite_achevement(
    action: ActionDatee,
    ligne: FinancementDate,
    dispositifs: ReglesDispositifs,
    jour: datetime.date,
) -> Limite | None:
    """Return the last day on which the operation may be finished: months from its beginning, or an extension.

    None when it has not begun, or when no rule is known on the day of the grant
    (CGCT, art. R. 2334-29, for DETR and DSIL).
    """
    begun, first = debut_operation(action, jour), argent.accord(ligne, jour)
    rule = dispositifs.regle(ligne.dispositif, first.jour) if begun and first else None
    if begun is None or rule is None or rule.mois_achevement is None:
        return None
    return extended(
        ligne,
        jour,
        FaitFinancement.Delai.ACHEVEMENT,
        Limite(
            add_months(latest(begun), rule.mois_achevement),
            f"commencé {in_words(*begun)} + {rule.mois_achevement} mois",
            rule.article,
            rule.verifiee,
        ),
    )


def extended(ligne: FinancementDate, jour: datetime.date, delai: str, limite: Limite) -> Limite:
    """Return a deadline as its last extension known on `jour` moves it: one corrects another."""
    moved = [
        (in_words(f.jour, f.precision), f.date_limite_prevue)
        for f in argent.faits_au(ligne, jour)
        if f.delai == delai and f.date_limite_prevue
    ]
    if not moved:
        return limite
    given, last = moved[-1]
    return limite._replace(jour=last, calcul=f"prorogé {given}", verifiee=True)


def paid_as(ligne: FinancementDate, kinds: Iterable[str], jour: datetime.date) -> Decimal:
    """Return what is paid by `jour` as an advance, or as instalments."""
    paid = [f.montant for f in argent.faits_au(ligne, jour) if f.sorte_versement in tuple(kinds)]
    return sum((amount for amount in paid if amount), Decimal(0))
