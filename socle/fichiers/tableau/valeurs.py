"""What a cell of a workbook shows, told by its value and by its number format."""

import datetime
import re
from decimal import Decimal, InvalidOperation
from functools import cache

from socle.fichiers.tableau.grille import Cellule, address
from socle.recherche import INVISIBLE

# The formats that a workbook names by number and does not describe.
BUILT_IN = {9: "0%", 10: "0.00%", 14: "dd/mm/yyyy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy"}
BUILT_IN |= {18: "h:mm", 19: "h:mm:ss", 20: "h:mm", 21: "h:mm:ss", 22: "dd/mm/yyyy h:mm"}
BUILT_IN |= {45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss"}
# Quoted words, escaped signs, colours, languages and fillers: what is shown as it is.
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
# In a format, « m » is a minute beside an hour or a second, a month elsewhere.
MINUTES = re.compile(r"\[?h+\]?[^a-z]*m+|m+[^a-z]*s+", re.IGNORECASE)
DAY, MONTH, YEAR, PERCENT, TIME, NUMBER = "jour", "mois", "annee", "%", "heure", ""
ERRORS = re.compile(
    r"#(N/A|NA|REF!|DIV/0!|VALUE!|VALEUR!|NAME\?|NOM\?|NULL!|NUL!|NUM!|NOMBRE!|SPILL!|CALC!|"
    r"EPARS!|PROPAGATION!|CHAMP!|FIELD!|GETTING_DATA|BLOCKED!|CONNECT!)|Err\s?:\s?\d{3}|#{3,}",
    re.IGNORECASE,
)
# « ="34081" »: a code that a program kept Excel from taking for a number.
QUOTED = re.compile(r'="([^"]*)"')
# What would run as a formula: written behind a « ' », which is taken off again here.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# What Excel counts from, and the first of its days that is right: it has a 29 February 1900.
EPOCH, EPOCH_1904 = datetime.date(1899, 12, 30), datetime.date(1904, 1, 1)
FIRST_RIGHT, LAST_SERIAL = 61, 2_958_466


@cache
def shown_as(code: str) -> str:
    """Tell what a number format shows: a day, a month, a year, a percentage, an hour, a number."""
    section = LITERAL.sub("", code.split(";")[0])
    if section.casefold() in ("general", "standard", "@", ""):
        return NUMBER
    letters = MINUTES.sub("h", section).casefold()
    if "y" in letters or "d" in letters or "m" in letters:
        if "d" in letters:
            return DAY
        return MONTH if "m" in letters else YEAR
    if "h" in letters or "s" in letters:
        return TIME
    return PERCENT if "%" in section else NUMBER


def number_cell(raw: str, code: str, epoch: datetime.date = EPOCH) -> Cellule:
    """Return the cell of a number, by its format: a date, « 50 % », a code with its zeros, a number."""
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return Cellule(raw.strip())
    if not number.is_finite():
        return Cellule(raw, faute=f"« {raw} » n'est pas un nombre")
    kind = shown_as(code)
    if kind in (DAY, MONTH, YEAR) and 0 <= number < LAST_SERIAL:
        return date_cell(epoch, number, kind)
    if kind == TIME and 0 <= number < 1:
        minutes = round(number * 24 * 60)
        return Cellule(f"{minutes // 60:02}:{minutes % 60:02}")
    if kind == PERCENT:
        return Cellule(f"{plain_number(number * 100)} %")
    text = plain_number(number)
    zeros = re.fullmatch("0{2,}", code)
    return Cellule(text.zfill(len(code)) if zeros and text.isdecimal() else text)


def date_cell(epoch: datetime.date, number: Decimal, kind: str) -> Cellule:
    """Return the cell of a day counted from `epoch`, with the precision of what is shown."""
    days = int(number)
    if epoch == EPOCH and days < FIRST_RIGHT:
        days += 1
    jour = epoch + datetime.timedelta(days=days)
    return Cellule(jour.isoformat(), precision="" if kind == DAY else kind)


def plain_number(number: Decimal) -> str:
    """Write a number as French Excel shows it, with a comma and fifteen digits at most."""
    if abs(number.adjusted()) > 30:
        return str(number)
    rounded = Decimal(f"{number:.15g}") or Decimal()
    text = f"{rounded:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def error_cell(text: str, row: int, column: int) -> Cellule:
    return Cellule(text, faute=f"cellule {address(row, column)} en erreur ({text})")


def unsaved_cell(row: int, column: int) -> Cellule:
    """Return the cell of a formula whose value its program did not keep."""
    where = address(row, column)
    way_out = "ouvrez puis enregistrez le classeur dans votre tableur"
    return Cellule("", faute=f"cellule {where}, formule sans valeur enregistrée : {way_out}")


def text_cell(written: str, row: int, column: int) -> Cellule:
    """Return the cell of a text, without the signs that nobody sees, nor the quote of our own CSV."""
    text = written.strip()
    if ERRORS.fullmatch(text):
        return error_cell(text, row, column)
    read = INVISIBLE.sub("", text).strip()
    if quoted := QUOTED.fullmatch(read):
        read = quoted[1].strip()
    elif read[:1] == "'" and read[1:].startswith(FORMULA_STARTS):
        # Put there by our downloads, or by Excel: it was never a part of the text.
        return Cellule(read[1:])
    return Cellule(read, ecrit="" if read == text else text)
