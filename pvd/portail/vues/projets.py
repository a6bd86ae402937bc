"""« Le projet » whole, of a commune, an ORT, a département or France; and what the actions have come to."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from communes.models import Departement
from ort.actes import OrtDuJour, with_actes
from ort.models import Convention
from projects.actions.models import Action
from projects.projet.entier import ProjetEntier
from projects.projet.filtres import ResultatFiltres
from projects.projet.resultats import Resultats
from projects.projet.resume import LieuDuProjet, Projet
from pvd.portail.vues.communes import find_situation, redirect_to_commune_of_today
from pvd.suivi.phrases import sentence
from socle.francais import insecable, nom_au
from socle.memoire import without_collecting
from socle.web.jour import jour_of


def projet_de_la_commune(request, code):
    """Show the projet of a commune; of a code that is no more, lead to the commune that follows it."""
    jour = jour_of(request)
    situation = find_situation(code, jour)
    if situation is None:
        return redirect_to_commune_of_today(request, code, "commune_projet")
    found = situation.commune
    return page(
        request,
        jour,
        found,
        LieuDuProjet("commune", found.pk),
        found.departement,
        sentence(situation) if found.holds_on(jour) else "",
        situation,
    )


def projet_de_l_ort(request, identifiant):
    jour = jour_of(request)
    conventions = with_actes(Convention.objects.all(), jour)
    found = get_object_or_404(conventions, identifiant=identifiant)
    return page(
        request,
        jour,
        found,
        LieuDuProjet("ort", found.identifiant),
        found.departement_reference,
        OrtDuJour(found, jour).phrase,
        convention=found,
    )


def projet_du_departement(request, code):
    jour = jour_of(request)
    found = get_object_or_404(Departement, pk=code.upper())
    return page(request, jour, found, LieuDuProjet("departement", found.pk), found)


def projet_de_la_france(request):
    """Show the actions of all the départements, each counted once."""
    jour = jour_of(request)
    context = {
        "jour": jour,
        "projet": Projet(LieuDuProjet("", ""), jour),
        "nom": "France",
        "ici": insecable("Le projet : France"),
        "parent": "departements",
        "parent_nom": "Départements",
        "adresse_du_lieu": reverse("departements"),
        "de_quoi": "de la France",
        "france": True,
    }
    with without_collecting():
        return render(request, "portail/projet.html", context)


# Where the breadcrumb of each goes through, the page of the place itself, and what that page is of.
PARENTS = {
    "commune": ("communes", "Communes", "commune", "de la commune"),
    "ort": ("ort_liste", "ORT", "ort", "de l'ORT"),
    "departement": ("departements", "Départements", "departement", "du département"),
}


def page(request, jour, lieu, territoire, departement, phrase="", situation=None, convention=None):
    """Show the projet of a place, whole; `phrase` tells where it stands.

    The days led to are those of `situation`, of a commune, or of `convention`, else those of `departement`.
    """
    nom = nom_au(lieu, jour)
    parent, parent_nom, fiche, de_quoi = PARENTS[territoire.critere]
    context = {
        "jour": jour,
        "projet": ProjetEntier(territoire, jour),
        "entier": True,
        "nom": nom,
        "ici": insecable(f"Le projet : {nom}"),
        "parent": parent,
        "parent_nom": parent_nom,
        "adresse_du_lieu": reverse(fiche, args=[territoire.valeur]),
        "de_quoi": de_quoi,
        "departement": departement,
        "phrase": phrase,
        "situation": situation,
        "convention": convention,
        "detaille": territoire.critere != "departement",
    }
    return render(request, "portail/projet.html", context)


def resultats(request):
    """Show the results of a département, or of France, where each action counts once."""
    jour = jour_of(request)
    filtres = ResultatFiltres(request, Action.objects.all(), jour)
    filtres.refuse_unknown()
    departement = filtres.departement_choisi
    lieu = LieuDuProjet("departement", departement.pk) if departement else LieuDuProjet("", "")
    projet = Projet(lieu, jour)
    context = {
        "jour": jour,
        "filtres": filtres.offer(),
        "departement": departement,
        "projet": projet,
        "resultats": Resultats(projet),
    }
    return render(request, "portail/resultats.html", context)
