"""Columns of numbers in a file that comes in: durations, shares, amounts, rates, telephones."""

import re

from import_export import widgets

from socle.fichiers.champs import Champ, TextWidget
from socle.fichiers.nombres import MOST_DIGITS, read_number, rounded, written

USUAL_NUMBER = re.compile(r"[+-]?\d+([.,]\d{1,2})?")
YEARS = ("an", "ans", "année", "années")


class WholeNumberWidget(widgets.Widget):
    """A whole number, with the word for what it counts or not: « 5 », « 5.0 », « 5 ans »."""

    def __init__(self, units=()):
        super().__init__()
        self.units = units

    def put_right(self, text):
        try:
            number = read_number(without_unit(text, self.units))
        except ValueError:
            return text
        return written(number) if number == number.to_integral_value() else text

    def clean(self, value, row=None, **kwargs):
        if not value:
            return None
        text = self.put_right(value)
        if not text.isdecimal() or len(text) > MOST_DIGITS:
            raise ValueError("nombre entier attendu")
        return int(text)


def without_unit(text, units):
    """Return what is written before one of `units`."""
    text = text.strip()
    unit = next((u for u in sorted(units, key=len, reverse=True) if text.endswith(u)), "")
    return text.removesuffix(unit).strip()


def refuse_a_share(text):
    """Refuse « 0,5 » in a column of percentages, where it may be 50 % or half of one; « 0,5 % » is said."""
    try:
        number = read_number(text)
    except ValueError:
        return
    if 0 < number <= 1:
        share, hundredfold = (written(n).replace(".", ",") for n in (number, number * 100))
        raise ValueError(f"écrivez {hundredfold} % ou {share} %")


# « ETP », « Temps de travail (ETPT) »: the column counts wholes, and its 1 is a full time.
IN_WHOLES = re.compile(r"\betpt?\b", re.IGNORECASE)


def counts_wholes(header):
    """Tell whether a column of shares says that 1 is the whole: « ETP » does, « ETP en % » does not."""
    return bool(IN_WHOLES.search(header)) and "%" not in header


class WholePercentWidget(WholeNumberWidget):
    """A share of full time, as a whole number of percents: « 80 », « 80 % »."""

    @staticmethod
    def of_wholes(text):
        """Return as percents a share that is told in wholes: « 0,8 » is « 80 % »."""
        try:
            number = read_number(text)
        except ValueError:
            return text
        return f"{written(number * 100)} %" if 0 < number <= 1 else text

    def __init__(self):
        super().__init__(units=("%",))

    def put_right(self, text):
        # The sign is all that tells 1 % from the whole.
        right = super().put_right(text)
        return text if right in ("0", "1") else right

    def clean(self, value, row=None, **kwargs):
        if value:
            refuse_a_share(value)
            value = value.removesuffix("%").strip()
        return super().clean(value, row, **kwargs)


class DecimalWidget(widgets.Widget):
    """An amount, with a comma or a point, and its sign or not: « 37 500,50 € », « 37.500,50 »."""

    unit, places = "€", 2

    def number_in(self, text):
        return rounded(read_number(text.strip().removesuffix(self.unit)), self.places)

    def put_right(self, text):
        """Return a number as it is read; one written in a usual way has nothing to be put right."""
        usual = "".join(text.removesuffix(self.unit).split())
        try:
            number = self.number_in(text)
        except ValueError:
            return text
        return text if USUAL_NUMBER.fullmatch(usual) else written(number)

    def told(self, before, after):
        """Return what is told of a number put right: that it lost decimals, when it did."""
        exact = read_number(before.strip().removesuffix(self.unit))
        shown = after.replace(".", ",")
        return shown if exact == read_number(after) else f"{shown} (arrondi)"

    def clean(self, value, row=None, **kwargs):
        if not value or not value.strip():
            return None
        return self.number_in(value)

    def render(self, value, obj=None, **kwargs):
        return "" if value is None else str(value)


class PercentWidget(DecimalWidget):
    """A rate, in percents: « 50 », « 50 % », « 33,33 »; « 0,5 » is asked, and « 0,5 % » is said."""

    unit = "%"

    def put_right(self, text):
        right = super().put_right(text)
        return right if right == text or not text.endswith("%") else f"{right} %"

    def told(self, before, after):
        return super().told(before, after.removesuffix(" %"))

    def clean(self, value, row=None, **kwargs):
        if value:
            refuse_a_share(value)
        return super().clean(value, row, **kwargs)


class PhoneWidget(TextWidget):
    """A telephone number; a spreadsheet that takes it for a number drops its first zero."""

    def put_right(self, text):
        digits = re.sub(r"[\s.-]", "", text)
        return f"0{digits}" if re.fullmatch(r"[1-9]\d{8}", digits) else text


def champ_telephone(column):
    return Champ(column_name=column, attribute=column, widget=PhoneWidget())


def champ_entier(column, attribute=None, units=()):
    widget = WholeNumberWidget(units)
    return Champ(column_name=column, attribute=attribute or column, widget=widget)


def champ_duree(column):
    return champ_entier(column, units=YEARS)


def champ_quotite(column):
    return Champ(column_name=column, attribute=column, widget=WholePercentWidget())


def champ_montant(column):
    return Champ(column_name=column, attribute=column, widget=DecimalWidget())


def champ_taux(column):
    return Champ(column_name=column, attribute=column, widget=PercentWidget())
