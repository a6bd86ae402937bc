"""Each way in which services' files differ, in each import: what is true of one is true of all.

A kind that an import has no column for is an empty cell of this table: `KINDS` says why.
"""

import datetime
import io
from pathlib import Path

import pytest
import xlsxwriter

from socle.dates import Precision
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.entetes import known_names, read_table, refuse_another_day
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.fichiers.tableau.lecteur import table
from tests.factories import day
from tests.socle.fichiers.test_cellules import ALL

PROTECTED = (Path(__file__).parent / "tableaux/27-classeur-protege.xlsx").read_bytes()
JOUR, TEXTE = ("DateWidget", "DernierJourWidget"), ("TextWidget",)
PRECIS, OUI_NON, NOM = ("PrecisionWidget",), ("YesNoWidget",), ("CommuneWidget",)
PART, MONTANT = ("PercentWidget", "WholePercentWidget"), ("DecimalWidget",)
ENTIER, TELEPHONE = ("WholeNumberWidget",), ("PhoneWidget",)


class Essai:
    """An import, the column that a kind is about, and a row of its template."""

    def __init__(self, ressource, column):
        self.ressource, self.column = ressource(), column
        self.row = dict(self.ressource.exemple)
        for name in (*self.ressource.required_columns, *([column] if column else [])):
            self.row.setdefault(name, "x")
        self.columns = list(self.row)

    def with_cell(self, cell):
        return [str(cell if c == self.column else self.row[c]) for c in self.columns]

    def text(self, *cells, separator=";"):
        rows = [self.columns, *map(self.with_cell, cells or (self.row.get(self.column, ""),))]
        return "".join(separator.join(row) + "\n" for row in rows)

    def workbook(self, fill):
        content = io.BytesIO()
        with xlsxwriter.Workbook(content) as book:
            fill(book)
        return content.getvalue()

    def sheet(self, book, name="Tableau", *, top=0, cell=None, fmt=None):
        """Write the table in a sheet of `book`: `cell` is written as it is, be it a number."""
        sheet = book.add_worksheet(name)
        sheet.write_row(top, 0, self.columns)
        sheet.write_row(top + 1, 0, self.with_cell(""))
        if self.column:
            place = self.columns.index(self.column)
            sheet.write(top + 1, place, self.row[self.column] if cell is None else cell, fmt)
        return sheet

    def read(self, content, nom="essai.csv"):
        content = content if isinstance(content, bytes) else content.encode()
        fichier = table(content, nom, frozenset(known_names(self.ressource)), "")
        return fichier, read_table(fichier, self.ressource).lignes

    def value(self, ligne):
        """Return what the cell of a row gives to its field."""
        (champ,) = [f for f in self.ressource.get_import_fields() if f.column_name == self.column]
        return champ.clean(ligne.cellules)


def refused(essai, content, reason, nom="essai.csv"):
    with pytest.raises(FichierRefuse, match=reason):
        essai.read(content, nom)


def error_cell(essai):
    def fill(book):
        sheet = essai.sheet(book)
        sheet.write_formula(1, essai.columns.index(essai.column), "=NA()", None, "#N/A")

    _, (ligne,) = essai.read(essai.workbook(fill), "essai.xlsx")
    assert "en erreur (#N/A)" in str(ligne.fautes[0])


def formula_without_value(essai):
    def fill(book):
        sheet = essai.sheet(book)
        sheet.write_formula(1, essai.columns.index(essai.column), "=A1", None, "")

    _, (ligne,) = essai.read(essai.workbook(fill), "essai.xlsx")
    assert "formule sans valeur enregistrée" in str(ligne.fautes[0])


def another_day(essai):
    essai.columns.append("date_situation")
    essai.row["date_situation"] = "2021-05-01"
    fichier, _ = essai.read(essai.text())
    with pytest.raises(FichierRefuse, match="fichier du 1er mai 2021"):
        refuse_another_day(fichier, day("2026-11-26"))


def nothing_known(essai):
    for word in ("NA", "n/a", "-", "?", ""):
        _, (ligne,) = essai.read(essai.text(word))
        assert ligne.cellules[essai.column] == ""
        assert ligne.reparations == []


def hidden_sheet_first(essai):
    def fill(book):
        essai.sheet(book, "Ancien", cell="ancien").hide()
        sheet = essai.sheet(book, "Tableau", cell="actuel")
        sheet.activate()
        sheet.set_first_sheet()

    _, (ligne,) = essai.read(essai.workbook(fill), "essai.xlsx")
    assert ligne.cellules[essai.column] == "actuel"


def notice_first(essai):
    def fill(book):
        book.add_worksheet("Notice").write(0, 0, "Comment remplir ce tableau")
        essai.sheet(book)

    fichier, lignes = essai.read(essai.workbook(fill), "essai.xlsx")
    assert len(lignes) == 1
    assert "Notice" in " ".join(fichier.remarques)


def title_above(essai):
    def fill(book):
        sheet = essai.sheet(book, top=3)
        sheet.write(0, 0, "Suivi du programme")

    fichier, lignes = essai.read(essai.workbook(fill), "essai.xlsx")
    assert [ligne.numero for ligne in lignes] == [5]
    assert "les colonnes sont nommées à la ligne 4" in " ".join(fichier.remarques)


def rows_hidden_by_a_filter(essai):
    def fill(book):
        sheet = essai.sheet(book)
        sheet.autofilter(0, 0, 1, len(essai.columns) - 1)
        sheet.set_row(1, options={"hidden": True})

    fichier, lignes = essai.read(essai.workbook(fill), "essai.xlsx")
    assert len(lignes) == 1
    assert "1 ligne masquée par un filtre est lue aussi." in fichier.remarques


def text_of_a_mac(essai):
    refused(essai, essai.text("Retirée à la demande").encode("mac_roman"), "ligne 2.*Mac")


def stray_byte(essai):
    content = essai.text("Retirée").encode() + essai.text("x").encode()[-2:-1] + b"\xe0\n"
    refused(essai, content, "ligne 3 : un octet n'est pas de l'UTF-8")


def unicode_text_of_excel(essai):
    _, lignes = essai.read(essai.text(separator="\t").encode("utf-16"))
    assert len(lignes) == 1


def tabs(essai):
    assert len(essai.read(essai.text(separator="\t"))[1]) == 1


def separator_told(essai):
    assert len(essai.read("sep=;\n" + essai.text())[1]) == 1


def password(essai):
    refused(essai, PROTECTED, "protégé par un mot de passe", "essai.xlsx")


def month_before_day(essai):
    refused(essai, essai.text("07/12/2021", "07/28/2021"), "le mois y est écrit avant le jour")


def day_of_every_office(essai):
    for cell in ("13/07/2021", "13.07.2021", "13/07/21", "13/07/2021 00:00", "2021-07-13T00:00:00"):
        _, (ligne,) = essai.read(essai.text(cell))
        assert essai.value(ligne) in (day("2021-07-13"), day("2021-07-14"))


def month_shown(essai):
    def fill(book):
        shown = book.add_format({"num_format": "mmmm yyyy"})
        essai.sheet(book, cell=datetime.datetime(2021, 7, 13), fmt=shown)  # noqa: DTZ001

    dated = {date: of for _, date, of in essai.ressource.dated_sources.values()}
    precision = dated.get(essai.column)
    # A file that tells the precision itself comes first.
    essai.columns = [column for column in essai.columns if column != precision]
    _, (ligne,) = essai.read(essai.workbook(fill), "essai.xlsx")
    if precision:
        assert ligne.cellules[precision] == Precision.MOIS
    else:
        assert "un mois ou une année, alors qu'il faut ici le jour" in str(ligne.fautes[0])


def precision_in_words(essai):
    for cell in ("Mois", "au mois près", "m"):
        _, (ligne,) = essai.read(essai.text(cell))
        assert essai.value(ligne) == Precision.MOIS


def true_and_false(essai):
    for cell, value in (("VRAI", True), ("Faux", False), ("oui", True), ("0", False)):
        _, (ligne,) = essai.read(essai.text(cell))
        assert essai.value(ligne) is value


def share_in_percents(essai):
    def fill(book):
        essai.sheet(book, cell=0.5, fmt=book.add_format({"num_format": "0%"}))

    _, (ligne,) = essai.read(essai.workbook(fill), "essai.xlsx")
    assert essai.value(ligne) == 50


def share_without_sign(essai):
    _, (ligne,) = essai.read(essai.text("0,5"))
    with pytest.raises(CelluleRefusee, match="écrivez 50 % ou 0,5 %"):
        essai.value(ligne)


def amount_of_a_formula(essai):
    def fill(book):
        essai.sheet(book, cell=110000 / 3)

    _, (ligne,) = essai.read(essai.workbook(fill), "essai.xlsx")
    assert str(essai.value(ligne)) == "36666.67"
    assert ligne.reparations[0][2] == "36666,67 (arrondi)"


def whole_number_with_decimals(essai):
    _, (ligne,) = essai.read(essai.text("5.0"))
    assert essai.value(ligne) == 5


def telephone_without_zero(essai):
    _, (ligne,) = essai.read(essai.text("400000000"))
    assert essai.value(ligne) == "0400000000"


def siren_with_spaces(essai):
    _, (ligne,) = essai.read(essai.text("243 400 819"))
    assert ligne.cellules[essai.column] == "243400819"


def code_without_zero(essai):
    for cell in ("1004", "1004.0", '="01004"'):
        _, (ligne,) = essai.read(essai.text(cell.replace('"', '""').join('""')))
        assert ligne.cellules[essai.column] == "01004"


def by_widget(*names):
    """Return the first column of an import whose cells are of that sort; None if it has none."""

    def pick(ressource):
        fields = ressource().get_import_fields()
        return next((f.column_name for f in fields if type(f.widget).__name__ in names), None)

    return pick


def by_width(width):
    return lambda ressource: next((c for c, w in ressource().codes.items() if w == width), None)


def any_column(ressource):
    return ressource().columns[-1]


# Each kind, the column that it is about, and why an import may have none.
KINDS = {
    error_cell: (any_column, ""),
    formula_without_value: (any_column, ""),
    another_day: (any_column, ""),
    nothing_known: (any_column, ""),
    hidden_sheet_first: (any_column, ""),
    notice_first: (any_column, ""),
    title_above: (any_column, ""),
    rows_hidden_by_a_filter: (any_column, ""),
    unicode_text_of_excel: (any_column, ""),
    tabs: (any_column, ""),
    separator_told: (any_column, ""),
    password: (any_column, ""),
    text_of_a_mac: (by_widget(*TEXTE), "no column of free text"),
    stray_byte: (by_widget(*TEXTE), "no column of free text"),
    month_before_day: (by_widget(*JOUR), "no date"),
    day_of_every_office: (by_widget(*JOUR), "no date"),
    month_shown: (by_widget(*JOUR), "no date"),
    precision_in_words: (by_widget(*PRECIS), "no date that may be known to the month"),
    true_and_false: (by_widget(*OUI_NON), "no yes or no"),
    share_in_percents: (by_widget(*PART), "no share"),
    share_without_sign: (by_widget(*PART), "no share"),
    amount_of_a_formula: (by_widget(*MONTANT), "no amount"),
    whole_number_with_decimals: (by_widget(*ENTIER), "no whole number"),
    telephone_without_zero: (by_widget(*TELEPHONE), "no telephone"),
    siren_with_spaces: (by_width(9), "no SIREN"),
    code_without_zero: (by_width(5), "no commune"),
}
CELLS = [(kind, r, pick(r)) for kind, (pick, _) in KINDS.items() for r in ALL]


@pytest.mark.parametrize(
    ("kind", "ressource", "column"),
    [pytest.param(*cell, id=f"{cell[0].__name__}-{cell[1].__name__}") for cell in CELLS if cell[2]],
)
def test_each_kind_of_file_is_read_the_same_in_each_import(kind, ressource, column):
    kind(Essai(ressource, column))


def test_an_import_that_a_kind_does_not_meet_has_no_such_column():
    """The empty cells, each with its reason: none that an import could fill."""
    empty = {(kind.__name__, KINDS[kind][1]) for kind, _, column in CELLS if not column}
    assert all(reason for _, reason in empty)
    assert len([cell for cell in CELLS if cell[2]]) > len(CELLS) / 2
