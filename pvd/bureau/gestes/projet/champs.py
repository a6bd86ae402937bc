"""How an amount and a rate are typed: « 1 234,56 € », « 37,5 % »."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from projects.financements.regles import au_cent
from socle.fichiers.nombres import read_number
from socle.francais import nombre

MILLIARD = 1_000_000_000
NEGATIF = "Un montant n'est pas négatif : écrivez-le sans signe."
TROP_GRAND = "Plus d'un milliard d'euros : vérifiez l'unité, le montant s'écrit en euros."
RIEN = "Un montant de zéro euro ne dit rien ici : laissez vide ce qui n'est pas connu."
HORS_DE_100 = "Le taux va de 0 à 100, en pourcentage : vérifiez-le sur l'arrêté."


class NombreEcrit(forms.DecimalField):
    """A number as people write it in a table, its sign set aside."""

    widget = forms.TextInput(attrs={"class": "vTextField", "inputmode": "decimal"})

    def to_python(self, value):
        if not isinstance(value, str):
            return super().to_python(value)
        text = value.strip().rstrip("€%").strip()
        if not text:
            return None
        try:
            return read_number(text)
        except ValueError as error:
            written = f"« {value.strip()} » : {error}."
            raise ValidationError(f"{written} Écrivez par exemple « 1 234,56 ».") from None

    def prepare_value(self, value):
        return nombre(value, espace=" ") if isinstance(value, Decimal) else value


class MontantField(NombreEcrit):
    """An amount in euros, to the cent; `zero` says whether it may be of nothing."""

    def __init__(self, *, zero=False, **kwargs):
        super().__init__(**kwargs)
        self.zero = zero

    def validate(self, value):
        super().validate(value)
        if value is None:
            return
        if value < 0:
            raise ValidationError(NEGATIF)
        if value > MILLIARD:
            raise ValidationError(TROP_GRAND)
        if not value and not self.zero:
            raise ValidationError(RIEN)
        if value != au_cent(value):
            raise ValidationError(f"« {nombre(value, 4)} » : un montant s'écrit au centime.")


class TauxField(NombreEcrit):
    """A rate in percent; one under 1 may be a part of the whole: the form that has it asks."""

    def validate(self, value):
        super().validate(value)
        if value is not None and not 0 < value <= 100:
            raise ValidationError(HORS_DE_100)
