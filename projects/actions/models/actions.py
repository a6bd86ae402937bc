"""The actions of a plan: what is to be done, by whom, where, and by which act."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from communes.models import Commune, Departement, Intercommunalite, Labellisation
from communes.territoire.contours.controle import refuse_hors_de_france
from ort.models import Avenant, CommuneCouverte, Convention, Organisme
from projects.actions.models.droits import ActionQuerySet
from projects.actions.models.themes import Axe, Theme
from socle.ensembles import says_anew
from socle.etages import refuse_above
from socle.sources import Sourcee

# Who has an action done, one of three, as a post's employer.
MAITRES_D_OUVRAGE = (
    "maitre_ouvrage_commune",
    "maitre_ouvrage_intercommunalite",
    "maitre_ouvrage_organisme",
)

AXE_AILLEURS = "Cet axe est celui d'un autre plan."


class Phase(models.TextChoices):
    """What is done of an action: a study, then the operation itself."""

    ETUDE = "etude", "étude"
    OPERATION = "operation", "opération"


class Etendue(models.TextChoices):
    """Where an action is done."""

    COMMUNES = "communes", "les communes nommées"
    ORT = "ort", "toutes les communes que l'ORT couvre"


class PlanSigne(models.TextChoices):
    """Whether an action was signed with its money."""

    AVEC_FINANCEMENT = "avec_financement", "mature : signée avec son financement"
    SANS_FINANCEMENT = "sans_financement", "en germe : signée sans financement"


class EntreePar(models.TextChoices):
    """The sort of act that brings an action into a plan; none: « opération relevée »."""

    ADHESION = "adhesion", "convention d'adhésion"
    CONVENTION = "convention", "convention-cadre"
    AVENANT = "avenant", "avenant"


class Action(Sourcee):
    """What a plan has done. Its days in the plan are those of its acts, read through them.

    One that a document tells, and whose place in a plan is not known, is an « opération relevée »: it
    has communes and no act, and is from its first dated fact on.

    Its owner may be unknown: a plan does not always say it, and nothing is guessed.
    """

    identifiant = models.SlugField(
        "identifiant", max_length=80, unique=True, help_text="Adresse publique : ne change plus."
    )
    numero = models.CharField(
        "numéro", max_length=20, blank=True, help_text="Tel que le plan l'écrit : « A1 », « 1.10 »."
    )
    intitule = models.CharField("intitulé", max_length=300)
    sous_intitule = models.CharField("sous-action", max_length=300, blank=True)
    description = models.TextField("description", max_length=20_000, blank=True)
    axe = models.ForeignKey(
        Axe, models.PROTECT, "actions", null=True, blank=True, verbose_name="axe"
    )
    theme = models.ForeignKey(
        Theme, models.PROTECT, "actions", null=True, blank=True, verbose_name="thème principal"
    )
    maitre_ouvrage_commune = models.ForeignKey(
        Commune,
        models.PROTECT,
        "actions_portees",
        null=True,
        blank=True,
        verbose_name="maître d'ouvrage : commune",
    )
    maitre_ouvrage_intercommunalite = models.ForeignKey(
        Intercommunalite,
        models.PROTECT,
        "actions_portees",
        null=True,
        blank=True,
        verbose_name="maître d'ouvrage : intercommunalité",
    )
    maitre_ouvrage_organisme = models.ForeignKey(
        Organisme,
        models.PROTECT,
        "actions_portees",
        null=True,
        blank=True,
        verbose_name="maître d'ouvrage : organisme",
    )
    etendue = models.CharField("étendue", max_length=8, choices=Etendue, default=Etendue.COMMUNES)
    aboutissement = models.CharField(
        "ce qui l'achève",
        max_length=9,
        choices=Phase,
        default=Phase.OPERATION,
        help_text="La fin de l'étude n'achève qu'une action dont c'est l'aboutissement.",
    )
    investissement = models.BooleanField("opération d'investissement", null=True, blank=True)
    plan_signe = models.CharField("au plan signé", max_length=16, choices=PlanSigne, blank=True)
    indicateurs_texte = models.TextField(
        "indicateurs", max_length=10_000, blank=True, help_text="Tels que le plan les écrit."
    )
    longitude = models.DecimalField(
        "longitude",
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    latitude = models.DecimalField(
        "latitude",
        max_digits=7,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    convention = models.ForeignKey(
        Convention, models.RESTRICT, "actions", null=True, blank=True, verbose_name="convention"
    )
    entree_par = models.CharField(
        "entrée par",
        max_length=10,
        choices=EntreePar,
        blank=True,
        help_text="Vide : opération relevée dans un document, hors plan connu.",
    )
    entree = models.ForeignKey(
        Avenant,
        models.RESTRICT,
        "actions_ajoutees",
        null=True,
        blank=True,
        verbose_name="ajoutée par l'avenant",
    )
    sortie = models.ForeignKey(
        Avenant,
        models.RESTRICT,
        "actions_retirees",
        null=True,
        blank=True,
        verbose_name="retirée par l'avenant",
        help_text="Vide : l'action est toujours au plan.",
    )
    note_interne = models.TextField("note interne", blank=True, help_text="Jamais publiée.")

    feminin = True
    textes_publics = ("intitule", "sous_intitule", "description", "indicateurs_texte")
    # Its point on the map, told whole.
    autres_champs_dits = ("lieu",)
    # Set by whoever judges itself, once they are known, the rows that hang on it.
    alone = False

    objects = ActionQuerySet.as_manager()

    class Meta:
        verbose_name = "action"
        verbose_name_plural = "actions"
        ordering = ["identifiant"]
        # Few are of a whole ORT, and what these cover is asked for on each list.
        indexes = [models.Index(fields=["etendue"])]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(
                        maitre_ouvrage_commune__isnull=True,
                        maitre_ouvrage_intercommunalite__isnull=True,
                    )
                    | Q(maitre_ouvrage_commune__isnull=True, maitre_ouvrage_organisme__isnull=True)
                    | Q(
                        maitre_ouvrage_intercommunalite__isnull=True,
                        maitre_ouvrage_organisme__isnull=True,
                    )
                ),
                name="projects_action_un_maitre_d_ouvrage",
                violation_error_message="Une action a un seul maître d'ouvrage.",
            ),
            models.CheckConstraint(
                condition=Q(entree_par="avenant", entree__isnull=False)
                | (~Q(entree_par="avenant") & Q(entree__isnull=True)),
                name="projects_action_entree_dite",
                violation_error_message="Une action ajoutée par un avenant nomme cet avenant.",
            ),
            models.CheckConstraint(
                condition=Q(convention__isnull=False)
                | (
                    Q(entree_par__in=["", "adhesion"])
                    & Q(entree__isnull=True, sortie__isnull=True, etendue="communes")
                ),
                name="projects_action_de_son_acte",
                violation_error_message="Choisissez la convention dont cette action est.",
            ),
            models.CheckConstraint(
                condition=~Q(entree_par="") | Q(convention__isnull=True, axe__isnull=True),
                name="projects_action_relevee_hors_plan",
                violation_error_message="Une opération relevée n'est au plan d'aucune convention.",
            ),
            models.CheckConstraint(
                condition=~Q(entree=models.F("sortie")),
                name="projects_action_deux_actes",
                violation_error_message="Une action n'entre pas et ne sort pas par le même acte.",
            ),
            models.CheckConstraint(
                condition=Q(longitude__isnull=True, latitude__isnull=True)
                # A check passes on what is unknown: both are asked for.
                | Q(longitude__isnull=False, longitude__range=(-180, 180))
                & Q(latitude__isnull=False, latitude__range=(-90, 90)),
                name="projects_action_lieu_entier",
                violation_error_message="Un lieu a une longitude et une latitude, en degrés.",
            ),
            models.UniqueConstraint(
                fields=["convention", "numero", "sous_intitule"],
                condition=~Q(numero=""),
                name="projects_action_numero_unique",
                violation_error_message="Ce plan a déjà une action de ce numéro.",
            ),
        ]

    def __str__(self):
        return f"{self.numero} {self.intitule}".strip()

    @property
    def maitre_ouvrage(self):
        """Return the commune, the intercommunalité or the organisme that has it done; None if unknown."""
        return (
            self.maitre_ouvrage_commune
            or self.maitre_ouvrage_intercommunalite
            or self.maitre_ouvrage_organisme
        )

    @property
    def relevee(self):
        """Tell whether no act known brings it: an « opération relevée »."""
        return not self.entree_par

    def clean(self):
        """Refuse acts, or an axe, of another plan, an exit before the entry, and a place out of France."""
        super().clean()
        for name in ("entree", "sortie"):
            avenant = getattr(self, name)
            if avenant and avenant.convention_id != self.convention_id:
                raise ValidationError({name: "Cet avenant est celui d'une autre convention."})
        if self.axe_ailleurs() and says_anew(self, "axe", "convention", "entree_par"):
            raise ValidationError({"axe": AXE_AILLEURS})
        self.refuse_backward()
        self.refuse_elsewhere()
        if not self.alone:
            refuse_above(self)

    def axe_ailleurs(self, adhesions=None):
        """Tell whether its axe is of another plan.

        `adhesions` are the keys of those that bring it, once they are known: they are other rows.
        """
        if self.axe is None:
            return False
        if self.axe.convention_id:
            return self.axe.convention_id != self.convention_id
        if self.entree_par != EntreePar.ADHESION:
            return True
        if adhesions is None or self.axe.labellisation_id in adhesions:
            return False
        # Of an adhésion signed together, the axes are recorded of one of its communes.
        together = {"date_signature_adhesion": self.axe.labellisation.date_signature_adhesion}
        return not Labellisation.objects.filter(pk__dans=list(adhesions), **together).exists()

    def refuse_backward(self):
        """Refuse an action that leaves the plan before the act that brings it."""
        if not (self.sortie and self.sortie.date_signature):
            return
        came = self.entree.date_signature if self.entree else self.convention.date_signature
        if came and self.sortie.dernier_jour_signature <= came:
            raise ValidationError(
                {"sortie": "Une action ne sort du plan qu'après l'acte qui l'y a mise."}
            )

    def refuse_elsewhere(self):
        """Refuse a place that is not in France, as one whose latitude is written for its longitude."""
        place = (self.longitude, self.latitude)
        if None in place or not says_anew(self, "longitude", "latitude"):
            return
        try:
            refuse_hors_de_france(*map(float, place))
        except ValueError as refusal:
            raise ValidationError({"latitude": str(refusal)}) from None

    def communes_within_reach(self, user):
        """Return the communes that `user` may say this action is done in.

        Those of its départements, those of the action, and those that its convention covers or covered.
        """
        theirs = Q(departement__in=Departement.objects.for_user(user))
        if self.pk:
            theirs |= Q(pk__in=self.communes_liees.order_by().values("commune"))
        if self.convention_id:
            covered = CommuneCouverte.objects.filter(convention=self.convention_id).order_by()
            theirs |= Q(pk__in=covered.values("commune"))
        return Commune.objects.filter(theirs)
