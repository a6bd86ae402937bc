"""What is sent is weighed before it is read."""

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from socle.web.poids import BACK_OFFICE, MEGABYTE, PUBLIC

pytestmark = pytest.mark.django_db


class Unread:
    """A body that nobody may read."""

    def read(self, *args):
        raise AssertionError("Ce qui est envoyé a été lu.")

    readline = read


def announce(client, url, length, **headers):
    """Send a request that announces `length` bytes, and whose body must not be read."""
    body = {"wsgi.input": Unread(), "CONTENT_LENGTH": str(length)}
    return client.generic(
        "POST", url, content_type="multipart/form-data; boundary=x", **body, **headers
    )


@pytest.mark.parametrize("url", ["/signaler/", "/", "/admin/login/", "/admin/communes/agent/add/"])
@pytest.mark.parametrize("length", [PUBLIC + 1, 200 * MEGABYTE])
def test_a_visitor_sends_no_more_than_a_report(url, length, client):
    answer = announce(client, url, length)
    assert answer.status_code == 413
    assert "Envoi trop lourd" in answer.content.decode()


def test_the_longest_report_is_not_too_heavy(client):
    longest = {
        "message": "\U0001f600" * 2000,
        "correction": "\U0001f600" * 2000,
        "courriel": "a" * 254,
    }
    answer = client.post("/signaler/", longest, headers={"Sec-Fetch-Site": "same-origin"})
    # Its token is missing: it was read.
    assert answer.status_code == 400


def test_an_agent_sends_a_document_and_no_more(agent_34):
    url = reverse("admin:ort_document_add")
    assert announce(agent_34, url, BACK_OFFICE + 1).status_code == 413
    heavy = SimpleUploadedFile("acte.pdf", b"x" * (PUBLIC + 1))
    answer = agent_34.post(url, {"fichier": heavy})
    assert answer.status_code == 200
    assert escape("n'est pas un PDF") in answer.content.decode()
    assert settings.PVD_DOCUMENT_MAX_MO * MEGABYTE < BACK_OFFICE


def test_an_agent_reports_as_a_visitor_does(agent_34):
    assert announce(agent_34, "/signaler/", PUBLIC + 1).status_code == 413


def test_what_does_not_tell_its_length_is_not_read():
    answer = announce(Client(), "/signaler/", "", HTTP_TRANSFER_ENCODING="chunked")
    assert answer.status_code == 411
    assert "Envoi sans longueur annoncée" in answer.content.decode()


def test_a_length_that_is_no_number_is_nothing_to_read(client):
    assert announce(client, "/signaler/", "beaucoup").status_code == 400
