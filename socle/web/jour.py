"""The day that a visitor asks for (`?au=`)."""

from django.conf import settings
from django.utils import timezone

from socle.dates import in_french, parse_date
from socle.web.refus import DemandeInvalide, DemandeReecrite, quoted


def jour_of(request):
    """Return the day that `?au=AAAA-MM-JJ` asks for, today without it."""
    if len(asked := request.GET.getlist("au")) > 1:
        told = " » et « ".join(f"au={quoted(day)}" for day in asked[:2])
        raise DemandeInvalide(f"La date « {told} » n'est demandée qu'une fois : gardez-en une.")
    text = request.GET.get("au", "").strip()
    return day_asked("au", text) if text else timezone.localdate()


def day_asked(name, text):
    """Return the day that `?name=text` asks for.

    Raises `DemandeInvalide` for what is not a day, and for a day to come: nothing is known of it; raises
    `DemandeReecrite` for a day written as people write it, « 06/07/2023 », which a page follows.
    """
    today = timezone.localdate()
    due = f"La date « {name}={quoted(text)} » n'existe pas. Écrivez-la AAAA-MM-JJ, par exemple 2023-07-06."
    try:
        jour = parse_date(text)
    except ValueError:
        raise DemandeInvalide(due) from None
    if text != jour.isoformat():
        raise DemandeReecrite(
            name,
            jour.isoformat(),
            f"La date « {name}={quoted(text)} » n'est pas écrite comme le sont les adresses. Écrivez-la "
            f"AAAA-MM-JJ, ici {jour.isoformat()}.",
        )
    if jour > today:
        raise DemandeInvalide(
            f"La date « {name}={text} » est à venir. La situation est connue jusqu'au {in_french(today)}."
        )
    return jour


def site(request):
    """Give every template the département of the site, if it has one, its version, and today."""
    return {
        "departement_du_site": settings.PVD_DEPARTEMENT,
        "version": settings.PVD_VERSION,
        "aujourdhui": timezone.localdate(),
    }
