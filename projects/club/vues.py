"""What the Club held, and will hold, on a day: one list, what is to come first."""

from collections import Counter
from itertools import groupby

from django.db import models
from django.shortcuts import render

from communes.models import Commune
from projects.club.filtres import EvenementFiltres
from projects.club.lecture import situer, with_details
from projects.club.models import EvenementClub, RessourceClub
from projects.club.regles import Moment, moment
from socle.web.jour import jour_of
from socle.web.ordre import EnOrdre, cles_de, in_order
from socle.web.pages import asked_page


class PartieDuClub(models.TextChoices):
    """The parts of the list of events, in their order."""

    A_VENIR = "a_venir", "À venir et en cours"
    PASSE = "passe", "Ce qui a eu lieu"


def club(request):
    jour = jour_of(request)
    filtres = EvenementFiltres(request, EvenementClub.objects.all(), jour)
    rows, parties = by_partie(filtres, jour)
    page = asked_page(request, with_details(rows))
    shown = situer(page, jour)
    context = {
        "jour": jour,
        "filtres": filtres.offer(),
        "table": "evenements",
        "page": page,
        "nombres": {partie.value: number for partie, number in Counter(parties.values()).items()},
        "parties": [
            (partie, list(found))
            for partie, found in groupby(shown, lambda event: parties[event.evenement.pk])
        ],
        "communes": communes_nommees(shown),
        "ressources": RessourceClub.objects.filter(evenement=None),
        "documents": documents(shown),
    }
    return render(request, "projects/club/liste.html", context)


def by_partie(filtres, jour):
    """Return the events by part of the list, and the part of each, by key.

    Unless another order is asked for, what is to come begins with the next, and what was with the last.
    """
    kept = filtres.rows
    rows = {row.pk: row for row in EvenementClub.objects.filter(pk__dans=cles_de(kept))}
    parties = {cle: partie(row, jour) for cle, row in rows.items()}
    cles = cles_de(in_order(kept, "debut", "identifiant"))
    first = [cle for cle in cles if parties[cle] == PartieDuClub.A_VENIR]
    last = [cle for cle in cles if parties[cle] == PartieDuClub.PASSE]
    ordered = [*first, *(last if filtres.tri else reversed(last))]
    return EnOrdre(EvenementClub.objects.all(), ordered), parties


def partie(evenement, jour):
    """Return the part of the list where an event is: see `PartieDuClub`."""
    past = moment(evenement, jour) == Moment.PASSE
    return PartieDuClub.PASSE if past else PartieDuClub.A_VENIR


def communes_nommees(shown):
    """Return the communes that came to some events, with their former names, by code."""
    codes = {code for event in shown for code in event.communes}
    found = Commune.objects.filter(pk__dans=codes).order_by("nom_recherche")
    return {commune.pk: commune for commune in found.prefetch_related("anciens_noms")}


def documents(shown):
    """Return the documents that tell the days of some events, each once."""
    return list(dict.fromkeys(dit.source for event in shown for dit in event.evenement.dits))
