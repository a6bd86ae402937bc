"""The home of the back office: what waits for an agent, in its départements, by task."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Prefetch
from django.utils import timezone

from communes.models import Labellisation
from communes.programme.models import MONTHS_FROM_ADHESION_TO_ORT
from ort.models import CommuneCouverte, Convention
from projects.postes.histoire import tell_etat
from projects.postes.models import CofinancementPoste, Desserte, Occupation, Poste
from projects.postes.models.postes import MONTHS_AHEAD, SANS_PERSONNE
from pvd.bureau.changements import recent_changes
from pvd.bureau.gestes import gestes_for
from pvd.bureau.perimetre import perimetre_of
from pvd.signalements.models import Signalement
from pvd.suivi.verifications import count_constats
from socle.dates import ONE_DAY, add_months

# The home shows so many lines of each sort, and says how many more there are.
LINES = 10
TITRES_DES_GESTES = {
    "Une commune": Labellisation,
    "Une convention": Convention,
    "Un poste de chef de projet": Poste,
}
MONTHS_AHEAD_ADHESION = 3
MONTHS_AHEAD_ORT = 12


def late_ort(perimetre, jour):
    """Return the labellisations without ORT whose 18 months are over or end within three months.

    The earliest first; each bears `en_retard`.
    """
    covered = CommuneCouverte.objects.en_vigueur(jour).filter(commune=OuterRef("commune_id"))
    horizon = add_months(jour, MONTHS_AHEAD_ADHESION)
    # A month is added day for day: the margin of the query is a few days, read again below.
    signed_by = add_months(horizon, -MONTHS_FROM_ADHESION_TO_ORT) + timedelta(days=4)
    waiting = (
        perimetre.of(Labellisation)
        .as_of(jour)
        .filter(~Exists(covered), date_signature_adhesion__lte=signed_by)
        .select_related("commune")
        .order_by("date_signature_adhesion", "commune__nom_recherche")
    )
    found = [row for row in waiting if row.echeance_ort <= horizon]
    for row in found:
        row.en_retard = row.dernier_jour_echeance < jour
    return found


def ending_ort(perimetre, jour):
    """Return the ORT in force that end within twelve months, the first to end first, with `fin`."""
    horizon = add_months(jour, MONTHS_AHEAD_ORT)
    ended = Convention.objects.ended(horizon)
    soon = perimetre.of(Convention).ort().en_vigueur(jour).filter(pk__in=ended.values("pk"))
    found = list(soon.prefetch_related("avenants"))
    for convention in found:
        convention.fin = convention.date_fin_au(jour)
    return sorted(found, key=lambda convention: convention.fin)


def posts_to_fill(perimetre, jour):
    """Return the posts that are vacant or in recruitment, the longest without anybody first.

    Each bears its communes of the day, and `suivi`: its state, since when, for how many days.
    """
    served = Desserte.objects.as_of(jour).select_related("commune")
    posts = perimetre.of(Poste).with_suivi(jour).filter(etat__in=SANS_PERSONNE)
    # A date that is not known comes last, on both databases.
    posts = posts.order_by(F("vacant_depuis").asc(nulls_last=True), "identifiant")
    found = list(posts.prefetch_related(Prefetch("dessertes", served, to_attr="du_jour")))
    for poste in found:
        poste.suivi = tell_etat(poste)
    return found


def ending_contracts(perimetre, jour):
    """Return the contracts that end within six months, with `dernier_jour`, the first to end first."""
    ending = Occupation.objects.ending_between(jour, add_months(jour, MONTHS_AHEAD))
    return ending_ones(ending.order_by("fin_attendue", "pk"), "fin_attendue", perimetre)


def ending_fundings(perimetre, jour):
    """Return the fundings that end within six months, with `dernier_jour`, the first to end first."""
    ending = CofinancementPoste.objects.ending_between(jour, add_months(jour, MONTHS_AHEAD))
    return ending_ones(ending.order_by("fin", "pk"), "fin", perimetre)


# Posts often bear the same name: who employs tells them apart.
WITH_EMPLOYER = [
    "poste__employeur_commune",
    "poste__employeur_intercommunalite",
    "poste__employeur_organisme",
]


def ending_ones(rows, fin, perimetre):
    """Return those of `rows` that hang on a post of the agent, with their last day."""
    theirs = perimetre.of(Poste).order_by().values("pk")
    found = list(rows.filter(poste__in=theirs).select_related(*WITH_EMPLOYER))
    for row in found:
        row.dernier_jour = getattr(row, fin) - ONE_DAY
    return found


def reports_to_answer(perimetre, jour):
    """Return the errors reported by visitors that await an answer, the oldest first, with `age`."""
    waiting = perimetre.of(Signalement).ouverts().select_related("commune", "convention")
    found = list(waiting.order_by("created_at", "pk"))
    for signalement in found:
        signalement.age = signalement.attente(jour)
    return found


@dataclass
class Section:
    """The first lines of a task, and how many there are."""

    lignes: list
    total: int

    @classmethod
    def of(cls, found):
        return cls(found[:LINES], len(found))

    @property
    def reste(self):
        return self.total - len(self.lignes)


def home(request):
    """Return what the home page shows, in a number of queries that does not grow."""
    perimetre, own = perimetre_of(request)
    jour = timezone.localdate()
    return {
        "jour": jour,
        "perimetre": perimetre,
        "departements": own,
        "retards": Section.of(late_ort(perimetre, jour)),
        "echeances": Section.of(ending_ort(perimetre, jour)),
        "postes": Section.of(posts_to_fill(perimetre, jour)),
        "contrats": Section.of(ending_contracts(perimetre, jour)),
        "cofinancements": Section.of(ending_fundings(perimetre, jour)),
        "signalements": Section.of(reports_to_answer(perimetre, jour))
        if request.user.has_perm("suivi.change_signalement")
        else None,
        "changements": Section.of(recent_changes(perimetre, timezone.now())),
        "constats": count_constats(perimetre, jour),
        "gestes": [
            (titre, gestes)
            for titre, model in TITRES_DES_GESTES.items()
            if (gestes := gestes_for(request.user, model))
        ],
    }
