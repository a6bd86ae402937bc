"""What the data for machines cover: the places where they are kept, from the first fact to the day."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min

from communes.models import Departement, Labellisation, Tenue
from ort.models import Convention
from socle.models import Source


@dataclass(frozen=True)
class EtendueDesDonnees:
    """`premier` is the day of the first fact, `document` that of the latest document that anyone can read."""

    departements: list[Departement]
    premier: date | None
    document: date | None


def etendue(jour: date) -> EtendueDesDonnees:
    """Return what the tables of `jour` cover: three queries."""
    firsts = (
        Labellisation.objects.filter(debut__lte=jour).aggregate(first=Min("debut")),
        Convention.objects.filter(date_signature__lte=jour).aggregate(first=Min("date_signature")),
    )
    documents = Source.objects.filter(date_document__lte=jour).exclude(url="")
    return EtendueDesDonnees(
        departements=list(Departement.objects.exclude(tenue=Tenue.AUCUNE)),
        premier=min((found["first"] for found in firsts if found["first"]), default=None),
        document=documents.aggregate(last=Max("date_document"))["last"],
    )
