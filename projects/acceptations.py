"""What someone accepts to leave as it is, until a day, and why: it is then told no more. Internal."""

from django.db import models
from django.db.models import F, Q

from socle.sources import Sourcee

DEJA_PASSE = "On n'accepte rien jusqu'à un jour déjà passé."


def acceptees_au(rows, jour):
    """Keep what is accepted on `jour`, its last day included."""
    return rows.filter(jour__lte=jour).exclude(jusqu_au__lt=jour)


class Acceptation(Sourcee):
    """What is accepted is said by each sort of it."""

    motif = models.CharField("accepté parce que", max_length=400)
    jour = models.DateField("acceptée le")
    jusqu_au = models.DateField(
        "jusqu'au", null=True, blank=True, help_text="Dernier jour. Vide : sans limite."
    )

    feminin = True

    class Meta:
        abstract = True
        ordering = ["jour", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(jusqu_au__isnull=True) | Q(jusqu_au__gte=F("jour")),
                name="projects_%(class)s_fin_apres_debut",
                violation_error_message=DEJA_PASSE,
            ),
        ]
