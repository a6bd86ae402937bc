"""« Le projet » whole: the actions of a commune, an ORT, a département, axe by axe, or of France."""

from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from communes.models import Commune, Departement
from ort.models import Convention
from projects.indicateurs.lecture import mesures_montrees
from projects.projet.resume import LieuDuProjet, Projet
from socle.dates import known_by
from socle.francais import insecable, nom_au
from socle.web.adresses import avec_date
from socle.web.jour import jour_of


def projet_de_la_commune(request, code):
    """Show the actions of a commune; of a code that is no more, lead to the commune that follows it."""
    jour = jour_of(request)
    found = Commune.objects.filter(pk=code.upper()).prefetch_related("anciens_noms").first()
    if found is None:
        current = Commune.objects.resolve(code.upper())
        if current is None:
            raise Http404
        address = reverse("commune_projet", args=[current.pk])
        return redirect(address + avec_date({"request": request}))
    return page(request, jour, found, LieuDuProjet("commune", found.pk), found.departement)


def projet_de_l_ort(request, identifiant):
    jour = jour_of(request)
    found = get_object_or_404(Convention, identifiant=identifiant)
    return page(
        request,
        jour,
        found,
        LieuDuProjet("ort", found.identifiant),
        found.departement_reference,
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
    return render(request, "portail/projet.html", context)


# Where the breadcrumb of each goes through, the page of the place itself, and what that page is of.
PARENTS = {
    "commune": ("communes", "Communes", "commune", "de la commune"),
    "ort": ("ort_liste", "ORT", "ort", "de l'ORT"),
    "departement": ("departements", "Départements", "departement", "du département"),
}


def mesures_de(lieu, jour):
    """Return what is measured of an ORT signed by the day; that of a commune is on its own page."""
    signed = isinstance(lieu, Convention) and known_by(lieu.date_signature, jour)
    return mesures_montrees("convention", lieu.pk, jour) if signed else []


def page(request, jour, lieu, territoire, departement):
    """Show the projet of a place; `departement` is the one whose days are led to."""
    nom = nom_au(lieu, jour)
    parent, parent_nom, fiche, de_quoi = PARENTS[territoire.critere]
    context = {
        "jour": jour,
        "projet": Projet(territoire, jour),
        "nom": nom,
        "ici": insecable(f"Le projet : {nom}"),
        "parent": parent,
        "parent_nom": parent_nom,
        "adresse_du_lieu": reverse(fiche, args=[territoire.valeur]),
        "de_quoi": de_quoi,
        "departement": departement,
        "detaille": territoire.critere != "departement",
        "mesures": mesures_de(lieu, jour),
    }
    return render(request, "portail/projet.html", context)
