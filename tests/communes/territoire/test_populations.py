"""The populations of a commune, by vintage: which one is in use, and which year it counts."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from communes.models import Commune, Population
from communes.territoire.decoupage.annees import annee_etablie
from tests import factories
from tests.bases import migrate
from tests.communes.territoire.decoupage_factory import Histoire, commune, import_cog
from tests.factories import day

# Insee counts so many inhabitants in each, in 2019 then in 2020 (see `populations.csv`).
OF_2019 = {"34172": 295_542, "31488": 11_017, "81267": 618}
OF_2020 = {"31555": 498_003, "44109": 320_732, "85264": 1330}


@pytest.fixture
def histoire(tmp_path):
    return Histoire(tmp_path)


def counted(figures):
    """Return the communes of a vintage that gives these `figures`, all in the Hérault."""
    return [
        commune(code, f"Ville {code}", departement="34", population=figure)
        for code, figure in figures.items()
    ]


def annees(millesime):
    return set(Population.objects.filter(millesime=millesime).values_list("annee", flat=True))


@pytest.mark.parametrize(
    ("figures", "annee"),
    [
        (OF_2019, 2019),
        ({**OF_2019, "34142": 7477}, 2019),
        (OF_2020, 2020),
        ({}, None),
        # Two communes are not enough.
        ({"34172": 295_542, "81267": 618}, None),
        # One that says otherwise is too much.
        ({**OF_2019, "64137": 677}, None),
        ({**OF_2019, "81267": 619}, None),
    ],
)
def test_a_year_is_proven_by_three_communes_and_contradicted_by_one(figures, annee):
    publiees = {2019: {**OF_2019, "64137": 676}, 2020: OF_2020}
    assert annee_etablie(figures, publiees) == annee


def test_figures_of_two_years_prove_neither():
    assert annee_etablie(OF_2019, {2018: OF_2019, 2019: OF_2019}) is None


@pytest.mark.django_db
def test_a_vintage_gives_its_populations_the_year_that_they_count(histoire):
    histoire.load(2021, counted({**OF_2019, "34142": 7477}))

    lodeve = Population.objects.get(commune="34142")
    assert (lodeve.millesime, lodeve.annee, lodeve.valeur) == (2021, 2019, 7477)
    assert lodeve.quand == "en 2019"


@pytest.mark.django_db
def test_a_vintage_that_nothing_proves_gives_no_year(histoire):
    histoire.load(2021, counted({"34142": 7477, "34172": 295_542}))

    assert annees(2021) == {None}
    assert Population.objects.get(commune="34142").quand == "millésime 2021"


@pytest.mark.django_db
def test_mayotte_and_the_collectivites_are_counted_apart(histoire):
    histoire.load(2021, counted({**OF_2019, "97611": 71_437, "97502": 5394, "98818": 94_285}))

    for code in ("97611", "97502", "98818"):
        assert Population.objects.get(commune=code).annee is None
    assert Population.objects.get(commune="34172").annee == 2019


@pytest.mark.django_db
def test_a_corrected_vintage_corrects_its_figures_and_their_year_and_says_so(histoire):
    histoire.load(2022, counted({**OF_2019, "34142": 7477}))
    both = {**OF_2019, **OF_2020, "34142": 7382}
    histoire.load(2023, counted(both))
    assert annees(2023) == {None}, "two years at once prove neither"
    corrected = {code: figure + (code in OF_2019) for code, figure in both.items()}
    dry = histoire.write(2023, counted(corrected))

    shown = import_cog(dry, 2023)
    assert "populations nouvelles ou corrigées : 7" in shown
    assert "34142 Ville 34142 : 7382 → 7382 en 2020" in shown
    assert annees(2023) == {None}, "nothing is written without --appliquer"
    import_cog(dry, 2023, "--appliquer")
    assert annees(2023) == {2020}
    assert annees(2022) == {2019}
    assert import_cog(dry, 2023).splitlines()[-1] == "0 changement"


@pytest.mark.django_db
def test_a_commune_has_one_population_a_vintage():
    lodeve = factories.commune("34142", populations={2021: 7477})
    twin = Population(commune=lodeve, millesime=2021, valeur=7478)
    with pytest.raises(ValidationError, match="a déjà une population dans ce millésime"):
        twin.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()


@pytest.mark.django_db
@pytest.mark.parametrize(("annee", "refused"), [(2020, False), (2021, True), (2022, True)])
def test_a_population_is_counted_before_the_vintage_that_gives_it(annee, refused):
    lodeve = factories.commune("34142", populations={})
    row = Population(commune=lodeve, millesime=2021, annee=annee, valeur=7477)
    if not refused:
        row.full_clean()
        return
    with pytest.raises(ValidationError, match="comptée avant le millésime"):
        row.full_clean()


class TestOneRule(TestCase):
    """The rule that chooses rows and the one that is told of a commune are one."""

    @settings(max_examples=40, deadline=None)
    @given(
        histories=st.lists(
            st.dictionaries(st.integers(2019, 2027), st.integers(0, 10**7), max_size=6),
            min_size=1,
            max_size=3,
        ),
        year=st.integers(2017, 2029),
        eve=st.booleans(),
    )
    def test_the_population_in_use_is_one(self, histories, year, eve):
        jour = day(f"{year}-12-31" if eve else f"{year}-01-01")
        Commune.objects.all().delete()
        towns = [
            factories.commune(f"34{rank:03}", populations=figures)
            for rank, figures in enumerate(histories)
        ]
        told = {row.commune_id: row.valeur for row in Population.objects.en_usage(jour)}
        for town, figures in zip(towns, histories, strict=True):
            past = [millesime for millesime in figures if millesime <= year]
            expected = figures[max(past)] if past else None
            assert told.get(town.pk) == expected


@pytest.mark.django_db
def test_the_migration_makes_a_row_of_each_figure_and_back(gabarits):
    before = [("communes", "0007_codes_et_doublons")]
    after = [("communes", "0010_commune_sans_populations_json")]
    held = {
        **{code: {"2021": figure} for code, figure in OF_2019.items()},
        "34142": {"2021": 7477, "2022": 7382},
        "34106": {},
        "97611": {"2021": 71_437},
    }
    with gabarits.migrated("avenants sans identifiant"):
        apps = migrate(before)
        region = apps.get_model("communes", "Region").objects.create(code="76", nom="Occitanie")
        herault = apps.get_model("communes", "Departement").objects.create(
            code="34", nom="Hérault", region=region
        )
        OldCommune = apps.get_model("communes", "Commune")
        for code, populations in held.items():
            OldCommune.objects.create(
                code_insee=code, nom=code, departement=herault, populations=populations
            )
        migrate(after)
        of_lodeve = Population.objects.filter(commune="34142").order_by("millesime")
        rows = of_lodeve.values_list("millesime", "annee", "valeur")
        assert list(rows) == [(2021, 2019, 7477), (2022, None, 7382)]
        assert not Population.objects.filter(commune="34106").exists()
        assert Population.objects.get(commune="97611").annee is None
        assert Population.objects.count() == 6
        stored = migrate(before).get_model("communes", "Commune").objects
        assert dict(stored.values_list("pk", "populations")) == held
