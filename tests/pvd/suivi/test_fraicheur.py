"""What the page of a commune rests on: the days of its documents, and when an agent read it again."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Commune, Labellisation, Relecture
from ort.models import Convention
from pvd.suivi.fraicheur import Fraicheur, jours_connus
from pvd.suivi.situation import situations
from socle.dates import in_french
from socle.models import Affirmation, Source
from tests import factories
from tests.factories import day, today
from tests.formulaires import errors, filled
from tests.pages import read, without_tags

pytestmark = pytest.mark.django_db
ADD = reverse("admin:communes_relecture_add")


def document(jour, **fields):
    return factories.source(date_document=jour and day(jour), **fields)


def say(record, champ, valeur, source):
    Affirmation.objects.create(fiche=record, champ=champ, valeur_brute=valeur, source=source)


@pytest.fixture
def lodeve():
    """A commune whose two acts are told by two documents, loaded today as all that is shipped."""
    town = factories.commune("34142", epci="new", nom="Lodève")
    label = factories.labellisation(town, adhesion="2021-03-26")
    signed = factories.convention("2023-07-06", [town], identifiant="ort-lodeve")
    say(label, "debut", "22/01/2021", document("2021-01-22"))
    say(signed, "date_signature", "06/07/2023", document("2026-05-27"))
    return town


# In words.


@pytest.mark.parametrize(
    ("days", "told"),
    [
        ([], ""),
        ([None], "d'après un document sans date"),
        ([None, None], "d'après des documents sans date"),
        (["2021-01-22"], "d'après un document du 22 janvier 2021"),
        (["2021-01-22", "2021-01-22"], "d'après des documents du 22 janvier 2021"),
        (["2026-05-01", "2021-01-22"], "d'après des documents du 22 janvier 2021 au 1er mai 2026"),
        (["2021-01-22", None], "d'après un document du 22 janvier 2021 et un document sans date"),
        (
            ["2021-01-22", "2021-01-23", None, None],
            "d'après des documents du 22 janvier 2021 au 23 janvier 2021 et des documents sans date",
        ),
    ],
)
def test_the_days_of_the_documents_in_words(days, told):
    documents = [Source(date_document=jour and day(jour)) for jour in days]
    assert Fraicheur(documents).phrase == told


def test_what_the_service_knows_is_no_document():
    service = Source.connaissance_du_service(day("2026-06-01"))
    assert Fraicheur([service]).phrase == "d'après ce que le service sait"
    both = Fraicheur([service, Source(date_document=day("2021-01-22"))])
    assert both.phrase == "d'après un document du 22 janvier 2021"
    assert both.jour == day("2026-06-01")


# On the page, on paper and for machines.


@pytest.mark.parametrize(
    ("jour", "told"),
    [
        ("2021-01-22", "Fiche établie d'après un document du 22 janvier 2021."),
        ("2023-07-05", "Fiche établie d'après un document du 22 janvier 2021."),
        ("2023-07-06", "Fiche établie d'après des documents du 22 janvier 2021 au 27 mai 2026."),
    ],
)
def test_the_page_tells_the_days_of_the_documents_of_what_it_shows(client, lodeve, jour, told):
    page = client.get(f"/communes/34142/?au={jour}").content.decode()
    assert page.count("Fiche établie") == 2
    assert told in read(client, f"/communes/34142/?au={jour}")
    assert "mise à jour" not in read(client, f"/communes/34142/?au={jour}")


def test_a_page_without_document_tells_no_day(client):
    town = factories.commune("34079", epci="new")
    factories.labellisation(town)
    assert "Fiche établie" not in read(client, "/communes/34079/")
    assert "dateModified" not in client.get("/communes/34079/").content.decode()
    factories.relecture(town, "2024-03-01")
    assert "Fiche relue par le service le 1er mars 2024." in read(client, "/communes/34079/")


@pytest.mark.parametrize(
    ("jour", "told"), [("2024-02-29", False), ("2024-03-01", True), ("2024-03-02", True)]
)
def test_the_page_tells_when_it_was_read_again_from_that_day_on(client, lodeve, jour, told):
    factories.relecture(lodeve, "2024-03-01")
    page = read(client, f"/communes/34142/?au={jour}")
    assert ("au 27 mai 2026, relue par le service le 1er mars 2024." in page) == told


def test_the_last_reading_is_told_and_never_who_read(client, lodeve, agent_34):
    factories.relecture(lodeve, "2024-03-01")
    agent_34.post(ADD, {"commune": "34142", "jour": "05/03/2024"})
    page = read(client, "/communes/34142/")
    assert "relue par le service le 5 mars 2024." in page
    assert "agent34" not in page


def test_a_commune_that_regroups_another_has_its_readings(client, lodeve):
    vanished = factories.commune("34999", fin=day("2022-01-01"), successeur=lodeve)
    factories.relecture(vanished, "2021-06-01")
    assert "relue par le service le 1er juin 2021" in read(client, "/communes/34142/")


def lastmod(client):
    return client.get("/sitemap.xml").content.decode().partition("/communes/34142/</loc>")[2][:40]


def test_machines_are_told_the_same_day(client, lodeve):
    assert "<lastmod>2026-05-27</lastmod>" in lastmod(client)
    assert '"dateModified": "2026-05-27"' in client.get("/communes/34142/").content.decode()
    factories.relecture(lodeve, "2026-06-01")
    assert "<lastmod>2026-06-01</lastmod>" in lastmod(client)
    assert '"dateModified": "2026-06-01"' in client.get("/communes/34142/").content.decode()
    past = client.get("/communes/34142/?au=2022-01-01").content.decode()
    assert '"dateModified": "2021-01-22"' in past


def test_every_page_and_the_sitemap_agree(client, lodeve):
    agde = factories.commune("34003", nom="Agde")
    factories.labellisation(agde)
    factories.avenant(Convention.objects.get(), "2024-01-01", [agde])
    factories.relecture(agde, "2024-03-01")
    found = list(situations(Commune.objects.order_by("pk"), today()))
    assert jours_connus(found, today()) == {"34003": day("2024-03-01"), "34142": day("2026-05-27")}


def test_the_queries_of_the_sitemap_do_not_grow(lodeve):
    def count():
        found = list(situations(Commune.objects.order_by("pk"), today()))
        with CaptureQueriesContext(connection) as queries:
            jours_connus(found, today())
        return len(queries)

    few = count()
    for _ in range(5):
        town = factories.commune()
        factories.labellisation(town)
        factories.convention("2023-01-01", [town])
        factories.relecture(town)
    assert count() == few


def updated(client):
    feed = client.get("/departements/34/nouveautes.atom").content.decode()
    return [part[:10] for part in feed.split("<updated>")[2:]]


def test_the_feed_is_as_old_as_the_documents_and_as_new_as_what_an_agent_writes(client, lodeve):
    # The adhésion and its delay are told by no document: they are as old as themselves.
    assert updated(client) == ["2026-05-27", "2022-09-26", "2021-03-26", "2021-01-22"]
    agent = factories.agent("auteur", [lodeve.departement])
    Labellisation.history.update(history_user=agent)
    assert updated(client)[:3] == [today().isoformat()] * 3


# Only an agent says so.


def page_of(browser, town):
    return browser.get(reverse("admin:communes_commune_page", args=[town.pk])).content.decode()


def test_an_agent_says_that_it_has_read_the_page_again_and_takes_it_back(agent_34, lodeve):
    assert "relecture jamais notée" in page_of(agent_34, lodeve)
    asked = agent_34.get(ADD, {"commune": "34142"})
    sent = filled(asked)
    assert sent["jour"] == f"{today():%d/%m/%Y}"
    answer = agent_34.post(ADD, sent)
    assert answer.url == reverse("admin:communes_commune_page", args=["34142"])
    made = Relecture.objects.get()
    assert (made.commune, made.jour) == (lodeve, today())
    page = page_of(agent_34, lodeve)
    assert f"Page publique relue le {in_french(today())} (agent34)" in without_tags(page)
    version = made.history.get()
    undo = reverse("admin:acte_annuler", args=["communes.relecture", version.pk])
    assert undo in page
    agent_34.post(undo, {"motif": "dite par erreur", "_confirmer": "Confirmer"})
    assert not Relecture.objects.exists()
    assert "relecture jamais notée" in page_of(agent_34, lodeve)


def test_a_day_to_come_is_refused_and_a_day_is_told_once(agent_34, lodeve):
    tomorrow = today() + datetime.timedelta(days=1)
    sent = {"commune": "34142", "jour": f"{tomorrow:%d/%m/%Y}"}
    assert "à venir" in errors(agent_34.post(ADD, sent))
    factories.relecture(lodeve, "2024-03-01")
    sent["jour"] = "01/03/2024"
    assert "déjà dite relue" in errors(agent_34.post(ADD, sent))
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.relecture(lodeve, "2024-03-01")
    with pytest.raises(ValidationError):
        Relecture(commune=lodeve, jour=tomorrow).full_clean()


def test_a_lecteur_and_a_neighbour_say_nothing(lecteur_34, agent_81, lodeve):
    sent = {"commune": "34142", "jour": "01/03/2024"}
    assert lecteur_34.post(ADD, sent).status_code == 403
    assert agent_81.post(ADD, sent).status_code == 200
    assert not Relecture.objects.exists()
    assert ADD not in page_of(lecteur_34, lodeve)
