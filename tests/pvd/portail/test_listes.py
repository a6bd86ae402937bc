"""What the pages say of a département that the national lists alone tell of."""

import pytest

from communes.models import Departement, Tenue
from tests import factories
from tests.factories import rewrite
from tests.pages import read

pytestmark = pytest.mark.django_db

APRES = "?au=2024-01-01"


@pytest.fixture
def vigan():
    """Le Vigan (30), which adhered, and of which no list tells an ORT."""
    factories.departement("30", nom="Gard", type_liaison=2, tenue=Tenue.LISTES)
    town = factories.commune("30350", nom="Le Vigan", epci="new")
    factories.labellisation(town, adhesion="2021-07-08")
    return town


def test_the_departement_says_that_its_data_come_from_the_lists(client, vigan):
    page = read(client, f"/departements/30/{APRES}")
    assert (
        "Les données du programme sont connues d'après les listes nationales pour le Gard : ce "
        "qu'elles ne disent pas n'est pas connu." in page
    )
    assert "1 commune lauréate d'après les listes nationales" in page


def test_no_ort_in_the_lists_is_not_zero(client, vigan):
    assert "non renseigné communes couvertes par une ORT" in read(
        client, f"/departements/30/{APRES}"
    )


def test_nobody_is_late_for_an_ort_that_may_be_signed(client, vigan):
    """Past the 18 months, the commune is not told late: the same one is, where all is kept."""
    told = {
        "/departements/30/": "Le Vigan 8 juillet 2021 8 janvier 2023 ORT non connue",
        "/communes/30350/": "aucune opération de revitalisation de territoire (ORT) n'est connue",
        "/communes/": "Le Vigan",
    }
    for address, words in told.items():
        page = read(client, address + APRES)
        assert words in page, address
        assert "dépassé" not in page, address
        assert "reste à signer" not in page.replace("dont l'ORT reste à signer", ""), address
    rewrite(Departement.objects.all(), tenue=Tenue.COMPLETE)
    for address in told:
        assert "dépassé" in read(client, address + APRES), address


def test_its_history_says_that_none_is_known(client, vigan):
    ended = "Fin du délai de 18 mois après l'adhésion, sans ORT"
    assert f"{ended} connue" in read(client, f"/communes/30350/{APRES}")
    rewrite(Departement.objects.all(), tenue=Tenue.COMPLETE)
    assert f"{ended} signée" in read(client, f"/communes/30350/{APRES}")


def test_an_ort_that_a_list_tells_is_told(client, vigan):
    factories.convention("2022-03-01", [vigan])
    page = read(client, f"/communes/30350/{APRES}")
    assert "est couverte par une opération de revitalisation de territoire (ORT)" in page
    assert "n'est connue pour elle" not in page


def test_a_commune_that_no_list_has_is_not_told_outside(client, vigan):
    factories.commune("30189", nom="Nîmes")
    page = read(client, f"/communes/30189/{APRES}")
    assert "n'est pas enregistrée dans le programme" in page
    assert "les données de ce département sont connues d'après les listes nationales" in page
    assert "hors programme" not in page


def test_france_says_how_far_each_departement_is_known(client, vigan):
    factories.departement("34")
    page = read(client, f"/departements/{APRES}")
    assert (
        "tenues en entier pour l'Hérault seulement, d'après les listes nationales pour le Gard."
        in page
    )
    assert "Gard (30) Occitanie d'après les listes nationales non tenues 1 non renseigné" in page
    factories.departement("81", tenue=Tenue.AUCUNE)
    assert "pour le Gard ; elles ne le sont pas ailleurs." in read(client, f"/departements/{APRES}")


def test_the_tables_for_machines_cover_it(client, vigan):
    assert '"name": "Gard"' in client.get(f"/donnees/{APRES}").content.decode().replace(
        '":"', '": "'
    )
