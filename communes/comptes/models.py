"""Who may act, and where."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models

from communes.comptes.journal import Droit, record
from communes.territoire.departements import Departement


class Role(models.TextChoices):
    LECTEUR = "lecteur", "lecteur"
    AGENT = "agent", "agent"
    REFERENT = "referent", "référent départemental"


class AgentQuerySet(models.QuerySet):
    def for_user(self, user):
        """Keep the agents all of whose départements are those of `user`; national: all."""
        if user.is_active and user.is_superuser:
            return self
        own = Departement.objects.for_user(user)
        return (
            self.filter(departements__in=own, is_superuser=False)
            .exclude(departements__in=Departement.objects.exclude(pk__in=own))
            .distinct()
        )

    def with_a_departement(self):
        """Add `departement_connu`: whether the account is of a département, any."""
        links = Agent.departements.through.objects.filter(agent=models.OuterRef("pk"))
        return self.annotate(departement_connu=models.Exists(links))

    def referents(self, departements):
        """Keep the référents, of one of `departements` at least, who may log in."""
        referents = self.filter(role=Role.REFERENT, is_active=True)
        return referents.filter(departements__in=departements).distinct()


class AgentManager(UserManager.from_queryset(AgentQuerySet)):
    def create_superuser(self, *args, **kwargs):
        """Open a national account, from the command line: the journal keeps it."""
        created = super().create_superuser(*args, **kwargs)
        record(None, created, {})
        return created


class Agent(AbstractUser):
    """Someone of the State's services. Belongs to départements; none means nothing."""

    role = models.CharField("rôle", max_length=10, choices=Role, default=Role.LECTEUR)
    departements = models.ManyToManyField(
        Departement, related_name="agents", blank=True, verbose_name="départements"
    )
    # Somebody else knows it: whoever logs in with it chooses another before anything else.
    mot_de_passe_provisoire = models.BooleanField(
        "mot de passe à changer", default=False, db_default=False, editable=False
    )

    # The columns of « Toutes mes communes » that the agent chose; empty, those of office.
    colonnes_du_tableau = models.JSONField(
        "colonnes du tableau", default=list, db_default=[], blank=True, editable=False
    )

    # The last day when the account opened a page, and the one before: see `communes.comptes.visites`.
    derniere_activite = models.DateField("dernière activité", null=True, editable=False)
    visite_precedente = models.DateField("visite précédente", null=True, editable=False)

    objects = AgentManager()

    class Meta:
        verbose_name = "agent"
        ordering = ["username"]

    @property
    def a_un_departement(self):
        """Tell whether the account is of a département: without, it may nothing."""
        if not hasattr(self, "departement_connu"):
            self.departement_connu = self.departements.exists()
        return self.departement_connu

    @property
    def lit_seulement(self):
        """Tell whether the account reads the records of its départements and writes none."""
        return self.role == Role.LECTEUR and not self.is_superuser

    @property
    def portees(self):
        """Return what the account shares with its colleagues: its départements, or the national level."""
        if self.is_superuser:
            return ["national"]
        return list(self.departements.values_list("pk", flat=True))

    def may_be_changed_by(self, user):
        """Tell whether `user` may act on this account: a référent does on its agents, not on its peers."""
        return user.is_superuser or not (self.is_superuser or self.role == Role.REFERENT)

    def droits(self):
        """Return what names this account and the rights that it has, as the journal writes them.

        They are read in the database. Empty for an account that is not there; a right that it does
        not hold is an empty text.
        """
        held = Agent.objects.filter(pk=self.pk).first()
        if held is None:
            return {}
        return {
            Droit.COMPTE: "ouvert" if held.is_active else "fermé",
            Droit.IDENTIFIANT: held.username,
            Droit.NOM: held.last_name,
            Droit.PRENOM: held.first_name,
            Droit.COURRIEL: held.email,
            Droit.ROLE: held.get_role_display(),
            Droit.DEPARTEMENTS: ", ".join(held.departements.values_list("pk", flat=True)),
            Droit.NATIONAL: "oui" if held.is_superuser else "",
            Droit.ESPACE_AGENTS: "oui" if held.is_staff else "",
            Droit.MOT_DE_PASSE: held.password,
        }
