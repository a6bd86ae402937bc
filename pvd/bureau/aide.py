"""The guide of the agents, read where they work: each page leads to the part that speaks of it."""

import re
from functools import cache

from django.conf import settings
from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import reverse
from markdown_it import MarkdownIt

from pvd.bureau.gestes import GESTES

DOCUMENTS = {
    "guide": ("guide-agent.md", "Guide de l'agent"),
    "regles": ("regles.md", "Les règles"),
    "glossaire": ("glossaire.md", "Glossaire"),
}
FILES = {file: name for name, (file, _) in DOCUMENTS.items()}
# What is of the projet de territoire out of its own records: its gestes on an ORT or a commune, its lists.
PROJET = [
    *("bilan", "-a-une-assemblee", "au-plan", "les-actions", "un-indicateur", "une-cible"),
    *("alerte", "echeance", "releves_attendus", "une_attente"),
]
# The part of the guide that a page is about, by what the name of its address holds: the first found.
PARTS = {
    "_import": "5-importer-un-tableau",
    "tableau": "8-toutes-mes-communes-en-un-tableau",
    "_history": "6-retrouver-lhistorique-rétablir-une-fiche-supprimée",
    "_removed": "6-retrouver-lhistorique-rétablir-une-fiche-supprimée",
    "_restore": "6-retrouver-lhistorique-rétablir-une-fiche-supprimée",
    "suivi_signalement": "7-répondre-à-une-erreur-signalée",
    "projects_contact": "9-préparer-un-appel-un-rendez-vous",
    "projects_note": "9-préparer-un-appel-un-rendez-vous",
    "projects_poste": "3-suivre-un-poste-de-chef-de-projet",
    "projects_purge": "3-suivre-un-poste-de-chef-de-projet",
    **dict.fromkeys(["projects_", *PROJET], "11-le-projet-de-territoire"),
    "_page": "9-préparer-un-appel-un-rendez-vous",
    "_fiche": "9-préparer-un-appel-un-rendez-vous",
    "ort_": "1-enregistrer-un-avenant",
    "communes_labellisation_geste": "4-sortir-une-commune-du-programme",
    "communes_labellisation": "2-corriger-une-date-en-disant-pourquoi",
    "communes_agent": "à-savoir-aussi",
    "nouveautes": "10-ce-qui-a-changé",
    "index": "se-connecter-et-laccueil",
}


def anchor(title):
    """Return the anchor of a title, as those who keep Markdown files write them in their links."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def address(target):
    """Return where a link or an image of a document leads inside the site."""
    file, _, part = target.partition("#")
    if file.startswith("captures/"):
        return static(file.removeprefix("captures/"))
    if file in FILES:
        return f"{reverse('admin:aide', args=[FILES[file]])}{f'#{part}' if part else ''}"
    return target


@cache
def html_of(name):
    """Return a document as HTML, its titles under their anchors."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse((settings.BASE_DIR / "docs" / DOCUMENTS[name][0]).read_text())
    for token, following in zip(tokens, tokens[1:], strict=False):
        if token.type == "heading_open":
            token.attrSet("id", anchor(following.content))
        for child in token.children or []:
            if child.type in {"link_open", "image"}:
                place = "href" if child.type == "link_open" else "src"
                child.attrSet(place, address(child.attrGet(place)))
    return reader.renderer.render(tokens, reader.options, {})


def aide(request, name="guide"):
    """Show one of the documents of the agents."""
    if name not in DOCUMENTS:
        raise Http404
    title = DOCUMENTS[name][1]
    context = admin.site.each_context(request) | {"title": title, "texte": html_of(name)}
    context["documents"] = [
        (reverse("admin:aide", args=[other]), title) for other, (_, title) in DOCUMENTS.items()
    ]
    return TemplateResponse(request, "bureau/aide.html", context)


def part_about(match):
    """Return the part of the guide that speaks of the page of an address, or an empty text."""
    name = match.url_name or ""
    geste = GESTES.get(match.kwargs.get("slug"))
    if geste and name in {"geste", "gestes"}:
        name = f"{geste.model._meta.label_lower.replace('.', '_')}_geste_{geste.slug}"
    return next((part for key, part in PARTS.items() if key in name), "")
