"""Amounts of money as a plan writes them: « 1 234,56 € », « 12 k€ », « 50 000 € (demandé) »."""

import re
from contextlib import suppress
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from socle.dates import parse_date
from socle.fichiers.nombres import EXPECTED, read_number
from socle.recherche import plain

UNITES = {"€": Decimal(1), "k€": Decimal(1000), "M€": Decimal(1_000_000)}
UN_MILLIARD = Decimal(1_000_000_000)
CENT = Decimal("0.01")

THOUSANDS = re.compile(r"\bk ?(€|e\b|eur)|\bmilliers?\b")
MILLIONS = re.compile(r"\bm ?(€|e\b|eur)|\bmillions?\b")
# What a word says that an amount is; « sollicité ou obtenu » is what was asked, whatever comes after.
STADES = {
    "demande": re.compile(r"demand|sollicit"),
    "accorde": re.compile(r"accord|attribu|obtenu|octroy"),
    "verse": re.compile(r"\bvers[ée]|\bpaye|\bmandate|\bpercu"),
    "prevu": re.compile(r"prev|estim|attendu|envisag"),
}
BASES = {"HT": re.compile(r"\bh\.?t\b"), "TTC": re.compile(r"\bt\.?t\.?c\b")}
NUMBER = re.compile(r"[+−-]?\d[\d\s.,]*")
UNIT = re.compile(r"\s*(k ?(?:€|e\b|eur(?:os?)?)|m ?(?:€|e\b|eur(?:os?)?)|€|eur(?:os?)?\b|k\b|m\b)")
SHARE = re.compile(r"(\d[\d\s.,]*?) ?%")
SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?e[+-]?\d+", re.IGNORECASE)
# What a cell may say around its number, that changes nothing of it.
AROUND = re.compile(r"[\s()\[\]:;.*-]|\b(h\.?t|t\.?t\.?c|soit|de|d|montant|subvention|aide)\b")
# « 1,234 »: a thousand and more for some, one and a bit for others.
THREE_DECIMALS = re.compile(r"[1-9]\d{0,2},\d{3}")
MARKED = re.compile(r"\d([.,])\d{1,2}(?!\d)")

UNE_DATE = "c'est une date : remettez la cellule au format nombre, puis écrivez le montant"
ABIME = (
    "nombre abîmé par le tableur : remettez la colonne au format texte, puis écrivez-le en entier"
)
NEGATIF = "un montant n'est pas négatif"
TROP_GRAND = "plus d'un milliard d'euros : vérifiez l'unité de la colonne (€, k€ ou M€)"


@dataclass(frozen=True)
class MontantLu:
    """What a cell of money says: an amount, a share in percents, or words by which it is unknown.

    `stade` is what its words say that the amount is, « demande » for instance; `base`, HT or TTC.
    """

    valeur: Decimal | None = None
    part: Decimal | None = None
    inconnu: str = ""
    stade: str = ""
    base: str = ""


def unite_de(text: str) -> str:
    """Return the unit that a header says: « Coût (k€) » is in « k€ »; « € » where it says none."""
    words = plain(text)
    if THOUSANDS.search(words):
        return "k€"
    return "M€" if MILLIONS.search(words) else "€"


def base_de(text: str) -> str:
    """Return HT or TTC, if a header or a cell says one of them and not the other."""
    said = [base for base, words in BASES.items() if words.search(plain(text))]
    return said[0] if len(said) == 1 else ""


def stade_de(text: str) -> str:
    """Return what the words of a header, or of a cell, say that an amount is; empty: they do not."""
    words = plain(text)
    return next((stade for stade, said in STADES.items() if said.search(words)), "")


def decimal_mark(text: str) -> str:
    """Return the comma or the point before the decimals of an amount, if it has some."""
    marks = MARKED.findall(text)
    return marks[-1] if marks else ""


def read_amount(text: str, unite: str = "€") -> MontantLu:
    """Return what a cell of money says; `unite` is that of its column, and its own comes first.

    Raises `ValueError`, in French, for what is no amount, or may be two.
    """
    text = " ".join(text.split())
    refuse_another_thing(text)
    stade, base, words = stade_de(text), base_de(text), plain(text)
    if not any(c.isdigit() for c in text):
        return MontantLu(inconnu=text, stade=stade)
    if share := SHARE.search(words):
        return MontantLu(part=read_number(share[1].strip()), stade=stade, base=base)
    number = NUMBER.search(words)
    if number is None:
        raise ValueError(EXPECTED)
    unit = UNIT.match(words, number.end())
    end = unit.end() if unit else number.end()
    refuse_words(words[: number.start()] + " " + words[end:])
    digits = number[0].strip(" .,")
    own = {"k": "k€", "m": "M€"}.get(unit[1][0], "€") if unit else unite
    return MontantLu(in_euros(digits, UNITES[own]), stade=stade, base=base)


def refuse_another_thing(text: str) -> None:
    """Refuse what a spreadsheet makes of an amount: a date, or a number that it shortens."""
    if is_a_day(text):
        raise ValueError(UNE_DATE)
    if SCIENTIFIC.fullmatch(text):
        raise ValueError(ABIME)


def is_a_day(text: str) -> bool:
    """Tell whether a cell says a day: what a spreadsheet makes of « 1-2 », or of a wrong format."""
    with suppress(ValueError):
        parse_date(text)
        return True
    return False


def refuse_words(around: str) -> None:
    """Refuse a cell that says more than an amount and what it is: « 50 000 à 60 000 » is no amount."""
    for said in STADES.values():
        around = re.sub(rf"\b\w*(?:{said.pattern})\w*", " ", around)
    around = re.sub(r"\b(ou|et|environ|env)\b", " ", around)
    if AROUND.sub("", around):
        raise ValueError("montant seul attendu : écrivez un nombre et son unité, rien d'autre")


def in_euros(digits: str, factor: Decimal) -> Decimal:
    """Return an amount to the cent, of a number in `factor` euros."""
    if factor == 1 and THREE_DECIMALS.fullmatch(digits):
        short = read_number(digits).quantize(CENT, ROUND_HALF_UP)
        told = f"{short}".replace(".", ",")
        raise ValueError(f"deux lectures possibles : écrivez {digits.replace(',', '')} ou {told}")
    amount = (read_number(digits) * factor).quantize(CENT, ROUND_HALF_UP)
    if amount < 0:
        raise ValueError(NEGATIF)
    if amount > UN_MILLIARD:
        raise ValueError(TROP_GRAND)
    return amount
