"""Chef de projet posts: a post is not a person, and its state on a day is computed from dates."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from communes.models import Commune, Departement, Intercommunalite, Rattachement
from communes.programme.lecture import ouverture
from communes.territoire.du_jour import reunies
from ort.models import Organisme
from projects.postes.models.dessertes import Desserte
from projects.postes.models.occupations import Occupation
from socle.dates import PrecisionField, stored_on_first_day
from socle.historique import HistoriseeQuerySet
from socle.remarques import Avant
from socle.sources import Sourcee


class Etat(models.TextChoices):
    """State of a post on a day; for a commune, the state of the post that serves it."""

    POURVU = "pourvu", "pourvu"
    RECRUTEMENT = "recrutement", "en recrutement"
    VACANT = "vacant", "vacant"
    PREVU = "prevu", "prévu"
    FERME = "ferme", "fermé"
    INCONNU = "inconnu", "non renseigné"

    @property
    def couleur(self):
        """Return the colour of its badge, as the State's design system names it; empty: none."""
        colours = {Etat.POURVU: "success", Etat.RECRUTEMENT: "info", Etat.PREVU: "info"}
        return (colours | {Etat.VACANT: "warning"}).get(self, "")


# Who employs, one of three.
EMPLOYEURS = ("employeur_commune", "employeur_intercommunalite", "employeur_organisme")
# A contract or a funding that ends within so many months is told to the agents.
MONTHS_AHEAD = 6
# Nobody is in post, and somebody is wanted.
SANS_PERSONNE = [Etat.VACANT, Etat.RECRUTEMENT]


class PosteQuerySet(HistoriseeQuerySet):
    def for_user(self, user):
        """Keep the posts that serve, at any date, a commune of `user`."""
        return self.filter(pk__in=Desserte.objects.of_user(user).values("poste"))

    def removed_for_user(self, user):
        """Return the removals of posts that had ever served a commune of `user`."""
        dessertes = Desserte.history.filter(commune__in=Commune.objects.for_user(user))
        return self.model.history.removed().filter(id__in=dessertes.values("poste"))

    def serving(self, departement, jour):
        """Keep the posts that serve on `jour` a commune of `departement`; of France when it is None.

        One that is closed by then is of those that it served last.
        """
        served = Desserte.objects.dernieres(jour).in_departement(departement, jour)
        return self.filter(pk__in=served.values("poste"))

    def known_on(self, jour):
        """Keep the posts not known to open after `jour`; one without dates is kept as such."""
        return self.filter(Q(date_ouverture__isnull=True) | Q(date_ouverture__lte=jour))

    def a_plusieurs(self, jour):
        """Keep the posts that at least two people hold on `jour`."""
        return self.filter(pk__in=Occupation.objects.simultanees(jour).values("poste"))

    def fermes_mais_occupes(self, jour):
        """Keep the posts that are closed on `jour` and that someone still holds, by the records."""
        return self.filter(pk__in=Occupation.objects.sur_poste_ferme(jour).values("poste"))


class Poste(Sourcee):
    """A chef de projet post: its employer, its share of time, and the communes that it serves."""

    identifiant = models.SlugField("identifiant", unique=True)
    intitule = models.CharField("intitulé", max_length=200)
    employeur_commune = models.ForeignKey(
        Commune, models.PROTECT, null=True, blank=True, verbose_name="employeur : commune"
    )
    employeur_intercommunalite = models.ForeignKey(
        Intercommunalite,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="employeur : intercommunalité",
    )
    employeur_organisme = models.ForeignKey(
        Organisme,
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name="employeur : PETR ou autre organisme",
    )
    service = models.CharField(
        "service ou direction",
        max_length=200,
        blank=True,
        help_text="Où le poste est placé chez son employeur. Public : pas de nom de personne.",
    )
    quotite = models.PositiveSmallIntegerField(
        "quotité de temps, en %", null=True, blank=True, help_text="100 : temps plein."
    )
    date_ouverture = models.DateField("ouverture", null=True, blank=True)
    precision_ouverture = PrecisionField("précision de l'ouverture", date="date_ouverture")
    date_fermeture = models.DateField(
        "fermeture", null=True, blank=True, help_text="Premier jour où le poste n'existe plus."
    )
    precision_fermeture = PrecisionField("précision de la fermeture", date="date_fermeture")
    note_interne = models.TextField("note interne", blank=True, help_text="Jamais publiée.")

    remarques_possibles = (
        Avant(
            "date_ouverture",
            ouverture,
            "Le poste est ouvert avant le lancement du programme.",
        ),
    )

    objects = PosteQuerySet.as_manager()

    textes_publics = ("intitule", "service")

    class Meta:
        verbose_name = "poste de chef de projet"
        verbose_name_plural = "postes de chef de projet"
        ordering = ["identifiant"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(employeur_commune__isnull=True, employeur_intercommunalite__isnull=True)
                    | Q(employeur_commune__isnull=True, employeur_organisme__isnull=True)
                    | Q(employeur_intercommunalite__isnull=True, employeur_organisme__isnull=True)
                ),
                name="projects_poste_un_employeur_au_plus",
                violation_error_message="Un poste a un seul employeur.",
            ),
            models.CheckConstraint(
                condition=Q(quotite__isnull=True) | Q(quotite__range=(1, 100)),
                name="projects_poste_quotite_pourcentage",
                violation_error_message="La quotité va de 1 à 100, en pourcentage.",
            ),
            models.CheckConstraint(
                condition=Q(date_fermeture__gt=models.F("date_ouverture")),
                name="projects_poste_fermeture_apres_ouverture",
                violation_error_message="La fermeture doit être postérieure à l'ouverture.",
            ),
            stored_on_first_day("date_ouverture", "precision_ouverture"),
            stored_on_first_day("date_fermeture", "precision_fermeture"),
        ]

    def __str__(self):
        return self.intitule

    @property
    def employeur(self):
        """Return the commune, the intercommunalité or the organisme that employs, or None if unknown."""
        return self.employeur_commune or self.employeur_intercommunalite or self.employeur_organisme

    @property
    def dessertes_du_jour(self):
        """Return the communes served, in the name of those of the day that `dessertes_lues` is of."""
        return reunies(self.dessertes_lues)

    def communes_within_reach(self, user):
        """Return the communes that `user` may have this post serve.

        Those of its départements, those that the post serves or served, the one that employs, and the
        members, today or on the day it opened, of the intercommunalité that employs. Any other is for
        the DDT of its département to add.
        """
        theirs = Q(departement__in=Departement.objects.for_user(user))
        if self.pk:
            days = {timezone.localdate(), self.date_ouverture} - {None}
            theirs |= Q(pk__in=self.dessertes.order_by().values("commune"))
            theirs |= Q(pk=self.employeur_commune_id)
            employer = self.employeur_intercommunalite_id
            theirs |= Q(pk__in=Rattachement.objects.membres(employer, days))
        return Commune.objects.filter(theirs)
