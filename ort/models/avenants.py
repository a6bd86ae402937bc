"""The avenants of the conventions: each an act of its own, with its day, and what it does."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Floor

from ort.models.jours import in_number
from ort.models.liees import LieeQuerySet
from ort.models.publication import PAR_AVENANT
from ort.regles import DUREE_EN_ANNEES, DUREE_IMPOSSIBLE, LOI_ELAN, duree_possible
from socle.dates import (
    Precision,
    PrecisionField,
    add_years,
    in_french,
    last_day,
    stored_on_first_day,
)
from socle.ensembles import says_anew
from socle.etages import refuse_above
from socle.francais import pluriel
from socle.identifiants import rang_suivant
from socle.remarques import Avant
from socle.sources import Sourcee
from socle.verrou import lock_linked

PAS_SIGNEE = "Sa convention n'est pas signée : un avenant l'est après elle."
# What of a day written as a number is the same all over what is known of it: its month, its year.
SAME = {Precision.MOIS: 100, Precision.ANNEE: 10_000}


class AvenantQuerySet(LieeQuerySet):
    def signes(self, jour):
        """Keep the avenants signed on `jour` or before."""
        return self.filter(date_signature__lte=jour)

    def apres_la_fin(self):
        """Keep the avenants surely signed once their convention had ended, by the acts signed before.

        One that prolongs it on the very day of its end comes in time. One known « au plus tard » may
        have been signed before.
        """
        before = Avenant.objects.filter(
            convention=OuterRef("convention"),
            date_signature__lt=OuterRef("date_signature"),
            duree_annees__isnull=False,
        ).order_by("-date_signature", "-pk")
        duration = Coalesce(
            Subquery(before.values("duree_annees")[:1]), F("convention__duree_annees")
        )
        dated = self.exclude(precision_signature=Precision.AU_PLUS_TARD).alias(
            signe=in_number("date_signature"),
            fin=in_number("convention__date_signature") + duration * 10_000,
        )
        vague = [Precision.MOIS.value, Precision.ANNEE.value]
        late = ~Q(convention__precision_signature__in=vague) & (
            Q(signe__gt=F("fin")) | Q(signe=F("fin"), duree_annees__isnull=True)
        )
        for precision, same in SAME.items():
            of_later = Q(signe__gt=(Floor(F("fin") / same) + 1) * same)
            late |= Q(convention__precision_signature=precision.value) & of_later
        return dated.filter(late)

    def sans_convention_signee(self):
        """Keep the avenants signed of a convention that is not."""
        return self.filter(date_signature__isnull=False, convention__date_signature__isnull=True)


class Avenant(Sourcee):
    """An act that changes a convention. It always hangs on the convention, never on another avenant."""

    convention = models.ForeignKey(
        "ort.Convention", models.CASCADE, "avenants", verbose_name="convention"
    )
    # Empty until the act is first saved: those of a preview, which are undone, never have one.
    identifiant = models.SlugField(
        "identifiant",
        max_length=70,
        unique=True,
        null=True,
        blank=True,
        editable=False,
        help_text="Donné une fois pour toutes à l'enregistrement ; repris dans les fichiers.",
    )
    numero = models.PositiveSmallIntegerField(
        "numéro",
        null=True,
        blank=True,
        help_text="Celui que porte l'acte ; vide s'il n'est pas connu.",
    )
    date_signature = models.DateField("date de signature", null=True, blank=True)
    precision_signature = PrecisionField("précision", date="date_signature")
    date_signature_prevue = models.DateField("signature prévue", null=True, blank=True)
    duree_annees = models.PositiveSmallIntegerField(
        "nouvelle durée totale, en années",
        null=True,
        blank=True,
        help_text="Depuis la signature de la convention. Vide : l'avenant ne prolonge pas.",
    )
    objet = models.CharField("objet", max_length=250, blank=True)
    note_interne = models.TextField("note interne", blank=True, help_text="Jamais publiée.")

    publie_par = {"date_signature": PAR_AVENANT}
    remarques_possibles = (
        Avant(
            "date_signature",
            lambda: LOI_ELAN,
            "L'avenant d'une ORT est signé avant la loi qui les a créées, le 23 novembre 2018.",
            {"convention__vaut_ort": True},
        ),
    )

    objects = AvenantQuerySet.as_manager()

    textes_publics = ("objet",)

    class Meta:
        verbose_name = "avenant"
        ordering = ["convention", "date_signature", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["convention", "numero"],
                name="ort_avenant_numero_unique",
                violation_error_message="Cette convention a déjà un avenant de ce numéro.",
            ),
            # Two avenants of one month, or of one day « au plus tard », may be of two days.
            models.UniqueConstraint(
                fields=["convention", "date_signature"],
                condition=Q(numero__isnull=True, precision_signature=Precision.JOUR.value),
                name="ort_avenant_du_jour_sans_numero_unique",
                violation_error_message=(
                    "Cette convention a déjà un avenant de ce jour, sans numéro : donnez à chacun le sien."
                ),
            ),
            models.CheckConstraint(
                condition=Q(duree_annees__isnull=True) | Q(duree_annees__range=DUREE_EN_ANNEES),
                name="ort_avenant_duree_positive",
                violation_error_message=DUREE_IMPOSSIBLE,
            ),
            stored_on_first_day("date_signature", "precision_signature"),
        ]

    def __str__(self):
        return f"{self.nom} ({self.convention})"

    @property
    def nom(self):
        """Return how the act is called: by its number if it is known."""
        return f"avenant n° {self.numero}" if self.numero else "avenant"

    @property
    def dernier_jour_signature(self):
        """Return the last day that its signature may be: 31 July of « juillet 2023 »."""
        return last_day(self.date_signature, self.precision_signature)

    def lock_siblings(self):
        """Lock the convention that the avenant and the other acts hang on: see `socle.verrou`."""
        lock_linked(self, "convention")

    def clean(self):
        """Refuse a signature before that of the convention, or that its communes could not follow."""
        super().clean()
        if not self.convention_id:
            return
        self.lock_siblings()
        signature = self.convention.date_signature
        if self.date_signature and not signature and says_anew(self, "date_signature"):
            raise ValidationError({"date_signature": PAS_SIGNEE})
        if self.date_signature and signature and self.dernier_jour_signature < signature:
            raise ValidationError(
                {"date_signature": "Un avenant ne peut pas être signé avant sa convention."}
            )
        signed = ("date_signature", "precision_signature")
        refused = self.refus_de_la_duree(self.convention)
        if refused and says_anew(self, "duree_annees", *signed):
            raise ValidationError({"duree_annees": refused})
        if self.pk:
            self.convention.refuse_days_of_communes(self)
            if says_anew(self, *signed):
                refuse_above(self)

    def refus_de_la_duree(self, convention):
        """Say that by its duration the convention had surely ended when the avenant was signed, or None."""
        if not (self.duree_annees and convention.date_signature and self.date_signature):
            return None
        # Any day may be before « au plus tard »; what no ORT can last is refused by its constraint.
        vague = self.precision_signature == Precision.AU_PLUS_TARD
        if vague or not duree_possible(self.duree_annees):
            return None
        signed = last_day(convention.date_signature, convention.precision_signature)
        end = add_years(signed, self.duree_annees)
        if end > self.date_signature:
            return None
        years = pluriel(self.duree_annees, "an,ans")
        return (
            f"D'une durée de {years}, la convention aurait pris fin le {in_french(end)}, avant cet avenant : "
            "corrigez la durée ou le jour."
        )

    def save(self, **kwargs):
        """Name the act for good when it is first saved: its date and its number may be corrected."""
        with transaction.atomic():
            if not self.identifiant:
                self.lock_siblings()
                rang = rang_suivant(Avenant.history.filter(convention=self.convention_id))
                self.identifiant = f"{self.convention.identifiant}-avenant-{rang}"
            super().save(**kwargs)

    def objets(self):
        """Return what the act does, told by the records that name it; prefetch them for lists."""
        records_by_objet = {
            "ajout_communes": self.entrees.all(),
            "retrait_communes": self.sorties.all(),
            "prolongation": self.duree_annees,
            "secteurs": self.secteurs.all(),
            "parties": self.parties.all(),
        }
        return [objet for objet, records in records_by_objet.items() if records]
