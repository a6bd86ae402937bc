"""What others change in a convention over several départements, and its reference département validates."""

from django.conf import settings
from django.db import models
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from communes.models import Departement
from ort.models.couvertures import CommuneCouverte
from socle.historique import HistoriseeQuerySet


class Validation(models.Model):
    """The reference département agrees with a convention as it stands at that moment.

    As a `ModificationExterieure`, it outlives the convention, and waits for it to be restored.
    """

    convention = models.ForeignKey(
        "ort.Convention",
        models.DO_NOTHING,
        "validations",
        db_constraint=False,
        verbose_name="convention",
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        "validations",
        null=True,
        verbose_name="validée par",
    )
    moment = models.DateTimeField("validée le")

    feminin = True

    class Meta:
        verbose_name = "validation"
        ordering = ["-moment", "-pk"]

    def __str__(self):
        return f"Validation de {self.convention}"


class ModificationExterieureQuerySet(models.QuerySet):
    def non_validees(self):
        """Keep the modifications made after the last validation of their convention, if there is one."""
        seen = Validation.objects.filter(
            convention=OuterRef("convention"), moment__gte=OuterRef("moment")
        )
        return self.filter(~Exists(seen))


class ModificationExterieure(models.Model):
    """A version of a convention, or of its rows, by an agent who was not of its reference département.

    It is written with the version, by `ort.models.modifications`, and bears its moment; the version
    says what and who. As versions do, it outlives the convention, and waits for it to be restored.
    """

    convention = models.ForeignKey(
        "ort.Convention",
        models.DO_NOTHING,
        "modifications_exterieures",
        db_constraint=False,
        verbose_name="convention",
    )
    moment = models.DateTimeField("faite le")

    objects = ModificationExterieureQuerySet.as_manager()

    feminin = True

    class Meta:
        verbose_name = "modification extérieure"
        verbose_name_plural = "modifications extérieures"

    def __str__(self):
        return f"Modification extérieure du {self.moment:%d/%m/%Y}"


class AValiderQuerySet(HistoriseeQuerySet):
    """The conventions, as their validation sees them."""

    def over_departements(self):
        """Keep the conventions that cover, or ever covered, communes of more than one département."""
        covered = CommuneCouverte.history.order_by().values("convention")
        several = covered.annotate(nombre=Count("commune__departement", distinct=True))
        return self.filter(pk__in=several.filter(nombre__gt=1).values("convention"))

    def a_valider(self):
        """Keep the conventions that their reference département has to validate.

        A convention over more than one département awaits a validation when someone from outside
        has modified it since the last one, or ever: see `ModificationExterieure`.
        """
        waiting = ModificationExterieure.objects.non_validees().filter(convention=OuterRef("pk"))
        return self.over_departements().filter(Exists(waiting))

    def with_validation(self, user):
        """Add `validee_le` and `validee_par`, of the last validation, `tenue` and `attend_validation`.

        `tenue` tells whether `user` keeps the convention, national or of its reference département;
        `attend_validation`, whether it is besides to be validated.
        """
        name = Trim(Concat("agent__first_name", Value(" "), "agent__last_name"))
        last = Validation.objects.filter(convention=OuterRef("pk")).annotate(
            nom=Coalesce(NullIf(name, Value("")), "agent__username")
        )
        awaiting = self.model.objects.a_valider().filter(
            pk=OuterRef("pk"), departement_reference__in=Departement.objects.for_user(user)
        )
        return self.annotate(
            tenue=ExpressionWrapper(
                Q(departement_reference__in=Departement.objects.for_user(user)), BooleanField()
            ),
            validee_le=Subquery(last.values("moment")[:1]),
            validee_par=Subquery(last.values("nom")[:1]),
            attend_validation=Exists(awaiting),
        )
