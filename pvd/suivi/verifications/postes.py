"""The posts of chefs de projet: who holds them, until when, with what money."""

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from projects.postes.models import CofinancementPoste, Desserte, Occupation, Poste, Recrutement
from projects.postes.models.cofinancements import (
    PLAFOND_ANNUEL,
    PLAFOND_ANNUEL_ANAH,
    PLAFOND_ANNUEL_AVEC_ANAH,
    TAUX_MAXIMUM,
    TAUX_MAXIMUM_ANAH,
)
from pvd.suivi.verifications.registre import verification
from socle.dates import Precision
from socle.francais import euros, pour_cent
from socle.remarques import EXACT


@verification(
    "plusieurs_titulaires",
    "Plusieurs personnes sur un poste",
    "Au moins deux personnes sont en poste aujourd'hui : un partage ou un tuilage, ou un départ qui "
    "n'a pas été enregistré.",
)
def held_by_several(perimetre, jour):
    """Yield the posts that at least two people hold on `jour`."""
    yield perimetre.of(Poste).a_plusieurs(jour)


@verification(
    "ferme_mais_occupe",
    "Poste fermé, encore occupé",
    "Le poste est fermé et quelqu'un y est encore en poste : enregistrez son dernier jour. En "
    "attendant, cette personne n'est pas comptée.",
)
def closed_and_held(perimetre, jour):
    """Yield the posts closed by `jour` of which an occupation still runs."""
    yield perimetre.of(Poste).fermes_mais_occupes(jour)


@verification(
    "suite_apres_fermeture",
    "Poste fermé, et une suite",
    "Une offre, une arrivée ou une commune desservie commence alors que le poste est fermé : vérifiez le "
    "jour de la fermeture, ou celui de la suite. Un poste qui rouvre est un autre poste.",
)
def begun_after_closing(perimetre, jour):
    """Yield the posts closed by `jour` of which an offer, an arrival or a service surely begins since."""
    found, days = Q(pk__in=[]), []
    for model, champ in (
        (Recrutement, "date_publication"),
        (Occupation, "debut"),
        (Desserte, "debut"),
    ):
        since = model.objects.filter(surely_since_closing(champ))
        found |= Q(pk__in=since.order_by().values("poste"))
        first = since.filter(poste=OuterRef("pk")).order_by(champ, "pk")
        days.append(Subquery(first.values(champ)[:1]))
    closed = perimetre.of(Poste).filter(found, date_fermeture__lte=jour)
    yield closed.annotate(detail=Coalesce(*days))


def surely_since_closing(champ):
    """Return how to choose rows of posts whose day is not before the closing, whatever is known of it."""
    closing, precision = F("poste__date_fermeture"), "poste__precision_fermeture"
    exact = Q(**{f"{champ}__gte": closing, f"{precision}__in": EXACT})
    later_year = Q(**{f"{champ}__year__gt": F("poste__date_fermeture__year")})
    later_month = Q(
        **{
            f"{champ}__year": F("poste__date_fermeture__year"),
            f"{champ}__month__gt": F("poste__date_fermeture__month"),
            precision: Precision.MOIS.value,
        }
    )
    return exact | later_year | later_month


@verification(
    "sans_commune",
    "Poste ouvert, sans commune",
    "Le poste ne dessert plus aucune commune et n'est pas fermé : il n'est plus dans les listes, et qui "
    "l'occupe n'est plus compté. Fermez-le, ou dites qui il dessert.",
)
def open_and_serving_nobody(perimetre, jour):
    """Yield the posts known and not closed on `jour` all of whose dessertes are over by then."""
    last = Desserte.objects.filter(poste=OuterRef("pk")).order_by("-fin")
    lasting = Desserte.objects.filter(Q(fin__isnull=True) | Q(fin__gt=jour)).order_by()
    still = perimetre.of(Poste).known_on(jour).exclude(date_fermeture__lte=jour)
    found = still.exclude(pk__in=lasting.values("poste"))
    yield found.annotate(detail=Subquery(last.values("fin")[:1]))


@verification(
    "contrat_echu",
    "Contrat échu, toujours en poste",
    "Le dernier jour prévu au contrat est passé et aucun départ n'est enregistré : prolongez le "
    "contrat ou enregistrez le départ.",
)
def contract_over(perimetre, jour):
    """Yield the open posts of which someone in post on `jour` has a contract that was over by then."""
    over = Occupation.objects.contrat_echu(jour)
    yield perimetre.of(Poste).filter(pk__in=over.values("poste"))


@verification(
    "cofinancement",
    "Cofinancement au-dessus des plafonds",
    f"En tout plus de {pour_cent(TAUX_MAXIMUM)} ; ou du programme plus de {euros(PLAFOND_ANNUEL)} "
    f"dans l'année, {euros(PLAFOND_ANNUEL_AVEC_ANAH)} quand l'Anah participe ; ou de l'Anah plus de "
    f"{pour_cent(TAUX_MAXIMUM_ANAH)} ou de {euros(PLAFOND_ANNUEL_ANAH)} : vérifiez les décisions.",
)
def above_limits(perimetre, jour):
    """Yield the posts paid, in a year, more than the programme pays; the first such year is told."""
    above = CofinancementPoste.objects.above_limits()
    first = above.filter(poste=OuterRef("pk")).order_by("annee").values("annee")[:1]
    found = perimetre.of(Poste).filter(pk__in=above.values("poste"))
    yield found.annotate(detail=Subquery(first))


@verification(
    "avant_ouverture",
    "Arrivée avant l'ouverture du poste",
    "Une personne est arrivée avant que le poste n'ouvre : elle compte parmi les chefs de projet en poste "
    "dès ce jour. Vérifiez les deux dates.",
)
def held_before_opening(perimetre, jour):
    """Yield the posts that someone joined, by `jour`, before they opened.

    One whose opening is known « au plus tard » a day may have been open.
    """
    early = Occupation.objects.filter(debut__lte=jour, debut__lt=F("poste__date_ouverture"))
    early = early.exclude(poste__precision_ouverture=Precision.AU_PLUS_TARD)
    first = early.filter(poste=OuterRef("pk")).order_by("debut").values("debut")[:1]
    found = perimetre.of(Poste).filter(pk__in=early.order_by().values("poste"))
    yield found.annotate(detail=Subquery(first))
