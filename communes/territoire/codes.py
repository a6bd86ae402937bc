"""How official codes are written: one pattern each, for the records, the files and their schemas.

A validator says it on a form and in a file; the database only counts the characters. It could
match the pattern on SQLite by a function that Django lends it, which another program that opens
the file would not have.
"""

from django.core.validators import RegexValidator
from django.db.models import CheckConstraint, F, Q, Value
from django.db.models.functions import Length
from django.db.models.lookups import Exact, GreaterThanOrEqual, LessThanOrEqual

SIREN = r"\d{9}"
CODE_INSEE = r"([013-9]\d|2[AB1-9])\d{3}"
# Corsica had codes in 20 before 1976.
ANCIEN_CODE = r"\d[\dAB]\d{3}"
CODE_POSTAL = r"[0-9]{5}"
CODE_DEPARTEMENT = r"[013-9]\d|2[AB1-9]|9[78]\d"
# ANCT: région, département (two of them for a town that spans both: pvd-44-5455-1), number.
ID_PVD = r"pvd-\d{2}-(\d{2,4}|2[AB])-\d{1,4}"


def written(pattern, message):
    """Return the validator of a whole text, with its message in French."""
    return RegexValidator(rf"\A(?:{pattern})\Z", message)


un_siren = written(SIREN, "Un SIREN compte neuf chiffres.")
un_code_insee = written(
    CODE_INSEE, "Un code INSEE de commune compte cinq caractères : 34142, 2A004."
)
un_ancien_code = written(ANCIEN_CODE, "Un code INSEE de commune compte cinq caractères.")
un_code_postal = written(CODE_POSTAL, "Un code postal compte cinq chiffres.")
un_code_departement = written(CODE_DEPARTEMENT, "Un code de département s'écrit 34, 2A ou 971.")
un_id_pvd = written(ID_PVD, "Un identifiant PVD s'écrit pvd-76-34-1.")


def of_length(field, shortest, longest=None, empty=False):
    """Return the constraint of a code of so many characters; `empty`, it may be unknown."""
    length = Length(F(field))
    if longest is None:
        right = Q(Exact(length, Value(shortest)))
        texte = f"compte {shortest} caractères"
    else:
        right = Q(GreaterThanOrEqual(length, Value(shortest)))
        right &= Q(LessThanOrEqual(length, Value(longest)))
        texte = f"compte de {shortest} à {longest} caractères"
    return CheckConstraint(
        condition=right | Q(**{field: ""}) if empty else right,
        name=f"%(app_label)s_%(class)s_{field}_longueur",
        violation_error_message=f"Ce code {texte}.",
    )
