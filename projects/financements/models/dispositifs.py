"""The schemes that fund actions, and what each allows, from a day to another."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from ort.models import Organisme
from socle.historique import Historisee, HistoriseeQuerySet
from socle.periodes import Periode, PeriodeQuerySet


class NatureFinanceur(models.TextChoices):
    """What sort of money it is."""

    ETAT = "etat", "État"
    OPERATEUR = "operateur", "opérateur de l'État"
    COLLECTIVITE = "collectivite", "collectivité"
    EUROPE = "europe", "Europe"
    PRIVE = "prive", "privé"
    FONDS_PROPRES = "fonds_propres", "fonds propres"


class Dispositif(Historisee):
    """A scheme, or a body that funds without one: the same for all of France."""

    cle = models.SlugField("clé", unique=True)
    libelle = models.CharField("libellé", max_length=150, unique=True)
    financeur = models.ForeignKey(
        Organisme,
        models.PROTECT,
        "dispositifs",
        null=True,
        blank=True,
        verbose_name="financeur",
        help_text="Vide : dit de chaque financement (la Région, le Département…).",
    )
    nature = models.CharField("nature", max_length=13, choices=NatureFinanceur)
    public = models.BooleanField("argent public", default=True)

    class Meta:
        verbose_name = "dispositif"
        ordering = ["libelle"]

    def __str__(self):
        return self.libelle


def mois(name):
    return models.PositiveSmallIntegerField(name, null=True, blank=True)


def part(name):
    return models.DecimalField(
        name,
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )


class RegleQuerySet(HistoriseeQuerySet, PeriodeQuerySet):
    """The rules of the schemes, that hold from a day to another."""


class ReglePeriode(Historisee, Periode):
    """What a scheme allows while the rule holds; what nobody read in the text is « à vérifier »."""

    dispositif = models.ForeignKey(Dispositif, models.CASCADE, "regles", verbose_name="dispositif")
    taux_maximum = part("taux maximum, en %")
    mois_commencement = mois("mois pour commencer")
    mois_prorogation_commencement = mois("mois de prorogation du commencement")
    mois_achevement = mois("mois pour achever")
    mois_prorogation_achevement = mois("mois de prorogation de l'achèvement")
    taux_avance = part("avance, en % au plus")
    plafond_acomptes = part("avance et acomptes, en % au plus")
    article = models.CharField("texte", max_length=150)
    verifiee = models.BooleanField(
        "vérifiée", default=False, help_text="Le texte a été lu : sinon « à vérifier » s'affiche."
    )

    objects = RegleQuerySet.as_manager()

    siblings_by = ("dispositif",)
    overlap_message = "Ce dispositif a déjà une règle à ces dates."

    feminin = True

    class Meta(Periode.Meta):
        verbose_name = "règle d'un dispositif"
        verbose_name_plural = "règles des dispositifs"
        ordering = ["dispositif", "debut"]
        constraints = [
            *Periode.Meta.constraints,
            models.CheckConstraint(
                condition=(Q(taux_maximum__isnull=True) | Q(taux_maximum__range=(0, 100)))
                & (Q(taux_avance__isnull=True) | Q(taux_avance__range=(0, 100)))
                & (Q(plafond_acomptes__isnull=True) | Q(plafond_acomptes__range=(0, 100))),
                name="projects_regleperiode_taux",
                violation_error_message="Un taux va de 0 à 100, en pourcentage.",
            ),
        ]

    def __str__(self):
        return f"{self.dispositif} : {self.article}"
