"""Every public file keeps the promise of its schema on records that are allowed, and awkward."""

import csv
import io
import json
import re
from datetime import date
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from ort.models import Organisme, Partie, Secteur
from pvd.portail.donnees.telechargements import TELECHARGEMENTS
from socle.sources import affirm
from tests import factories
from tests.pages import adresse_du_fichier

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

# On the eve, on the day of entry, covered twice, out, back.
JOURS = ["2021-01-21", "2021-01-22", "2022-06-01", "2023-01-01", "2024-05-01"]
FORMULA = '=HYPERLINK("http://exemple.fr";"clic")'
AWKWARD = [FORMULA, "L'Haÿ-les-Roses « Œuvre » 😀", "un, deux ; trois | quatre", "_x0041_", "+33 4"]
READERS = {"date": date.fromisoformat, "integer": int, "number": float, "string": str}


@pytest.fixture(scope="module", autouse=True)
def awkward(scene, documents_of_scene):
    """Communes of Corsica and overseas, of no intercommunalité, covered twice, gone then back."""
    factories.millesime(2021)
    epci = factories.intercommunalite("200017341", nom="CC\tde « deux » mots")
    corsica = factories.commune("2A004", nom=AWKWARD[1], departement=factories.departement("2A"))
    overseas = factories.commune(
        "97105", nom=AWKWARD[0], departement=factories.departement("971"), siren=""
    )
    lodeve = factories.commune("34142", epci=epci, nom=AWKWARD[2], siren="213401425")
    alone = factories.commune("34003", nom=AWKWARD[3])
    for town in (corsica, overseas, alone):
        factories.labellisation(town)
    factories.labellisation(lodeve, fin="2023-01-01", adhesion="2021-03-26")
    factories.labellisation(lodeve, debut="2024-05-01", precision_debut="au_plus_tard")

    first = factories.convention("2021-07-16", [lodeve, overseas], intitule=AWKWARD[0])
    left = factories.avenant(first, "2022-12-31", numero=1)
    factories.rewrite(first.couvertures.filter(commune=lodeve), sortie=left)
    back = factories.avenant(first, "2024-04-01", objet="=1+1\tde retour")
    factories.couverture(first, lodeve, entree=back)
    second = factories.convention("2022-01-01", [lodeve], intitule=AWKWARD[1], vaut_ort=True)
    factories.convention(None, [corsica], intitule=AWKWARD[4])
    organisme = Organisme.objects.create(nom=AWKWARD[0], nature="etat", siren="")
    Partie.objects.create(convention=second, role="signataire", organisme=organisme)
    Secteur.objects.create(convention=first, commune=lodeve, nom=AWKWARD[2], avenant=back)
    factories.document(first, titre=AWKWARD[1])
    said = factories.source(titre=AWKWARD[0], editeur=AWKWARD[1])
    affirm(first, "date_signature", "16/07/2021", said, "jour")

    poste = factories.poste([lodeve, overseas], intitule=FORMULA, employeur_organisme=organisme)
    factories.occupation(poste, "2021-03-01", "2022-03-01")
    factories.recrutement(poste, "2022-04-01")
    factories.poste(intitule=AWKWARD[1])
    whole = {
        "etendue": "ort",
        "numero": "1.10",
        "axe": factories.axe(first, "+1", intitule=FORMULA),
    }
    made = factories.action((), first, intitule=FORMULA, **whole)
    factories.action([corsica, alone], intitule=AWKWARD[3])
    factories.cout(made, "123456789012.34", "2022-01-01", base="")
    line = factories.financement(made, financeur_organisme=organisme)
    factories.fait_financement(line, "accord", "2022-01-01", "0.01", reference="=1+1")
    factories.fait_financement(line, "versement", "2022-02-01", "0.01", sorte_versement="unique")
    study = factories.etude([lodeve, overseas], first, intitule=FORMULA, prestataire=organisme)
    factories.fait_etude(study, "commandee", "2022-01-01", precision="au_plus_tard")
    factories.cout(study, "0.01", "2022-01-01", base="")
    met = factories.evenement(
        "2023-01-01", organisateurs=[organisme], intitule=AWKWARD[1], lieu="=1+1"
    )
    factories.participation(met, overseas, elus=0)
    factories.releve(made, "secret", "2022-01-01", serie="=1+1")
    factories.releve(lodeve, Decimal("0.01"), "2022-02-01", factories.indicateur("prix", unite="€"))
    loan = factories.financement(made, forme="pret", financeur_commune=lodeve)
    factories.fait_financement(loan, "accord", "2022-01-01", suppose=True, precision="au_plus_tard")


def download(client, table, extension, jour):
    response = client.get(adresse_du_fichier(table, extension, au=jour))
    assert response.status_code == 200
    return response.getvalue()


def fits(cell, field):
    """Tell whether a cell of CSV is what the schema says of its column."""
    rules = field.get("constraints", {})
    if cell == "":
        return not rules.get("required")
    if field["type"] == "boolean":
        return cell in {"true", "false"}
    value = READERS[field["type"]](cell)
    return (
        cell in rules.get("enum", [cell])
        and bool(re.fullmatch(rules.get("pattern", ".*"), cell, re.DOTALL))
        and not ("minimum" in rules and value < rules["minimum"])
        and not ("maximum" in rules and value > rules["maximum"])
    )


def columns(client, table):
    schema = client.get(f"/donnees/schemas/{table}.json").json()
    return {field["name"]: field for field in schema["fields"]}


@pytest.mark.parametrize("table", TELECHARGEMENTS)
def test_an_awkward_record_keeps_the_promise_of_the_schema(client, table):
    fields = columns(client, table)
    for jour in JOURS if TELECHARGEMENTS[table].table.d_un_jour else JOURS[-1:]:
        rows = list(csv.DictReader(io.StringIO(download(client, table, "csv", jour).decode())))
        assert rows or jour != JOURS[-1]
        for row in rows:
            broken = {name: cell for name, cell in row.items() if not fits(cell, fields[name])}
            assert (jour, broken) == (jour, {})
        for name, field in fields.items():
            if field.get("constraints", {}).get("unique"):
                cells = [row[name] for row in rows]
                assert sorted(set(cells)) == sorted(cells), (jour, name)


def as_told(cell):
    """Return a cell of a spreadsheet as JSON says it."""
    return cell.isoformat() if isinstance(cell, date) else cell


# A database is read by the JSON and by the CSV, above; from there, all is written alike.
@pytest.mark.une_base
@pytest.mark.parametrize("table", TELECHARGEMENTS)
def test_the_spreadsheets_hold_what_the_json_says(client, table):
    told = json.loads(download(client, table, "json", JOURS[-1]))
    names = list(columns(client, table))
    truths = {"true": True, "false": False}
    for extension in ("xlsx", "ods"):
        file = io.BytesIO(download(client, table, extension, JOURS[-1]))
        sheet = CalamineWorkbook.from_filelike(file).get_sheet_by_name("donnees")
        header, *rows = sheet.to_python(skip_empty_area=False)
        assert header == names
        for row, expected in zip(rows, told, strict=True):
            cells = [as_told(cell) for cell in row]
            if extension == "ods":
                cells = [truths.get(cell, cell) for cell in cells]
            values = ["" if value is None else value for value in expected.values()]
            assert (extension, cells) == (extension, values)
