"""What every answer tells browsers: nothing is lent to our pages, and only public files to others."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "sharing"),
    [
        ("/", "same-origin"),
        ("/communes/", "same-origin"),
        ("/nulle-part/", "same-origin"),
        ("/admin/login/", "same-origin"),
        ("/admin/nulle.csv", "same-origin"),
        ("/static/pvd/nulle.js", "same-origin"),
        ("/donnees/communes.csv", "cross-origin"),
        ("/donnees/communes.csv?inconnu=1", "cross-origin"),
        ("/apercu.png", "cross-origin"),
        ("/robots.txt", "cross-origin"),
    ],
)
def test_every_answer_says_what_it_lends_and_to_whom(client, address, sharing):
    answer = client.get(address)
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Cross-Origin-Resource-Policy"] == sharing


def test_a_page_of_the_back_office_is_lent_to_nobody(client):
    answer = client.get(reverse("admin:index"))
    assert answer.status_code == 302
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
