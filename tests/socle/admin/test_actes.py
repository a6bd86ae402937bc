"""Any act is taken back whole, from its green message or the history, while nothing rests on it."""

import re

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from communes.models import Labellisation
from ort.models import Avenant, CommuneCouverte, Convention, Organisme
from socle.adresses_admin import undo_url
from socle.historique import one_act, signed_by
from socle.models import Affirmation, Import, Source
from tests import factories
from tests.conftest import browser_of
from tests.fichiers import imported
from tests.formulaires import filled, form_of
from tests.socle.admin.test_admin import address, affirmation
from tests.socle.test_historique import WHY, read, send
from tests.test_permissions import answer_to

SLIP = {"motif": "mauvaise commune"}


@pytest.fixture
def lodeve(db):
    return factories.commune("34142", epci="new", nom="Lodève")


@pytest.fixture
def signed(lodeve):
    return factories.convention(communes=[lodeve], intitule="ORT du Lodévois")


def text(answer):
    return " ".join(answer.content.decode().split())


def offered(answer):
    """Return the address that the green message offers to take back what was just done."""
    *_, told = [str(m) for m in get_messages(answer.wsgi_request) if m.level_tag == "success"]
    (url,) = re.findall(r'<a href="(/admin/actes/[^"]+)">Annuler</a>', told)
    return url


def corrected(client, signed, **changes):
    """Correct the date of a convention, by its form; return the address that takes it back."""
    answer = send(client, signed, date_signature="07/07/2023", **WHY, **changes)
    assert answer.status_code == 302
    return offered(answer)


def taken_back(client, url):
    """Take an act back, as its page asks; return the answer."""
    assert 'value="Annuler ce qui a été fait"' in text(client.get(url))
    answer = client.post(url, SLIP)
    assert answer.status_code == 302, text(answer)
    return answer


# From the green message.


def test_a_correction_is_taken_back_from_its_message_with_its_reason(agent_34, signed):
    url = corrected(agent_34, signed)
    page = text(agent_34.get(url))
    assert "6 juillet 2023 → 7 juillet 2023" in page
    assert signed.history.count() == 2
    answer = taken_back(agent_34, url)
    assert answer.url == reverse("admin:ort_convention_page", args=[signed.pk])
    signed.refresh_from_db()
    assert signed.date_signature == factories.day("2023-07-06")
    last = signed.history.latest()
    assert (last.history_change_reason, last.history_user) == (SLIP["motif"], agent_34.agent)


def test_taking_back_asks_why(agent_34, signed):
    url = corrected(agent_34, signed)
    assert "Dites pourquoi" in text(agent_34.post(url, {"motif": " "}))
    signed.refresh_from_db()
    assert signed.date_signature == factories.day("2023-07-07")


def test_what_was_taken_back_is_taken_back_in_turn(agent_34, signed):
    again = offered(taken_back(agent_34, corrected(agent_34, signed)))
    taken_back(agent_34, again)
    signed.refresh_from_db()
    assert signed.date_signature == factories.day("2023-07-07")


def test_a_geste_is_taken_back_whole(agent_34, lodeve, signed):
    agde = factories.commune("34003", nom="Agde")
    url = reverse("admin:geste", args=["avenant", signed.pk])
    typed = {
        "date": "01/02/2024",
        "precision": "jour",
        "effets": ["ajout"],
        "communes": [agde.pk],
        "source_titre": "Avenant signé",
        "source_editeur": "Préfecture",
        "commentaire": "reçu ce matin",
    }
    shown = agent_34.post(url, typed)
    confirmed = {"apercu": shown.context["apercu"], "_confirmer": "Confirmer"}
    answer = agent_34.post(url, typed | confirmed)
    assert answer.status_code == 302
    assert (Avenant.objects.count(), Source.objects.count()) == (1, 1)
    taken_back(agent_34, offered(answer))
    for model in (Avenant, Affirmation, Source):
        assert not model.objects.exists()
    assert CommuneCouverte.objects.get().commune == lodeve


def test_a_removal_is_taken_back_with_its_sources(agent_34, lodeve):
    record = factories.labellisation(lodeve)
    said = affirmation(record, "debut")
    answer = agent_34.post(address(record, "delete"), {"post": "yes", "motif": "doublon"})
    taken_back(agent_34, offered(answer))
    assert (Labellisation.objects.get(), Affirmation.objects.get()) == (record, said)


def test_the_removal_of_a_convention_is_taken_back_whole(agent_34, signed):
    affirmation(signed)
    answer = agent_34.post(address(signed, "delete"), {"post": "yes", "motif": "doublon"})
    assert not Convention.objects.exists()
    taken_back(agent_34, offered(answer))
    assert Convention.objects.get().couvertures.count() == 1


def test_a_restoration_is_taken_back(agent_34, lodeve):
    record = factories.labellisation(lodeve)
    agent_34.post(address(record, "delete"), {"post": "yes", "motif": "doublon"})
    version = Labellisation.history.removed().get()
    back = reverse("admin:communes_labellisation_restore", args=[version.pk])
    taken_back(agent_34, offered(agent_34.post(back, {"motif": "à tort"})))
    assert not Labellisation.objects.exists()


def test_a_new_record_is_taken_back(agent_34):
    url = reverse("admin:ort_organisme_add")
    typed = filled(form_of(agent_34, url), nom="Préfecture", nature="etat")
    answer = agent_34.post(url, typed)
    assert Organisme.objects.exists()
    taken_back(agent_34, offered(answer))
    assert not Organisme.objects.exists()


def test_a_page_that_changes_nothing_offers_nothing(agent_34, signed):
    answer = send(agent_34, signed)
    assert "Annuler" not in " ".join(map(str, get_messages(answer.wsgi_request)))


# From the history and the home.


def test_the_history_offers_to_take_back_what_someone_signed(agent_34, lecteur_34, signed):
    url = corrected(agent_34, signed)
    assert url in read(agent_34, signed)
    assert read(agent_34, signed).count("/admin/actes/") == 1
    assert "/admin/actes/" not in read(lecteur_34, signed)


def test_the_home_offers_to_take_back_ones_own(agent_34, lecteur_34, signed):
    url = corrected(agent_34, signed)
    collegue = browser_of(factories.agent("collegue", [factories.departement("34")]))
    home = reverse("admin:index")
    assert url in text(agent_34.get(home))
    for client in (lecteur_34, collegue):
        assert "/admin/actes/" not in text(client.get(home))


def test_an_import_is_taken_back_at_its_own_page(agent_34, lodeve):
    rows = "code_insee,date_entree_programme,date_signature_adhesion\n34142,22/01/2021,\n"
    imported(agent_34, "communes_labellisation", "communes-laureates", rows)
    url = undo_url(Labellisation, Labellisation.history.get().history_id)
    answer = agent_34.get(url)
    page = reverse("admin:socle_import_undo", args=[Import.objects.get().pk])
    assert answer.url == page
    agent_34.post(page)
    back = undo_url(Labellisation, Labellisation.history.latest().history_id)
    assert agent_34.post(back, SLIP).url == page
    assert not Labellisation.objects.exists()


# What rests on it.


@pytest.mark.parametrize("method", ["get", "post"])
def test_what_rests_on_an_act_is_named_and_nothing_moves(method, agent_34, signed):
    url = corrected(agent_34, signed)
    collegue = browser_of(factories.agent("camille", [factories.departement("34")]))
    assert send(collegue, signed, date_signature="08/07/2023", **WHY).status_code == 302
    page = text(getattr(agent_34, method)(url, SLIP))
    assert "« ORT du Lodévois » : fiche modifiée depuis par camille, le" in page
    assert 'value="Annuler ce qui a été fait"' not in page
    signed.refresh_from_db()
    assert signed.date_signature == factories.day("2023-07-08")


def test_what_was_done_since_is_offered_to_be_taken_back_first(agent_34, signed):
    first = corrected(agent_34, signed)
    collegue = browser_of(factories.agent("camille", [factories.departement("34")]))
    answer = send(collegue, signed, date_signature="08/07/2023", motif_correction="relu encore")
    later = offered(answer)
    page = text(agent_34.get(first))
    assert f'<a href="{later}">Annuler « relu encore, par camille, le' in page
    taken_back(agent_34, later)
    assert "modifiée depuis" not in text(agent_34.get(first))
    taken_back(agent_34, first)
    signed.refresh_from_db()
    assert signed.date_signature == factories.day("2023-07-06")


def test_what_the_agent_may_not_take_back_is_not_offered(agent_34, national, signed):
    first = corrected(agent_34, signed)
    town = factories.commune("81065", epci="new")
    castres = factories.convention(communes=[town], departement_reference=town.departement)
    with signed_by(national.agent), one_act("partout"):
        for record in (signed, castres):
            record.refresh_from_db()
            record.date_signature = factories.day("2023-08-08")
            record.save()
    page = text(agent_34.get(first))
    assert "fiche modifiée depuis par national" in page
    assert "Annuler « partout" not in page
    assert "Annuler « partout" in text(national.get(first))


def test_what_changed_other_fields_since_stays(agent_34, signed):
    url = corrected(agent_34, signed)
    collegue = browser_of(factories.agent("camille", [factories.departement("34")]))
    assert send(collegue, signed, duree_annees="7").status_code == 302
    page = text(agent_34.get(url))
    assert "« ORT du Lodévois » : modifiée depuis par camille, le" in page
    assert "sur d&#x27;autres points, qui restent." in page
    taken_back(agent_34, url)
    signed.refresh_from_db()
    assert (signed.date_signature, signed.duree_annees) == (factories.day("2023-07-06"), 7)


def test_a_new_record_that_someone_completed_since_stays(agent_34, signed):
    with signed_by(agent_34.agent), one_act("saisie"):
        made = factories.convention(intitule="ORT de Gignac")
    url = undo_url(Convention, made.history.get().history_id)
    assert send(agent_34, made, duree_annees="7").status_code == 302
    assert "fiche modifiée depuis" in text(agent_34.post(url, SLIP))
    assert Convention.objects.filter(pk=made.pk).exists()


def test_a_convention_on_which_an_avenant_rests_stays(agent_34, lodeve):
    with signed_by(agent_34.agent), one_act("saisie"):
        made = factories.convention()
    factories.avenant(made)
    url = undo_url(Convention, made.history.get().history_id)
    assert "s&#x27;appuie sur" in text(agent_34.post(url, SLIP))
    assert Convention.objects.get() == made


def test_an_act_is_taken_back_once(agent_34, signed):
    url = corrected(agent_34, signed)
    taken_back(agent_34, url)
    versions = signed.history.count()
    assert "fiche modifiée depuis par agent34" in text(agent_34.post(url, SLIP))
    assert signed.history.count() == versions


# Whose it is.

LOG_IN, NO, LOST, DONE = "connexion", 403, 404, 302


@pytest.mark.parametrize(
    ("role", "answered"),
    [
        ("visiteur", LOG_IN),
        ("lecteur_34", NO),
        ("agent_81", LOST),
        ("referent_34", DONE),
        ("agent_34", DONE),
        ("national", DONE),
    ],
)
def test_an_act_is_taken_back_by_whoever_may_write_its_records(role, answered, request, signed):
    author = factories.agent("auteur", [factories.departement("34")])
    url = corrected(browser_of(author), signed)
    browser = Client() if role == "visiteur" else request.getfixturevalue(role)
    assert answer_to(browser.post(url, SLIP)) == answered
    signed.refresh_from_db()
    assert (signed.date_signature == factories.day("2023-07-06")) == (answered == DONE)


def test_who_lost_part_of_the_records_of_an_act_takes_nothing_back(agent_34, national, lodeve):
    castres = factories.commune("81065", epci="new")
    with signed_by(national.agent), one_act("saisie"):
        for commune in (lodeve, castres):
            factories.labellisation(commune)
    url = undo_url(Labellisation, Labellisation.history.first().history_id)
    assert agent_34.post(url, SLIP).status_code == NO
    assert Labellisation.objects.count() == 2
    taken_back(national, url)


@pytest.mark.parametrize("sort", ["made", "changed"])
def test_what_all_share_is_taken_back_by_its_author_or_the_national_level(
    sort, agent_34, agent_81, national, db
):
    source = factories.source(titre="Liste") if sort == "changed" else None
    with signed_by(agent_34.agent), one_act("saisie"):
        source = source or factories.source(titre="Liste")
        source.editeur = "Préfecture"
        source.save()
    url = undo_url(Source, source.history.latest().history_id)
    assert agent_81.post(url, SLIP).status_code == NO
    source.refresh_from_db()
    assert source.editeur == "Préfecture"
    for client in (agent_34, national):
        assert client.get(url).status_code == 200
    if sort == "changed":
        # Since then, another département rests on it.
        castres = factories.labellisation(factories.commune("81065"))
        affirmation(castres, "debut", source=source)
        assert agent_34.post(url, SLIP).status_code == NO
    taken_back(national, url)


def test_what_no_agent_signed_and_what_is_no_version_are_not_there(national, signed):
    number = signed.history.get().history_id
    assert national.get(undo_url(Convention, number)).status_code == LOST
    assert national.get(undo_url(Convention, 999999)).status_code == LOST
    for modele in ("ort", "ort.rien", "communes.agent", "a.b.c"):
        url = reverse("admin:acte_annuler", args=[modele, number])
        assert national.get(url).status_code == LOST


def test_taking_back_asks_for_the_token_of_its_page(agent_34, signed):
    url = corrected(agent_34, signed)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(agent_34.agent)
    assert strict.post(url, SLIP).status_code == NO
    for method in ("put", "delete", "patch"):
        assert getattr(agent_34, method)(url).status_code == 405
    signed.refresh_from_db()
    assert signed.date_signature == factories.day("2023-07-07")
