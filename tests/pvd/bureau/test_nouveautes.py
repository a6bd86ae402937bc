"""« Depuis ma dernière visite », « depuis le 1er janvier »: what is new, to read, print and download."""

import csv
import datetime
import html
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communes.models import Agent, Role
from projects.models import Note
from pvd.bureau.nouveautes import LINES, Rubrique
from socle.historique import one_act, signed_by
from tests import factories
from tests.conftest import browser_of

URL = reverse("admin:nouveautes")
DAY = datetime.timedelta(days=1)


def ask(browser, **asked):
    answer = browser.get(URL, asked)
    assert answer.status_code == 200, html.unescape(answer.content.decode())
    return answer


def told(answer, cle):
    """Return what a part of the page tells, as (day, communes, text)."""
    parts = {rubrique.cle: rubrique.lignes for rubrique in answer.context["rubriques"]}
    return [
        (f"{new.fait.jour}", [s.nom for s in new.communes], new.fait.texte)
        for new in parts.get(cle, [])
    ]


def changed(answer):
    parts = {rubrique.cle: rubrique.lignes for rubrique in answer.context["rubriques"]}
    return [(change.fiche, change.texte) for change in parts.get("fiches", [])]


def file_of(browser, **asked):
    url = reverse("admin:nouveautes_fichier", args=["csv"])
    text = b"".join(browser.get(url, asked).streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def recorded_on(record, jour):
    """Have a record told since `jour`, as if it had been written that day."""
    moment = timezone.make_aware(datetime.datetime.combine(jour, datetime.time(9)))
    type(record).history.filter(id=record.pk).update(history_date=moment)


def came_last(browser, jour):
    Agent.objects.filter(pk=browser.agent.pk).update(derniere_activite=jour)


@pytest.fixture(scope="module")
def lodeve(scene):
    town = factories.commune("34142", epci="new", nom="Lodève")
    recorded_on(factories.labellisation(town), factories.day("2021-02-01"))
    return town


def test_what_happened_is_told_from_its_day_on(lodeve, agent_34):
    signed = factories.convention("2024-03-12", [lodeve], intitule="ORT de Lodève")
    recorded_on(signed, factories.day("2024-03-12"))
    recorded_on(signed.couvertures.get(), factories.day("2024-03-12"))
    entered = ("2024-03-12", ["Lodève"], "Entrée dans l'ORT par la convention elle-même")
    assert told(ask(agent_34, depuis="2024-03-12"), "arrives") == [entered]
    assert told(ask(agent_34, depuis="2024-03-13"), "arrives") == []
    assert told(ask(agent_34, depuis="2024-03-13"), "appris") == []


def test_an_older_fact_recorded_since_is_told_apart(lodeve, agent_34):
    label = lodeve.labellisations.get()
    label.date_signature_adhesion = factories.day("2021-03-26")
    label.save()
    today = timezone.localdate()
    signed = ("2021-03-26", ["Lodève"], "Signature de la convention d'adhésion")
    answer = ask(agent_34, depuis=f"{today}")
    assert signed in told(answer, "appris")
    assert not any("Entrée" in text for _, _, text in told(answer, "appris"))
    assert told(answer, "arrives") == []


def test_what_was_done_to_the_records_is_told_with_who_and_why(lodeve, agent_34):
    with signed_by(agent_34.agent), one_act("Lu sur l'acte signé."):
        label = lodeve.labellisations.get()
        label.note = "Relu"
        label.save()
    (row,) = file_of(agent_34, depuis=f"{timezone.localdate()}")
    assert (row["sorte"], row["fiche"], row["texte"]) == (
        "fiche",
        "Lodève",
        "Lu sur l'acte signé.",
    )
    assert row["par"] == agent_34.agent.get_username()


def test_since_the_last_visit_counts_that_day(lodeve, agent_34):
    visited = timezone.localdate() - 3 * DAY
    came_last(agent_34, visited)
    recorded_on(lodeve.labellisations.get(), visited)
    assert changed(ask(agent_34)) == [("Lodève", "ajout : labellisation")]
    recorded_on(lodeve.labellisations.get(), visited - DAY)
    answer = ask(agent_34, depuis="visite")
    assert changed(answer) == []
    assert "Rien de nouveau dans vos communes." in answer.content.decode()


def test_a_first_visit_says_so_and_leads_to_january(lodeve, agent_34):
    page = html.unescape(ask(agent_34).content.decode())
    assert "C'est votre première visite" in page
    assert "Télécharger" not in page
    assert file_of(agent_34) == []
    assert "depuis ma dernière visite" not in agent_34.get("/admin/").content.decode()


@pytest.mark.une_base
def test_the_home_leads_to_both_lists(lodeve, agent_34):
    came_last(agent_34, timezone.localdate() - DAY)
    home = html.unescape(agent_34.get("/admin/").content.decode())
    for depuis in ("visite", "janvier"):
        assert f'href="{URL}?depuis={depuis}"' in home


@pytest.mark.une_base
def test_january_is_that_of_this_year(lodeve, agent_34):
    first = timezone.localdate().replace(month=1, day=1)
    assert ask(agent_34, depuis="janvier").context["demande"].debut == first


def test_an_agent_is_told_of_its_communes_alone(lodeve, agent_34, agent_81, national):
    lacaune = factories.commune("81124", epci="new", nom="Lacaune")
    factories.labellisation(lacaune)
    names = {"34": ["Lodève"], "81": ["Lacaune"]}
    for browser, code in ((agent_34, "34"), (agent_81, "81")):
        rows = file_of(browser, depuis="2021-01-01")
        assert {row["communes"] for row in rows if row["communes"]} == {*names[code]}
        assert {row["fiche"] for row in rows if row["sorte"] == "fiche"} == {*names[code]}
    everywhere = file_of(national, depuis="2021-01-01")
    assert {"Lodève", "Lacaune"} <= {row["communes"] for row in everywhere}
    there = file_of(national, depuis="2021-01-01", departement="81")
    assert {row["communes"] for row in there} - {""} == {"Lacaune"}
    assert agent_81.get(URL, {"departement": "34"}).status_code == 404


def test_a_lecteur_reads_it_and_nothing_of_contacts_nor_notes(lodeve, lecteur_34, agent_34):
    with signed_by(agent_34.agent):
        factories.contact(lodeve, nom="Camille Martin")
        factories.note(lodeve, "Appel de la mairie")
    assert Note.objects.exists()
    asked = {"depuis": "2021-01-01"}
    page = html.unescape(ask(lecteur_34, **asked).content.decode())
    rows = file_of(lecteur_34, **asked)
    assert "Lodève" in page
    for told_to_agents in ("Camille Martin", "Appel de la mairie", "contact", "note"):
        assert told_to_agents not in f"{rows}"
    assert "Camille Martin" not in page
    assert "Appel de la mairie" not in page


def test_a_fact_shared_by_communes_is_told_once(lodeve, agent_34):
    gignac = factories.commune("34114", epci="new", nom="Gignac")
    factories.labellisation(gignac)
    factories.convention("2024-03-12", [lodeve, gignac], intitule="ORT")
    (row,) = [r for r in file_of(agent_34, depuis="2024-03-12") if r["sorte"] == "arrivé"]
    assert (row["communes"], row["codes_insee"]) == ("Gignac, Lodève", "34114 34142")


@pytest.mark.une_base
@pytest.mark.parametrize("forme", ["xlsx", "ods", "csv", "tableur"])
def test_it_is_downloaded_in_each_form(forme, lodeve, agent_34):
    url = reverse("admin:nouveautes_fichier", args=[forme])
    answer = agent_34.get(url, {"depuis": "janvier"})
    assert answer.status_code == 200
    assert "pvd-interne-nouveautes-" in answer["Content-Disposition"]
    assert answer.getvalue()


def test_the_file_has_all_that_the_page_cuts():
    part = Rubrique("arrives", "Arrivé depuis", list(range(LINES + 2)))
    assert (len(part.lignes), part.reste) == (LINES, 2)


@pytest.mark.une_base
@pytest.mark.parametrize("depuis", ["hier", "2026-02-30", "2999-01-01", "20260101"])
def test_what_is_no_day_is_refused(depuis, lodeve, agent_34):
    for url in (URL, reverse("admin:nouveautes_fichier", args=["csv"])):
        assert agent_34.get(url, {"depuis": depuis}).status_code == 400


@pytest.mark.une_base
def test_a_form_of_file_that_is_not_offered_is_not_there(lodeve, agent_34):
    url = reverse("admin:nouveautes_fichier", args=["json"])
    assert agent_34.get(url, {"depuis": "janvier"}).status_code == 404


def test_an_account_of_no_departement_is_refused(db):
    browser = browser_of(factories.agent("perdue", role=Role.AGENT))
    assert browser.get(URL, {"depuis": "janvier"}).status_code == 403


def test_more_communes_take_no_more_queries(lodeve, agent_34):
    def ask_again():
        with CaptureQueriesContext(connection) as queries:
            ask(agent_34, depuis="2021-01-01")
        return len(queries)

    signed = factories.convention("2022-01-10", [lodeve], duree_annees=5)
    factories.avenant(signed, "2023-01-11")
    ask_again()
    few = ask_again()
    for number in range(5):
        town = factories.commune(f"3420{number}", epci="new")
        factories.labellisation(town, adhesion="2021-04-01")
        factories.avenant(factories.convention("2022-01-10", [town]), "2023-01-11")
    assert ask_again() == few
