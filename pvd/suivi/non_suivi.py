"""What is not kept here of the ORT, and may be true all the same: said, so that silence denies nothing."""

from django.db.models import OuterRef, Q, Subquery

from communes.models import Commune
from ort.models import Convention
from ort.regles import LOI_ELAN
from socle.sources import Affirmation, record_type

SANS_LAUREATE = "les ORT sans commune lauréate ne sont pas suivies ici"
# What a document says of a commune whose ORT is not known.
ENTREE_ORT = "date_entree_ort"


def ort_non_suivies(departement, jour):
    """Tell whether no ORT without commune lauréate is recorded by `jour` in `departement` (None: France).

    Before the law that made the ORT, there was none to record.
    """
    if jour < LOI_ELAN:
        return False
    return not Convention.objects.sans_laureate(departement, jour).exists()


def couvertures_non_confirmees(situation):
    """Return what documents known by the day say of an entry in an ORT, and is not retained.

    Nothing of a commune that an ORT covers, or that is in the programme. A document without a date
    is known from the day it was recorded.
    """
    if situation.laureate or situation.couvertures:
        return []
    versions = Affirmation.history.filter(id=OuterRef("pk")).order_by("history_date")
    said = Affirmation.objects.ecartees().filter(
        content_type=record_type(Commune), object_id__in=situation.fiches, champ=ENTREE_ORT
    )
    said = said.alias(saisie=Subquery(versions.values("history_date")[:1]))
    known = Q(source__date_document__lte=situation.jour) | Q(
        source__date_document__isnull=True, saisie__date__lte=situation.jour
    )
    return list(said.filter(known).select_related("source").order_by("source__date_document", "pk"))


def doute(affirmation):
    """Say that a document has a commune covered by an ORT, and the day that it writes."""
    return (
        "Un document la dit couverte par une ORT, non confirmé (date écrite : "
        f"« {affirmation.valeur_brute} »)"
    )


def tell_non_confirmee(affirmation):
    """Say in one sentence which document has a commune covered by an ORT, its day and the note on it."""
    source = affirmation.source
    document = ", ".join(filter(None, [source.titre, source.jour_a_dire]))
    note = f" ({affirmation.note.rstrip('.')})" if affirmation.note else ""
    return f"{doute(affirmation)} : {document}{note}."
