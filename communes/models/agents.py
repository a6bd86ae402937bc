"""Who may act, and where."""

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models

from communes.models.territoire import Departement


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


class AgentManager(UserManager.from_queryset(AgentQuerySet)):
    pass


class Agent(AbstractUser):
    """Someone of the State's services. Belongs to départements; none means nothing."""

    role = models.CharField("rôle", max_length=10, choices=Role, default=Role.LECTEUR)
    departements = models.ManyToManyField(
        Departement, related_name="agents", blank=True, verbose_name="départements"
    )

    objects = AgentManager()

    class Meta:
        verbose_name = "agent"
        ordering = ["username"]
