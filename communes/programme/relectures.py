"""When the service has read the page of a commune again, and found it right: only an agent says so."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from communes.territoire.models import Commune
from socle.historique import Historisee, HistoriseeQuerySet


class RelectureQuerySet(HistoriseeQuerySet):
    def for_user(self, user):
        """Keep those of the communes of `user`."""
        return self.filter(commune__in=Commune.objects.for_user(user))

    def removed_for_user(self, user):
        """Return the removals of those of the communes of `user`."""
        own = Commune.objects.for_user(user)
        return self.model.history.removed().filter(commune__in=own)

    def connues(self, jour):
        """Keep those that had been made by `jour`."""
        return self.filter(jour__lte=jour)


class Relecture(Historisee):
    """An agent has read the page of `commune` on `jour`: the public page tells the day, not by whom."""

    commune = models.ForeignKey(Commune, models.PROTECT, "relectures", verbose_name="commune")
    jour = models.DateField("relue le", help_text="Publié, sans votre nom.")

    feminin = True

    objects = RelectureQuerySet.as_manager()

    class Meta:
        verbose_name = "relecture"
        ordering = ["-jour", "commune"]
        constraints = [
            models.UniqueConstraint(
                fields=["commune", "jour"],
                name="communes_une_relecture_par_jour",
                violation_error_message="Cette page est déjà dite relue ce jour-là.",
            )
        ]

    def __str__(self):
        return f"{self.commune}, relue le {self.jour:%d/%m/%Y}" if self.jour else "relecture"

    def clean(self):
        """Refuse a day to come: nobody has read it yet."""
        super().clean()
        if self.jour and self.jour > timezone.localdate():
            raise ValidationError({"jour": "Ce jour est à venir : personne ne l'a encore relue."})
