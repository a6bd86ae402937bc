"""The reviews of an ORT that were held, and what was presented to the assemblies: one row each."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from communes.models import Commune, Intercommunalite
from ort.models import Convention
from ort.models.liees import LieeQuerySet
from projects.acceptations import Acceptation
from projects.evaluations import coherence
from projects.evaluations.regles import NatureBilan
from socle.dates import PrecisionField, bare, stored_on_first_day
from socle.identifiants import rang_suivant
from socle.sources import Sourcee
from socle.verrou import lock_linked


class Bilan(Sourcee):
    """A review of an ORT, held on a day: a yearly one, or the evaluation of its five years.

    `gel` is what was known of the ORT for that day, copied when the review was recorded and never
    written again: see `projects.projet.gel`.
    """

    convention = models.ForeignKey(Convention, models.CASCADE, "bilans", verbose_name="convention")
    # Empty until the review is first saved: those of a preview, which are undone, never have one.
    identifiant = models.SlugField(
        "identifiant",
        max_length=70,
        unique=True,
        null=True,
        blank=True,
        editable=False,
        help_text="Donné une fois pour toutes à l'enregistrement ; repris dans les fichiers.",
    )
    nature = models.CharField("nature", max_length=11, choices=NatureBilan)
    tenu_le = models.DateField("tenu le")
    precision = PrecisionField("précision", date="tenu_le")
    periode = models.DateField(
        "échéance à laquelle il répond",
        null=True,
        blank=True,
        help_text="Un anniversaire de la signature de l'ORT. Vide : un autre point.",
    )
    comite = models.CharField(
        "devant", max_length=200, blank=True, help_text="Le comité de projet, par exemple."
    )
    decisions = models.TextField("ce qui a été décidé", max_length=4000, blank=True)
    note_interne = models.TextField("note interne", blank=True, help_text="Jamais publiée.")
    gel = models.JSONField("copie figée", null=True, blank=True, editable=False)

    objects = LieeQuerySet.as_manager()

    textes_publics = ("comite", "decisions")
    dates_choisies = ("periode",)

    class Meta:
        verbose_name = "bilan"
        ordering = ["convention", "tenu_le", "nature"]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "nature", "tenu_le"],
                name="projects_bilan_une_fois",
                violation_error_message=(
                    "Un bilan de cette nature est déjà enregistré ce jour-là, et un bilan ne répond qu'à "
                    "une échéance : corrigez-le."
                ),
            ),
            stored_on_first_day("tenu_le", "precision"),
        ]

    def __str__(self):
        return f"{self.get_nature_display()}, {bare(self.tenu_le, self.precision)}"

    def clean(self):
        """Refuse a review to come, one before its ORT, and one that answers what is no due date."""
        super().clean()
        if not (self.convention_id and self.tenu_le and self.nature):
            return
        lock_linked(self, "convention")
        if refused := coherence.refus(self, self.convention, timezone.localdate()):
            raise ValidationError({refused.champ: refused.texte})

    def save(self, **kwargs):
        """Name the review for good when it is first saved: its day and its nature may be corrected."""
        with transaction.atomic():
            if not self.identifiant:
                lock_linked(self, "convention")
                rang = rang_suivant(Bilan.history.filter(convention=self.convention_id))
                self.identifiant = f"{self.convention.identifiant}-bilan-{rang}"
            super().save(**kwargs)


class Presentation(Sourcee):
    """What was presented to an assembly on a day: a review, or the convention itself."""

    convention = models.ForeignKey(
        Convention, models.CASCADE, "presentations", verbose_name="convention"
    )
    bilan = models.ForeignKey(
        Bilan,
        models.CASCADE,
        "presentations",
        null=True,
        blank=True,
        verbose_name="bilan",
        help_text="Vide : c'est la convention elle-même.",
    )
    commune = models.ForeignKey(
        Commune,
        models.PROTECT,
        "+",
        null=True,
        blank=True,
        verbose_name="conseil municipal",
    )
    intercommunalite = models.ForeignKey(
        Intercommunalite,
        models.PROTECT,
        "+",
        null=True,
        blank=True,
        verbose_name="conseil communautaire",
    )
    jour = models.DateField("jour")
    precision = PrecisionField("précision", date="jour")
    deliberation = models.CharField("numéro de la délibération", max_length=60, blank=True)

    objects = LieeQuerySet.as_manager()

    feminin = True

    class Meta:
        verbose_name = "présentation à une assemblée"
        verbose_name_plural = "présentations aux assemblées"
        ordering = ["jour", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(commune__isnull=False, intercommunalite__isnull=True)
                | Q(commune__isnull=True, intercommunalite__isnull=False),
                name="projects_presentation_une_assemblee",
                violation_error_message=(
                    "Une présentation est faite à une assemblée, une seule : choisissez le conseil "
                    "municipal ou le conseil communautaire."
                ),
            ),
            *(
                models.UniqueConstraint(
                    fields=[of, assemblee, "jour"],
                    condition=Q(bilan__isnull=of == "convention"),
                    name=f"projects_presentation_{of}_{assemblee}_une_fois",
                    violation_error_message=(
                        "Cette présentation à cette assemblée est déjà enregistrée ce jour-là."
                    ),
                )
                for of in ("bilan", "convention")
                for assemblee in ("commune", "intercommunalite")
            ),
            stored_on_first_day("jour", "precision"),
        ]

    def __str__(self):
        return f"présentation, {self.assemblee}, {bare(self.jour, self.precision)}"

    @property
    def assemblee(self):
        """Return the commune or the intercommunalité of the assembly."""
        return self.commune or self.intercommunalite

    def clean(self):
        """Refuse a presentation to come, one before the ORT, and that of a review of another ORT."""
        super().clean()
        if self.bilan_id and self.bilan.convention_id != self.convention_id:
            raise ValidationError({"bilan": "Ce bilan est celui d'une autre convention."})
        if not (self.convention_id and self.jour):
            return
        today = timezone.localdate()
        if self.jour > today:
            raise ValidationError({"jour": coherence.PRESENTATION_A_VENIR})
        refused = coherence.refus_du_jour(self.convention, self.jour, self.precision, today)
        if refused:
            raise ValidationError({"jour": refused})


class EcheanceAcceptee(Acceptation):
    """A due date of a review that someone accepts not to be held: see `projects.acceptations`."""

    convention = models.ForeignKey(
        Convention, models.CASCADE, "echeances_acceptees", verbose_name="convention"
    )
    nature = models.CharField("nature", max_length=11, choices=NatureBilan)
    periode = models.DateField("échéance")

    objects = LieeQuerySet.as_manager()

    dates_choisies = ("periode",)

    class Meta(Acceptation.Meta):
        verbose_name = "échéance acceptée"
        verbose_name_plural = "échéances acceptées"

    def __str__(self):
        return f"échéance acceptée : {self.get_nature_display()}, {bare(self.periode)}"
