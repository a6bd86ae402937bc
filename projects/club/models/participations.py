"""Who came to an event of the Club: a commune, an intercommunalité or a post, and how many; never who."""

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from communes.models import Commune, Intercommunalite
from projects.club import coherence
from projects.club.models.droits import ParticipationQuerySet
from projects.club.models.evenements import EvenementClub
from projects.postes.models import Poste
from socle.historique import Historisee
from socle.verrou import lock_linked

# Who comes, one of three.
PARTICIPANTS = ("commune", "intercommunalite", "poste")
PAS_NEGATIF = MinValueValidator(
    0, "Un nombre de participants n'est pas négatif : laissez vide s'il est inconnu."
)


def une_fois(participant, message):
    """Return the constraint that a participant comes once to an event."""
    return models.UniqueConstraint(
        fields=["evenement", participant],
        name=f"projects_participation_{participant}_une_fois",
        violation_error_message=message,
    )


class Participation(Historisee):
    """Who came to an event, with how many elected members and how many of the team, where it is known."""

    evenement = models.ForeignKey(
        EvenementClub, models.CASCADE, "participations", verbose_name="événement"
    )
    commune = models.ForeignKey(
        Commune, models.PROTECT, "participations", null=True, blank=True, verbose_name="commune"
    )
    intercommunalite = models.ForeignKey(
        Intercommunalite,
        models.PROTECT,
        "participations",
        null=True,
        blank=True,
        verbose_name="intercommunalité",
    )
    poste = models.ForeignKey(
        Poste, models.CASCADE, "participations", null=True, blank=True, verbose_name="poste"
    )
    elus = models.SmallIntegerField(
        "élus", null=True, blank=True, validators=[PAS_NEGATIF], help_text="Vide : nombre inconnu."
    )
    equipe = models.SmallIntegerField(
        "équipe",
        null=True,
        blank=True,
        validators=[PAS_NEGATIF],
        help_text="Vide : nombre inconnu.",
    )

    feminin = True

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = "participation à un événement"
        verbose_name_plural = "participations aux événements"
        ordering = ["evenement", "commune__nom_recherche", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    commune__isnull=False, intercommunalite__isnull=True, poste__isnull=True
                )
                | Q(commune__isnull=True, intercommunalite__isnull=False, poste__isnull=True)
                | Q(commune__isnull=True, intercommunalite__isnull=True, poste__isnull=False),
                name="projects_participation_un_participant",
                violation_error_message=(
                    "Une participation est d'une commune, d'une intercommunalité ou d'un poste, un seul."
                ),
            ),
            une_fois(
                "commune", "Cette commune a déjà participé à cet événement : corrigez ses nombres."
            ),
            une_fois(
                "intercommunalite",
                "Cette intercommunalité a déjà participé à cet événement : corrigez ses nombres.",
            ),
            une_fois("poste", "Ce poste a déjà participé à cet événement : corrigez ses nombres."),
            models.CheckConstraint(
                condition=(Q(elus__isnull=True) | Q(elus__isnull=False, elus__gte=0))
                & (Q(equipe__isnull=True) | Q(equipe__isnull=False, equipe__gte=0)),
                name="projects_participation_nombres_positifs",
                violation_error_message="Un nombre de participants n'est pas négatif.",
            ),
        ]

    def __str__(self):
        return f"{self.participant} : {self.evenement}"

    @property
    def participant(self):
        """Return the commune, the intercommunalité or the post that came."""
        return self.commune or self.intercommunalite or self.poste

    def clean(self):
        """Refuse that anybody came to an event to come."""
        super().clean()
        if not self.evenement_id:
            return
        lock_linked(self, "evenement")
        if self.evenement.debut and self.evenement.debut > timezone.localdate():
            raise ValidationError({"evenement": coherence.A_VENIR})
