"""What is measured of a plan: the same for all of France, or a département's own."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from communes.models import Departement
from projects.indicateurs.models.droits import IndicateurQuerySet
from socle.historique import Historisee


class Unite(models.TextChoices):
    """What a value counts, as it is written after it."""

    LOGEMENTS = "logements", "logements"
    LOCAUX = "locaux", "locaux"
    FACADES = "façades", "façades"
    M2 = "m²", "m²"
    POURCENTAGE = "%", "%"
    EUROS = "€", "€"
    HABITANTS = "habitants", "habitants"
    PASSAGES = "passages/jour", "passages par jour"
    ELEVES = "élèves", "élèves"
    OUI_NON = "oui/non", "oui ou non"


class PerimetreIndicateur(models.TextChoices):
    """Where it is measured: two readings of different perimeters do not compare."""

    COMMUNE = "commune", "commune"
    SECTEUR = "secteur", "secteur d'intervention"
    ORT = "ort", "ORT"


class Sens(models.TextChoices):
    """Which way is better."""

    HAUSSE = "hausse", "à la hausse"
    BAISSE = "baisse", "à la baisse"
    NEUTRE = "neutre", "neutre"


SANS_UNITE = "Choisissez l'unité : sans elle, deux relevés ne se comparent pas."
DEJA_RELEVE = (
    "Cet indicateur a des relevés ou des cibles, qui se liraient autrement : faites-en un autre."
)


class Indicateur(Historisee):
    """What is measured, in which unit, by which definition, and where; a change of any makes another."""

    identifiant = models.SlugField(
        "identifiant", max_length=80, unique=True, help_text="Nom court, repris dans les fichiers."
    )
    libelle = models.CharField("libellé", max_length=150)
    unite = models.CharField(
        "unité", max_length=13, choices=Unite, error_messages={"blank": SANS_UNITE}
    )
    evolution = models.BooleanField(
        "taux d'évolution",
        default=False,
        help_text="Un pourcentage est sinon une part : il va de 0 à 100.",
    )
    definition = models.TextField(
        "définition", max_length=2000, help_text="Ce qui est compté, et ce qui ne l'est pas."
    )
    perimetre = models.CharField("périmètre", max_length=7, choices=PerimetreIndicateur)
    sens = models.CharField("sens souhaité", max_length=6, choices=Sens, default=Sens.NEUTRE)
    source_usuelle = models.CharField("source habituelle", max_length=250, blank=True)
    departement = models.ForeignKey(
        Departement,
        models.PROTECT,
        "indicateurs",
        null=True,
        blank=True,
        verbose_name="département",
        help_text="Vide : le même pour toute la France, tenu par le niveau national.",
    )

    textes_publics = ("libelle", "definition", "source_usuelle")

    objects = IndicateurQuerySet.as_manager()

    class Meta:
        verbose_name = "indicateur"
        ordering = ["libelle", "identifiant"]
        constraints = [
            models.CheckConstraint(
                condition=Q(unite__in=Unite.values),
                name="projects_indicateur_unite_dite",
                violation_error_message=SANS_UNITE,
            ),
            models.CheckConstraint(
                condition=Q(evolution=False) | Q(unite="%"),
                name="projects_indicateur_evolution_en_pourcentage",
                violation_error_message="Seul un pourcentage est un taux d'évolution.",
            ),
        ]

    def __str__(self):
        return self.libelle

    @property
    def est_une_part(self):
        """Tell whether its values are shares, from 0 to 100: a percentage that is no evolution."""
        return self.unite == Unite.POURCENTAGE and not self.evolution

    def clean(self):
        """Refuse another unit, or another perimeter, once something was measured: nothing would compare."""
        super().clean()
        before = type(self).objects.filter(pk=self.pk).first() if self.pk else None
        changed = [
            name for name in ("unite", "evolution", "perimetre") if differs(self, before, name)
        ]
        if changed and (self.releves.exists() or self.cibles.exists()):
            raise ValidationError({changed[0]: DEJA_RELEVE})


def differs(record, before, name):
    """Tell whether a known record is given another value."""
    return before is not None and getattr(record, name) != getattr(before, name)
