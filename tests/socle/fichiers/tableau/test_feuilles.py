"""Which sheet is read, and where its table begins."""

import pytest

from socle.fichiers.tableau.fichier import FichierRefuse
from tests.socle.fichiers.tableau.fabrique import (
    HEADER,
    cells,
    ods_of,
    ods_row,
    read,
    saved,
    several_sheets,
    xlsx,
)

ROWS = [HEADER, ["34142", "x"]]
NOTICE = [["Suivi des communes"], ["Une ligne par commune"]]


def test_the_only_sheet_that_has_known_columns_is_read_and_said():
    fichier = read(saved(several_sheets(Lisez_moi=NOTICE, Communes=ROWS, Vide=[])))
    assert fichier.feuille == "Communes"
    assert fichier.remarques == [
        "Seule la feuille « Communes » est lue. Laissées de côté : « Lisez_moi »."
    ]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_never_read(state):
    book = several_sheets(Sauvegarde=[HEADER, ["34999", "vieux"]], Communes=ROWS)
    book["Sauvegarde"].sheet_state = state
    assert cells(saved(book)) == [["34142", "x"]]
    with pytest.raises(FichierRefuse, match="« Sauvegarde » est masquée"):
        read(saved(book), "sauvegarde")
    book["Communes"].delete_rows(1, 5)
    with pytest.raises(FichierRefuse, match="vide : la feuille « Sauvegarde » est masquée"):
        read(saved(book))


def test_a_hidden_sheet_of_an_ods_is_never_read():
    style = (
        '<style:style style:name="ta2" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>'
    )
    content = ods_of(ods_row(*HEADER) + ods_row("34142", "x"), styles=style, style="ta2")
    with pytest.raises(FichierRefuse, match="« Suivi » est masquée"):
        read(content)


def test_of_several_that_fit_the_agent_says_which():
    content = saved(
        several_sheets(Lisez_moi=NOTICE, **{"2021": ROWS, "2022": [HEADER, ["34028", "y"]]})
    )
    with pytest.raises(FichierRefuse, match="« 2021 » et « 2022 ». Dites laquelle") as refused:
        read(content)
    assert refused.value.feuilles == ["2021", "2022"]
    assert cells(content, " 2022 ") == [["34028", "y"]]
    with pytest.raises(FichierRefuse, match="pas de feuille « 2023 »"):
        read(content, "2023")


def test_a_notice_that_names_a_column_is_no_rival_of_the_table():
    notice = [["code_insee", "le code de la commune"], ["b", "un autre"]]
    book = several_sheets(Notice=notice, Suivi=[[*HEADER, "montant"], ["34142", "x", 1]])
    assert read(saved(book)).feuille == "Suivi"


def test_without_known_columns_the_only_sheet_that_is_a_table_is_read():
    table = [["N°", "Commune"], ["34028", "Bédarieux"]]
    fichier = read(saved(several_sheets(Notice=NOTICE, Suivi=table)))
    assert (fichier.feuille, fichier.entetes) == ("Suivi", ["N°", "Commune"])
    with pytest.raises(FichierRefuse, match="plusieurs feuilles ont un tableau"):
        read(saved(several_sheets(a=table, b=table)))


def test_an_empty_sheet_that_the_agent_names_is_said_empty():
    with pytest.raises(FichierRefuse, match="« Vide » est vide"):
        read(saved(several_sheets(Communes=ROWS, Vide=[])), "Vide")


def test_many_rows_set_aside_are_named_by_the_first():
    totals = [[f"Total {n}", n] for n in range(12)]
    (told,) = read(xlsx(*ROWS, *totals)).remarques
    assert told.startswith("Les lignes 3, 4, 5, 6, 7, 8, 9, 10 et 4 autres sont laissées de côté")


def test_titles_above_and_notes_below_are_left_and_said():
    rows = [["Suivi au 1er mai"], [], *ROWS, ["TOTAL", 1], [], ["Source : DDT de l'Hérault"]]
    fichier = read(xlsx(*rows))
    assert fichier.lignes == [(4, ["34142", "x"])]
    assert fichier.remarques == [
        "La ligne 1 est passée (« Suivi au 1er mai ») : les colonnes sont nommées à la ligne 3.",
        "Les lignes 5 et 7 sont laissées de côté : « TOTAL » et « Source : DDT de l'Hérault ».",
    ]
    assert fichier.bandeaux == ["Suivi au 1er mai"]


def test_a_table_may_begin_anywhere_after_numbers_of_rows():
    rows = [[], [], [None, None, *HEADER], [None, 1, "34142", "x"], [None, 2, "34028", "y"]]
    fichier = read(xlsx(*rows))
    assert [row for _, row in fichier.lignes] == [["34142", "x"], ["34028", "y"]]
    assert fichier.remarques == ["La colonne B, sans nom, n'est pas lue (des numéros)."]


def test_a_column_without_name_is_left_and_said_with_what_it_holds():
    fichier = read(b"code_insee;;montant;\n34142;vu;3;z\n")
    assert fichier.lignes == [(2, ["34142", "3"])]
    assert fichier.remarques == [
        "Les colonnes B et D, sans nom, ne sont pas lues (« vu » et « z »)."
    ]


def test_a_header_on_two_lines_is_read_under_its_bands():
    def prepare(sheet):
        sheet.merge_cells("A1:A2")
        sheet.merge_cells("B1:C1")

    rows = [
        ["Code INSEE", "Date de signature", None, "Montant"],
        [None, "adhésion", "autre", "(€)"],
        ["34142", "13/07/2021", "z", 5],
    ]
    fichier = read(xlsx(*rows, prepare=prepare))
    names = ["Code INSEE", "Date de signature adhésion", "Date de signature autre", "Montant (€)"]
    assert fichier.entetes == names
    assert fichier.lignes == [(3, ["34142", "13/07/2021", "z", "5"])]


def test_a_value_that_is_the_name_of_a_column_makes_no_header():
    rows = [["code_insee", "type"], ["34142", "montant"], ["34028", "taux"]]
    assert len(read(xlsx(*rows)).lignes) == 2


def test_a_merged_band_above_the_header_is_a_title():
    def prepare(sheet):
        sheet.merge_cells("A1:B1")

    fichier = read(xlsx(["Identification"], *ROWS, prepare=prepare))
    assert fichier.entetes == HEADER
    assert fichier.bandeaux == ["Identification"]


def test_bands_units_and_repeated_headers_are_no_records():
    def prepare(sheet):
        sheet.merge_cells("A3:B3")

    rows = [["code_insee", "montant"], ["texte", "(€)"], ["Hérault"], ["34142", 3]]
    fichier = read(xlsx(*rows, ["code_insee", "montant"], ["34028", 4], prepare=prepare))
    assert fichier.lignes == [(4, ["34142", "3"]), (6, ["34028", "4"])]
    told = "Les lignes 2, 3 et 5 sont laissées de côté : « texte », « Hérault » et « code_insee »."
    assert fichier.remarques == [told]


@pytest.mark.parametrize("first", ["Totalement neuf", "Sources-du-Nord", "Ensemble urbain"])
def test_a_name_that_begins_as_a_note_is_a_row(first):
    assert cells(xlsx(HEADER, [first, "x"])) == [[first, "x"]]


def test_rows_hidden_by_hand_or_by_a_filter_are_read_and_counted():
    def prepare(sheet):
        sheet.row_dimensions[2].hidden = sheet.row_dimensions[3].hidden = True

    fichier = read(xlsx(*ROWS, ["34028", "y"], ["34069", "z"], prepare=prepare))
    assert len(fichier.lignes) == 3
    assert fichier.remarques == ["2 lignes masquées sont lues aussi."]
    content = ods_of(
        ods_row(*HEADER) + ods_row("34142", "x", attributes='table:visibility="filter"')
    )
    assert read(content).remarques == ["1 ligne masquée par un filtre est lue aussi."]


def test_columns_hidden_by_hand_are_read_and_named():
    def prepare(sheet):
        sheet.column_dimensions["B"].hidden = True

    fichier = read(xlsx(*ROWS, prepare=prepare))
    assert fichier.lignes[0][1][1]
    assert fichier.remarques == [f"La colonne masquée « {HEADER[1]} » est lue aussi."]
    hidden = '<table:table-column table:visibility="collapse" table:number-columns-repeated="2"/>'
    fichier = read(ods_of(hidden + ods_row(*HEADER) + ods_row("34142", "x")))
    told = f"Les colonnes masquées « {HEADER[0]} » et « {HEADER[1]} » sont lues aussi."
    assert fichier.remarques == [told]


def test_columns_hidden_to_the_end_of_the_sheet_are_not_gone_through():
    endless = (
        '<table:table-column table:visibility="collapse" table:number-columns-repeated="99999999"/>'
    )
    assert len(read(ods_of(endless + ods_row(*HEADER) + ods_row("34142", "x"))).remarques) == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "le fichier est vide"),
        (b"\n;;\n", "le fichier est vide"),
        (b"code_insee\n", "pas d'autre ligne"),
        (xlsx(HEADER), "pas d'autre ligne"),
        (b"code_insee\n" + b"34142\n" * 5001, "5001 lignes, alors qu'un import en accepte 5000"),
        (b"code_insee\n" + b"34142\n" * 6001, "plus de 5000 lignes"),
        (";".join(f"c{i}" for i in range(201)).encode() + b"\n1\n", "201 colonnes"),
    ],
)
def test_what_is_too_much_or_nothing_is_refused(content, reason):
    with pytest.raises(FichierRefuse, match=reason):
        read(content)
