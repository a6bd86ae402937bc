"""The figures that others have published."""

from django.db import models

from communes.models import Departement
from socle.ensembles import refuse_to_come
from socle.historique import Historisee, HistoriseeQuerySet
from socle.sources import Source


class Chiffre(models.TextChoices):
    """The figures that `pvd.suivi.chiffres` counts, each by its written rule."""

    COMMUNES = "communes", "communes lauréates"
    INTERCOMMUNALITES = "intercommunalites", "intercommunalités"
    ORT = "ort", "ORT"
    COMMUNES_COUVERTES = "communes_couvertes", "communes couvertes par une ORT"
    PAR_AVENANT = "par_avenant", "dont communes entrées par avenant"
    CONVENTIONS_PROPRES = "conventions_propres", "dont ORT signées avec les communes lauréates"
    ORT_PAR_AVENANT = "ort_par_avenant", "dont ORT rejointes par avenant"
    CHEFS_DE_PROJET = "chefs_de_projet", "chefs de projet en poste"
    ADHESIONS_SIGNEES = "adhesions_signees", "conventions d'adhésion signées"
    DELAI_TENU = "delai_tenu", "délai de 18 mois tenu"
    DELAI_DEPASSE = "delai_depasse", "délai de 18 mois dépassé"

    @property
    def nom(self):
        """Return its name where it stands alone, and not under the figure that it details."""
        return self.label.removeprefix("dont ")


class ChiffrePublieQuerySet(HistoriseeQuerySet):
    def for_user(self, user):
        """Keep the figures of the départements of `user`; national: all, those of France too."""
        if user.is_active and user.is_superuser:
            return self
        return self.filter(departement__in=Departement.objects.for_user(user))

    def removed_for_user(self, user):
        """Return the removals of figures of the départements of `user`."""
        own = Departement.objects.for_user(user)
        return self.model.history.removed().filter(departement__in=own)


class ChiffrePublie(Historisee):
    """A figure that a document gives of a département, or of France, on a day."""

    departement = models.ForeignKey(
        Departement,
        models.PROTECT,
        "chiffres_publies",
        null=True,
        blank=True,
        verbose_name="département",
        help_text="Vide : la France.",
    )
    chiffre = models.CharField("chiffre", max_length=20, choices=Chiffre)
    jour = models.DateField("au jour du")
    valeur = models.PositiveIntegerField("valeur publiée")
    source = models.ForeignKey(Source, models.PROTECT, verbose_name="source")
    note = models.CharField(
        "explication de l'écart", max_length=400, blank=True, help_text="Publiée."
    )

    objects = ChiffrePublieQuerySet.as_manager()

    class Meta:
        verbose_name = "chiffre publié"
        verbose_name_plural = "chiffres publiés"
        ordering = ["-jour", "chiffre"]
        constraints = [
            models.UniqueConstraint(
                fields=["departement", "chiffre", "jour", "source"],
                name="suivi_chiffre_publie_unique",
                violation_error_message="Ce chiffre de cette source est déjà enregistré.",
            )
        ]

    def clean(self):
        """Refuse the figure of a day to come: nobody has counted it."""
        super().clean()
        refuse_to_come(self, "Ce jour est à venir : aucun document n'en dit le chiffre.", "jour")

    def __str__(self):
        return f"{self.get_chiffre_display()} : {self.valeur}"
