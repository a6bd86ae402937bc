"""What holds from a day to another: the one convention of dates of the whole project."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from socle.verrou import OneAtATime


class PeriodeQuerySet(models.QuerySet):
    def as_of(self, jour):
        """Keep the periods that hold on `jour`: begun on that day or before, not over on that day.

        The last day of a period is the day before its `fin`. A period whose `debut` is empty has
        no known beginning and holds on every day before its `fin`.
        """
        return self.filter(
            Q(debut__isnull=True) | Q(debut__lte=jour), Q(fin__isnull=True) | Q(fin__gt=jour)
        )

    def overlapping(self, periode):
        """Keep the other periods that share at least one day with `periode`."""
        others = self.exclude(pk=periode.pk)
        if periode.fin:
            others = others.filter(Q(debut__isnull=True) | Q(debut__lt=periode.fin))
        if periode.debut:
            others = others.filter(Q(fin__isnull=True) | Q(fin__gt=periode.debut))
        return others


def debut_connu(name, help_text, missing):
    """Return the `debut` of a period that always has one, with what is said when it is `missing`."""
    messages = {"null": missing, "blank": missing}
    return models.DateField(name, help_text=help_text, error_messages=messages)


class Periode(OneAtATime, models.Model):
    """A fact that holds from `debut`, included, to `fin`, excluded; no `fin`: still running.

    A model whose rows may not overlap says by what (`siblings_by`), and in what words.
    """

    debut = models.DateField(
        "premier jour",
        null=True,
        blank=True,
        help_text="Premier jour compris. Vide : le début n'est pas connu.",
    )
    fin = models.DateField(
        "premier jour où ce n'est plus le cas",
        null=True,
        blank=True,
        help_text="Vide : toujours en cours.",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(fin__gt=F("debut")),
                name="%(app_label)s_%(class)s_fin_apres_debut",
                violation_error_message="La fin doit être postérieure au début.",
            )
        ]

    overlap_message = "Une autre période couvre déjà ces dates."

    def holds_on(self, jour):
        """Tell whether the period holds on `jour`, by the rule of `PeriodeQuerySet.as_of`."""
        return (self.debut is None or self.debut <= jour) and (self.fin is None or self.fin > jour)

    def shares_a_day_with(self, other):
        """Tell whether the two periods hold on a same day, by the rule of `overlapping`."""
        return all(
            one.debut is None or two.fin is None or one.debut < two.fin
            for one, two in ((self, other), (other, self))
        )

    def clean(self):
        super().clean()
        self.refuse_overlap()

    def refuse_overlap(self):
        """Refuse a period that shares a day with one of its siblings: see `OneAtATime`."""
        if self.alone or not self.siblings_by or None in self.siblings_key.values():
            return
        if self.siblings().overlapping(self).exists():
            raise ValidationError({"debut": self.overlap_message})
