"""What a mayor asks first: what comes next, whom to call, what it opens in money; the pages of others."""

import pytest

from communes.models import Departement
from tests import factories
from tests.pages import read

# Pages and agendas: what is true on a day is told by rules that both bases are tried by elsewhere.
pytestmark = [pytest.mark.django_db, pytest.mark.une_base]

DENORMANDIE = "Réduction d'impôt Denormandie"


@pytest.fixture
def lodeve():
    town = factories.commune("34142", epci="new", nom="Lodève", type_liaison=0)
    factories.labellisation(town, debut="2021-03-01", adhesion="2021-03-26")
    factories.convention("2021-07-16", [town], identifiant="ort-lodeve", intitule="ORT de Lodève")
    return town


def test_the_post_is_told_with_its_share_its_ceilings_and_who_says_so(client, lodeve):
    page = read(client, "/communes/34142/?au=2023-07-06")
    assert (
        "75 % au plus du coût annuel chargé, dans la limite de 45 000 € par an, ou de 55 000 € quand "
        "l'Agence nationale de l'habitat (Anah) participe (elle-même à 50 % et 40 000 € au plus)"
        in page
    )
    assert (
        "Source : Aides-territoires, cofinancement d'un poste de chef de projet. Terme non" in page
    )


@pytest.mark.parametrize(
    ("jour", "told"),
    [
        ("2025-09-29", "Anah), d'après Aides-territoires ; terme non renseigné"),
        ("2025-09-30", "Anah), d'après Aides-territoires ; terme le 31 mars 2026 (à vérifier)"),
        ("2026-03-31", "Anah), d'après Aides-territoires ; terme le 31 mars 2026 (à vérifier)"),
        (
            "2026-04-01",
            "Anah), d'après Aides-territoires ; terme passé, le 31 mars 2026 (à vérifier)",
        ),
    ],
)
def test_the_aid_to_a_post_says_its_term_by_the_day(client, lodeve, jour, told):
    factories.programme("2025-09-30", fin_aide="2026-03-31")
    assert told in read(client, f"/communes/34142/?au={jour}")


def test_the_term_names_the_document_that_tells_it_and_not_that_of_the_ceilings(client, lodeve):
    told = factories.source(titre="Instruction du 30 septembre 2025")
    factories.programme("2025-09-30", fin_aide="2026-03-31", source=told, verifiee=True)
    page = read(client, "/communes/34142/?au=2026-01-31")
    assert "Terme le 31 mars 2026. (Source : Instruction du 30 septembre 2025.)" in page


def test_the_aid_to_a_post_is_no_longer_open_once_its_term_has_passed(client, lodeve):
    factories.programme("2025-09-30", fin_aide="2026-03-31", verifiee=True)
    assert "Le poste de chef de projet. 75 %" in read(client, "/communes/34142/?au=2026-03-31")
    page = read(client, "/communes/34142/?au=2026-04-01")
    assert "Le poste de chef de projet. 75 %" not in page
    assert DENORMANDIE in page
    assert "Terme de l'aide de l'État au poste de chef de projet : passé, le 31 mars 2026." in page


@pytest.mark.parametrize(
    ("jour", "told", "untold"),
    [
        ("2021-02-28", "n'est pas dans le programme", "Les aides ouvertes"),
        ("2021-03-01", f"{DENORMANDIE}, une fois l'ORT signée", f"{DENORMANDIE}, d'après"),
        ("2021-07-15", f"{DENORMANDIE}, une fois l'ORT signée", f"{DENORMANDIE}, d'après"),
        ("2021-07-16", f"{DENORMANDIE}, d'après la presse", "une fois l'ORT signée"),
    ],
)
def test_what_an_ort_opens_in_money_waits_for_its_signature(client, lodeve, jour, told, untold):
    page = read(client, f"/communes/34142/?au={jour}")
    assert told in page
    assert untold not in page


def test_a_commune_covered_without_being_in_the_programme_has_no_aid_of_the_programme(client):
    agde = factories.commune("34003", epci="new", nom="Agde")
    factories.convention("2021-02-26", [agde], identifiant="ort-agde")
    page = read(client, "/communes/34003/?au=2023-07-06")
    assert f"{DENORMANDIE}, d'après la presse" in page
    assert "Chef de projet : 75" not in page
    assert "aides-territoires" not in read(client, "/communes/34003/?au=2023-07-06")


def test_the_pages_of_others_are_those_made_for_a_laureate(client, lodeve):
    def led_to():
        return client.get("/communes/34142/?au=2023-07-06").content.decode()

    assert "aides-territoires.beta.gouv.fr/programmes/petites-villes-de-demain/" in led_to()
    assert "agence-cohesion-territoires.gouv.fr/" in led_to()
    assert "sur le site de la préfecture" not in read(client, "/communes/34142/")
    page = "https://www.herault.gouv.fr/petites-villes"
    factories.rewrite(Departement.objects.filter(pk="34"), page_prefecture=page)
    assert f'href="{page}"' in led_to()


@pytest.mark.parametrize(
    ("jour", "told"),
    [
        # The signature is asked for, and nothing says by when.
        ("2021-03-25", "Et ensuite Signature de la convention d'adhésion, sans date connue"),
        ("2021-03-26", "Et ensuite Fin du délai de 18 mois pour signer l'ORT : 26 septembre 2022"),
        # Signed: the end of the ORT is not known, its next review is.
        ("2021-07-16", "Et ensuite Bilan annuel de l'ORT de Lodève : 16 juillet 2022"),
        ("2022-07-16", "Et ensuite Bilan annuel de l'ORT de Lodève : 16 juillet 2022"),
        ("2022-07-17", "Et ensuite Bilan annuel de l'ORT de Lodève : 16 juillet 2023"),
    ],
)
def test_what_comes_first_is_what_is_nearest(client, lodeve, jour, told):
    assert told in read(client, f"/communes/34142/?au={jour}")


def test_what_is_overdue_comes_before_what_is_planned(client):
    town = factories.commune("34111", epci="new", nom="Gignac")
    factories.labellisation(town, adhesion="2021-03-26")
    factories.programme("2021-01-01", fin_prevue="2026-12-31")
    page = read(client, "/communes/34111/?au=2022-09-27")
    assert "Et ensuite Signature de l'ORT, délai passé Qui appeler" in page


def test_whom_to_call_is_told_at_once(client, lodeve):
    page = read(client, "/communes/34142/")
    assert "Qui appeler Service de l'État de l'Hérault : coordonnées non renseignées" in page
    factories.interlocuteur(
        lodeve.departement, service="DDTM, mission villes", telephone="04 00 00 00 00"
    )
    page = read(client, "/communes/34142/")
    assert "Qui appeler DDTM, mission villes, 04 00 00 00 00" in page
