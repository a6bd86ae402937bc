"""The posts over time, counted by month; see « Les graphiques » in docs/regles.md."""

from bisect import bisect_right
from collections import Counter

from django.db.models import Prefetch
from django.utils.dates import MONTHS

from projects.postes.models import Desserte, Etat, Occupation, Poste, Recrutement
from socle.dates import add_months, in_french
from socle.dessin.graphiques import Graphique, Serie, changes_only, period_ends
from socle.francais import pluriel

SHOWN = {
    Etat.POURVU: "postes pourvus",
    Etat.RECRUTEMENT: "postes en recrutement",
    Etat.VACANT: "postes vacants",
}
# Seven years: the time of the programme so far, and what a drawing can show month by month.
MONTHS_AT_MOST = 84


def etats_des_postes(departement, jour):
    """Return the chart of the posts by state at the end of each month, then on `jour`, or None.

    The posts are those that served that day a commune of `departement` (None: all those recorded),
    in the state that `with_etat` would give them. None when nothing dated is recorded by `jour`.
    Four queries, whatever the number of posts and of months.
    """
    postes = list(with_dates(departement))
    facts = [fact for poste in postes for fact in dated_facts(poste) if fact <= jour]
    if not facts:
        return None
    days = months(min(facts), jour)
    counts = [Counter() for _ in days]
    for poste in postes:
        for count, etat in zip(counts, etats(poste, days), strict=True):
            count[etat] += 1
    values = [tuple(count[etat] for etat in SHOWN) for count in counts]
    rows = [(month_of(day, jour), value) for day, value in zip(days, values, strict=True)]
    return Graphique(
        cle="postes",
        titre="Postes de chef de projet pourvus, en recrutement et vacants",
        jours=days,
        series=[
            Serie(nom, column)
            for nom, column in zip(SHOWN.values(), zip(*values, strict=True), strict=True)
        ],
        entetes=["À la fin du mois", "Pourvus", "En recrutement", "Vacants"],
        lignes=changes_only(rows),
        empile=True,
        legende=f"Postes jusqu'au {in_french(jour)} : mois où un nombre change",
        notes=notes_of(counts[-1][Etat.INCONNU]),
    )


def with_dates(departement):
    """Return the posts with their dates, and nothing of the people: those that ever served there."""
    served = Desserte.objects.only("poste", "debut", "fin")
    if departement is not None:
        served = served.filter(commune__departement=departement)
    return Poste.objects.filter(pk__in=served.values("poste")).prefetch_related(
        Prefetch("dessertes", served.order_by(), to_attr="dessertes_la"),
        Prefetch("occupations", Occupation.objects.only("poste", "debut", "fin").order_by()),
        Prefetch(
            "recrutements",
            Recrutement.objects.only("poste", "date_publication", "date_issue").order_by(),
        ),
    )


def dated_facts(poste):
    """Return the days when something of the post began."""
    facts = [poste.date_ouverture]
    facts += [held.debut for held in poste.occupations.all()]
    facts += [offer.date_publication for offer in poste.recrutements.all()]
    return [fact for fact in facts if fact]


def etats(poste, days):
    """Return the state of the post on each of `days`, computed once between two of its dates."""
    changes = sorted(all_dates(poste))
    known = {}
    for day in days:
        between = bisect_right(changes, day)
        if between not in known:
            known[between] = etat_au(poste, day)
        yield known[between]


def all_dates(poste):
    """Return the days when the state of the post may change."""
    periods = [*poste.dessertes_la, *poste.occupations.all()]
    dates = [poste.date_ouverture, poste.date_fermeture]
    dates += [day for period in periods for day in (period.debut, period.fin)]
    for offer in poste.recrutements.all():
        dates += [offer.date_publication, offer.date_issue]
    return {date for date in dates if date}


def etat_au(poste, jour):
    """Return the state on `jour`, by the rule of `PosteQuerySet.with_etat`; None if it did not serve."""
    if not any(served.holds_on(jour) for served in poste.dessertes_la):
        return None
    held = poste.occupations.all()
    offers = poste.recrutements.all()
    if poste.date_fermeture and poste.date_fermeture <= jour:
        return Etat.FERME
    if any(occupation.holds_on(jour) for occupation in held):
        return Etat.POURVU
    if any(under_way(offer, jour) for offer in offers):
        return Etat.RECRUTEMENT
    if poste.date_ouverture and poste.date_ouverture > jour:
        return Etat.PREVU
    if poste.date_ouverture or any(left.fin and left.fin <= jour for left in held):
        return Etat.VACANT
    return Etat.INCONNU


def under_way(offer, jour):
    """Tell whether an offer is published and without outcome: see `RecrutementQuerySet.under_way`."""
    settled = offer.date_issue is not None and offer.date_issue <= jour
    return offer.date_publication <= jour and not settled


def months(first, jour):
    """Return the last day of each month, from the one before `first`, then `jour`: seven years at most."""
    start = max(first.replace(day=1), add_months(jour.replace(day=1), -MONTHS_AT_MOST))
    return period_ends(start, jour, 1)


def month_of(day, jour):
    """Write a month: « juin 2021 », or « 23 novembre 2026 » for the day of the page."""
    return in_french(jour) if day == jour else f"{MONTHS[day.month]} {day.year}"


def notes_of(unknown):
    """Return what the drawing leaves out, in words."""
    if not unknown:
        return []
    return [f"Sans compter {pluriel(unknown, 'poste,postes')} dont aucune date ne dit l'état."]
