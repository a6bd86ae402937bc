"""An import is listed, read and taken back whole by its author; nobody else but the national level."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Agent, Labellisation, Role
from ort.models import Avenant, Convention
from socle.historique import one_act
from socle.models import Import
from tests import factories
from tests.conftest import browser_of
from tests.factories import day
from tests.fichiers import imported, previewed, send
from tests.test_permissions import answer_to

PAGE = "communes_labellisation"
HEADER = "code_insee,date_entree_programme,date_signature_adhesion\n"


@pytest.fixture(autouse=True)
def folder_of_files(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def towns(db):
    names = {"34142": "Lodève", "34003": "Agde"}
    return [factories.commune(code, epci="new", nom=nom) for code, nom in names.items()]


@pytest.fixture
def agde(towns):
    return factories.labellisation(towns[1], adhesion="2021-06-01")


@pytest.fixture
def fait(agent_34, towns, agde):
    """The import of an agent of the Hérault: Lodève enters, the adhesion of Agde is corrected."""
    rows = "34142,22/01/2021,26/03/2021\n34003,22/01/2021,02/06/2021\n"
    imported(agent_34, PAGE, "communes-laureates", HEADER + rows, name="suivi.csv")
    return Import.objects.get()


def undo_url(fait):
    return reverse("admin:socle_import_undo", args=[fait.pk])


def page_of(fait):
    return reverse("admin:socle_import_change", args=[fait.pk])


def text(answer):
    return " ".join(answer.content.decode().split())


def told(answer):
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


# What is kept of an import.


def test_an_import_keeps_who_which_file_why_and_what_it_did(fait, agent_34):
    assert (fait.auteur, fait.nom, fait.motif) == (agent_34.agent, "suivi.csv", "Relecture")
    assert fait.titre == "Communes lauréates"
    assert fait.bilan == "1 nouvelle et 1 modifiée"
    assert set(fait.acte.versions(Labellisation).values_list("id", flat=True)) == set(
        Labellisation.objects.values_list("pk", flat=True)
    )


def test_refused_rows_are_counted_and_those_sent_again_are_another_import(agent_34, towns):
    rows = "34142,22/01/2021,\n34999,22/01/2021,\n"
    answer = imported(agent_34, PAGE, "communes-laureates", HEADER + rows)
    assert Import.objects.get().bilan == "1 nouvelle et 1 refusée"
    assert (
        f'1 ligne importée ; 1 reste refusée. <a href="{undo_url(Import.objects.get())}">'
        in told(answer)
    )


def test_what_writes_nothing_is_no_import(agent_34, towns, agde):
    rows = "34003,22/01/2021,01/06/2021\n"
    answer = imported(agent_34, PAGE, "communes-laureates", HEADER + rows)
    assert not Import.objects.exists()
    assert "Annuler" not in told(answer)


def test_a_preview_and_a_stale_confirmation_are_no_import(agent_34, towns, agde):
    rows = "34003,22/01/2021,02/06/2021\n"
    page = previewed(agent_34, PAGE, "communes-laureates", HEADER + rows)
    agent_34.post(page.request["PATH_INFO"], {"empreinte": "autre"})
    assert not Import.objects.exists()


# Taken back.


def test_an_import_is_taken_back_from_its_message(agent_34, towns, agde):
    rows = "34142,22/01/2021,26/03/2021\n34003,22/01/2021,02/06/2021\n"
    answer = imported(agent_34, PAGE, "communes-laureates", HEADER + rows, name="suivi.csv")
    fait = Import.objects.get()
    assert f'<a href="{undo_url(fait)}">Annuler cet import</a>' in told(answer)
    page = text(agent_34.get(undo_url(fait)))
    assert "Lodève dans le programme" in page
    assert "« Signature de la convention d&#x27;adhésion » : 1er juin 2021 → 2 juin 2021" in page
    assert "communes lauréates" in page.lower()
    assert (Labellisation.objects.count(), Import.objects.get().annule_le) == (2, None)
    done = agent_34.post(undo_url(fait), follow=True)
    assert "« suivi.csv » : import annulé." in text(done)
    agde.refresh_from_db()
    assert Labellisation.objects.get().date_signature_adhesion == day("2021-06-01")
    fait.refresh_from_db()
    assert fait.annule_par == agent_34.agent
    last = agde.history.latest()
    assert last.history_date == fait.annule_le
    assert last.history_user == agent_34.agent
    assert last.history_change_reason.startswith("Annulation de l'import suivi.csv du ")
    assert "annulé le" in text(agent_34.get(page_of(fait)))


def test_an_import_is_taken_back_once(agent_34, fait):
    agent_34.post(undo_url(fait))
    versions = Labellisation.history.count()
    for send_it in (agent_34.get, agent_34.post):
        assert "Cet import est déjà annulé." in text(send_it(undo_url(fait)))
    assert Labellisation.history.count() == versions
    assert undo_url(fait) not in text(agent_34.get(page_of(fait)))


def test_what_a_service_knew_that_day_stays_for_its_other_imports(agent_34, fait):
    later = f"{HEADER}34028,22/01/2021,28/03/2021\n"
    factories.commune("34028")
    imported(agent_34, PAGE, "communes-laureates", later)
    agent_34.post(undo_url(fait))
    fait.refresh_from_db()
    assert fait.annule_le
    said = Labellisation.objects.get(commune="34028").affirmations.first()
    assert said.source.genre == "service"


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_rests_on_an_import_is_named_and_nothing_moves(method, agent_34, fait, agde):
    with one_act("relu"):
        agde.refresh_from_db()
        agde._history_user = factories.agent("camille", last_name="Martin")
        agde.date_signature_adhesion = day("2021-06-03")
        agde.save()
    answer = getattr(agent_34, method)(undo_url(fait))
    page = text(answer)
    assert "Annuler « relu, par Martin, le" in page
    assert "« Agde dans le programme » : fiche modifiée depuis par Martin, le" in page
    assert 'value="Annuler cet import"' not in page
    assert Labellisation.objects.count() == 2
    assert Import.objects.get().annule_le is None


def test_the_trial_of_the_page_leaves_no_version(agent_34, fait):
    versions = Labellisation.history.count()
    agent_34.get(undo_url(fait))
    assert Labellisation.history.count() == versions


@pytest.mark.parametrize(
    ("page", "sorte", "content", "model"),
    [
        (
            "ort_convention",
            "ort",
            "ort_identifiant,intitule,departement_reference,date_signature\n"
            "ort-lodeve,ORT du Lodévois,34,16/07/2021\n",
            Convention,
        ),
        (
            "ort_avenant",
            "avenants",
            "ort_identifiant,avenant_numero,date_signature\nort-agde,1,16/07/2024\n",
            Avenant,
        ),
    ],
)
def test_an_import_of_acts_is_taken_back(page, sorte, content, model, agent_34, towns):
    factories.convention(communes=[towns[1]], identifiant="ort-agde")
    before = model.objects.count()
    imported(agent_34, page, sorte, content)
    assert model.objects.count() == before + 1
    agent_34.post(undo_url(Import.objects.get()))
    assert model.objects.count() == before


# Whose it is.


@pytest.fixture
def visiteur(db):
    return Client()


@pytest.fixture
def collegue(db):
    return browser_of(factories.agent("collegue", [factories.departement("34")]))


LOG_IN, NO, LOST, AWAY, OPEN = "connexion", 403, 404, 302, 200
# fmt: off
ROLES = [
    # role          list    page    undo
    ("visiteur",    LOG_IN, LOG_IN, LOG_IN),
    ("lecteur_34",  NO,     NO,     NO),
    ("agent_81",    OPEN,   AWAY,   LOST),
    ("collegue",    OPEN,   AWAY,   LOST),
    ("referent_34", OPEN,   AWAY,   LOST),
    ("agent_34",    OPEN,   OPEN,   OPEN),
    ("national",    OPEN,   OPEN,   OPEN),
]
# fmt: on


@pytest.mark.parametrize(("role", "listed", "read", "undone"), ROLES)
def test_an_import_is_of_its_author_and_of_the_national_level(
    role, listed, read, undone, request, fait
):
    browser = request.getfixturevalue(role)
    changelist = browser.get(reverse("admin:socle_import_changelist"))
    assert answer_to(changelist) == listed
    if listed == OPEN:
        assert (fait in changelist.context["cl"].queryset) == (read == OPEN)
    assert answer_to(browser.get(page_of(fait))) == read
    assert answer_to(browser.get(undo_url(fait))) == undone
    assert answer_to(browser.post(undo_url(fait))) == (AWAY if undone == OPEN else undone)
    fait.refresh_from_db()
    assert (fait.annule_le is not None) == (undone == OPEN)


@pytest.mark.parametrize("lost", [{"role": Role.LECTEUR}, {"departements": ["81"]}])
def test_an_author_who_lost_its_rights_takes_nothing_back(lost, agent_34, fait):
    agent = agent_34.agent
    if "role" in lost:
        Agent.objects.filter(pk=agent.pk).update(**lost)
    else:
        agent.departements.set([factories.departement("81")])
        page = text(agent_34.get(page_of(fait)))
        # Two times in the programme, and what is said of three dates.
        assert "5 autres fiches, hors de vos départements" in page
        assert "Lodève" not in page
    for send_it in (agent_34.get, agent_34.post):
        assert send_it(undo_url(fait)).status_code == NO
    assert Labellisation.objects.count() == 2


def test_undoing_asks_for_the_token_of_its_page(agent_34, fait):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(agent_34.agent)
    assert strict.post(undo_url(fait)).status_code == NO
    for method in ("put", "delete", "patch"):
        assert getattr(agent_34, method)(undo_url(fait)).status_code == 405
    assert Labellisation.objects.count() == 2


@pytest.mark.parametrize("page", ["add", "delete"])
def test_nobody_writes_the_list_by_hand(page, national, fait):
    args = [fait.pk] if page == "delete" else []
    url = reverse(f"admin:socle_import_{page}", args=args)
    assert national.post(url, {"post": "yes"}).status_code == NO
    assert national.post(page_of(fait), {"nom": "autre"}).status_code == OPEN
    fait.refresh_from_db()
    assert fait.nom == "suivi.csv"


# Read.


def test_the_list_tells_nothing_of_the_cells(agent_34, fait):
    page = text(agent_34.get(reverse("admin:socle_import_changelist")))
    for shown in ("suivi.csv", "Communes lauréates", "1 nouvelle et 1 modifiée", "en place"):
        assert shown in page
    assert "Lodève" not in page


def test_the_page_leads_to_each_record(agent_34, fait, agde):
    page = text(agent_34.get(page_of(fait)))
    assert reverse(f"admin:{PAGE}_change", args=[agde.pk]) in page
    assert undo_url(fait) in page
    assert "Importé par agent34" in page


def test_the_history_of_a_record_leads_to_the_import_for_whoever_may_read_it(
    agent_34, collegue, national, fait, agde
):
    history = reverse(f"admin:{PAGE}_history", args=[agde.pk])
    for browser in (agent_34, national):
        assert page_of(fait) in text(browser.get(history))
    theirs = text(collegue.get(history))
    assert theirs.count("Écrit par un import.") == 1
    assert page_of(fait) not in theirs
    assert "suivi.csv" not in theirs


@pytest.mark.parametrize("page", ["change", "undo"])
def test_a_longer_import_takes_no_more_queries_to_read(page, agent_34, db):
    counts = []
    for size in (1, 3, 8):
        rows = "".join(f"{code},22/01/2021,26/03/2021\n" for code in new_towns(size))
        imported(agent_34, PAGE, "communes-laureates", HEADER + rows)
        url = reverse(f"admin:socle_import_{page}", args=[Import.objects.first().pk])
        agent_34.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert agent_34.get(url).status_code == OPEN
        counts.append(len(queries))
    # The trial of an undoing writes a version of each record that it removes: three a row.
    assert counts[2] - counts[1] == (15 if page == "undo" else 0)


def new_towns(size):
    return [factories.commune(epci="new").pk for _ in range(size)]


def test_the_page_of_files_leads_to_those_imported(agent_34, db):
    url = reverse(f"admin:{PAGE}_import")
    assert reverse("admin:socle_import_changelist") in text(agent_34.get(url))
    assert send(agent_34, PAGE, "communes-laureates", "").status_code == OPEN


def test_the_page_tells_the_public_figures_that_would_change(agent_34, towns):
    for town in towns:
        factories.labellisation(town)
    factories.convention(communes=towns[1:], identifiant="ort-agde")
    rows = "ort_identifiant,code_insee,date_avenant_entree\nort-agde,34142,\n"
    imported(agent_34, "ort_convention", "ort-communes", rows)
    page = text(agent_34.get(undo_url(Import.objects.get())))
    assert "communes couvertes par une ORT de l&#x27;Hérault : 2 → 1" in page
