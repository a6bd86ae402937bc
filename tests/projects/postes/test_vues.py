"""The public page of the posts."""

import json

import pytest

from communes.models import Tenue
from projects.postes.models import Desserte, Poste
from socle.models import Affirmation
from tests import factories
from tests.factories import day, rewrite
from tests.pages import count_queries, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def gignac():
    return factories.commune("34114", epci="new", nom="Gignac")


def test_post_and_its_state_on_the_day(client, gignac):
    post = factories.poste(
        [gignac],
        intitule="Chef de projet de la vallée",
        employeur_commune=gignac,
        quotite=80,
        date_ouverture=factories.day("2021-09-01"),
    )
    factories.occupation(post, "2022-01-01", fin="2023-01-01")
    row = "Chef de projet de la vallée {} Gignac 80 % Gignac 1er septembre 2021"
    for jour, etat in (
        ("2021-09-01", "vacant depuis le 1er septembre 2021"),
        ("2021-09-02", "vacant depuis le 1er septembre 2021, soit 1 jour"),
        ("2021-12-31", "vacant depuis le 1er septembre 2021, soit 121 jours"),
        ("2022-01-01", "pourvu depuis le 1er janvier 2022"),
        ("2022-12-31", "pourvu depuis le 1er janvier 2022"),
        ("2023-01-01", "vacant depuis le 1er janvier 2023"),
    ):
        assert row.format(etat) in read(client, f"/chefs-de-projet/?au={jour}")


def test_a_recruitment_tells_since_when_nobody_is_there(client, gignac):
    post = factories.poste([gignac], date_ouverture=factories.day("2021-09-01"))
    factories.recrutement(post, "2021-10-01")
    told = (
        "en recrutement, engagé le 1er octobre 2021 ; sans personne depuis le 1er septembre 2021, "
        "soit 31 jours"
    )
    assert told in read(client, "/chefs-de-projet/?au=2021-10-02")


def test_days_are_not_counted_from_a_day_that_is_not_known(client, gignac):
    factories.poste(
        [gignac], date_ouverture=factories.day("2021-09-01"), precision_ouverture="mois"
    )
    page = read(client, "/chefs-de-projet/?au=2021-12-31")
    assert "vacant depuis septembre 2021" in page
    assert "soit" not in page


def test_a_shared_post_is_one_row(client, gignac):
    factories.poste([gignac, factories.commune("34239", nom="Saint-André")])
    page = read(client, "/chefs-de-projet/")
    assert "1 poste enregistré au" in page
    assert "Gignac, Saint-André (poste partagé)" in page


def test_what_is_not_known_is_said(client, gignac):
    factories.poste([gignac], intitule="Chef de projet")
    row = "Chef de projet non renseigné non renseigné non renseigné Gignac non renseignée"
    assert row in read(client, "/chefs-de-projet/")


def test_no_person_is_named(client, gignac):
    post = factories.poste([gignac])
    factories.occupation(
        post, "2022-01-01", titulaire="Camille Martin", courriel="c@exemple.fr", telephone="0467"
    )
    page = client.get("/chefs-de-projet/").content.decode()
    assert not any(secret in page for secret in ("Martin", "exemple.fr", "0467"))


def test_filters(client, gignac):
    factories.poste([gignac], intitule="Poste de Gignac")
    factories.poste([factories.commune("81124", nom="Lacaune")], intitule="Poste de Lacaune")
    assert "Poste de Lacaune" not in read(client, "/chefs-de-projet/?departement=34")
    assert "Poste de Gignac" not in read(client, "/chefs-de-projet/?q=lacaune")
    assert "1 poste enregistré au" in read(client, "/chefs-de-projet/?q=lacaune")


def test_empty_list_does_not_mean_nobody(client):
    page = read(client, "/chefs-de-projet/")
    assert "Cela ne veut pas dire qu'aucun chef de projet n'est en poste" in page


def test_page_says_how_partial_the_data_are(client, gignac):
    departement = gignac.departement
    departement.tenue_postes = Tenue.PARTIELLE
    departement.save()
    told = "Les données des chefs de projet sont tenues en partie pour l'Hérault"
    assert told in read(client, "/chefs-de-projet/?departement=34")
    assert told in read(client, "/chefs-de-projet/")


def test_sources_are_cited(client, gignac):
    post = factories.poste([gignac])
    Affirmation.objects.create(
        fiche=post, champ="dessertes", valeur_brute="?", source=factories.source(titre="La presse")
    )
    assert "Sources La presse" in read(client, "/chefs-de-projet/")


@pytest.fixture
def tenu(gignac):
    """A post of which an article says, and nothing else does, that it was held on a day."""
    post = factories.poste([gignac])
    Affirmation.objects.create(
        fiche=post,
        champ="occupations",
        valeur_brute="pourvu",
        valeur="2021-11-01",
        source=factories.source(titre="Un article", genre="presse"),
        note="Depuis, rien n'est dit.",
    )
    return post


@pytest.mark.parametrize("address", ["/chefs-de-projet/", "/communes/34114/"])
def test_what_a_document_says_of_a_post_is_told_from_its_day(client, tenu, address):
    told = "Pourvu le 1er novembre 2021, d'après la presse : Un article. Depuis, rien n'est dit."
    page = read(client, f"{address}?au=2021-11-01")
    assert f"non renseigné {told}" in page
    assert "D'après la presse : Un article" in page.replace(told, ""), "among the sources too"
    before = read(client, f"{address}?au=2021-10-31")
    assert "non renseigné" in before
    assert "Un article" not in before


def test_what_a_document_says_of_a_post_gives_way_to_its_own_dates(client, tenu):
    factories.occupation(tenu, "2023-01-01")
    assert "Pourvu le 1er novembre 2021" in read(client, "/chefs-de-projet/?au=2022-12-31")
    page = read(client, "/chefs-de-projet/?au=2023-01-01")
    assert "pourvu depuis le 1er janvier 2023" in page
    assert "Pourvu le 1er novembre 2021" not in page


def test_growth(client):
    # Site, complétude, count, posts, their sources, employers' names (2), dessertes, names of the
    # communes, choices (3), the dates of those of the page (4) and of all of them over time (4).
    def grow(number):
        for _ in range(number):
            town = factories.commune(epci="new")
            factories.poste([town], employeur_commune=town)
            factories.poste([town], employeur_intercommunalite=factories.intercommunalite())

    grow(2)
    few = count_queries(client, "/chefs-de-projet/")
    grow(5)
    assert count_queries(client, "/chefs-de-projet/") == few
    assert few <= 19


@pytest.mark.parametrize(
    ("tri", "names"),
    [
        ("nom", ["Poste A", "Poste B", "Poste C"]),
        ("-nom", ["Poste C", "Poste B", "Poste A"]),
        ("etat", ["Poste B", "Poste A", "Poste C"]),
        ("-etat", ["Poste C", "Poste A", "Poste B"]),
        # What is not known is last, whichever way.
        ("quotite", ["Poste B", "Poste A", "Poste C"]),
        ("-quotite", ["Poste A", "Poste B", "Poste C"]),
        ("ouverture", ["Poste A", "Poste B", "Poste C"]),
        ("-ouverture", ["Poste B", "Poste A", "Poste C"]),
        ("employeur", ["Poste A", "Poste B", "Poste C"]),
        ("-employeur", ["Poste B", "Poste A", "Poste C"]),
    ],
)
def test_columns_sort_the_list(client, gignac, tri, names):
    opened = {"A": "2021-01-01", "B": "2022-01-01"}
    first, second = (
        factories.poste([gignac], intitule=f"Poste {name}", date_ouverture=factories.day(day))
        for name, day in opened.items()
    )
    factories.poste([gignac], intitule="Poste C")
    factories.occupation(second, "2022-02-01")
    first.quotite, first.employeur_intercommunalite = 100, factories.intercommunalite(nom="CC Z")
    second.quotite, second.employeur_commune = 50, gignac
    first.save()
    second.save()
    page = client.get(f"/chefs-de-projet/?tri={tri}").context["page"]
    assert [post.intitule for post in page] == names


def test_the_count_the_rows_and_the_download_are_one(client, gignac):
    opened = factories.poste([gignac], date_ouverture=factories.day("2021-01-01"))
    factories.occupation(opened, "2022-02-01", fin="2023-01-01")
    factories.poste([gignac], date_fermeture=factories.day("2022-01-01"))
    factories.poste([factories.commune("81124")])
    for query, number in (
        ("", 2),
        ("departement=34", 1),
        ("poste=vacant", 1),
        ("poste=ferme", 1),
        ("poste=pourvu", 0),
        ("poste=pourvu&au=2022-12-31", 1),
        ("q=gignac", 1),
    ):
        page = client.get(f"/chefs-de-projet/?{query}").context["page"]
        rows = client.get(f"/donnees/postes.csv?{query}")
        lines = b"".join(rows.streaming_content).decode().splitlines()
        assert (page.paginator.count, len(page), len(lines) - 1) == (number,) * 3, query


@pytest.mark.parametrize("fin", [None, "2022-01-01", "2021-12-01"])
def test_a_closed_post_is_listed_whether_its_communes_were_ended_or_not(client, gignac, fin):
    post = factories.poste(intitule="Poste A", date_fermeture=factories.day("2022-01-01"))
    post.dessertes.create(commune=gignac, fin=fin and factories.day(fin))
    for query in ("", "departement=34&", "q=gignac&"):
        page = client.get(f"/chefs-de-projet/?{query}poste=ferme&au=2022-01-01")
        assert [(p.intitule, p.du_jour.nb_communes) for p in page.context["page"]] == [
            ("Poste A", 1)
        ]
        assert "Gignac" in page.content.decode()
    for nom in ("postes.csv?au=2022-06-01&etat=ferme", "historique/postes.csv?etat=ferme"):
        rows = client.get(f"/donnees/{nom}").getvalue().decode().splitlines()
        assert len(rows) == 2, nom
        assert f",{gignac.pk}," in rows[1], nom
    assert not client.get("/chefs-de-projet/?au=2022-01-01").context["page"].object_list


def test_posts_over_time_are_drawn_or_the_reason_is_told(client, gignac):
    address = "/chefs-de-projet/?departement=34"
    post = factories.poste([gignac], date_ouverture=factories.day("2021-09-15"))
    assert "l'histoire des postes n'est pas renseignée" in read(client, f"{address}&au=2021-09-14")
    drawn = read(client, f"{address}&au=2021-09-15")
    assert "Les postes au fil du temps, dans le département de l'Hérault" in drawn
    assert "postes vacants : 1" in drawn
    assert "il peut en manquer" in drawn
    factories.occupation(post, "2022-01-01")
    table = "août 2021 0 0 0 septembre 2021 0 0 1 janvier 2022 1 0 0 6 juillet 2023 1 0 0"
    assert table in read(client, f"{address}&au=2023-07-06")


def rows_of(client, address):
    return json.loads(client.get(f"/donnees/{address}").getvalue())


def test_a_closed_post_is_found_by_the_communes_that_it_served_to_the_last(client):
    """Its dessertes end with it, or are left open; one that had ended sooner is not told."""
    lodevois = factories.intercommunalite(siren="200017341")
    towns = [factories.commune(code, lodevois) for code in ("34142", "34111", "34003")]
    closed = factories.poste(towns, identifiant="ferme", date_ouverture=day("2022-01-01"))
    rewrite(Poste.objects.filter(pk=closed.pk), date_fermeture=day("2024-09-18"))
    first, second, _ = closed.dessertes.order_by("pk")
    rewrite(Desserte.objects.filter(pk=first.pk), fin=day("2024-09-18"))
    rewrite(Desserte.objects.filter(pk=second.pk), fin=day("2024-09-17"))
    for jour in ("2024-09-18", "2026-01-01"):
        for asked in ("", "&departement=34", "&epci=200017341", "&q=34142"):
            rows = rows_of(client, f"postes.json?etat=ferme&au={jour}{asked}")
            assert [row["communes_desservies"] for row in rows] == ["34003|34142"], (jour, asked)
        page = client.get(f"/chefs-de-projet/?poste=ferme&au={jour}").context["page"]
        assert len(page[0].dessertes_du_jour) == 2
        assert rows_of(client, f"postes.json?au={jour}") == []
    assert rows_of(client, "postes.json?etat=ferme&au=2024-09-17") == []
    history = rows_of(client, "historique/postes.json?etat=ferme")
    assert [(row["debut"], row["communes_desservies"]) for row in history] == [
        ("2024-09-18", "34003|34142")
    ]
