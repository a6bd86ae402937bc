"""The page by which the national level opens a département: its files, what they bring, the writing."""

import base64

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from communes.comptes.ouverture import CompteRefuse, referent_of
from communes.models import Departement
from pvd.bureau.ouverture.formulaires import OuvrirForm
from pvd.bureau.ouverture.ouverture import LISTES, Depassee, Ouverture
from pvd.bureau.perimetre import Perimetre
from pvd.bureau.portes import au_niveau_national
from pvd.suivi.verifications import count_constats
from socle.dates import parse_date
from socle.fichiers.depot import forget, read_aside, write_aside
from socle.fichiers.liste.jour import JourRefuse
from socle.fichiers.liste.liste import ListeTropCourte
from socle.fichiers.tableau.fichier import FichierRefuse

TITRE = "Ouvrir un département"
NO_LONGER = "Ces fichiers ne sont plus gardés : envoyez-les de nouveau."
CHANGED = (
    "La base a changé depuis l'aperçu : rien n'est écrit. Voici ce qui serait écrit maintenant."
)
SI_EXTRAIT = f"Pour un extrait, cochez « {OuvrirForm.base_fields['extraits'].label} »."
LINES = 300


class OuvertureRefusee(Exception):
    """What cannot be read: the field of the form that is to blame, and why."""


@au_niveau_national
def ouvrir(request):
    """Ask for the files, keep them aside, then show what they would bring."""
    form = OuvrirForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        held = asked(request.user, form.cleaned_data)
        try:
            read(held)
        except OuvertureRefusee as refusal:
            form.add_error(*refusal.args)
        else:
            return HttpResponseRedirect(reverse("admin:ouvrir_apercu", args=[write_aside(held)]))
    return page(request, "bureau/ouvrir.html", form=form)


@never_cache
@au_niveau_national
def apercu(request, jeton):
    """Show what the files would bring; once confirmed, write it all and tell what is left to check."""
    held = read_aside(jeton)
    if held is None or held.get("agent") != request.user.pk or "ouverture" not in held:
        messages.warning(request, NO_LONGER)
        return HttpResponseRedirect(reverse("admin:ouvrir"))
    if "annuler" in request.POST:
        forget(jeton)
        return HttpResponseRedirect(reverse("admin:index"))
    try:
        ouverture = read(held)
        if request.method == "POST":
            ouverture.write(request.user, request.POST.get("empreinte", ""))
            forget(jeton)
            return written(request, ouverture)
        ouverture.tell()
    except Depassee:
        messages.warning(request, CHANGED)
        ouverture = read(held)
        ouverture.tell()
    except (OuvertureRefusee, FichierRefuse) as refusal:
        # Contours are judged when they are drawn, in the preview.
        messages.error(request, refusal.args[-1])
        return HttpResponseRedirect(reverse("admin:ouvrir"))
    return page(request, "bureau/ouvrir_apercu.html", ouverture=ouverture, lignes_montrees=LINES)


def written(request, ouverture):
    """Show once what was written, with the password of a new account, and what is left to check."""
    perimetre = Perimetre(request.user, ouverture.departement)
    return page(
        request,
        "bureau/ouvrir_fait.html",
        ouverture=ouverture,
        reste=count_constats(perimetre, timezone.localdate()),
    )


def asked(user, data):
    """Return what is asked, as it is kept aside until it is confirmed."""
    departement = data["departement"]
    names = [*LISTES, "contours"]
    fichiers = {
        name: [data[name].name, base64.b64encode(data[name].read()).decode()]
        for name in names
        if data[name]
    }
    days = {cle: data[f"jour_{cle}"] and data[f"jour_{cle}"].isoformat() for cle in LISTES}
    told = {name: data[name] for name in ("extraits", "attribution", "referent", "courriel")}
    return {
        "agent": user.pk,
        "ouverture": departement.pk if departement else "",
        "fichiers": fichiers,
        "jours": days,
        **told,
    }


def read(held):
    """Return the `Ouverture` of what was kept aside; raises `OuvertureRefusee`."""
    departement = Departement.objects.filter(pk=held["ouverture"]).first()
    ouverture = Ouverture(departement)
    files = {name: (nom, base64.b64decode(text)) for name, (nom, text) in held["fichiers"].items()}
    for cle in LISTES:
        jour = held["jours"][cle]
        try:
            ouverture.read_list(cle, *files[cle], jour and parse_date(jour), held["extraits"])
        except JourRefuse as refusal:
            raise OuvertureRefusee(f"jour_{cle}", f"{files[cle][0]} : {refusal}") from None
        except ListeTropCourte as refusal:
            raise OuvertureRefusee(cle, f"{refusal} {SI_EXTRAIT}") from None
        except FichierRefuse as refusal:
            raise OuvertureRefusee(cle, str(refusal)) from None
    if "contours" in files:
        try:
            ouverture.read_contours([files["contours"]], attribution=held["attribution"])
        except FichierRefuse as refusal:
            raise OuvertureRefusee("contours", str(refusal)) from None
    if held["referent"]:
        try:
            ouverture.compte = referent_of(departement, held["referent"], held["courriel"])
        except CompteRefuse as refusal:
            raise OuvertureRefusee("referent", str(refusal)) from None
    return ouverture


def page(request, template, **context):
    common = admin.site.each_context(request) | {"title": TITRE}
    return TemplateResponse(request, template, common | context)
