"""The text of each public page, on a day, held against the one that was last read over.

A page that is meant to change: `make textes` writes its text again, and the difference is read.
"""

import os
import re
from pathlib import Path

import pytest

from tests.pages import lines

pytestmark = pytest.mark.django_db

TEXTES = Path(__file__).parent / "textes"
JOUR = "2024-03-01"
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
# The name of its text, its address, its status.
PAGES = [
    ("accueil", "/", 200),
    ("departement", "/departements/34/", 200),
    ("departement-partiel", "/departements/81/", 200),
    ("departement-non-tenu", "/departements/75/", 200),
    ("communes", "/communes/?departement=34", 200),
    ("communes-introuvables", "/communes/?q=introuvable", 200),
    ("commune-couverte", "/communes/34142/", 200),
    ("commune-par-avenant", "/communes/34101/", 200),
    ("commune-sortie", "/communes/34276/", 200),
    ("commune-hors-programme", "/communes/34003/", 200),
    ("commune-disparue", "/communes/72287/", 200),
    ("commune-inconnue", "/communes/34999/", 404),
    ("intercommunalites", "/intercommunalites/?departement=34", 200),
    ("intercommunalite", "/intercommunalites/200017341/", 200),
    ("ort-liste", "/ort/", 200),
    ("ort", "/ort/ort-lodeve/", 200),
    ("ort-sur-deux-departements", "/ort/ort-la-salvetat-sur-agout/", 200),
    ("ort-par-avenant", "/ort/ort-agde/", 200),
    ("actions", "/actions/", 200),
    ("commune-projet", "/communes/34142/projet/", 200),
    ("postes", "/chefs-de-projet/", 200),
    ("donnees", "/donnees/", 200),
    ("signaler", "/signaler/?page=/communes/34142/", 200),
    ("mentions-legales", "/mentions-legales/", 200),
    ("accessibilite", "/accessibilite/", 200),
    ("plan-du-site", "/plan-du-site/", 200),
    ("comprendre-les-chiffres", "/comprendre-les-chiffres/", 200),
    ("date-impossible", "/communes/?au=2023-02-30", 400),
]


def text_of(client, name, address, status):
    """Return the text of the page on the day of the tests, whatever the day they run."""
    asked = address if "au=" in address else f"{address}{'&' if '?' in address else '?'}au={JOUR}"
    response = client.get(asked)
    assert response.status_code == status, asked
    page = response.content.decode()
    # What stands around every page is read once, with the page that says the least.
    return lines(page if name == "accessibilite" else MAIN.search(page)[0])


def compare(name, text):
    """Hold a text against the one that is kept, or write it when that is what was asked."""
    path = TEXTES / f"{name}.txt"
    if "ECRIRE_TEXTES" in os.environ:
        TEXTES.mkdir(exist_ok=True)
        path.write_text(text)
    assert text.splitlines() == path.read_text().splitlines(), (
        f"« make textes » réécrit {path.name}"
    )


@pytest.mark.parametrize(("name", "address", "status"), PAGES, ids=[name for name, *_ in PAGES])
def test_a_page_says_what_was_read_over(client, name, address, status):
    compare(name, text_of(client, name, address, status))


def test_every_text_is_that_of_a_page():
    assert {path.stem for path in TEXTES.iterdir()} == {name for name, *_ in PAGES}
