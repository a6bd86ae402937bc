"""The events of the Club, whose they are, who organised them, and what is left of them to read."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from communes.models import Departement
from ort.models import Organisme
from projects.actions.models import Theme
from projects.club import coherence
from projects.club.models.droits import DEvenementQuerySet, EvenementClubQuerySet
from socle.dates import PrecisionField, stored_on_first_day
from socle.ensembles import says_anew
from socle.historique import Historisee
from socle.sources import Sourcee


class NatureEvenement(models.TextChoices):
    NATIONALE = coherence.NATIONALE, "rencontre nationale"
    REGIONALE = "rencontre_regionale", "rencontre régionale"
    DEPARTEMENTALE = coherence.DEPARTEMENTALE, "rencontre départementale"
    ATELIER = "atelier", "atelier"
    WEBINAIRE = "webinaire", "webinaire"
    VISITE = "visite", "visite"
    SEMAINE = "semaine_thematique", "semaine thématique"
    FORMATION = "formation", "formation"


class EvenementClub(Sourcee):
    """What the Club held, or will hold, from `debut` to `fin`, both included; `debut` alone: one day.

    It is known from the day that it is announced; one of which no announcement is known, from the day
    that it begins.
    """

    identifiant = models.SlugField(
        "identifiant", max_length=80, unique=True, help_text="Adresse publique : ne change plus."
    )
    intitule = models.CharField("intitulé", max_length=300)
    nature = models.CharField("nature", max_length=24, choices=NatureEvenement)
    theme = models.ForeignKey(
        Theme, models.PROTECT, "evenements", null=True, blank=True, verbose_name="thème"
    )
    theme_libre = models.CharField(
        "autre thème",
        max_length=200,
        blank=True,
        help_text="Si aucun thème de la liste ne convient.",
    )
    debut = models.DateField("premier jour")
    precision_debut = PrecisionField("précision du premier jour", date="debut")
    fin = models.DateField(
        "dernier jour",
        null=True,
        blank=True,
        help_text="Compris. Vide : l'événement tient en un jour.",
    )
    precision_fin = PrecisionField("précision du dernier jour", date="fin")
    annonce_le = models.DateField(
        "annoncé le",
        null=True,
        blank=True,
        help_text="Vide : l'événement n'est connu qu'à son premier jour ; s'il est à venir, aujourd'hui.",
    )
    lieu = models.CharField("lieu", max_length=200, blank=True)
    en_ligne = models.BooleanField("en ligne", null=True, blank=True)
    decisions = models.TextField(
        "ce qui a été décidé",
        max_length=10_000,
        blank=True,
        help_text="Public, sans nom de personne.",
    )
    note_interne = models.TextField("note interne", blank=True, help_text="Jamais publiée.")

    textes_publics = ("intitule", "theme_libre", "lieu", "decisions")

    objects = EvenementClubQuerySet.as_manager()

    class Meta:
        verbose_name = "événement du Club"
        verbose_name_plural = "événements du Club"
        ordering = ["-debut", "identifiant"]
        constraints = [
            models.CheckConstraint(
                condition=Q(theme__isnull=True) | Q(theme_libre=""),
                name="projects_evenementclub_un_theme",
                violation_error_message="Un événement a un thème de la liste, ou un autre, pas les deux.",
            ),
            models.CheckConstraint(
                # Of an end or a beginning that are not known to the day, see `coherence`.
                condition=Q(fin__isnull=True)
                | Q(precision_fin__in=["mois", "annee"])
                | Q(precision_debut="au_plus_tard")
                | Q(fin__isnull=False, fin__gte=F("debut")),
                name="projects_evenementclub_fin_apres_debut",
                violation_error_message=coherence.FIN_AVANT_DEBUT,
            ),
            stored_on_first_day("debut", "precision_debut"),
            stored_on_first_day("fin", "precision_fin"),
        ]

    def __str__(self):
        return self.intitule

    def clean(self):
        """Refuse an event that ends before it begins, or to come that some came to; note its announcement."""
        super().clean()
        if not self.debut:
            return
        if refused := coherence.refus_des_jours(self):
            raise ValidationError({"fin": refused})
        today = timezone.localdate()
        if self.annonce_le and self.annonce_le > today:
            raise ValidationError({"annonce_le": coherence.ANNONCE_A_VENIR})
        if self.debut > today:
            self.annonce_le = self.annonce_le or today
            if self.pk and self.participations.exists():
                raise ValidationError({"debut": coherence.PARTICIPATIONS_AVANT})
        national = self.nature == NatureEvenement.NATIONALE and self.pk
        if national and self.departements_lies.exists() and says_anew(self, "nature"):
            raise ValidationError({"nature": coherence.NATIONALE_D_UN_DEPARTEMENT})


class EvenementDepartement(Historisee):
    """A département whose DDT keeps an event; an event of none is for all of France."""

    evenement = models.ForeignKey(
        EvenementClub, models.CASCADE, "departements_lies", verbose_name="événement"
    )
    departement = models.ForeignKey(
        Departement, models.PROTECT, "evenements", verbose_name="département"
    )

    objects = DEvenementQuerySet.as_manager()

    class Meta:
        verbose_name = "département de l'événement"
        verbose_name_plural = "départements de l'événement"
        ordering = ["departement"]
        constraints = [
            models.UniqueConstraint(
                fields=["evenement", "departement"],
                name="projects_evenementdepartement_une_fois",
                violation_error_message="L'événement est déjà de ce département.",
            )
        ]

    def __str__(self):
        return str(self.departement)

    def clean(self):
        """Refuse to give a national meeting to a département."""
        super().clean()
        nature, given = self.evenement.nature, [self.departement_id]
        refused = coherence.refus_des_departements(nature, given)
        if refused and (says_anew(self, "departement") or says_anew(self.evenement, "nature")):
            raise ValidationError({"departement": refused})


class EvenementOrganisateur(Historisee):
    """A body that organises an event."""

    evenement = models.ForeignKey(
        EvenementClub, models.CASCADE, "organisateurs_lies", verbose_name="événement"
    )
    organisme = models.ForeignKey(Organisme, models.PROTECT, verbose_name="organisme")

    objects = DEvenementQuerySet.as_manager()

    class Meta:
        verbose_name = "organisateur de l'événement"
        verbose_name_plural = "organisateurs de l'événement"
        ordering = ["organisme__nom"]
        constraints = [
            models.UniqueConstraint(
                fields=["evenement", "organisme"],
                name="projects_evenementorganisateur_une_fois",
                violation_error_message="Cet organisme organise déjà l'événement.",
            )
        ]

    def __str__(self):
        return str(self.organisme)


class NatureRessource(models.TextChoices):
    DOCUMENT = "document", "document"
    ADRESSE = "adresse", "page à consulter"
    REPLAY = "replay", "rediffusion"


class RessourceClub(Historisee):
    """What the Club gives to read or to watch, by its address; of an event, or of the network."""

    nature = models.CharField("nature", max_length=8, choices=NatureRessource)
    titre = models.CharField("titre", max_length=250)
    adresse = models.URLField("adresse", max_length=500, unique=True)
    theme = models.ForeignKey(
        Theme, models.PROTECT, "ressources", null=True, blank=True, verbose_name="thème"
    )
    evenement = models.ForeignKey(
        EvenementClub,
        models.CASCADE,
        "ressources",
        null=True,
        blank=True,
        verbose_name="événement",
        help_text="Vide : une ressource du réseau, que tient le niveau national.",
    )

    feminin = True
    textes_publics = ("titre",)

    objects = DEvenementQuerySet.as_manager()

    class Meta:
        verbose_name = "ressource du Club"
        verbose_name_plural = "ressources du Club"
        ordering = ["titre", "pk"]

    def __str__(self):
        return self.titre
