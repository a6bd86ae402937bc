"""What the head of a page says to search engines and to those with whom it is shared."""

import json
import re

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from pvd.portail.donnees.telechargements import MEDIA_TYPES, TABLES
from pvd.portail.partage import liens
from pvd.portail.partage.etendue import etendue
from socle.dates import in_french
from socle.francais import insecable
from socle.web.adresses import avec_date, meme_demande

register = template.Library()
# A script element ends at its first « </ », whatever the language of its contents.
ESCAPED = {ord(mark): f"\\u{ord(mark):04X}" for mark in "<>&"}


@register.simple_block_tag(end_name="endtexte")
def texte(content):
    """Write what is inside on one line, fit for an attribute: `{% texte as nom %}…{% endtexte %}`."""
    line = insecable(re.sub(r"[ \t\r\n]+", " ", content).strip(" "))
    return mark_safe(line.replace('"', "&quot;"))


def absolute(context):
    """Return what makes a full address of a path, by the host that the visitor asked."""
    return context["request"].build_absolute_uri


@register.simple_tag(takes_context=True)
def partage_de_page(context):
    """Return the addresses of the page: `canonique`, `adresse` with its day, `image`; none on an error."""
    request = context.get("request")
    if request is None or request.resolver_match is None:
        return {}
    full, canonical, day = absolute(context), liens.canonical_path(request), avec_date(context)
    return {
        "canonique": full(canonical),
        "adresse": full(canonical + day),
        "image": full(liens.image_path(request) + day),
    }


@register.simple_tag(takes_context=True)
def pied_de_papier(context):
    """Return what the foot of each printed sheet says: whose page it is, of which day, where it is read.

    The address keeps the day that is printed, even today's: tomorrow it leads to the same page. The préfet
    of the site puts no name to the page of another département.
    """
    request = context.get("request")
    if request is None or request.resolver_match is None:
        return ""
    of_site, jour = context.get("departement_site"), context.get("jour")
    its_own = of_site and (context.get("departement") or of_site) == of_site
    service = f"Préfet {of_site.avec_de}" if its_own else "République française"
    day = (
        f"situation au {in_french(jour)}" if jour else f"page du {in_french(context['aujourdhui'])}"
    )
    query = meme_demande(context, au=jour.isoformat() if jour else None)
    return f"{service} – {liens.SITE}, {day}\n{absolute(context)(request.path + query)}"


def ld_json(data):
    """Write a block of data for machines: never run, and so out of reach of the policy on scripts."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPED)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))


@register.simple_tag(takes_context=True)
def ld_commune(context, situation):
    known = context["fraicheur"].jour
    return ld_json(liens.ld_of_commune(situation, known, absolute(context)))


@register.simple_tag(takes_context=True)
def ld_departement(context, departement):
    described = {"@context": liens.SCHEMA} | liens.ld_of_departement(departement, absolute(context))
    return ld_json(described)


@register.simple_tag(takes_context=True)
def ld_site(context):
    return ld_json(liens.ld_of_site(absolute(context)))


@register.simple_tag(takes_context=True)
def demande_du_tableau(context, table, **params):
    """Return the query string of a file that the page links to: the day of the page, unless of a history."""
    return avec_date(context, **(params if table.d_un_jour else {"au": None} | params))


@register.simple_tag(takes_context=True)
def ld_tables(context, jour):
    """Describe the files that the page links to: those of the département of the site, if it has one."""
    of_site, full = context.get("departement_site"), absolute(context)
    covered = etendue(jour, of_site)

    def asked(table):
        return demande_du_tableau(context, table, departement=of_site and of_site.pk)

    return ld_json(liens.ld_of_tables(TABLES, MEDIA_TYPES, jour, covered, asked, full))


@register.simple_tag(takes_context=True)
def ld_fil(context, ici, parent="", parent_nom=""):
    """Describe the breadcrumb of the page, by the same words as it; nothing without a request."""
    if "request" not in context:
        return ""
    steps = [("Accueil", reverse("accueil")), (str(ici), "")]
    if parent:
        steps.insert(1, (str(parent_nom), reverse(parent)))
    return ld_json(liens.ld_of_breadcrumb(steps, absolute(context)))
