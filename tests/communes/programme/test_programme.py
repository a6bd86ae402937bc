"""The programme itself: what was announced of it, by whom, and what a day knows of its end."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from communes.models import Programme
from communes.programme.lecture import annonces, ouverture, programme_au
from socle.memoire import une_lecture
from tests import factories
from tests.factories import day
from tests.pages import count_queries, read

pytestmark = pytest.mark.django_db


def test_the_opening_is_there_from_the_first_migration_and_was_written_by_nobody():
    opening = Programme.objects.get()
    assert (opening.ouverture, ouverture()) == (day("2020-10-01"), day("2020-10-01"))
    assert opening.history.get().history_user is None


def test_an_opening_that_is_corrected_is_read_at_once():
    with une_lecture():
        assert ouverture() == day("2020-10-01")
        opening = Programme.objects.get()
        opening.ouverture = day("2020-09-01")
        opening.save()
        assert ouverture() == day("2020-09-01")
        opening.delete()
        assert ouverture() is None


def test_the_announcements_are_read_once_for_a_request_and_never_kept_for_the_next():
    with CaptureQueriesContext(connection) as queries, une_lecture():
        for jour in ("2020-01-01", "2022-01-01", "2026-01-01"):
            programme_au(day(jour))
    assert len(queries) == 1
    factories.programme("2025-09-30", fin_prevue="2026-12-31")
    assert len(annonces()) == 2


@pytest.mark.parametrize(
    ("jour", "terme"),
    [
        ("2021-01-24", None),
        ("2021-01-25", "jusqu'en 2026"),
        ("2025-09-29", "jusqu'en 2026"),
        ("2025-09-30", "jusqu'au 31 décembre 2026"),
        ("2026-02-01", "jusqu'au 31 décembre 2026"),
    ],
)
def test_a_day_knows_the_last_end_announced_by_then(jour, terme):
    factories.programme("2021-01-25", fin_prevue="2026-01-01", precision_fin="annee")
    factories.programme("2025-09-30", fin_prevue="2026-12-31")
    # It says nothing of the end: the one announced before stays.
    factories.programme("2026-01-15", note="Le programme continue.")
    known = programme_au(day(jour))
    assert (known.terme if known.fin else None) == terme


@pytest.mark.parametrize(
    ("precision", "jour", "terme", "passee"),
    [
        ("jour", "2026-03-01", "jusqu'au 1er mars 2026", False),
        ("jour", "2026-03-02", "jusqu'au 1er mars 2026", True),
        ("mois", "2026-03-31", "jusqu'en mars 2026", False),
        ("mois", "2026-04-01", "jusqu'en mars 2026", True),
        ("annee", "2026-12-31", "jusqu'en 2026", False),
        ("annee", "2027-01-01", "jusqu'en 2026", True),
        ("au_plus_tard", "2026-03-01", "jusqu'au 1er mars 2026 au plus tard", False),
        ("au_plus_tard", "2026-03-02", "jusqu'au 1er mars 2026 au plus tard", True),
    ],
)
def test_an_end_is_past_the_day_after_the_last_that_it_may_be(precision, jour, terme, passee):
    said = factories.programme(fin_prevue="2026-03-01")
    said.precision_fin = precision
    said.full_clean()
    said.save()
    known = programme_au(day(jour))
    assert (known.terme, known.passee) == (terme, passee)


def test_an_announcement_says_something_once_a_day():
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.programme(note="")
    with pytest.raises(ValidationError, match="Une annonce dit l'ouverture"):
        Programme(annonce=day("2021-01-25")).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.programme("2020-10-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.programme(ouverture="2020-10-01", fin_prevue="2020-09-30")
    factories.programme("2021-01-25", ouverture="2020-10-01", fin_prevue="2020-10-01")


# On the pages.

PAST = "La fin prévue du programme, le 31 janvier 2026, est passée. (À vérifier.)"


@pytest.mark.parametrize("page", ["/departements/34/", "/departements/"])
def test_the_home_tells_until_when_the_programme_is_planned(client, page):
    factories.departement("34")
    assert "Fin prévue du programme : non renseignée." in read(client, page)
    source = factories.source(titre="Annonce", url="https://exemple.fr/annonce")
    said = factories.programme("2025-09-30", fin_prevue="2026-01-31", source=source)
    for jour in ("2026-01-30", "2026-01-31"):
        told = read(client, f"{page}?au={jour}")
        assert "Programme prévu jusqu'au 31 janvier 2026. (Source : Annonce, à vérifier.)" in told
    assert 'href="https://exemple.fr/annonce"' in client.get(page).content.decode()
    said.source = None
    said.save()
    told = read(client, f"{page}?au=2026-02-01")
    assert (
        f"{PAST} Rien de plus n'est enregistré. Aucune commune n'en sort de ce seul fait." in told
    )
    assert "non renseignée" not in read(client, f"{page}?au=2020-09-30").partition("chiffres")[0]


def test_more_announcements_ask_the_home_for_no_more_queries(client):
    factories.departement("34")
    factories.programme("2021-01-25", fin_prevue="2026-01-31", source=factories.source())
    few = count_queries(client, "/departements/34/")
    for month in range(2, 8):
        factories.programme(f"2021-{month:02}-25", note="Suite", source=factories.source())
    assert count_queries(client, "/departements/34/") == few


def test_an_agent_reads_the_announcements_and_the_national_level_writes_them(agent_34, national):
    page = "/admin/communes/programme/add/"
    assert agent_34.get("/admin/communes/programme/").status_code == 200
    assert agent_34.get(page).status_code == 403
    sent = {"annonce": "30/09/2025", "nom": "Petites villes de demain", "precision_fin": "mois"}
    answer = national.post(page, sent | {"fin_prevue": "15/12/2026", "note": ""})
    assert answer.status_code == 302
    assert Programme.objects.last().fin_prevue == day("2026-12-01")
