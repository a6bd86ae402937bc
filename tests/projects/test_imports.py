"""The chef de projet posts, brought in and taken out by agents."""

import pytest
from django.urls import reverse

from projects.models import Desserte, Poste
from tests import factories
from tests.factories import day
from tests.fichiers import exported, imported, motives, outcome, previewed, send

PAGE, SORTE = "projects_poste", "postes"
HEADER = "poste_identifiant,intitule,communes_desservies"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def communes(db):
    return [factories.commune(code) for code in ("34114", "34239", "81124")]


def test_a_new_post_comes_with_the_communes_that_it_serves(agent_34, communes):
    imported(agent_34, PAGE, SORTE, f"{HEADER}\nposte-a,Chef de projet,34114|34239\n")
    poste = Poste.objects.for_user(agent_34.agent).get()
    assert set(poste.dessertes.values_list("commune", flat=True)) == {"34114", "34239"}
    assert poste.dessertes.first().history.get().history_change_reason == "Relecture"


def test_a_preview_creates_no_post(agent_34, communes):
    page = previewed(agent_34, PAGE, SORTE, f"{HEADER}\nposte-a,Chef de projet,34114\n")
    assert outcome(page) == {2: "nouvelle"}
    assert not Poste.objects.exists()
    assert not Desserte.history.exists()


def test_a_post_elsewhere_or_nowhere_is_refused(agent_34, communes):
    theirs = factories.poste([communes[2]], identifiant="poste-du-tarn")
    text = (
        f"{HEADER}\nposte-a,A,81124\nposte-b,B,\nposte-c,C,34999\nposte-du-tarn,D,34114\n"
        "poste-e,E,34114|81124\n"
    )
    page = previewed(agent_34, PAGE, SORTE, text)
    assert set(outcome(page).values()) == {"refusée"}
    told = motives(page)
    assert "hors de vos départements" in told[2]
    assert "au moins une commune" in told[3]
    assert "inconnu du référentiel" in told[4]
    assert "hors de vos départements" in told[5]
    assert not Desserte.objects.exclude(poste=theirs).exists()


def test_a_commune_is_added_to_a_post_of_the_agent_only(agent_34, communes):
    ours = factories.poste([communes[0]], identifiant="poste-a")
    factories.poste([communes[2]], identifiant="poste-du-tarn")
    text = (
        "poste_identifiant,code_insee,date_debut\nposte-a,34239,01/09/2023\n"
        "poste-a,81124,\nposte-du-tarn,34239,\n"
    )
    page = previewed(agent_34, PAGE, "postes-communes", text)
    assert outcome(page) == {2: "nouvelle", 3: "refusée", 4: "refusée"}
    imported(agent_34, PAGE, "postes-communes", text)
    assert ours.dessertes.get(commune="34239").debut == day("2023-09-01")


def test_a_lecteur_imports_nothing(lecteur_34, communes):
    assert send(lecteur_34, PAGE, SORTE, f"{HEADER}\nposte-a,A,34114\n").status_code == 403


def test_what_is_exported_is_imported_unchanged_and_names_the_holder(agent_34, communes):
    poste = factories.poste(
        communes[:2], identifiant="poste-a", employeur_commune=communes[0], quotite=50
    )
    factories.occupation(poste, "2023-01-01", titulaire="Camille Exemple")
    (row,) = exported(agent_34, PAGE, SORTE)
    assert (row["titulaire"], row["communes_desservies"]) == ("Camille Exemple", "34114|34239")
    sent = agent_34.get(reverse(f"admin:{PAGE}_export", args=[SORTE, "ods"])).getvalue()
    assert outcome(previewed(agent_34, PAGE, SORTE, sent)) == {2: "inchangée"}
