"""The validations of a convention over several départements by its reference département."""

from django.conf import settings
from django.db import models

from ort.models.conventions import Convention


class Validation(models.Model):
    """The reference département agrees with a convention as it stands at that moment.

    It is told by its moment alone: what awaits a validation is read in the histories, by
    `ConventionQuerySet.a_valider`.
    """

    convention = models.ForeignKey(
        Convention, models.CASCADE, "validations", verbose_name="convention"
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        "validations",
        null=True,
        verbose_name="validée par",
    )
    moment = models.DateTimeField("validée le")

    class Meta:
        verbose_name = "validation"
        ordering = ["-moment", "-pk"]

    def __str__(self):
        return f"Validation de {self.convention}"
