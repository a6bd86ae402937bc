"""The studies: who has each done, who does it, where, and the actions that it prepares."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from communes.models import Commune, Departement, Intercommunalite
from communes.territoire.du_jour import DeCommuneQuerySet
from ort.models import CommuneCouverte, Convention, Organisme
from projects.actions.models import Action
from projects.actions.models.liens import une_fois
from projects.etudes.models.droits import DeLEtudeQuerySet, EtudeQuerySet
from socle.historique import Historisee
from socle.sources import Sourcee
from socle.verrou import lock

# Whom a study is done for, one of three, as the owner of an action.
BENEFICIAIRES = (
    "beneficiaire_commune",
    "beneficiaire_intercommunalite",
    "beneficiaire_organisme",
)
SANS_ARGENT = (
    "Une étude mise à disposition ne donne lieu à aucun financement : dites-la cofinancée, ou "
    "n'enregistrez pas de financement."
)


class NatureEtude(models.TextChoices):
    """What a study is about."""

    DIAGNOSTIC = "diagnostic", "diagnostic"
    STRATEGIE = "strategie", "stratégie et plan-guide"
    HABITAT = "habitat", "pré-opérationnelle habitat"
    COMMERCE = "commerce", "commerce"
    MOBILITES = "mobilites", "mobilités"
    PROGRAMMATION = "programmation", "programmation"
    FAISABILITE = "faisabilite", "faisabilité"
    MONTAGE = "montage", "montage juridique et foncier"
    AMO = "amo", "assistance à maîtrise d'ouvrage"
    PARTICIPATION = "participation", "participation"
    AUTRE = "autre", "autre"


class NiveauEtude(models.TextChoices):
    """Whether a study serves the whole project, or some of its actions."""

    STRATEGIQUE = "strategique", "stratégique"
    OPERATIONNEL = "operationnel", "opérationnel"


class RegimeEtude(models.TextChoices):
    """Whether money passes: what is provided has a value, known or not, and no funding."""

    COFINANCEE = "cofinancee", "cofinancée : achetée par le bénéficiaire"
    MISE_A_DISPOSITION = "mise_a_disposition", "mise à disposition : sans financement"


def un_beneficiaire(filled):
    """Return the condition that `filled`, and it alone, names whom the study is for."""
    return Q(**{f"{name}__isnull": name != filled for name in BENEFICIAIRES})


class Etude(Sourcee):
    """A study: whom it is for, who does it and who funds it are three.

    No act brings it: on a day, it is what its facts of that day and before tell.
    """

    identifiant = models.SlugField("identifiant", max_length=80, unique=True)
    intitule = models.CharField("intitulé", max_length=300)
    nature = models.CharField("nature", max_length=13, choices=NatureEtude)
    niveau = models.CharField("niveau", max_length=12, choices=NiveauEtude)
    regime = models.CharField("régime", max_length=18, choices=RegimeEtude)
    beneficiaire_commune = models.ForeignKey(
        Commune,
        models.PROTECT,
        "etudes_recues",
        null=True,
        blank=True,
        verbose_name="bénéficiaire : commune",
    )
    beneficiaire_intercommunalite = models.ForeignKey(
        Intercommunalite,
        models.PROTECT,
        "etudes_recues",
        null=True,
        blank=True,
        verbose_name="bénéficiaire : intercommunalité",
    )
    beneficiaire_organisme = models.ForeignKey(
        Organisme,
        models.PROTECT,
        "etudes_recues",
        null=True,
        blank=True,
        verbose_name="bénéficiaire : organisme",
    )
    prestataire = models.ForeignKey(
        Organisme,
        models.PROTECT,
        "etudes_faites",
        null=True,
        blank=True,
        verbose_name="prestataire",
        help_text="Qui fait l'étude. Vide : pas encore connu.",
    )
    convention = models.ForeignKey(
        Convention,
        models.RESTRICT,
        "etudes",
        null=True,
        blank=True,
        verbose_name="convention",
        help_text="Celle dont l'étude sert le projet, s'il y en a une.",
    )
    note_interne = models.TextField("note interne", blank=True, help_text="Jamais publiée.")

    feminin = True
    textes_publics = ("intitule",)

    objects = EtudeQuerySet.as_manager()

    class Meta:
        verbose_name = "étude"
        ordering = ["identifiant"]
        constraints = [
            models.CheckConstraint(
                condition=un_beneficiaire(BENEFICIAIRES[0])
                | un_beneficiaire(BENEFICIAIRES[1])
                | un_beneficiaire(BENEFICIAIRES[2]),
                name="projects_etude_un_beneficiaire",
                violation_error_message="Une étude a un bénéficiaire, un seul.",
            ),
        ]

    def __str__(self):
        return self.intitule

    @property
    def beneficiaire(self):
        """Return the commune, the intercommunalité or the organisme that the study is for."""
        return (
            self.beneficiaire_commune
            or self.beneficiaire_intercommunalite
            or self.beneficiaire_organisme
        )

    def communes_within_reach(self, user):
        """Return the communes that `user` may say this study is about.

        Those of its départements, those of the study, and those that its convention covers or covered.
        """
        theirs = Q(departement__in=Departement.objects.for_user(user))
        if self.pk:
            theirs |= Q(pk__in=self.communes_liees.order_by().values("commune"))
        if self.convention_id:
            covered = CommuneCouverte.objects.filter(convention=self.convention_id).order_by()
            theirs |= Q(pk__in=covered.values("commune"))
        return Commune.objects.filter(theirs)

    def clean(self):
        """Refuse to call provided a study that is funded."""
        super().clean()
        if not self.pk or self.regime != RegimeEtude.MISE_A_DISPOSITION:
            return
        lock(Etude, self.pk)
        if self.financements.exists():
            raise ValidationError({"regime": SANS_ARGENT})


class EtudeCommuneQuerySet(DeCommuneQuerySet, DeLEtudeQuerySet):
    """The communes of the studies, in the name of whichever answers for them on a day."""


class EtudeCommune(Historisee):
    """A commune that a study is about."""

    etude = models.ForeignKey(Etude, models.CASCADE, "communes_liees", verbose_name="étude")
    commune = models.ForeignKey(Commune, models.PROTECT, "etudes", verbose_name="commune")

    feminin = True

    objects = EtudeCommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "commune de l'étude"
        verbose_name_plural = "communes de l'étude"
        ordering = ["commune__nom_recherche"]
        constraints = [
            une_fois(
                "etudecommune", "commune", "Cette commune est déjà celle de l'étude.", of="etude"
            )
        ]

    def __str__(self):
        return f"{self.commune} : {self.etude}"


class EtudeAction(Historisee):
    """An action that a study prepares."""

    etude = models.ForeignKey(Etude, models.CASCADE, "actions_liees", verbose_name="étude")
    action = models.ForeignKey(Action, models.CASCADE, "etudes_liees", verbose_name="action")

    feminin = True

    objects = DeLEtudeQuerySet.as_manager()

    class Meta:
        verbose_name = "action que l'étude prépare"
        verbose_name_plural = "actions que l'étude prépare"
        ordering = ["action__identifiant"]
        constraints = [
            une_fois("etudeaction", "action", "L'étude prépare déjà cette action.", of="etude")
        ]

    def __str__(self):
        return f"{self.action} : {self.etude}"
