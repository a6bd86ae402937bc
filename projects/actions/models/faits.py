"""What happened to an action, what was announced of its days and of its cost: one row a fact."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from projects.actions import coherence
from projects.actions.models.actions import Action, Phase
from projects.actions.models.droits import (
    DeLActionQuerySet,
    DunObjetQuerySet,
    d_un_seul_objet,
)
from socle.dates import PrecisionField, stored_on_first_day
from socle.ensembles import DUnEnsemble
from socle.sources import Sourcee

LATER_THAN_TODAY = "Un fait est du jour même ou d'avant : ce qui est prévu est une prévision."


class NatureFait(models.TextChoices):
    """What happens to an action; facts of one day follow this order."""

    DEBUT = "debut", "début"
    FIN = "fin", "fin"
    PAUSE = "pause", "mise en pause"
    REPRISE = "reprise", "reprise"
    BLOCAGE = "blocage", "blocage"
    LEVEE = "levee", "blocage levé"
    ABANDON = "abandon", "abandon"
    RELANCE = "relance", "relance"
    POINT = "point", "point fait, rien de nouveau"


class BaseMontant(models.TextChoices):
    """Whether an amount is before or after tax: the two are never added."""

    HT = "HT", "hors taxes"
    TTC = "TTC", "toutes taxes comprises"
    INCONNUE = "", "non précisée"


class NatureCout(models.TextChoices):
    """How firm a cost is."""

    ESTIME = "estime", "estimé"
    MARCHE = "marche", "marchés passés"
    DEFINITIF = "definitif", "définitif"


class FaitAction(DUnEnsemble, Sourcee):
    """A fact of an action, on the day that its source says."""

    action = models.ForeignKey(Action, models.CASCADE, "faits", verbose_name="action")
    jour = models.DateField("jour")
    precision = PrecisionField("précision", date="jour")
    nature = models.CharField("fait", max_length=8, choices=NatureFait)
    phase = models.CharField("phase", max_length=9, choices=Phase, blank=True)
    texte = models.TextField(
        "motif ou condition", max_length=2000, blank=True, help_text="Interne : jamais publié."
    )

    ensemble = "action"

    objects = DeLActionQuerySet.as_manager()

    class Meta:
        verbose_name = "fait d'une action"
        verbose_name_plural = "faits d'actions"
        ordering = ["jour", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "jour", "nature", "phase"],
                name="projects_faitaction_une_fois",
                violation_error_message="Ce fait est déjà enregistré ce jour-là.",
            ),
            models.CheckConstraint(
                condition=Q(nature__in=["debut", "fin"], phase__in=["etude", "operation"])
                | (~Q(nature__in=["debut", "fin"]) & Q(phase="")),
                name="projects_faitaction_phase_d_un_debut_ou_d_une_fin",
                violation_error_message="Un début ou une fin est d'une phase, et rien d'autre ne l'est.",
            ),
            stored_on_first_day("jour", "precision"),
        ]

    def __str__(self):
        return " de l'".join(filter(None, [self.get_nature_display(), self.get_phase_display()]))

    def clean(self):
        """Refuse a fact to come, and one that cannot follow, or precede, the others of the action."""
        super().clean()
        if self.jour and self.jour > timezone.localdate():
            raise ValidationError({"jour": LATER_THAN_TODAY})
        if self.jour and self.nature:
            self.refuse_beside_others()

    @staticmethod
    def refuse(rows):
        if refused := coherence.refus(rows):
            raise ValidationError({"jour": refused})


class Prevision(Sourcee):
    """A day announced, on another day, for the beginning or the end of the operation.

    A new one never replaces another: the first is what the last is compared with.
    """

    class Objet(models.TextChoices):
        DEBUT = "debut", "début de l'opération"
        FIN = "fin", "fin de l'opération"

    action = models.ForeignKey(Action, models.CASCADE, "previsions", verbose_name="action")
    objet = models.CharField("ce qui est prévu", max_length=5, choices=Objet)
    date_prevue = models.DateField("date prévue")
    precision = PrecisionField("précision", date="date_prevue")
    etablie_le = models.DateField("annoncée le")

    feminin = True

    objects = DeLActionQuerySet.as_manager()

    class Meta:
        verbose_name = "prévision de calendrier"
        verbose_name_plural = "prévisions de calendrier"
        ordering = ["etablie_le", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "objet", "etablie_le"],
                name="projects_prevision_une_par_jour",
                violation_error_message="Une autre date est déjà annoncée ce jour-là : corrigez-la.",
            ),
            stored_on_first_day("date_prevue", "precision"),
        ]

    def __str__(self):
        return f"{self.get_objet_display()} : prévision du {self.etablie_le:%d/%m/%Y}"

    def clean(self):
        """Refuse a forecast that would be made after today."""
        super().clean()
        if self.etablie_le and self.etablie_le > timezone.localdate():
            raise ValidationError({"etablie_le": LATER_THAN_TODAY})


class Cout(Sourcee):
    """What an action, or a study, costs, as it was announced, or found, on a day."""

    action = models.ForeignKey(
        Action, models.CASCADE, "couts", null=True, blank=True, verbose_name="action"
    )
    etude = models.ForeignKey(
        "projects.Etude", models.CASCADE, "couts", null=True, blank=True, verbose_name="étude"
    )
    jour = models.DateField("jour")
    precision = PrecisionField("précision", date="jour")
    nature = models.CharField("nature", max_length=9, choices=NatureCout, default=NatureCout.ESTIME)
    montant = models.DecimalField("montant, en €", max_digits=14, decimal_places=2)
    base = models.CharField("base", max_length=3, choices=BaseMontant, blank=True, default="")

    objects = DunObjetQuerySet.as_manager()

    class Meta:
        verbose_name = "coût"
        verbose_name_plural = "coûts"
        ordering = ["jour", "pk"]
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=[objet, "jour"],
                    name=name,
                    violation_error_message="Un autre coût est déjà annoncé ce jour-là : corrigez-le.",
                )
                for objet, name in (
                    ("action", "projects_cout_un_par_jour"),
                    ("etude", "projects_cout_d_etude_un_par_jour"),
                )
            ),
            d_un_seul_objet("cout", "Un coût est d'une action ou d'une étude, une seule."),
            models.CheckConstraint(
                condition=Q(montant__gte=0),
                name="projects_cout_positif",
                violation_error_message="Un coût n'est pas négatif.",
            ),
            stored_on_first_day("jour", "precision"),
        ]

    def __str__(self):
        return f"coût {self.get_nature_display()}"

    def clean(self):
        """Refuse a cost that would be announced after today."""
        super().clean()
        if self.jour and self.jour > timezone.localdate():
            raise ValidationError({"jour": LATER_THAN_TODAY})
