"""The offers published for a post, ranked, and what came of each."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from projects.postes.models.dessertes import DuPosteQuerySet
from projects.postes.models.occupations import Occupation
from socle.ensembles import DUnEnsemble
from socle.historique import keep_unlinked, set_null
from socle.sources import Sourcee


class RecrutementQuerySet(DuPosteQuerySet):
    def under_way(self, jour):
        """Keep the recruitments published on `jour` or before, and without outcome by then."""
        return self.filter(
            Q(date_publication__lte=jour), Q(date_issue__isnull=True) | Q(date_issue__gt=jour)
        )

    def known_on(self, jour):
        """Keep the recruitments published on `jour` or before."""
        return self.filter(date_publication__lte=jour)


class Recrutement(DUnEnsemble, Sourcee):
    """An offer, from its publication to its outcome; a post may have several."""

    class Issue(models.TextChoices):
        RECRUTE = "recrute", "personne recrutée"
        INFRUCTUEUX = "infructueux", "infructueux"
        ABANDONNE = "abandonne", "abandonné"

    poste = models.ForeignKey("Poste", models.CASCADE, "recrutements", verbose_name="poste")
    date_publication = models.DateField("publication de l'offre")
    adresse_offre = models.URLField("adresse de l'offre", max_length=400, blank=True)
    date_cloture = models.DateField("clôture des candidatures", null=True, blank=True)
    date_entretiens = models.DateField(
        "entretiens", null=True, blank=True, help_text="Le premier jour, s'il y en a plusieurs."
    )
    issue = models.CharField("issue", max_length=11, choices=Issue, blank=True)
    date_issue = models.DateField("date de l'issue", null=True, blank=True)
    occupation = models.OneToOneField(
        Occupation,
        set_null,
        related_name="recrutement",
        null=True,
        blank=True,
        verbose_name="personne recrutée",
    )

    ensemble = "poste"

    objects = RecrutementQuerySet.as_manager()

    class Meta:
        verbose_name = "recrutement"
        ordering = ["date_publication"]
        constraints = [
            models.CheckConstraint(
                condition=Q(issue="", date_issue__isnull=True)
                | (~Q(issue="") & Q(date_issue__isnull=False)),
                name="projects_recrutement_issue_datee",
                violation_error_message="L'issue et sa date vont ensemble.",
            ),
            models.CheckConstraint(
                condition=Q(date_cloture__gte=models.F("date_publication")),
                name="projects_recrutement_cloture_apres_publication",
                violation_error_message="La clôture ne peut pas précéder la publication.",
            ),
            models.CheckConstraint(
                condition=Q(date_entretiens__gte=models.F("date_publication")),
                name="projects_recrutement_entretiens_apres_publication",
                violation_error_message="Les entretiens ne peuvent pas précéder la publication.",
            ),
            models.CheckConstraint(
                condition=Q(date_issue__gte=models.F("date_publication")),
                name="projects_recrutement_issue_apres_publication",
                violation_error_message="L'issue ne peut pas précéder la publication.",
            ),
            models.CheckConstraint(
                condition=Q(occupation__isnull=True) | Q(issue="recrute"),
                name="projects_recrutement_personne_recrutee",
                violation_error_message="Une offre qui n'a recruté personne n'a pas de titulaire.",
            ),
        ]

    def __str__(self):
        # A row of a file may have no date: it is refused, but named first.
        return f"offre du {self.date_publication:%d/%m/%Y}" if self.date_publication else "offre"

    @property
    def delai_jours(self):
        """Return the days from the publication to the arrival, of an offer situated on a day, or None.

        Arrived on the day of the publication: 0.
        """
        arrival = self.date_prise_de_poste
        return (arrival - self.date_publication).days if arrival else None

    def clean(self):
        """Refuse a person recruited for another post, or arrived before the offer."""
        super().clean()
        if self.occupation and self.occupation.poste_id != self.poste_id:
            raise ValidationError({"occupation": "Cette personne occupe un autre poste."})
        if not self.alone:
            self.refuse([self])

    @staticmethod
    def refuse(rows):
        if any(row.devance for row in rows):
            raise ValidationError({"occupation": "Cette personne était là avant l'offre."})

    @property
    def devance(self):
        """Tell whether the person recruited came before the offer."""
        arrival = self.occupation and self.occupation.debut
        return bool(arrival and self.date_publication and arrival < self.date_publication)


keep_unlinked(Occupation)
