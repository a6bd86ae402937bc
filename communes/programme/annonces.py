"""The programme itself: its name, its opening, its planned end, each as announced on a day, by a source."""

from django.db import models
from django.db.models import F, Q

from socle.dates import PrecisionField, keep_first_days, stored_on_first_day
from socle.historique import Historisee, HistoriseeQuerySet
from socle.sources import Source


class Programme(Historisee):
    """What is announced of the programme from `annonce` on; what it leaves empty stays as it was.

    Nothing ends by itself: a planned end that is past says that it is past, until one announces more.
    """

    annonce = models.DateField(
        "connu depuis le",
        help_text="Le jour de l'annonce ; s'il n'est pas sûr, le dernier jour où elle a pu être faite.",
    )
    nom = models.CharField("nom", max_length=80, default="Petites villes de demain")
    ouverture = models.DateField("ouverture", null=True, blank=True)
    fin_prevue = models.DateField(
        "dernier jour prévu", null=True, blank=True, help_text="Vide : l'annonce n'en dit rien."
    )
    precision_fin = PrecisionField("précision de la fin", date="fin_prevue")
    fin_aide = models.DateField(
        "dernier jour prévu de l'aide aux postes",
        null=True,
        blank=True,
        help_text="Celle de l'État aux chefs de projet. Vide : l'annonce n'en dit rien.",
    )
    source = models.ForeignKey(Source, models.PROTECT, null=True, blank=True, verbose_name="source")
    verifiee = models.BooleanField(
        "vérifiée",
        default=False,
        help_text="Le document a été lu et le dit : sinon « à vérifier » s'affiche.",
    )
    note = models.CharField(
        "ce qui est dit", max_length=400, blank=True, help_text="Une phrase. Publiée."
    )

    textes_publics = ("nom", "note")

    objects = HistoriseeQuerySet.as_manager()

    class Meta:
        verbose_name = "annonce sur le programme"
        verbose_name_plural = "annonces sur le programme"
        ordering = ["annonce"]
        constraints = [
            models.UniqueConstraint(
                fields=["annonce"],
                name="communes_une_annonce_par_jour",
                violation_error_message="Une annonce de ce jour est déjà enregistrée : complétez-la.",
            ),
            models.CheckConstraint(
                condition=Q(ouverture__isnull=False)
                | Q(fin_prevue__isnull=False)
                | Q(fin_aide__isnull=False)
                | ~Q(note=""),
                name="communes_programme_dit_quelque_chose",
                violation_error_message=(
                    "Une annonce dit l'ouverture, la fin prévue, celle de l'aide, ou une phrase."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ouverture__isnull=True)
                | Q(fin_prevue__isnull=True)
                | Q(fin_prevue__gte=F("ouverture")),
                name="communes_programme_fin_apres_ouverture",
                violation_error_message="La fin prévue ne peut pas précéder l'ouverture.",
            ),
            stored_on_first_day("fin_prevue", "precision_fin"),
        ]

    feminin = True

    def __str__(self):
        return f"{self.nom}, annonce du {self.annonce:%d/%m/%Y}" if self.annonce else self.nom

    def clean(self):
        """Store the planned end on the first day that its precision leaves open."""
        keep_first_days(self)
        super().clean()
