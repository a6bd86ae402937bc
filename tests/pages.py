"""Read a public page as a visitor does: its words, without its tags."""

import html
import re
from urllib.parse import urlencode

from django.db import connection
from django.test.utils import CaptureQueriesContext

# The days to go to tell what came after the day of the page: they are not its situation.
OTHER_DAYS = re.compile(r'<nav class="pvd-jalons".*?</nav>', re.DOTALL)


def words(response):
    """Return the words of a page, with plain spaces, without the other days that it leads to."""
    return without_tags(OTHER_DAYS.sub(" ", response.content.decode()))


def plain(response):
    """Return all the words of a page, those of the other days too."""
    return without_tags(response.content.decode())


def without_tags(page):
    text = re.sub(r"<[^>]*>", " ", page)
    return " ".join(html.unescape(text).split()).replace(" ,", ",").replace(" .", ".")


# What begins or ends a line on a screen, or for who listens to the page.
BLOCKS = re.compile(
    r"</?(?:address|article|br|caption|dd|details|div|dl|dt|fieldset|figure|footer|form|h[1-6]"
    r"|header|legend|li|main|nav|ol|option|p|section|summary|svg|table|t[dhr]|title|ul)\b[^>]*>"
)


def lines(page):
    """Return the words of a piece of page, a line for each block: a text to compare and to read."""
    told = (without_tags(line) for line in BLOCKS.split(page))
    return "".join(f"{line}\n" for line in told if line)


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


def adresse_du_fichier(nom, extension="csv", **asked):
    """Return the address of a public table; a history, which is of no day, is asked for without `au`."""
    if nom.startswith("historique-"):
        nom = nom.replace("historique-", "historique/", 1)
        asked.pop("au", None)
    return f"/donnees/{nom}.{extension}" + (f"?{urlencode(asked)}" if asked else "")


def boites(home):
    """Return the boxes of a home of the back office, by name."""
    return {boite.nom: boite for boite in home.context["boites"]}
