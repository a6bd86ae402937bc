"""What is looked for in the records, and how what is found is written: see the rooms beside."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import CharField, F, Value
from django.db.models.functions import Cast

from communes.models import Commune, Labellisation
from ort.models import Avenant, Convention
from projects.postes.models import Poste

# The sorts of records that are checked, and how a list names one.
NOMS = {
    Labellisation: "commune__nom",
    Convention: "intitule",
    Avenant: "convention__intitule",
    Poste: "intitule",
    Commune: "nom",
}
VERIFICATIONS = {}


@dataclass(frozen=True)
class Verification:
    """A reason to look at records again; `find(perimetre, jour)` yields querysets of them."""

    sorte: str
    titre: str
    explication: str
    find: Callable
    # The slugs of the gestes that answer it, done to the record found.
    gestes: tuple[str, ...] = ()

    def asked(self, perimetre, jour):
        """Yield the queries of the records found, but for sorts of which the perimeter has none."""
        return (found for found in self.find(perimetre, jour) if not found.query.is_empty())

    def findings(self, perimetre, jour):
        """Yield the records found, each sort of record as a queryset of rows of one shape."""
        for records in self.asked(perimetre, jour):
            detail = F("detail") if "detail" in records.query.annotations else Value("")
            yield records.order_by().values(
                sorte=as_text(Value(self.sorte)),
                modele=as_text(Value(records.model._meta.label_lower)),
                cle=as_text(F("pk")),
                fiche=as_text(F(NOMS[records.model])),
                precision=as_text(detail),
            )


def verification(sorte, titre, explication, gestes=()):
    """Add the function below to the verifications, in the order in which they are shown."""

    def register(find):
        VERIFICATIONS[sorte] = Verification(sorte, titre, explication, find, gestes)
        return find

    return register


def as_text(expression):
    """Cast to text: rows of several tables are read as one, and must be of one shape."""
    return Cast(expression, CharField())
