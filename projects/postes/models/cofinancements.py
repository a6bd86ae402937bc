"""Who pays a post, and how much each year: internal."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.db.models.lookups import Exact, GreaterThan, LessThanOrEqual

from projects.postes.models.dessertes import DuPosteQuerySet
from socle.dates import ONE_DAY, DayOfMonth, MonthOfYear, Year
from socle.francais import euros, pour_cent
from socle.periodes import Periode, PeriodeQuerySet
from socle.sources import Sourcee

# What the programme pays of the yearly loaded cost of a post (ANCT and préfecture de l'Hérault):
# rates in per cent, caps in euros a year.
TAUX_MAXIMUM = 75
PLAFOND_ANNUEL = 45_000
PLAFOND_ANNUEL_AVEC_ANAH = 55_000
TAUX_MAXIMUM_ANAH = 50
PLAFOND_ANNUEL_ANAH = 40_000


class Financeur(models.TextChoices):
    ANAH = "anah", "Agence nationale de l'habitat (Anah)"
    BANQUE_DES_TERRITOIRES = "banque_des_territoires", "Banque des Territoires"
    ANCT = "anct", "Agence nationale de la cohésion des territoires (ANCT)"
    ETAT = "etat", "État (programme 112)"
    FNADT = "fnadt", "FNADT (fonds national d'aménagement et de développement du territoire)"
    REGION = "region", "Région"
    DEPARTEMENT = "departement", "Département"
    AUTRE = "autre", "autre"


# Those to whose contributions the caps of the programme apply.
DU_PROGRAMME = [
    Financeur.ANAH,
    Financeur.BANQUE_DES_TERRITOIRES,
    Financeur.ANCT,
    Financeur.ETAT,
    Financeur.FNADT,
]
OF_ANAH = Q(financeur=Financeur.ANAH)
# What each `Alerte` says of the limit that is passed.
REGLES = {
    "taux": (
        f"Le programme cofinance un poste à {pour_cent(TAUX_MAXIMUM)} au plus de son coût annuel "
        "chargé."
    ),
    "plafond": (
        f"Le programme verse {euros(PLAFOND_ANNUEL)} par an au plus, et "
        f"{euros(PLAFOND_ANNUEL_AVEC_ANAH)} quand l'Anah participe (sans compter la Région, le "
        "Département et les autres financeurs)."
    ),
    "taux_anah": f"La part de l'Anah est de {pour_cent(TAUX_MAXIMUM_ANAH)} au plus.",
    "plafond_anah": f"L'Anah verse {euros(PLAFOND_ANNUEL_ANAH)} par an au plus.",
}


@dataclass(frozen=True)
class Alerte:
    """A funding beyond what the programme pays: a warning, never a refusal; `explication` says why."""

    sorte: str
    texte: str
    explication: str


@dataclass(frozen=True)
class Annee:
    """What is paid of a post in a year; a sum is None when none of its amounts is known.

    `sans_montant` fundings of that year have no known amount: the sum is then partial.
    """

    poste: int
    annee: int
    montant: Decimal | None
    taux: Decimal | None
    montant_programme: Decimal | None
    montant_anah: Decimal | None
    taux_anah: Decimal | None
    anah: bool
    sans_montant: int

    @property
    def plafond(self):
        """Return the cap of the programme that year, in euros."""
        return PLAFOND_ANNUEL_AVEC_ANAH if self.anah else PLAFOND_ANNUEL

    @property
    def alertes(self):
        """Return the warnings of that year, by the rule of `above_limits`."""
        limits = [
            ("taux", self.taux, TAUX_MAXIMUM, pour_cent, "de cofinancement en tout"),
            ("plafond", self.montant_programme, self.plafond, euros, "en tout"),
            ("taux_anah", self.taux_anah, TAUX_MAXIMUM_ANAH, pour_cent, "de l'Anah"),
            ("plafond_anah", self.montant_anah, PLAFOND_ANNUEL_ANAH, euros, "de l'Anah"),
        ]
        return [
            Alerte(sorte, f"{self.annee} : {written(paid)} {whose}", REGLES[sorte])
            for sorte, paid, most, written, whose in limits
            if paid is not None and paid > most
        ]


class CofinancementPosteQuerySet(DuPosteQuerySet, PeriodeQuerySet):
    def ending_between(self, premier, dernier):
        """Keep the fundings whose last day is between `premier` and `dernier`, both included.

        One that the same funder follows up, or that another row tells for a later year, is not one
        of them; nor is that of a post closed on `premier`.
        """
        siblings = self.model.objects.filter(
            poste=OuterRef("poste"),
            financeur=OuterRef("financeur"),
            precision_financeur=OuterRef("precision_financeur"),
        )
        lasting = siblings.filter(
            Q(fin__gt=OuterRef("fin"))
            | Q(fin__isnull=True, annee__gt=OuterRef("annee"))
            | Q(fin=OuterRef("fin"), annee__gt=OuterRef("annee"))
            | Q(fin=OuterRef("fin"), annee=OuterRef("annee"), pk__gt=OuterRef("pk"))
        )
        ending = self.filter(fin__gte=premier + ONE_DAY, fin__lte=dernier + ONE_DAY)
        return ending.filter(~Exists(lasting)).exclude(poste__date_fermeture__lte=premier)

    def sums(self):
        """Return the sums by post and year, as rows of values: what `Annee` holds.

        A year is that of the row, whatever its period. A post counts once, however many communes
        it serves. Each funding of a year counts for its whole rate.
        """
        rows = self.order_by().values("poste", "annee")
        return rows.annotate(
            somme=Sum("montant"),
            somme_taux=Sum("taux"),
            somme_programme=Sum("montant", filter=Q(financeur__in=DU_PROGRAMME)),
            somme_anah=Sum("montant", filter=OF_ANAH),
            somme_taux_anah=Sum("taux", filter=OF_ANAH),
            lignes_anah=Count("pk", filter=OF_ANAH),
            sans_montant=Count("pk", filter=Q(montant__isnull=True)),
        )

    def annees(self):
        """Return the `Annee` of each post and year, in the order of posts then of years: one query."""
        return [
            Annee(
                poste=row["poste"],
                annee=row["annee"],
                montant=row["somme"],
                taux=row["somme_taux"],
                montant_programme=row["somme_programme"],
                montant_anah=row["somme_anah"],
                taux_anah=row["somme_taux_anah"],
                anah=bool(row["lignes_anah"]),
                sans_montant=row["sans_montant"],
            )
            for row in self.sums().order_by("poste", "annee")
        ]

    def above_limits(self):
        """Return the sums beyond what the programme pays in a year: what `Annee.alertes` tells.

        More than 75 % of all funders; of the funders of the programme, more than 45 000 €, or than
        55 000 € when the Anah takes part; of the Anah, more than 50 % or than 40 000 €.
        """
        return self.sums().filter(
            Q(somme_taux__gt=TAUX_MAXIMUM)
            | Q(somme_programme__gt=PLAFOND_ANNUEL_AVEC_ANAH)
            | Q(somme_programme__gt=PLAFOND_ANNUEL, lignes_anah=0)
            | Q(somme_taux_anah__gt=TAUX_MAXIMUM_ANAH)
            | Q(somme_anah__gt=PLAFOND_ANNUEL_ANAH)
        )


class CofinancementPoste(Sourcee, Periode):
    """What a funder pays of a post for one year, by a decision. Internal.

    A decision over three years is three rows: the amounts of a year are then never shared out.
    """

    poste = models.ForeignKey("Poste", models.CASCADE, "cofinancements", verbose_name="poste")
    financeur = models.CharField("financeur", max_length=22, choices=Financeur)
    precision_financeur = models.CharField(
        "lequel, s'il est autre", max_length=150, blank=True, help_text="Nom d'un autre financeur."
    )
    annee = models.PositiveSmallIntegerField(
        "année",
        validators=[MinValueValidator(2020), MaxValueValidator(2100)],
        help_text="Une ligne par année financée.",
    )
    taux = models.DecimalField(
        "taux, en %",
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Part du coût annuel chargé.",
    )
    plafond = models.DecimalField(
        "plafond de l'année, en €", max_digits=10, decimal_places=2, null=True, blank=True
    )
    montant = models.DecimalField(
        "montant de l'année, en €", max_digits=10, decimal_places=2, null=True, blank=True
    )
    reference_decision = models.CharField("référence de la décision", max_length=100, blank=True)

    objects = CofinancementPosteQuerySet.as_manager()

    class Meta(Periode.Meta):
        verbose_name = "cofinancement"
        ordering = ["annee", "financeur", "pk"]
        constraints = [
            *Periode.Meta.constraints,
            models.UniqueConstraint(
                fields=["poste", "financeur", "precision_financeur", "annee", "reference_decision"],
                name="projects_cofinancementposte_unique",
                violation_error_message="Ce cofinancement est déjà enregistré pour cette année.",
            ),
            models.CheckConstraint(
                condition=Q(taux__isnull=True) | Q(taux__gt=0, taux__lte=100),
                name="projects_cofinancementposte_taux",
                violation_error_message="Le taux va de 0 à 100, en pourcentage.",
            ),
            models.CheckConstraint(
                condition=(Q(montant__isnull=True) | Q(montant__gte=0))
                & (Q(plafond__isnull=True) | Q(plafond__gte=0)),
                name="projects_cofinancementposte_montants",
                violation_error_message="Un montant n'est pas négatif.",
            ),
            models.CheckConstraint(
                condition=~Q(financeur="autre") | ~Q(precision_financeur=""),
                name="projects_cofinancementposte_autre_nomme",
                violation_error_message="Précisez quel est cet autre financeur.",
            ),
            # Not within it: a decision of three years, or from September to August, is several rows
            # of one period. `fin` is the day after: 1 January is the end of the year before.
            models.CheckConstraint(
                condition=(Q(debut__isnull=True) | Q(LessThanOrEqual(Year(F("debut")), F("annee"))))
                & (
                    Q(fin__isnull=True)
                    | Q(GreaterThan(Year(F("fin")), F("annee")))
                    | Q(
                        Exact(Year(F("fin")), F("annee")),
                        ~Q(
                            Exact(MonthOfYear(F("fin")), 1),
                            Exact(DayOfMonth(F("fin")), 1),
                        ),
                    )
                ),
                name="projects_cofinancementposte_periode_de_l_annee",
                violation_error_message="La période financée ne touche pas cette année.",
            ),
        ]

    def __str__(self):
        return f"{self.nom_financeur}, {self.annee}"

    @property
    def nom_financeur(self):
        """Return the name of the funder: that of another one as it was typed."""
        return self.precision_financeur or Financeur(self.financeur).label
