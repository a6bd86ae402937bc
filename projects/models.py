"""Chef de projet posts: a post is not a person, and its state on a day is computed from dates."""

from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, Value, When

from communes.models import Commune, Intercommunalite
from ort.models import Organisme
from pvd.socle.dates import PrecisionField
from pvd.socle.historique import Historisee
from pvd.socle.periodes import Periode, PeriodeQuerySet
from pvd.socle.sources import Sourcee


class Etat(models.TextChoices):
    """State of a post on a day; for a commune, the state of the post that serves it."""

    POURVU = "pourvu", "pourvu"
    RECRUTEMENT = "recrutement", "en recrutement"
    VACANT = "vacant", "vacant"
    PREVU = "prevu", "prévu"
    FERME = "ferme", "fermé"
    INCONNU = "inconnu", "non renseigné"


class PosteQuerySet(models.QuerySet):
    def for_user(self, user):
        """Keep the posts that serve, at any date, a commune of `user`."""
        dessertes = Desserte.objects.filter(commune__in=Commune.objects.for_user(user))
        return self.filter(pk__in=dessertes.values("poste"))

    def removed_for_user(self, user):
        """Return the removals of posts that had ever served a commune of `user`."""
        dessertes = Desserte.history.filter(commune__in=Commune.objects.for_user(user))
        return self.model.history.removed().filter(id__in=dessertes.values("poste"))

    def serving(self, departement, jour):
        """Keep the posts that serve on `jour` a commune of `departement`; of France when it is None."""
        dessertes = Desserte.objects.as_of(jour)
        if departement is not None:
            dessertes = dessertes.filter(commune__departement=departement)
        return self.filter(pk__in=dessertes.values("poste"))

    def known_on(self, jour):
        """Keep the posts not known to open after `jour`; one without dates is kept as such."""
        return self.filter(Q(date_ouverture__isnull=True) | Q(date_ouverture__lte=jour))

    def with_etat(self, jour):
        """Add `etat`, the state on `jour`, and `occupe_depuis`, computed from dates and never stored.

        Closed from the day of closing; filled while someone holds it; recruiting while an offer is
        published and has no outcome; planned before it opens; vacant once it is open or has been
        held; unknown when no date tells.
        """
        held = Occupation.objects.filter(poste=OuterRef("pk"))
        offered = Recrutement.objects.under_way(jour).filter(poste=OuterRef("pk"))
        running = held.as_of(jour).order_by("debut", "pk")
        return self.annotate(
            occupe_depuis=Subquery(running.values("debut")[:1]),
            etat=Case(
                When(date_fermeture__lte=jour, then=Value(Etat.FERME)),
                When(Exists(running), then=Value(Etat.POURVU)),
                When(Exists(offered), then=Value(Etat.RECRUTEMENT)),
                When(date_ouverture__gt=jour, then=Value(Etat.PREVU)),
                When(
                    Q(date_ouverture__isnull=False) | Exists(held.filter(fin__lte=jour)),
                    then=Value(Etat.VACANT),
                ),
                default=Value(Etat.INCONNU),
                output_field=models.CharField(),
            ),
        )


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
    quotite = models.PositiveSmallIntegerField(
        "quotité de temps, en %", null=True, blank=True, help_text="100 : temps plein."
    )
    date_ouverture = models.DateField("ouverture", null=True, blank=True)
    precision_ouverture = PrecisionField("précision de l'ouverture")
    date_fermeture = models.DateField(
        "fermeture", null=True, blank=True, help_text="Premier jour où le poste n'existe plus."
    )
    precision_fermeture = PrecisionField("précision de la fermeture")
    note_interne = models.TextField("note interne", blank=True, help_text="Jamais publiée.")

    objects = PosteQuerySet.as_manager()

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
                violation_error_message="La quotité va de 1 à 100 %.",
            ),
            models.CheckConstraint(
                condition=Q(date_fermeture__gt=models.F("date_ouverture")),
                name="projects_poste_fermeture_apres_ouverture",
                violation_error_message="La fermeture doit être postérieure à l'ouverture.",
            ),
        ]

    def __str__(self):
        return self.intitule

    @property
    def employeur(self):
        """Return the commune, the intercommunalité or the organisme that employs, or None if unknown."""
        return self.employeur_commune or self.employeur_intercommunalite or self.employeur_organisme


class DesserteQuerySet(PeriodeQuerySet):
    def for_user(self, user):
        """Keep the communes served by the posts of `user`."""
        return self.filter(poste__in=Poste.objects.for_user(user))


class Desserte(Historisee, Periode):
    """A commune served by a post, which several communes may share."""

    poste = models.ForeignKey(Poste, models.CASCADE, "dessertes", verbose_name="poste")
    commune = models.ForeignKey(Commune, models.PROTECT, "dessertes", verbose_name="commune")

    objects = DesserteQuerySet.as_manager()

    class Meta(Periode.Meta):
        verbose_name = "commune desservie"
        verbose_name_plural = "communes desservies"
        ordering = ["commune__nom_recherche"]

    def __str__(self):
        return f"{self.commune} : {self.poste}"

    def clean(self):
        if self.poste_id:
            self.refuse_overlap(
                Desserte.objects.filter(poste=self.poste_id, commune=self.commune_id),
                "Ce poste dessert déjà cette commune à ces dates.",
            )


class OccupationQuerySet(PeriodeQuerySet):
    def for_user(self, user):
        """Keep the holders of the posts of `user`."""
        return self.filter(poste__in=Poste.objects.for_user(user))

    def en_poste(self, departement, jour):
        """Keep the occupations running on `jour` of posts that serve a commune of `departement`.

        `departement` None speaks of France. A post that serves two communes counts once.
        """
        return self.as_of(jour).filter(poste__in=Poste.objects.serving(departement, jour))


class Occupation(Historisee, Periode):
    """Who holds a post, from a day to another. The person is internal: no public page shows it."""

    poste = models.ForeignKey(Poste, models.CASCADE, "occupations", verbose_name="poste")
    titulaire = models.CharField("titulaire", max_length=150, blank=True, help_text="Interne.")
    courriel = models.EmailField("courriel", blank=True, help_text="Interne.")
    telephone = models.CharField("téléphone", max_length=30, blank=True, help_text="Interne.")

    objects = OccupationQuerySet.as_manager()

    class Meta(Periode.Meta):
        verbose_name = "titulaire"
        ordering = ["debut"]
        constraints = [
            *Periode.Meta.constraints,
            models.CheckConstraint(
                condition=Q(debut__isnull=False),
                name="projects_occupation_datee",
                violation_error_message="L'arrivée a une date.",
            ),
        ]

    def __str__(self):
        return f"titulaire depuis le {self.debut:%d/%m/%Y}"


class RecrutementQuerySet(models.QuerySet):
    def for_user(self, user):
        """Keep the recruitments for the posts of `user`."""
        return self.filter(poste__in=Poste.objects.for_user(user))

    def under_way(self, jour):
        """Keep the recruitments published on `jour` or before, and without outcome by then."""
        return self.filter(
            Q(date_publication__lte=jour), Q(date_issue__isnull=True) | Q(date_issue__gt=jour)
        )


class Recrutement(Historisee):
    """An offer, from its publication to its outcome; a post may have several."""

    class Issue(models.TextChoices):
        RECRUTE = "recrute", "personne recrutée"
        INFRUCTUEUX = "infructueux", "infructueux"
        ABANDONNE = "abandonne", "abandonné"

    poste = models.ForeignKey(Poste, models.CASCADE, "recrutements", verbose_name="poste")
    date_publication = models.DateField("publication de l'offre")
    date_cloture = models.DateField("clôture des candidatures", null=True, blank=True)
    issue = models.CharField("issue", max_length=11, choices=Issue, blank=True)
    date_issue = models.DateField("date de l'issue", null=True, blank=True)

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
                condition=Q(date_issue__gte=models.F("date_publication")),
                name="projects_recrutement_issue_apres_publication",
                violation_error_message="L'issue ne peut pas précéder la publication.",
            ),
        ]

    def __str__(self):
        return f"offre du {self.date_publication:%d/%m/%Y}"
