"""What changed the territory at once, with its day, and what takes it back: a vintage, or an agent."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from communes.territoire.models import Commune, Intercommunalite
from socle.dates import in_french
from socle.historique import HistoriseeQuerySet
from socle.sources import Sourcee


class Sorte(models.TextChoices):
    MILLESIME = "millesime", "millésime du découpage"
    NOUVELLE = "nouvelle", "commune nouvelle"
    NOM = "nom", "changement de nom"
    INTERCOMMUNALITE = "intercommunalite", "changement d'intercommunalité"


class MouvementQuerySet(HistoriseeQuerySet):
    def for_user(self, user):
        """Keep all for the national level, and nothing for anybody else: the territory is everyone's."""
        return self.all() if user.is_active and user.is_superuser else self.none()

    def removed_for_user(self, user):
        """Return the removals, for the national level alone."""
        removals = self.model.history.removed()
        return removals if user.is_active and user.is_superuser else removals.none()

    def a_la_main(self):
        """Keep those that an agent recorded, before or after the vintage that says the same."""
        return self.exclude(sorte=Sorte.MILLESIME)


class Mouvement(Sourcee):
    """What changed the territory on `date_effet`: the rows of the territory hold it, `ecart` takes it back.

    `ecart` tells each record that it touched, as it was and as it became: see `decoupage.ecarts`.
    """

    sorte = models.CharField("sorte", max_length=16, choices=Sorte)
    date_effet = models.DateField("date d'effet", help_text="Premier jour où cela est vrai.")
    commune = models.ForeignKey(
        Commune, models.PROTECT, "mouvements", null=True, blank=True, verbose_name="commune"
    )
    nom = models.CharField("nom donné", max_length=200, blank=True)
    intercommunalite = models.ForeignKey(
        Intercommunalite,
        models.PROTECT,
        "mouvements",
        null=True,
        blank=True,
        verbose_name="intercommunalité",
    )
    repris_par = models.PositiveSmallIntegerField(
        "repris par le millésime",
        null=True,
        blank=True,
        help_text="Le premier millésime officiel qui dit la même chose. Vide : aucun encore.",
    )
    ecart = models.JSONField("écart", default=dict, encoder=DjangoJSONEncoder, editable=False)

    objects = MouvementQuerySet.as_manager()

    class Meta:
        verbose_name = "mouvement du territoire"
        verbose_name_plural = "mouvements du territoire"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sorte=Sorte.MILLESIME.value, commune__isnull=True)
                | (~Q(sorte=Sorte.MILLESIME.value) & Q(commune__isnull=False)),
                name="communes_mouvement_d_une_commune",
                violation_error_message="Un mouvement est celui d'une commune, ou un millésime entier.",
            ),
        ]

    def __str__(self):
        when = in_french(self.date_effet) if self.date_effet else "sans date"
        if self.sorte == Sorte.MILLESIME:
            return f"Millésime {self.date_effet.year} du découpage"
        told = {
            Sorte.NOUVELLE: f"Commune nouvelle {self.nom}",
            Sorte.NOM: f"Nouveau nom de {self.commune_id} : {self.nom}",
            Sorte.INTERCOMMUNALITE: f"Nouvelle intercommunalité de {self.commune_id}",
        }
        return f"{told.get(self.sorte, 'Mouvement')}, {when}"
