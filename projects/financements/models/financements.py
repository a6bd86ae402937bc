"""What funds an action or a study: one line a funder, a scheme and an object, and its history."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from communes.models import Commune, Intercommunalite
from ort.models import Organisme
from projects.acceptations import Acceptation
from projects.actions.models import Action, BaseMontant
from projects.actions.models.droits import (
    DeLActionQuerySet,
    DunObjetQuerySet,
    d_un_seul_objet,
)
from projects.actions.models.faits import LATER_THAN_TODAY
from projects.etudes.models import Etude, RegimeEtude
from projects.etudes.models.etudes import SANS_ARGENT
from projects.financements import coherence
from projects.financements.models.dispositifs import Dispositif, NatureFinanceur
from socle.dates import Precision, PrecisionField, stored_on_first_day
from socle.ensembles import DUnEnsemble, says_anew
from socle.historique import HistoriseeQuerySet
from socle.sources import Sourcee
from socle.verrou import lock_linked

FINANCEURS = ("financeur_organisme", "financeur_commune", "financeur_intercommunalite")


def one_at_most(role):
    """Return the condition that one at most of the three links of a role is filled."""
    organisme, commune, intercommunalite = (
        f"{role}_{sort}__isnull" for sort in ("organisme", "commune", "intercommunalite")
    )
    return (
        Q(**{organisme: True, commune: True})
        | Q(**{organisme: True, intercommunalite: True})
        | Q(**{commune: True, intercommunalite: True})
    )


class Forme(models.TextChoices):
    SUBVENTION = "subvention", "subvention"
    PRET = "pret", "prêt"
    AVANCE = "avance_remboursable", "avance remboursable"
    NATURE = "apport_en_nature", "apport en nature"


class FinancementQuerySet(DunObjetQuerySet):
    """The lines of the actions and of the studies: whose they are, their object tells."""


class Financement(Sourcee):
    """One line of money: a funder, a scheme, an action or a study. Two equal lines are two grants.

    What happened to it, and when, is told by its facts: it holds no amount of its own.
    """

    identifiant = models.SlugField("identifiant", max_length=100, unique=True)
    action = models.ForeignKey(
        Action, models.CASCADE, "financements", null=True, blank=True, verbose_name="action"
    )
    etude = models.ForeignKey(
        Etude, models.CASCADE, "financements", null=True, blank=True, verbose_name="étude"
    )
    dispositif = models.ForeignKey(
        Dispositif, models.PROTECT, "financements", verbose_name="dispositif"
    )
    financeur_organisme = models.ForeignKey(
        Organisme,
        models.PROTECT,
        "financements",
        null=True,
        blank=True,
        verbose_name="financeur : organisme",
    )
    financeur_commune = models.ForeignKey(
        Commune,
        models.PROTECT,
        "financements",
        null=True,
        blank=True,
        verbose_name="financeur : commune",
    )
    financeur_intercommunalite = models.ForeignKey(
        Intercommunalite,
        models.PROTECT,
        "financements",
        null=True,
        blank=True,
        verbose_name="financeur : intercommunalité",
    )
    beneficiaire_commune = models.ForeignKey(
        Commune, models.PROTECT, "+", null=True, blank=True, verbose_name="bénéficiaire : commune"
    )
    beneficiaire_intercommunalite = models.ForeignKey(
        Intercommunalite,
        models.PROTECT,
        "+",
        null=True,
        blank=True,
        verbose_name="bénéficiaire : intercommunalité",
    )
    beneficiaire_organisme = models.ForeignKey(
        Organisme,
        models.PROTECT,
        "+",
        null=True,
        blank=True,
        verbose_name="bénéficiaire : organisme",
    )
    forme = models.CharField("forme", max_length=19, choices=Forme, default=Forme.SUBVENTION)
    annee = models.PositiveSmallIntegerField(
        "année du programme",
        null=True,
        blank=True,
        validators=[MinValueValidator(2000), MaxValueValidator(2100)],
    )
    numero_dossier = models.CharField(
        "numéro de dossier", max_length=60, blank=True, help_text="Interne : jamais publié."
    )
    rang = models.PositiveSmallIntegerField("rang", default=1)
    note_interne = models.TextField("note interne", blank=True, help_text="Jamais publiée.")

    objects = FinancementQuerySet.as_manager()

    class Meta:
        verbose_name = "financement"
        ordering = ["action", "etude", "rang", "pk"]
        constraints = [
            d_un_seul_objet(
                "financement", "Un financement est celui d'une action ou d'une étude, une seule."
            ),
            models.CheckConstraint(
                condition=one_at_most("financeur"),
                name="projects_financement_un_financeur",
                violation_error_message="Un financement a un seul financeur.",
            ),
            models.CheckConstraint(
                condition=one_at_most("beneficiaire"),
                name="projects_financement_un_beneficiaire",
                violation_error_message="Un financement a un seul bénéficiaire.",
            ),
        ]

    def __str__(self):
        return f"{self.dispositif} : {self.objet}"

    @property
    def objet(self):
        """Return the action, or the study, that is funded."""
        return self.action or self.etude

    @property
    def financeur(self):
        """Return who pays: named by the line, else by its scheme; None if unknown."""
        named = (getattr(self, name) for name in FINANCEURS)
        return next(filter(None, named), None) or self.dispositif.financeur

    def clean(self):
        """Refuse a line that does not say who pays, when its scheme does not either."""
        super().clean()
        self.refuse_provided()
        if not self.dispositif_id:
            return
        own = self.dispositif.nature == NatureFinanceur.FONDS_PROPRES
        if self.financeur is None and not own:
            raise ValidationError(
                {
                    "financeur_organisme": "Ce dispositif ne dit pas qui paie : choisissez le financeur."
                }
            )

    def refuse_provided(self):
        """Refuse money for a study that is provided: none passes."""
        if self.etude_id is None:
            return
        lock_linked(self, "etude")
        provided = RegimeEtude.MISE_A_DISPOSITION
        if Etude.objects.filter(pk=self.etude_id, regime=provided).exists():
            raise ValidationError(SANS_ARGENT)


class NatureFinancement(models.TextChoices):
    """What happens to a line of money; facts of one day follow this order."""

    PREVISION = "prevision", "prévision"
    DEMANDE = "demande", "demande"
    DOSSIER_COMPLET = "dossier_complet", "dossier complet"
    ACCORD = "accord", "accord"
    MODIFICATION = "modification", "modification"
    PROROGATION = "prorogation", "prorogation"
    REFUS = "refus", "refus"
    SANS_SUITE = "sans_suite", "classé sans suite"
    VERSEMENT = "versement", "versement"
    REVERSEMENT = "reversement", "reversement"
    RETRAIT = "retrait", "retrait"
    CONSTAT = "constat", "vérifié, rien de nouveau"


# What anybody may read: the facts that the public pages, files and counts are made of.
PUBLICS = {
    NatureFinancement.ACCORD,
    NatureFinancement.MODIFICATION,
    NatureFinancement.VERSEMENT,
    NatureFinancement.REVERSEMENT,
    NatureFinancement.RETRAIT,
}


class SorteVersement(models.TextChoices):
    AVANCE = "avance", "avance"
    ACOMPTE = "acompte", "acompte"
    SOLDE = "solde", "solde"
    UNIQUE = "unique", "versement unique"


class SorteRetrait(models.TextChoices):
    CADUCITE = "caducite", "caducité"
    RENONCIATION = "renonciation", "renonciation"
    ANNULATION = "annulation", "annulation"
    REAFFECTATION = "reaffectation", "réaffectation"


# What the funder decides, and notifies to whom it concerns; `coherence.decisions` are those of an amount.
NOTIFIEES = [
    *("accord", "modification", "prorogation"),
    *("refus", "sans_suite", "retrait"),
]
NOTIFICATION = (
    "Une décision est notifiée le jour où elle est signée, ou après, et au plus tard aujourd'hui."
)


class DuFinancementQuerySet(HistoriseeQuerySet):
    """The facts of the lines: whose they are, their line tells."""

    def for_user(self, user):
        """Keep the facts of the lines that `user` reads."""
        return self.filter(
            Q(financement__action__in=Action.objects.all().cles_lues(user))
            | Q(financement__etude__in=Etude.objects.all().cles_lues(user))
        )

    def publics(self, jour):
        """Keep the facts of `jour` or before that anybody may read."""
        return self.filter(nature__in=PUBLICS, jour__lte=jour)

    def removed_for_user(self, user):
        """Return the removals of facts of the lines of `user`, themselves still there."""
        kept = Financement.objects.for_user(user)
        return self.model.history.removed().filter(financement__in=kept)


# The facts of which a line has one a day: the last is looked for, and may not depend on who typed first.
UNE_PAR_JOUR = [n for n in NatureFinancement.values if n not in ("versement", "reversement")]


class FaitFinancement(DUnEnsemble, Sourcee):
    """A fact of a line of money. Which are public, `PUBLICS` says."""

    class Delai(models.TextChoices):
        COMMENCEMENT = "commencement", "pour commencer"
        ACHEVEMENT = "achevement", "pour achever"

    financement = models.ForeignKey(
        Financement, models.CASCADE, "faits", verbose_name="financement"
    )
    jour = models.DateField("jour")
    precision = PrecisionField("précision", date="jour")
    nature = models.CharField("fait", max_length=15, choices=NatureFinancement)
    montant = models.DecimalField(
        "montant, en €", max_digits=14, decimal_places=2, null=True, blank=True
    )
    sorte_versement = models.CharField(
        "versé comme", max_length=7, choices=SorteVersement, blank=True
    )
    sorte_retrait = models.CharField("retiré par", max_length=13, choices=SorteRetrait, blank=True)
    reference = models.CharField(
        "référence",
        max_length=100,
        blank=True,
        help_text="D'un accord : numéro de l'arrêté ou de la convention, public.",
    )
    date_notification = models.DateField("notification", null=True, blank=True)
    depense_subventionnable = models.DecimalField(
        "dépense subventionnable, en €", max_digits=14, decimal_places=2, null=True, blank=True
    )
    base = models.CharField("base", max_length=3, choices=BaseMontant, blank=True, default="")
    taux = models.DecimalField("taux, en %", max_digits=7, decimal_places=4, null=True, blank=True)
    delai = models.CharField("délai prorogé", max_length=12, choices=Delai, blank=True)
    date_limite_prevue = models.DateField("nouvelle date limite", null=True, blank=True)
    suppose = models.BooleanField(
        "accord supposé",
        default=False,
        help_text="Aucun acte ne le dit : un versement le suppose, « au plus tard » ce jour-là.",
    )
    motif = models.TextField(
        "motif", max_length=2000, blank=True, help_text="Interne : jamais publié."
    )

    ensemble = "financement"

    objects = DuFinancementQuerySet.as_manager()

    class Meta:
        verbose_name = "fait d'un financement"
        verbose_name_plural = "faits de financements"
        ordering = ["jour", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["financement", "jour", "nature", "delai"],
                condition=Q(nature__in=UNE_PAR_JOUR),
                name="projects_faitfinancement_un_par_jour",
                violation_error_message="Ce fait est déjà enregistré ce jour-là : corrigez-le.",
            ),
            models.CheckConstraint(
                condition=Q(montant__isnull=True) | Q(montant__gte=0),
                name="projects_faitfinancement_montant_positif",
                violation_error_message="Un montant n'est pas négatif.",
            ),
            models.CheckConstraint(
                condition=~Q(nature__in=["prevision", "demande", "modification", "retrait"])
                | Q(montant__isnull=False),
                name="projects_faitfinancement_montant_dit",
                violation_error_message="Ce fait dit un montant.",
            ),
            models.CheckConstraint(
                condition=~Q(nature__in=["versement", "reversement"])
                # A check passes on what is unknown: an amount is asked for.
                | Q(montant__isnull=False, montant__gt=0),
                name="projects_faitfinancement_versement_positif",
                violation_error_message="Un versement, ou un reversement, est d'un montant positif.",
            ),
            models.CheckConstraint(
                condition=~Q(nature__in=["demande", "accord"]) | ~Q(montant=0),
                name="projects_faitfinancement_demande_positive",
                violation_error_message="Une demande ou un accord n'est pas de zéro euro.",
            ),
            models.CheckConstraint(
                condition=(Q(nature="versement") & ~Q(sorte_versement=""))
                | (~Q(nature="versement") & Q(sorte_versement="")),
                name="projects_faitfinancement_sorte_de_versement",
                violation_error_message="Un versement est une avance, un acompte, un solde ou unique.",
            ),
            models.CheckConstraint(
                condition=(Q(nature="retrait") & ~Q(sorte_retrait=""))
                | (~Q(nature="retrait") & Q(sorte_retrait="")),
                name="projects_faitfinancement_sorte_de_retrait",
                violation_error_message="Un retrait dit par quoi.",
            ),
            models.CheckConstraint(
                condition=(Q(nature="prorogation", date_limite_prevue__isnull=False) & ~Q(delai=""))
                | (~Q(nature="prorogation") & Q(delai="", date_limite_prevue__isnull=True)),
                name="projects_faitfinancement_prorogation_dite",
                violation_error_message="Une prorogation dit quel délai, et sa nouvelle date limite.",
            ),
            models.CheckConstraint(
                condition=Q(date_notification__isnull=True) | Q(nature__in=NOTIFIEES),
                name="projects_faitfinancement_notification_d_une_decision",
                violation_error_message="Seule une décision est notifiée.",
            ),
            models.CheckConstraint(
                condition=Q(date_notification__isnull=True)
                # Known « au plus tard » a day, a decision may be of any day before.
                | Q(precision="au_plus_tard")
                | Q(date_notification__gte=F("jour")),
                name="projects_faitfinancement_notification_apres_decision",
                violation_error_message=NOTIFICATION,
            ),
            models.CheckConstraint(
                condition=Q(taux__isnull=True) | Q(taux__gt=0, taux__lte=100),
                name="projects_faitfinancement_taux",
                violation_error_message="Le taux va de 0 à 100, en pourcentage.",
            ),
            models.CheckConstraint(
                condition=Q(depense_subventionnable__isnull=True)
                | Q(depense_subventionnable__gt=0),
                name="projects_faitfinancement_depense_positive",
                violation_error_message="Une dépense subventionnable est d'un montant positif.",
            ),
            models.CheckConstraint(
                condition=Q(suppose=False)
                | Q(nature="accord", montant__isnull=True, precision="au_plus_tard"),
                name="projects_faitfinancement_suppose",
                violation_error_message=(
                    "Un accord supposé est sans montant, « au plus tard » le jour du versement."
                ),
            ),
            stored_on_first_day("jour", "precision"),
        ]

    def __str__(self):
        return f"{self.get_nature_display()} : {self.financement}"

    @property
    def action(self):
        return self.financement.action

    def accord_suppose(self):
        """Return the grant that a payment supposes when none is known, not saved: its day at the latest."""
        return FaitFinancement(
            financement=self.financement,
            nature=NatureFinancement.ACCORD,
            jour=self.jour,
            precision=Precision.AU_PLUS_TARD,
            suppose=True,
        )

    def clean(self):
        """Refuse a fact, or a notification, to come, and what cannot be beside the rest of its line."""
        super().clean()
        if self.jour and self.jour > timezone.localdate():
            raise ValidationError({"jour": LATER_THAN_TODAY})
        coming = self.date_notification and self.date_notification > timezone.localdate()
        if coming and says_anew(self, "date_notification"):
            raise ValidationError({"date_notification": NOTIFICATION})
        if self.jour and self.nature:
            self.refuse_beside_others()

    @staticmethod
    def refuse(rows):
        if refused := coherence.refus(rows):
            raise ValidationError({refused.champ: refused.texte})


class AlerteAcceptee(Acceptation):
    """A warning that someone accepts: see `projects.acceptations`."""

    action = models.ForeignKey(Action, models.CASCADE, "alertes_acceptees", verbose_name="action")
    financement = models.ForeignKey(
        Financement,
        models.CASCADE,
        "alertes_acceptees",
        null=True,
        blank=True,
        verbose_name="financement",
    )
    sorte = models.SlugField("alerte", max_length=40)

    objects = DeLActionQuerySet.as_manager()

    class Meta(Acceptation.Meta):
        verbose_name = "alerte acceptée"
        verbose_name_plural = "alertes acceptées"

    def __str__(self):
        return f"alerte acceptée : {self.sorte}"
