"""The twins tell the projet de territoire as the pages do: what is public, on its day, and no more."""

import json

import pytest

from communes.models import Interlocuteur
from projects.projet.resume import LieuDuProjet, Projet
from socle.historique import sans_historique
from tests import factories
from tests.factories import day
from tests.pages import count_queries, words
from tests.pvd.portail.donnees.histoires import SECRET, internal_fields

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
JUMELLES = (
    "/communes/34142.json",
    "/ort/ort-lodeve.json",
    "/intercommunalites/200017341.json",
    "/departements/34.json",
)
JOUR = "2023-07-06"


@pytest.fixture(scope="module", autouse=True)
def lodeve(scene):
    """Lodève and Clermont in an ORT: an action of one, one that they share, and all that a projet has."""
    factories.millesime(2021)
    epci = factories.intercommunalite("200017341", nom="CC Lodévois")
    lodeve = factories.commune("34142", epci, nom="Lodève", populations={2021: 7400})
    clermont = factories.commune("34079", epci, nom="Clermont")
    for town in (lodeve, clermont):
        factories.labellisation(town, adhesion="2021-03-01")
    ort = factories.convention(
        "2021-07-16", [lodeve, clermont], identifiant="ort-lodeve", duree_annees=5
    )
    alone = factories.action([lodeve], ort, identifiant="halle", intitule="La halle")
    shared = factories.action([lodeve, clermont], ort, identifiant="velo", intitule="Le vélo")
    seen = factories.action([lodeve], identifiant="ecole", intitule="L'école")
    factories.cout(seen, 900, "2022-01-01")
    for action, granted, paid in ((alone, 1000, 300), (shared, 500, None)):
        line = factories.financement(action, identifiant=f"detr-{action.identifiant}")
        factories.fait_financement(line, "accord", "2022-03-01", granted)
        if paid:
            factories.fait_financement(line, "versement", "2022-09-01", paid)
    factories.prevision(alone, "2023-09-01", "2022-01-01")
    study = factories.etude([lodeve], ort, identifiant="centre")
    factories.fait_etude(study, "commandee", "2022-01-01")
    factories.participation(
        factories.evenement("2022-02-01", identifiant="atelier", intitule="Atelier halles"), lodeve
    )
    vacants = factories.indicateur(
        "logements-vacants", libelle="Logements vacants", unite="logements"
    )
    for value, when in ((120, "2021-01-01"), (100, "2023-01-01")):
        factories.releve(lodeve, value, when, vacants)
    factories.bilan(ort, "2022-07-20", "2022-07-16", identifiant="bilan-1")
    factories.interlocuteur(lodeve.departement, horaires="le matin")
    return lodeve


def read(client, address, jour=JOUR):
    answer = client.get(address, {"au": jour})
    assert answer.status_code == 200
    return answer.json()


def rows(client, table, key, **asked):
    found = json.loads(client.get(f"/donnees/{table}.json", {"au": JOUR} | asked).getvalue())
    return {row[key]: row for row in found}


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("/communes/34142.json", {"commune": "34142"}),
        ("/ort/ort-lodeve.json", {"ort": "ort-lodeve"}),
        ("/intercommunalites/200017341.json", {"epci": "200017341"}),
    ],
)
def test_the_actions_and_the_studies_are_the_rows_of_their_tables(lodeve, client, address, asked):
    told = read(client, address)["projet"]
    actions = rows(client, "actions", "action_identifiant", **asked)
    assert {row["action_identifiant"]: row for row in told["actions"]} == actions
    known = {"halle", "velo"} if "ort" in asked else {"halle", "velo", "ecole"}
    assert set(actions) == known
    assert (told["nb_actions"], told["nb_operations_relevees"]) == (
        2,
        1 if "ecole" in known else None,
    )
    etudes = rows(client, "etudes", "etude_identifiant", **asked)
    assert {row["etude_identifiant"]: row for row in told["etudes"]} == etudes
    assert set(etudes) == {"centre"}


def test_the_money_of_a_commune_is_told_apart_from_what_it_shares(lodeve, client):
    told = read(client, "/communes/34142.json")["projet"]["argent"]
    sums = [(part["partagees"], part["accorde"], part["verse"]) for part in told]
    assert sums == [(False, 1000, 300), (True, 500, 0)]
    page = words(client.get("/communes/34142/", {"au": JOUR}))
    for part in told:
        assert " ".join(part["texte"].split()) in page
    whole = read(client, "/ort/ort-lodeve.json")["projet"]["argent"]
    assert [(part["accorde"], part["verse"]) for part in whole] == [(1500, 300)]


@pytest.mark.parametrize(
    ("jour", "known"), [("2022-02-28", (None, None)), ("2022-03-01", (1500, 0))]
)
def test_money_is_told_from_the_day_when_it_is_known(lodeve, client, jour, known):
    """Before any decision nothing is known: null, and not zero."""
    [part] = read(client, "/departements/34.json", jour)["projet"]["argent"]
    assert (part["accorde"], part["verse"]) == known


def test_what_is_not_kept_is_null_and_never_zero(client):
    tarn = factories.departement("81", tenue_plans="aucune")
    factories.labellisation(factories.commune("81124", factories.intercommunalite("200066553")))
    for address in ("/communes/81124.json", "/departements/81.json"):
        told = read(client, address)
        assert told["projet"]["nb_actions"] is None
        assert told["projet"]["nb_operations_relevees"] is None
        assert (told["projet"]["complet"], told["projet"]["argent"]) == (False, [])
        [service] = told["interlocuteurs"]
        assert service == {"code_departement": "81"} | dict.fromkeys(
            ("service", "telephone", "courriel", "horaires")
        )
    assert read(client, "/communes/81124.json")["club"] == {"nb_evenements": None, "derniers": []}
    type(tarn).objects.filter(pk="81").update(tenue_plans="complete")
    for address in ("/communes/81124.json", "/departements/81.json"):
        assert read(client, address)["projet"]["nb_actions"] == 0


def test_what_changed_in_a_commune_is_before_and_after(lodeve, client):
    told = {change["nom"]: change for change in read(client, "/communes/34142.json")["changements"]}
    vacants = told["Logements vacants"]
    assert (vacants["avant"]["jour"], vacants["dernier"]["jour"]) == ("2021-01-01", "2023-01-01")
    assert vacants["evolution"]
    before = read(client, "/communes/34142.json", "2022-12-31")["changements"]
    [vacants] = [change for change in before if change["nom"] == "Logements vacants"]
    assert (vacants["avant"], vacants["dernier"]["jour"]) == (None, "2021-01-01")
    assert vacants["evolution"] is None


def test_the_club_the_reviews_the_aids_and_the_service_are_those_of_the_page(lodeve, client):
    told = read(client, "/communes/34142.json")
    [event] = told["club"]["derniers"]
    assert (told["club"]["nb_evenements"], event["evenement_identifiant"]) == (1, "atelier")
    [review] = told["bilans"]
    assert (review["ort_identifiant"], review["bilans"]) == ("ort-lodeve", ["bilan-1"])
    assert {due["nature"] for due in review["echeances"]} == {"quinquennal", "annuel"}
    [service] = told["interlocuteurs"]
    assert (service["service"], service["horaires"]) == ("DDTM, service habitat", "le matin")
    assert told["effets_ouverts"] is True
    page = words(client.get("/communes/34142/", {"au": JOUR}))
    titles = [effect["titre"] for effect in told["effets"]] + [
        aid["titre"] for aid in told["aides"]
    ]
    assert len(titles) > 5
    for shown in [*titles, event["intitule"], service["service"], *review["textes"]]:
        assert " ".join(shown.split())[1:] in page
    before = read(client, "/communes/34142.json", "2021-07-15")
    assert (before["effets_ouverts"], before["bilans"]) == (False, [])
    assert before["effets"]
    for address in ("/ort/ort-lodeve.json", "/departements/34.json"):
        other = read(client, address)
        assert (other["bilans"], other["interlocuteurs"]) == ([review], [service])


def test_a_commune_that_is_neither_in_nor_covered_is_promised_nothing(client):
    factories.commune("34172", nom="Montpellier")
    told = read(client, "/communes/34172.json")
    assert [told[key] for key in ("effets", "aides", "changements", "bilans")] == [[], [], [], []]


def test_a_département_tells_what_ends_soon_and_what_was_measured(lodeve, client):
    told = read(client, "/departements/34.json")["projet"]
    [end] = told["fins_proches"]
    assert (end["action_identifiant"], end["fin_prevue"]) == ("halle", "2023-09-01")
    assert told["nb_fins_proches"] == 1
    [vacants] = [m for m in told["mesures"] if m["indicateur"] == "logements-vacants"]
    assert (vacants["nombre"], vacants["connus"], vacants["sommes"][0]["valeur"]) == (2, 1, 100)
    assert {etat["etat"]: etat["nb_actions"] for etat in told["etats"]} == {
        etat.value: number
        for etat, number in Projet(LieuDuProjet("departement", "34"), day(JOUR)).etats
    }


def test_nothing_internal_is_in_a_twin(lodeve, client):
    poste = factories.poste([lodeve], identifiant="p1")
    factories.occupation(poste, "2022-01-01", titulaire=SECRET)
    factories.axe(lodeve.couvertures.get().convention)
    marked = 0
    for model, champ in internal_fields():
        if model is Interlocuteur:
            # Of a service, and never of someone: its page publishes it.
            continue
        with sans_historique():
            marked += model._base_manager.update(**{champ: SECRET})
    assert marked > 15
    for address in JUMELLES:
        assert SECRET not in json.dumps(read(client, address)), address


def test_more_of_a_projet_takes_no_more_queries(lodeve, client):
    ort = lodeve.couvertures.get().convention

    def more():
        for n in range(5):
            action = factories.action([lodeve], ort)
            line = factories.financement(action)
            factories.fait_financement(line, "accord", "2022-03-01", 10 + n)
            factories.prevision(action, "2023-10-01", "2022-01-01")
            factories.fait_etude(factories.etude([lodeve], ort), "commandee", "2022-01-01")
            factories.participation(factories.evenement(f"2022-03-0{n + 1}"), lodeve)
            factories.releve(action, n, "2022-01-01")

    more()
    addresses = [f"{address}?au={JOUR}" for address in JUMELLES]
    few = [count_queries(client, address) for address in addresses]
    more()
    assert [count_queries(client, address) for address in addresses] == few
