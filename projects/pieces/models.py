"""The signed acts of the projet de territoire, as files: a grant, what a study delivers, a review."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse

from projects.actions.models import Action
from projects.etudes.models import Etude, FaitEtude, NatureFaitEtude
from projects.evaluations.models import Bilan
from projects.financements.models import FaitFinancement, NatureFinancement
from projects.projet.publiques import publiques
from socle.documents import DocumentDepose, DocumentDeposeQuerySet

# What a file may be the act of: one of them.
PORTEURS = ("accord", "etude", "bilan")


def un_seul(names):
    """Return the condition that one of the links of these names is filled, and no other."""
    one_of_them = Q()
    for name in names:
        one_of_them |= Q(**{f"{other}__isnull": other != name for other in names})
    return one_of_them


class PieceQuerySet(DocumentDeposeQuerySet):
    def for_user(self, user):
        """Keep the files of the actions, of the studies and of the reviews that `user` reads."""
        studies = Etude.objects.all().cles_lues(user)
        return self.filter(
            Q(accord__financement__action__in=Action.objects.all().cles_lues(user))
            | Q(accord__financement__etude__in=studies)
            | Q(etude__in=studies)
            | Q(bilan__in=Bilan.objects.for_user(user).order_by().values("pk"))
        )

    def removed_for_user(self, user):
        """Return the removals of files of what `user` reads, whose act is still there."""
        kept = Q()
        for name in PORTEURS:
            read = self.model._meta.get_field(name).related_model.objects.for_user(user)
            kept |= Q(**{f"{name}__in": read.order_by().values("pk")})
        return self.model.history.removed().filter(kept)

    def publics(self, jour):
        """Keep the public files of what anybody reads on `jour`.

        A grant, to an action that anybody then reads or to a study; a study delivered; a review held,
        of an ORT signed.
        """
        granted = Q(accord__nature=NatureFinancement.ACCORD, accord__jour__lte=jour)
        actions = publiques(jour).order_by().values("pk")
        delivered = FaitEtude.objects.filter(nature=NatureFaitEtude.RENDUE, jour__lte=jour)
        return self.filter(
            (granted & Q(accord__financement__action__in=actions))
            | (granted & Q(accord__financement__etude__isnull=False))
            | Q(etude__in=delivered.order_by().values("etude"))
            | Q(bilan__tenu_le__lte=jour, bilan__convention__date_signature__lte=jour),
            visibilite=Piece.Visibilite.PUBLIC,
        )

    def des_etudes(self, etudes):
        """Keep the files of some studies: what each delivers, and the decisions on its money."""
        return self.filter(Q(etude__in=etudes) | Q(accord__financement__etude__in=etudes))

    def avec_objet(self):
        """Load what names a file, and gives its address."""
        return self.select_related(
            "accord__financement__action",
            "accord__financement__etude",
            "accord__financement__dispositif",
            "etude",
            "bilan__convention",
        )


class Piece(DocumentDepose):
    """The PDF of the decision that grants a line of money, of a study, or of a review."""

    accord = models.ForeignKey(
        FaitFinancement,
        models.CASCADE,
        "pieces",
        null=True,
        blank=True,
        verbose_name="accord",
    )
    etude = models.ForeignKey(
        Etude, models.CASCADE, "pieces", null=True, blank=True, verbose_name="étude"
    )
    bilan = models.ForeignKey(
        Bilan, models.CASCADE, "pieces", null=True, blank=True, verbose_name="bilan"
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
                violation_error_message="Une pièce est celle d'un accord, d'une étude ou d'un bilan.",
            ),
        ]

    def get_absolute_url(self):
        if self.bilan:
            review = [self.bilan.convention.identifiant, self.bilan.identifiant]
            return reverse("bilan_piece", args=[*review, self.pk])
        return reverse(
            f"{self.objet._meta.model_name}_piece", args=[self.objet.identifiant, self.pk]
        )

    @property
    def objet(self):
        """Return the action, the study or the review that the file is about."""
        return self.accord.financement.objet if self.accord else self.etude or self.bilan

    def clean(self):
        """Refuse the file of a fact that is no decision."""
        super().clean()
        fact = self.accord
        if fact and (fact.nature != NatureFinancement.ACCORD or fact.suppose):
            raise ValidationError(
                {"accord": "Une pièce est celle d'un accord qu'un acte dit : choisissez-en un."}
            )
