"""The events of the Club for a reader of feeds and for an agenda, with the filters of their list."""

import datetime

from django.db.models import Min
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.views.decorators.http import require_safe
from icalendar import Calendar, Event

from projects.club.filtres import EvenementFiltres
from projects.club.lecture import situer, with_details
from projects.club.models import EvenementClub
from projects.club.regles import Moment, dernier_jour
from pvd.portail.agenda import PRODID, host_of
from pvd.portail.partage.flux import CONTROLS
from pvd.suivi.nouveautes import ENTREES, midnight
from socle.dates import ONE_DAY, in_french
from socle.francais import insecable
from socle.web.adresses import avec_date
from socle.web.jour import jour_of

# The day of launch of this kind of address, by which a tag is told from any later use of the name.
TAG = "tag:{host},2026-11-26:evenementclub/{identifiant}"


def read_events(request):
    """Return the day asked for, and the events that the address chooses, as known on that day."""
    jour = jour_of(request)
    filtres = EvenementFiltres(request, EvenementClub.objects.all(), jour)
    return jour, with_details(filtres.rows.order_by("-debut", "identifiant"))


def moments(evenements):
    """Return when each event was recorded, by its key."""
    versions = EvenementClub.history.filter(id__in=[event.pk for event in evenements])
    first = versions.order_by().values("id").annotate(premiere=Min("history_date"))
    return dict(first.values_list("id", "premiere"))


@require_safe
def nouveautes(request):
    """Send the Atom feed of the events, the latest recorded first."""
    jour, rows = read_events(request)
    evenements = list(rows)
    recorded = moments(evenements)
    latest = sorted(evenements, key=lambda event: moment_of(event, recorded), reverse=True)
    page = request.build_absolute_uri(reverse("club") + avec_date({"request": request}))
    feed = Atom1Feed(
        title="Petites villes de demain : nouveautés du Club",
        subtitle=insecable(f"Les événements du Club connus au {in_french(jour)}."),
        description="",
        link=page,
        feed_url=request.build_absolute_uri(),
        feed_guid=request.build_absolute_uri(reverse("club_nouveautes")),
        language="fr",
        author_name="Suivi du programme Petites villes de demain",
        feed_copyright="Licence Ouverte 2.0",
    )
    for ligne in situer(latest[:ENTREES], jour):
        feed.add_item(**entry(ligne, page, moment_of(ligne.evenement, recorded)))
    content = feed.writeString("utf-8")
    return HttpResponse(content, content_type="application/atom+xml; charset=utf-8")


def moment_of(evenement, recorded):
    """Return when an event was recorded; of one without history, its first day."""
    return recorded.get(evenement.pk) or midnight(evenement.debut)


def entry(ligne, page, moment):
    """Return an entry of the feed: an event, its days, its place, who organises it."""
    evenement = ligne.evenement
    where = ", ".join(filter(None, [evenement.lieu, evenement.en_ligne and "en ligne"]))
    nature, who = evenement.get_nature_display(), ", ".join(map(str, ligne.organisateurs))
    told = [nature.capitalize(), ligne.quand, where, who]
    return {
        "title": CONTROLS.sub("", insecable(evenement.intitule)),
        "link": f"{page}#{evenement.identifiant}",
        "description": CONTROLS.sub("", format_html("<p>{}</p>", " · ".join(filter(None, told)))),
        "unique_id": TAG.format(host=host_of(page), identifiant=evenement.identifiant),
        # What is to come was published when it was announced here: no entry is of tomorrow.
        "pubdate": midnight(evenement.debut) if ligne.commence else timezone.localtime(moment),
        "updateddate": timezone.localtime(moment),
    }


@require_safe
def dates(request):
    """Send the events to come, and those under way, for an agenda."""
    jour, rows = read_events(request)
    page = request.build_absolute_uri(reverse("club") + avec_date({"request": request}))
    found = Calendar()
    found.add("prodid", PRODID)
    found.add("version", "2.0")
    found.add("x-wr-calname", "Petites villes de demain : le Club")
    for ligne in reversed(situer(rows, jour)):
        if ligne.moment != Moment.PASSE:
            found.add_component(event_of(ligne, page))
    answer = HttpResponse(found.to_ical(), content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="petites-villes-de-demain-club.ics"'
    return answer


def event_of(ligne, page):
    """Return an event that lasts whole days; known to the month, it lasts all of it: no day is made up."""
    evenement = ligne.evenement
    stamp = datetime.datetime.combine(
        evenement.annonce_le or ligne.jour, datetime.time(), datetime.UTC
    )
    found = Event()
    found.add("uid", f"{evenement.identifiant}@club.{host_of(page)}")
    found.add("dtstamp", stamp)
    found.add("dtstart", evenement.debut)
    last = dernier_jour(evenement)
    if last != evenement.debut:
        found.add("dtend", last + ONE_DAY)
    found.add("summary", CONTROLS.sub("", evenement.intitule))
    if evenement.lieu:
        found.add("location", CONTROLS.sub("", evenement.lieu))
    found.add("url", f"{page}#{evenement.identifiant}")
    return found
