"""What an action is about: the same themes for all of France, and the axes of each plan."""

from django.db import models
from django.db.models import Q

from communes.models import Labellisation
from ort.models import Convention
from socle.historique import Historisee, HistoriseeQuerySet


class Theme(Historisee):
    """A theme of the programme; the national level keeps the list."""

    cle = models.SlugField("clé", unique=True)
    libelle = models.CharField("libellé", max_length=80, unique=True)
    ordre = models.PositiveSmallIntegerField("ordre")

    class Meta:
        verbose_name = "thème"
        ordering = ["ordre", "libelle"]

    def __str__(self):
        return self.libelle


class AxeQuerySet(HistoriseeQuerySet):
    def connus(self, jour):
        """Leave out the axes of which every action comes by an avenant that was not signed by `jour`.

        An axe has no day of its own: nobody knew it sooner than what it holds.
        """
        there = Q(actions__isnull=True) | Q(actions__entree__isnull=True)
        return self.filter(there | Q(actions__entree__date_signature__lte=jour)).distinct()

    def for_user(self, user):
        """Keep the axes of the conventions, and of the labellisations, of `user`."""
        return self.filter(
            Q(convention__in=Convention.objects.for_user(user))
            | Q(labellisation__in=Labellisation.objects.for_user(user))
        )

    def removed_for_user(self, user):
        """Return the removals of axes of the conventions, and of the labellisations, of `user`."""
        return self.model.history.removed().filter(
            Q(convention__in=Convention.objects.for_user(user))
            | Q(labellisation__in=Labellisation.objects.for_user(user))
        )


class Axe(Historisee):
    """A part of a plan, with the code and the words of the act that carries the plan."""

    convention = models.ForeignKey(
        Convention, models.CASCADE, "axes", null=True, blank=True, verbose_name="convention"
    )
    labellisation = models.ForeignKey(
        Labellisation,
        models.CASCADE,
        "axes",
        null=True,
        blank=True,
        verbose_name="adhésion",
        help_text="D'une adhésion signée ensemble, l'une de ses communes suffit.",
    )
    code = models.CharField(
        "code", max_length=20, help_text="Tel que l'acte l'écrit : « A », « 1.10 »."
    )
    intitule = models.CharField("intitulé", max_length=250)
    ordre = models.PositiveSmallIntegerField("ordre", default=0)

    textes_publics = ("intitule",)

    objects = AxeQuerySet.as_manager()

    class Meta:
        verbose_name = "axe"
        verbose_name_plural = "axes"
        ordering = ["ordre", "code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(convention__isnull=False, labellisation__isnull=True)
                | Q(convention__isnull=True, labellisation__isnull=False),
                name="projects_axe_un_seul_plan",
                violation_error_message="Un axe est d'une convention ou d'une adhésion, une seule.",
            ),
            *(
                models.UniqueConstraint(
                    fields=[plan, "code"],
                    name=f"projects_axe_code_{plan}_unique",
                    violation_error_message="Ce plan a déjà un axe de ce code.",
                )
                for plan in ("convention", "labellisation")
            ),
        ]

    def __str__(self):
        return f"{self.code} – {self.intitule}"
