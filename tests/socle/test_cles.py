"""Keys given back to the database as one parameter."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Commune, Labellisation
from ort.models import Convention
from socle.cles import par_une_voie
from socle.historique import sans_historique
from tests import factories

pytestmark = pytest.mark.django_db


# SQLite refuses an expression deeper than a thousand.
MANY = 1101


@pytest.fixture
def towns():
    return [factories.labellisation(factories.commune(f"34{n:03}")) for n in range(3)]


@pytest.mark.parametrize("cles", [[], ["34001"], ["34000", "34002", "34999"], {"34001": 1}])
def test_it_keeps_what_in_keeps(towns, cles):
    for queryset in (Commune.objects, Labellisation.objects):
        field = "pk" if queryset.model is Commune else "commune"
        kept = queryset.filter(**{f"{field}__dans": cles})
        assert set(kept) == set(queryset.filter(**{f"{field}__in": list(cles)}))


def test_of_no_key_the_database_is_asked_nothing(towns, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert not list(Commune.objects.filter(pk__dans=[]))
    assert Commune.objects.exclude(pk__dans=[]).count() == 3


def test_whole_numbers_are_keys_too(towns):
    keys = [town.pk for town in towns[:2]]
    assert set(Labellisation.objects.filter(pk__dans=keys)) == set(towns[:2])
    assert Labellisation.objects.exclude(pk__dans=keys).get() == towns[2]


def test_the_text_of_a_query_does_not_grow_with_its_keys():
    def text(number):
        with CaptureQueriesContext(connection) as queries:
            assert not list(Commune.objects.filter(pk__dans=[str(n) for n in range(number)]))
        # What the connection shows holds the parameter; its length apart, the text is the same.
        return queries[0]["sql"].split("json_each")[0].split("ANY")[0]

    assert text(1) == text(5000)


def test_the_prefetch_of_a_foreign_key_does_not_grow_with_its_records():
    """More communes than SQLite compares one by one, each led to from another record."""
    departement = factories.departement("34")
    codes = [f"{n:05}" for n in range(MANY)]
    Commune.objects.bulk_create(
        Commune(code_insee=code, nom=code, departement=departement) for code in codes
    )
    with sans_historique():
        Labellisation.objects.bulk_create(
            Labellisation(commune_id=code, debut=factories.day("2021-01-22")) for code in codes
        )
    read = Labellisation.objects.prefetch_related("commune")
    assert sorted(label.commune.nom for label in read) == codes
    with CaptureQueriesContext(connection) as queries:
        assert len(Labellisation.objects.filter(commune="00007").prefetch_related("commune")) == 1
    assert " OR " not in queries[-1]["sql"]


def test_a_record_is_kept_by_any_of_its_ways_and_once():
    here, there = factories.commune("34001"), factories.commune("30001")
    kept = {
        factories.convention(communes=[here], departement_reference=here.departement),
        factories.convention(communes=[here], departement_reference=there.departement),
        factories.convention(communes=[there], departement_reference=here.departement),
        factories.convention(communes=[here, there], departement_reference=there.departement),
    }
    factories.convention(communes=[there], departement_reference=there.departement)
    ways = ["couvertures__commune__departement", "departement_reference"]
    found = list(Convention.objects.filter(par_une_voie(Convention, ways, ["34"])))
    assert set(found) == kept
    assert len(found) == len(kept)
    assert not Convention.objects.filter(par_une_voie(Convention, ways, [])).exists()
