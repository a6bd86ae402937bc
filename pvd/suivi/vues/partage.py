"""What a page is found and shared by: its image, the sitemap, the feed of what is new."""

import re

from django.conf import settings
from django.contrib.sitemaps.views import sitemap
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_safe

from communes.models import Departement
from pvd.socle.dates import bare, in_french
from pvd.socle.demande import jour_of
from pvd.socle.templatetags.francais import avec_date, insecable, liste
from pvd.suivi.apercus import apercu_de_commune, apercu_de_departement, apercu_du_site, draw
from pvd.suivi.nouveautes import midnight, nouveautes
from pvd.suivi.plan import sections
from pvd.suivi.vues.accueil import tuiles
from pvd.suivi.vues.communes import situation_of

# A record that is corrected shows in the images an hour later at most.
FRAICHEUR = 3600
# What XML cannot hold, and a text pasted from elsewhere may.
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def image(request, apercu):
    """Send the image, or say that the copy of the visitor is still good; nothing is drawn then."""
    answer = get_conditional_response(request, etag=apercu.etag)
    if answer is None:
        answer = HttpResponse(draw(apercu), content_type="image/png")
    answer["ETag"] = apercu.etag
    patch_cache_control(answer, public=True, max_age=FRAICHEUR)
    return answer


@require_safe
def apercu(request):
    """Send the image of the pages that have none of their own."""
    return image(
        request, apercu_du_site(Departement.objects.filter(pk=settings.PVD_DEPARTEMENT).first())
    )


@require_safe
def apercu_commune(request, code):
    jour = jour_of(request)
    situation = situation_of(code, jour)
    if situation is None:
        raise Http404
    return image(request, apercu_de_commune(situation))


@require_safe
def apercu_departement(request, code):
    jour = jour_of(request)
    departement = get_object_or_404(Departement, pk=code.upper())
    return image(request, apercu_de_departement(departement, tuiles(departement, jour), jour))


@require_safe
def plan(request):
    """Send `sitemap.xml`: the pages of today, for search engines."""
    return sitemap(request, sections(timezone.localdate()))


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
            "le plus récemment enregistré d'abord."
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
        "description": CONTROLS.sub("", told(new, address) + sources(fait)),
        "unique_id": new.tag(host),
        "pubdate": midnight(fait.jour),
        "updateddate": timezone.localtime(new.moment),
    }


def told(new, address):
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
    titles = list(dict.fromkeys(dit.source.titre for dit in fait.dits))
    if not titles:
        return ""
    return format_html("<p>Source\xa0: {}.</p>", " ; ".join(titles))
