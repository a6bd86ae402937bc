"""What the actions of a place have come to on a day: those that are done, and the sums of what was read."""

from decimal import Decimal

import pytest

from ort.models import Secteur
from projects.actions.models import Action, ActionTheme
from projects.projet.resultats import Resultats
from projects.projet.resume import LieuDuProjet, Projet
from tests import factories
from tests.pages import count_queries, read
from tests.projects.projet.scenes import lodeve

pytestmark = pytest.mark.django_db

ADDRESS = "/resultats/"


@pytest.fixture
def plan():
    """The plan of Lodève: A1 under way, A2 done on 1 June 2025, A3 shared with Lacaune, in the Tarn."""
    ort = lodeve()
    town = ort.couvertures.get().commune
    lacaune = factories.commune(
        "81124", departement=factories.departement("81", tenue_plans="complete"), nom="Lacaune"
    )
    label = factories.labellisation(lacaune, adhesion="2021-03-26")
    actions = {"A1": Action.objects.get()}
    for numero, towns, theme in (("A2", [town], "habitat"), ("A3", [town, lacaune], "mobilites")):
        actions[numero] = factories.action(
            towns,
            adhesions=[label],
            numero=numero,
            identifiant=f"lod-{numero.lower()}",
            theme=factories.theme(theme),
        )
    factories.fait(actions["A2"], "debut", "2024-01-01")
    factories.fait(actions["A2"], "fin", "2025-06-01")
    return actions


def results_of(jour, departement=""):
    place = LieuDuProjet("departement", departement) if departement else LieuDuProjet("", "")
    return Resultats(Projet(place, factories.day(jour)))


def sums_of(results, theme="habitat"):
    [found] = [told for told in results.themes if told.theme and told.theme.cle == theme]
    return {
        read.indicateur.identifiant: [(s.serie, s.valeur, s.nombre) for s in read.sommes]
        for read in found.indicateurs
    }


def counts_of(results):
    return {told.theme and told.theme.cle: (told.nombre, told.achevees) for told in results.themes}


def test_actions_done_by_theme_on_the_day(plan):
    assert counts_of(results_of("2025-05-31")) == {"habitat": (2, 0), "mobilites": (1, 0)}
    assert counts_of(results_of("2025-06-01")) == {"habitat": (2, 1), "mobilites": (1, 0)}


def test_an_action_of_two_themes_is_in_both_and_counts_once_in_all(plan):
    ActionTheme.objects.create(action=plan["A2"], theme=factories.theme("mobilites"))
    results = results_of("2025-06-01")
    assert counts_of(results) == {"habitat": (2, 1), "mobilites": (2, 1)}
    assert (results.ensemble.nombre, results.ensemble.achevees) == (3, 1)


def test_an_action_without_theme_is_told_last(plan):
    factories.rewrite(Action.objects.filter(pk=plan["A2"].pk), theme=None)
    assert list(counts_of(results_of("2025-06-01")).items())[-1] == (None, (1, 1))


def test_what_left_the_plan_and_what_is_of_none_are_not_counted(plan):
    ort = plan["A1"].convention
    out = factories.avenant(ort, "2025-01-01")
    factories.rewrite(Action.objects.filter(pk=plan["A1"].pk), sortie=out)
    factories.releve(plan["A1"], Decimal(12), "2024-06-01")
    told = factories.action([factories.commune("34069")], theme=factories.theme())
    factories.cout(told, 1)
    factories.releve(told, Decimal(90), "2024-06-01")
    assert sums_of(results_of("2024-12-31")) == {"facades-renovees": [("", 12, 1)]}
    assert sums_of(results_of("2025-01-01")) == {}


def test_each_action_adds_its_last_reading_known_on_the_day(plan):
    factories.releve(plan["A1"], Decimal(12), "2024-06-01")
    factories.releve(plan["A1"], Decimal(27), "2025-03-01", publie_le="2025-04-01")
    factories.releve(plan["A2"], Decimal("3.5"), "2024-07-01")
    assert sums_of(results_of("2024-05-31")) == {}
    assert sums_of(results_of("2025-03-31"))["facades-renovees"] == [("", Decimal("15.5"), 2)]
    assert sums_of(results_of("2025-04-01"))["facades-renovees"] == [("", Decimal("30.5"), 2)]


def test_neither_two_series_nor_two_indicators_add_up(plan):
    local = factories.indicateur("facades-du-centre", libelle="facades-renovees")
    factories.releve(plan["A1"], Decimal(12), "2024-06-01", serie="comptage 2024")
    factories.releve(plan["A2"], Decimal(5), "2024-06-01", serie="photos")
    factories.releve(plan["A2"], Decimal(7), "2024-06-01", local)
    assert sums_of(results_of("2025-01-01")) == {
        "facades-renovees": [("comptage 2024", 12, 1), ("photos", 5, 1)],
        "facades-du-centre": [("", 7, 1)],
    }


@pytest.mark.parametrize("unite", ["%", "oui/non", "€", "habitants", "passages/jour"])
def test_what_does_not_add_up_has_no_sum(client, plan, unite):
    share = factories.indicateur("part", unite=unite, libelle="Part du centre")
    for name in ("A1", "A2"):
        factories.releve(plan[name], Decimal(1), "2024-06-01", share)
    assert sums_of(results_of("2025-01-01")) == {"part": []}
    assert "2 relevés" in (page := read(client, f"{ADDRESS}?au=2025-01-01"))
    assert "ne s'additionne pas" in page


@pytest.mark.parametrize("unite", ["logements", "locaux", "façades", "m²", "élèves"])
def test_things_add_up(plan, unite):
    things = factories.indicateur("choses", unite=unite)
    for name in ("A1", "A2"):
        factories.releve(plan[name], Decimal(4), "2024-06-01", things)
    assert sums_of(results_of("2025-01-01")) == {"choses": [("", 8, 2)]}


def test_what_has_no_value_is_counted_aloud_and_is_never_zero(client, plan):
    factories.releve(plan["A1"], Decimal(12), "2023-06-01")
    factories.releve(plan["A1"], "secret", "2024-06-01")
    page = read(client, f"{ADDRESS}?au=2025-01-01")
    assert "facades-renovees" in page
    assert "non renseigné 0 sur 2 actions 1 sans relevé 1 secrète" in page
    factories.releve(plan["A2"], "non_disponible", "2024-06-01")
    assert "0 sur 2 actions 1 secrète 1 non disponible" in read(client, f"{ADDRESS}?au=2025-01-01")


def test_a_target_alone_says_that_nothing_was_read(client, plan):
    factories.cible(plan["A1"], Decimal(40), "2024-01-01")
    page = read(client, f"{ADDRESS}?au=2025-01-01")
    assert "non renseigné 0 sur 2 actions 2 sans relevé" in page
    assert "Aucun relevé n'est enregistré" in read(client, f"{ADDRESS}?au=2023-12-31")


def test_an_action_of_two_departements_counts_in_each_and_once_in_france(plan):
    things = factories.indicateur("voies", unite="m²")
    factories.releve(plan["A3"], Decimal(1000), "2024-06-01", things)
    counted = {
        code: sums_of(results_of("2025-01-01", code), "mobilites") for code in ("34", "81", "")
    }
    assert counted == dict.fromkeys(("34", "81", ""), {"voies": [("", 1000, 1)]})
    assert results_of("2025-01-01", "81").ensemble.nombre == 1
    assert results_of("2025-01-01").ensemble.nombre == 3


def test_sums_are_those_of_a_plain_count(plan):
    """France is told from the rows, one by one: the last of each action, its series apart."""
    for rank, name in enumerate(plan):
        for month in range(1, 5):
            factories.releve(
                plan[name], Decimal(10 * rank + month), f"2024-0{month}-15", serie=f"{rank % 2}"
            )
    for jour, last in (("2024-01-14", 0), ("2024-02-14", 1), ("2024-04-15", 4)):
        found = results_of(jour).ensemble.indicateurs
        sums = {s.serie: s.valeur for read in found for s in read.sommes}
        assert sums == ({"0": 20 + 2 * last, "1": 10 + last} if last else {}), jour


@pytest.mark.une_base
def test_each_figure_opens_its_rows(client, plan):
    factories.releve(plan["A1"], Decimal(12), "2024-06-01")
    html = client.get(f"{ADDRESS}?departement=34&au=2025-06-01").content.decode()
    asked = "?au=2025-06-01&amp;departement=34&amp;theme=habitat"
    assert f'href="/actions/{asked}&amp;etat=achevee">1</a>' in html
    assert f"/donnees/indicateurs.csv{asked}&amp;indicateur=facades-renovees" in html
    done = client.get("/actions/?departement=34&theme=habitat&etat=achevee&au=2025-06-01")
    assert [action.numero for action in done.context["page"]] == ["A2"]
    rows = client.get("/donnees/indicateurs.csv?departement=34&theme=habitat").getvalue().decode()
    assert "lod-a1" in rows
    other = client.get("/donnees/indicateurs.csv?departement=34&theme=mobilites").getvalue()
    assert b"lod-a1" not in other


@pytest.mark.une_base
def test_of_a_place_without_any_action_nothing_is_drawn(client):
    factories.departement("34")
    page = read(client, f"{ADDRESS}?departement=34")
    assert "Actions au plan : non renseigné" in page
    assert "Toutes, chacune une fois" not in page
    assert "Télécharger" not in page


@pytest.mark.une_base
@pytest.mark.parametrize(
    ("query", "status"),
    [("departement=34", 200), ("departement=99", 400), ("au=2099-01-01", 400), ("tri=nom", 200)],
)
def test_what_the_page_is_asked_for(client, plan, query, status):
    assert client.get(f"{ADDRESS}?{query}").status_code == status


@pytest.mark.une_base
def test_more_actions_take_no_more_queries(client, plan):
    def grow():
        for rank in range(5):
            made = factories.action(
                [plan["A1"].communes_liees.get().commune],
                plan["A1"].convention,
                theme=factories.theme(f"theme-{Action.objects.count()}"),
            )
            mesure = factories.indicateur(f"ind-{rank}")
            factories.releve(made, Decimal(rank), "2024-01-01", mesure)

    grow()
    few = count_queries(client, ADDRESS)
    grow()
    assert count_queries(client, ADDRESS) == few


@pytest.fixture
def vacants():
    return factories.indicateur("logements-vacants", libelle="Logements vacants", unite="logements")


def lovac(commune, valeur, mesure, year=2026, **fields):
    """Return what LOVAC says of a commune: a year, known from June on."""
    fields = {"serie": f"LOVAC {year}", "publie_le": f"{year}-06-01", "precision": "annee"} | fields
    return factories.releve(commune, valeur, f"{year}-01-01", mesure=mesure, **fields)


DEPARTEMENT = "/departements/34/"


def test_the_page_of_a_departement_sums_the_communes_of_one_vintage_apart(client, vacants):
    first, second, third, fourth, left = (factories.commune(epci="new") for _ in range(5))
    for town in (first, second, third, fourth):
        factories.labellisation(town)
    factories.labellisation(left, fin="2023-01-01")
    lovac(first, 120, vacants)
    lovac(second, 30, vacants)
    lovac(second, 999, vacants, 2025)
    lovac(third, 50, vacants, 2025)
    lovac(left, 7, vacants)
    lovac(fourth, "secret", vacants)
    told = read(client, f"{DEPARTEMENT}?au=2026-06-01")
    assert "150 logements 2 communes, en 2026, série « LOVAC 2026 »" in told
    assert "50 logements 1 commune, en 2025, série « LOVAC 2025 »" in told
    assert "3 sur 4 communes 1 secrète" in told
    before = read(client, f"{DEPARTEMENT}?au=2026-05-31")
    assert "1 049 logements 2 communes, en 2025" in before
    assert "2 sur 4 communes 2 sans relevé" in before


def test_what_is_not_known_of_the_communes_is_said_and_a_sector_is_no_commune(client, vacants):
    town = factories.commune(epci="new")
    factories.labellisation(town)
    ort = factories.convention(communes=[town])
    centre = Secteur.objects.create(convention=ort, commune=town, nom="Centre")
    of_sector = factories.indicateur("vacants-du-centre", perimetre="secteur", unite="logements")
    factories.releve(town, 12, "2024-01-01", mesure=of_sector, secteur=centre)
    told = read(client, f"{DEPARTEMENT}?au=2025-01-01")
    assert "non renseigné 0 sur 1 commune 1 sans relevé" in told
    assert "12 logements" not in told


def test_the_page_of_a_departement_shows_the_sums_of_the_most_actions(client, plan):
    for rank, name in enumerate(("a", "b", "c", "d")):
        unite = "%" if name == "d" else "locaux"
        mesure = factories.indicateur(name, libelle=f"Mesure {name}", unite=unite)
        for numero in ("A1", "A2", "A3")[: rank + 1]:
            factories.releve(plan[numero], 10, "2025-01-01", mesure=mesure)
    told = read(client, f"{DEPARTEMENT}?au=2026-01-01")
    assert "30 locaux 3 actions, le 1er janvier 2025" in told
    assert "20 locaux 2 actions" in told
    for left in ("Mesure a", "Mesure d"):
        assert left not in told


def test_more_readings_take_no_more_queries_on_the_page_of_a_departement(client, plan, vacants):
    counts = []
    for number in (1, 4):
        for _ in range(number):
            town = factories.commune(epci="new")
            factories.labellisation(town)
            lovac(town, 10, vacants)
            mesure = factories.indicateur(f"m-{next(factories.numbers)}", unite="locaux")
            factories.releve(
                factories.action([town], plan["A1"].convention), 3, "2025-01-01", mesure=mesure
            )
        counts.append(count_queries(client, DEPARTEMENT))
    assert counts[0] == counts[1]
