"""The columns that public tables share: how far the records go where a row is, how exactly a day is known."""

from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any

from communes.territoire.departements import Departement, Tenue
from communes.territoire.models import Commune
from socle.dates import Precision
from socle.fichiers.colonnes import Colonne, Reader
from socle.fichiers.formats import chunks

DU_PROGRAMME, DES_POSTES = "du programme", "des chefs de projet"
DES_PLANS, DES_BILANS = "des plans d'action", "des bilans"
# What each field of a département says how far it is kept.
TENUES_DITES = {
    "tenue": DU_PROGRAMME,
    "tenue_postes": DES_POSTES,
    "tenue_plans": DES_PLANS,
    "tenue_bilans": DES_BILANS,
}
LE_MOINS_TENU = " ; de plusieurs départements, celui où elles vont le moins loin"
OU_DES_COMMUNES = "dans le département des communes concernées"
SANS_COMMUNE = f"{LE_MOINS_TENU} ; vide si aucune commune n'est connue"


def moins_tenue(tenues: Iterable[str]) -> str | None:
    """Return the `Tenue` that goes the least far; None where there is none."""
    return max(tenues, key=list(Tenue).index, default=None)


def tenues_par_departement(champ: str) -> dict[str, str]:
    """Return how far each département is kept, by its code: one query."""
    return dict(Departement.objects.order_by().values_list("pk", champ))


def tenues_par_commune(champ: str, codes: Iterable[str]) -> dict[str, str]:
    """Return how far the département of each commune is kept, by the code of the commune: one query."""
    rows = Commune.objects.order_by().filter(pk__dans=list(codes))
    return dict(rows.values_list("pk", f"departement__{champ}"))


def with_tenue(
    rows: Iterable[Any], champ: str, codes_of: Callable[[Any], Iterable[str]]
) -> Iterator[Any]:
    """Yield each row with its `tenue`, the least of the communes whose codes `codes_of` tells."""
    for chunk in chunks(rows):
        known = tenues_par_commune(champ, {code for row in chunk for code in codes_of(row)})
        for row in chunk:
            row.tenue = moins_tenue(known[code] for code in codes_of(row) if code in known)
            yield row


def colonne_tenue(
    champ: str, ou: str, valeur: Reader = attrgetter("tenue"), suite: str = LE_MOINS_TENU
) -> Colonne:
    """Return the column that says how far the records of a row go; `ou` names where."""
    choices = [choice for choice in Tenue if champ == "tenue" or choice != Tenue.LISTES]
    par_listes = "d'après les listes nationales, " if champ == "tenue" else ""
    return Colonne(
        "tenue",
        valeur,
        f"Jusqu'où vont aujourd'hui les données {TENUES_DITES[champ]} {ou} : en entier, en partie, "
        f"{par_listes}ou pas du tout{suite}.",
        contraintes={"enum": [choice.value for choice in choices]},
    )


def colonne_precision(nom: str, valeur: Reader, de: str) -> Colonne:
    """Return the column of what is known of a day, that of the column `de`."""
    return Colonne(
        nom, valeur, f"Ce que l'on sait de {de}.", contraintes={"enum": list(Precision.values)}
    )


def a_la_saisie(of_date: Reader) -> Reader:
    """Return how to read the precision of a date that its record takes to the day, or not at all."""
    return lambda row: Precision.JOUR.value if of_date(row) is not None else None
