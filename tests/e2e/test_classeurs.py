"""A workbook of the open data as LibreOffice shows it, on a picture, and as a préfet may look at it."""

import pytest

from tests import factories
from tests.e2e.papier import Feuille
from tools.bureautique import convert, find
from tools.papier import SCALE, sheets_of

pytestmark = pytest.mark.django_db(transaction=True)
# A sheet of A4 lying down, in points.
A4 = (842, 595)
# The least white between two cells, in points, and how much more ink bold letters take.
BETWEEN, BOLD = 4, 1.2


@pytest.fixture
def programme():
    epci = factories.intercommunalite(
        "200042646", nom="CC Grand Orb Communauté de Communes en Languedoc"
    )
    factories.millesime(2021)
    for code, nom in [("34028", "Bédarieux"), ("34142", "Lodève")]:
        factories.labellisation(factories.commune(code, epci=epci, nom=nom), adhesion="2021-03-26")


class Ligne:
    """What a row of a printed sheet shows: its pieces of text, from the left, and their ink."""

    def __init__(self, sheet, first):
        self.image = sheet.image
        top, bottom = next(
            (room[1], room[3]) for text, room in sheet.pieces if text.strip() == first
        )
        self.pieces = sorted(
            (room[0], text.strip()) for text, room in sheet.pieces if abs(room[3] - bottom) < 1
        )
        self.band = (top - 1, bottom + 3)

    def ink(self, left, right):
        """Return how dark the picture is between two places, in points."""
        sides = (left, self.band[0], right, self.band[1])
        grey = self.image.crop([round(side * SCALE) for side in sides])
        return sum((255 - value) * count for value, count in enumerate(grey.histogram()))

    def ink_a_letter(self):
        letters = "".join(text for _, text in self.pieces)
        return self.ink(0, self.image.width / SCALE) / len(letters)


def sheets_shown(page, extension, folder):
    """Return the sheets of the workbook of the communes, printed by LibreOffice, each with its picture."""
    answer = page.request.get(f"/donnees/communes.{extension}?departement=34")
    path = folder / f"communes.{extension}"
    path.write_bytes(answer.body())
    convert([path], folder, ["--convert-to", "pdf"])
    sheets = sheets_of((folder / "communes.pdf").read_bytes())
    assert "###" not in "".join(sheet.extract_text() for sheet, _ in sheets)
    notice = next(pair for pair in sheets if "Périmètre" in pair[0].extract_text())
    kept = [sheets[0], notice]
    return [Feuille(*pair) for pair in kept], [sheet for sheet, _ in kept]


@pytest.mark.parametrize("extension", ["xlsx", "ods"])
def test_a_workbook_shows_its_rows_apart_under_a_bold_header(page, programme, tmp_path, extension):
    assert find(), "LibreOffice manque : « make test » dit comment l'installer."
    (data, notice), papers = sheets_shown(page, extension, tmp_path)
    assert [tuple(round(float(side)) for side in paper.mediabox[2:]) for paper in papers] == [
        A4,
        A4,
    ]
    assert (data.illisible, notice.illisible) == ("", "")

    header, row = Ligne(data, "date_situation"), Ligne(data, "34028")
    assert header.ink_a_letter() > BOLD * row.ink_a_letter()
    # A number that ends where a code begins would be read with it: « 2026 » and « 34028 ».
    for left, text in row.pieces[1:]:
        assert row.ink(left - BETWEEN, left - 0.5) == 0, text
    # The texts of the notice are whole on the width of one sheet.
    for text in ("Ce qui est tenu", "Colonnes", "Ce qu'elle dit", "Valeurs", "au_plus_tard"):
        assert text in notice.texte
