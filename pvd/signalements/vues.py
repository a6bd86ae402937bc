"""« Signaler une erreur »: the form on its own, what it sends, and the thanks."""

from urllib.parse import urlencode

from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from pvd.signalements.courriels import tell_services
from pvd.signalements.formulaire import SignalementForm
from pvd.signalements.pages import PageInconnue, PageSignalee, match_of, read_jeton
from pvd.signalements.protection import from_this_site, may_send
from socle.web.jour import jour_of
from socle.web.refus import DemandeInvalide, quoted

AILLEURS = (
    "Ce formulaire n'a pas été envoyé depuis une page de ce site. Ouvrez la page dont vous voulez "
    "parler, et recommencez."
)
PERIME = "Cette page était ouverte depuis plus de sept jours. Relisez-la, puis envoyez de nouveau."
TROP = (
    "Trop de signalements ont été envoyés depuis une heure. Celui-ci n'est pas enregistré : gardez "
    "cette page ouverte, et envoyez-le de nouveau dans une heure."
)


@csrf_exempt  # No cookie on public pages: a signed token and the origin do the same, see `receive`.
@sensitive_post_parameters()
@cache_control(
    private=True, no_cache=True
)  # Stored by the browser alone: « back » finds what was typed.
@require_http_methods(["GET", "HEAD", "POST"])
def signaler(request):
    """Show the form about the page that `?page=` and `?au=` name, or take what it sends."""
    if request.method == "POST":
        return receive(request)
    path = request.GET.get("page") or reverse("accueil")
    try:
        match_of(path)
    except PageInconnue:
        raise DemandeInvalide(
            f"La page « page={quoted(path)} » n'est pas une page de ce site."
        ) from None
    return show(request, PageSignalee(path, jour_of(request)), SignalementForm())


def show(request, page, form, refus="", status=200):
    """Show the form, with what was typed and why it is refused."""
    jeton = page.jeton(timezone.localdate())
    context = {"page": page, "jour": page.jour, "jeton": jeton, "form": form, "refus": refus}
    return render(request, "signalements/signaler.html", context, status=status)


def receive(request):
    """Keep a report and tell its services, or say why it is not kept."""
    if not from_this_site(request):
        raise DemandeInvalide(AILLEURS)
    try:
        page, fresh = read_jeton(request.POST.get("jeton", ""), timezone.localdate())
    except PageInconnue:
        raise DemandeInvalide(AILLEURS) from None
    form = SignalementForm(request.POST)
    if form.filled_by_a_robot:
        return thank(page)
    if not fresh:
        return show(request, page, form, PERIME, status=400)
    if not form.is_valid():
        return show(request, page, form, status=400)
    if not may_send(request, page.departement, timezone.now()):
        return show(request, page, form, TROP, status=429)
    keep(request, page, form.instance)
    return thank(page)


def keep(request, page, signalement):
    """Keep what was typed, with the page and what it is about, and tell the services."""
    signalement.created_at = timezone.now()
    for name, value in page.sujet().items():
        setattr(signalement, name, value)
    signalement.save()
    fiche = reverse("admin:suivi_signalement_change", args=[signalement.pk])
    tell_services(
        signalement,
        adresse=request.build_absolute_uri(signalement.adresse),
        fiche=request.build_absolute_uri(fiche),
    )


def thank(page):
    """Lead to the thanks, which know the page and nothing of what was typed."""
    retour = urlencode({"retour": page.jeton(timezone.localdate())})
    return HttpResponseRedirect(f"{reverse('signaler_merci')}?{retour}", status=303)


@require_safe
def merci(request):
    """Thank a visitor, and lead back to the page that a token of ours names."""
    try:
        page, _ = read_jeton(request.GET.get("retour", ""), timezone.localdate())
    except PageInconnue:
        page = None
    return render(request, "signalements/signaler_merci.html", {"page": page})
