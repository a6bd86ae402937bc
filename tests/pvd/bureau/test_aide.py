"""The guide is read in the application, at the place that speaks of the page."""

import html
import re
from urllib.parse import unquote

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from pvd.bureau.aide import DOCUMENTS, PARTS

pytestmark = pytest.mark.django_db
DU_PROJET = ["action", "axe", "etude", "financement", "bilan", "evenementclub", "indicateur"]
GESTES_DU_PROJET = [
    *("inscrire-une-action", "appliquer-un-avenant-au-plan", "attacher-les-actions-de-l-adhesion"),
    *("inscrire-une-etude", "financement-proroger", "noter-un-evenement"),
    *("tenir-un-bilan", "presenter-a-une-assemblee", "bilan-joindre-le-document"),
    *("ort-relever-un-indicateur", "commune-fixer-une-cible"),
]


def page(browser, name):
    return html.unescape(browser.get(reverse("admin:aide", args=[name])).content.decode())


def links_of(text):
    return map(unquote, re.findall(r'(?:href|src)="([^"]*)"', text))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_a_document_leads_to_is_there(name, agent_34):
    text = page(agent_34, name)
    article = text[text.index('<article class="aide">') :]
    anchors = {
        other: set(re.findall(r'<h\d id="([^"]+)"', page(agent_34, other))) for other in DOCUMENTS
    }
    for target in links_of(article.partition("</article>")[0]):
        if target.startswith("/static/"):
            assert finders.find(target.removeprefix("/static/")), target
        elif not target.startswith("https://"):
            other, _, part = target.removeprefix("/admin/aide/").partition("#")
            assert not part or part in anchors[other.strip("/") or name], target


def test_each_page_leads_to_a_part_that_is_there(agent_34):
    guide = page(agent_34, "guide")
    assert [part for part in PARTS.values() if f'id="{part}"' not in guide] == []


@pytest.mark.parametrize(
    ("address", "part"),
    [
        (reverse("admin:index"), "#se-connecter-et-laccueil"),
        (reverse("admin:ort_convention_changelist"), "#1-enregistrer-un-avenant"),
        (reverse("admin:ort_convention_import"), "#5-importer-un-tableau"),
        (reverse("admin:gestes", args=["arrivee"]), "#3-suivre-un-poste"),
        (reverse("admin:gestes", args=["quitter-le-programme"]), "#4-sortir-une-commune"),
        (reverse("admin:projects_poste_changelist"), "#3-suivre-un-poste"),
        (reverse("admin:projects_contact_changelist"), "#9-préparer-un-appel"),
        *(
            (address, "#11-le-projet-de-territoire")
            for address in (
                *(reverse(f"admin:projects_{name}_changelist") for name in DU_PROJET),
                *(reverse("admin:gestes", args=[slug]) for slug in GESTES_DU_PROJET),
                *(reverse(f"admin:{name}") for name in ("bilans", "alertes", "releves_attendus")),
            )
        ),
        (reverse("admin:projects_action_import"), "#5-importer-un-tableau"),
        (reverse("admin:projects_action_removed"), "#6-retrouver"),
        (reverse("admin:a_verifier"), '">Aide'),
    ],
)
def test_help_is_one_click_away_at_its_place(address, part, agent_34):
    text = html.unescape(agent_34.get(address).content.decode())
    assert f"{reverse('admin:aide')}{part}" in text


def test_no_other_file_is_read(agent_34):
    assert agent_34.get("/admin/aide/decisions/").status_code == 404
