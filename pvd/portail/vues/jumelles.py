"""The data twin of each page, at its address with « .json »: the same day, the same facts."""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from communes.models import Departement
from ort.vues import find_convention, read_ort
from pvd.portail.jumelles import fiches
from pvd.portail.vues.accueil import read_departement
from pvd.portail.vues.communes import find_situation, read_commune, redirect_to_commune_of_today
from pvd.portail.vues.intercommunalites import find_intercommunalite, read_intercommunalite
from socle.fichiers.formats import json_value
from socle.web.jour import jour_of
from socle.web.refus import lecture_seule, refuse_others


def jour_demande(request):
    """Return the day asked for; raises `DemandeInvalide` for any other name, that nobody would read."""
    refuse_others(request, ("au",), "cette fiche")
    return jour_of(request)


def answer(told):
    """Answer with a twin, as its page is read: without name of file."""
    return JsonResponse(
        told, encoder=None, json_dumps_params={"ensure_ascii": False, "default": json_value}
    )


def page_of(request, name, key, jour):
    address = f"{reverse(name, args=[key])}?au={jour.isoformat()}"
    return request.build_absolute_uri(address)


@lecture_seule
def commune(request, code):
    jour = jour_demande(request)
    situation = find_situation(code, jour)
    if situation is None:
        return redirect_to_commune_of_today(request, code, "commune_json")
    page = page_of(request, "commune", situation.commune.pk, jour)
    return answer(fiches.commune(read_commune(situation), page))


@lecture_seule
def ort(request, identifiant):
    jour = jour_demande(request)
    convention = find_convention(identifiant, jour)
    page = page_of(request, "ort", convention.identifiant, jour)
    return answer(fiches.ort(read_ort(convention, jour), page))


@lecture_seule
def intercommunalite(request, siren):
    jour = jour_demande(request)
    found = find_intercommunalite(siren)
    page = page_of(request, "intercommunalite", found.pk, jour)
    return answer(fiches.intercommunalite(read_intercommunalite(found, jour), page))


@lecture_seule
def departement(request, code):
    jour = jour_demande(request)
    found = get_object_or_404(Departement, pk=code.upper())
    page = page_of(request, "departement", found.pk, jour)
    return answer(fiches.departement(read_departement(found, jour), page))
