"""The vintages that come with the project: what they hold, once loaded."""

from datetime import date

import pytest
from django.db.models import F, Sum

from communes.models import (
    AncienCode,
    CodePostal,
    Commune,
    Departement,
    Intercommunalite,
    Labellisation,
    Millesime,
    Population,
    Rattachement,
)
from communes.territoire.decoupage.annees import populations_publiees
from pvd.suivi.chiffres import chiffres
from pvd.suivi.models import Chiffre
from pvd.suivi.situation import communes_de_statut
from tests.livre.conftest import load

pytestmark = pytest.mark.django_db
EARLIEST, LATEST = date(2021, 1, 1), date(2026, 1, 1)


def test_all_vintages_are_loaded_and_said(shipped):
    assert list(Millesime.objects.values_list("annee", flat=True)) == list(range(2021, 2027))
    assert "communes nouvelles : 35 059" in shipped["charger_territoire"]
    assert "Territoire chargé jusqu'au millésime 2026." in shipped["charger_territoire"]


def test_a_second_load_does_nothing_and_says_so_in_one_line(django_assert_num_queries):
    # The loaded years and whether there are postcodes, inside a savepoint.
    with django_assert_num_queries(4):
        assert load("charger_territoire") == (
            "Territoire à jour : le millésime 2026 est déjà chargé.\n"
        )


# What is compared and completed is read at once, and Python does the rest: a database only gives and takes.
@pytest.mark.une_base
def test_a_territory_loaded_without_postcodes_takes_them_and_nothing_else():
    def kept():
        return set(CodePostal.objects.values_list("commune", "code"))

    before, codes = kept(), set(AncienCode.objects.values_list())
    CodePostal.objects.all().delete()
    AncienCode.objects.filter(commune=F("code")).delete()
    Commune.objects.filter(pk="34142").update(siren="")
    assert "Territoire chargé jusqu'au millésime 2026." in load("charger_territoire")
    assert kept() == before
    assert set(AncienCode.objects.values_list()) == codes
    assert Commune.objects.get(pk="34142").siren == "", "what was corrected since stays so"


def test_the_postcodes_are_those_of_la_poste():
    def of(code):
        return list(CodePostal.objects.filter(commune=code).values_list("code", flat=True))

    assert (of("34142"), of("34114"), of("34276")) == (["34700"], ["34150"], ["34270"])
    assert of("34093") == ["34650"], "of a commune that is no more, those that it had"
    assert len(of("75056")) == 21
    assert len(of("49126")) == 2


def test_the_communes_of_a_year_are_as_many_as_insee_counts():
    assert Commune.objects.as_of(EARLIEST).count() == 35_059
    assert Commune.objects.as_of(LATEST).count() == 34_969


def test_every_vanished_commune_has_a_successor():
    vanished = Commune.objects.exclude(fin=None)
    assert vanished.count() == 102
    assert not vanished.filter(successeur=None).exists()


def test_vanished_codes_lead_to_the_commune_of_today():
    for code, today in (("72287", "72155"), ("62461", "62447"), ("13201", "13055")):
        assert Commune.objects.resolve(code, date(2026, 1, 1)).pk == today


@pytest.mark.parametrize("recorded", [("12076", "12218"), ("12076",), ("12218",)])
def test_conques_en_rouergue_is_one_laureate_under_its_two_codes(recorded):
    for code in recorded:
        Labellisation.objects.create(commune_id=code, debut=date(2021, 1, 22))
    aveyron = Departement.objects.get(pk="12")
    for jour, code in ((date(2024, 12, 31), "12076"), (date(2025, 1, 1), "12218")):
        assert [c.pk for c in communes_de_statut(None, aveyron, jour)] == [code]
        assert chiffres(aveyron, jour)[Chiffre.COMMUNES] == 1


def test_corsica_and_communes_without_intercommunalite_are_there():
    assert Commune.objects.get(pk="2A004").departement_id == "2A"
    assert not Rattachement.objects.filter(commune="85113").exists()


def test_an_intercommunalite_bears_the_name_of_its_time():
    haut_languedoc = Intercommunalite.objects.get(pk="200066553")
    assert haut_languedoc.nom_au(LATEST) == "CC du Haut-Languedoc"
    assert "Monts de Lacaune" in haut_languedoc.nom_au(EARLIEST)


def test_a_split_intercommunalite_gives_its_communes_to_the_new_ones():
    of_locmine = Rattachement.objects.filter(commune="56117")
    assert of_locmine.as_of(date(2021, 12, 31)).get().intercommunalite_id == "200067221"
    assert of_locmine.as_of(date(2022, 1, 1)).get().intercommunalite_id == "200096683"


@pytest.mark.parametrize(
    ("millesime", "annee"),
    [(2021, 2019), (2022, 2020), (2023, 2020), (2024, 2022), (2025, 2023), (2026, 2023)],
)
def test_each_vintage_has_the_figures_that_insee_published_of_a_year(millesime, annee):
    of_vintage = Population.objects.filter(millesime=millesime)
    assert set(of_vintage.values_list("annee", flat=True)) == {annee, None}
    published = populations_publiees()[annee]
    assert len(published) >= 3
    rows = of_vintage.filter(commune__in=published, annee=annee)
    assert dict(rows.values_list("commune", "valeur")) == published


@pytest.mark.parametrize(
    ("millesime", "region", "habitants"),
    [
        (2021, "53", 3_354_854),  # Insee Flash Bretagne 80: insee.fr/fr/statistiques/6011939
        (2022, "76", 5_973_969),  # Insee Flash Occitanie 124: insee.fr/fr/statistiques/6679506
        # « Les populations de référence de 2023 »: insee.fr/fr/information/8683652
        (2025, "53", 3_449_370),
        (2025, "27", 2_802_670),
        (2025, "11", 12_463_067),
        (2025, "94", 355_486),
        (2025, "01", 384_160),
        (2025, "02", 360_630),
        (2025, "03", 293_996),
    ],
)
def test_the_communes_of_a_region_add_up_to_what_insee_published(millesime, region, habitants):
    rows = Population.objects.filter(millesime=millesime, commune__departement__region=region)
    assert rows.aggregate(total=Sum("valeur"))["total"] == habitants


def test_mayotte_and_the_collectivites_have_figures_of_no_known_year():
    a_part = Population.objects.filter(annee=None)
    departements = set(a_part.values_list("commune__departement", flat=True))
    assert departements == {"975", "976", "977", "978", "986", "987", "988"}


def test_memberships_of_a_commune_never_overlap():
    for rattachement in Rattachement.objects.filter(fin__isnull=False):
        siblings = Rattachement.objects.filter(commune=rattachement.commune_id)
        assert not siblings.overlapping(rattachement).exists()
