"""Two agents at the same second: one writes, the other is told what the form would say, never an error.

Two true connections write at once: on SQLite, in a file of its own, for the base of the tests is
in memory and has one connection.
"""

import html
import re
import sqlite3
import threading
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.contrib.messages import get_messages
from django.core import mail
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse

from communes.models import Commune, Departement, Labellisation, Rattachement
from ort.models import CommuneCouverte, Convention, Proposition
from projects.financements.models import ReglePeriode
from projects.postes.models import Desserte
from socle.contraintes import exclusion_name, sentence
from socle.copie import tables_copiees
from socle.models import Import
from socle.periodes import Periode
from socle.verrou import lock
from tests import factories
from tests.conftest import browser_of
from tests.factories import day, rewrite
from tests.fichiers import imported, previewed
from tests.formulaires import errors, filled
from tests.pvd.bureau.test_gestes import address, confirming, typed

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 3


@pytest.fixture(autouse=True)
def two_writers(transactional_db, tmp_path, settings):
    """Let several connections write: a server does, an SQLite in memory does not."""
    settings.VAR_DIR = tmp_path
    if connection.vendor != "sqlite":
        yield
        return
    in_memory, named = connection.connection, connection.settings_dict["NAME"]
    path = str(tmp_path / "essai.sqlite3")
    with sqlite3.connect(path) as copy:
        in_memory.backup(copy)
    copy.close()
    both = (connection.settings_dict, connections.settings["default"])
    connection.connection = None
    for settings_dict in both:
        settings_dict["NAME"] = path
    yield
    connection.close()
    for settings_dict in both:
        settings_dict["NAME"] = named
    connection.connection = in_memory


def at_once(*acts):
    """Do all the acts at the same moment, each in its thread; return what each gives back."""
    start, given = threading.Barrier(len(acts)), [None] * len(acts)

    def do(rank, act):
        try:
            start.wait()
            given[rank] = act()
        except Exception as error:  # Told to the test, which is in another thread.
            given[rank] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not [error for error in given if isinstance(error, Exception)], given
    return given


def agents():
    """Return the browsers of two agents of the Hérault."""
    herault = [factories.departement("34")]
    return [browser_of(factories.agent(name, herault)) for name in ("anne", "bruno")]


def post(browser, url, data):
    return lambda: browser.post(url, data)


def one_wrote(answers, told):
    """Check that one of the two saved, and that the other was told so on its page."""
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    (loser,) = [answer for answer in answers if answer.status_code == 200]
    assert told in errors(loser), errors(loser)


def confirmed(slug, record=None, **fields):
    """Return a function that shows a preview to a browser, then lets it confirm."""

    def read(browser):
        url = address(slug, record) if record else reverse("admin:gestes", args=[slug])
        data = typed(**fields)
        data |= confirming(browser.post(url, data))
        return lambda: browser.post(url, data)

    return read


def told_by(answer):
    """Return all that the page says: errors of its form, or messages of the one that follows."""
    if answer.status_code == 200:
        return " ".join(str(e) for told in answer.context["form"].errors.values() for e in told)
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def overtaken(answer):
    """Tell whether the page says who wrote since its preview."""
    told = [str(message) for message in answer.context["messages"]]
    return any(re.match("Depuis votre aperçu, (anne|bruno) a enregistré", each) for each in told)


@pytest.mark.parametrize("times", [("22/01/2021", "01/06/2021"), ("22/01/2021", "22/01/2021")])
def test_a_commune_is_entered_in_the_programme_by_two_agents(times):
    """The one who is second is told that it is there: the other time may be of other days."""
    browsers = agents()
    for _ in range(ROUNDS):
        town = factories.commune(epci="new")
        acts = [
            confirmed("entrer-dans-le-programme", commune=town.pk, date=debut)(browser)
            for browser, debut in zip(browsers, times, strict=True)
        ]
        answers = at_once(*acts)
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        (loser,) = [answer for answer in answers if answer.status_code == 200]
        assert "déjà dans le programme" in told_by(loser)
        assert Labellisation.objects.filter(commune=town).count() == 1


def test_someone_arrives_once_though_two_agents_confirm_it():
    browsers = agents()
    for _ in range(ROUNDS):
        held = factories.poste([factories.commune(epci="new")])
        arrival = confirmed("arrivee", held, titulaire="Dominique")
        answers = at_once(*(arrival(browser) for browser in browsers))
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        (loser,) = [answer for answer in answers if answer.status_code == 200]
        assert overtaken(loser)
        assert "Cette personne occupe déjà ce poste ces jours-là." in told_by(loser)
        assert held.occupations.count() == 1


def test_two_payments_at_once_stay_within_their_grant():
    """Each is within it alone: the second is told what the first has paid."""
    browsers = agents()
    for _ in range(ROUNDS):
        action = factories.action([factories.commune(epci="new")])
        line = factories.financement(action, financeur_organisme=factories.organisme())
        factories.fait_financement(line, "accord", "2024-01-01", 1000)
        pay = {"sorte": "acompte", "montant": "600", "date": "01/05/2024"}
        pays = confirmed("financement-enregistrer-un-versement", line, **pay)
        answers = at_once(*map(pays, browsers))
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        (loser,) = [answer for answer in answers if answer.status_code == 200]
        assert "accordés" in told_by(loser)
        assert overtaken(loser)
        assert line.faits.filter(nature="versement").count() == 1


def test_a_post_is_opened_once_though_two_agents_confirm_it():
    browsers = agents()
    for _ in range(ROUNDS):
        town = factories.commune(epci="new")
        opening = confirmed("ouvrir-un-poste", employeur_commune=town.pk, communes=[town.pk])
        answers = at_once(*(opening(browser) for browser in browsers))
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        (loser,) = [answer for answer in answers if answer.status_code == 200]
        assert overtaken(loser)
        assert town.dessertes.count() == 1


def test_two_posts_told_by_one_new_source_are_both_opened():
    """The key of a source is made from its title: the second takes another."""
    browsers = agents()
    for rank in range(ROUNDS):
        towns = [factories.commune(epci="new") for _ in browsers]
        acts = [
            confirmed(
                "ouvrir-un-poste",
                employeur_commune=town.pk,
                communes=[town.pk],
                source_titre=f"Délibération {rank}",
            )(browser)
            for town, browser in zip(towns, browsers, strict=True)
        ]
        assert [answer.status_code for answer in at_once(*acts)] == [302, 302]


BLANK = {
    "socle_source": lambda rank: {"titre": "Arrêté", "cle": f"arrete-{rank}"},
    "ort_avenant": lambda rank: {"convention": factories.convention().pk, "objet": "secteur"},
}


@pytest.mark.parametrize("name", BLANK)
def test_a_blank_form_is_saved_once_though_it_is_clicked_twice(name):
    """Of an avenant without day nor number, nothing else would refuse the second."""
    (browser, _), url = agents(), reverse(f"admin:{name}_add")
    for rank in range(ROUNDS):
        model = apps.get_model(*name.split("_"))
        before = model.objects.count()
        data = filled(browser.get(url), **BLANK[name](rank))
        answers = at_once(post(browser, url, data), post(browser, url, data))
        assert [answer.status_code for answer in answers] == [302, 302]
        assert model.objects.count() == before + 1


def test_what_is_proposed_to_another_ddt_is_proposed_once_though_it_is_clicked_twice():
    reference = factories.departement("81")
    shared = factories.convention(
        communes=[factories.commune("34142"), factories.commune("81065")],
        departement_reference=reference,
    )
    (browser, _), url = agents(), reverse("admin:ort_convention_propose", args=[shared.pk])
    for rank in range(ROUNDS):
        data = {"jeton": browser.get(url).context["jeton"], "duree_annees": 8, "texte": "voir"}
        answers = at_once(post(browser, url, data), post(browser, url, data))
        assert answers[0].url == answers[1].url
        assert Proposition.objects.count() == rank + 1


@pytest.mark.parametrize("page", ["change", "delete"])
def test_what_is_asked_of_an_action_is_asked_once_though_it_is_clicked_twice(page):
    """One proposal, and one mail, whether its form is sent or its removal asked."""
    (browser, _), reference = agents(), factories.departement("81")
    rewrite(Departement.objects.filter(pk="81"), courriel_service="ddt@tarn.example")
    towns = [factories.commune("34142"), factories.commune("81065")]
    shared = factories.convention(communes=towns, departement_reference=reference)
    for rank in range(ROUNDS):
        action = factories.action(towns, shared, maitre_ouvrage_commune=towns[1])
        url = reverse(f"admin:projects_action_{page}", args=[action.pk])
        data = {"post": "yes", "motif": "doublon"}
        if page == "change":
            asked = {"_proposer": "1", "motif_correction": "acte relu"}
            data = filled(browser.get(url), maitre_ouvrage_commune=towns[0].pk, **asked)
        answers = at_once(post(browser, url, data), post(browser, url, data))
        assert answers[0].url == answers[1].url
        assert (Proposition.objects.count(), len(mail.outbox)) == (rank + 1, rank + 1)


def test_a_commune_is_added_to_an_ort_by_two_agents():
    browsers = agents()
    for _ in range(ROUNDS):
        signed = factories.convention("2021-02-26", [factories.commune("34003")])
        town = factories.commune(f"34{100 + signed.pk % 800}")
        geste = confirmed("avenant", signed, communes=[town.pk])
        answers = at_once(*(geste(browser) for browser in browsers))
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        (loser,) = [answer for answer in answers if answer.status_code == 200]
        assert "Déjà dans cette ORT" in told_by(loser)
        assert overtaken(loser)
        assert signed.couvertures.filter(commune=town).count() == 1
        assert signed.avenants.count() == 1


def test_two_avenants_of_one_convention_are_named_apart():
    browsers = agents()
    for _ in range(ROUNDS):
        signed = factories.convention("2021-02-26", [factories.commune("34003")])
        towns = [factories.commune(f"34{n + signed.pk % 400}") for n in (100, 500)]
        acts = [
            confirmed("avenant", signed, communes=[town.pk], numero=rank)(browser)
            for rank, (town, browser) in enumerate(zip(towns, browsers, strict=True), start=1)
        ]
        answers = at_once(*acts)
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        (loser,) = [answer for answer in answers if answer.status_code == 200]
        assert overtaken(loser)
        rank = answers.index(loser)
        again = confirmed("avenant", signed, communes=[towns[rank].pk], numero=rank + 1)
        assert again(browsers[rank])().status_code == 302
        named = sorted(signed.avenants.values_list("identifiant", flat=True))
        assert named == [f"{signed.identifiant}-avenant-{rank}" for rank in (1, 2)]


def test_a_commune_comes_back_by_two_agents():
    browsers = agents()
    for _ in range(ROUNDS):
        left = factories.labellisation(fin="2022-01-01")
        geste = confirmed("revenir-dans-le-programme", left)
        answers = at_once(*(geste(browser) for browser in browsers))
        assert Labellisation.objects.filter(commune=left.commune_id).count() == 2
        told = " ".join(told_by(answer) for answer in answers)
        assert re.search("déjà dans le programme", told)


def test_an_exit_is_corrected_while_its_commune_comes_back():
    """What takes its days from acts is checked under a lock of the convention."""
    browsers = agents()
    for _ in range(ROUNDS):
        town = factories.commune(epci="new")
        signed = factories.convention("2021-02-26", [town])
        out = factories.avenant(signed, "2022-01-01", numero=1)
        factories.rewrite(signed.couvertures, sortie=out)
        url = reverse("admin:ort_avenant_change", args=[out.pk])
        later = {"date_signature": "01/01/2024", "motif_correction": "acte relu"}
        correct = post(browsers[0], url, filled(browsers[0].get(url), **later))
        again = confirmed("avenant", signed, communes=[town.pk], date="01/06/2023")
        corrected, added = at_once(correct, again(browsers[1]))
        assert sorted([corrected.status_code, added.status_code]) == [200, 302]
        told = errors(corrected) if corrected.status_code == 200 else told_by(added)
        assert "dans cette ORT" in told
        rows = CommuneCouverte.objects.filter(convention=signed)
        held = rows.as_of(day("2023-07-01"))
        assert held.count() == 1


def test_a_time_in_the_programme_is_corrected_while_it_ends():
    """The page and the geste lock the commune, then its time: neither waits for the other for ever."""
    browsers = agents()
    for _ in range(2 * ROUNDS):
        inside = factories.labellisation(factories.commune(epci="new"))
        url = reverse("admin:communes_labellisation_change", args=[inside.pk])
        data = filled(browsers[0].get(url), note_interne="relue")
        ends = confirmed("quitter-le-programme", inside, motif="Retrait", date="01/06/2022")
        corrected, ended = at_once(post(browsers[0], url, data), ends(browsers[1]))
        assert sorted([corrected.status_code, ended.status_code]) == [200, 302]
        assert corrected.status_code == 302 or "a changé depuis" in errors(corrected)
        assert ended.status_code == 302 or overtaken(ended)


def test_an_avenant_is_corrected_while_it_is_removed():
    """The page and the removal lock the convention, then its avenant."""
    browsers = agents()
    for _ in range(2 * ROUNDS):
        signed = factories.convention("2021-02-26", [factories.commune(epci="new")])
        avenant = factories.avenant(signed, numero=1)
        url = reverse("admin:ort_avenant_change", args=[avenant.pk])
        data = filled(browsers[0].get(url), objet="relu", motif_correction="acte relu")
        delete = reverse("admin:ort_avenant_delete", args=[avenant.pk])
        why = {"post": "yes", "motif": "doublon"}
        answers = at_once(post(browsers[0], url, data), post(browsers[1], delete, why))
        assert answers[1].status_code == 302
        assert answers[0].status_code in (200, 302)
        assert not signed.avenants.exists()


def test_a_file_is_imported_by_two_agents():
    browsers = agents()
    for _ in range(2):
        town = factories.commune(epci="new")
        text = f"code_insee,date_entree_programme\n{town.pk},22/01/2021\n"
        acts = []
        for browser in browsers:
            page = previewed(browser, "communes_labellisation", "communes-laureates", text)
            mark = re.search(r'name="empreinte" value="(\w+)"', page.content.decode()).group(1)
            acts.append(post(browser, page.request["PATH_INFO"], {"empreinte": mark}))
        answers = at_once(*acts)
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        (loser,) = [answer for answer in answers if answer.status_code == 200]
        assert "Rien n&#x27;a été écrit" in loser.content.decode()
        assert Labellisation.objects.filter(commune=town).count() == 1


def imported_by(browser, page, sorte, text):
    """Import a file; return how it is taken back."""
    imported(browser, page, sorte, text)
    return reverse("admin:socle_import_undo", args=[Import.objects.first().pk])


def test_a_record_is_corrected_while_its_import_is_undone():
    """Either it is corrected, and keeps the import; or it goes, and its page says so."""
    browsers = agents()
    for _ in range(ROUNDS):
        town = factories.commune(epci="new")
        text = f"code_insee,date_entree_programme\n{town.pk},22/01/2021\n"
        undo_it = imported_by(browsers[0], "communes_labellisation", "communes-laureates", text)
        made = Labellisation.objects.get(commune=town)
        url = reverse("admin:communes_labellisation_change", args=[made.pk])
        data = filled(browsers[1].get(url), note_interne="relu")
        undone, corrected = at_once(post(browsers[0], undo_it, {}), post(browsers[1], url, data))
        if corrected.status_code == 200:
            assert "cette fiche a changé depuis que vous l'avez ouverte" in errors(corrected)
        kept = Labellisation.objects.filter(commune=town).first()
        assert (undone.status_code == 302) == (kept is None)
        if kept is not None:
            assert kept.note_interne == "relu"
            assert "fiche modifiée depuis par bruno" in undone.content.decode()


def test_a_row_comes_to_hang_on_a_record_while_its_import_is_undone():
    browsers = agents()
    factories.departement("34")
    for number in range(ROUNDS):
        text = f"ort_identifiant,intitule,departement_reference\nort-{number},ORT,34\n"
        undo_it = imported_by(browsers[0], "ort_convention", "ort", text)
        made = Convention.objects.get(identifiant=f"ort-{number}")
        url = reverse("admin:ort_avenant_add")
        data = filled(browsers[1].get(url), convention=made.pk)
        undone, added = at_once(post(browsers[0], undo_it, {}), post(browsers[1], url, data))
        assert sorted([undone.status_code, added.status_code]) == [200, 302]
        assert Convention.objects.filter(pk=made.pk).exists() == (added.status_code == 302)
        if added.status_code == 302:
            assert "(avenant) s&#x27;appuie sur" in undone.content.decode()
        else:
            assert "errornote" in added.content.decode()
            assert "ajouté avec succès" not in added.content.decode()


def test_an_import_is_undone_by_two_browsers():
    first, _ = agents()
    for _ in range(ROUNDS):
        town = factories.commune(epci="new")
        text = f"code_insee,date_entree_programme\n{town.pk},22/01/2021\n"
        undo_it = imported_by(first, "communes_labellisation", "communes-laureates", text)
        answers = at_once(*(post(browser_of(first.agent), undo_it, {}) for _ in range(2)))
        assert sorted(answer.status_code for answer in answers) == [200, 302]
        (loser,) = [answer for answer in answers if answer.status_code == 200]
        assert "Cet import est déjà annulé." in loser.content.decode()
        assert Labellisation.history.filter(commune=town).count() == 2


def test_a_post_comes_to_serve_a_commune_by_two_agents():
    browsers = agents()
    for _ in range(2):
        served, town = factories.commune(epci="new"), factories.commune(epci="new")
        poste = factories.poste([served])
        url = reverse("admin:projects_poste_change", args=[poste.pk])
        row = {"dessertes-TOTAL_FORMS": 2, "dessertes-1-commune": town.pk}
        answers = at_once(*(post(b, url, filled(b.get(url), **row)) for b in browsers))
        one_wrote(answers, "cette fiche a changé depuis que vous l'avez ouverte")
        assert Desserte.objects.filter(poste=poste, commune=town).count() == 1


# What no form has seen: the sentence is that of the constraint that the base names.


def raw(make):
    """Write past the checks of the records; return what a base says of it, in French."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        make()
    return sentence(refused.value)


def test_the_base_is_told_in_the_words_of_the_models():
    town = factories.commune(epci="new")
    inside = factories.labellisation(town)
    assert raw(lambda: factories.labellisation(town, "2030-01-01")) in (
        "Cette commune est déjà dans le programme.",
        "Cette commune est déjà dans le programme à ces dates.",
    )
    assert raw(lambda: factories.labellisation(factories.commune(), fin="2020-01-01")) == (
        "La fin doit être postérieure au début."
    )
    signed = factories.convention()
    act = factories.avenant(signed, numero=1)
    assert raw(lambda: factories.avenant(signed, numero=1)) == (
        "Cette convention a déjà un avenant de ce numéro."
    )
    assert raw(lambda: factories.couverture(signed, town, entree=act, sortie=act)) == (
        "Une commune n'entre pas et ne sort pas par le même acte."
    )
    assert "devancée" in raw(lambda: Convention.objects.create(identifiant="a", intitule="A"))
    assert inside.history.count() == 1


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_the_server_refuses_what_overlaps_whoever_writes():
    town = factories.commune(epci="new")
    factories.labellisation(town, fin="2022-01-01")
    told = "Cette commune est déjà dans le programme à ces dates."
    assert raw(lambda: factories.labellisation(town, "2021-12-31", "2023-01-01")) == told
    factories.labellisation(town, "2022-01-01", "2023-01-01")
    poste = factories.poste([town])
    assert raw(lambda: Desserte.objects.create(poste=poste, commune=town)) == (
        "Ce poste dessert déjà cette commune à ces dates."
    )


def test_a_period_refuses_overlaps_or_is_known_to_allow_them():
    """The next one has to say: two names of one day, two people in one post are no error."""
    periods = {m for m in apps.get_models() if issubclass(m, Periode)}
    held = {model for model in periods if model.siblings_by}
    assert held == {Labellisation, Rattachement, Desserte, ReglePeriode}
    allowed = {"AncienNomCommune", "AncienNomIntercommunalite", "CofinancementPoste"}
    allowed |= {"Commune", "Contact", "Intercommunalite", "Occupation", "Succession"}
    # The vintages alone write them, one after another.
    allowed |= {"InterruptionCommune", "InterruptionIntercommunalite"}
    assert {model.__name__ for model in periods - held} == allowed
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'x'")
            assert {name for (name,) in cursor.fetchall()} == set(map(exclusion_name, held))


def test_nobody_waits_for_what_is_tried_in_copies():
    commune = factories.commune("34142")
    label = factories.labellisation(commune)

    def rename():
        found = Labellisation.objects.get(pk=label.pk)
        found.note_interne = "écrit pendant l'essai"
        found.save()
        return factories.labellisation(factories.commune("34003"))

    with tables_copiees(Labellisation):
        lock(Commune, commune.pk)
        tried = Labellisation.objects.get(pk=label.pk)
        tried.note_interne = "essai"
        tried.save_base(raw=True)
        at_once(rename)
        assert Labellisation.objects.get().note_interne == "essai"
    assert Labellisation.objects.count() == 2
    assert Labellisation.objects.get(pk=label.pk).note_interne == "écrit pendant l'essai"


@contextmanager
def someone_writing(record):
    """Have another connection hold what `record` needs, for longer than the writer of a page waits."""
    if connection.vendor == "sqlite":
        other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        patience = "PRAGMA busy_timeout = 200"
    else:
        other = connection.copy()
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                f"SELECT 1 FROM {record._meta.db_table} WHERE id = %s FOR UPDATE", [record.pk]
            )
        patience = "SET lock_timeout = 200"
    with connection.cursor() as cursor:
        cursor.execute(patience)
    try:
        yield
    finally:
        other.close()
        connection.close()


def test_who_waits_too_long_is_asked_to_try_again():
    browser = agents()[0]
    label = factories.labellisation()
    url = reverse("admin:communes_labellisation_change", args=[label.pk])
    data = filled(browser.get(url), note_interne="trop tard", motif_correction="relu")
    with someone_writing(label):
        answer = browser.post(url, data)
        assert answer.status_code == 503
        assert answer["Retry-After"] == "10"
        assert "Rien n'a été écrit de votre demande" in html.unescape(answer.content.decode())
    assert Labellisation.objects.get().note_interne == ""
    assert browser.post(url, data).status_code == 302
    assert Labellisation.objects.get().note_interne == "trop tard"
