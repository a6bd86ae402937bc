"""The territory on a day, and what each user sees of it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from communes.models import (
    Agent,
    AncienCode,
    Commune,
    Departement,
    Intercommunalite,
    Labellisation,
    Millesime,
    Population,
    Rattachement,
)
from communes.territoire.faits import populations_au
from tests import factories
from tests.factories import day


@pytest.mark.parametrize(
    ("jour", "nom"),
    [
        ("1990-01-01", "Les Monts"),
        ("2021-12-31", "Les Monts"),
        ("2022-01-01", "Les Hauts"),
        ("2022-12-31", "Les Hauts"),
        ("2023-01-01", "Le Haut-Languedoc"),
        ("2030-01-01", "Le Haut-Languedoc"),
    ],
)
def test_a_name_is_that_of_the_day(db, jour, nom):
    epci = factories.intercommunalite("200066553", nom="Le Haut-Languedoc")
    epci.anciens_noms.create(nom="Les Monts", fin=day("2022-01-01"))
    epci.anciens_noms.create(nom="Les Hauts", debut=day("2022-01-01"), fin=day("2023-01-01"))
    assert epci.nom_au(day(jour)) == nom


@pytest.mark.parametrize(
    ("jour", "population"),
    [
        ("2020-12-31", None),
        ("2021-01-01", 7400),
        ("2022-12-31", 7400),
        ("2023-01-01", 7500),
        ("2030-01-01", 7500),
    ],
)
def test_a_population_is_that_of_the_latest_year_known(db, jour, population):
    lodeve = factories.commune("34142", populations={2023: 7500, 2021: 7400})
    used = populations_au([lodeve.pk], day(jour)).get(lodeve.pk)
    assert (used and used.valeur) == population
    [*told] = Population.objects.en_usage(day(jour))
    assert told == ([used] if used else [])


def test_without_any_figure_a_population_is_not_known(db):
    factories.commune("34142", populations={})
    assert populations_au(["34142"], day("2023-07-06")) == {}


@pytest.mark.parametrize(
    ("merger", "jour", "population"),
    [
        ("2027-01-01", "2026-12-31", 12_000),
        ("2027-01-01", "2027-01-01", None),
        ("2026-01-01", "2026-01-01", 12_000),
        ("2026-01-02", "2026-01-01", 12_000),
        ("2026-01-02", "2026-01-02", None),
        ("2026-07-01", "2030-01-01", None),
    ],
)
@pytest.mark.deux_bases
def test_how_many_a_commune_counts_is_not_known_once_it_has_absorbed_another(
    db, merger, jour, population
):
    """A vintage counts the commune of 1 January of its year: the new one is told by the next alone."""
    meze = factories.commune("34157", populations={2026: 12_000})
    factories.commune("34143", fin=day(merger), successeur=meze, populations={2026: 2_000})
    used = populations_au(["34157"], day(jour)).get("34157")
    assert (used and used.valeur) == population


@pytest.mark.deux_bases
def test_the_vintage_after_a_merger_tells_how_many_the_new_commune_counts(db):
    meze = factories.commune("34157", populations={2026: 12_000, 2027: 14_000})
    factories.commune("34143", fin=day("2026-07-01"), successeur=meze)
    assert populations_au(["34157"], day("2027-01-01"))["34157"].valeur == 14_000


@pytest.mark.parametrize(
    ("jour", "annee"), [("2020-06-01", 2021), ("2021-12-31", 2021), ("2023-01-01", 2023)]
)
def test_the_vintage_is_the_last_one_begun_else_the_earliest(db, jour, annee):
    assert Millesime.objects.annee_cog(day(jour)) is None
    for loaded in (2023, 2021):
        factories.millesime(loaded)
    assert Millesime.objects.annee_cog(day(jour)) == annee


@pytest.fixture
def hesdin(db):
    """Hesdin-la-Forêt keeps the code of Hesdin; Marconne, absorbed, had absorbed Huby."""
    foret = factories.commune("62447", nom="Hesdin-la-Forêt")
    gone = {"departement": foret.departement, "fin": day("2025-01-01")}
    marconne = factories.commune("62549", successeur=foret, **gone)
    factories.commune("62461", successeur=marconne, **gone)
    factories.commune("62999", **gone)
    AncienCode.objects.create(code="62743", nature="deleguee", commune=foret)
    AncienCode.objects.create(code="62001", nature="ancienne", commune=marconne)
    return foret


@pytest.mark.parametrize("code", ["62447", "62549", "62461", "62743", "62001"])
def test_a_code_leads_to_the_commune_of_today(hesdin, code):
    assert Commune.objects.resolve(code, day("2026-01-01")) == hesdin


@pytest.mark.parametrize(("jour", "expected"), [("2024-12-31", "62549"), ("2025-01-01", "62447")])
def test_a_code_leads_to_its_successor_from_the_day_of_the_merger(hesdin, jour, expected):
    assert Commune.objects.resolve("62549", day(jour)).pk == expected


def test_a_code_that_leads_nowhere_is_told(hesdin):
    assert Commune.objects.resolve("99999", day("2026-01-01")) is None
    assert Commune.objects.resolve("62999", day("2026-01-01")).pk == "62999", (
        "vanished without successor: itself"
    )


@pytest.mark.parametrize(
    ("nom", "liaison", "expected"),
    [
        ("Lodève", 0, "de Lodève"),
        ("Olonzac", 1, "d'Olonzac"),
        ("Le Vigan", 0, "du Vigan"),
        ("Les Matelles", 0, "des Matelles"),
        ("La Salvetat-sur-Agout", 0, "de La Salvetat-sur-Agout"),
        ("Lespignan", 0, "de Lespignan"),
    ],
)
def test_a_commune_takes_its_article(nom, liaison, expected):
    assert Commune(nom=nom, type_liaison=liaison).avec_de == expected


def test_a_departement_takes_its_article(db):
    names = {code: factories.departement(code) for code in ("34", "81", "2A")}
    assert [d.avec_de for d in names.values()] == ["de l'Hérault", "du Tarn", "de la Corse-du-Sud"]
    assert [d.avec_article for d in names.values()] == ["l'Hérault", "le Tarn", "la Corse-du-Sud"]


@pytest.fixture
def three_departements(db):
    """A commune lauréate in each of three départements, the first two in one intercommunalité."""
    shared = factories.intercommunalite("200066553")
    for code, epci in [("34293", shared), ("81124", shared), ("2A004", "new")]:
        factories.labellisation(factories.commune(code, epci))


@pytest.fixture
def users(three_departements):
    herault, tarn = (factories.departement(code) for code in ("34", "81"))
    return {
        "agent of 34": factories.agent("de34", [herault]),
        "agent of two": factories.agent("des2", [herault, tarn]),
        "agent of none": factories.agent("de0"),
        "inactive agent": factories.agent("parti", [herault], is_active=False),
        "national": factories.agent("national", is_superuser=True),
        "inactive national": factories.agent("retraite", is_superuser=True, is_active=False),
        "stranger": AnonymousUser(),
    }


EVERYTHING = {"34293", "81124", "2A004"}
REACH = {
    "agent of 34": {"34293"},
    "agent of two": {"34293", "81124"},
    "agent of none": set(),
    "inactive agent": set(),
    "national": EVERYTHING,
    "inactive national": set(),
    "stranger": set(),
}


@pytest.mark.parametrize(("who", "codes"), REACH.items())
def test_each_user_reaches_the_communes_of_its_departements(users, who, codes):
    user = users[who]
    departements = {commune[:2] for commune in codes}
    assert set(Commune.objects.for_user(user).values_list("pk", flat=True)) == codes
    assert set(Departement.objects.for_user(user).values_list("pk", flat=True)) == departements
    for model in (Labellisation, Rattachement):
        assert set(model.objects.for_user(user).values_list("commune", flat=True)) == codes
    met = {r.intercommunalite_id for r in Rattachement.objects.filter(commune__in=codes)}
    assert set(Intercommunalite.objects.for_user(user).values_list("pk", flat=True)) == met


AGENTS = {
    "agent of 34": {"de34", "parti"},
    "agent of two": {"de34", "parti", "des2"},
    "agent of none": set(),
    "inactive agent": set(),
    "national": {"de34", "des2", "de0", "parti", "national", "retraite"},
    "inactive national": set(),
    "stranger": set(),
}


@pytest.mark.parametrize(("who", "names"), AGENTS.items())
def test_a_user_reaches_the_agents_whose_every_departement_is_its_own(users, who, names):
    assert {agent.username for agent in Agent.objects.for_user(users[who])} == names


def test_a_national_administrator_is_out_of_reach_of_a_departement(users):
    users["national"].departements.set([factories.departement("34")])
    assert users["national"] not in Agent.objects.for_user(users["agent of 34"])


@pytest.fixture
def vanished(db):
    """Three communes that vanished one into the other, the last one still there."""
    last = factories.commune("34003")
    second = factories.commune("34002", fin=day("2020-01-01"), successeur=last)
    return factories.commune("34001", fin=day("2019-01-01"), successeur=second), second, last


def test_a_code_leads_through_mergers_to_the_commune_of_today(vanished):
    first, second, last = vanished
    assert {Commune.objects.resolve(c.pk, day("2026-01-01")) for c in vanished} == {last}


def test_communes_that_succeed_each_other_in_a_circle_are_refused_and_name_themselves(vanished):
    first, second, last = vanished
    last.fin, last.successeur = day("2021-01-01"), first
    with pytest.raises(ValidationError, match="se succèdent en rond"):
        last.full_clean()
    # A file loaded past the checks of records: the walk ends all the same.
    last.save()
    assert Commune.objects.resolve("34001", day("2026-01-01")) == first


def test_a_commune_is_not_its_own_successor(vanished):
    *_, last = vanished
    last.successeur = last
    with pytest.raises(ValidationError, match="en rond"):
        last.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        last.save()
