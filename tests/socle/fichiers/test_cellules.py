"""Cells as people and spreadsheets write them: put right and told, or refused with the way out."""

from contextlib import contextmanager
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communes.programme.imports import LabellisationRessource
from ort.imports import AvenantRessource, ConventionRessource
from ort.imports_couvertures import CouvertureRessource
from projects.postes.imports import (
    CofinancementRessource,
    DesserteRessource,
    OccupationRessource,
    RecrutementRessource,
)
from projects.postes.imports_postes import PosteRessource
from projects.postes.tableau import TableauDesPostes
from socle.fichiers.champs import CelluleRefusee, is_erasure
from socle.fichiers.entetes import read_table, refuse_another_day, whole_codes
from socle.fichiers.nombres import read_number
from socle.fichiers.tableau.fichier import Fichier, FichierRefuse
from socle.fichiers.tableau.noms import bare_name, en_clair
from tests.factories import day

ALL = [
    *(LabellisationRessource, ConventionRessource, AvenantRessource, CouvertureRessource),
    *(PosteRessource, DesserteRessource, OccupationRessource),
    *(RecrutementRessource, CofinancementRessource, TableauDesPostes),
]


def table(ressource, column, *cells, **told):
    """Return the rows of a file that has the key columns, and one more."""
    required = [c for c in ressource().required_columns if c != column]
    lines = [(n, [*("x" for _ in required), cell]) for n, cell in enumerate(cells, start=2)]
    fichier = Fichier("essai", [*required, column], lines, **told)
    return read_table(fichier, ressource())


def row(ressource, column, cell):
    (ligne,) = table(ressource, column, cell).lignes
    return ligne


def read(ressource, column, cell):
    """Return the value that a cell gives to its field."""
    (champ,) = [f for f in ressource().get_import_fields() if f.column_name == column]
    return champ.clean(row(ressource, column, cell).cellules)


def columns_of(kind):
    """Return each import with its columns of a kind: what is true of one is true of all."""
    return [
        pytest.param(ressource, field.column_name, id=f"{ressource.__name__}-{field.column_name}")
        for ressource in ALL
        for field in ressource().get_import_fields()
        if type(field.widget).__name__ in kind
    ]


DATES = columns_of({"DateWidget", "DernierJourWidget"})
DAYS = columns_of({"DateWidget"})
AMOUNTS = columns_of({"DecimalWidget"})
RATES = columns_of({"PercentWidget"})
SHARES = columns_of({"WholePercentWidget"})


@pytest.mark.parametrize(("ressource", "column"), DAYS)
@pytest.mark.parametrize(
    "cell",
    [
        *("13/07/2021", "13.07.2021", "13-07-2021", "2021-07-13", "13/07/21", "13 juillet 2021"),
        *("13-juil-21", "13/07/2021 00:00", "2021-07-13T00:00:00", "2021-07-13 00:00:00"),
    ],
)
def test_a_day_is_read_in_every_import_and_told_as_it_is(ressource, column, cell):
    assert read(ressource, column, cell) == day("2021-07-13")
    assert row(ressource, column, cell).reparations == []


@pytest.mark.parametrize(("ressource", "column"), DAYS)
def test_the_number_of_a_day_is_read_and_told(ressource, column):
    """What a date becomes when it is pasted as a number."""
    assert read(ressource, column, "44390") == day("2021-07-13")
    assert row(ressource, column, "44390").reparations == [(column, "44390", "2021-07-13")]
    for unlikely in ("34142", "99999", "00001"):
        with pytest.raises(CelluleRefusee, match="n'est pas une date"):
            read(ressource, column, unlikely)


@pytest.mark.parametrize(("ressource", "column"), DATES)
def test_a_month_before_its_day_puts_its_whole_column_in_doubt(ressource, column):
    told = (
        rf"« {column} », les lignes 3 et 4 : le mois y est écrit avant le jour \(« 07/28/2021 »\)"
    )
    with pytest.raises(FichierRefuse, match=told):
        table(ressource, column, "07/12/2021", "07/28/2021", "05/28/2021", "07/05/2021")
    assert len(table(ressource, column, "28/07/2021", "31/02/2021", "13/13/2021").lignes) == 3


@pytest.mark.parametrize(
    "cell",
    ["juil-21", "juillet 2021", "Juillet 2021", "juil. 2021", "07/2021", "2021-07", "7.2021"],
)
def test_a_month_brings_its_precision(cell):
    ligne = row(LabellisationRessource, "date_adhesion", cell)
    assert ligne.cellules["date_signature_adhesion"] == "2021-07-01"
    assert ligne.cellules["precision_adhesion"] == "mois"
    told = ("date_signature_adhesion", cell, "2021-07-01, au mois près")
    assert ligne.reparations == [told]


def test_a_year_brings_its_precision_and_other_rows_keep_theirs():
    read = table(LabellisationRessource, "date_adhesion", "2021", "13/07/2021", "")
    assert [ligne.cellules["precision_adhesion"] for ligne in read.lignes] == ["annee", "", ""]
    assert "precision_adhesion" in read.colonnes


def test_what_is_shown_to_the_month_is_known_to_the_month():
    shown = {"precisions": [(2, 1, "mois"), (3, 1, "annee")]}
    read = table(ConventionRessource, "date_signature", "2021-07-15", "2021-01-01", **shown)
    assert [ligne.cellules["precision_signature"] for ligne in read.lignes] == ["mois", "annee"]


def own_precision(cell, precision, **told):
    header = ["code_insee", "date_adhesion", "precision_adhesion"]
    fichier = Fichier("essai", header, [(2, ["34142", cell, precision])], **told)
    (ligne,) = read_table(fichier, LabellisationRessource()).lignes
    return ligne


def test_the_precision_that_a_file_tells_itself_comes_first():
    shown = {"precisions": [(2, 1, "mois")]}
    assert own_precision("2021-07-15", "jour", **shown).cellules["precision_adhesion"] == "jour"
    assert own_precision("2021-07-15", "", **shown).cellules["precision_adhesion"] == "mois"
    assert own_precision("juillet 2021", "mois").cellules["precision_adhesion"] == "mois"
    (fault,) = own_precision("juillet 2021", "jour").fautes
    assert "il faut ici le jour" in str(fault)


@pytest.mark.parametrize(
    ("ressource", "column"),
    [
        (OccupationRessource, "arrivee"),
        (DesserteRessource, "date_fin"),
        (CofinancementRessource, "date_debut"),
    ],
)
def test_where_a_day_is_due_a_month_is_refused(ressource, column):
    (fault,) = row(ressource, column, "juillet 2021").fautes
    assert "un mois ou une année, alors qu'il faut ici le jour" in str(fault)
    place = len([c for c in ressource().required_columns if c != column])
    (ligne,) = table(ressource, column, "2021-07-01", precisions=[(2, place, "mois")]).lignes
    assert "il faut ici le jour" in str(ligne.fautes[0])


@pytest.mark.parametrize(
    ("cell", "precision"),
    [
        *(("Jour", "jour"), ("Au jour près", "jour"), ("mois", "mois"), ("au mois", "mois")),
        *(("Année", "annee"), ("à l'année près", "annee"), ("an", "annee")),
        *(("Au plus tard", "au_plus_tard"), ("au plus tard ce jour", "au_plus_tard")),
        *(("au_plus_tard", "au_plus_tard"),),
    ],
)
def test_a_precision_is_read_in_words(cell, precision):
    assert (
        row(ConventionRessource, "precision_signature", cell).cellules["precision_signature"]
        == precision
    )


def test_another_precision_is_refused_in_french_with_those_that_may_be():
    with pytest.raises(CelluleRefusee, match="attendu : jour, mois, annee, au_plus_tard"):
        read(ConventionRessource, "precision_signature", "trimestre")
    with pytest.raises(CelluleRefusee, match="une précision ne s'efface pas"):
        read(ConventionRessource, "precision_signature", "(vide)")


@pytest.mark.parametrize("digits", [19, 5000])
def test_more_digits_than_any_count_has_are_refused(digits):
    for column in ("numero", "duree_annees"):
        with pytest.raises(CelluleRefusee, match="nombre entier attendu"):
            read(AvenantRessource, column, "9" * digits)


@pytest.mark.parametrize(("ressource", "column"), AMOUNTS)
@pytest.mark.parametrize(
    ("cell", "value", "told"),
    [
        ("27500", "27500", None),
        ("27 500,50 €", "27500.50", None),
        ("27\u202f500,5", "27500.5", None),
        ("27500.50", "27500.50", None),
        ("27.500,50", "27500.50", "27500,5"),
        ("27,500.50 €", "27500.50", "27500,5"),
        ("1.234.567", "1234567", "1234567"),
        ("36666,6666666667", "36666.67", "36666,67 (arrondi)"),
        ("0.125", "0.13", "0,13 (arrondi)"),
    ],
)
def test_an_amount_is_read_as_it_is_written(ressource, column, cell, value, told):
    assert read(ressource, column, cell) == Decimal(value)
    expected = [(column, cell, told)] if told else []
    assert row(ressource, column, cell).reparations == expected


@pytest.mark.parametrize(("ressource", "column"), AMOUNTS + RATES)
@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("27.500", "deux lectures possibles : écrivez 27500 ou 27,5"),
        ("moitié", "nombre attendu"),
        ("12 50", "nombre attendu"),
        ("1,2,3", "nombre attendu"),
        ("1e5", "nombre attendu"),
        ("NaN %", "nombre attendu"),
        (f"{'9' * 40},123", "nombre de plus de 18 chiffres"),
    ],
)
def test_a_number_that_may_be_two_is_refused(ressource, column, cell, reason):
    with pytest.raises(CelluleRefusee, match=reason):
        read(ressource, column, cell)


def test_a_percentage_is_no_amount_nor_an_amount_a_percentage():
    with pytest.raises(CelluleRefusee, match="nombre attendu"):
        read(CofinancementRessource, "montant", "50 %")
    with pytest.raises(CelluleRefusee, match="nombre attendu"):
        read(CofinancementRessource, "taux", "50 €")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("50", 50),
        ("50 %", 50),
        ("50%", 50),
        ("37,5 %", "37.5"),
        ("0,5 %", "0.5"),
        ("1 %", 1),
        ("0", 0),
    ],
)
def test_a_rate_is_in_percents(cell, value):
    assert read(CofinancementRessource, "taux", cell) == Decimal(value)
    assert row(CofinancementRessource, "taux", cell).reparations == []


def test_a_third_is_rounded_and_told():
    ligne = row(CofinancementRessource, "taux", "33,3333333333333")
    assert ligne.reparations == [("taux", "33,3333333333333", "33,33 (arrondi)")]
    assert read(CofinancementRessource, "taux", "33,3333333333333 %") == Decimal("33.33")
    assert read(CofinancementRessource, "taux", "0,33333 %") == Decimal("0.33")


@pytest.mark.parametrize(("ressource", "column"), RATES + SHARES)
@pytest.mark.parametrize(
    ("cell", "way_out"),
    [
        ("0,5", "écrivez 50 % ou 0,5 %"),
        ("0.8", "écrivez 80 % ou 0,8 %"),
        ("1", "écrivez 100 % ou 1 %"),
    ],
)
def test_a_share_of_one_is_asked(ressource, column, cell, way_out):
    with pytest.raises(CelluleRefusee, match=way_out):
        read(ressource, column, cell)


@pytest.mark.parametrize(("ressource", "column"), SHARES)
@pytest.mark.parametrize(
    ("cell", "value"), [("80", 80), ("80 %", 80), ("80,0", 80), ("100%", 100), ("1 %", 1), ("0", 0)]
)
def test_a_share_of_full_time_is_in_percents(ressource, column, cell, value):
    assert read(ressource, column, cell) == value


@pytest.mark.parametrize("ressource", [ConventionRessource, AvenantRessource])
@pytest.mark.parametrize("cell", ["5.0", "5,0", "5 ans", "5 années", "5"])
def test_a_duration_is_a_whole_number_of_years(ressource, cell):
    assert read(ressource, "duree_annees", cell) == 5
    told = [("duree_annees", cell, "5")] if cell != "5" else []
    assert row(ressource, "duree_annees", cell).reparations == told
    for wrong in ("5,5", "5 mois", "cinq", "5 %"):
        with pytest.raises(CelluleRefusee, match="nombre entier attendu"):
            read(ressource, "duree_annees", wrong)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("VRAI", True), ("vrai", True), ("Oui", True), ("FAUX", False), ("non", False), ("0", False)],
)
def test_true_and_false_are_read_as_excel_writes_them(cell, value):
    assert read(ConventionRessource, "vaut_ort", cell) is value


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("400000000", "0400000000"),
        ("4 00 00 00 00", "0400000000"),
        ("04 00 00 00 00", "04 00 00 00 00"),
        ("+33 4 00 00 00 00", "+33 4 00 00 00 00"),
    ],
)
def test_a_telephone_gets_back_its_zero(cell, phone):
    ligne = row(OccupationRessource, "telephone", cell)
    assert ligne.cellules["telephone"] == phone
    assert ligne.reparations == ([("telephone", cell, phone)] if cell != phone else [])


@pytest.mark.parametrize(
    ("written", "width", "read"),
    [
        ("1001", 5, "01001"),
        ("1001.0", 5, "01001"),
        ("1001,0", 5, "01001"),
        ("34142", 5, "34142"),
        ("34 142", 5, "34142"),
        ("2a004", 5, "2A004"),
        ("97105", 5, "97105"),
        ("101", 5, "101"),
        ("Lodève", 5, "Lodève"),
        ("La Réunion", 2, "La Réunion"),
        ("1", 2, "01"),
        ("971", 2, "971"),
        ("", 5, ""),
        ("243 400 819", 9, "243400819"),
        ("200\u202f066\u202f355", 9, "200066355"),
        ("200066355,0", 9, "200066355"),
        *((f"34028{between}34069", 5, "34028|34069") for between in "|,;/+\n "),
        ("34028, 1004 et 34069", 5, "34028|01004|34069"),
        ("34028 ; 34069 ;", 5, "34028|34069"),
    ],
)
def test_codes_get_back_their_shape(written, width, read):
    assert whole_codes(written, width) == read


@pytest.mark.parametrize("ressource", ALL)
@pytest.mark.parametrize("cell", ["NA", "n/a", "NC", "-", "—", "NaN"])
def test_what_people_write_where_they_know_nothing_says_nothing(ressource, cell):
    for column in ressource().columns:
        assert row(ressource, column, cell).cellules[column] == ""


@pytest.mark.parametrize("ressource", ALL)
def test_a_cell_that_cannot_be_read_refuses_its_row(ressource):
    column = ressource().required_columns[0]
    read = table(
        ressource,
        column,
        "a",
        "b",
        fautes=[(3, len(ressource().required_columns) - 1, "illisible")],
    )
    assert [[str(f) for f in ligne.fautes] for ligne in read.lignes] == [
        [],
        [f"colonne « {column} », valeur « b » : illisible"],
    ]


def test_a_cell_that_is_not_imported_may_be_wrong():
    fichier = Fichier(
        "x", ["code_insee", "population"], [(2, ["34142", "#N/A"])], fautes=[(2, 1, "faute")]
    )
    assert read_table(fichier, LabellisationRessource()).lignes[0].fautes == []


@pytest.mark.parametrize("cell", ["(vide)", "(VIDE)", " (Vide) "])
def test_one_word_empties_a_field(cell):
    assert is_erasure(cell)
    assert read(CofinancementRessource, "montant", cell) is None


@pytest.mark.parametrize("cell", ["", "vide", None, "()"])
def test_nothing_else_empties_a_field(cell):
    assert not is_erasure(cell)


def of_day(jour):
    return Fichier("essai.csv", ["date_situation", "code_insee"], [(2, [jour, "34142"])])


def test_a_download_of_another_day_is_refused():
    refuse_another_day(of_day("2026-05-01"), day("2026-05-01"))
    refuse_another_day(of_day(""), day("2026-05-01"))
    refuse_another_day(of_day("hier"), day("2026-05-01"))
    refuse_another_day(Fichier("x", ["code_insee"], [(2, ["34142"])]), day("2026-05-01"))
    with pytest.raises(FichierRefuse, match="fichier du 1er mai 2021.*demandez à importer même"):
        refuse_another_day(of_day("2021-05-01"), day("2026-05-01"))


@given(
    st.decimals(-(10**9), 10**9, places=2),
    st.sampled_from([" ", "\u202f", ""]),
    st.sampled_from(",."),
)
def test_a_number_is_read_back_however_its_thousands_are_parted(number, between, mark):
    whole, decimals = f"{number:,.2f}".split(".")
    assert read_number(f"{whole.replace(',', between)}{mark}{decimals}") == number


@given(st.text(max_size=12))
def test_any_text_is_a_number_or_refused_in_french(text):
    with suppress_refusal():
        assert read_number(text).is_finite()


@contextmanager
def suppress_refusal():
    try:
        yield
    except ValueError as refusal:
        if not str(refusal).startswith(("nombre attendu", "deux lectures")):
            raise


@pytest.mark.parametrize("ressource", ALL)
def test_a_column_is_known_by_the_words_that_the_pages_call_it(ressource):
    for column in ressource().columns:
        assert bare_name(en_clair(column)) == bare_name(column)
        assert "_" not in en_clair(column)
