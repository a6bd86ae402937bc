"""The page and the files of the answer to the national survey: who has them, what they are, read again."""

import csv
import html
import io

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from communes.models import Role
from ort.liste.colonnes import FEUILLE, ColonneNationale
from ort.models import CommuneCouverte
from tests import factories
from tests.conftest import browser_of
from tests.factories import day, rewrite
from tests.formulaires import filled, form_of
from tests.pages import count_queries, plain
from tests.vues import SansLaPage
from tools.bureautique import find, saved_again

URL = reverse("admin:enquete")
AU = "2024-06-30"
ENTETE = list(map(str, ColonneNationale))
REMARQUE = "Attente, « délibération » ; puis signature,\nau printemps"


def ask(browser, status=200, **asked):
    answer = browser.get(URL, {"au": AU} | asked)
    assert answer.status_code == status
    return plain(answer)


def download(browser, forme="csv", **asked):
    return browser.get(reverse("admin:enquete_fichier", args=[forme]), {"au": AU} | asked)


def read_csv(answer):
    return list(csv.reader(io.StringIO(answer.getvalue().decode(), newline="")))


def read_xlsx(content):
    """Return the name of the only sheet of a workbook, and its rows."""
    (name,) = (book := CalamineWorkbook.from_filelike(io.BytesIO(content))).sheet_names
    return name, book.get_sheet_by_name(name).to_python()


def by_code(rows):
    """Return the rows under their header, by code of commune."""
    header, *others = rows
    assert header == ENTETE
    return {row[4]: dict(zip(header, row, strict=True)) for row in others}


@pytest.fixture(autouse=True)
def named_service(settings):
    settings.PVD_EDITEUR = "DDTM de l'Hérault"


@pytest.fixture(scope="module")
def herault(scene):
    """Lodève, covered; Gignac, that an ORT is to cover; Ganges, that nothing covers; Agde, of ACV."""
    epci = factories.intercommunalite("200017341", nom="CC Lodévois, et Larzac")
    lodeve = factories.commune("34142", epci, nom="Lodève")
    gignac = factories.commune("34114", epci="new", nom="Gignac")
    ganges = factories.commune("34111", epci="new", nom="Ganges")
    agde = factories.commune("34003", epci="new", nom="Agde")
    for town in (lodeve, gignac, ganges):
        factories.labellisation(town)
    factories.convention("2021-07-16", [lodeve], intitule="ORT de Lodève", duree_annees=5)
    factories.convention("2021-02-26", [agde], origine="ACV", ville_principale=agde)
    planned = factories.convention(None, [gignac], date_signature_prevue=day("2027-03-01"))
    rewrite(planned.couvertures, remarques_enquete=REMARQUE)
    return lodeve


@pytest.mark.une_base
def test_the_page_tells_the_rows_and_what_is_empty(herault, agent_34):
    page = ask(agent_34)
    assert "4 lignes au 30 juin 2024 : 2 « Signée », 2 « Non signée »." in page
    assert "« Actualisé par » : DDTM de l'Hérault." in page
    assert "34 - Lodève CC Lodévois, et Larzac 34142 2. Commune PVD Signée 2021-07-16" in page
    assert "Durée (en années) 3 lignes" in page
    assert "Avancement partout" in page
    assert "Code commune non" in page


@pytest.mark.une_base
def test_a_column_that_nothing_fills_is_not_shown(herault, agent_34):
    shown = SansLaPage(agent_34).get(URL, {"au": AU}).context["colonnes"]
    assert {"ACV", "longitude", "Avancement", "Région"}.isdisjoint(c.nom for c in shown)
    assert "Remarques" in [c.nom for c in shown]


def test_the_page_of_a_day_is_that_of_the_day(herault, agent_34):
    assert "1 « Signée »" in ask(agent_34, au="2021-07-15")
    assert "2 « Signée »" in ask(agent_34, au="2021-07-16")


def test_a_service_that_the_site_does_not_name_is_not_invented(herault, agent_34, settings):
    settings.PVD_EDITEUR = ""
    assert "laisse « Actualisé par » vide" in ask(agent_34)
    assert {row["Actualisé par"] for row in by_code(read_csv(download(agent_34))).values()} == {""}


def test_the_csv_is_the_national_file_to_the_letter(herault, agent_34):
    answer = download(agent_34)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="pvd-interne-enquete-ort-34-20240630.csv"' in answer["Content-Disposition"]
    lines = answer.getvalue().decode().split("\r\n")
    assert lines[0] == (
        'Commune,EPCI,Département,Région,Code commune,Statut de la commune,Signée ?,"Si signée, date '
        'de signature","Si non signée, date de signature envisagée",Durée (en années),Date de fin '
        "estimée,Remarques,Avancement,ACV,PVD,longitude,latitude,Dernière actualisation,Actualisé par"
    )
    assert lines[-2] == (
        '34 - Lodève,"CC Lodévois, et Larzac",Hérault,Occitanie,34142,2. Commune PVD,Signée,2021-07-16,'
        ",5,2026-07-16,,,,,,,,DDTM de l'Hérault"
    )


@pytest.mark.une_base
def test_the_workbook_has_the_sheet_of_the_national_one_and_the_same_cells(herault, agent_34):
    name, rows = read_xlsx(download(agent_34, "xlsx").getvalue())
    assert name == FEUILLE == "Suivi conventions"
    found, written = by_code(rows), by_code(read_csv(download(agent_34)))
    assert found.keys() == written.keys() == {"34003", "34111", "34114", "34142"}
    assert found["34142"]["Si signée, date de signature"] == day("2021-07-16")
    assert found["34142"]["Durée (en années)"] == 5
    for code, row in written.items():
        # A workbook counts in floats, and a text of a CSV keeps what a line is ended by.
        texts = {name: text_of(cell) for name, cell in found[code].items()}
        assert texts == row


def text_of(cell):
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole else cell)


@pytest.mark.une_base
def test_libreoffice_opens_the_workbook_and_keeps_it(herault, agent_34, tmp_path):
    assert find(), "LibreOffice manque : « make test » dit comment l'installer."
    sent, saved = tmp_path / "envoi", tmp_path / "retour"
    sent.mkdir()
    path = sent / "enquete.xlsx"
    path.write_bytes(download(agent_34, "xlsx").getvalue())
    (again,) = saved_again([path], saved)
    assert read_xlsx(again.read_bytes()) == read_xlsx(path.read_bytes())


@pytest.mark.parametrize("forme", ["csv", "xlsx"])
def test_what_is_read_again_is_what_is_held(herault, agent_34, forme):
    """Out, then in: each day, each code, each word of the file says again what the records do."""
    answer = download(agent_34, forme)
    rows = read_csv(answer) if forme == "csv" else read_xlsx(answer.getvalue())[1]
    rows = by_code([[text_of(cell) for cell in row] for row in rows])
    for couverture in CommuneCouverte.objects.select_related("convention", "commune"):
        row, ort = rows[couverture.commune_id], couverture.convention
        assert row["Commune"] == f"34 - {couverture.commune.nom}"
        assert row["Si signée, date de signature"] == str(ort.date_signature or "")
        assert row["Si non signée, date de signature envisagée"] == str(
            ort.date_signature_prevue or ""
        )
        assert row["Durée (en années)"] == str(ort.duree_annees or "")
        assert row["Signée ?"] == ("Signée" if ort.date_signature else "Non signée")
        assert row["Remarques"] == couverture.remarques_enquete
    assert rows["34111"]["Signée ?"] == "Non signée"


@pytest.mark.une_base
def test_no_formula_runs_from_a_remark(herault, agent_34):
    rewrite(CommuneCouverte.objects.filter(commune="34142"), remarques_enquete="=1+1")
    assert by_code(read_csv(download(agent_34)))["34142"]["Remarques"] == "'=1+1"
    _, rows = read_xlsx(download(agent_34, "xlsx").getvalue())
    assert by_code(rows)["34142"]["Remarques"] == "=1+1"


# --- Who has it --------------------------------------------------------------------------


def test_an_agent_has_its_own_departement_and_no_other(herault, agent_34, agent_81, lecteur_34):
    for browser in (agent_34, lecteur_34):
        assert "34 - Lodève" in ask(browser)
        assert "34142" in by_code(read_csv(download(browser)))
    assert "34 - Lodève" not in ask(agent_81)
    assert by_code(read_csv(download(agent_81))) == {}
    ask(agent_81, 404, departement="34")
    assert download(agent_81, departement="34").status_code == 404


def test_an_agent_of_two_departements_chooses(herault, db):
    both = [factories.departement("34"), factories.departement("81")]
    browser = browser_of(factories.agent("deux", both))
    assert "Choisissez un département." in ask(browser)
    assert "34 - Lodève" in ask(browser, departement="34")
    refused = download(browser)
    assert refused.status_code == 400
    assert "Dites de quel département" in html.unescape(refused.content.decode())


def test_the_national_level_has_them_all(herault, national):
    factories.departement("81")
    assert "Choisissez un département." in ask(national)
    assert download(national).status_code == 400
    assert "34142" in by_code(read_csv(download(national, departement="34")))
    assert by_code(read_csv(download(national, departement="81"))) == {}


def test_who_is_of_no_departement_is_refused(herault, client):
    browser = browser_of(factories.agent("perdue", role=Role.AGENT))
    ask(browser, 403)
    assert download(browser).status_code == 403
    assert client.get(URL).status_code == 302


@pytest.mark.une_base
@pytest.mark.parametrize(
    ("au", "told"),
    [
        ("hier", "La date « au=hier » n'existe pas."),
        ("2024-02-30", "La date « au=2024-02-30 » n'existe pas."),
        ("2999-01-01", "La date « au=2999-01-01 » est à venir."),
    ],
)
def test_what_is_no_day_is_told_in_french(herault, agent_34, au, told):
    assert told in ask(agent_34, 400, au=au)
    refused = download(agent_34, au=au)
    assert (refused.status_code, told in plain(refused)) == (400, True)


@pytest.mark.parametrize(("code", "status"), [("99", 404), ("Hérault", 404), ("34\x00", 400)])
def test_what_is_no_departement_is_not_there(herault, agent_34, national, code, status):
    for browser in (agent_34, national):
        ask(browser, status, departement=code)
        assert download(browser, departement=code).status_code == status


@pytest.mark.une_base
@pytest.mark.parametrize("forme", ["json", "ods", "exe"])
def test_a_form_that_the_ministry_does_not_read_is_not_there(herault, agent_34, forme):
    assert download(agent_34, forme).status_code == 404


@pytest.mark.une_base
def test_it_is_found_from_the_home_and_from_the_conventions(herault, agent_34):
    for address in (reverse("admin:index"), reverse("admin:ort_convention_changelist")):
        assert f'href="{URL}' in agent_34.get(address).content.decode()


def test_a_departement_of_which_nothing_is_recorded_says_so(herault, agent_81):
    assert "Aucune commune couverte ni du programme n'est enregistrée" in ask(agent_81)


# --- The remarks -------------------------------------------------------------------------


def test_a_remark_is_written_on_the_record_of_the_ort(herault, agent_34):
    couverture = CommuneCouverte.objects.get(commune="34142")
    url = reverse("admin:ort_convention_change", args=[couverture.convention_id])
    data = filled(form_of(agent_34, url))
    (name,) = [n for n in data if n.endswith("-0-remarques_enquete")]
    assert agent_34.post(url, data | {name: "Avenant en vue"}).status_code == 302
    couverture.refresh_from_db()
    assert couverture.remarques_enquete == "Avenant en vue"
    assert couverture.history.first().remarques_enquete == "Avenant en vue"
    assert "Avenant en vue" in ask(agent_34)


def test_the_remark_of_a_commune_is_for_its_own_ddt(herault, agent_81, agent_34):
    lacaune = factories.commune("81124", nom="Lacaune")
    ort = CommuneCouverte.objects.get(commune="34142").convention
    factories.couverture(ort, lacaune)
    url = reverse("admin:ort_convention_change", args=[ort.pk])
    data = filled(form_of(agent_81, url))
    names = [n for n in data if n.endswith("remarques_enquete") and "__prefix__" not in n]
    of_commune = {data[n.replace("remarques_enquete", "commune")]: n for n in names}
    reason = {"motif_correction": "enquête"}
    refused = agent_81.post(url, data | reason | {of_commune["34142"]: "du Tarn"})
    assert "n'est pas de vos départements" in html.unescape(refused.content.decode())
    agent_81.post(url, data | reason | {of_commune["81124"]: "du Tarn"})
    told = dict(ort.couvertures.values_list("commune", "remarques_enquete"))
    assert told == {"34142": "", "81124": "du Tarn"}


def test_the_number_of_queries_does_not_grow(herault, agent_34):
    before = count_queries(agent_34, f"{URL}?au={AU}")
    for _ in range(5):
        town = factories.commune(epci="new")
        factories.labellisation(town)
        factories.convention("2021-07-16", [town])
        factories.labellisation()
    assert count_queries(agent_34, f"{URL}?au={AU}") == before
