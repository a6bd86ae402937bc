"""The histories of a base that holds nothing: apart from the programme of the other tests of histories."""

import pytest

from tests.pvd.portail.donnees.histoires import HISTOIRES, text

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


def test_an_empty_base_has_empty_histories(client):
    for nom in HISTOIRES:
        assert text(client, f"historique/{nom}").count("\n") == 1
