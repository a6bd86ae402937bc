"""Places: given to one taker only, and never said to be taken by another where none can be written."""

import pytest
from django.core.cache import caches
from django.db import DatabaseError

from socle.web.places import empty, take

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


def test_each_place_is_given_once_until_it_is_freed():
    assert [take("clé", 2, 60) for _ in range(3)] == ["clé:0", "clé:1", None]
    empty("clé", 2)
    assert take("clé", 2, 60) == "clé:0"


def test_a_place_that_another_takes_meanwhile_is_passed_over(monkeypatch):
    counters, add = caches["compteurs"], caches["compteurs"].add
    monkeypatch.setattr(
        counters, "add", lambda place, *rest: add(place, *rest) and place != "clé:0"
    )
    assert take("clé", 2, 60) == "clé:1"


def test_where_nothing_can_be_written_all_places_are_not_said_taken(monkeypatch):
    monkeypatch.setattr(caches["compteurs"], "add", lambda *_: False)
    with pytest.raises(DatabaseError):
        take("clé", 2, 60)
