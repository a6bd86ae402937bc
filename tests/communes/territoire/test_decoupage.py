"""What the vintages of the découpage, loaded one after another, make of the territory."""

from datetime import date

import pytest
from django.core.management.base import CommandError

from communes.models import (
    AncienCode,
    CodePostal,
    Commune,
    Departement,
    Intercommunalite,
    Population,
    Rattachement,
)
from tests.communes.territoire.decoupage_factory import (
    CLERMONTAIS,
    LODEVOIS,
    Histoire,
    commune,
    deleguee,
    epci,
)

pytestmark = pytest.mark.django_db

LODEVE = commune("34142", "Lodève", population=7477)
FOZIERES = commune("34106", "Fozières", population=200)
EVE = date(2021, 12, 31)
NEW_YEAR = date(2022, 1, 1)


@pytest.fixture
def histoire(tmp_path):
    return Histoire(tmp_path)


def intercommunalite_on(code, jour):
    rattachement = Rattachement.objects.as_of(jour).filter(commune=code).first()
    return rattachement and rattachement.intercommunalite_id


def test_the_earliest_vintage_is_true_since_always(histoire):
    histoire.load(2021, [LODEVE], [epci(LODEVOIS, "CC Lodévois et Larzac", "34142")])

    lodeve = Commune.objects.as_of(date(1900, 1, 1)).get()
    assert (lodeve.debut, lodeve.fin) == (None, None)
    assert (lodeve.siren, lodeve.departement_id) == ("213414200", "34")
    assert intercommunalite_on("34142", date(1900, 1, 1)) == LODEVOIS


def test_a_commune_may_have_no_intercommunalite(histoire):
    histoire.load(2021, [LODEVE, FOZIERES], [epci(LODEVOIS, "CC Lodévois", "34142")])

    assert intercommunalite_on("34106", NEW_YEAR) is None


def test_a_merged_commune_ends_on_1_january_and_its_deleguee_code_tells_its_successor(histoire):
    lodevois = "CC Lodévois et Larzac"
    histoire.load(2021, [LODEVE, FOZIERES], [epci(LODEVOIS, lodevois, "34142", "34106")])
    output = histoire.load(
        2022,
        [LODEVE, deleguee("34106", "Fozières", "34142")],
        [epci(LODEVOIS, lodevois, "34142")],
    )

    assert "34106 Fozières → 34142 Lodève" in output
    assert Commune.objects.as_of(EVE).filter(pk="34106").exists()
    assert not Commune.objects.as_of(NEW_YEAR).filter(pk="34106").exists()
    assert intercommunalite_on("34106", EVE) == LODEVOIS
    assert intercommunalite_on("34106", NEW_YEAR) is None
    assert Commune.objects.resolve("34106", NEW_YEAR).pk == "34142"


def test_without_a_deleguee_the_successor_is_the_commune_that_bears_the_former_code(histoire):
    histoire.load(2021, [LODEVE, FOZIERES])
    histoire.load(2022, [{**LODEVE, "anciensCodes": ["34106"]}])

    assert Commune.objects.get(pk="34106").successeur_id == "34142"
    assert AncienCode.objects.get(pk="34106").nom == "Fozières"


def test_a_commune_that_vanishes_without_trace_is_said_so(histoire):
    histoire.load(2021, [LODEVE, FOZIERES])
    output = histoire.load(2022, [LODEVE])

    assert "34106 Fozières → successeur inconnu" in output
    assert Commune.objects.get(pk="34106").fin == NEW_YEAR


def test_a_new_commune_begins_on_1_january(histoire):
    histoire.load(2021, [LODEVE])
    output = histoire.load(2022, [LODEVE, FOZIERES], [epci(LODEVOIS, "CC Lodévois", "34106")])

    assert "34106 Fozières" in output
    assert not Commune.objects.as_of(EVE).filter(pk="34106").exists()
    assert Commune.objects.as_of(NEW_YEAR).filter(pk="34106").exists()
    assert Rattachement.objects.get(commune="34106").debut == NEW_YEAR


def test_each_name_holds_until_the_next_and_all_are_found_by_a_search(histoire):
    histoire.load(2021, [FOZIERES])
    histoire.load(2022, [{**FOZIERES, "nom": "Fozières-le-Haut"}])
    histoire.load(2023, [{**FOZIERES, "nom": "Saint-Fozières"}])

    fozieres = Commune.objects.get()
    assert fozieres.nom == "Saint-Fozières"
    assert fozieres.nom_au(EVE) == "Fozières"
    assert fozieres.nom_au(NEW_YEAR) == "Fozières-le-Haut"
    assert fozieres.nom_au(date(2023, 1, 1)) == "Saint-Fozières"
    assert list(fozieres.anciens_noms.order_by("fin").values_list("debut", "fin")) == [
        (None, NEW_YEAR),
        (NEW_YEAR, date(2023, 1, 1)),
    ]
    assert Commune.objects.search("fozieres le haut").exists()
    assert Commune.objects.search("St Fozières").exists()


def test_an_intercommunalite_is_renamed_and_changes_its_nature(histoire):
    histoire.load(2021, [LODEVE], [epci(LODEVOIS, "CC Lodévois", "34142")])
    histoire.load(2022, [LODEVE], [epci(LODEVOIS, "CA Lodévois et Larzac", "34142", type="CA")])

    lodevois = Intercommunalite.objects.get()
    assert lodevois.nature == "CA"
    assert lodevois.nom_au(EVE) == "CC Lodévois"
    assert lodevois.nom_au(NEW_YEAR) == "CA Lodévois et Larzac"


def test_a_commune_that_changes_intercommunalite_closes_a_row_and_opens_one(histoire):
    before = [epci(LODEVOIS, "CC Lodévois", "34142", "34106"), epci(CLERMONTAIS, "CC Clermontais")]
    after = [epci(LODEVOIS, "CC Lodévois", "34142"), epci(CLERMONTAIS, "CC Clermontais", "34106")]
    histoire.load(2021, [LODEVE, FOZIERES], before)
    row = Rattachement.objects.get(commune="34106")
    output = histoire.load(2022, [LODEVE, FOZIERES], after)

    assert "34106 Fozières : CC Lodévois → CC Clermontais" in output
    assert intercommunalite_on("34106", EVE) == LODEVOIS
    assert intercommunalite_on("34106", NEW_YEAR) == CLERMONTAIS
    row.refresh_from_db()
    assert row.fin == NEW_YEAR


def test_an_intercommunalite_ends_with_its_memberships(histoire):
    histoire.load(2021, [LODEVE], [epci(LODEVOIS, "CC Lodévois", "34142")])
    output = histoire.load(2022, [LODEVE], [epci(CLERMONTAIS, "CC Clermontais", "34142")])

    assert "intercommunalités nouvelles : 1" in output
    assert "intercommunalités disparues : 1" in output
    assert [e.pk for e in Intercommunalite.objects.as_of(EVE)] == [LODEVOIS]
    assert [e.pk for e in Intercommunalite.objects.as_of(NEW_YEAR)] == [CLERMONTAIS]
    assert Intercommunalite.objects.get(pk=CLERMONTAIS).debut == NEW_YEAR


def test_populations_are_kept_by_vintage(histoire):
    histoire.load(2021, [LODEVE])
    histoire.load(2022, [{**LODEVE, "population": 7382}])
    histoire.load(2023, [commune("34142", "Lodève", population=None)])

    kept = Population.objects.order_by("millesime").values_list("commune", "millesime", "valeur")
    assert list(kept) == [("34142", 2021, 7477), ("34142", 2022, 7382)]


def test_codes_that_lead_to_a_commune_are_kept_after_they_disappear(histoire):
    associee = deleguee("34106", "Fozières", "34142", type="commune-associee")
    histoire.load(2021, [{**LODEVE, "anciensCodes": ["34900"]}, associee])
    histoire.load(2022, [LODEVE])

    assert Commune.objects.resolve("34106", NEW_YEAR).pk == "34142"
    assert Commune.objects.resolve("34900", NEW_YEAR).pk == "34142"


def test_a_deleguee_that_bears_the_code_of_its_commune_adds_no_code(histoire):
    histoire.load(2021, [LODEVE, deleguee("34142", "Lodève", "34142")])

    assert not AncienCode.objects.exists()


def test_a_deleguee_of_another_name_than_its_commune_adds_it_under_the_same_code(histoire):
    histoire.load(2021, [LODEVE, deleguee("34142", "Luteva", "34142")])
    histoire.load(2022, [LODEVE, deleguee("34142", "Luteva", "34142"), FOZIERES])

    assert [str(code) for code in AncienCode.objects.all()] == ["34142 Luteva"]
    assert Commune.objects.search("luteva").get().pk == "34142"
    assert Commune.objects.resolve("34142", NEW_YEAR).nom == "Lodève"


def codes_postaux(code):
    return list(CodePostal.objects.filter(commune=code).values_list("code", flat=True))


def test_the_postcodes_are_those_of_the_last_vintage_that_gives_some(histoire):
    histoire.load(2021, [{**LODEVE, "codesPostaux": ["34702", "34700", "34700"]}, FOZIERES])
    assert codes_postaux("34142") == ["34700", "34702"]
    kept = set(CodePostal.objects.values_list("pk", "code"))

    corrected = [{**LODEVE, "codesPostaux": ["34700"]}, {**FOZIERES, "codesPostaux": ["34700"]}]
    output = histoire.load(2022, corrected)
    assert "34142 Lodève, codes postaux : 34700, 34702 → 34700" in output
    assert "34106 Fozières, codes postaux : (vide) → 34700" in output
    assert (codes_postaux("34142"), codes_postaux("34106")) == (["34700"], ["34700"])
    assert kept & set(CodePostal.objects.values_list("pk", "code")), "rows that stay are kept"

    assert "0 changement" in histoire.load(2022, corrected)
    histoire.load(2023, [LODEVE])
    assert (codes_postaux("34142"), codes_postaux("34106")) == (["34700"], ["34700"])


@pytest.mark.parametrize("wrong", ["3470", "347000", "2A004", "34 70", None, 34700, ["34700"]])
def test_what_is_no_postcode_is_refused(histoire, wrong):
    with pytest.raises(CommandError, match="34142.*n'est pas un code postal"):
        histoire.load(2021, [{**LODEVE, "codesPostaux": [wrong]}])
    assert not Commune.objects.exists()


def test_a_collectivite_doutremer_without_departement_is_one_of_its_own(histoire):
    noumea = commune("98818", "Nouméa", departement=None, siren=None)
    noumea["collectiviteOutremer"] = {"code": "988", "nom": "Nouvelle-Calédonie"}
    histoire.load(2021, [noumea])

    departement = Commune.objects.get().departement
    assert (departement.nom, departement.region_id) == ("Nouvelle-Calédonie", "988")


def test_what_agents_say_of_a_departement_is_left(histoire):
    histoire.load(2021, [LODEVE])
    Departement.objects.filter(pk="34").update(tenue="complete")
    renamed = [{"code": "34", "nom": "Pays d'Hérault", "region": "76"}]
    histoire.load(2022, [LODEVE], departements=renamed)

    herault = Departement.objects.get(pk="34")
    assert (herault.nom, herault.tenue) == ("Pays d'Hérault", "complete")


def test_a_change_known_to_have_come_later_is_left(histoire):
    epcis = [epci(LODEVOIS, "CC Lodévois", "34142"), epci(CLERMONTAIS, "CC Clermontais")]
    histoire.load(2021, [LODEVE], epcis)
    mars = date(2021, 3, 1)
    Rattachement.objects.update(fin=mars)
    Rattachement.objects.create(commune_id="34142", intercommunalite_id=CLERMONTAIS, debut=mars)

    assert "0 changement" in histoire.load(2021, [LODEVE], epcis)
    assert intercommunalite_on("34142", mars) == CLERMONTAIS


def test_a_former_name_without_dates_is_left(histoire):
    histoire.load(2021, [LODEVE])
    Commune.objects.get().anciens_noms.create(nom="Loteva")
    assert "0 changement" in histoire.load(2021, [LODEVE])
    histoire.load(2022, [{**LODEVE, "nom": "Lodève-la-Belle"}])

    noms = Commune.objects.get().anciens_noms.values_list("nom", "debut", "fin")
    assert set(noms) == {("Loteva", None, None), ("Lodève", None, NEW_YEAR)}


def test_the_correction_of_a_vintage_leaves_no_trace_of_its_errors(histoire):
    haut = {**FOZIERES, "nom": "Fozières-le-Haut"}
    lodevois = epci(LODEVOIS, "CC Lodévois", "34142", "34106")
    empty = epci(CLERMONTAIS, "CC Clermontais")
    full = epci(CLERMONTAIS, "CC Clermontais", "34106")
    histoire.load(2021, [LODEVE, FOZIERES], [lodevois, empty])
    rows = list(Rattachement.objects.order_by("pk").values())
    histoire.load(2022, [LODEVE, haut], [epci(LODEVOIS, "CC Lodévois", "34142"), full])
    histoire.load(2022, [haut], [full])
    output = histoire.load(2022, [LODEVE, FOZIERES], [lodevois, empty])

    assert "communes rétablies : 1" in output
    assert "34106 Fozières-le-Haut → Fozières" in output
    assert "34106 Fozières : CC Clermontais → CC Lodévois" in output
    assert list(Rattachement.objects.order_by("pk").values()) == rows
    fozieres = Commune.objects.get(pk="34106")
    assert fozieres.nom_recherche == "fozieres"
    assert not fozieres.anciens_noms.exists()
    assert Commune.objects.get(pk="34142").fin is None


def test_the_correction_of_the_earliest_vintage_stays_true_since_always(histoire):
    histoire.load(2021, [LODEVE, FOZIERES], [epci(LODEVOIS, "CC Lodévois", "34142")])
    histoire.load(2021, [LODEVE, FOZIERES], [epci(LODEVOIS, "CC Lodévois", "34106")])

    rattachement = Rattachement.objects.get()
    assert (rattachement.commune_id, rattachement.debut) == ("34106", None)
