"""The posts over time, counted by month; see « Les graphiques » in docs/regles.md."""

import datetime
from collections import Counter
from itertools import pairwise

from django.db.models import Q
from django.utils.dates import MONTHS

from communes.models import Commune
from projects.postes.faits import postes_dates
from projects.postes.models import Desserte, Etat
from projects.postes.regles import etapes_du_poste
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


def etats_des_postes(departement, jour, dates=None):
    """Return the chart of the posts by state at the end of each month, then on `jour`, or None.

    The posts are those that served that day a commune of `departement` (None: all those recorded),
    in the state that the rules give them. None when nothing dated is recorded by `jour`. One sweep
    of the days when a post changes, whatever the number of posts and of months. `dates` are those of
    all the posts, for whoever has read them.
    """
    postes = with_dessertes(departement, dates)
    facts = [fact for poste, _ in postes for fact in dated_facts(poste) if fact <= jour]
    if not facts:
        return None
    days = months(min(facts), jour)
    counts = sweep([etapes_du_poste(poste, served) for poste, served in postes], days)
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


def with_dessertes(departement, dates=None):
    """Return the posts, as their dates, that ever served the département, each with what served there."""
    if departement is None:
        dates = dates or postes_dates()
        return [(poste, poste.dessertes) for poste in dates.values() if poste.dessertes]
    ever = Q(commune__departement=departement)
    ever |= Q(commune__successions__devient__departement=departement)
    served = Desserte.objects.order_by("poste").filter(ever)
    postes = postes_dates(list(served.values_list("poste", flat=True).distinct()))
    named = {desserte.commune for poste in postes.values() for desserte in poste.dessertes}
    communes = Commune.objects.order_by().filter(departement=departement, pk__dans=named)
    there = set(communes.values_list("pk", flat=True))
    return [
        (poste, [desserte for desserte in poste.dessertes if desserte.commune in there])
        for poste in postes.values()
    ]


def dated_facts(poste):
    """Return the days when something of the post began."""
    facts = [poste.date_ouverture]
    facts += [held.debut for held in poste.occupations]
    facts += [offer.date_publication for offer in poste.recrutements]
    return [fact for fact in facts if fact]


def sweep(stories, days):
    """Return, for each of `days`, in order, how many of `stories`, lists of `Etape`, are in each state."""
    changes = []
    for story in stories:
        for before, after in pairwise([None, *story]):
            was = before.valeur if before else None
            changes.append((after.debut or datetime.date.min, was, after.valeur))
    changes.sort(key=lambda change: change[0])
    count, counts, done = Counter(), [], 0
    for day in days:
        while done < len(changes) and changes[done][0] <= day:
            _, was, becomes = changes[done]
            count[was] -= 1
            count[becomes] += 1
            done += 1
        counts.append(count.copy())
    return counts


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
