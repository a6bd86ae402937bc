"""The actions: their list, the page of each, and the financing plan that its owner must post."""

from collections import Counter
from functools import partial, wraps
from itertools import groupby

from django.db import models
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from communes.models import Departement
from ort.models import Secteur
from projects.actions.models import Action, ActionSecteur
from projects.financements.faits import FaitCompte
from projects.projet.du_jour import ActionsDatees
from projects.projet.fiche import FicheAction, sources
from projects.projet.filtres import ActionFiltres
from projects.projet.lecture import LIEES, situer
from projects.projet.publiques import publiques
from socle.dates import known_by
from socle.web.jour import jour_of
from socle.web.ordre import EnOrdre, in_order
from socle.web.pages import asked_page


class PartieDeListe(models.TextChoices):
    """The parts of the list of actions, in their order."""

    AU_PLAN = "au_plan", "Actions au plan"
    SORTIE = "sortie", "Actions sorties du plan, qui ne sont plus comptées"
    RELEVEE = "relevee", "Opérations relevées, hors plan connu"


def liste(request):
    jour = jour_of(request)
    filtres = ActionFiltres(request, Action.objects.all(), jour)
    rows, parties = by_partie(in_order(filtres.rows, "identifiant"), jour)
    page = asked_page(request, rows.select_related("convention"))
    filtres.offer()
    datees = partial(ActionsDatees, faits=FaitCompte, successions=filtres.successions)
    shown = situer(list(page), jour, datees, filtres.annuaire)
    context = {
        "jour": jour,
        "filtres": filtres,
        "table": "actions",
        "page": page,
        "plusieurs_plans": len({action.plan for action in shown}) > 1,
        "nombres": {partie.value: number for partie, number in Counter(parties.values()).items()},
        "parties": [(p, list(found)) for p, found in groupby(shown, lambda a: parties[a.pk])],
    }
    return render(request, "projects/projet/liste.html", context)


def by_partie(rows, jour):
    """Return `rows` by part of the list, each in the order asked for, and the part of each, by key."""
    queryset = rows.queryset if isinstance(rows, EnOrdre) else rows
    read = queryset.values_list("pk", "entree_par", "sortie__date_signature")
    parties = {pk: partie(entree_par, out, jour) for pk, entree_par, out in read}
    ranks = list(PartieDeListe)
    cles = rows.cles if isinstance(rows, EnOrdre) else list(parties)
    return EnOrdre(
        Action.objects.all(), sorted(cles, key=lambda cle: ranks.index(parties[cle]))
    ), parties


def partie(entree_par, sortie, jour):
    """Return the part of the list where an action is: see `PartieDeListe`."""
    if not entree_par:
        return PartieDeListe.RELEVEE
    return PartieDeListe.SORTIE if known_by(sortie, jour) else PartieDeListe.AU_PLAN


def pas_encore(view):
    """Say of an action known today, and asked for on a day before, that it is not there yet."""

    @wraps(view)
    def told(request, identifiant):
        try:
            return view(request, identifiant)
        except Http404:
            known = publiques(timezone.localdate())
            context = {
                "jour": jour_of(request),
                "action": get_object_or_404(known, identifiant=identifiant),
            }
            return render(request, "projects/projet/pas_encore.html", context)

    return told


@pas_encore
def action(request, identifiant):
    jour = jour_of(request)
    found = find_action(identifiant, jour)
    fiche = FicheAction(found, jour)
    context = page_of(found, jour) | {"fiche": fiche, "documents": fiche.documents}
    return render(request, "projects/projet/action.html", context)


@pas_encore
def affiche(request, identifiant):
    """Show the financing plan of an action, on one sheet (CGCT, art. L. 1111-11)."""
    jour = jour_of(request)
    found = find_action(identifiant, jour)
    address = f"{reverse('action', args=[found.identifiant])}?au={jour.isoformat()}"
    context = page_of(found, jour) | {
        "fiche": FicheAction(found, jour),
        "a_completer": "à compléter par le maître d'ouvrage",
        "adresse": request.build_absolute_uri(address),
    }
    return render(request, "projects/projet/affiche.html", context)


def find_action(identifiant, jour):
    """Return the action of that name, with all that is known of it on `jour`.

    Raises `Http404` for one that no act signed by that day brings, and that no document tells.
    """
    des_secteurs = ActionSecteur.objects.filter(
        secteur__in=Secteur.objects.connues(jour).order_by()
    )
    shown = publiques(jour).select_related(*LIEES)
    shown = shown.prefetch_related(
        sources(),
        Prefetch("secteurs_lies", des_secteurs.select_related("secteur")),
        "themes_lies__theme",
        "partenaires_lies__organisme",
    )
    return situer([get_object_or_404(shown, identifiant=identifiant)], jour)[0]


def page_of(found, jour):
    """Return what the two pages of an action show of it."""
    codes = found.annuaire.departements(found.du_jour)
    departements = list(Departement.objects.filter(pk__dans=codes))
    return {
        "jour": jour,
        "action": found,
        "du_jour": found.du_jour,
        "departement": departements[0] if departements else None,
    }
