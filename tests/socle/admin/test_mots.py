"""The back office speaks a French that agrees, whatever the sort of record."""

import html
import json
import re

import pytest
from django.apps import apps
from django.urls import reverse

from ort.models import Avenant, Convention
from projects.models import Poste
from socle.francais import accord, du, is_feminine, un
from tests import factories

FEMININE = """
    action adhésion alerte annonce attente cible dérogation échéance étude participation présentation
    prévision règle
    ressource affirmation commune convention intercommunalité labellisation modification note partie pièce
    interruption population
    proposition purge région relecture source succession validation
"""
MASCULINE = """
    axe bilan coût dispositif effet événement fait financement indicateur organisateur partenaire relevé thème
    agent ancien avenant chiffre code cofinancement colonne contact contour contrôle département document
    droit fond import interlocuteur journal lecture millésime mouvement organisme poste rattachement
    recrutement secteur signalement titulaire
"""
OURS = [
    m
    for m in apps.get_models()
    if m.__module__.split(".")[0] in {"communes", "ort", "projects", "pvd", "socle"}
]
SORTS = [m for m in OURS if not m.__name__.startswith("Historical")]


@pytest.mark.parametrize("model", SORTS, ids=lambda model: model.__name__)
def test_each_sort_of_record_has_the_gender_of_its_name(model):
    first = model._meta.verbose_name.split()[0]
    assert first in (FEMININE if is_feminine(model) else MASCULINE).split()


def test_articles_elide_and_participles_agree():
    assert [un(m) for m in (Convention, Avenant)] == ["une convention", "un avenant"]
    assert [du(m) for m in (Convention, Avenant)] == ["de la convention", "de l'avenant"]
    assert du(Poste) == "du poste de chef de projet"
    assert [accord("sélectionné", m) for m in (Convention, Avenant)] == [
        "sélectionnées",
        "sélectionnés",
    ]


def text(answer):
    return html.unescape(answer.content.decode())


def test_pages_are_named_as_one_would_say(agent_34):
    avenant = factories.avenant(
        factories.convention(), communes=[factories.commune("34142", epci="new")]
    )
    page = text(agent_34.get(reverse("admin:ort_convention_changelist")))
    assert "Supprimer les conventions sélectionnées" in page
    assert "Ajouter une source" in text(agent_34.get(reverse("admin:socle_source_changelist")))
    added = text(agent_34.get(reverse("admin:ort_avenant_add")))
    assert "<h1>Ajouter un avenant</h1>" in added
    changed = text(agent_34.get(reverse("admin:ort_avenant_change", args=[avenant.pk])))
    assert "<h1>Modification de l'avenant</h1>" in changed


def test_what_django_says_of_rows_agrees(agent_34):
    convention = factories.convention(communes=[factories.commune("34142", epci="new")])
    form = text(agent_34.get(reverse("admin:ort_convention_change", args=[convention.pk])))
    for word in ("Ajouter une commune couverte", "Ajouter un avenant", "Ajouter une partie"):
        assert json.dumps(word)[1:-1] in form
    assert "Ajouter un objet" not in form
    removal = text(agent_34.get(reverse("admin:ort_convention_delete", args=[convention.pk])))
    assert "Commune couverte : " in removal
    assert not re.search(r"\w: <", removal)
    lists = text(agent_34.get(reverse("admin:app_list", args=["ort"])))
    assert "<h1>Opérations de revitalisation de territoire</h1>" in lists
    assert "Administration de" not in lists


def test_what_an_import_needs_looks_needed(agent_34):
    page = text(agent_34.get(reverse("admin:ort_convention_import")))
    needed = re.findall(r'<label[^>]*class="required"[^>]*>([^<]*)', page)
    assert needed == ["Le fichier contient\xa0:", "Motif\xa0:"]


def test_lists_are_sorted_by_name(agent_34):
    town = factories.commune("34142", epci="new")
    for identifiant, nom in (("a", "ORT de Pézenas"), ("b", "ORT de Bédarieux")):
        factories.convention("2022-01-10", [town], identifiant=identifiant, intitule=nom)
    page = text(agent_34.get(reverse("admin:ort_convention_changelist")))
    assert page.index("ORT de Bédarieux") < page.index("ORT de Pézenas")
