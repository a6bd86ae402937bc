"""Conventions in a file that gives no identifier: known by their carrier and day, named, or asked."""

import pytest

from communes.models import Commune
from ort.models import Convention
from tests import factories
from tests.fichiers import confirm, motives, outcome, previewed, send

HEADER = "EPCI porteur;date_signature;intitule;departement_reference;ville_principale"


@pytest.fixture(autouse=True)
def lodevois(settings, tmp_path, db):
    settings.VAR_DIR = tmp_path
    factories.millesime(2021)
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    factories.commune("34142", epci, departement=factories.departement("34"), nom="Lodève")
    return epci


def preview(browser, *rows, header=HEADER):
    return previewed(browser, "ort_convention", "ort", "\n".join([header, *rows, ""]))


LODEVE = "CC Lodévois et Larzac;16/07/2021;ORT de Lodève;34;34142"


def test_a_new_convention_is_named_by_its_main_town_and_known_the_next_time(agent_34):
    confirm(agent_34, preview(agent_34, LODEVE))
    assert Convention.objects.get().identifiant == "ort-lodeve"
    assert outcome(preview(agent_34, LODEVE)) == {2: "inchangée"}


def test_a_name_that_is_taken_is_numbered(agent_34, lodevois):
    factories.convention("2020-01-01", identifiant="ORT_Lodeve", porteur=None)
    confirm(agent_34, preview(agent_34, LODEVE))
    assert set(Convention.objects.values_list("identifiant", flat=True)) == {
        "ORT_Lodeve",
        "ort-lodeve-2",
    }


@pytest.mark.parametrize("told", ["17/07/2021", "15/07/2021"])
def test_another_day_of_the_same_carrier_is_asked(agent_34, lodevois, told):
    lodeve = Commune.objects.get(pk="34142")
    factories.convention("2021-07-16", [lodeve], identifiant="ort-ll", porteur=lodevois)
    page = preview(agent_34, LODEVE.replace("16/07/2021", told))
    assert "cet EPCI porte déjà" in motives(page)[2]
    assert "(ort-ll)" in motives(page)[2]
    assert outcome(preview(agent_34, LODEVE)) == {2: "modifiée"}


@pytest.mark.parametrize("row", [";16/07/2021;ORT;34;34142", "CC Lodévois et Larzac;;ORT;34;34142"])
def test_without_carrier_or_day_nothing_tells_it(agent_34, row):
    told = motives(preview(agent_34, row))[2]
    assert "sans identifiant, une ORT se reconnaît à son porteur et à sa date" in told


def test_two_rows_of_one_carrier_and_day_are_one_convention(agent_34):
    page = preview(agent_34, LODEVE, LODEVE)
    assert outcome(page) == {2: "nouvelle", 3: "refusée"}
    assert "la ligne 2 parle déjà de la même fiche" in motives(page)[3]


def test_a_file_that_tells_neither_identifier_nor_day_is_asked(agent_34):

    answer = send(agent_34, "ort_convention", "ort", "EPCI porteur\nCC Lodévois et Larzac\n")
    page = agent_34.post(answer.url, {"colonne_0": "siren_epci"})
    assert "Dites quelle colonne du fichier donne « ORT identifiant »" in page.content.decode()
