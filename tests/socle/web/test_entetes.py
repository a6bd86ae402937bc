"""What every answer tells browsers: nothing is lent to our pages, and only public files to others."""

import re

import pytest
from django.contrib import admin
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


@pytest.mark.parametrize("page", ["changelist", "add"])
@pytest.mark.parametrize("model", sorted(admin.site._registry, key=str), ids=str)
def test_no_page_of_the_back_office_writes_its_own_styles(model, page, national):
    answer = national.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}"))
    assert "unsafe" not in answer["Content-Security-Policy"]
    if answer.status_code == 200:
        assert not re.search("<style| style=| on[a-z]+=", answer.content.decode())
