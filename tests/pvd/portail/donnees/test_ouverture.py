"""The data are lent to the pages of other sites, refusals too; nothing else is."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
ALLOW = "Access-Control-Allow-Origin"


@pytest.mark.parametrize(
    "address",
    [
        "/donnees/",
        "/donnees/communes.csv",
        "/donnees/communes.json",
        "/donnees/communes.xlsx",
        "/donnees/communes.lisez-moi.txt",
        "/donnees/schemas/communes.json",
        "/donnees/datapackage.json",
        "/donnees/catalogue.ttl",
        # What is refused is read too, in French.
        "/donnees/communes.json?departement=99",
        "/donnees/nulle.csv",
    ],
)
@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_whatever_is_under_the_data_is_open(client, address, method):
    answer = getattr(client, method)(address)
    # Read to its end, it is closed.
    answer.getvalue()
    assert answer[ALLOW] == "*"
    assert "X-Perimetre" in answer["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer
    if method == "options":
        assert answer.status_code == 204
        assert answer["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/communes/",
        "/donnees",
        "/admin/",
        "/admin/donnees/",
        "/robots.txt",
        "/static/pvd/x.js",
    ],
)
@pytest.mark.parametrize("method", ["get", "options"])
def test_nothing_else_is(client, address, method):
    assert ALLOW not in getattr(client, method)(address)


def test_a_page_of_an_agent_is_lent_to_nobody(agent_34):
    assert ALLOW not in agent_34.get(reverse("admin:index"))
    answer = agent_34.post("/donnees/communes.csv")
    assert answer.status_code == 405
