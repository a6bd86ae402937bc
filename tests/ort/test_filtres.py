"""The list of ORT, as its filters and the day choose it."""

import pytest
from django.test import RequestFactory

from ort.filtres import OrtFiltres
from ort.models import Convention
from tests import factories
from tests.factories import day

pytestmark = pytest.mark.django_db


def listed(au="2023-07-06", **params):
    request = RequestFactory().get("/ort/", params)
    rows = OrtFiltres(request, Convention.objects.all(), day(au)).rows
    return sorted(convention.identifiant for convention in rows)


@pytest.fixture
def two_ort():
    """The ORT of Lodève, and that of La Salvetat that Lacaune, in the Tarn, joined in 2023."""
    lodevois = factories.intercommunalite("200017341")
    monts = factories.intercommunalite("200066553")
    lodeve = factories.commune("34142", lodevois, nom="Lodève")
    salvetat = factories.commune("34293", monts, nom="La Salvetat-sur-Agout")
    lacaune = factories.commune("81124", monts, nom="Lacaune")
    for commune in (lodeve, salvetat, lacaune):
        factories.labellisation(commune)
    factories.convention(
        "2021-07-16", [lodeve], identifiant="ort-lodeve", intitule="ORT de Lodève", duree_annees=5
    )
    shared = factories.convention("2022-07-28", [salvetat], identifiant="ort-monts", porteur=monts)
    factories.avenant(shared, "2023-01-01", [lacaune])
    return shared


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["ort-lodeve", "ort-monts"]),
        ({"departement": "34"}, ["ort-lodeve", "ort-monts"]),
        ({"departement": "81"}, ["ort-monts"]),
        ({"epci": "200066553"}, ["ort-monts"]),
        ({"epci": "200017341", "departement": "81"}, []),
        ({"statut": "en_vigueur"}, ["ort-lodeve", "ort-monts"]),
        ({"statut": "terminee"}, []),
        ({"q": "lodeve"}, ["ort-lodeve"]),
        ({"q": "ORT de Lodève"}, ["ort-lodeve"]),
        ({"q": "ort-lodeve"}, ["ort-lodeve"]),
        ({"q": "lacaune"}, ["ort-monts"]),
        ({"q": "lacaune", "departement": "34"}, ["ort-monts"]),
        ({"q": "béziers"}, []),
    ],
    ids=str,
)
def test_the_list_is_what_its_filters_ask_for(two_ort, params, expected):
    assert listed(**params) == expected


@pytest.mark.parametrize(
    ("au", "params", "expected"),
    [
        ("2021-07-15", {}, []),
        ("2021-07-16", {}, ["ort-lodeve"]),
        ("2022-12-31", {"departement": "81"}, []),
        ("2023-01-01", {"departement": "81"}, ["ort-monts"]),
        ("2022-12-31", {"q": "lacaune"}, []),
        ("2026-07-15", {}, ["ort-lodeve", "ort-monts"]),
        ("2026-07-16", {}, ["ort-monts"]),
        ("2026-07-15", {"statut": "terminee"}, []),
        ("2026-07-16", {"statut": "terminee"}, ["ort-lodeve"]),
        ("2026-07-16", {"statut": "en_vigueur"}, ["ort-monts"]),
    ],
)
def test_the_list_is_that_of_the_day(two_ort, au, params, expected):
    assert listed(au, **params) == expected


def test_the_intercommunalite_of_a_commune_is_that_of_the_day(two_ort):
    lodeve = factories.commune("34142")
    lodeve.rattachements.update(fin=day("2023-01-01"))
    assert listed("2022-12-31", epci="200017341") == ["ort-lodeve"]
    assert listed("2023-01-01", epci="200017341") == []


@pytest.mark.parametrize(
    "outside",
    [
        lambda commune: factories.convention("2021-01-01", [commune], vaut_ort=False),
        lambda commune: factories.convention(None, [commune]),
        lambda commune: factories.convention("2021-01-01", [factories.commune("34003")]),
    ],
    ids=["not an ORT", "not signed", "no commune of the programme"],
)
def test_what_does_not_count_is_not_listed(outside):
    commune = factories.commune("34142")
    factories.labellisation(commune)
    outside(commune)
    assert listed() == []
    assert listed(statut="terminee") == []


def test_what_is_offered_is_what_an_ort_covers_on_the_day(two_ort):
    factories.commune("12001", "new")

    def offered(au, **params):
        request = RequestFactory().get("/ort/", params)
        form = OrtFiltres(request, Convention.objects.all(), day(au)).offer().form
        return [[value for value, _ in form.fields[name].widget.choices[1:]] for name in names]

    names = ("departement", "epci")
    assert offered("2022-12-31") == [["34"], ["200017341", "200066553"]]
    assert offered("2023-07-06") == [["34", "81"], []]
    assert offered("2023-07-06", departement="34") == [["34", "81"], ["200017341", "200066553"]]
    assert offered("2023-07-06", departement="81") == [["34", "81"], ["200066553"]]
