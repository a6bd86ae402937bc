"""A list says at a glance where each record stands, and what it keeps."""

import html

import pytest
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db


def page(browser, name, **asked):
    return html.unescape(browser.get(reverse(f"admin:{name}_changelist"), asked).content.decode())


@pytest.fixture
def lodeve(db):
    """Return the ORT of Lodève, which ended, in a town where a post is vacant."""
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-20")
    factories.poste([town], date_ouverture=factories.day("2021-04-01"))
    return factories.convention("2021-06-01", [town], duree_annees=1)


def test_a_row_bears_the_badge_of_where_it_stands(agent_34, lodeve):
    signed = '<span class="badge badge--info">convention d\'adhésion signée</span>'
    assert signed in page(agent_34, "communes_labellisation")
    assert '<span class="badge">terminée</span>' in page(agent_34, "ort_convention")
    lodeve.duree_annees = None
    lodeve.save()
    assert '<span class="badge badge--success">en vigueur</span>' in page(
        agent_34, "ort_convention"
    )
    assert "badge--success" in page(agent_34, "communes_labellisation")
    lodeve.date_signature, lodeve.date_signature_prevue = None, factories.day("2099-01-01")
    lodeve.save()
    assert '<span class="badge badge--info">non signée</span>' in page(agent_34, "ort_convention")
    assert '<span class="badge badge--warning">vacant</span>' in page(agent_34, "projects_poste")


def test_a_filter_that_is_on_says_what_it_keeps(agent_34, lodeve):
    text = " ".join(page(agent_34, "communes_labellisation", statut="adhesion_signee").split())
    assert 'class="actif"> <summary> Statut : convention d\'adhésion signée </summary>' in text
    assert text.count('class="actif"') == 1
    assert 'class="actif"' not in page(agent_34, "communes_labellisation")


def test_a_long_filter_is_searched(national):
    for number in range(13):
        factories.departement(f"9{number:02}")
    assert 'aria-label="Chercher : département"' in page(national, "communes_labellisation")
    assert 'aria-label="Chercher : statut"' not in page(national, "communes_labellisation")
