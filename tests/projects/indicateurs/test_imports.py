"""Indicators, targets and readings brought in by agents: what comes, what is refused, who may."""

import pytest

from projects.indicateurs import coherence
from projects.indicateurs.models import Cible, Indicateur, Releve
from tests import factories
from tests.factories import day
from tests.fichiers import changes, exported, imported, motives, outcome, previewed

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
INDICATEURS, RELEVES, CIBLES = "projects_indicateur", "projects_releve", "projects_cible"
HEADER = "indicateur,action_identifiant,ort_identifiant,code_insee,jour,valeur"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def ort():
    """The ORT of Lacaune, kept by the Hérault: it covers a commune of each département."""
    towns = [factories.commune(code, epci="new") for code in ("34293", "81124")]
    return factories.convention("2022-07-28", towns, identifiant="ort-a")


@pytest.fixture
def measured(ort):
    factories.action([factories.commune("34293")], ort, identifiant="a-1")
    factories.indicateur("ort", perimetre="ort")
    factories.indicateur("part", unite="%")
    factories.indicateur("ouvert", unite="oui/non")
    return factories.indicateur("facades")


def rows(header, *lines):
    return "\n".join([header, *lines, ""])


def refused(browser, line, header=HEADER, page=RELEVES, sorte="releves"):
    """Return why the only row of a file is refused."""
    told = motives(previewed(browser, page, sorte, rows(header, line)))
    assert set(told) == {2}
    return told[2]


def test_readings_come_one_a_row_of_an_action_an_ort_or_a_commune(agent_34, measured):
    lines = (
        "facades,a-1,,,01/03/2025,12 façades",
        "ort,,ort-a,,01/03/2025,3",
        'part,,,34293,01/03/2025,"62,5 %"',
        "ouvert,,,34293,01/03/2025,oui",
    )
    imported(agent_34, RELEVES, "releves", rows(HEADER, *lines))
    found = {r.indicateur.identifiant: r for r in Releve.objects.all()}
    assert {name: float(r.valeur) for name, r in found.items()} == {
        "facades": 12,
        "ort": 3,
        "part": 62.5,
        "ouvert": 1,
    }
    assert found["facades"].action.identifiant == "a-1"
    assert found["ort"].convention.identifiant == "ort-a"
    assert found["part"].commune_id == "34293"
    assert found["part"].affirmations.get().champ == "jour"


def test_the_same_file_twice_changes_nothing_and_a_correction_one_row(agent_34, measured):
    text = rows(HEADER, "facades,a-1,,,01/03/2025,12", "facades,,,34293,01/03/2025,7")
    imported(agent_34, RELEVES, "releves", text)
    assert set(outcome(previewed(agent_34, RELEVES, "releves", text)).values()) == {"inchangée"}
    again = previewed(agent_34, RELEVES, "releves", text.replace("2025,12", "2025,13"))
    assert outcome(again) == {2: "modifiée", 3: "inchangée"}
    assert changes(again)["valeur"] == ("12", "13")


def test_a_file_has_the_columns_of_its_own_objects_alone(agent_34, measured):
    for header, line in (
        ("indicateur,action_identifiant,jour,valeur", "facades,a-1,01/03/2025,12"),
        ("indicateur,ort_identifiant,jour,valeur", "ort,ort-a,01/03/2025,3"),
        ("indicateur,code_insee,jour,valeur", "facades,34293,01/03/2025,7"),
    ):
        imported(agent_34, RELEVES, "releves", rows(header, line))
        again = previewed(agent_34, RELEVES, "releves", rows(header, line))
        assert outcome(again) == {2: "inchangée"}
    assert Releve.objects.count() == 3


def test_a_series_is_another_reading_of_the_same_day(agent_34, measured):
    imported(agent_34, RELEVES, "releves", rows(HEADER, "facades,a-1,,,01/03/2025,12"))
    text = rows(f"{HEADER},serie", "facades,a-1,,,01/03/2025,14,comptage")
    imported(agent_34, RELEVES, "releves", text)
    assert [(r.serie, int(r.valeur)) for r in Releve.objects.order_by("serie")] == [
        ("", 12),
        ("comptage", 14),
    ]


@pytest.mark.parametrize("etat", ["secret", "non_disponible", "Secret statistique"])
def test_a_secret_is_no_zero(agent_34, measured, etat):
    text = rows(f"{HEADER},etat", f"facades,a-1,,,01/03/2025,,{etat}")
    imported(agent_34, RELEVES, "releves", text)
    assert Releve.objects.get().valeur is None


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('part,,,34293,01/03/2025,"0,8"', "écrivez 80 % ou 0,8 %"),
        ("part,,,34293,01/03/2025,101", coherence.AU_DELA_DE_CENT),
        ("facades,a-1,,,01/03/2025,12 logements", "est « façades », et non « logements »"),
        ("facades,a-1,,,01/01/2099,12", coherence.PLUS_TARD),
        ('facades,a-1,,,01/03/2025,"1,5"', coherence.ENTIERE),
        ("facades,a-1,,,01/03/2025,", "ou dit qu'elle est secrète"),
        ("facades,,,,01/03/2025,12", "Dites de quoi"),
        ("facades,a-1,,34293,01/03/2025,12", "Dites de quoi"),
        ("ort,,,34293,01/03/2025,12", coherence.PAR_ORT),
        ("inconnu,a-1,,,01/03/2025,12", "inconnu du référentiel"),
        ("facades,,,81124,01/03/2025,12", "hors de vos départements"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do(agent_34, measured, line, told):
    assert told in refused(agent_34, line)
    assert not Releve.objects.exists()


def test_less_than_one_percent_is_said(agent_34, measured):
    imported(agent_34, RELEVES, "releves", rows(HEADER, 'part,,,34293,01/03/2025,"0,8 %"'))
    assert float(Releve.objects.get().valeur) == 0.8


def test_two_readings_of_one_day_are_refused(agent_34, measured):
    text = rows(HEADER, "facades,a-1,,,01/03/2025,12", "facades,a-1,,,01/03/2025,13")
    assert "ligne 2 parle déjà" in motives(previewed(agent_34, RELEVES, "releves", text))[3]


def test_a_target_is_set_between_its_reference_and_its_end(agent_34, measured):
    header = (
        "indicateur,action_identifiant,ort_identifiant,code_insee,fixee_le,valeur,echeance_prevue,"
        "reference_valeur,reference_jour"
    )
    line = "facades,a-1,,,15/01/2025,40,31/12/2024,0,01/01/2025"
    assert coherence.CIBLE_AVANT in refused(agent_34, line, header, CIBLES, "cibles")
    late = line.replace("31/12/2024", "31/12/2027").replace("01/01/2025", "16/01/2025")
    assert coherence.REFERENCE_APRES in refused(agent_34, late, header, CIBLES, "cibles")
    imported(agent_34, CIBLES, "cibles", rows(header, line.replace("2024", "2027")))
    assert Cible.objects.get().echeance_prevue == day("2027-12-31")


LOCAL = "indicateur,libelle,unite,definition,perimetre,sens,code_departement"


def test_an_agent_makes_the_indicators_of_its_departement_alone(agent_34, measured):
    ours = rows(LOCAL, "arbres,Arbres,locaux,Ce qui est compté,commune,hausse,34")
    imported(agent_34, INDICATEURS, "indicateurs", ours)
    assert Indicateur.objects.get(identifiant="arbres").departement_id == "34"
    for code, told in (("81", "hors de vos départements"), ("", "niveau national")):
        line = f"places,Places,locaux,Ce qui est compté,commune,hausse,{code}"
        assert told in refused(agent_34, line, LOCAL, INDICATEURS, "indicateurs")
    changed = "facades,Autre,façades,Ce qui est compté,commune,hausse,"
    assert "hors de vos départements" in refused(
        agent_34, changed, LOCAL, INDICATEURS, "indicateurs"
    )


def test_an_indicator_without_unit_is_refused(agent_34, measured):
    line = "arbres,Arbres,,Ce qui est compté,commune,hausse,34"
    assert "unite" in refused(agent_34, line, LOCAL, INDICATEURS, "indicateurs")


def test_what_is_exported_comes_back_unchanged(agent_34, measured, ort):
    town = factories.commune("34293")
    part = Indicateur.objects.get(identifiant="part")
    there = ort.secteurs.create(commune=town, nom="Centre")
    local = factories.indicateur("secteur", perimetre="secteur")
    factories.indicateur("arbres", departement=factories.departement("34"))
    factories.releve(town, 1, "2025-01-01", mesure=part, rupture=True)
    factories.releve(town, "secret", "2025-01-01", mesure=measured, serie="LOVAC 2026")
    factories.releve(town, 4, "2025-02-01", mesure=local, secteur=there, publie_le="2025-06-01")
    factories.releve(ort, 4, "2025-02-01", mesure=local, secteur=there, serie="b")
    factories.releve(ort.actions.get(), 4, "2025-01-01", mesure=measured, precision="annee")
    factories.cible(
        ort.actions.get(), 40, "2025-01-01", mesure=measured, reference=(0, "2024-01-01")
    )
    for page, sorte, count in ((RELEVES, "releves", 5), (CIBLES, "cibles", 1)):
        out = exported(agent_34, page, sorte)
        assert len(out) == count
        text = rows(
            ",".join(out[0]), *(",".join(f'"{cell}"' for cell in line.values()) for line in out)
        )
        back = previewed(agent_34, page, sorte, text, connaissance="")
        assert motives(back) == {}
        assert set(outcome(back).values()) == {"inchangée"}
    out = exported(agent_34, INDICATEURS, "indicateurs")
    assert {line["indicateur"] for line in out} >= {"facades", "arbres"}
