"""The public pages of the ORT."""

import json

import pytest

from communes.models import AncienNomCommune
from ort.models import Organisme, Partie, Secteur
from socle.models import Affirmation
from tests import factories
from tests.pages import count_queries, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def agde():
    return factories.commune("34003", nom="Agde", type_liaison=1)


@pytest.fixture
def pezenas():
    town = factories.commune("34199", epci="new", nom="Pézenas")
    factories.labellisation(town)
    return town


@pytest.fixture
def ort(agde, pezenas):
    """The ORT of Agde, signed without Pézenas, which an avenant brings in."""
    signed = factories.convention(
        "2021-02-26",
        [agde],
        identifiant="ort-agde",
        intitule="ORT d'Agde",
        origine="ACV",
        ville_principale=agde,
    )
    factories.avenant(signed, "2023-01-11", [pezenas], numero=1)
    return signed


def test_list_holds_the_ort_of_the_programme_on_the_day(client, ort):
    page = read(client, "/ort/?au=2023-01-11")
    assert "1 ORT au 11 janvier 2023" in page
    assert "ORT d'Agde 26 février 2021 Agde, Pézenas 1 non renseignée" in page
    assert "Aucune ORT ne répond à ces critères" in read(client, "/ort/?au=2023-01-10")


def test_list_downloads_carry_the_same_query(client, ort):
    page = client.get("/ort/?departement=34&au=2023-07-06").content.decode()
    assert 'href="/donnees/ort.csv?departement=34&amp;au=2023-07-06"' in page


def test_acts_are_in_order_and_tell_who_entered(client, ort):
    page = read(client, "/ort/ort-agde/")
    first = page.index("26 février 2021 Convention : entrée d'Agde")
    assert first < page.index("11 janvier 2023 Avenant n° 1 : entrée de Pézenas")
    assert "Pézenas Hérault (34) 11 janvier 2023 par l'avenant n° 1 lauréate" in page
    assert (
        "Agde (ville principale) Hérault (34) 26 février 2021 par la convention hors programme"
        in page
    )
    assert "Action cœur de ville" in page


def test_words_of_the_act_are_preferred(client, ort):
    factories.avenant(ort, "2024-01-11", objet="Ajout d'une fiche action")
    assert "11 janvier 2024 Avenant : ajout d'une fiche action." in read(client, "/ort/ort-agde/")


def test_nothing_signed_later_shows(client, ort):
    page = read(client, "/ort/ort-agde/?au=2023-01-10")
    assert "Pézenas" not in page
    assert "couvre une seule commune de l'Hérault" in page
    before = read(client, "/ort/ort-agde/?au=2021-02-25")
    assert "cette convention n'est pas signée" in before
    assert "26 février 2021" not in before


def test_unknown_is_said(client):
    factories.convention(None, identifiant="ort-vide", intitule="ORT à venir")
    page = read(client, "/ort/ort-vide/")
    assert "Signature non renseignée" in page
    assert "Durée non renseignée Fin non renseignée" in page
    assert "Ville principale non renseignée" in page
    assert "Signataires et partenaires Non renseignés." in page


def test_end_follows_the_duration_and_its_extension(client, agde):
    signed = factories.convention(
        "2019-12-10", [agde], identifiant="ort-sete", duree_annees=5, intitule="ORT de Sète"
    )
    assert "Fin 10 décembre 2024" in read(client, "/ort/ort-sete/?au=2024-01-01")
    assert "est terminée depuis le 10 décembre 2024" in read(client, "/ort/ort-sete/")
    factories.avenant(signed, "2024-06-01", duree_annees=15)
    page = read(client, "/ort/ort-sete/")
    assert "Durée 15 ans Fin 10 décembre 2034" in page
    assert "1er juin 2024 Avenant : durée portée à 15 ans." in page


def test_ort_over_two_departements_is_told_to_count_once(client):
    towns = [factories.commune("34293", nom="La Salvetat"), factories.commune("81124")]
    factories.convention("2022-07-28", towns, identifiant="ort-la-salvetat")
    page = read(client, "/ort/ort-la-salvetat/")
    assert "couvre 2 communes de l'Hérault et du Tarn" in page
    assert "une seule fois en France" in page


def test_oddities_are_plain_facts(client, agde, pezenas):
    factories.convention("2022-01-01", [pezenas], identifiant="ort-pezenas", ville_principale=agde)
    assert "Sa ville principale, Agde, n'est pas parmi les communes couvertes." in read(
        client, "/ort/ort-pezenas/"
    )
    factories.convention("2022-01-01", [agde], identifiant="ort-derogation", derogation_l303_3=True)
    assert "article L. 303-3" in read(client, "/ort/ort-derogation/")


@pytest.mark.parametrize(("jour", "told"), [("2021-12-31", False), ("2022-01-01", True)])
def test_nothing_is_odd_of_what_is_not_signed(client, agde, pezenas, jour, told):
    """The day before, the ORT covers nobody, its ville principale no more than the others."""
    factories.convention("2022-01-01", [agde], identifiant="ort-agde", ville_principale=agde)
    factories.convention("2022-01-01", [pezenas], identifiant="ort-pezenas", ville_principale=agde)
    factories.convention("2022-01-01", [agde], identifiant="ort-derogation", derogation_l303_3=True)
    assert "n'est pas parmi les communes" not in read(client, f"/ort/ort-agde/?au={jour}")
    outside = read(client, f"/ort/ort-pezenas/?au={jour}")
    assert ("Agde, n'est pas parmi les communes couvertes." in outside) is told
    assert ("article L. 303-3" in read(client, f"/ort/ort-derogation/?au={jour}")) is told


def test_framework_convention_is_not_called_an_ort(client, agde):
    factories.convention("2022-01-01", [agde], identifiant="cadre", vaut_ort=False)
    page = read(client, "/ort/cadre/")
    assert "ne vaut pas opération de revitalisation de territoire (ORT)" in page


def test_parties_and_secteurs_known_on_the_day(client, ort, agde):
    etat = Organisme.objects.create(nom="État", nature="etat")
    avenant = ort.avenants.get()
    Partie.objects.create(convention=ort, organisme=etat)
    Partie.objects.create(convention=ort, commune=agde, avenant=avenant, role="partenaire")
    Secteur.objects.create(convention=ort, commune=agde, nom="Centre ancien", avenant=avenant)
    page = read(client, "/ort/ort-agde/")
    assert "Convention État, signataire Avenant n° 1 ( 11 janvier 2023 ) Agde, partenaire" in page
    assert "Centre ancien (Agde)" in page
    before = read(client, "/ort/ort-agde/?au=2022-01-01")
    assert "État, signataire" in before
    assert "Agde, partenaire" not in before
    assert "Centre ancien" not in before


def test_who_says_who_signs_is_told_act_by_act(client, ort, agde):
    avenant = ort.avenants.get()
    Partie.objects.create(convention=ort, commune=agde, avenant=avenant)
    article = factories.source(titre="Article du journal", genre="presse")
    Affirmation.objects.create(
        fiche=avenant,
        champ="parties",
        valeur_brute="Agde, entre autres",
        source=article,
        note="Article lu en partie.",
    )
    page = read(client, "/ort/ort-agde/")
    told = "Source : D'après la presse : Article du journal (Article lu en partie.)"
    assert (
        f"Convention Non renseignés. Avenant n° 1 ( 11 janvier 2023 ) Agde, signataire {told}"
        in page
    )
    assert page.count("Article du journal") == 2, "beside the parties, and in the list of sources"
    before = read(client, "/ort/ort-agde/?au=2022-01-01")
    assert "Article du journal" not in before


def test_unknown_ort(client):
    assert "Page introuvable" in read(client, "/ort/ort-inconnue/", 404)


def test_growth(client, ort):
    # The list: site, complétude (2), the ORT without commune lauréate, count, choices (3), then
    # `with_actes` (12). The page: site, `with_actes`, the communes lauréates, the secteurs, the axes,
    # the reviews (3), whom to call.
    def grow(number):
        for _ in range(number):
            town = factories.commune(epci="new")
            factories.labellisation(town)
            AncienNomCommune.objects.create(
                commune=town, nom="Avant", fin=factories.day("2020-01-01")
            )
            factories.convention("2022-01-01", [town], porteur=factories.intercommunalite())
            factories.avenant(ort, "2023-06-01", [town])
            Partie.objects.create(convention=ort, commune=town)
            Partie.objects.create(convention=ort, intercommunalite=factories.intercommunalite())

    addresses = ("/ort/", "/ort/ort-agde/")
    grow(2)
    few = [count_queries(client, address) for address in addresses]
    grow(5)
    assert [count_queries(client, address) for address in addresses] == few
    assert few[0] <= 22
    assert few[1] <= 24


@pytest.mark.parametrize(
    ("tri", "names"),
    [
        ("nom", ["ORT d'Agde", "ORT de Lodève"]),
        ("-nom", ["ORT de Lodève", "ORT d'Agde"]),
        ("signature", ["ORT d'Agde", "ORT de Lodève"]),
        ("-signature", ["ORT de Lodève", "ORT d'Agde"]),
        ("communes", ["ORT de Lodève", "ORT d'Agde"]),
        ("-communes", ["ORT d'Agde", "ORT de Lodève"]),
        ("avenants", ["ORT de Lodève", "ORT d'Agde"]),
        ("-avenants", ["ORT d'Agde", "ORT de Lodève"]),
        # An ORT whose end is not known is last, whichever way.
        ("fin", ["ORT de Lodève", "ORT d'Agde"]),
        ("-fin", ["ORT de Lodève", "ORT d'Agde"]),
    ],
)
def test_columns_sort_the_list_and_its_download(client, ort, tri, names):
    lodeve = factories.commune("34142", nom="Lodève")
    factories.labellisation(lodeve)
    factories.convention(
        "2021-07-16",
        [lodeve],
        identifiant="ort-lodeve",
        intitule="ORT de Lodève",
        duree_annees=5,
    )
    shown = client.get(f"/ort/?tri={tri}&au=2023-07-06").context["lignes"]
    assert [line.convention.intitule for line in shown] == names
    rows = client.get(f"/donnees/ort.json?tri={tri}&au=2023-07-06")
    assert [row["intitule"] for row in json.loads(b"".join(rows.streaming_content))] == names


def test_an_unknown_column_is_refused(client, ort):
    assert "se trie par nom, signature, communes, avenants, fin" in read(
        client, "/ort/?tri=pk", 400
    )


@pytest.mark.parametrize(
    ("jour", "told"),
    [
        ("2021-12-31", ["Centre d'Agde"]),
        ("2022-01-01", ["Centre d'Agde", "Centre de Pézenas"]),
        ("2022-12-31", ["Centre d'Agde", "Centre de Pézenas"]),
        ("2023-01-01", ["Centre d'Agde"]),
    ],
)
def test_the_sectors_are_those_of_the_communes_that_it_holds_that_day(client, agde, jour, told):
    """Those of a commune to come, and of one that has left, are none of the ORT."""
    pezenas = factories.commune("34199", nom="Pézenas")
    signed = factories.convention("2021-02-26", [agde], identifiant="ort-a")
    entry, exit_act = (factories.avenant(signed, d) for d in ("2022-01-01", "2023-01-01"))
    factories.couverture(signed, pezenas, entree=entry, sortie=exit_act)
    for town, nom in ((agde, "Centre d'Agde"), (pezenas, "Centre de Pézenas")):
        Secteur.objects.create(convention=signed, commune=town, nom=nom)
    page = read(client, f"/ort/ort-a/?au={jour}")
    assert [nom for nom in ("Centre d'Agde", "Centre de Pézenas") if nom in page] == told
    factories.labellisation(agde)
    rows = client.get(f"/donnees/secteurs.csv?au={jour}").getvalue().decode()
    assert [nom for nom in ("Centre d'Agde", "Centre de Pézenas") if nom in rows] == told


def test_an_ort_that_is_over_covers_nobody_any_more(client, agde):
    away = factories.commune("81124", nom="Lacaune")
    ville = factories.commune("34301", nom="Sète")
    factories.convention(
        *("2021-01-01", [agde, away]),
        **{"identifiant": "ort-a", "duree_annees": 2, "ville_principale": ville},
    )
    last = read(client, "/ort/ort-a/?au=2022-12-31")
    assert "Communes couvertes au 31 décembre 2022" in last
    assert "Sa ville principale, Sète, n'est pas parmi les communes couvertes." in last
    assert "elle compte une fois dans chacun de ces départements" in last
    over = read(client, "/ort/ort-a/?au=2023-01-01")
    assert "Communes réunies jusqu'à sa fin" in over
    assert "Lacaune" in over
    for told in ("Communes couvertes", "n'est pas parmi", "elle compte une fois"):
        assert told not in over, told


def test_a_convention_that_is_no_ort_covers_nobody(client, agde):
    away = factories.commune("81124", nom="Lacaune")
    factories.convention("2021-01-01", [agde, away], identifiant="cadre", vaut_ort=False)
    page = read(client, "/ort/cadre/?au=2022-01-01")
    assert "Communes réunies au 1er janvier 2022" in page
    assert "Communes couvertes" not in page
    assert "elle compte une fois" not in page


def test_what_only_an_avenant_says_of_a_convention_not_signed_is_not_told(client, agde):
    planned = factories.convention(None, identifiant="ort-a")
    factories.avenant(planned, "2021-06-01", [agde])
    page = read(client, "/ort/ort-a/?au=2022-01-01")
    assert "n'est pas signée" in page
    assert "Agde" not in page


def test_a_sector_of_a_convention_without_its_communes_is_told(client, agde):
    signed = factories.convention("2021-02-26", identifiant="ort-a")
    Secteur.objects.create(convention=signed, commune=agde, nom="Centre ancien")
    assert "Centre ancien" in read(client, "/ort/ort-a/?au=2023-01-01")


def test_an_empty_list_leads_to_the_first_signature(client, ort):
    told = read(client, "/ort/?au=2021-01-01&departement=34")
    assert "cette liste est vide" in told
    assert "aujourd'hui (1 ligne)" in told


@pytest.mark.parametrize(
    ("number", "told"),
    [(0, "elle ne couvre aucune commune."), (1, "elle couvre une seule commune de l'Hérault.")]
    + [(2, "elle couvre 2 communes de l'Hérault.")],
)
def test_an_ort_says_how_many_communes_it_covers_as_a_sentence_does(client, number, told):
    towns = [factories.commune() for _ in range(number)]
    factories.convention("2022-01-01", towns, identifiant="ort-essai")
    page = read(client, "/ort/ort-essai/?au=2022-01-01")
    assert f"(ORT), en vigueur depuis le 1er janvier 2022 ; {told}" in page


def test_a_convention_that_is_no_ort_is_signed_on_a_day_and_not_since(client):
    factories.convention("2022-01-01", [factories.commune()], identifiant="cadre", vaut_ort=False)
    assert (
        "cette convention, signée le 1er janvier 2022, réunit une seule commune ; elle ne vaut pas"
        in read(client, "/ort/cadre/?au=2022-01-01")
    )
