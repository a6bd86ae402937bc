"""No person, and nothing of what is internal, on any public page or in any public file."""

import io
import zipfile
from itertools import chain

import pytest
from django.urls import URLResolver, get_resolver, reverse

from projects.postes.models import Etat
from pvd.portail.donnees.telechargements import EXTENSIONS, TELECHARGEMENTS
from socle.historique import one_act
from tests import factories
from tests.factories import day
from tests.pages import adresse_du_fichier

pytestmark = pytest.mark.django_db

SECRETS = [
    *("Camille Secretan", "Secretan", "camille.secret@exemple.fr", "0499887766"),
    *("Motif-secret", "Note-secrete", "Decision-secrete", "Financeur-secret", "31415", "92653"),
    *("contrat de projet", "contrat_de_projet", "démission"),
]
PUBLIC = "Direction de l'aménagement"
# How to write the address of each public page of the site.
PARTS = {
    "code": "34142",
    "siren": "200017341",
    "identifiant": "ort-essai",
    "bilan": "ort-essai-bilan-1",
    "nom": "postes",
    "extension": "csv",
    "uidb64": "MQ",
    "token": "inconnu",
}
BY_NAME = {
    "departement": {"code": "34"},
    "departement_json": {"code": "34"},
    "geojson": {"nom": "communes"},
    "vignette_departement": {"code": "34"},
    "nouveautes": {"code": "34"},
    "departement_projet": {"code": "34"},
    "action": {"identifiant": "action-essai"},
    "action_affiche": {"identifiant": "action-essai"},
    "catalogue": {"extension": "ttl"},
}
# A history is of all days, and what describes the addresses is of none.
OF_NO_DAY = (
    "/donnees/historique/",
    "/donnees/catalogue",
    "/donnees/openapi",
)
# A document is a file that an agent publishes as it is; the maps are drawn from the outlines of
# the communes alone, which this small base does not hold.
APART = {"ort_document", "action_piece", "etude_piece", "bilan_piece"}
APART |= {"fond_de_france", "fond_de_departement"}


SPREADSHEETS = ("xlsx", "ods")


def public_patterns(resolver):
    for pattern in resolver.url_patterns:
        if not isinstance(pattern, URLResolver):
            yield pattern
        elif pattern.app_name != "admin":
            yield from public_patterns(pattern)


def addresses(one_spreadsheet=False):
    """Yield the address of each public page and file, on the day when everything is true.

    Each table is asked in one sort of spreadsheet in turn, if need be: all hold the rows of its CSV.
    """
    for pattern in public_patterns(get_resolver()):
        if pattern.name in APART:
            continue
        names = pattern.pattern.regex.groupindex
        parts = PARTS | BY_NAME.get(pattern.name, {})
        yield reverse(pattern.name, kwargs={name: parts[name] for name in names})
    for number, table in enumerate(TELECHARGEMENTS):
        spreadsheets = [adresse_du_fichier(table, extension) for extension in SPREADSHEETS]
        spreadsheets.append(adresse_du_fichier(table, tableur=1))
        yield from (spreadsheets[number % len(spreadsheets)],) if one_spreadsheet else spreadsheets
        for extension in EXTENSIONS:
            if extension not in SPREADSHEETS:
                yield adresse_du_fichier(table, extension)
        yield f"/donnees/schemas/{table}.json"
    for etat in Etat.values:
        yield f"/chefs-de-projet/?poste={etat}"
        yield f"/donnees/historique/postes.csv?etat={etat}"


@pytest.fixture
def everything(settings):
    """A post with all that may be recorded of it, what is internal being easy to recognise."""
    factories.millesime(2023)
    epci = factories.intercommunalite("200017341")
    lodeve = factories.commune("34142", epci, nom="Lodève")
    factories.labellisation(lodeve, adhesion="2021-03-26")
    signed = factories.convention("2021-07-16", [lodeve], identifiant="ort-essai", porteur=epci)
    factories.action([lodeve], signed, identifiant="action-essai")
    factories.bilan(signed, "2022-05-01", note_interne="Note-secrete")
    poste = factories.poste(
        [lodeve],
        identifiant="poste-lodeve",
        employeur_commune=lodeve,
        service=PUBLIC,
        date_ouverture=day("2021-01-01"),
        note_interne="Note-secrete",
    )
    person = {"titulaire": "Camille Secretan", "courriel": "camille.secret@exemple.fr"}
    with one_act("Motif-secret"):
        left = factories.occupation(
            poste,
            "2021-06-01",
            "2022-06-01",
            telephone="0499887766",
            type_contrat="contrat_de_projet",
            motif_depart="demission",
            **person,
        )
        factories.occupation(poste, "2022-09-01", quotite=80, **person)
    factories.recrutement(poste, "2021-02-01", "recrute", "2021-04-01", occupation=left)
    factories.recrutement(poste, "2022-06-15")
    factories.cofinancement(poste, montant=31415, reference_decision="Decision-secrete")
    factories.cofinancement(poste, "autre", precision_financeur="Financeur-secret", montant=92653)
    return poste


def text_of(response):
    """Return all that an answer holds, the files inside a spreadsheet included."""
    content = response.getvalue()
    if content.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(content))
        content = b"".join(archive.read(name) for name in archive.namelist())
    headers = chain.from_iterable(response.items())
    return content.decode(errors="replace") + " ".join(headers)


@pytest.mark.une_base
@pytest.mark.parametrize("jour", ["", "2022-05-31", "2022-09-01"])
def test_nothing_internal_is_public_anywhere(client, everything, jour):
    told = 0
    for address in addresses(one_spreadsheet=bool(jour)):
        if jour and address.startswith(OF_NO_DAY):
            # Asked already, of no day.
            continue
        if jour:
            address += f"{'&' if '?' in address else '?'}au={jour}"
        response = client.get(address)
        assert response.status_code in {200, 301, 302}, address
        text = text_of(response)
        assert [s for s in SECRETS if s.lower() in text.lower()] == [], address
        told += "poste-lodeve" in text or "Chef de projet" in text
    assert told > 10, "the post itself is told"


def test_nobody_is_found_by_name(client, everything):
    for name in ("Camille", "Secretan", "0499887766"):
        rows = client.get("/donnees/postes.csv", {"q": name}).getvalue().decode().splitlines()
        assert len(rows) == 1, "the header alone"
    assert len(client.get("/donnees/postes.csv?q=Lodève").getvalue().decode().splitlines()) == 2
