"""What was read of an indicator, and what is aimed at: of an action, of a convention or of a commune."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from communes.models import Commune
from ort.models import Convention, Secteur
from projects.acceptations import Acceptation
from projects.actions.models import Action
from projects.indicateurs import coherence
from projects.indicateurs.models.droits import AttenteQuerySet, CibleQuerySet, ReleveQuerySet
from projects.indicateurs.models.indicateurs import Indicateur
from socle.dates import PrecisionField, bare, stored_on_first_day
from socle.sources import Sourcee

# What is measured, one of three.
OBJETS = ("action", "convention", "commune")
UN_OBJET = "Dites de quoi : une action, une convention ou une commune, une seule."


class EtatReleve(models.TextChoices):
    """What a reading gives."""

    CONNUE = "connue", "valeur connue"
    SECRET = "secret", "secret statistique"
    NON_DISPONIBLE = "non_disponible", "non disponible"


def nombre_mesure(name, **options):
    return models.DecimalField(name, max_digits=14, decimal_places=2, **options)


def nom_de_serie(help_text):
    return models.CharField("série", max_length=60, blank=True, help_text=help_text)


def un_seul_objet(model):
    """Return the constraint that a row is of exactly one of the three."""
    of_one = Q()
    for named in OBJETS:
        of_one |= Q(**{f"{name}__isnull": name != named for name in OBJETS})
    return models.CheckConstraint(
        condition=of_one,
        name=f"projects_{model}_un_seul_objet",
        violation_error_message=UN_OBJET,
    )


def une_fois(model, fields, message):
    """Yield the constraints that a row is there once: a sector tells its object, and is told apart."""
    for objet in (*OBJETS, "secteur"):
        yield models.UniqueConstraint(
            fields=["indicateur", objet, *fields],
            condition=Q(secteur__isnull=objet != "secteur"),
            name=f"projects_{model}_{objet}_une_fois",
            violation_error_message=message,
        )


class MesureDObjet(Sourcee):
    """A row of an indicator and of what it is about; where, if the perimeter is a sector."""

    indicateur = models.ForeignKey(
        Indicateur, models.PROTECT, "%(class)ss", verbose_name="indicateur"
    )
    action = models.ForeignKey(
        Action, models.CASCADE, "%(class)ss", null=True, blank=True, verbose_name="action"
    )
    convention = models.ForeignKey(
        Convention, models.RESTRICT, "%(class)ss", null=True, blank=True, verbose_name="convention"
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, "%(class)ss", null=True, blank=True, verbose_name="commune"
    )
    secteur = models.ForeignKey(
        Secteur,
        models.RESTRICT,
        "%(class)ss",
        null=True,
        blank=True,
        verbose_name="secteur",
        help_text="D'une commune ou d'une convention, si l'indicateur se relève par secteur.",
    )

    class Meta:
        abstract = True

    @property
    def objet(self):
        """Return the action, the convention or the commune."""
        return self.action or self.convention or self.commune

    def clean(self):
        """Refuse an object that its indicator is not measured on, and values that it cannot have."""
        super().clean()
        if not self.indicateur_id:
            return
        if refused := coherence.refus_de_l_objet(self) or coherence.refus_de_l_indicateur(self):
            raise ValidationError({refused.champ: refused.texte})
        for name in self.valeurs:
            if refused := coherence.refus_de_la_valeur(self.indicateur, getattr(self, name)):
                raise ValidationError({name: refused})


class Releve(MesureDObjet):
    """A reading: a value, or why there is none, of a day, known since another.

    Only readings of one series compare, and none across a break.
    """

    jour = models.DateField("jour", help_text="Celui dont le relevé parle.")
    precision = PrecisionField("précision", date="jour")
    publie_le = models.DateField(
        "publié le",
        null=True,
        blank=True,
        help_text="Vide : le relevé est tenu pour connu dès le jour dont il parle.",
    )
    etat = models.CharField("état", max_length=14, choices=EtatReleve, default=EtatReleve.CONNUE)
    valeur = nombre_mesure("valeur", null=True, blank=True)
    serie = nom_de_serie("Millésime ou méthode : deux relevés ne se comparent que dans la même.")
    rupture = models.BooleanField(
        "rupture de série", default=False, help_text="Ne se compare à aucun relevé d'avant."
    )

    valeurs = ("valeur",)

    textes_publics = ("serie",)

    objects = ReleveQuerySet.as_manager()

    class Meta:
        verbose_name = "relevé"
        ordering = ["jour", "serie", "pk"]
        constraints = [
            un_seul_objet("releve"),
            *une_fois("releve", ["jour", "serie"], coherence.DEUX_RELEVES),
            models.CheckConstraint(
                condition=Q(etat="connue", valeur__isnull=False)
                | Q(etat__in=["secret", "non_disponible"], valeur__isnull=True),
                name="projects_releve_valeur_ou_raison",
                violation_error_message=(
                    "Un relevé donne sa valeur, ou dit qu'elle est secrète ou non disponible."
                ),
            ),
            models.CheckConstraint(
                condition=Q(publie_le__isnull=True) | Q(publie_le__gte=F("jour")),
                name="projects_releve_publie_ensuite",
                violation_error_message=(
                    "Un relevé n'est pas publié avant le jour dont il parle : corrigez l'un des deux."
                ),
            ),
            stored_on_first_day("jour", "precision"),
        ]

    def __str__(self):
        return f"{self.indicateur} : {self.objet}"

    def clean(self):
        """Refuse a reading of a day to come, or that will be published."""
        super().clean()
        for name in ("jour", "publie_le"):
            told = getattr(self, name)
            if told and told > timezone.localdate():
                raise ValidationError({name: coherence.PLUS_TARD})


class Cible(MesureDObjet):
    """What is aimed at, and from what; a new one never replaces another, and is known once set."""

    fixee_le = models.DateField("fixée le")
    valeur = nombre_mesure("cible")
    echeance_prevue = models.DateField(
        "à atteindre pour le", null=True, blank=True, help_text="Vide : sans échéance."
    )
    reference_valeur = nombre_mesure("valeur de référence", null=True, blank=True)
    reference_jour = models.DateField("jour de la référence", null=True, blank=True)
    serie = nom_de_serie("Celle de la valeur de référence : ses relevés seuls lui sont comparés.")

    feminin = True
    valeurs = ("valeur", "reference_valeur")

    textes_publics = ("serie",)

    objects = CibleQuerySet.as_manager()

    class Meta:
        verbose_name = "cible"
        ordering = ["fixee_le", "pk"]
        constraints = [
            un_seul_objet("cible"),
            *une_fois("cible", ["fixee_le"], coherence.DEUX_CIBLES),
            models.CheckConstraint(
                condition=Q(reference_valeur__isnull=True, reference_jour__isnull=True)
                | Q(reference_valeur__isnull=False, reference_jour__isnull=False),
                name="projects_cible_reference_entiere",
                violation_error_message="Une référence a une valeur et un jour.",
            ),
            models.CheckConstraint(
                condition=Q(echeance_prevue__isnull=True) | Q(echeance_prevue__gt=F("fixee_le")),
                name="projects_cible_echeance_ensuite",
                violation_error_message=coherence.CIBLE_AVANT,
            ),
            models.CheckConstraint(
                condition=Q(reference_jour__isnull=True) | Q(reference_jour__lte=F("fixee_le")),
                name="projects_cible_reference_avant",
                violation_error_message=coherence.REFERENCE_APRES,
            ),
        ]

    def __str__(self):
        return f"{self.indicateur} : {self.objet}"

    def clean(self):
        """Refuse a target that would be set later, or whose reference would be read later."""
        super().clean()
        for name in ("fixee_le", "reference_jour"):
            told = getattr(self, name)
            if told and told > timezone.localdate():
                raise ValidationError({name: coherence.CIBLE_A_VENIR})


class AttenteAcceptee(Acceptation):
    """A reading of a target, expected by a day, that someone accepts not to have.

    The next that is expected is told again. See `projects.acceptations`.
    """

    cible = models.ForeignKey(Cible, models.CASCADE, "attentes_acceptees", verbose_name="cible")
    attendu_le = models.DateField("relevé attendu pour le")

    objects = AttenteQuerySet.as_manager()

    dates_choisies = ("attendu_le",)

    class Meta(Acceptation.Meta):
        verbose_name = "attente acceptée"
        verbose_name_plural = "attentes acceptées"

    def __str__(self):
        return f"attente acceptée : {self.cible}, {bare(self.attendu_le)}"
