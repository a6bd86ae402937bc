"""The words of a plan: each status with the fact that it tells, each date with what is known of it."""

import pytest

from projects.projet.plan.colonnes import funder_of, is_vague, stage_of
from projects.projet.plan.lecture import split_axe
from projects.projet.plan.mots import doubtful_number, read_day, read_period, status
from tests.factories import day


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("en germe", None),
        ("Idée", None),
        ("À venir", None),
        ("lancée", ("debut", "operation")),
        ("Engagée", ("debut", "operation")),
        ("En cours", ("debut", "operation")),
        ("Travaux en cours", ("debut", "operation")),
        ("étude préalable", ("debut", "etude")),
        ("Étude rendue", ("fin", "etude")),
        ("Réalisée", ("fin", "")),
        ("Réalisé", ("fin", "")),
        ("livrée", ("fin", "")),
        ("Soldée", ("fin", "")),
        ("Terminé", ("fin", "")),
        ("Reportée", ("pause", "")),
        ("suspendue", ("pause", "")),
        ("En pause", ("pause", "")),
        ("Bloqué", ("blocage", "")),
        ("Abandonnée", ("abandon", "")),
        ("Abandonné", ("abandon", "")),
    ],
)
def test_a_status_tells_one_fact_at_most(text, fact):
    known, told = status(text)
    assert known
    assert (told and tuple(told)) == fact


@pytest.mark.parametrize("text", ["presque finie", "80 %", "voir avec le maire", "en retard"])
def test_an_unknown_status_tells_nothing(text):
    assert status(text) == (False, None)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-2026", ("2024-01-01", "annee"), ("2026-01-01", "annee")),
        ("2024 – 2026", ("2024-01-01", "annee"), ("2026-01-01", "annee")),
        ("T2 2025", ("2025-04-01", "mois"), ("2025-06-01", "mois")),
        ("3e trimestre 2025", ("2025-07-01", "mois"), ("2025-09-01", "mois")),
        ("S1 2026", ("2026-01-01", "mois"), ("2026-06-01", "mois")),
        ("mars 2025 à juin 2026", ("2025-03-01", "mois"), ("2026-06-01", "mois")),
        ("2025", ("2025-01-01", "annee"), ("2025-01-01", "annee")),
        ("à définir", None, None),
    ],
)
def test_a_calendar_gives_a_first_and_a_last_day(text, first, last):
    wanted = tuple(told and (day(told[0]), told[1]) for told in (first, last))
    assert tuple(dite and tuple(dite) for dite in read_period(text)) == wanted


def test_a_day_shown_to_the_month_is_known_to_the_month():
    assert read_day("2025-03-01", "mois") == (day("2025-03-01"), "mois")
    assert read_day("12/03/2025") == (day("2025-03-12"), "jour")
    assert read_day("2025-03") == (day("2025-03-01"), "mois")


@pytest.mark.parametrize(
    ("text", "above", "below", "doubtful"),
    [
        ("A1", "", "", False),
        ("1.10", "1.9", "1.11", False),
        ("12", "11", "13", False),
        # A number, as a spreadsheet shows it: the row below, or above, proves it.
        ("1,1", "", "1,2", False),
        ("1,2", "1,1", "", False),
        ("1,1", "", "", True),
        ("1,1", "1,9", "1,11", True),
        ("1,11", "1,1", "", False),
        ("2026-02-01", "", "", True),
        ("1-févr", "", "", True),
        ("févr-26", "", "", True),
    ],
)
def test_a_number_that_a_spreadsheet_changed_is_asked(text, above, below, doubtful):
    assert bool(doubtful_number(text, above, below)) is doubtful


LABELS = {
    "detr": "DETR",
    "dsil": "DSIL",
    "region": "Région",
    "departement": "Département",
    "anah": "Anah",
    "banque-des-territoires": "Banque des Territoires",
    "agence-de-l-eau": "Agence de l'eau",
    "fonds-vert": "Fonds vert",
    "feder": "FEDER",
    "autofinancement": "Autofinancement",
}


@pytest.mark.parametrize(
    ("text", "key", "stage"),
    [
        ("DETR", "detr", ""),
        ("DETR 2024 accordé", "detr", "accorde"),
        ("CD34", "departement", ""),
        ("CD 34 sollicité", "departement", "demande"),
        ("Région Occitanie (demandé)", "region", "demande"),
        ("BdT", "banque-des-territoires", ""),
        ("Agence de l'eau RMC", "agence-de-l-eau", ""),
        ("Fonds Vert versé", "fonds-vert", "verse"),
        ("Subvention Anah obtenue", "anah", "accorde"),
        ("DSIL sollicité ou obtenu", "dsil", "demande"),
        ("Date de décision DETR", "detr", "decision"),
        ("Europe", "feder", ""),
        ("Fonds propres", "autofinancement", ""),
        ("DETR/DSIL", None, ""),
        ("Autre", None, ""),
        ("Observations", None, ""),
    ],
)
def test_a_header_names_a_scheme_and_a_stage(text, key, stage):
    assert (funder_of(text, LABELS), stage_of(text)) == (key, stage)


@pytest.mark.parametrize(
    "text", ["Autre", "Autres financeurs", "Autres (€)", "État", "Autre demandé"]
)
def test_a_funder_called_autre_names_nobody(text):
    assert is_vague(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Axe 1 – Habiter le centre", ("1", "Habiter le centre")),
        ("A. Habiter", ("A", "Habiter")),
        ("1.10 : Habiter", ("1.10", "Habiter")),
        ("Orientation B : Commerces", ("B", "Commerces")),
        ("Axe 2", ("2", "")),
        ("Habiter le centre", ("", "Habiter le centre")),
    ],
)
def test_an_axe_is_a_code_and_words(text, parts):
    assert split_axe(text) == parts
