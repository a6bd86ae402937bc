"""What happened to a study, on which day."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from projects.etudes import coherence
from projects.etudes.models.droits import DeLEtudeQuerySet
from projects.etudes.models.etudes import Etude
from socle.dates import PrecisionField, stored_on_first_day
from socle.ensembles import DUnEnsemble
from socle.sources import Sourcee


class NatureFaitEtude(models.TextChoices):
    """What happens to a study, in its order: each once."""

    DEMANDEE = "demandee", "demandée"
    COMMANDEE = "commandee", "commandée"
    RENDUE = "rendue", "rendue"
    VALIDEE = "validee", "validée"
    ABANDONNEE = "abandonnee", "abandonnée"


class FaitEtude(DUnEnsemble, Sourcee):
    """A fact of a study, on the day that its source says."""

    etude = models.ForeignKey(Etude, models.CASCADE, "faits", verbose_name="étude")
    jour = models.DateField("jour")
    precision = PrecisionField("précision", date="jour")
    nature = models.CharField("fait", max_length=10, choices=NatureFaitEtude)

    ensemble = "etude"

    objects = DeLEtudeQuerySet.as_manager()

    class Meta:
        verbose_name = "fait d'une étude"
        verbose_name_plural = "faits d'études"
        ordering = ["jour", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["etude", "nature"],
                name="projects_faitetude_une_fois",
                violation_error_message="Ce fait de l'étude est déjà enregistré : corrigez son jour.",
            ),
            stored_on_first_day("jour", "precision"),
        ]

    def __str__(self):
        return f"étude {self.get_nature_display()}"

    def clean(self):
        """Refuse a fact to come, and one that cannot be beside the others of the study."""
        super().clean()
        if self.jour and self.jour > timezone.localdate():
            raise ValidationError({"jour": "Un fait est du jour même ou d'avant."})
        if self.jour and self.nature:
            self.refuse_beside_others()

    @staticmethod
    def refuse(rows):
        if refused := coherence.refus(rows):
            raise ValidationError({"jour": refused})
