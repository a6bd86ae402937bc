"""The home of the back office: its boxes, and the gestes that it offers."""

from django.utils import timezone

from communes.models import Labellisation, Mouvement
from ort.models import Convention
from projects.models import Action, Bilan, Etude, EvenementClub, Financement, Poste
from pvd.bureau.accueil.boites import what_is_told, what_waits
from pvd.bureau.changements import RECENT
from pvd.bureau.gestes import gestes_for
from pvd.bureau.perimetre import asked_perimetre

TITRES_DES_GESTES = {
    "Une commune": Labellisation,
    "Une convention": Convention,
    "Un bilan d'ORT": Bilan,
    "Un poste de chef de projet": Poste,
    "Une action d'un plan": Action,
    "Une étude": Etude,
    "L'argent d'une action ou d'une étude": Financement,
    "Le Club": EvenementClub,
    "Le territoire": Mouvement,
}


def home(request):
    """Return what the home page shows, in a number of queries that does not grow."""
    perimetre, own = asked_perimetre(request)
    jour = timezone.localdate()
    waiting = what_waits(perimetre, jour)
    return {
        "jour": jour,
        "perimetre": perimetre,
        "departements": own,
        "rien_n_attend": not any(waiting),
        "boites": [*waiting, *what_is_told(perimetre, own, jour)],
        "changements_depuis": (jour - RECENT).isoformat(),
        "gestes": [
            (titre, gestes)
            for titre, model in TITRES_DES_GESTES.items()
            if (gestes := gestes_for(request.user, model))
        ],
    }
