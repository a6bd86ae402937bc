"""What looks odd in an ORT that changes is told, on the days when it is so, and on no other."""

import pytest

from ort.avertissements import apres_la_fin, de_la_convention, des_entrees
from tests import factories
from tests.factories import day


def texts(told):
    return [warning.texte for warning in told]


@pytest.fixture
def bedarieux(db):
    epci = factories.intercommunalite("200042646", nom="CC Grand Orb")
    town = factories.commune("34028", epci=epci, nom="Bédarieux")
    return factories.convention(
        "2023-01-10", [town], porteur=epci, intitule="ORT de Bédarieux", ville_principale=town
    )


@pytest.fixture
def lodeve(db):
    """Lodève, of another intercommunalité, in its own ORT of 2022 for five years."""
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    town = factories.commune("34142", epci=epci, nom="Lodève")
    factories.convention("2022-02-01", [town], intitule="ORT de Lodève", duree_annees=5)
    return town


def test_a_commune_of_another_intercommunalite_is_told_with_its_own(bedarieux, lodeve):
    told = texts(des_entrees(bedarieux, [lodeve], day("2026-02-01")))
    assert told == [
        "Lodève n'est pas membre de CC Grand Orb le 1er février 2026, mais de CC Lodévois et Larzac.",
        "Lodève est déjà couverte par « ORT de Lodève » depuis le 1er février 2022.",
    ]


def test_a_member_that_nothing_covers_asks_for_nothing(bedarieux):
    town = factories.commune("34302", epci=bedarieux.porteur)
    assert des_entrees(bedarieux, [town], day("2026-02-01")) == []


@pytest.mark.parametrize(
    ("jour", "covered"),
    [("2022-01-31", 0), ("2022-02-01", 1), ("2027-01-31", 1), ("2027-02-01", 0)],
)
def test_another_ort_counts_while_it_is_in_force(bedarieux, lodeve, jour, covered):
    told = texts(des_entrees(bedarieux, [lodeve], day(jour)))
    assert sum("déjà couverte" in text for text in told) == covered


def test_who_had_left_the_carrier_by_that_day_is_told(bedarieux):
    town = factories.commune("34302", epci=None, nom="Hérépian")
    other = factories.intercommunalite("200066124", nom="CC Autre")
    town.rattachements.create(intercommunalite=bedarieux.porteur, fin="2024-01-01")
    town.rattachements.create(intercommunalite=other, debut="2024-01-01")
    assert des_entrees(bedarieux, [town], day("2023-12-31")) == []
    assert len(des_entrees(bedarieux, [town], day("2024-01-01"))) == 1


def test_a_convention_that_is_no_ort_covers_nobody_twice(bedarieux, lodeve):
    bedarieux.vaut_ort = False
    assert len(texts(des_entrees(bedarieux, [lodeve], day("2026-02-01")))) == 1
    assert de_la_convention(bedarieux, day("2026-02-01")) == []


@pytest.mark.parametrize(("jour", "second"), [("2023-01-09", False), ("2023-01-10", True)])
def test_a_second_ort_of_the_same_carrier_is_told(bedarieux, jour, second):
    other = factories.convention(None, porteur=bedarieux.porteur, derogation_l303_3=True)
    told = texts(de_la_convention(other, day(jour)))
    expected = ["CC Grand Orb porte déjà une ORT ce jour-là : ORT de Bédarieux."]
    assert told == (expected if second else [])


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"ville_principale": None}, 1),
        ({"ville_principale": None, "derogation_l303_3": True}, 0),
        ({}, 0),
    ],
)
def test_an_ort_without_ville_principale_nor_waiver_is_told(bedarieux, fields, told):
    for name, value in fields.items():
        setattr(bedarieux, name, value)
    assert len(de_la_convention(bedarieux, day("2023-01-10"))) == told


@pytest.mark.parametrize(("jour", "ended"), [("2028-01-09", False), ("2028-01-10", True)])
def test_an_act_after_the_end_is_told_even_if_it_extends(bedarieux, jour, ended):
    bedarieux.duree_annees = 5
    bedarieux.save()
    factories.avenant(bedarieux, jour, duree_annees=10)
    told = texts(apres_la_fin(bedarieux, day(jour)))
    assert told == (
        ["Cette convention est échue depuis le 10 janvier 2028, avant cet avenant."]
        if ended
        else []
    )


@pytest.fixture
def gignac(bedarieux):
    """Gignac, of the carrier of Bédarieux, into which Jonquières merged on 1 January 2025."""
    town = factories.commune("34114", epci=bedarieux.porteur, nom="Gignac")
    factories.commune("34122", nom="Jonquières", fin=day("2025-01-01"), successeur=town)
    return town


@pytest.fixture
def jonquieres(gignac):
    return gignac.predecesseurs.get()


@pytest.mark.parametrize(("jour", "covered"), [("2024-12-31", 0), ("2025-01-01", 1)])
def test_what_covered_a_vanished_commune_covers_who_followed_it(
    bedarieux, gignac, jonquieres, jour, covered
):
    factories.convention("2022-02-01", [jonquieres], intitule="ORT de Jonquières")
    told = texts(des_entrees(bedarieux, [gignac], day(jour)))
    assert told == covered * [
        "Gignac est déjà couverte, sous le nom de Jonquières, par « ORT de Jonquières » depuis le "
        "1er février 2022."
    ]


def test_a_vanished_commune_is_of_the_intercommunalite_of_who_followed_it(gignac, jonquieres):
    elsewhere = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    signed = factories.convention("2022-02-01", porteur=elsewhere, derogation_l303_3=True)
    assert des_entrees(signed, [jonquieres], day("2024-12-31")) == []
    (warning,) = des_entrees(signed, [jonquieres], day("2025-01-01"))
    assert warning.cle == jonquieres.pk
    assert warning.texte.startswith(
        "Jonquières, suivie par Gignac, n'est pas membre de CC Lodévois"
    )


def test_a_commune_and_who_followed_it_are_in_one_ort_once(bedarieux, gignac, jonquieres):
    factories.couverture(bedarieux, jonquieres)
    (told,) = texts(des_entrees(bedarieux, [gignac], day("2025-01-01")))
    assert told.startswith("Gignac est déjà dans cette ORT, sous le nom de Jonquières,")
    assert des_entrees(bedarieux, [gignac], day("2024-12-31")) == []


def test_entries_take_few_queries_however_many_they_are(
    bedarieux, lodeve, django_assert_max_num_queries
):
    others = [factories.commune(epci="new") for _ in range(3)]
    with django_assert_max_num_queries(8):
        assert len(des_entrees(bedarieux, [lodeve, *others], day("2026-02-01"))) == 5
