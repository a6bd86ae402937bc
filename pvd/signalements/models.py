"""An error that a visitor reports, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from communes.models import Commune, Departement
from ort.models import CommuneCouverte, Convention
from socle.dates import add_years, in_french


class SignalementQuerySet(models.QuerySet):
    def for_user(self, user):
        """Keep the reports of the départements of `user`, and those about a convention that it shares.

        Reports that are of no département are for the national level alone.
        """
        if user.is_active and user.is_superuser:
            return self
        return self.filter(
            Q(departement__in=Departement.objects.for_user(user))
            | Q(convention__in=Convention.objects.for_user(user))
        )

    def ouverts(self):
        """Keep the reports that await an answer: received, or being examined."""
        return self.filter(statut__in=Signalement.OUVERTS)

    def clos_depuis_un_an(self, jour):
        """Keep the reports closed one year or more before `jour`: they are no longer to be kept."""
        return self.filter(answered_at__date__lte=add_years(jour, -1))

    def received_since(self, moment):
        """Keep the reports received at `moment` or after."""
        return self.filter(created_at__gte=moment)


class Signalement(models.Model):
    """An error that a visitor reports on a public page, and what became of it.

    Its versions are not kept: the address of the visitor is erased once answered, and the past
    versions would remember it. Who closed it, and when, are fields.
    """

    class Statut(models.TextChoices):
        RECU = "recu", "reçu"
        EN_COURS = "en_cours", "en cours d'examen"
        CORRIGE = "corrige", "corrigé"
        SANS_SUITE = "sans_suite", "sans suite"

    coordonnees = ("courriel",)

    OUVERTS = (Statut.RECU, Statut.EN_COURS)
    CLOS = (Statut.CORRIGE, Statut.SANS_SUITE)

    created_at = models.DateTimeField("reçu le")
    page = models.CharField("page", max_length=200)
    jour = models.DateField("situation au")
    departement = models.ForeignKey(
        Departement,
        models.PROTECT,
        "signalements",
        null=True,
        blank=True,
        verbose_name="département",
        help_text="Vide : le niveau national.",
    )
    commune = models.ForeignKey(
        Commune,
        models.SET_NULL,
        "signalements",
        null=True,
        blank=True,
        verbose_name="commune",
    )
    convention = models.ForeignKey(
        Convention,
        models.SET_NULL,
        "signalements",
        null=True,
        blank=True,
        verbose_name="convention",
    )
    message = models.TextField("ce qui est faux", max_length=2000)
    correction = models.TextField(
        "ce qui serait juste, et où le vérifier", max_length=2000, blank=True
    )
    courriel = models.EmailField(
        "adresse du visiteur",
        blank=True,
        help_text="Interne. Effacée dès que la réponse est envoyée.",
    )
    statut = models.CharField("statut", max_length=10, choices=Statut, default=Statut.RECU)
    reponse = models.TextField(
        "réponse au visiteur",
        max_length=4000,
        blank=True,
        help_text="Envoyée telle quelle au visiteur, s'il a donné son adresse, à la clôture.",
    )
    answered_at = models.DateTimeField("clos le", null=True, blank=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="signalements",
        verbose_name="clos par",
    )

    objects = SignalementQuerySet.as_manager()

    class Meta:
        # Its table, its permissions and its address in the back office are older than this room.
        app_label = "suivi"
        verbose_name = "signalement"
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["departement", "statut"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(statut__in=["recu", "en_cours"], answered_at__isnull=True)
                | Q(statut__in=["corrige", "sans_suite"], answered_at__isnull=False),
                name="suivi_signalement_clos_a_sa_date",
                violation_error_message="Un signalement clos a le jour de sa clôture.",
            )
        ]

    def __str__(self):
        return f"Signalement n°\xa0{self.pk}"

    @property
    def clos(self):
        return self.statut in self.CLOS

    @property
    def reponse_a_envoyer(self):
        """Tell whether it is closed and its visitor not answered yet: the mail failed."""
        return self.clos and bool(self.courriel)

    @property
    def adresse(self):
        """Return the address of the page at the day that the visitor looked at."""
        return f"{self.page}?au={self.jour.isoformat()}"

    @property
    def objet(self):
        """Return the name of the commune or the convention that it is about, else the page."""
        return str(self.commune or self.convention or self.page)

    @property
    def ou(self):
        """Write what it is about and the day, as a mail does."""
        return f"{self.objet}, situation au {in_french(self.jour)}"

    def attente(self, jour):
        """Write how long it has been waiting on `jour`: « aujourd'hui », « 1 jour », « 12 jours »."""
        days = (jour - timezone.localdate(self.created_at)).days
        return f"{days}\xa0jour{'s' if days > 1 else ''}" if days > 0 else "aujourd'hui"

    def departements(self):
        """Return the départements that it is of: of a convention, all those that it ever covered."""
        covered = CommuneCouverte.objects.filter(convention=self.convention_id)
        return Departement.objects.filter(
            Q(pk=self.departement_id) | Q(pk__in=covered.values("commune__departement"))
        )
