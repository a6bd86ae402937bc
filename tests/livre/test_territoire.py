"""The vintages that come with the project: what they hold, once loaded."""

from datetime import date

import pytest

from communes.models import Commune, Intercommunalite, Millesime, Rattachement
from tests.livre.conftest import load

pytestmark = pytest.mark.django_db
EARLIEST, LATEST = date(2021, 1, 1), date(2026, 1, 1)


def test_all_vintages_are_loaded_and_said(shipped):
    assert list(Millesime.objects.values_list("annee", flat=True)) == list(range(2021, 2027))
    assert "communes nouvelles : 35 059" in shipped["charger_territoire"]
    assert "Territoire chargé jusqu'au millésime 2026." in shipped["charger_territoire"]


def test_a_second_load_does_nothing_and_says_so_in_one_line(django_assert_num_queries):
    with django_assert_num_queries(3):  # the loaded years, inside a savepoint
        assert load("charger_territoire") == (
            "Territoire à jour : le millésime 2026 est déjà chargé.\n"
        )


def test_the_communes_of_a_year_are_as_many_as_insee_counts():
    assert Commune.objects.as_of(EARLIEST).count() == 35_059
    assert Commune.objects.as_of(LATEST).count() == 34_969


def test_every_vanished_commune_has_a_successor():
    vanished = Commune.objects.exclude(fin=None)
    assert vanished.count() == 102
    assert not vanished.filter(successeur=None).exists()


def test_vanished_codes_lead_to_the_commune_of_today():
    for code, today in (("72287", "72155"), ("62461", "62447"), ("13201", "13055")):
        assert Commune.objects.resolve(code).pk == today


def test_corsica_and_communes_without_intercommunalite_are_there():
    assert Commune.objects.get(pk="2A004").departement_id == "2A"
    assert not Rattachement.objects.filter(commune="85113").exists()


def test_an_intercommunalite_bears_the_name_of_its_time():
    haut_languedoc = Intercommunalite.objects.get(pk="200066553")
    assert haut_languedoc.nom_au(LATEST) == "CC du Haut-Languedoc"
    assert "Monts de Lacaune" in haut_languedoc.nom_au(EARLIEST)


def test_a_split_intercommunalite_gives_its_communes_to_the_new_ones():
    of_locmine = Rattachement.objects.filter(commune="56117")
    assert of_locmine.as_of(date(2021, 12, 31)).get().intercommunalite_id == "200067221"
    assert of_locmine.as_of(date(2022, 1, 1)).get().intercommunalite_id == "200096683"


def test_memberships_of_a_commune_never_overlap():
    for rattachement in Rattachement.objects.filter(fin__isnull=False):
        siblings = Rattachement.objects.filter(commune=rattachement.commune_id)
        assert not siblings.overlapping(rattachement).exists()
