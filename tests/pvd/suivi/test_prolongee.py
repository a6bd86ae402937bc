"""An ORT that an avenant prolonged once it had ended: no page says that it never stopped."""

import re

import pytest

from pvd.suivi.chronologie import labellisations_connues, read_conventions, timeline
from pvd.suivi.phrases import sentence
from tests import factories
from tests.factories import day
from tests.lecture import situation
from tests.pages import plain, read

PAGE = "/communes/34142/?au="


@pytest.fixture
def lodeve(db):
    """Covered from 1 January 2020 to the end of 2022, then again since 1 June 2023."""
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, "2020-11-01", adhesion="2020-12-01")
    ort = factories.convention(
        "2020-01-01", [town], identifiant="a", intitule="ORT de Lodève", duree_annees=3
    )
    factories.avenant(ort, "2023-06-01", duree_annees=6)
    return town


def since(jour):
    told = sentence(situation("34142", day(jour)))
    return told.partition("(ORT) depuis le ")[2].partition(" ;")[0].rstrip(".")


@pytest.mark.parametrize(
    ("jour", "begun"),
    [
        ("2022-12-31", "1er janvier 2020"),
        ("2023-01-01", ""),
        ("2023-05-31", ""),
        ("2023-06-01", "1er juin 2023"),
        ("2025-12-31", "1er juin 2023"),
        ("2026-01-01", ""),
    ],
)
def test_a_commune_is_covered_since_the_act_that_prolonged(lodeve, jour, begun):
    assert since(jour) == begun


def test_prolonged_on_the_day_of_its_end_it_never_stopped(lodeve):
    ort = lodeve.couvertures.get().convention
    factories.rewrite(ort.avenants, date_signature=day("2023-01-01"))
    assert since("2024-01-01") == "1er janvier 2020"


def test_another_ort_that_covers_the_days_between_breaks_nothing(lodeve):
    other = factories.convention("2022-12-31", [lodeve], intitule="ORT b", duree_annees=1)
    assert since("2024-01-01") == "1er janvier 2020"
    factories.rewrite(type(other).objects.filter(pk=other.pk), date_signature=day("2023-01-02"))
    assert since("2024-01-01") == "2 janvier 2023"


def test_the_vague_day_of_the_act_is_told_as_it_is_known(lodeve):
    ort = lodeve.couvertures.get().convention
    factories.rewrite(ort.avenants, precision_signature="mois")
    assert "(ORT) depuis juin 2023." in sentence(situation("34142", day("2024-01-01")))


def test_who_entered_by_an_avenant_is_not_said_to_have_entered_that_day(lodeve):
    late = factories.commune("34199", nom="Pézenas")
    factories.labellisation(late)
    ort = lodeve.couvertures.get().convention
    factories.avenant(ort, "2021-05-01", [late])
    assert sentence(situation("34199", day("2022-01-01"))).endswith(
        "depuis le 1er mai 2021 : un avenant l'a fait entrer dans l'ORT de Lodève, signée "
        "le 1er janvier 2020."
    )
    assert sentence(situation("34199", day("2024-01-01"))).endswith(
        "depuis le 1er juin 2023 ; un avenant l'a fait entrer dans l'ORT de Lodève, signée "
        "le 1er janvier 2020."
    )


def told(jour):
    """Return the days of the timeline of a day, with the beginning of each fact."""
    here = situation("34142", day(jour))
    labels = labellisations_connues(here.fiches, here.jour)
    facts = timeline(here, labels, read_conventions(here))
    return {str(f.jour): f.texte for f in facts if f.convention}


def test_the_timeline_keeps_the_end_that_came_first(lodeve):
    ends = [jour for jour, texte in told("2026-01-01").items() if texte.startswith("Fin de l'ORT")]
    assert ends == ["2023-01-01", "2026-01-01"]
    assert list(told("2023-06-01")) == ["2020-01-01", "2023-01-01", "2023-06-01"]
    assert list(told("2022-12-31")) == ["2020-01-01"]


def test_the_feed_tells_each_end_under_a_name_of_its_own(client, lodeve):
    feed = client.get("/departements/34/nouveautes.atom?au=2026-02-01").content.decode()
    ends = re.findall(r":(convention|avenant)/\d+/fin</id>", feed)
    assert ends == ["avenant", "convention"]


def test_the_days_to_go_to_are_those_of_each_time(client, lodeve):
    page = plain(client.get(f"{PAGE}2023-02-01"))
    assert "Date précédente : 1er janvier 2023" in page
    assert "Date suivante : 1er juin 2023" in page
    assert "1er janvier 2023 – fin de l'ORT de Lodève" in page
    of_ort = plain(client.get("/ort/a/?au=2024-01-01"))
    assert "1er janvier 2023 – fin, à l'issue de sa durée" in of_ort


def test_the_page_of_the_ort_says_that_it_is_in_force_again(client, lodeve):
    page = "/ort/a/?au="
    assert "(ORT), en vigueur depuis le 1er janvier 2020 ;" in read(client, f"{page}2022-12-31")
    assert "est terminée depuis le 1er janvier 2023." in read(client, f"{page}2023-05-31")
    again = "(ORT), de nouveau en vigueur depuis le 1er juin 2023 ;"
    assert again in read(client, f"{page}2023-06-01")


def test_an_avenant_of_a_convention_that_is_not_signed_brings_nobody_in(client, db):
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, "2020-11-01", adhesion="2020-12-01")
    factories.avenant(factories.convention(None), "2021-06-01", [town])
    page = plain(client.get(f"{PAGE}2024-01-01"))
    assert "ne l'est pas encore" in page
    assert "1er juin 2021" not in page
    assert "sans ORT signée" in page
    assert "entrée dans une ORT" not in plain(client.get("/departements/34/?au=2024-01-01"))
