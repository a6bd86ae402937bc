"""Numbers as people write them in a table: « 27.500,50 », « 5.0 », « 45 000 € »."""

import re
from decimal import ROUND_HALF_UP, Decimal

SPACED = re.compile(r"\d+|\d{1,3}( \d{3})+")
# « 27.500 »: twenty-seven thousand five hundred, or twenty-seven and a half.
TWO_MEANINGS = re.compile(r"[1-9]\d{0,2}\.\d{3}")
EXPECTED = "nombre attendu"
# No count nor amount has as many digits; a sheet pasted without its separators may.
MOST_DIGITS = 18
TOO_LONG = f"nombre de plus de {MOST_DIGITS} chiffres"


def read_number(text: str) -> Decimal:
    """Return the number that `text` writes, with a comma or a point, and its thousands apart or not.

    Raises `ValueError`, in French, for what is no number, or may be two.
    """
    sign, digits = ("-", text[1:]) if text[:1] in "-−" and text else ("", text.removeprefix("+"))
    digits = " ".join(digits.split())
    if TWO_MEANINGS.fullmatch(digits):
        whole, comma = digits.replace(".", ""), digits.replace(".", ",").rstrip("0").rstrip(",")
        raise ValueError(f"deux lectures possibles : écrivez {whole} ou {comma}")
    whole, mark, decimals = parted(digits)
    if not SPACED.fullmatch(whole) or (mark and not decimals.isdecimal()) or not digits.isascii():
        raise ValueError(EXPECTED)
    if len(whole.replace(" ", "")) > MOST_DIGITS:
        raise ValueError(TOO_LONG)
    return Decimal(f"{sign}{whole.replace(' ', '')}{'.' if mark else ''}{decimals}")


def parted(digits: str) -> tuple[str, str, str]:
    """Return the whole part, its thousands apart by spaces, the mark and the decimals of a number."""
    mark = max(".,", key=digits.rfind)
    if digits.count(mark) > 1:
        return digits.replace(mark, " "), "", ""
    whole, mark, decimals = digits.partition(mark)
    return whole.replace("." if mark == "," else ",", " "), mark, decimals


def rounded(number: Decimal, places: int) -> Decimal:
    """Return `number` with `places` decimals at most, those that say nothing left out."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        number = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return number


def written(number: Decimal) -> str:
    """Write a number in full, without the zeros that say nothing."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
