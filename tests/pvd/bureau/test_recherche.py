"""The search of the home: it goes where one name or one code leads, else says what is near."""

import re

import pytest
from django.urls import reverse

from communes.models import AncienCode
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def herault(scene):
    """Return the records of Lodève by name; Florensac is beside it, and Rodez in another département."""
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    lodeve = factories.commune("34142", epci, nom="Lodève")
    AncienCode.objects.create(code="34998", nature="deleguee", nom="Les Plans", commune=lodeve)
    lodeve.codes_postaux.create(code="34700")
    signed = factories.convention(
        communes=[lodeve], identifiant="ort-de-lodeve", intitule="ORT de Lodève"
    )
    poste = factories.poste([lodeve], identifiant="poste-lodeve", intitule="Chef de projet ORT")
    factories.occupation(poste, "2023-01-09", titulaire="Zoé Éléonore")
    factories.contact(lodeve, nom="Alix Exemple")
    factories.poste(
        [factories.commune("12202", nom="Rodez")], identifiant="poste-rodez", intitule="De Rodez"
    )
    return {
        "commune": reverse("admin:communes_commune_page", args=["34142"]),
        "epci": reverse("admin:communes_intercommunalite_page", args=["200017341"]),
        "ort": reverse("admin:ort_convention_page", args=[signed.pk]),
        "poste": reverse("admin:projects_poste_histoire", args=[poste.pk]),
    }


def search(browser, text):
    return browser.get(reverse("admin:chercher"), {"q": text})


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        ("Lodève", "commune"),
        ("  lodeve ", "commune"),
        ("34142", "commune"),
        ("34998", "commune"),
        ("34 142", "commune"),
        ("Les Plans", "commune"),
        ("Mairie de Lodève", "commune"),
        ("Lodève (34)", "commune"),
        ("lodeve 34700", "commune"),
        ("200017341", "epci"),
        ("CC Lodévois et Larzac", "epci"),
        ("ort-de-lodeve", "ort"),
        ("ORT de Lodève", "ort"),
        ("poste-lodeve", "poste"),
        ("zoe eleonore", "poste"),
        ("Éléonore", "poste"),
        ("alix", "commune"),
    ],
)
def test_a_name_or_a_code_goes_to_its_page(asked, leads_to, agent_34, herault):
    answer = search(agent_34, asked)
    assert (answer.status_code, answer.url) == (302, herault[leads_to])


def test_what_several_records_near_is_listed(agent_34, herault):
    answer = search(agent_34, "lod")
    found = {fiche.adresse for fiche in answer.context["trouvees"]}
    assert found == {herault["commune"], herault["epci"], herault["ort"], herault["poste"]}
    titles = re.findall("<h2>([^<]*)</h2>", answer.content.decode())
    assert titles == ["Communes", "Intercommunalités", "Conventions", "Postes de chef de projet"]
    assert "Rien ne porte ce nom" in search(agent_34, "Rodez").content.decode()
    for nothing in ("", "  ", "'"):
        assert search(agent_34, nothing).context["trouvees"] == []


def test_homonyms_are_listed_and_not_chosen(agent_34, herault):
    factories.commune("34999", nom="Lodève")
    assert len(search(agent_34, "Lodève").context["trouvees"]) > 1


def test_a_code_that_is_also_a_postcode_is_listed_and_not_chosen(agent_34, herault):
    factories.commune("34700", nom="Marseillan")
    answer = search(agent_34, "34700")
    communes = [f for f in answer.context["trouvees"] if f.sorte == "Communes"]
    assert [(f.nom, f.precision) for f in communes] == [
        ("Lodève", "34142, code postal 34700"),
        ("Marseillan", "34700, code INSEE 34700"),
    ]


def test_what_contradicts_itself_is_not_gone_to(agent_34, herault):
    assert search(agent_34, "Lodève 34999").status_code == 200


@pytest.mark.parametrize("asked", ["\0", "lo\0de", "%", "_", "🏰", "\\"])
def test_nothing_typed_is_an_error(agent_34, herault, asked):
    # Before any search, the back office refuses what no database holds.
    expected = {400} if "\0" in asked else {200, 302}
    assert search(agent_34, asked).status_code in expected
    for list_of in ("commune", "labellisation", "rattachement", "departement"):
        page = reverse(f"admin:communes_{list_of}_changelist")
        assert agent_34.get(page, {"q": asked}).status_code in expected
    chosen = {"app_label": "ort", "model_name": "communecouverte", "field_name": "commune"}
    answer = agent_34.get(reverse("admin:autocomplete"), {**chosen, "term": asked})
    assert answer.status_code in expected


def test_a_field_offers_the_communes_nearest_first(agent_34, herault):
    factories.commune("34001", nom="Aigne-Lodève")
    chosen = {"app_label": "ort", "model_name": "communecouverte", "field_name": "commune"}
    for typed, offered in (
        ("lodeve", ["34142", "34001"]),
        ("34700", ["34142"]),
        ("les plans", ["34142"]),
    ):
        answer = agent_34.get(reverse("admin:autocomplete"), {**chosen, "term": typed})
        assert [result["id"] for result in answer.json()["results"]] == offered


@pytest.mark.parametrize("role", ["agent_81", "lecteur_34"])
def test_the_search_goes_no_further_than_its_user(role, request, herault):
    browser = request.getfixturevalue(role)
    assert search(browser, "alix").context["trouvees"] == []
    if role == "agent_81":
        for asked in ("34142", "34998", "ort-de-lodeve", "zoe", "200017341"):
            assert search(browser, asked).context["trouvees"] == []


def test_a_search_too_long_is_refused(agent_34):
    assert search(agent_34, "a" * 101).status_code == 400


def test_a_search_that_runs_nothing(agent_34):
    assert "<script>" not in search(agent_34, "<script>alert(1)").content.decode().split("<main")[1]
