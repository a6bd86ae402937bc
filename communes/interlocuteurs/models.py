"""Whom to call about the programme: the service of the State in each département, as it is today."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q

from communes.territoire.departements import Departement
from socle.historique import Historisee, HistoriseeQuerySet


class InterlocuteurQuerySet(HistoriseeQuerySet):
    def for_user(self, user):
        """Keep those of the départements of `user`."""
        return self.filter(departement__in=Departement.objects.for_user(user))

    def removed_for_user(self, user):
        """Return the removals of those of the départements of `user`."""
        own = Departement.objects.for_user(user)
        return self.model.history.removed().filter(departement__in=own)


class Interlocuteur(Historisee):
    """How to reach the service that follows the programme in a département: a service, never a person.

    It is of today, whatever the day of the page: nobody calls the service of 2023.
    """

    departement = models.ForeignKey(
        Departement, models.PROTECT, "interlocuteurs", verbose_name="département"
    )
    service = models.CharField(
        "service",
        max_length=150,
        help_text="Son nom en entier, et l'administration dont il est. Publié.",
    )
    courriel = models.EmailField(
        "courriel",
        blank=True,
        help_text="L'adresse du service, jamais celle d'une personne. Publiée.",
    )
    telephone = models.CharField(
        "téléphone",
        max_length=20,
        blank=True,
        validators=[
            RegexValidator(
                r"\A\+?[0-9](?:[ .]?[0-9]){3,14}\Z", "Des chiffres : 04 00 00 00 00, ou +33 4…"
            )
        ],
        help_text="Le standard ou la ligne du service, jamais celle d'une personne. Publié.",
    )
    horaires = models.CharField(
        "horaires",
        max_length=150,
        blank=True,
        help_text="Quand le service répond : « du lundi au vendredi, de 9 h à 12 h ». Publiés.",
    )

    textes_publics = ("service", "horaires")
    courriels_publics = ("courriel",)

    objects = InterlocuteurQuerySet.as_manager()

    class Meta:
        verbose_name = "interlocuteur"
        ordering = ["departement"]
        constraints = [
            models.UniqueConstraint(
                fields=["departement"],
                name="communes_un_interlocuteur_par_departement",
                violation_error_message=(
                    "Ce département a déjà son interlocuteur : modifiez sa fiche."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(courriel="", telephone=""),
                name="communes_interlocuteur_joignable",
                violation_error_message="Donnez un courriel ou un téléphone : l'un des deux suffit.",
            ),
        ]

    def __str__(self):
        return self.service
