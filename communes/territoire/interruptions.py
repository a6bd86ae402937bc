"""The days on which a territory that has come back was no more: from its end to its return.

A territory has one record, whatever happens to it: the communes that a commune nouvelle had regrouped
take their codes back when it is undone.
"""

from typing import Any, NamedTuple

from django.db import models

from socle.dates import ONE_DAY, in_french
from socle.periodes import Periode, PeriodeQuerySet, holds_on


class Absence(NamedTuple):
    """The end of a territory that has not come back, told as an `Interruption`."""

    debut: Any
    fin: None
    successeur: Any


class InterrompueQuerySet(PeriodeQuerySet):
    def as_of(self, jour):
        """Keep those that are there on `jour`: begun, not over, and not interrupted then."""
        interruptions = self.model.interruptions.rel
        gone = interruptions.related_model.objects.as_of(jour).order_by()
        return super().as_of(jour).exclude(pk__in=gone.values(interruptions.field.name))


class Interrompue(Periode):
    """A territory that may have ended and come back: the two days between are one of its `interruptions`."""

    successeur = None

    class Meta(Periode.Meta):
        abstract = True

    def holds_on(self, jour):
        """Tell whether it is there on `jour`; reads `interruptions`, prefetch them for lists."""
        return super().holds_on(jour) and self.absence_au(jour) is None

    def absence_au(self, jour):
        """Return its end, or the interruption, that keeps it from being there on `jour`; None otherwise.

        Its `debut` is the first day when it is no more, its `fin` that of its return, if it did return,
        and its `successeur` the commune that answered for it, if that is known.
        """
        ended = [Absence(self.fin, None, self.successeur)] if self.fin else []
        absences = (*self.interruptions.all(), *ended)
        return next((absence for absence in absences if holds_on(absence, jour)), None)


class Interruption(Periode):
    """From `debut`, its end, up to `fin`, its return, a territory was no more."""

    debut = models.DateField("premier jour où ce n'est plus le cas")
    fin = models.DateField("premier jour où c'est de nouveau le cas")

    successeur = None
    feminin = True
    objects = PeriodeQuerySet.as_manager()

    class Meta(Periode.Meta):
        abstract = True
        ordering = ["debut"]

    def __str__(self):
        return f"du {in_french(self.debut)} au {in_french(self.fin - ONE_DAY)}"


class InterruptionCommune(Interruption):
    commune = models.ForeignKey("communes.Commune", models.CASCADE, "interruptions")
    successeur = models.ForeignKey(
        "communes.Commune", models.PROTECT, "+", null=True, verbose_name="successeur"
    )

    class Meta(Interruption.Meta):
        verbose_name = "interruption d'une commune"
        verbose_name_plural = "interruptions de communes"


class InterruptionIntercommunalite(Interruption):
    intercommunalite = models.ForeignKey(
        "communes.Intercommunalite", models.CASCADE, "interruptions"
    )

    class Meta(Interruption.Meta):
        verbose_name = "interruption d'une intercommunalité"
        verbose_name_plural = "interruptions d'intercommunalités"
