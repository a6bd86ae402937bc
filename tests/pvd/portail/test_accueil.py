"""The home page, a département, France."""

import pytest
from django.utils import timezone

from communes.models import Departement, Tenue
from pvd.suivi.models import Chiffre, ChiffrePublie
from tests import factories
from tests.factories import rewrite
from tests.pages import count_queries, plain, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def lodeve():
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26")
    factories.convention("2021-07-16", [town], identifiant="ort-lodeve", intitule="ORT de Lodève")
    return town


@pytest.fixture
def loupian():
    town = factories.commune("34143", epci="new", nom="Loupian")
    factories.labellisation(town, adhesion="2021-07-08")
    return town


def test_home_is_the_departement_of_the_site(client, settings, lodeve):
    settings.PVD_DEPARTEMENT = "34"
    page = read(client, "/?au=2023-07-06")
    assert "Petites villes de demain dans le département de l'Hérault" in page
    assert "Préfet de l'Hérault" in page
    assert "1 commune lauréate" in page


def test_home_without_departement_is_france(client, settings, lodeve):
    settings.PVD_DEPARTEMENT = ""
    page = read(client, "/")
    assert "Petites villes de demain en France" in page
    assert "République française" in page
    assert "Préfet" not in page


def test_the_prefet_signs_the_pages_of_the_departement_alone(client, settings, lodeve):
    settings.PVD_DEPARTEMENT = "34"
    murat = factories.commune("81192", nom="Murat", departement=factories.departement("81"))
    for address in ("/communes/34142/", "/communes/", "/departements/34/"):
        assert "Préfet de l'Hérault" in read(client, address)
    for address in (f"/communes/{murat.pk}/", "/departements/81/"):
        page = read(client, address)
        assert "République française" in page
        assert "Préfet" not in page


def test_what_is_recorded_of_a_place_not_kept_in_full_is_not_its_figure(client, lodeve):
    """France has 1,646 communes in the programme: one recorded here does not stand out as its number."""
    factories.departement("81", tenue=Tenue.PARTIELLE)
    france = client.get("/").content.decode()
    assert "pvd-chiffre__valeur--petite" in france
    page = read(client, "/")
    assert "1 commune lauréate enregistrée ici" in page
    assert "non renseigné chefs de projet en poste" in page
    herault = read(client, "/departements/34/")
    assert "1 commune lauréate" in herault
    assert "enregistrée ici" not in herault
    Departement.objects.update(tenue=Tenue.COMPLETE)
    assert "enregistrée ici" not in read(client, "/")


def test_home_opens_on_an_empty_database(client, settings):
    settings.PVD_DEPARTEMENT = "34"
    assert "Rien n'est enregistré à cette date." in read(client, "/")


def test_code_of_departement_may_be_typed_in_lower_case(client):
    factories.departement("2A")
    assert "de la Corse-du-Sud" in read(client, "/departements/2a/")


def test_what_is_late_and_what_is_still_due(client, lodeve, loupian):
    during = read(client, "/departements/34/?au=2022-10-01")
    assert "Loupian 8 juillet 2021 8 janvier 2023 en cours" in during
    after = read(client, "/departements/34/?au=2023-02-01")
    assert "Loupian 8 juillet 2021 8 janvier 2023 dépassé" in after
    assert "Lodève 26 mars 2021" not in after


def test_nobody_waits(client, lodeve):
    page = read(client, "/departements/34/?au=2023-07-06")
    assert "aucune commune n'attend la signature de son ORT" in page


@pytest.mark.parametrize(("tenue", "here"), [("complete", ""), ("partielle", " enregistrée ici")])
def test_that_there_is_none_is_said_of_what_is_recorded(client, lodeve, tenue, here):
    """Beside « non renseigné », « aucune ORT » would be told of those that nobody recorded."""
    rewrite(Departement.objects.filter(pk="34"), tenue=tenue)
    page = read(client, "/departements/34/?au=2023-07-06")
    assert f"aucune commune{here} n'attend la signature de son ORT" in page
    assert f"Aucune ORT{here} n'a été rejointe seulement par avenant" in page


def test_ort_joined_by_avenant_is_told(client, loupian):
    host = factories.commune("34301", nom="Sète")
    sete = factories.convention("2019-12-10", [host], intitule="ORT de Sète")
    factories.avenant(sete, "2023-04-13", [loupian])
    assert "ORT de Sète, signée le 10 décembre 2019" in read(client, "/departements/34/")
    before = read(client, "/departements/34/?au=2023-04-12")
    assert "Aucune ORT n'a été rejointe seulement par avenant" in before


def test_commune_that_left_is_told_from_its_exit(client, lodeve):
    left = factories.commune("34276", epci="new", nom="Saint-Mathieu-de-Tréviers")
    factories.labellisation(left, fin="2023-12-01", precision_fin="mois")
    told = "A quitté le programme : Saint-Mathieu-de-Tréviers (en décembre 2023)"
    assert told in read(client, "/departements/34/?au=2023-12-01")
    assert told not in read(client, "/departements/34/?au=2023-11-30")


def test_milestones_are_links_to_their_day(client, lodeve, loupian):
    response = client.get("/departements/34/")
    assert b'href="?au=2021-03-26"' in response.content
    page = plain(response)
    assert "26 mars 2021 – première convention d'adhésion : Lodève" in page
    assert "8 juillet 2021 – dernière convention d'adhésion : Loupian" in page
    assert "16 juillet 2021 – première entrée dans une ORT : Lodève" in page


def test_published_figure_is_held_against_ours(client, lodeve):
    source = factories.source(titre="Page de la préfecture")
    departement = factories.departement("34")
    for chiffre, valeur, note in (
        (Chiffre.COMMUNES, 1, ""),
        (Chiffre.INTERCOMMUNALITES, 13, "Chiffre d'avant la sortie."),
        (Chiffre.CHEFS_DE_PROJET, 11, ""),
    ):
        ChiffrePublie.objects.create(
            departement=departement,
            chiffre=chiffre,
            jour=factories.day("2023-07-06"),
            valeur=valeur,
            source=source,
            note=note,
        )
    page = read(client, "/departements/34/")
    assert "communes lauréates 6 juillet 2023 1 1 concorde Page de la préfecture" in page
    assert "intercommunalités 6 juillet 2023 13 1 écart Chiffre d'avant la sortie." in page
    assert "chefs de projet en poste 6 juillet 2023 11 non renseigné non comparable" in page
    assert "concorde" not in read(client, "/departements/34/?au=2023-07-05")


@pytest.fixture
def france():
    """Two lists of France: 1 606 communes, then 2 000."""
    for jour, valeur in (("2021-01-22", 1606), ("2023-07-06", 2000)):
        ChiffrePublie.objects.create(
            chiffre=Chiffre.COMMUNES,
            jour=factories.day(jour),
            valeur=valeur,
            source=factories.source(titre="Liste de l'ANCT"),
        )


@pytest.mark.parametrize(
    ("jour", "row"),
    [
        ("2021-01-22", "communes lauréates 22 janvier 2021 1 1 606 0,1 % Liste de l'ANCT"),
        ("2023-07-05", "communes lauréates 22 janvier 2021 1 1 606 0,1 % Liste de l'ANCT"),
        ("2023-07-06", "communes lauréates 6 juillet 2023 1 2 000 0,1 % Liste de l'ANCT"),
    ],
)
def test_share_of_france_is_on_the_latest_published_figure(client, lodeve, france, jour, row):
    page = read(client, f"/departements/34/?au={jour}")
    assert row in page
    assert page.count("Liste de l'ANCT") == 1


def test_france_is_not_shown_where_nothing_is_published(client, lodeve, france):
    assert "et la France" not in read(client, "/departements/34/?au=2021-01-21")


def test_a_departement_kept_in_part_has_no_share(client, lodeve, france):
    lodeve.departement.tenue = Tenue.PARTIELLE
    lodeve.departement.save()
    page = read(client, "/departements/34/?au=2023-07-06")
    assert "6 juillet 2023 non renseigné 2 000 non renseignée Liste de l'ANCT" in page


@pytest.mark.parametrize(
    ("tenue", "told"),
    [(Tenue.COMPLETE, "1 904 0,1 %"), (Tenue.PARTIELLE, "non renseigné 904 non renseignée")],
)
def test_people_in_post_have_a_share_where_the_posts_are_kept_in_full(client, lodeve, tenue, told):
    factories.occupation(factories.poste([lodeve]), "2022-01-01")
    lodeve.departement.tenue_postes = tenue
    lodeve.departement.save()
    ChiffrePublie.objects.create(
        chiffre=Chiffre.CHEFS_DE_PROJET,
        jour=factories.day("2023-04-27"),
        valeur=904,
        source=factories.source(titre="Annonce"),
    )
    page = read(client, "/departements/34/?au=2023-04-27")
    assert f"chefs de projet en poste 27 avril 2023 {told} Annonce" in page


def test_charts_are_told_in_tables(client, lodeve):
    page = read(client, "/departements/34/?au=2023-07-06")
    assert "1er trimestre 2021 1 0 3e trimestre 2021 1 1 6 juillet 2023 1 1" in page
    assert "l'histoire des postes n'est pas renseignée" in page
    assert "communes entrées dans une ORT : 1" in read(client, "/departements/?au=2023-07-06")


@pytest.mark.parametrize(
    ("tenue", "told"),
    [
        (Tenue.PARTIELLE, "Les données du programme sont tenues en partie pour l'Aveyron"),
        (Tenue.AUCUNE, "Les données du programme ne sont pas tenues pour l'Aveyron"),
    ],
)
def test_partial_departement_says_so(client, tenue, told):
    factories.departement("12", tenue=tenue)
    assert told in read(client, "/departements/12/")


@pytest.mark.parametrize("tenue", [Tenue.AUCUNE, Tenue.PARTIELLE])
def test_nothing_recorded_where_not_all_is_kept_is_not_zero(client, tenue):
    factories.departement("12", tenue=tenue)
    assert "non renseigné communes lauréates" in read(client, "/departements/12/")
    factories.departement("34", tenue=Tenue.COMPLETE)
    assert "0 commune lauréate" in read(client, "/departements/34/")


@pytest.mark.parametrize(
    ("jour", "told"),
    [
        ("2020-09-30", "0 commune lauréate"),
        ("2020-10-01", "non renseigné communes lauréates"),
        ("2021-01-21", "non renseigné communes lauréates"),
        ("2021-01-22", "1 commune lauréate"),
    ],
)
@pytest.mark.parametrize("address", ["/departements/34/", "/departements/"])
def test_an_entry_at_the_latest_leaves_the_days_before_it_unknown(client, address, jour, told):
    factories.departement("34", tenue=Tenue.COMPLETE)
    factories.labellisation(factories.commune("34142"), precision_debut="au_plus_tard")
    assert told in read(client, f"{address}?au={jour}")


def test_france_says_which_departements_are_kept(client, lodeve):
    factories.departement("81", tenue=Tenue.PARTIELLE)
    page = read(client, "/departements/")
    assert "tenues en entier pour l'Hérault seulement, en partie pour le Tarn" in page
    assert "Hérault (34) Occitanie tenues en entier non tenues 1 0" in page


def test_growth_departement(client):
    # The département of the page, its facts and figures (7), 1 ORT by avenant, 2 published figures
    # (then 2 a published day at most), 2 milestones, what situates the communes of the map (16), 5 for
    # the posts, 1 for the map. France: 6, the départements, their communes, the complétude, the published
    # figures, 1 for the map. The reviews of its ORT (3). What is asked first of
    # communes (1, and 1 for their readings). Until when the programme is planned, on both, and whom to call.
    def grow(number):
        for _ in range(number):
            town = factories.commune(epci="new")
            factories.labellisation(town, adhesion="2021-06-01")
            signed = factories.convention("2022-06-01", [factories.commune()])
            factories.avenant(signed, "2022-09-01", [town])
            factories.labellisation(adhesion="2021-06-01")
            factories.labellisation(fin="2022-01-01")
            factories.poste([town])

    grow(2)
    few = {u: count_queries(client, u) for u in ("/departements/34/", "/departements/")}
    grow(5)
    assert {u: count_queries(client, u) for u in few} == few
    assert few["/departements/34/"] <= 42
    assert few["/departements/"] <= 23


def test_today_is_the_default_day(client, lodeve):
    today = timezone.localdate()
    assert f'value="{today:%Y-%m-%d}"' in client.get("/departements/34/").content.decode()


def test_towns_without_a_deadline_are_counted_apart(client, lodeve, loupian):
    before = read(client, "/departements/34/?au=2021-03-25")
    assert "aucune échéance n'est enregistrée pour 2 communes lauréates sans ORT" in before
    assert "aucune commune n'attend" not in before
    # Lodève has signed its convention d'adhésion: its delay runs from that day, Loupian's does not yet.
    signed = read(client, "/departements/34/?au=2021-03-26")
    assert "Lodève 26 mars 2021 26 septembre 2022 en cours" in signed
    assert "n'est enregistrée pour 1 commune lauréate sans ORT" in signed
    assert "aucune échéance" not in read(client, "/departements/34/?au=2021-07-08")


def test_towns_that_an_ort_covers_no_more_are_not_said_to_wait_for_their_adhesion(client, lodeve):
    """Lodève signed its adhésion; its ORT of two years ends on 16 July 2023."""
    ort = lodeve.couvertures.get().convention
    factories.rewrite(type(ort).objects.filter(pk=ort.pk), duree_annees=2)
    page = "/departements/34/?au="
    assert "plus couverte par une ORT" not in read(client, f"{page}2023-07-15")
    over = read(client, f"{page}2023-07-16")
    assert "N'est plus couverte par une ORT, sans nouvelle échéance connue : Lodève." in over
    assert "aucune échéance n'est enregistrée" not in over
    assert "n'attend la signature" not in over


def test_home_finds_a_commune_on_the_day_of_the_page(client, lodeve):
    page = client.get("/departements/34/?au=2023-07-06").content.decode()
    form = page[page.index('action="/communes/trouver/"') :].partition("</form>")[0]
    assert 'name="au" value="2023-07-06"' in form
    assert 'name="departement" value="34"' in form
    assert 'name="au"' not in client.get("/").content.decode().partition("pvd-date")[0]
