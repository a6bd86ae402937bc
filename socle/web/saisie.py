"""What an agent sends once its session is over: kept through the login, then given back to be sent.

It waits in the session of the browser that sent it, on the server, and for a quarter of an hour: nobody
has to come back for it to go, as that session ends with it.
"""

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.shortcuts import render
from django.utils import timezone

from socle.web.connexion import visitor_networks
from socle.web.places import key_of, take

KEPT = "saisie"
KEPT_SECONDS = 15 * 60
# A form of an agent weighs a few kB; the rest would fill the sessions of whoever is not logged in.
MOST_CHARACTERS = 50_000
# Nor may one home have us keep many.
MOST_FORMS = 30
NEVER_KEPT = ("csrfmiddlewaretoken", "password")


def keep_what_was_typed(request):
    """Keep the fields of a form that is sent to a page of the agents without being logged in."""
    if request.method != "POST":
        return
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if not any(part in name for part in NEVER_KEPT)
    ]
    weight = sum(len(name) + len(value) for name, value in fields)
    if not fields or weight > MOST_CHARACTERS or not takes_a_place(request):
        return
    request.session[KEPT] = {
        "adresse": request.get_full_path(),
        "champs": fields,
        "fichiers": bool(request.FILES),
        "quand": timezone.now().timestamp(),
    }
    request.session.set_expiry(KEPT_SECONDS)


def takes_a_place(request):
    """Tell whether the home of the visitor may have one more form kept."""
    home, _ = visitor_networks(request)
    return take(key_of("saisie", home), MOST_FORMS, KEPT_SECONDS) is not None


@receiver(user_logged_in)
def last_as_any_other(request, **kwargs):
    """Have the session that a login takes over last as long as any other."""
    request.session.set_expiry(None)


def give_back_what_was_typed(request):
    """Show, once, what was kept for the page that is asked for; None if nothing was."""
    saisie = request.session.get(KEPT)
    if not saisie or request.method != "GET":
        return None
    fresh = timezone.now().timestamp() - saisie["quand"] <= KEPT_SECONDS
    if fresh and saisie["adresse"] != request.get_full_path():
        return None
    del request.session[KEPT]
    return render(request, "admin/saisie.html", {"saisie": saisie}) if fresh else None
