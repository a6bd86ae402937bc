"""What the data for machines cover: the places where they are kept, from the first fact to the day."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min

from communes.models import Departement, Labellisation, Tenue
from ort.models import Convention
from socle.models import Source

# What the name of a history begins with; the rest is that of a table of the day, if there is one.
HISTORIQUE = "historique-"
# What each table is kept by: those not named here, like the programme itself.
TENUES = {
    "postes": "tenue_postes",
    "recrutements": "tenue_postes",
    "actions": "tenue_plans",
    "financements": "tenue_plans",
    "versements": "tenue_plans",
    "operations-subventionnees": "tenue_plans",
    "etudes": "tenue_plans",
    "indicateurs": "tenue_plans",
    "bilans": "tenue_bilans",
}


@dataclass(frozen=True)
class EtendueDesDonnees:
    """`premier` is the day of the first fact, `document` that of the latest document that anyone can read."""

    departements: list[Departement]
    premier: date | None
    document: date | None

    def tenus(self, table: str) -> list[Departement]:
        """Return the départements where a table is kept, in full or in part."""
        champ = tenue_de(table)
        return [d for d in self.departements if getattr(d, champ) != Tenue.AUCUNE]

    def debut(self, table: str) -> date | None:
        """Return the day of the first fact of a table, known of those of the programme alone."""
        return self.premier if tenue_de(table) == "tenue" else None


def tenue_de(table: str) -> str:
    """Return the field of a département that says how far a table, or its history, is kept."""
    return TENUES.get(table.removeprefix(HISTORIQUE), "tenue")


def etendue(jour: date, departement: Departement | None = None) -> EtendueDesDonnees:
    """Return what the tables of `jour` cover, in one département or everywhere: four queries at most."""
    firsts = (
        Labellisation.objects.filter(debut__lte=jour).aggregate(first=Min("debut")),
        Convention.objects.filter(date_signature__lte=jour).aggregate(first=Min("date_signature")),
    )
    return EtendueDesDonnees(
        departements=[departement] if departement else list(Departement.objects.all()),
        premier=min((found["first"] for found in firsts if found["first"]), default=None),
        document=dernier_document(jour),
    )


def dernier_document(jour: date) -> date | None:
    """Return the day of the latest document, by `jour`, that anyone can read."""
    documents = Source.objects.filter(date_document__lte=jour).exclude(url="")
    return documents.aggregate(last=Max("date_document"))["last"]
