"""The communes: their list, and the page of each."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from communes.interlocuteurs.lecture import interlocuteurs_de
from communes.models import Commune, Labellisation, Millesime
from communes.territoire.recherche import Recherche, autres_noms
from ort.effets import Certitude, effets
from ort.models import Secteur
from projects.indicateurs.lecture import changements
from projects.postes.du_jour import situer as situer_postes
from projects.postes.vues import documents as documents_des_postes
from pvd.portail.agenda import calendar
from pvd.portail.cartes.departement import reperables
from pvd.portail.fiches_lues import fiches_lues
from pvd.portail.filtres import CommuneFiltres
from pvd.portail.frise import frise
from pvd.suivi.argent import aides, liens
from pvd.suivi.chronologie import documents, ort_de, timeline
from pvd.suivi.dates_cles import couvertes_par, dates_cles
from pvd.suivi.faits import FaitsDeFiches
from pvd.suivi.fraicheur import fraicheur
from pvd.suivi.non_suivi import couvertures_non_confirmees
from pvd.suivi.phrases import reunion, sentence, statut_in_words
from pvd.suivi.situation import lisibles, situer
from pvd.suivi.suite import jalons_a_venir, prochaine, suites
from socle.dessin.qr import qr_svg
from socle.web.adresses import avec_date
from socle.web.jour import jour_of
from socle.web.pages import asked_page
from socle.web.refus import DemandeInvalide

# How many communes that only near what is typed are named; those that bear it, all.
SUGGESTIONS = 10


def communes(request):
    jour = jour_of(request)
    filtres = CommuneFiltres(request, Commune.objects.all(), jour)
    page = asked_page(request, lisibles(filtres.rows))
    context = {
        "jour": jour,
        "filtres": filtres.offer(),
        "table": "communes",
        "page": page,
        "situations": situer(list(page), jour),
        **vouliez_vous_dire(filtres, page),
    }
    return render(request, "portail/communes.html", context)


def trouver(request):
    """Go to the one commune that is meant, else to the list, which names those that may be.

    Nothing is refused here: what cannot be read, the list says.
    """
    listed = CommuneFiltres(request, Commune.objects.none(), None)
    try:
        jour = jour_of(request)
        listed.refuse_unknown()
    except DemandeInvalide:
        return redirect(reverse("communes") + listed.adresses.without())
    recherche = recherche_of(listed, jour)
    if recherche.certaine:
        address = reverse("commune", args=[recherche.certaine.pk])
        return redirect(address + avec_date({"request": request}))
    # The list speaks of all départements, and has those of the site first: another is kept only to
    # have its own first.
    other = listed.departement_choisi and recherche.departement != settings.PVD_DEPARTEMENT
    kept = other and any(candidat.ici for candidat in recherche.candidats)
    return redirect(reverse("communes") + listed.adresses.without(*[] if kept else ["departement"]))


def recherche_of(filtres, jour):
    """Return what the text typed may mean, first in the département asked for, else in that of the site."""
    departement = filtres.departement_choisi
    here = departement.pk if departement else settings.PVD_DEPARTEMENT
    return Recherche(filtres.chosen("q") or "", jour, here)


def vouliez_vous_dire(filtres, page):
    """Return the communes that may be meant, in the programme or not, unless the page lists them all."""
    candidats = recherche_of(filtres, filtres.jour).candidats if filtres.chosen("q") else []
    proches = [c for rang, c in enumerate(candidats) if c.exact or rang < SUGGESTIONS]
    if page.number > 1 or {c.commune.pk for c in proches} <= {listed.pk for listed in page}:
        return {}
    laureates = Labellisation.objects.laureates(filtres.jour)
    inside = Commune.objects.filter(pk__dans=[c.commune.pk for c in proches], pk__in=laureates)
    return {
        "proches": proches,
        "autres_proches": len(proches) < len(candidats),
        "laureates": set(inside.order_by().values_list("pk", flat=True)),
    }


def commune(request, code):
    jour = jour_of(request)
    situation = find_situation(code, jour, reperables(Commune.objects))
    if situation is None:
        return redirect_to_commune_of_today(request, code, "commune")
    found = situation.commune
    told = read_commune(situation)
    context = {
        **told,
        "departement": found.departement,
        "interlocuteurs": interlocuteurs_de([found.departement]),
        "liens": liens(situation),
        "reunion": reunion(situation),
        "autres_noms": autres_noms(found, jour),
        "codes_postaux": found.codes_postaux.values_list("code", flat=True),
        "statut_dit": statut_in_words(situation),
        **origins(situation, told["dates_cles"]),
        **on_paper(request, jour),
    }
    return render(request, "portail/commune.html", context | documents_of(context))


def read_commune(situation):
    """Return what the page of a commune tells of it on its day, and its data twin too."""
    found, jour = situation.commune, situation.jour
    there, lues = found.holds_on(jour), fiches_lues(situation)
    return {
        "jour": jour,
        "situation": situation,
        "absence": found.absence_au(jour),
        "phrase": sentence(situation) if there else "",
        "non_confirmees": couvertures_non_confirmees(situation),
        "postes": serving(situation, lues.postes),
        "aides": aides(situation),
        "changements": changements(found.pk, jour) if situation.labellisation else [],
        **read_dates(situation, lues),
    }


def documents_of(page):
    """Return the documents that the page rests on, each once: those of its facts, then of its ORT and posts.

    The sheet, which tells the facts alone, leaves out the others.
    """
    of_facts = [*documents(page["faits"]), *(dit.source for dit in page["non_confirmees"])]
    of_ort = (source for _, ort in page["couvertes_par"] for source in ort.sources)
    found = dict.fromkeys([*of_facts, *of_ort, *documents_des_postes(page["postes"])])
    return {"documents": list(found), "hors_papier": set(found) - set(of_facts)}


def serving(situation, postes):
    """Return the posts that serve the commune on the day, as its situation knows them."""
    return situer_postes(postes, situation.jour, {poste.pk: poste for poste in situation.postes})


def origins(situation, dates):
    """Return where what no document alone tells comes from: the découpage, and the rules of `dates`."""
    annee = Millesime.objects.annee_cog(situation.jour)
    decoupage = f"Insee et DGCL, millésime {annee} du découpage" if annee else "non renseignée"
    origins = {}
    if situation.population:
        origins["Population municipale"] = situation.population.origine
    if situation.intercommunalite:
        origins["Intercommunalité"] = decoupage
    origins |= {date.nom: date.regle for date in dates if date.regle}
    return {"origine_intercommunalite": decoupage, "calculees": list(origins.items())}


def find_situation(code, jour, communes=Commune.objects):
    """Return the `Situation` of the one of `communes` of that code, or None if none bears it."""
    named = communes.filter(pk=code.upper()).prefetch_related("interruptions")
    found = list(lisibles(named))
    return situer(found, jour, FaitsDeFiches)[0] if found else None


def read_dates(situation, lues):
    """Return what the page tells of the ORT of the commune, of its dates, past and to come."""
    labels, conventions = lues.labels, lues.conventions
    facts = timeline(situation, labels, conventions)
    couvertes = couvertes_par(situation, conventions)
    next_ones, planned = suites(situation), jalons_a_venir(situation)
    return {
        "couvertes_par": couvertes,
        "ort_lues": ort_de(situation, conventions),
        "dates_cles": dates_cles(situation, labels, couvertes),
        "suites": next_ones,
        "jalons": planned,
        "prochaine": prochaine(next_ones, planned),
        "agenda": any(suite.jour for suite in [*next_ones, *planned]),
        "faits": facts,
        "frise": frise(situation, facts, conventions, next_ones),
        "fraicheur": fraicheur(situation, facts),
        "effets": [(certitude, effets(certitude)) for certitude in Certitude],
        "secteurs": Secteur.objects.delimites(situation.jour)
        .filter(commune__dans=situation.fiches, convention__in=conventions)
        .distinct(),
    }


def faits_de(situation):
    """Return what happened to the commune by the day, as its page tells it."""
    lues = fiches_lues(situation)
    return timeline(situation, lues.labels, lues.conventions)


def on_paper(request, jour):
    """Return the address of the page at that day, in full, and its QR code: what a sheet leads to."""
    address = request.build_absolute_uri(f"{request.path}?au={jour.isoformat()}")
    return {"adresse": address, "qr": qr_svg(address)}


def dates(request, code):
    """Send the next dates of a commune, as known on the day, for an agenda; 404 when none is known."""
    jour = jour_of(request)
    situation = find_situation(code, jour)
    if situation is None:
        return redirect_to_commune_of_today(request, code, "commune_dates")
    dated = [s for s in [*suites(situation), *jalons_a_venir(situation)] if s.jour]
    if not dated:
        context = {"situation": situation, "jour": jour}
        return render(request, "portail/sans_date.html", context, status=404)
    address = reverse("commune", args=[situation.commune.pk]) + avec_date({"request": request})
    known = fraicheur(situation, faits_de(situation)).jour
    answer = HttpResponse(
        calendar(situation, dated, known, request.build_absolute_uri(address)),
        content_type="text/calendar; charset=utf-8",
    )
    name = f"petites-villes-de-demain-{situation.commune.pk}.ics"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def redirect_to_commune_of_today(request, code, page):
    """Send an old code, of a commune déléguée for instance, to the commune that it is now part of."""
    current = Commune.objects.resolve(code.upper(), timezone.localdate())
    if current is None:
        raise Http404
    return redirect(reverse(page, args=[current.pk]) + avec_date({"request": request}))
