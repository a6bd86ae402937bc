"""How many inhabitants a commune counts, as each vintage of the découpage says it."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from communes.territoire.models import Commune
from socle.francais import nombre


class PopulationQuerySet(models.QuerySet):
    def en_usage(self, jour):
        """Keep, of each commune, the one in use on `jour`: of the latest vintage of its year or before.

        Before the earliest vintage nothing is known: none, never the figure of another year.
        """
        later = Population.objects.filter(
            commune=OuterRef("commune"),
            millesime__gt=OuterRef("millesime"),
            millesime__lte=jour.year,
        )
        return self.filter(~Exists(later), millesime__lte=jour.year)


class Population(models.Model):
    """The municipal population of a commune, as a vintage of the découpage gives it.

    `annee` is the year that it counts, on 1 January: it precedes the vintage, and two vintages may
    give the same. It is empty where nothing proves it (`decoupage.annees`).
    """

    commune = models.ForeignKey(Commune, models.CASCADE, "populations", verbose_name="commune")
    millesime = models.PositiveSmallIntegerField("millésime")
    annee = models.PositiveSmallIntegerField(
        "année",
        null=True,
        blank=True,
        help_text="Celle du recensement de l'Insee. Vide : elle n'est pas établie.",
    )
    valeur = models.PositiveIntegerField("habitants")

    objects = PopulationQuerySet.as_manager()

    feminin = True

    class Meta:
        verbose_name = "population"
        verbose_name_plural = "populations"
        ordering = ["-millesime"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "millesime"],
                name="communes_une_population_par_millesime",
                violation_error_message="Cette commune a déjà une population dans ce millésime.",
            ),
            models.CheckConstraint(
                condition=Q(annee__isnull=True) | Q(annee__lt=F("millesime")),
                name="communes_population_comptee_avant",
                violation_error_message="Une population est comptée avant le millésime qui la donne.",
            ),
        ]

    def __str__(self):
        return f"{nombre(self.valeur)} ({self.quand})"

    @property
    def origine(self):
        """Return what gives it: who counts, which year, and the vintage that holds it."""
        counted = (
            f"population municipale de {self.annee}" if self.annee else "population municipale"
        )
        return f"Insee, {counted}, millésime {self.millesime} du découpage"

    @property
    def quand(self):
        """Return « en 2023 », or « millésime 2025 » where the year counted is not proven."""
        return f"en {self.annee}" if self.annee else f"millésime {self.millesime}"
