"""The public file of the events: what each is on a day, who came, and nothing that is internal."""

import csv
import io

import pytest

from projects.club.models import EvenementClub
from tests import factories
from tests.factories import day

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

MARK = "MARQUE-INTERNE"
COLONNES = [
    *("date_situation", "annee_cog"),
    *("evenement_identifiant", "intitule", "nature", "date_debut", "date_fin", "lieu", "en_ligne"),
    *("theme", "organisateur", "nb_communes", "communes", "nb_elus", "nb_equipe"),
    *("precision_debut", "precision_fin", "departements", "tenue"),
]


def lignes(client, asked=""):
    text = client.get(f"/donnees/evenements.csv{asked}").getvalue().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def scene():
    """An event announced in January, held in two days of February, to which three sorts came."""
    factories.millesime(2021)
    lodeve, gignac = (factories.commune(code, epci="new") for code in ("34142", "34114"))
    for town in (lodeve, gignac):
        factories.labellisation(town)
    held = factories.evenement(
        "2024-02-28", [factories.departement("34")], [factories.organisme("DDTM")],
        identifiant="pezenas", fin=day("2024-02-29"), lieu="Pézenas", en_ligne=False,
        theme_libre="L'espace public", annonce_le=day("2024-01-15"), note_interne=MARK,
    )  # fmt: skip
    factories.participation(held, lodeve, elus=2)
    factories.participation(held, gignac.rattachements.get().intercommunalite, equipe=1)
    factories.participation(held, factories.poste([lodeve], note_interne=MARK), elus=0, equipe=1)
    return held


def test_the_columns_are_the_contract(client, scene):
    assert list(lignes(client)[0]) == COLONNES


def test_an_event_is_told_from_its_announcement_and_who_came_from_its_first_day(client, scene):
    told = {
        jour: [
            (ligne["evenement_identifiant"], ligne["nb_communes"], ligne["communes"],
             ligne["nb_elus"], ligne["nb_equipe"])
            for ligne in lignes(client, f"?au={jour}")
        ]
        for jour in ("2024-01-14", "2024-01-15", "2024-02-27", "2024-02-28", "2024-03-01")
    }  # fmt: skip
    announced = [("pezenas", "", "", "", "")]
    came = [("pezenas", "2", "34114|34142", "2", "2")]
    assert list(told.values()) == [[], announced, announced, came, came]


def test_what_is_not_known_is_empty(client, scene):
    factories.evenement("2023-03-01", precision_debut="mois", identifiant="a")
    first, second = lignes(client)
    assert first["evenement_identifiant"] == "a"
    assert (first["precision_debut"], first["precision_fin"]) == ("mois", "")
    for column in (
        "date_fin",
        "lieu",
        "en_ligne",
        "theme",
        "nb_communes",
        "nb_elus",
        "departements",
    ):
        assert first[column] == "", column
    assert (second["en_ligne"], second["theme"]) == ("false", "L'espace public")
    assert (second["organisateur"], second["departements"]) == ("DDTM", "34")


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("?departement=34", {"pezenas", "national"}),
        ("?departement=81", {"castres", "national"}),
        ("?nature=rencontre_nationale", {"national"}),
        ("?theme=habitat", {"castres"}),
        ("?q=PEZENAS", {"pezenas"}),
        ("?q=ville 34142", {"pezenas"}),
        ("?q=espace public", {"pezenas"}),
    ],
)
def test_the_filters_choose_the_rows(client, scene, asked, kept):
    factories.evenement(
        "2023-03-01", [factories.departement("81")], identifiant="castres", theme=factories.theme()
    )
    factories.evenement("2023-04-01", identifiant="national", nature="rencontre_nationale")
    assert {ligne["evenement_identifiant"] for ligne in lignes(client, asked)} == kept


@pytest.mark.parametrize("asked", ["?nature=fete", "?theme=rien", "?departement=00", "?phase=x"])
def test_what_is_not_there_is_not_asked_for(client, scene, asked):
    assert client.get(f"/donnees/evenements.csv{asked}").status_code == 400


def test_what_is_internal_changes_no_byte_of_the_public_files(client, scene):
    def files():
        return [
            client.get(f"/donnees/evenements.{extension}").getvalue()
            for extension in ("csv", "json")
        ]

    told = files()
    factories.rewrite(EvenementClub.objects.all(), note_interne="")
    assert files() == told
    assert MARK.encode() not in b"".join(told)
