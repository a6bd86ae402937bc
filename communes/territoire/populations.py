"""How many inhabitants a commune counts, as each vintage of the découpage says it."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from communes.territoire.models import Commune, Succession
from socle.francais import nombre


class PopulationQuerySet(models.QuerySet):
    def du_territoire_au(self, jour):
        """Keep those that count a commune as it is on `jour`, with the communes that it has absorbed.

        A vintage counts a commune as it is on 1 January of its year: one that has absorbed another
        since, by `jour`, included, is larger, and how many it counts is told by the next vintage alone.
        """
        year = OuterRef("millesime")
        since = Q(debut__year__gt=year) | Q(debut__year=year) & ~Q(debut__month=1, debut__day=1)
        absorbed = Succession.objects.filter(since, devient=OuterRef("commune"), debut__lte=jour)
        return self.filter(~Exists(absorbed.order_by()))

    def en_usage(self, jour):
        """Keep, of each commune, the one in use on `jour`: of the latest vintage of its year or before.

        Before the earliest vintage nothing is known: none, never the figure of another year. Nor
        that of a smaller commune: see `du_territoire_au`.
        """
        later = Population.objects.filter(
            commune=OuterRef("commune"),
            millesime__gt=OuterRef("millesime"),
            millesime__lte=jour.year,
        )
        return self.du_territoire_au(jour).filter(~Exists(later), millesime__lte=jour.year)


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
