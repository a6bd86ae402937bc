"""The guided actions of what is measured: a reading, a target, of an action, a commune, an ORT."""

import pytest
from django.urls import reverse

from projects.indicateurs import coherence
from projects.indicateurs.models import Cible, Releve
from tests import factories
from tests.factories import day
from tests.pvd.bureau.test_gestes import do, refusal
from tests.pvd.bureau.test_gestes_projet import preview, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
RELEVER, CIBLE = "action-relever-un-indicateur", "action-fixer-une-cible"


@pytest.fixture
def lodeve():
    return factories.commune("34142", epci="new", nom="Lodève")


@pytest.fixture
def ort(lodeve):
    return factories.convention("2021-07-16", [lodeve], intitule="ORT de Lodève")


@pytest.fixture
def place(lodeve, ort):
    return factories.action([lodeve], ort, intitule="Façades")


@pytest.fixture
def facades():
    return factories.indicateur()


def read(mesure, valeur="12 façades", date="01/06/2024", **fields):
    return {"indicateur": mesure.pk, "valeur": valeur, "date": date, "etat": "connue"} | fields


def test_a_reading_then_another_and_what_changed(agent_34, place, facades):
    first = preview(agent_34, RELEVER, place, **read(facades))
    assert "12 façades, le 1er juin 2024" in text_of(first)
    assert "ne se compare à aucun autre relevé" in text_of(first)
    assert not Releve.objects.exists()
    answer = do(agent_34, RELEVER, place, **read(facades))
    assert answer.url == reverse("admin:projects_action_page", args=[place.pk])
    second = read(facades, "27", "01/06/2025", publie_le="01/07/2025")
    assert "+15 façades depuis le 1er juin 2024" in text_of(
        preview(agent_34, RELEVER, place, **second)
    )
    do(agent_34, RELEVER, place, **second)
    last = Releve.objects.get(jour=day("2025-06-01"))
    assert (last.valeur, last.publie_le) == (27, day("2025-07-01"))
    assert {said.champ for said in last.affirmations.all()} == {"jour", "publie_le"}
    assert last.history.get().history_change_reason == "Indicateur relevé"


@pytest.mark.parametrize("other", [{"serie": "comptage"}, {"rupture": "on"}])
def test_a_break_and_another_series_are_told(agent_34, place, facades, other):
    factories.releve(place, 12, "2024-01-01")
    shown = preview(agent_34, RELEVER, place, **read(facades, **other))
    assert "ne se compare à aucun autre relevé" in text_of(shown)


def test_an_older_reading_is_told_to_be_one(agent_34, place, facades):
    factories.releve(place, 12, "2025-01-01")
    shown = preview(agent_34, RELEVER, place, **read(facades))
    assert "Un relevé plus récent est déjà connu" in text_of(shown)


@pytest.mark.parametrize("etat", ["secret", "non_disponible"])
def test_a_secret_is_noted_without_a_value(agent_34, place, facades, etat):
    assert "effacez-la" in refusal(agent_34, RELEVER, place, **read(facades, etat=etat))
    do(agent_34, RELEVER, place, **read(facades, "", etat=etat))
    assert (Releve.objects.get().etat, Releve.objects.get().valeur) == (etat, None)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"valeur": ""}, "Écrivez la valeur"),
        ({"valeur": "-1"}, coherence.NEGATIVE),
        ({"valeur": "1,5"}, coherence.ENTIERE),
        ({"indicateur": ""}, "obligatoire"),
        ({"date": factories.typed_tomorrow}, "Cette date est à venir"),
        ({"publie_le": "31/05/2024"}, "n'est pas publié avant"),
    ],
)
def test_what_cannot_be_is_refused(agent_34, place, facades, fields, told):
    assert told in refusal(agent_34, RELEVER, place, **read(facades) | factories.asked_now(fields))


def test_two_readings_of_one_day_are_refused(agent_34, place, facades):
    factories.releve(place, 12, "2024-06-01")
    assert coherence.DEUX_RELEVES in refusal(agent_34, RELEVER, place, **read(facades))


def test_a_share_of_one_or_less_is_asked(agent_34, place):
    part = factories.indicateur("part", unite="%")
    told = "Écrivez 80 % ou 0,8 %."
    assert told in refusal(agent_34, RELEVER, place, **read(part, "0,8"))
    reference = {"reference_valeur": "0,8", "reference_jour": "01/01/2023"}
    assert told in refusal(agent_34, CIBLE, place, **aimed(part, "80", **reference))
    assert coherence.AU_DELA_DE_CENT in refusal(agent_34, RELEVER, place, **read(part, "101"))
    do(agent_34, RELEVER, place, **read(part, "0,8 %"))
    do(agent_34, RELEVER, place, **read(part, "80 %", "01/06/2025"))
    assert [float(r.valeur) for r in Releve.objects.order_by("jour")] == [0.8, 80]


@pytest.mark.parametrize("typed", ["12 logements", "62 %", "12 €"])
def test_a_value_in_another_unit_is_refused(agent_34, place, facades, typed):
    told = refusal(agent_34, RELEVER, place, **read(facades, typed))
    assert "L'unité de cet indicateur est « façades »" in told
    assert not Releve.objects.exists()


def test_a_commune_and_an_ort_are_measured_on_their_own_perimeter(agent_34, lodeve, ort, facades):
    whole = factories.indicateur("ort", perimetre="ort", unite="logements")
    time = factories.labellisation(lodeve)
    answer = do(agent_34, "commune-relever-un-indicateur", time, **read(facades))
    assert answer.url == reverse("admin:communes_commune_page", args=["34142"])
    do(agent_34, "ort-relever-un-indicateur", ort, **read(whole, "3 logements"))
    assert {(r.commune_id, r.convention_id) for r in Releve.objects.all()} == {
        ("34142", None),
        (None, ort.pk),
    }
    for slug, record, mesure in (
        ("commune-relever-un-indicateur", time, whole),
        ("ort-relever-un-indicateur", ort, facades),
    ):
        assert "choix" in refusal(agent_34, slug, record, **read(mesure)).casefold()


def test_a_sector_is_one_of_the_record(agent_34, ort, lodeve):
    there = ort.secteurs.create(commune=lodeve, nom="Centre")
    local = factories.indicateur("secteur", perimetre="secteur")
    told = refusal(agent_34, "ort-relever-un-indicateur", ort, **read(local))
    assert coherence.SECTEUR_VOULU in told
    do(agent_34, "ort-relever-un-indicateur", ort, **read(local, secteur=there.pk))
    assert Releve.objects.get().secteur == there


def aimed(mesure, valeur="40", **fields):
    return {"indicateur": mesure.pk, "valeur": valeur, "date": "01/01/2024"} | fields


def test_a_target_is_set_then_another_and_both_are_kept(agent_34, place, facades):
    fields = {"reference_valeur": "0", "reference_jour": "01/01/2024"}
    do(agent_34, CIBLE, place, **aimed(facades, echeance_prevue="31/12/2027", **fields))
    shown = preview(agent_34, CIBLE, place, **aimed(facades, "50", date="01/01/2025"))
    assert "50 façades, au lieu de 40 façades." in text_of(shown)
    do(agent_34, CIBLE, place, **aimed(facades, "50", date="01/01/2025"))
    assert [int(c.valeur) for c in Cible.objects.order_by("fixee_le")] == [40, 50]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"echeance_prevue": "01/01/2024"}, coherence.CIBLE_AVANT),
        (
            {"reference_valeur": "0", "reference_jour": "02/01/2024"},
            coherence.REFERENCE_APRES,
        ),
        ({"reference_valeur": "3"}, "Une référence a une valeur et un jour"),
        ({"valeur": ""}, "obligatoire"),
        ({"valeur": "-1"}, coherence.NEGATIVE),
    ],
)
def test_a_target_that_cannot_be_is_refused(agent_34, place, facades, fields, told):
    assert told in refusal(agent_34, CIBLE, place, **aimed(facades) | fields)


def test_a_local_indicator_of_another_departement_is_not_offered(agent_34, place):
    tarn = factories.indicateur("tarn", departement=factories.departement("81"))
    assert "choix" in refusal(agent_34, RELEVER, place, **read(tarn)).casefold()


def test_a_geste_is_undone(agent_34, place, facades):
    do(agent_34, RELEVER, place, **read(facades))
    version = Releve.history.get()
    url = reverse("admin:acte_annuler", args=["projects.releve", version.history_id])
    answer = agent_34.post(url, {"post": "yes", "motif": "faux"})
    assert answer.status_code == 302
    assert not Releve.objects.exists()
