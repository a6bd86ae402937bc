"""Dates that no source tells."""

from pvd.suivi.verifications.dates import DATES
from pvd.suivi.verifications.registre import verification
from socle.sources import sans_source


@verification(
    "sans_source",
    "Date sans source",
    "Une date est enregistrée et aucune source retenue ne la dit : ajoutez-la sur la fiche.",
)
def without_source(perimetre, jour):
    """Yield the records one of whose dates is told by no retained source."""
    for model in dict.fromkeys(model for model, _ in DATES):
        yield sans_source(perimetre.of(model))
