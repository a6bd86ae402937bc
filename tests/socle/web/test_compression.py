"""What is compressed, what is not, and what is not sent twice."""

import gzip

import pytest

from tests import factories

pytestmark = pytest.mark.django_db

ASKED = {"accept-encoding": "gzip"}


def test_public_page_is_compressed(client):
    plain = client.get("/communes/?au=2023-07-06")
    sent = client.get("/communes/?au=2023-07-06", headers=ASKED)
    assert sent["Content-Encoding"] == "gzip"
    assert gzip.decompress(sent.content) == plain.content
    assert len(sent.content) < len(plain.content) / 3


def test_public_text_to_download_is_compressed(client):
    for number in range(10):
        factories.labellisation(factories.commune(f"3400{number}"))
    sent = client.get("/donnees/communes.csv", headers=ASKED)
    assert sent["Content-Encoding"] == "gzip"
    assert b"34009" in gzip.decompress(b"".join(sent.streaming_content))


def test_page_of_an_agent_is_not_compressed(agent_34):
    sent = agent_34.get("/admin/", headers=ASKED)
    assert sent.status_code == 200
    assert "Content-Encoding" not in sent


def test_page_to_log_in_is_not_compressed(client):
    assert "Content-Encoding" not in client.get("/admin/login/", headers=ASKED)


def test_image_is_not_compressed_twice(client):
    sent = client.get("/apercu.png", headers=ASKED)
    assert "Content-Encoding" not in sent


@pytest.mark.parametrize("headers", [{}, ASKED])
def test_page_that_has_not_changed_is_not_sent_again(client, headers):
    first = client.get("/communes/?au=2023-07-06", headers=headers)
    mark = {"if-none-match": first["ETag"]}
    again = client.get("/communes/?au=2023-07-06", headers=headers | mark)
    assert (again.status_code, again.content) == (304, b"")
    factories.labellisation()
    assert client.get("/communes/?au=2023-07-06", headers=headers | mark).status_code == 200
