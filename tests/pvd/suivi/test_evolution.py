"""The figures over time: on each day, those that the rules of the day give."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Departement, Tenue
from pvd.suivi.chiffres import chiffres
from pvd.suivi.evolution import FRANCE, Evolution, Pas, jours_du_pas
from pvd.suivi.models import Chiffre, ChiffrePublie
from tests import factories
from tests.factories import day, rewrite

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
DU, AU = date(2019, 12, 1), date(2026, 6, 1)
OUVERTURE = date(2020, 10, 1)


@pytest.fixture
def programme():
    """Two départements, every road in and out: avenant, exit, return, merger, end of an ORT, posts."""
    factories.programme("2020-10-02", ouverture=OUVERTURE.isoformat())
    for code in ("34", "81"):
        factories.departement(code, tenue=Tenue.COMPLETE, tenue_postes=Tenue.COMPLETE)
    epci, other = factories.intercommunalite(), factories.intercommunalite()
    codes = ("34101", "34162", "34199", "34293", "81124", "81192")
    towns = [factories.commune(code, epci) for code in codes]
    florensac, montagnac, pezenas, salvetat, lacaune, murat = towns
    factories.labellisation(florensac, adhesion="2021-03-26")
    factories.labellisation(montagnac, adhesion="2021-04-01", precision_adhesion="mois")
    factories.labellisation(pezenas, adhesion="2021-01-01", precision_adhesion="annee")
    factories.labellisation(salvetat, fin="2023-12-01", adhesion="2021-05-02")
    factories.labellisation(salvetat, debut="2024-09-01")
    factories.labellisation(lacaune, precision_debut="au_plus_tard")
    factories.labellisation(murat, adhesion="2021-06-30")
    pezenas.rattachements.update(fin=day("2023-01-01"))
    pezenas.rattachements.create(intercommunalite=other, debut=day("2023-01-01"))
    host = factories.convention("2018-12-10", [factories.commune("34003")], duree_annees=5)
    factories.avenant(host, "2023-01-11", [florensac, montagnac])
    factories.avenant(host, "2023-11-01", duree_annees=6)
    monts = factories.convention("2022-07-28", [salvetat, lacaune], duree_annees=3)
    left = factories.avenant(monts, "2024-02-29", [murat])
    rewrite(monts.couvertures.filter(commune=lacaune), sortie=left)
    factories.convention("2024-02-29", [pezenas], duree_annees=1)
    factories.convention("2024-02-29", [pezenas], vaut_ort=False)
    merged = factories.commune("81999", other, debut=day("2025-01-01"))
    murat.fin, murat.successeur = day("2025-01-01"), merged
    murat.save()
    shared = factories.poste([salvetat, lacaune, murat])
    factories.occupation(shared, "2022-01-01", "2023-01-01")
    factories.occupation(shared, "2023-02-01")
    closed = factories.poste([florensac], date_fermeture=day("2024-01-01"))
    factories.occupation(closed, "2022-06-01")


def points(departement=None, du=DU, au=AU, pas=Pas.EVENEMENT):
    found = departement and [Departement.objects.get(pk=departement)]
    return list(Evolution(found, du, au, pas))


def values_on(found, territoire, jour):
    """Return the figures that hold on a day, from those told on the days on which they change."""
    held = {}
    for point in found:
        if point.territoire == territoire and point.jour <= jour:
            held[point.chiffre] = point.valeur
    return held


def counted(territoire, jour):
    departement = territoire and Departement.objects.get(pk=territoire)
    return chiffres(departement or None, jour)


@pytest.mark.parametrize("territoire", ["34", "81", FRANCE])
def test_on_each_boundary_day_and_on_its_eve_the_figures_are_those_of_the_day(
    programme, territoire
):
    found = points()
    changed = {point.jour for point in found}
    days = sorted(changed | {d - timedelta(1) for d in changed if d > DU} | {AU})
    assert len(days) > 40
    for jour in days:
        held, rule = values_on(found, territoire, jour), counted(territoire, jour)
        # Once the programme has opened, and before its entry « au plus tard », Lacaune may be in.
        if OUVERTURE <= jour < day("2021-01-22") and territoire != "34":
            rule = {chiffre: value or None for chiffre, value in rule.items()}
        assert held == rule, jour


def test_the_figures_do_change(programme):
    """Nothing of the comparison above is of zeros alone."""
    found = points()
    told = {
        c: {p.valeur for p in found if p.chiffre == c and p.territoire == FRANCE} for c in Chiffre
    }
    assert {c for c, values in told.items() if len(values - {None, 0}) < 1} == set()
    assert max(told[Chiffre.COMMUNES] - {None}) == 6


@pytest.mark.parametrize("departement", ["34", "81"])
def test_a_departement_alone_is_told_as_among_all(programme, departement):
    assert points(departement) == [p for p in points() if p.territoire == departement]


@pytest.mark.parametrize("pas", [Pas.MOIS, Pas.TRIMESTRE, Pas.ANNEE])
def test_each_step_gives_the_figures_of_its_days(programme, pas):
    events, found = points(), points(pas=pas)
    days = sorted({point.jour for point in found})
    assert days == jours_du_pas(DU, AU, pas)
    assert len(found) == len(days) * 3 * len(Chiffre)
    for point in found:
        held = values_on(events, point.territoire, point.jour)
        assert point.valeur == held[point.chiffre]


def test_the_days_of_a_step_are_its_first_the_ends_of_periods_and_its_last():
    assert jours_du_pas(day("2021-01-15"), day("2021-03-31"), Pas.MOIS) == [
        *(day("2021-01-15"), day("2021-01-31"), day("2021-02-28"), day("2021-03-31"))
    ]
    assert jours_du_pas(day("2020-12-31"), day("2021-07-01"), Pas.TRIMESTRE) == [
        *(day("2020-12-31"), day("2021-03-31"), day("2021-06-30"), day("2021-07-01"))
    ]
    assert jours_du_pas(day("2021-05-05"), day("2021-05-05"), Pas.ANNEE) == [day("2021-05-05")]


@pytest.mark.parametrize(
    ("tenue", "expected"),
    [(Tenue.COMPLETE, (2, 0)), (Tenue.PARTIELLE, (2, None)), (Tenue.AUCUNE, (None, None))],
)
def test_what_is_not_kept_is_never_zero(programme, tenue, expected):
    Departement.objects.filter(pk="81").update(tenue=tenue)
    found = values_on(points("81", au=day("2022-01-01")), "81", day("2022-01-01"))
    assert (found[Chiffre.COMMUNES], found[Chiffre.ORT]) == expected
    assert {p.tenue for p in points("81") if p.chiffre == Chiffre.ORT} == {tenue}


def test_where_the_lists_alone_tell_no_delay_is_known(programme):
    jour = day("2023-06-01")
    before = {code: counted(code, jour)[Chiffre.DELAI_DEPASSE] for code in ("34", "81", FRANCE)}
    assert before["81"] == 1
    assert before[FRANCE] == before["34"] + 1
    Departement.objects.filter(pk="81").update(tenue=Tenue.LISTES)
    for territoire in ("81", FRANCE):
        held, rule = values_on(points(), territoire, jour), counted(territoire, jour)
        for chiffre in (Chiffre.DELAI_TENU, Chiffre.DELAI_DEPASSE):
            assert held[chiffre] == (rule[chiffre] or None)
    assert counted("81", jour)[Chiffre.DELAI_DEPASSE] is None
    assert counted(FRANCE, jour)[Chiffre.DELAI_DEPASSE] == before["34"]


def test_a_published_figure_is_told_on_its_day_beside_ours(programme):
    source = factories.source("anct-2023", titre="Liste 2023")
    herault = factories.departement("34")
    for valeur in (3, 4):
        ChiffrePublie.objects.create(
            departement=herault,
            chiffre="communes",
            jour=day("2023-06-15"),
            valeur=valeur,
            source=source if valeur == 3 else factories.source("autre"),
        )
    told = [p for p in points(pas=Pas.ANNEE) if p.publie]
    assert [(p.jour, p.valeur, p.publie.valeur) for p in told] == [
        (day("2023-06-15"), 4, 3),
        (day("2023-06-15"), 4, 4),
    ]
    assert not [p for p in points(pas=Pas.ANNEE, au=day("2023-06-14")) if p.publie]


def count(du, au):
    with CaptureQueriesContext(connection) as queries:
        points(du=du, au=au, pas=Pas.MOIS)
    return len(queries)


def test_no_more_queries_for_more_days_nor_for_more_facts(programme):
    few = count(day("2023-01-01"), day("2023-02-01"))
    assert count(day("1990-01-01"), AU) == few
    for code in range(34301, 34306):
        town = factories.commune(str(code), epci="new")
        factories.labellisation(town, adhesion="2021-05-01")
        factories.convention("2022-01-01", [town])
        factories.occupation(factories.poste([town]), "2022-01-01")
    assert count(DU, AU) == few
