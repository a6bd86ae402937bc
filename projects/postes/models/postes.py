"""Chef de projet posts: a post is not a person, and its state on a day is computed from dates."""

import datetime

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest, NullIf

from communes.models import Commune, Departement, Intercommunalite, Rattachement
from ort.models import Organisme
from projects.postes.models.dessertes import Desserte
from projects.postes.models.occupations import Occupation
from projects.postes.models.recrutements import Recrutement
from socle.dates import Precision, PrecisionField, stored_on_first_day
from socle.historique import HistoriseeQuerySet
from socle.sources import Sourcee

# Before any date that could be recorded.
DAWN = datetime.date(1, 1, 1)


class Etat(models.TextChoices):
    """State of a post on a day; for a commune, the state of the post that serves it."""

    POURVU = "pourvu", "pourvu"
    RECRUTEMENT = "recrutement", "en recrutement"
    VACANT = "vacant", "vacant"
    PREVU = "prevu", "prévu"
    FERME = "ferme", "fermé"
    INCONNU = "inconnu", "non renseigné"


# A contract or a funding that ends within so many months is told to the agents.
MONTHS_AHEAD = 6
# Nobody is in post, and somebody is wanted.
SANS_PERSONNE = [Etat.VACANT, Etat.RECRUTEMENT]


def latest_of(*dates):
    """Return the latest of `dates`, the unknown ones set aside; null when all of them are.

    PostgreSQL sets nulls aside by itself, SQLite does not: said once, for both.
    """
    dawn = Value(DAWN, output_field=models.DateField())
    return NullIf(Greatest(*(Coalesce(date, dawn) for date in dates), dawn), dawn)


def day_by_day(rows, first, last, jour):
    """Return the first day of the unbroken time, running on `jour`, of the `rows` of a post.

    `first` and `last` name the first day of a row and the day after its last one: a row that
    begins on the day when another ends goes on with it.
    """
    going_on = rows.model.objects.filter(
        Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": OuterRef(first)}),
        poste=OuterRef("poste"),
        **{f"{first}__lt": OuterRef(first)},
    )
    begun = rows.filter(~Exists(going_on), **{f"{first}__lte": jour})
    return Subquery(begun.order_by(f"-{first}").values(first)[:1])


def first_day_of_state(held, opened, jour):
    """Return the expression of `depuis`, over `etat` and `dernier_depart`; see `with_suivi`."""
    offers = Recrutement.objects.filter(poste=OuterRef("pk")).order_by()
    published = day_by_day(offers, "date_publication", "date_issue", jour)
    settled = offers.filter(date_issue__lte=jour).order_by("-date_issue").values("date_issue")[:1]
    return Case(
        When(etat=Etat.FERME, then="date_fermeture"),
        When(etat=Etat.POURVU, then=day_by_day(held, "debut", "fin", jour)),
        When(etat=Etat.RECRUTEMENT, then=latest_of("dernier_depart", published)),
        When(etat=Etat.VACANT, then=latest_of("dernier_depart", opened, Subquery(settled))),
        output_field=models.DateField(),
    )


def share_of_time(running):
    """Return the expression of `quotite_pourvue`, from the people in post; see `with_suivi`."""
    shares = running.values("poste").annotate(somme=Sum("quotite")).values("somme")
    return Case(
        When(etat__in=SANS_PERSONNE, then=Value(0)),
        When(
            ~Exists(running.filter(quotite__isnull=True)),
            etat=Etat.POURVU,
            then=Subquery(shares),
        ),
        output_field=models.IntegerField(),
    )


class PosteQuerySet(HistoriseeQuerySet):
    def for_user(self, user):
        """Keep the posts that serve, at any date, a commune of `user`."""
        return self.filter(pk__in=Desserte.objects.of_user(user).values("poste"))

    def removed_for_user(self, user):
        """Return the removals of posts that had ever served a commune of `user`."""
        dessertes = Desserte.history.filter(commune__in=Commune.objects.for_user(user))
        return self.model.history.removed().filter(id__in=dessertes.values("poste"))

    def serving(self, departement, jour):
        """Keep the posts that serve on `jour` a commune of `departement`; of France when it is None."""
        return self.filter(pk__in=Desserte.objects.serving(departement, jour).values("poste"))

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

    def with_suivi(self, jour):
        """Add, to `with_etat(jour)`, since when and for how many; nothing after `jour` counts.

        - `depuis`: the first day of the present state, null when no date tells; see
          `Poste.precision_depuis`. People or offers that follow each other without a day between
          them are one state.
        - `vacant_depuis`: the first day with nobody, of a post vacant or in recruitment: the day
          after the last departure, or the opening if it was never held; else null.
          `Poste.jours_vacance` counts the days.
        - `quotite_pourvue`: the sum of the shares of time of those in post, in per cent; 0 when
          nobody is, null when one share is not known or when the state is not one of an open post.
        - `nb_communes`: the communes served.
        """
        held = Occupation.objects.filter(poste=OuterRef("pk")).order_by()
        served = Desserte.objects.as_of(jour).filter(poste=OuterRef("pk")).order_by()
        left = Subquery(held.filter(fin__lte=jour).order_by("-fin").values("fin")[:1])
        opened = Case(When(date_ouverture__lte=jour, then="date_ouverture"))
        towns = served.values("poste").annotate(n=Count("commune", distinct=True)).values("n")
        return (
            self.with_etat(jour)
            .annotate(
                jour=Value(jour, output_field=models.DateField()),
                dernier_depart=left,
                nb_communes=Coalesce(Subquery(towns), 0),
            )
            .annotate(
                vacant_depuis=Case(
                    When(etat__in=SANS_PERSONNE, then=latest_of("dernier_depart", opened)),
                    output_field=models.DateField(),
                ),
                depuis=first_day_of_state(held, opened, jour),
                quotite_pourvue=share_of_time(held.as_of(jour)),
            )
        )

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

    def communes_within_reach(self, user):
        """Return the communes that `user` may have this post serve.

        Those of its départements, and those of the départements that the post already touches: by
        the communes that it serves or served, the one that employs, or the members of the
        intercommunalité that employs. Either DDT can thus write the whole of a post over two
        départements, and nothing elsewhere.
        """
        theirs = Q(departement__in=Departement.objects.for_user(user))
        if self.pk:
            served = Commune.objects.filter(dessertes__poste=self)
            employer = Commune.objects.filter(pk=self.employeur_commune_id)
            members = Rattachement.objects.filter(
                intercommunalite=self.employeur_intercommunalite_id
            )
            theirs |= Q(departement__in=served.values("departement"))
            theirs |= Q(departement__in=employer.values("departement"))
            theirs |= Q(departement__in=members.values("commune__departement"))
        return Commune.objects.filter(theirs)

    # What is below reads a post `with_suivi`.

    @property
    def precision_depuis(self):
        """Return how exactly `depuis` is known: as the opening or the closing, else to the day."""
        if self.etat == Etat.FERME:
            return self.precision_fermeture
        return self.precision_of(self.depuis)

    @property
    def precision_vacance(self):
        """Return how exactly `vacant_depuis` is known."""
        return self.precision_of(self.vacant_depuis)

    def precision_of(self, first):
        """Return how exactly the first day of a vacancy is known: that of the opening, if it is it."""
        opening = first == self.date_ouverture and first != self.dernier_depart
        if opening and self.etat in SANS_PERSONNE:
            return self.precision_ouverture
        return Precision.JOUR

    @property
    def jours_vacance(self):
        """Return the days passed since the first one with nobody, 0 on that day, or None.

        None when the post is held, not open or closed, and when that first day is not known to
        the day: a number of days would say more than what is known.
        """
        first = self.vacant_depuis
        if first is None or self.precision_of(first) != Precision.JOUR:
            return None
        return (self.jour - first).days
