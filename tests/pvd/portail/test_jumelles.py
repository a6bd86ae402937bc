"""The data twin of each page: the same day, the same facts, for programs."""

import json

import pytest
from django.test import Client

from ort.models import Organisme, Partie
from pvd.suivi.models import ChiffrePublie
from tests import factories
from tests.factories import day
from tests.pages import count_queries

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
ENTETE = {"profil", "date_situation", "annee_cog", "page", "licence"}
# What programs lean on: a key is added, or the profile is another.
PROFILS = {
    "/communes/34142.json": (
        "pvd-commune-1",
        "code_insee nom code_departement tenue phrase commune dates_cles ort non_confirmees "
        "chronologie a_venir postes secteurs effets_ouverts effets aides changements projet bilans "
        "club interlocuteurs sources",
    ),
    "/ort/ort-lodeve.json": (
        "pvd-ort-1",
        "ort_identifiant intitule vaut_ort statut phrase ort communes actes remarques secteurs "
        "documents projet bilans interlocuteurs sources",
    ),
    "/intercommunalites/200017341.json": (
        "pvd-intercommunalite-1",
        "siren_epci nom nature fin departements nb_communes communes ort projet sources",
    ),
    "/departements/34.json": (
        "pvd-departement-1",
        "code_departement nom tenue tenue_postes chiffres communes sorties ort_a_signer "
        "ort_par_avenant chiffres_publies tenue_plans projet bilans interlocuteurs sources",
    ),
}


@pytest.fixture(scope="module", autouse=True)
def lodeve(scene):
    """Lodève enters by the convention, Clermont by an avenant of 11 January 2023; both have a post."""
    factories.millesime(2021)
    epci = factories.intercommunalite("200017341", nom="CC Lodévois")
    lodeve = factories.commune("34142", epci, nom="Lodève")
    clermont = factories.commune("34079", epci, nom="Clermont")
    label = factories.labellisation(lodeve, adhesion="2021-03-01", precision_adhesion="mois")
    factories.labellisation(clermont, adhesion="2021-03-01")
    source = factories.source("anct-2026", titre="Liste 2026")
    label.affirmations.create(
        champ="date_signature_adhesion",
        valeur_brute="03/2021",
        valeur="2021-03-01",
        precision="mois",
        source=source,
        note="Note publique",
        detail_interne="DETAIL-SECRET",
    )
    ort = factories.convention(
        "2021-07-16", [lodeve], identifiant="ort-lodeve", note_interne="NOTE-SECRETE"
    )
    factories.avenant(ort, "2023-01-11", [clermont], numero=1)
    state = Organisme.objects.create(nom="État", nature="etat")
    Partie.objects.create(convention=ort, role="signataire", organisme=state)
    Partie.objects.create(convention=ort, role="partenaire", commune=lodeve)
    Partie.objects.create(convention=ort, role="partenaire", intercommunalite=epci)
    factories.occupation(
        factories.poste([lodeve], identifiant="p1"), "2022-01-01", titulaire="NOM-SECRET"
    )
    ChiffrePublie.objects.create(
        departement=lodeve.departement,
        chiffre="communes",
        jour=day("2022-01-01"),
        valeur=3,
        source=factories.source("pref"),
    )
    return lodeve


def read(client, address, status=200, **params):
    answer = client.get(address, params)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"
    return answer.json()


def table(client, jour):
    """Return the rows of the table of communes, by code."""
    content = client.get(f"/donnees/communes.json?au={jour}").getvalue()
    return {row["code_insee"]: row for row in json.loads(content)}


@pytest.mark.une_base
@pytest.mark.parametrize("address", PROFILS)
def test_each_twin_keeps_its_profile(lodeve, client, address):
    profil, keys = PROFILS[address]
    told = read(client, address, au="2023-07-06")
    assert set(told) == ENTETE | set(keys.split())
    assert (told["profil"], told["date_situation"]) == (profil, "2023-07-06")
    assert told["page"] == f"http://testserver{address.removesuffix('.json')}/?au=2023-07-06"
    assert "SECRET" not in json.dumps(told).upper()


@pytest.mark.une_base
@pytest.mark.parametrize("address", PROFILS)
def test_each_page_leads_to_its_twin_of_the_same_day(lodeve, client, address):
    page = client.get(f"{address.removesuffix('.json')}/?au=2023-07-06").content.decode()
    [link] = [part for part in page.split("<link")[1:] if 'type="application/json"' in part]
    assert f'href="{address}?au=2023-07-06"' in link.split(">")[0]


def test_a_commune_is_told_with_its_precisions_and_its_sources(lodeve, client):
    told = read(client, "/communes/34142.json", au="2023-07-06")
    assert told["commune"] == table(client, "2023-07-06")["34142"]
    dates = {date["nom"]: date for date in told["dates_cles"]}
    adhesion = dates["Convention d'adhésion"]
    assert (adhesion["jour"], adhesion["precision"]) == ("2021-03-01", "mois")
    assert adhesion["dits"] == [{"source": "anct-2026", "note": "Note publique"}]
    assert [source["titre"] for source in told["sources"]] == ["Liste 2026"]
    assert [fact["ort_identifiant"] for fact in told["chronologie"]][-1] == "ort-lodeve"
    [ort] = told["ort"]
    assert (ort["entree_par"], ort["date_entree"]) == ("convention", "2021-07-16")
    [post] = told["postes"]
    assert (post["poste_identifiant"], post["etat"]) == ("p1", "pourvu")


@pytest.mark.parametrize(
    ("jour", "covered"), [("2023-01-10", ["34142"]), ("2023-01-11", ["34079", "34142"])]
)
def test_an_ort_is_told_as_its_day_knows_it(lodeve, client, jour, covered):
    told = read(client, "/ort/ort-lodeve.json", au=jour)
    assert [commune["code_insee"] for commune in told["communes"]] == covered
    assert told["ort"]["communes_couvertes"] == "|".join(covered)
    first, *later = told["actes"]
    assert {partie["nom"] for partie in first["parties"]} == {"CC Lodévois", "Lodève", "État"}
    assert [act["entrees"] for act in later] == ([["34079"]] if len(covered) > 1 else [])


def test_an_ort_not_signed_yet_has_neither_row_nor_act(lodeve, client):
    told = read(client, "/ort/ort-lodeve.json", au="2021-07-15")
    assert (told["statut"], told["ort"], told["actes"]) == ("non_signee", None, [])
    assert "2021-07-16" not in json.dumps(told)


def test_a_departement_and_an_intercommunalite_tell_the_rows_of_the_table(lodeve, client):
    rows = list(table(client, "2023-01-10").values())
    departement = read(client, "/departements/34.json", au="2023-01-10")
    assert departement["communes"] == rows
    figures = {shown["chiffre"]: shown["valeur"] for shown in departement["chiffres"]}
    assert (figures["communes"], figures["communes_couvertes"]) == (2, 1)
    [due] = departement["ort_a_signer"]
    assert (due["code_insee"], due["jour"], due["depasse"]) == ("34079", "2022-09-01", True)
    [published] = departement["chiffres_publies"]
    assert (published["valeur_publiee"], published["valeur"]) == (3, 2)
    told = read(client, "/intercommunalites/200017341.json", au="2023-01-10")
    assert (told["communes"], told["nb_communes"]) == (rows, 2)
    assert [ort["ort_identifiant"] for ort in told["ort"]] == ["ort-lodeve"]


def test_a_commune_out_of_the_programme_has_no_row(client):
    factories.commune("34172", nom="Montpellier")
    told = read(client, "/communes/34172.json")
    assert (told["nom"], told["commune"], told["postes"]) == ("Montpellier", None, [])


def test_an_old_code_leads_to_the_twin_of_its_commune(lodeve, client):
    lodeve.anciens_codes.create(code="34999")
    answer = client.get("/communes/34999.json?au=2023-07-06")
    assert (answer.status_code, answer["Location"]) == (302, "/communes/34142.json?au=2023-07-06")


@pytest.mark.une_base
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/communes/99999.json", 404),
        ("/communes/3414.json", 404),
        ("/ort/inconnue.json", 404),
        ("/intercommunalites/000000000.json", 404),
        ("/departements/99.json", 404),
        ("/communes/34142.json?au=hier", 400),
        ("/communes/34142.json?au=06/07/2023", 400),
        ("/communes/34142.json?au=2999-01-01", 400),
        ("/ort/ort-lodeve.json?departement=34", 400),
        ("/departements/34.json?page=2", 400),
    ],
)
def test_what_cannot_be_answered_is_told_in_json(lodeve, client, address, status):
    assert list(read(client, address, status)) == ["erreur"]


@pytest.mark.une_base
@pytest.mark.parametrize("address", PROFILS)
def test_a_twin_is_only_read(lodeve, client, address):
    # A program sends no token: it is told what it may do, not that it has none.
    answer = Client(enforce_csrf_checks=True).post(address)
    assert (answer.status_code, list(answer.json())) == (405, ["erreur"])
    head = client.head(address)
    assert (head.status_code, head.content) == (200, b"")


def test_more_facts_take_no_more_queries(lodeve, client):
    for address in PROFILS:
        count_queries(client, address)
    few = {address: count_queries(client, address) for address in PROFILS}
    ort = lodeve.couvertures.get().convention
    for code in range(34201, 34206):
        town = factories.commune(str(code), lodeve.rattachements.get().intercommunalite)
        factories.labellisation(town, adhesion="2021-03-01")
        factories.avenant(ort, f"2024-0{code - 34200}-01", [town])
        Partie.objects.create(convention=ort, role="partenaire", commune=town)
        factories.occupation(factories.poste([lodeve, town]), "2022-01-01")
    assert {address: count_queries(client, address) for address in PROFILS} == few
