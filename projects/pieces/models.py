"""The signed acts of the projet de territoire, as files: the decision that grants."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from projects.actions.models import Action
from projects.financements.models import FaitFinancement, NatureFinancement
from projects.projet.publiques import publiques
from socle.documents import DocumentDepose, DocumentDeposeQuerySet

# What a file may be the act of: one of them.
PORTEURS = ("accord",)


def un_seul(names):
    """Return the condition that one of the links of these names is filled, and no other."""
    one_of_them = Q()
    for name in names:
        one_of_them |= Q(**{f"{other}__isnull": other != name for other in names})
    return one_of_them


class PieceQuerySet(DocumentDeposeQuerySet):
    def for_user(self, user):
        """Keep the files of the actions that `user` reads."""
        read = Action.objects.all().cles_lues(user)
        return self.filter(accord__financement__action__in=read)

    def removed_for_user(self, user):
        """Return the removals of files of the actions of `user`, whose act is still there."""
        kept = FaitFinancement.objects.for_user(user)
        return self.model.history.removed().filter(accord__in=kept.values("pk"))

    def publics(self, jour):
        """Keep the public files of what was granted by `jour`, to actions that anybody then reads."""
        return self.filter(
            visibilite=Piece.Visibilite.PUBLIC,
            accord__nature=NatureFinancement.ACCORD,
            accord__jour__lte=jour,
            accord__financement__action__in=publiques(jour).order_by().values("pk"),
        )


class Piece(DocumentDepose):
    """The PDF of the decision that grants a line of money."""

    accord = models.ForeignKey(
        FaitFinancement,
        models.CASCADE,
        "pieces",
        null=True,
        blank=True,
        verbose_name="accord",
    )

    feminin = True

    objects = PieceQuerySet.as_manager()

    class Meta:
        verbose_name = "pièce"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=un_seul(PORTEURS),
                name="projects_piece_un_seul_porteur",
                violation_error_message="Une pièce est celle d'un accord.",
            ),
        ]

    def get_absolute_url(self):
        return reverse("action_piece", args=[self.action.identifiant, self.pk])

    @property
    def acte(self):
        """Return what the file is the act of."""
        return next(filter(None, (getattr(self, name) for name in PORTEURS)), None)

    @property
    def action(self):
        return self.acte.action

    def clean(self):
        """Refuse the file of a fact that is no decision."""
        super().clean()
        fact = self.accord
        if fact and (fact.nature != NatureFinancement.ACCORD or fact.suppose):
            raise ValidationError(
                {"accord": "Une pièce est celle d'un accord qu'un acte dit : choisissez-en un."}
            )
