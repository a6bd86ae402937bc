"""What `import_cog` shows, and what it refuses, in French, without writing anything."""

import pytest
from django.core.management import CommandError, call_command

from communes.models import Commune, Millesime, Region
from communes.territoire.decoupage import ecriture
from tests.communes.territoire.decoupage_factory import (
    LODEVOIS,
    Histoire,
    commune,
    deleguee,
    epci,
    import_cog,
)

pytestmark = pytest.mark.django_db

LODEVE = commune("34142", "Lodève")
FOZIERES = commune("34106", "Fozières")


@pytest.fixture
def histoire(tmp_path):
    return Histoire(tmp_path)


def test_nothing_is_written_without_appliquer(histoire):
    output = import_cog(histoire.write(2021, [LODEVE]), 2021)

    assert "communes nouvelles : 1" in output
    assert "34142 Lodève" in output
    assert "Rien n'est écrit" in output
    assert not Commune.objects.exists()
    assert not Millesime.objects.exists()


def test_the_second_run_says_0_changement(histoire):
    epcis = [epci(LODEVOIS, "CC Lodévois", "34142")]
    histoire.load(2021, [LODEVE, FOZIERES], epcis)
    communes = [{**LODEVE, "nom": "Lodève-la-Belle"}, deleguee("34106", "Fozières", "34142")]
    first = histoire.load(2022, communes, epcis)
    second = histoire.load(2022, communes, epcis)

    assert "Les changements sont écrits." in first
    assert second.splitlines() == ["Millésime 2022 comparé à la base :", "0 changement"]


def test_the_folder_may_be_the_root_of_the_package(histoire):
    histoire.write("package/data", [LODEVE])

    assert "communes nouvelles : 1" in import_cog(histoire.folder / "package", 2021)


def test_long_details_are_cut_unless_asked_for(histoire):
    folder = histoire.write(2021, [commune(f"34{n:03}", f"Ville {n}") for n in range(1, 13)])

    assert "  … et 2 autres" in import_cog(folder, 2021)
    assert "34012 Ville 12" not in import_cog(folder, 2021)
    assert "34012 Ville 12" in import_cog(folder, 2021, "--tout")


def test_a_failure_while_writing_leaves_nothing_written(histoire, monkeypatch):
    monkeypatch.setattr(ecriture, "code_values", lambda fiche: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        histoire.load(2021, [LODEVE, deleguee("34106", "Fozières", "34142")])

    assert not Region.objects.exists()
    assert not Commune.objects.exists()
    assert not Millesime.objects.exists()


def test_a_small_file_is_taken_for_a_truncated_one(histoire):
    folder = histoire.write(2021, [LODEVE])
    message = "communes.json : 1 communes actuelles, au moins 30000 attendues. Fichier tronqué ?"
    with pytest.raises(CommandError, match=message):
        call_command("import_cog", folder, annee=2021)


def test_an_older_year_is_refused(histoire):
    histoire.load(2022, [LODEVE])
    with pytest.raises(CommandError, match="2021 est antérieur au dernier chargé, 2022"):
        histoire.load(2021, [LODEVE])


@pytest.mark.parametrize("annee", [22, 2999])
def test_a_year_that_cannot_be_is_refused(histoire, annee):
    with pytest.raises(CommandError, match=f"Année {annee} : une année de 1943 à"):
        histoire.load(annee, [LODEVE])


def test_a_correction_that_would_remove_a_commune_is_refused(histoire):
    histoire.load(2021, [LODEVE])
    histoire.load(2022, [LODEVE, FOZIERES])
    with pytest.raises(CommandError, match=r"34106 \(Fozières\) a été créé par ce même millésime"):
        histoire.load(2022, [LODEVE])


def test_a_missing_file_is_named(histoire):
    folder = histoire.write(2021, [LODEVE])
    (folder / "epci.json").unlink()
    with pytest.raises(CommandError, match="epci.json : fichier introuvable"):
        import_cog(folder, 2021)


def test_a_file_cut_in_half_is_named(histoire):
    folder = histoire.write(2021, [LODEVE, FOZIERES])
    content = (folder / "communes.json").read_bytes()
    (folder / "communes.json").write_bytes(content[: len(content) // 2])
    with pytest.raises(CommandError, match="communes.json : le JSON est illisible"):
        import_cog(folder, 2021, "--appliquer")
    assert not Commune.objects.exists()


BAD_COMMUNES = [
    ([LODEVE, LODEVE], "communes.json, ligne 34142 : « 34142 » est en double"),
    ([{**LODEVE, "type": "hameau"}], "ligne 34142 : « type » vaut « hameau », valeur inconnue"),
    ([{**LODEVE, "departement": "99"}], "ligne 34142 : « departement » vaut « 99 »"),
    ([{**LODEVE, "code": "3414"}], "communes.json : « code » vaut « 3414 », un code valable"),
    ([{**LODEVE, "code": 34142}], "communes.json : « code » vaut « 34142 », un code valable"),
    ([{**LODEVE, "nom": ""}], "ligne 34142 : « nom » vaut «  », un texte de 200 caractères"),
    ([{**LODEVE, "nom": "L" * 201}], "« nom » vaut « L{60}… », un texte de 200 caractères"),
    ([{**LODEVE, "population": -1}], "ligne 34142 : « population » vaut « -1 »"),
    ([{**LODEVE, "population": "7 477"}], "ligne 34142 : « population » vaut « 7 477 »"),
    ([{**LODEVE, "anciensCodes": ["x"]}], "ligne 34142 : l'ancien code « x »"),
    ([{**LODEVE, "anciensCodes": "34"}], "ligne 34142 : « anciensCodes » vaut « 34 », une liste"),
    ([LODEVE, deleguee("34106", "F", "34999")], "ligne 34106 : « chefLieu » vaut « 34999 »"),
    (["Lodève"], "communes.json : « Lodève » n'est pas une fiche"),
]


@pytest.mark.parametrize(("communes", "message"), BAD_COMMUNES)
def test_a_bad_commune_is_named_with_its_value(histoire, communes, message):
    with pytest.raises(CommandError, match=message):
        histoire.load(2021, communes)


BAD_EPCI = [
    ([epci("12", "CC")], "epci.json : « code » vaut « 12 », un code valable"),
    ([epci(LODEVOIS, "CC", type="SIVOM")], f"ligne {LODEVOIS} : « type » vaut « SIVOM »"),
    (
        [epci(LODEVOIS, "CC", "34999")],
        f"ligne {LODEVOIS} : la commune membre « 34999 » est inconnue de communes.json",
    ),
    ([epci(LODEVOIS, "CC", "34142", "34142")], f"ligne {LODEVOIS} : « 34142 » est en double"),
    ([epci(LODEVOIS, "CC"), epci(LODEVOIS, "CC")], f"« {LODEVOIS} » est en double"),
    ([{**epci(LODEVOIS, "CC"), "membres": [34142]}], "« membres » contient « 34142 »"),
    ([{**epci(LODEVOIS, "CC"), "membres": [{"code": "34142", "siren": "1"}]}], "le SIREN « 1 »"),
]


@pytest.mark.parametrize(("epcis", "message"), BAD_EPCI)
def test_a_bad_intercommunalite_is_named_with_its_value(histoire, epcis, message):
    with pytest.raises(CommandError, match=message):
        histoire.load(2021, [LODEVE], epcis)


def test_a_file_that_is_not_a_list_is_named(histoire):
    with pytest.raises(CommandError, match="regions.json : une liste est attendue"):
        histoire.load(2021, [LODEVE], regions={"code": "76"})


def test_a_departement_of_no_known_region_is_named(histoire):
    departements = [{"code": "34", "nom": "Hérault", "region": "77"}]
    with pytest.raises(CommandError, match="departements.json, ligne 34 : « region » vaut « 77 »"):
        histoire.load(2021, [LODEVE], departements=departements)
