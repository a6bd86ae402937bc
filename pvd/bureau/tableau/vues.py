"""The pages of « Toutes mes communes »: the table, its columns, its files."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from pvd.bureau.portes import des_communes
from pvd.bureau.tableau.colonnes import TOUJOURS, colonnes_de, lisibles_par
from pvd.bureau.tableau.complements import completer
from pvd.bureau.tableau.demande import ORT, POSTES, STATUTS, Demande
from socle.admin.exports import FORMES

PER_PAGE = 100


@des_communes
@require_safe
def tableau(request):
    """Show the table as it is asked for, with the columns that the agent chose."""
    demande = Demande(request)
    page = Paginator(demande.lignes, PER_PAGE).get_page(request.GET.get("page"))
    colonnes = colonnes_de(request.user)
    shown = completer(list(page), colonnes, request.user)
    context = admin.site.each_context(request) | {
        "title": "Toutes mes communes",
        "demande": demande,
        "departements": demande.departements,
        "perimetre": demande.perimetre,
        "filtres": [
            ("ORT", choices_of(request, "ort", ORT, demande.ort)),
            ("statut", choices_of(request, "statut", STATUTS, demande.statut)),
            ("chef de projet", choices_of(request, "poste", POSTES, demande.poste)),
            (
                "intercommunalité",
                choices_of(request, "epci", demande.intercommunalites, demande.epci),
            ),
        ],
        "colonnes": colonnes,
        "toutes_les_colonnes": par_groupe(demande.colonnes, colonnes),
        "page": page,
        "cellules": [[colonne.cellule(ligne) for colonne in colonnes] for ligne in shown],
        "formes": {forme: format.titre for forme, format in FORMES.items()},
    }
    return TemplateResponse(request, "bureau/tableau.html", context)


def choices_of(request, name, choices, chosen):
    """Return the choices of a filter as those of a list of Django: its template shows both."""
    for value, display in choices.items():
        query = request.GET.copy()
        query.pop("page", None)
        query[name] = value
        yield {
            "display": display,
            "selected": value == chosen,
            "query_string": f"?{query.urlencode()}",
        }


def par_groupe(colonnes, chosen):
    """Return the columns that may be chosen, by group, each with whether it is."""
    groupes = {}
    for colonne in colonnes.values():
        if colonne.nom not in TOUJOURS:
            groupes.setdefault(colonne.groupe, []).append((colonne, colonne in chosen))
    return groupes


@des_communes
@require_POST
def choisir(request):
    """Keep the columns that the agent chose, and lead back to what was asked."""
    asked = set(request.POST.getlist("colonne"))
    readable = lisibles_par(request.user)
    request.user.colonnes_du_tableau = [nom for nom in readable if nom in asked]
    request.user.save(update_fields=["colonnes_du_tableau"])
    query = request.GET.urlencode()
    return HttpResponseRedirect(reverse("admin:tableau") + (query and f"?{query}"))


@des_communes
@require_safe
def telecharger(request, forme):
    """Send the rows asked for, all of them, with the columns shown."""
    if forme not in FORMES:
        raise Http404
    demande, colonnes = Demande(request), colonnes_de(request.user)
    rows = (
        [demande.jour, *(colonne.valeur(ligne) for colonne in colonnes)]
        for ligne in completer(demande.lignes, colonnes, request.user)
    )
    header = ["date_situation", *(colonne.nom for colonne in colonnes)]
    return FORMES[forme].answer(header, rows, f"pvd-interne-mes-communes-{demande.jour:%Y%m%d}")
