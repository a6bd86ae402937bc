"""Read a public page as a visitor does: its words, without its tags."""

import html
import re

from django.db import connection
from django.test.utils import CaptureQueriesContext


def words(response):
    """Return the words of a page, with plain spaces."""
    text = re.sub(r"<[^>]*>", " ", response.content.decode())
    return " ".join(html.unescape(text).split()).replace(" ,", ",").replace(" .", ".")


def read(client, address, status=200):
    """Return the words of the page at `address`, which must answer `status`."""
    response = client.get(address)
    assert response.status_code == status, f"{address} : {response.status_code}"
    return words(response)


def count_queries(client, address):
    """Return the number of queries that the page at `address` costs, once warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
