"""Who holds a post: a person, internal, for a period, under a contract that may end before or after."""

from itertools import combinations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, prefetch_related_objects
from django.db.models.functions import Coalesce

from projects.postes.models.dessertes import Desserte, DuPosteQuerySet
from socle.dates import ONE_DAY, add_months
from socle.ensembles import DUnEnsemble
from socle.francais import datee
from socle.periodes import Periode, PeriodeQuerySet, debut_connu
from socle.recherche import search_key
from socle.sources import Sourcee

COORDONNEES = ("courriel", "telephone")
# What tells who someone is, and is erased once that person has been gone for long enough.
IDENTITE = ("titulaire", *COORDONNEES)
DEJA_EN_POSTE = "Cette personne occupe déjà ce poste ces jours-là."


class TypeContrat(models.TextChoices):
    TITULAIRE = "titulaire", "titulaire de la fonction publique"
    DETACHEMENT = "detachement", "détachement"
    MISE_A_DISPOSITION = "mise_a_disposition", "mise à disposition"
    CONTRAT_DE_PROJET = "contrat_de_projet", "contrat de projet"
    CDD = "cdd", "contrat à durée déterminée (CDD)"
    CDI = "cdi", "contrat à durée indéterminée (CDI)"
    AUTRE = "autre", "autre"


class MotifDepart(models.TextChoices):
    FIN_DE_CONTRAT = "fin_de_contrat", "fin du contrat"
    DEMISSION = "demission", "démission"
    MUTATION = "mutation", "mutation"
    FIN_DETACHEMENT = "fin_de_detachement", "fin de détachement ou de mise à disposition"
    RETRAITE = "retraite", "retraite"
    FIN_DU_POSTE = "fin_du_poste", "fermeture du poste"
    AUTRE = "autre", "autre"


class OccupationQuerySet(DuPosteQuerySet, PeriodeQuerySet):
    def nommees_pour(self, user):
        """Keep those whose holder `user` may read the name of; none for who does not read the holders."""
        return self.for_user(user) if user.has_perm("projects.view_occupation") else self.none()

    def en_poste(self, departement, jour):
        """Keep the occupations running on `jour` of open posts that serve a commune of `departement`.

        `departement` None speaks of France. A post that serves two communes counts once. Nobody is
        in post on a post that is closed, even where the departure was never recorded.
        """
        served = Desserte.objects.serving(departement, jour)
        running = self.as_of(jour).exclude(poste__date_fermeture__lte=jour)
        return running.filter(poste__in=served.values("poste"))

    def sur_poste_ferme(self, jour):
        """Keep the occupations that still run on `jour`, while their post is closed."""
        return self.as_of(jour).filter(poste__date_fermeture__lte=jour)

    def simultanees(self, jour):
        """Keep the occupations that run on `jour` together with another one of the same post."""
        others = type(self)(self.model).as_of(jour).filter(poste=OuterRef("poste"))
        return self.as_of(jour).filter(Exists(others.exclude(pk=OuterRef("pk"))))

    def with_fin_attendue(self):
        """Add `fin_attendue`: the first day after the departure recorded, else after the contract."""
        return self.annotate(fin_attendue=Coalesce("fin", "fin_contrat_prevue"))

    def ending_between(self, premier, dernier):
        """Keep the occupations that run on `premier` and whose last day is not after `dernier`.

        The last day is that of the departure when it is recorded, else that of the contract; a
        contract that was over before `premier` is not one of them (see `contrat_echu`), nor one of
        a post that is closed on `premier`. Both days are included.
        """
        running = self.as_of(premier).exclude(poste__date_fermeture__lte=premier)
        return running.with_fin_attendue().filter(
            fin_attendue__gt=premier, fin_attendue__lte=dernier + ONE_DAY
        )

    def contrat_echu(self, jour):
        """Keep the occupations that run on `jour` of open posts, and whose contract was over by then."""
        running = self.as_of(jour).exclude(poste__date_fermeture__lte=jour)
        return running.filter(fin_contrat_prevue__lte=jour)

    def parties_depuis(self, annees, jour):
        """Keep the holders gone on `jour` for more than `annees` years.

        Gone since the day after the last one in post, or since the closing of the post if it came
        first. Someone gone for exactly so many years is not one of them.
        """
        limit = add_months(jour, -12 * annees)
        return self.filter(Q(fin__lt=limit) | Q(poste__date_fermeture__lt=limit))


class Occupation(DUnEnsemble, Sourcee, Periode):
    """Who holds a post, from a day to another. The person is internal: no public page shows it.

    Two people may hold a post at once: it is told, never refused. One person may not, twice.
    """

    coordonnees = COORDONNEES
    ensemble = "poste"

    poste = models.ForeignKey("Poste", models.CASCADE, "occupations", verbose_name="poste")
    debut = debut_connu("premier jour", "Premier jour compris.", "L'arrivée a une date.")
    titulaire = models.CharField("titulaire", max_length=150, blank=True, help_text="Interne.")
    courriel = models.EmailField("courriel", blank=True, help_text="Interne.")
    telephone = models.CharField("téléphone", max_length=30, blank=True, help_text="Interne.")
    type_contrat = models.CharField(
        "type de contrat", max_length=18, choices=TypeContrat, blank=True, help_text="Interne."
    )
    quotite = models.PositiveSmallIntegerField(
        "quotité de temps sur ce poste, en %",
        null=True,
        blank=True,
        help_text="100 : temps plein. Vide : non connue.",
    )
    fin_contrat_prevue = models.DateField(
        "premier jour après le contrat",
        null=True,
        blank=True,
        help_text="Prévu au contrat ; le départ, lui, s'enregistre quand il a eu lieu.",
    )
    motif_depart = models.CharField(
        "motif du départ", max_length=18, choices=MotifDepart, blank=True, help_text="Interne."
    )

    objects = OccupationQuerySet.as_manager()

    class Meta(Periode.Meta):
        verbose_name = "titulaire"
        ordering = ["debut"]
        constraints = [
            *Periode.Meta.constraints,
            models.CheckConstraint(
                condition=Q(quotite__isnull=True) | Q(quotite__range=(1, 100)),
                name="projects_occupation_quotite_pourcentage",
                violation_error_message="La quotité va de 1 à 100, en pourcentage.",
            ),
            models.CheckConstraint(
                condition=Q(fin_contrat_prevue__gt=F("debut")),
                name="projects_occupation_contrat_apres_debut",
                violation_error_message="Le contrat ne peut pas finir avant l'arrivée.",
            ),
            models.CheckConstraint(
                condition=Q(motif_depart="") | Q(fin__isnull=False),
                name="projects_occupation_motif_d_un_depart",
                violation_error_message="Un motif de départ va avec un dernier jour en poste.",
            ),
        ]

    def __str__(self):
        # A row of a file may have no date: it is refused, but named first.
        return f"titulaire depuis le {self.debut:%d/%m/%Y}" if self.debut else "titulaire"

    def clean(self):
        """Refuse someone who holds the post already, or who came before the offer that recruited."""
        super().clean()
        if self.debut:
            self.refuse_beside_others()

    @staticmethod
    def refuse(rows):
        Occupation.refuse_twice(rows)
        known = [row for row in rows if row.pk]
        prefetch_related_objects(known, "recrutement")
        offres = [(row.recrutement, row.debut) for row in known if hasattr(row, "recrutement")]
        late = [offre for offre, arrival in offres if arrival < offre.date_publication]
        if late:
            raise ValidationError({"debut": recrutee_apres(min(late, key=by_day))})

    @staticmethod
    def refuse_twice(rows):
        """Refuse a person, told by a name, whom two of `rows` have in post on a same day."""
        for one, other in combinations(rows, 2):
            name = search_key(one.titulaire)
            if name and name == search_key(other.titulaire) and one.shares_a_day_with(other):
                raise ValidationError({"titulaire": DEJA_EN_POSTE})


def by_day(offre):
    return offre.date_publication, offre.pk


def recrutee_apres(offre):
    """Say that an offer comes after the arrival of the person that it recruited."""
    return f"L'offre qui a recruté cette personne est {datee(offre.date_publication)}."
