"""The words of a plan: what a status, a degree of maturity, a date or a number say of an action."""

import datetime
import re
from typing import NamedTuple

from projects.actions.models import PlanSigne
from socle.dates import Precision, month_named, parse_date, parse_vague
from socle.fichiers.montants import is_a_day
from socle.recherche import plain


class FaitDit(NamedTuple):
    """The one fact that a status tells; an empty `phase` of an end is that which completes the action."""

    nature: str
    phase: str = ""


# Nothing has happened yet: no fact.
RIEN = None
# By bare words: what a status tells. What is not here is kept as a text, and tells nothing.
STATUTS: dict[str, FaitDit | None] = {
    **dict.fromkeys(
        (
            "en germe",
            "germe",
            "idee",
            "a venir",
            "non demarree",
            "non demarre",
            "non commence",
            "non commencee",
            "non engagee",
            "non lancee",
            "projet",
            "en projet",
            "programmee",
            "programme",
            "a lancer",
            "a engager",
            "previsionnel",
            "non renseignee",
            "mature",
            "a discuter",
            "inconnu",
        ),
        RIEN,
    ),
    **dict.fromkeys(
        (
            "etude prealable",
            "etudes prealables",
            "etude",
            "etudes",
            "en etude",
            "a l'etude",
            "etude en cours",
            "etudes en cours",
            "etude lancee",
            "etude engagee",
            "faisabilite",
        ),
        FaitDit("debut", "etude"),
    ),
    **dict.fromkeys(
        ("etude terminee", "etude achevee", "etude rendue", "etudes terminees", "etude realisee"),
        FaitDit("fin", "etude"),
    ),
    **dict.fromkeys(
        (
            "lancee",
            "lance",
            "engagee",
            "engage",
            "demarree",
            "demarre",
            "commencee",
            "en cours",
            "travaux en cours",
            "en travaux",
            "travaux",
            "chantier en cours",
            "en realisation",
            "en cours de realisation",
            "en chantier",
            "operation en cours",
        ),
        FaitDit("debut", "operation"),
    ),
    **dict.fromkeys(
        (
            "realisee",
            "realise",
            "livree",
            "livre",
            "terminee",
            "termine",
            "achevee",
            "acheve",
            "soldee",
            "solde",
            "finie",
            "fini",
            "faite",
            "fait",
            "travaux termines",
            "cloturee",
        ),
        FaitDit("fin"),
    ),
    **dict.fromkeys(
        (
            "reportee",
            "reporte",
            "suspendue",
            "suspendu",
            "en pause",
            "en attente",
            "a l'arret",
            "ajournee",
        ),
        FaitDit("pause"),
    ),
    **dict.fromkeys(("bloquee", "bloque"), FaitDit("blocage")),
    **dict.fromkeys(
        ("abandonnee", "abandonne", "annulee", "annule", "sans suite", "retiree"),
        FaitDit("abandon"),
    ),
}
MATURITES = {
    **dict.fromkeys(("mature", "action mature", "oui", "x", "matures"), PlanSigne.AVEC_FINANCEMENT),
    **dict.fromkeys(("en germe", "germe", "non", "action en germe"), PlanSigne.SANS_FINANCEMENT),
}
MOTS_DE_LA_MATURITE = {
    PlanSigne.AVEC_FINANCEMENT: "mature",
    PlanSigne.SANS_FINANCEMENT: "en germe",
    "": "",
}
# Where the whole territory is meant.
TOUT_LE_TERRITOIRE = re.compile(
    r"(toutes|toutes les communes.*|ensemble (du territoire|des communes).*|ort|perimetre ort"
    r"|toute l'ort|tout le territoire)"
)
QUARTER = re.compile(r"(?:t|trimestre )([1-4])[ /-]*(\d{4})|([1-4])(?:er|e|eme) trimestre (\d{4})")
HALF = re.compile(r"s([12])[ /-]*(\d{4})|([12])(?:er|e|eme) semestre (\d{4})")
YEARS = re.compile(r"(\d{4})\s*(?:-|–|—|/|a|au|→|>)\s*(\d{4})")
# What parts two dates of a period, whatever they are.
BETWEEN = re.compile(r"\s+(?:-|–|—|a|au|→)\s+")
# « 1,1 » is what a spreadsheet makes of 1.1, and of 1.10.
A_NUMBER = re.compile(r"(\d+),(\d)")
AT_THE_LATEST = re.compile(r"au plus tard (?:le )?(.*)")
# « 1-févr »: what it makes of 1-2.
DAY_AND_MONTH = re.compile(r"\d{1,2}[-/ .]([a-z]+)\.?")
# Nothing is known, whatever the column.
INCONNUS = {
    "",
    "-",
    "–",
    "—",
    "?",
    "nc",
    "n.c.",
    "nd",
    "n.d.",
    "na",
    "n/a",
    "neant",
    "sans objet",
    "a definir",
    "a preciser",
    "a determiner",
    "non connu",
    "inconnu",
}


def bare_words(text: str) -> str:
    """Return a text in small letters, without accents nor the signs around it."""
    return plain(" ".join(text.replace("’", "'").split())).strip(' .:;!()[]«»"')


def is_unknown(text: str) -> bool:
    """Tell whether a cell says nothing: « NC », « à définir », « - »."""
    return bare_words(text) in INCONNUS or text.strip() in INCONNUS


def status(text: str) -> tuple[bool, FaitDit | None]:
    """Return whether the words of a status are known, and the fact that they tell, if any."""
    words = bare_words(text)
    return words in STATUTS, STATUTS.get(words)


class DateDite(NamedTuple):
    """A day announced, as exactly as it is."""

    jour: datetime.date
    precision: str


def read_day(text: str, shown: str = "", last: bool = False) -> DateDite | None:
    """Return the day that a cell announces; None where it says that nobody knows.

    A quarter is told by its first month, or by its last where the `last` day of something is meant.
    `shown` is the precision of what the cell shows. Raises `ValueError`, in French.
    """
    if is_unknown(text):
        return None
    words = bare_words(text)
    if found := AT_THE_LATEST.fullmatch(words):
        return DateDite(parse_date(found[1]), Precision.AU_PLUS_TARD)
    for pattern, months in ((QUARTER, 3), (HALF, 6)):
        if found := pattern.fullmatch(words):
            rank, year = (found[1], found[2]) if found[1] else (found[3], found[4])
            month = int(rank) * months if last else (int(rank) - 1) * months + 1
            return DateDite(datetime.date(int(year), month, 1), Precision.MOIS)
    if vague := parse_vague(text):
        return DateDite(*vague)
    jour = parse_date(text)
    return DateDite(jour, shown or Precision.JOUR)


def read_period(text: str) -> tuple[DateDite | None, DateDite | None]:
    """Return the first and the last day that « 2024-2026 », « T2 2025 » or « mars 2025 – fin 2026 » say."""
    if is_unknown(text):
        return None, None
    words = bare_words(text)
    if found := YEARS.fullmatch(words):
        first, last = (
            DateDite(datetime.date(int(y), 1, 1), Precision.ANNEE) for y in found.groups()
        )
        return first, last
    pieces = BETWEEN.split(plain(text))
    if len(pieces) == 2:
        return read_day(pieces[0]), read_day(pieces[1], last=True)
    return read_day(text), read_day(text, last=True)


def doubtful_number(text: str, above: str, below: str) -> str:
    """Return why the number of an action cannot be known, in French; empty if it can.

    A spreadsheet shows 1.10 as 1,1, and « 1-2 » as a day. The rows around prove it when they follow.
    """
    day_and_month = DAY_AND_MONTH.fullmatch(plain(text))
    dated = is_a_day(text) or (parse_vague(text) and not text.isdecimal())
    if dated or (day_and_month and month_named(day_and_month[1])):
        return (
            "le tableur en a fait une date : remettez la colonne au format texte, puis récrivez-le"
        )
    if not (found := A_NUMBER.fullmatch(text)):
        return ""
    whole, digit = found[1], int(found[2])
    if below == f"{whole},{digit + 1}" or (digit > 1 and above == f"{whole},{digit - 1}"):
        return ""
    return (
        f"nombre, et non texte : est-ce {whole}.{digit} ou {whole}.{digit}0 ? Mettez la colonne au "
        "format texte, puis récrivez-le"
    )
