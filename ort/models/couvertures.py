"""The communes that the conventions cover, from an act to another.

The days of a commune in an ORT are those of its acts: they are read through the acts and never
copied, so that correcting the date of an act corrects everything.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, When

from communes.models import Commune
from communes.territoire.du_jour import DeCommuneQuerySet
from ort.models.avenants import Avenant
from ort.models.jours import backward, covered_twice
from ort.models.liees import LieeQuerySet
from ort.models.publication import geste_de, refuse_acts_of_another
from socle.historique import Historisee
from socle.publication import Publiable
from socle.verrou import OneAtATime


class CommuneCouverteQuerySet(DeCommuneQuerySet, LieeQuerySet):
    def with_dates(self):
        """Add `date_entree` and `date_sortie`, the days of the acts of entry and exit."""
        return self.annotate(
            date_entree=Case(
                When(entree__isnull=False, then=F("entree__date_signature")),
                default=F("convention__date_signature"),
            ),
            date_sortie=F("sortie__date_signature"),
        )

    def as_of(self, jour):
        """Keep the communes entered by an act signed on `jour` or before, and not out by then.

        The commune is in from the day of its act of entry, and out from the day of its act of exit.
        """
        return self.restees(jour).filter(date_entree__lte=jour)

    def restees(self, jour):
        """Keep the communes not out by `jour`, whatever the day of their entry."""
        still = Q(date_sortie__isnull=True) | Q(date_sortie__gt=jour)
        return self.with_dates().filter(still)

    def en_vigueur(self, jour):
        """Keep the communes that an ORT in force on `jour` covers on that day."""
        in_force = self.conventions.ort().en_vigueur(jour)
        return self.as_of(jour).filter(convention__in=in_force.values("pk"))


class CommuneCouverte(OneAtATime, Publiable, Historisee):
    """A commune in a convention: entered by the convention itself or by an avenant, out by an avenant.

    A commune that leaves and comes back has two rows, whose days do not meet: see `ort.models.jours`.
    """

    siblings_by = ("convention", "commune")

    convention = models.ForeignKey(
        "ort.Convention", models.CASCADE, "couvertures", verbose_name="convention"
    )
    commune = models.ForeignKey(Commune, models.PROTECT, "couvertures", verbose_name="commune")
    entree = models.ForeignKey(
        Avenant,
        models.RESTRICT,
        "entrees",
        null=True,
        blank=True,
        verbose_name="entrée par l'avenant",
        help_text="Vide : la commune est entrée par la convention elle-même.",
    )
    sortie = models.ForeignKey(
        Avenant,
        models.RESTRICT,
        "sorties",
        null=True,
        blank=True,
        verbose_name="sortie par l'avenant",
        help_text="Vide : la commune est toujours dans l'ORT.",
    )

    remarques_enquete = models.TextField(
        "remarques pour l'enquête nationale",
        blank=True,
        help_text="Écrites dans la colonne « Remarques » de la réponse à l'enquête ; jamais publiées.",
    )

    objects = CommuneCouverteQuerySet.as_manager()

    feminin = True

    class Meta:
        verbose_name = "commune couverte"
        verbose_name_plural = "communes couvertes"
        ordering = ["commune__nom_recherche"]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "commune"],
                condition=Q(sortie__isnull=True),
                name="ort_commune_couverte_une_fois",
                violation_error_message="Cette commune est déjà dans cette ORT.",
            ),
            models.UniqueConstraint(
                fields=["convention", "commune"],
                condition=Q(entree__isnull=True),
                name="ort_commune_couverte_fondatrice_une_fois",
                violation_error_message="La convention fait déjà entrer cette commune.",
            ),
            models.UniqueConstraint(
                fields=["convention", "commune", "entree"],
                name="ort_commune_couverte_entree_unique",
                violation_error_message="Cet avenant fait déjà entrer cette commune.",
            ),
            models.CheckConstraint(
                condition=~Q(entree=F("sortie")),
                name="ort_commune_couverte_deux_actes",
                violation_error_message="Une commune n'entre pas et ne sort pas par le même acte.",
            ),
        ]

    def __str__(self):
        return f"{self.commune} dans {self.convention}"

    def clean(self):
        super().clean()
        refuse_acts_of_another(self, "entree", "sortie")
        if None not in self.siblings_key.values():
            self.refuse_impossible_days()

    def refuse_impossible_days(self):
        """Refuse an exit that does not follow the entry, and days that another row already holds."""
        if refused := backward(self):
            raise ValidationError({"sortie": refused})
        if self.alone:
            return
        others = self.siblings().select_related("convention", "entree", "sortie")
        if covered_twice([self, *others]):
            raise ValidationError({"commune": "Cette commune est déjà dans cette ORT à ces dates."})

    def faits_publics(self):
        """Return the entry once its act is signed, and the exit likewise."""
        gestes = {"commune": geste_de(self.convention, self.entree)}
        if self.sortie:
            gestes["sortie"] = geste_de(self.convention, self.sortie)
        return {champ: geste for champ, geste in gestes.items() if geste}

    @property
    def acte_entree(self):
        """Return the act by which the commune entered: the avenant or the convention."""
        return self.entree or self.convention

    @property
    def precision_entree(self):
        """Return how exactly the day of its entry is known."""
        return self.acte_entree.precision_signature

    @property
    def entree_par(self):
        """Return `avenant` or `convention`, as the public files say it."""
        return "avenant" if self.entree_id else "convention"
