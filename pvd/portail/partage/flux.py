"""The Atom feed of what happened to the communes of a département."""

import re

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_safe

from communes.models import Departement
from pvd.suivi.nouveautes import midnight, nouveautes
from socle.dates import bare, in_french
from socle.francais import insecable, liste
from socle.web.adresses import avec_date
from socle.web.jour import jour_of

# What XML cannot hold, and a text pasted from elsewhere may.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@require_safe
def flux(request, code):
    """Send the Atom feed of what happened, by the day, to the communes of a département."""
    jour = jour_of(request)
    departement = get_object_or_404(Departement, pk=code.upper())
    day = avec_date({"request": request})

    def address(name, *args):
        return request.build_absolute_uri(reverse(name, args=args) + day)

    feed = Atom1Feed(
        title=f"Petites villes de demain : nouveautés du département {departement.avec_de}",
        subtitle=insecable(
            f"Ce qui est arrivé aux communes du programme jusqu'au {in_french(jour)}, "
            "le plus récemment connu d'abord."
        ),
        description="",
        link=address("departement", departement.pk),
        feed_url=address("nouveautes", departement.pk),
        feed_guid=request.build_absolute_uri(reverse("nouveautes", args=[departement.pk])),
        language="fr",
        author_name="Suivi du programme Petites villes de demain",
        feed_copyright="Licence Ouverte 2.0",
    )
    host = request.get_host().partition(":")[0]
    for new in nouveautes(departement, jour):
        feed.add_item(**entry(new, host, address))
    content = feed.writeString("utf-8")
    return HttpResponse(content, content_type="application/atom+xml; charset=utf-8")


def entry(new, host, address):
    """Return an entry of the feed: the fact, its communes, its date as precise as known, its sources."""
    fait = new.fait
    names = liste(situation.nom for situation in new.communes)
    title = f"{names} – {fait.texte[0].lower()}{fait.texte[1:]}"
    link = address("commune", new.communes[0].commune.pk)
    if fait.convention:
        link = address("ort", fait.convention.identifiant)
    return {
        "title": CONTROLS.sub("", insecable(title)),
        "link": link,
        "description": CONTROLS.sub("", fait_en_html(new, address) + sources(fait)),
        "unique_id": new.tag(host),
        "pubdate": midnight(fait.jour),
        "updateddate": timezone.localtime(new.moment),
    }


def fait_en_html(new, address):
    """Write the fact of an entry, with a link to each commune and to the convention."""
    fait = new.fait
    communes = format_html_join(
        ", ",
        '<a href="{}">{}</a>',
        ((address("commune", s.commune.pk), s.nom) for s in new.communes),
    )
    act = ""
    if fait.convention:
        link = address("ort", fait.convention.identifiant)
        act = format_html(' (<a href="{}">{}</a>)', link, fait.convention.intitule)
    date = bare(fait.jour, fait.precision)
    return format_html("<p>{}\xa0: {}{}.</p><p>{}</p>", date, insecable(fait.texte), act, communes)


def sources(fait):
    """Write the documents that tell the date of the fact; nothing when none is recorded."""
    titles = list(dict.fromkeys(insecable(dit.source.nommee) for dit in fait.dits))
    if not titles:
        return ""
    return format_html("<p>Source\xa0: {}.</p>", " ; ".join(titles))
