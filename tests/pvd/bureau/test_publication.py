"""What a row of a convention would publish is refused by its form, and led to the geste that does it."""

import html
import re

import pytest
from django.urls import reverse

from ort.models import Avenant, Convention, Partie, Secteur
from tests import factories
from tests.factories import day
from tests.formulaires import errors, filled, form_of
from tests.ort.test_admin import add_row, page_of
from tests.pvd.bureau.test_gestes import address, do, fill_and_confirm, refusal, typed
from tests.vues import SansLaPage


@pytest.fixture
def lodeve(db):
    return factories.commune("34142", nom="Lodève")


@pytest.fixture
def signed(db):
    """The ORT of Gignac, and an avenant signed on 11 January 2024."""
    epci = factories.intercommunalite("200017341", nom="CC Vallée de l'Hérault")
    town = factories.commune("34114", epci=epci, nom="Gignac")
    convention = factories.convention("2023-07-06", [town], porteur=epci, intitule="ORT de Gignac")
    factories.avenant(convention, "2024-01-11", numero=1)
    return convention


def written(convention):
    rows = (convention.avenants, convention.couvertures, convention.parties, convention.secteurs)
    return [related.count() for related in rows]


ROWS = {
    "couvertures": {"commune": "34142"},
    "parties": {"commune": "34142", "role": "partenaire"},
    "secteurs": {"commune": "34114", "nom": "Centre ancien"},
}
LINKS = {"couvertures": "entree", "parties": "avenant", "secteurs": "avenant"}


@pytest.mark.parametrize("prefix", ROWS)
@pytest.mark.parametrize("by", ["convention", "avenant"])
def test_a_row_of_a_signed_act_is_led_to_its_geste(agent_34, lodeve, signed, prefix, by):
    row, before = dict(ROWS[prefix]), written(signed)
    if by == "avenant":
        row[LINKS[prefix]] = signed.avenants.get().pk
    told = errors(add_row(agent_34, signed, prefix, **row))
    geste = "Avenant" if by == "avenant" else "Compléter la convention"
    assert f"Enregistrez-le par « {geste} »" in told
    assert written(signed) == before
    form = SansLaPage(agent_34).get(link_of(told)).context["form"]
    page = html.unescape(form.as_p())
    assert "Gignac : Centre ancien" in page if prefix == "secteurs" else "Lodève" in page
    if by == "avenant":
        assert (form["date"].value(), form["numero"].value()) == (day("2024-01-11"), 1)


def link_of(told):
    """Return the address to which a refusal leads."""
    return html.unescape(re.search(r'href="([^"]+)"', told).group(1))


def test_what_the_link_has_filled_in_is_shown_then_written(agent_34, lodeve, signed):
    """The source is all that is missing; the act is the one that the row named."""
    avenant = signed.avenants.get()
    told = errors(add_row(agent_34, signed, "couvertures", commune="34142", entree=avenant.pk))
    url = link_of(told)
    form = SansLaPage(agent_34).get(url).context["form"]
    (commune,) = form["communes"].value()
    asked = typed(communes=[commune], date="11/01/2024", numero=1, acte=avenant.pk)
    assert "Y entre : Lodève." in SansLaPage(agent_34).post(url, asked).context["effects"].phrases
    assert not lodeve.couvertures.exists()
    assert fill_and_confirm(agent_34, url, asked).status_code == 302
    assert lodeve.couvertures.get().entree == avenant
    assert avenant.affirmations.get().source.titre == "Convention signée"


def test_all_that_a_page_would_publish_is_in_one_geste(agent_34, lodeve, signed):
    page = form_of(agent_34, page_of(signed))
    rows = {
        "couvertures-TOTAL_FORMS": 2,
        "couvertures-1-commune": lodeve.pk,
        "parties-TOTAL_FORMS": 1,
        "parties-0-commune": lodeve.pk,
        "parties-0-role": "partenaire",
        "secteurs-TOTAL_FORMS": 2,
        "secteurs-0-commune": "34114",
        "secteurs-0-nom": "Centre ancien",
        "secteurs-1-commune": "34114",
        "secteurs-1-nom": "Gare",
    }
    told = errors(agent_34.post(page_of(signed), filled(page, **rows)))
    assert told.count("Enregistrez-le par") == 1
    form = SansLaPage(agent_34).get(link_of(told)).context["form"]
    assert form["secteurs"].value() == "Gignac : Centre ancien\nGignac : Gare"
    assert form["role"].value() == "partenaire"
    assert [list(form[name].value()) for name in ("communes", "parties_communes")] == 2 * [
        [lodeve.pk]
    ]


def test_an_exit_is_led_to_the_geste_with_its_commune_ticked(agent_34, signed):
    inside, avenant = signed.couvertures.get(), signed.avenants.get()
    page = form_of(agent_34, page_of(signed))
    answer = agent_34.post(page_of(signed), filled(page, **{"couvertures-0-sortie": avenant.pk}))
    assert "« Gignac dans ORT de Gignac » : ce qui devient public" in errors(answer)
    inside.refresh_from_db()
    assert inside.sortie is None
    form = SansLaPage(agent_34).get(link_of(errors(answer))).context["form"]
    assert list(form["couvertures"].value()) == [inside.pk]


def test_a_signature_typed_in_a_row_is_led_with_all_that_it_says(agent_34, signed):
    act = {"date_signature": "01/02/2024", "precision_signature": "mois", "numero": 2}
    told = errors(add_row(agent_34, signed, "avenants", **act, duree_annees=9, objet="Suite"))
    form = SansLaPage(agent_34).get(link_of(told)).context["form"]
    names = ("date", "precision", "numero", "duree_annees", "objet")
    assert [form[name].value() for name in names] == [day("2024-02-01"), "mois", 2, 9, "Suite"]


def test_the_signature_of_a_convention_comes_before_its_rows(agent_34, lodeve):
    planned = factories.convention(None)
    row = {"couvertures-TOTAL_FORMS": 1, "couvertures-0-commune": lodeve.pk}
    data = filled(form_of(agent_34, page_of(planned)), date_signature="06/07/2023", **row)
    told = errors(agent_34.post(page_of(planned), data))
    assert "par « Signer la convention »" in told
    assert "Compléter la convention" not in told
    form = SansLaPage(agent_34).get(link_of(told)).context["form"]
    assert form["date"].value() == day("2023-07-06")


@pytest.mark.parametrize("prefix", ROWS)
def test_what_is_not_public_is_written_on_the_form(agent_34, lodeve, signed, prefix):
    """Of a convention not signed, and of an avenant not signed of one that is."""
    planned = factories.avenant(signed, None)
    row = ROWS[prefix] | {LINKS[prefix]: planned.pk}
    assert add_row(agent_34, signed, prefix, **row).status_code == 302
    factories.rewrite(Convention.objects, date_signature=None)
    row = {"couvertures": {"commune": factories.commune("34239").pk}}.get(prefix, ROWS[prefix])
    row |= {"role": "signataire"} if prefix == "parties" else {}
    row |= {"nom": "Autre"} if prefix == "secteurs" else {}
    assert add_row(agent_34, signed, prefix, **row).status_code == 302


def test_what_is_public_is_still_corrected_on_the_form(agent_34, lodeve, signed):
    avenant, inside = signed.avenants.get(), signed.couvertures.get()
    party = Partie.objects.create(convention=signed, commune=lodeve)
    sector = Secteur.objects.create(convention=signed, commune_id="34114", nom="Centre")
    changes = {
        "couvertures-0-entree": avenant.pk,
        "parties-0-role": "partenaire",
        "parties-0-avenant": avenant.pk,
        "secteurs-0-nom": "Centre ancien",
        "motif_correction": "acte relu",
    }
    data = filled(form_of(agent_34, page_of(signed)), **changes)
    assert agent_34.post(page_of(signed), data).status_code == 302
    for record in (inside, party, sector):
        record.refresh_from_db()
    assert (inside.entree, party.role, party.avenant) == (avenant, "partenaire", avenant)
    assert sector.nom == "Centre ancien"
    removed = {"secteurs-0-DELETE": "on", "motif_correction": "doublon"}
    data = filled(form_of(agent_34, page_of(signed)), **removed)
    assert agent_34.post(page_of(signed), data).status_code == 302
    assert not signed.secteurs.exists()


def test_a_planned_entry_moved_to_a_signed_act_is_published(agent_34, lodeve, signed):
    planned = factories.avenant(signed, None)
    factories.couverture(signed, lodeve, entree=planned)
    page = form_of(agent_34, page_of(signed))
    moved = {"couvertures-1-entree": signed.avenants.get(numero=1).pk, "motif_correction": "relu"}
    answer = agent_34.post(page_of(signed), filled(page, **moved))
    assert "« Lodève dans ORT de Gignac »" in errors(answer)
    assert lodeve.couvertures.get().entree == planned


def test_a_signed_convention_is_completed_by_its_geste(agent_34, lodeve, signed):
    """The founding commune that was forgotten: shown with its figures, sourced, then written."""
    factories.labellisation(lodeve)
    factories.labellisation(signed.couvertures.get().commune)
    url = address("completer-la-convention", signed)
    asked = typed(communes=[lodeve.pk], secteurs="Lodève : Centre", parties_communes=[lodeve.pk])
    page = agent_34.post(url, asked)
    figures = {c.chiffre: (c.avant, c.apres) for c in page.context["effects"].changements}
    assert figures["communes couvertes par une ORT"] == (1, 2)
    assert "Y entre dès ce jour-là : Lodève." in page.context["effects"].phrases
    assert not lodeve.couvertures.exists()
    assert fill_and_confirm(agent_34, url, asked).status_code == 302
    assert lodeve.couvertures.get().acte_entree == signed
    assert (signed.parties.get().avenant, signed.secteurs.get().avenant) == (None, None)
    assert Avenant.objects.count() == 1
    said = signed.affirmations.get()
    assert (said.champ, said.valeur) == ("date_signature", "2023-07-06")
    assert lodeve.couvertures.get().history.get().history_change_reason == "Convention complétée"


def test_a_completion_warns_of_what_an_avenant_would(agent_34, lodeve, signed):
    factories.convention("2022-02-01", [lodeve], intitule="ORT de Lodève")
    url = address("completer-la-convention", signed)
    effects = SansLaPage(agent_34).post(url, typed(communes=[lodeve.pk])).context["effects"]
    assert ["déjà couverte" in alerte.texte for alerte in effects.alertes] == [True]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, "Dites ce qui manque"),
        ({"communes": ["34114"]}, "Déjà dans cette ORT : Gignac."),
        ({"communes": ["12001"]}, "12001"),
        ({"secteurs": "Rodez : Centre"}, "une commune de l'ORT"),
    ],
)
def test_a_completion_is_refused_by_halves_and_out_of_reach(agent_34, signed, fields, expected):
    factories.commune("12001")
    assert expected in refusal(agent_34, "completer-la-convention", signed, **fields)


def test_a_convention_that_is_not_signed_is_completed_on_its_form(agent_34, lodeve):
    planned = factories.convention(None)
    factories.couverture(planned, lodeve)
    assert do(agent_34, "completer-la-convention", planned).status_code == 302
    assert planned.couvertures.count() == 1


@pytest.mark.parametrize("slug", ["avenant", "completer-la-convention"])
def test_an_address_fills_in_nothing_that_its_form_refuses(agent_34, signed, slug):
    factories.commune("12001", nom="Rodez")
    asked = {
        "communes": ["12001", "x"],
        "couvertures": "1e9",
        "date": "31/02/2024",
        "role": "roi",
    }
    page = agent_34.get(address(slug, signed), asked)
    assert page.status_code == 200
    assert page.context["form"].initial == {}


@pytest.mark.une_base
def test_a_new_convention_says_where_the_communes_of_a_neighbour_are_added(agent_34):
    page = agent_34.get(reverse("admin:gestes", args=["nouvelle-convention"])).content.decode()
    assert "« Compléter la convention »" in page
