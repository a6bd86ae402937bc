"""What every page repeats: the département of the site, how far the data go, the days to go to."""

from django import template
from django.conf import settings
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.utils.text import capfirst

from communes.interlocuteurs.lecture import interlocuteurs_de
from communes.models import Departement
from communes.programme.lecture import programme_au
from projects.postes.models import Etat
from projects.postes.phrases import tell_depuis
from pvd.signalements.formulaire import SignalementForm
from pvd.signalements.pages import PageInconnue, PageSignalee, match_of
from pvd.suivi.completude import completude
from pvd.suivi.jalons import (
    jalons_de_l_action,
    jalons_de_l_intercommunalite,
    jalons_de_l_ort,
    jalons_de_la_commune,
    jalons_du_departement,
)
from pvd.suivi.non_suivi import SANS_LAUREATE, doute, ort_non_suivies, tell_non_confirmee
from socle.web.adresses import meme_demande

register = template.Library()


@register.simple_tag(takes_context=True)
def departement_du_site(context):
    """Return the département that `PVD_DEPARTEMENT` names, or None: one query a page.

    None too while the database does not answer: a page that needs nothing else of it is shown.
    """
    panne = context.get("panne")
    if not settings.PVD_DEPARTEMENT or (panne and panne.sans_base):
        return None
    try:
        return Departement.objects.filter(pk=settings.PVD_DEPARTEMENT).first()
    except DatabaseError:
        return None


@register.inclusion_tag("includes/completude.html")
def completude_des_donnees(departement=None, champ="tenue"):
    """Tell how far the data go, in one département or in France; nothing where they are complete."""
    return {"completude": completude(departement, champ)}


@register.inclusion_tag("includes/programme.html")
def fin_du_programme(jour):
    """Tell until when the programme is planned, as `jour` knows it."""
    return {"programme": programme_au(jour)}


@register.inclusion_tag("includes/interlocuteurs.html", takes_context=True)
def votre_interlocuteur(context, departements):
    """Tell whom to call in a département, or in each of several, as it is today: one query."""
    asked = departements if isinstance(departements, (list, tuple)) else [departements]
    return {
        "interlocuteurs": interlocuteurs_de([departement for departement in asked if departement]),
        "jour": context["jour"],
        "aujourdhui": context["aujourdhui"],
    }


@register.simple_tag(takes_context=True)
def jalons_de_la_page(context, departement):
    """Return the `Jalons` around the day of the page, of what it is about, else of a département.

    None without either.
    """
    jour, today = context["jour"], context["aujourdhui"]
    if situation := context.get("situation"):
        return jalons_de_la_commune(situation, today)
    if convention := context.get("convention"):
        return jalons_de_l_ort(convention, jour, today)
    if intercommunalite := context.get("intercommunalite"):
        return jalons_de_l_intercommunalite(intercommunalite, jour, today)
    if fiche := context.get("fiche"):
        return jalons_de_l_action(fiche.action, jour, today)
    return jalons_du_departement(departement, jour, today) if departement else None


@register.simple_block_tag(end_name="endtableau")
def tableau(content, legende=None, classe="", defile=False):
    """Write a table of the State's design system around its head and its body, and its caption.

    `defile`, it scrolls by keyboard inside its page, under the name of its caption.
    """
    return render_to_string(
        "includes/tableau.html",
        {"content": content, "legende": legende, "classe": classe, "defile": defile},
    )


@register.simple_tag
def quand_comptees(situations):
    """Return when the populations of a list were counted, « en 2023 », or "" if not all in one year."""
    annees = {situation.population.quand for situation in situations if situation.population}
    return annees.pop() if len(annees) == 1 else ""


@register.inclusion_tag("includes/colonne.html", takes_context=True)
def colonne(context, nom, titre, classe=""):
    """Write the header of the column `titre`, sorted by `?tri=nom` where the list of the page can be.

    The link goes up first, then down.
    """
    filtres = context.get("filtres")
    if not filtres or nom not in filtres.tris:
        return {"titre": titre, "classe": classe}
    sens = {nom: "ascending", f"-{nom}": "descending"}.get(filtres.tri, "none")
    up = sens != "ascending"
    return {
        "titre": titre,
        "classe": classe,
        "tri": True,
        "sens": sens,
        "ordre": "croissant" if up else "décroissant",
        "adresse": meme_demande(context, tri=nom if up else f"-{nom}", page=None),
    }


@register.inclusion_tag("includes/signaler.html", takes_context=True)
def signaler(context):
    """Show, closed, the form that reports an error on this page; nothing where there is no page."""
    today, request = context.get("aujourdhui"), context.get("request")
    try:
        match_of(request.path if request else "")
    except PageInconnue:
        return {}
    page = PageSignalee(request.path, context.get("jour") or today)
    return {"jeton": page.jeton(today), "form": SignalementForm(), "request": request}


@register.inclusion_tag("includes/completude.html")
def reserve_sur_les_ort(departement, jour):
    """Tell, of a list, that the ORT without commune lauréate are not in it, where none is recorded."""
    untold = ort_non_suivies(departement, jour)
    return {"completude": f"{capfirst(SANS_LAUREATE)}." if untold else ""}


register.filter(doute)
register.filter("document_non_confirme", tell_non_confirmee)


register.filter("poste_depuis", tell_depuis)


@register.filter
def etat_poste(etat):
    """Write the state of a post: « en recrutement »."""
    return Etat(etat).label
