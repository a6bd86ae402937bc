"""What is measured: what cannot be, whose it is, who writes it."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from projects.indicateurs import coherence
from projects.indicateurs.models import Cible, Indicateur, Releve
from projects.indicateurs.models.indicateurs import DEJA_RELEVE
from projects.projet.du_jour import ActionsDatees
from socle.historique import sans_historique, signed_by
from tests import factories
from tests.factories import day

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
TODAY = timezone.localdate
ONE_DAY = datetime.timedelta(days=1)


@pytest.fixture
def lodeve():
    return factories.commune("34142", epci="new")


@pytest.fixture
def ort(lodeve):
    return factories.convention("2021-07-16", [lodeve])


@pytest.fixture
def part():
    return factories.indicateur("taux-de-vacance", unite="%")


def refus(record):
    with pytest.raises(ValidationError) as refused:
        record.full_clean()
    return " ".join(refused.value.messages)


def releve(sujet, valeur, jour="2025-01-01", **fields):
    with sans_historique():
        made = factories.releve(sujet, valeur, jour, **fields)
        made.delete()
    made.pk, made._state.adding = None, True
    return made


def test_an_indicator_has_a_unit():
    bare = Indicateur(identifiant="a", libelle="A", definition="Ce qui est compté", perimetre="ort")
    assert "Choisissez l'unité" in refus(bare)
    with pytest.raises(IntegrityError), transaction.atomic():
        bare.save()


def test_another_unit_makes_another_indicator(lodeve):
    known = factories.indicateur()
    known.unite = "locaux"
    known.full_clean()
    known.refresh_from_db()
    factories.releve(lodeve, 12, "2024-01-01")
    known.unite = "locaux"
    assert DEJA_RELEVE in refus(known)
    known.refresh_from_db()
    known.libelle = "Façades"
    known.full_clean()


@pytest.mark.parametrize(
    ("unite", "valeur", "said"),
    [
        ("%", 100, None),
        ("%", "100.01", coherence.AU_DELA_DE_CENT),
        ("%", "-0.01", coherence.AU_DELA_DE_CENT),
        ("logements", -1, coherence.NEGATIVE),
        ("logements", "1.5", coherence.ENTIERE),
        ("passages/jour", "1.5", None),
        ("€", -1, None),
        ("oui/non", 1, None),
        ("oui/non", 0, None),
        ("oui/non", 2, coherence.OUI_OU_NON),
    ],
)
def test_a_value_is_one_that_its_unit_has(lodeve, unite, valeur, said):
    measured = factories.indicateur("mesure", unite=unite)
    read = releve(lodeve, Decimal(valeur), mesure=measured)
    if said:
        assert said in refus(read)
    else:
        read.full_clean()


def test_a_rate_of_change_may_be_above_a_hundred(lodeve):
    rate = factories.indicateur("hausse", unite="%", evolution=True)
    releve(lodeve, 250, mesure=rate).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.indicateur("locaux", unite="locaux", evolution=True)


def test_a_reading_is_of_today_or_before(lodeve):
    today, tomorrow = TODAY().isoformat(), (TODAY() + ONE_DAY).isoformat()
    releve(lodeve, 1, today, publie_le=today).full_clean()
    assert coherence.PLUS_TARD in refus(releve(lodeve, 1, tomorrow))
    assert coherence.PLUS_TARD in refus(releve(lodeve, 1, today, publie_le=tomorrow))


def test_a_reading_is_not_published_before_its_day(lodeve):
    releve(lodeve, 1, "2025-01-02", publie_le="2025-01-02").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.releve(lodeve, 1, "2025-01-02", publie_le="2025-01-01")


def test_two_readings_of_a_day_are_of_two_series(lodeve, ort):
    action = factories.action([lodeve], ort)
    there = ort.secteurs.create(commune=lodeve, nom="Centre")
    local = factories.indicateur("par-secteur", perimetre="secteur")
    for sujet, fields in (
        (lodeve, {}),
        (action, {}),
        (ort, {"mesure": factories.indicateur("ort", perimetre="ort")}),
        (lodeve, {"mesure": local, "secteur": there}),
    ):
        factories.releve(sujet, 1, "2025-01-01", **fields)
        factories.releve(sujet, 1, "2025-01-01", serie="autre", **fields)
        factories.releve(sujet, 1, "2025-01-02", **fields)
        with pytest.raises(IntegrityError), transaction.atomic():
            factories.releve(sujet, 2, "2025-01-01", **fields)


@pytest.mark.parametrize("etat", ["secret", "non_disponible"])
def test_a_reading_has_a_value_or_says_why_not(lodeve, etat):
    factories.releve(lodeve, etat, "2025-01-01")
    for fields in ({"etat": "connue", "valeur": None}, {"etat": etat, "valeur": 3}):
        read = Releve(
            indicateur=factories.indicateur(), commune=lodeve, jour=day("2025-02-01"), **fields
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            read.save()


def test_it_is_of_one_object(lodeve, ort):
    action = factories.action([lodeve], ort)
    for objects in (
        {},
        {"commune": lodeve, "convention": ort},
        {"commune": lodeve, "action": action},
    ):
        row = {"indicateur": factories.indicateur(), **objects}
        with pytest.raises(IntegrityError), transaction.atomic():
            Releve(jour=day("2025-01-01"), valeur=1, **row).save()
        with pytest.raises(IntegrityError), transaction.atomic():
            Cible(fixee_le=day("2025-01-01"), valeur=1, **row).save()


def test_an_indicator_is_read_where_its_perimeter_says(lodeve, ort):
    other = factories.commune("34199", epci="new")
    elsewhere = factories.convention("2022-01-01", [other])
    there = ort.secteurs.create(commune=lodeve, nom="Centre")
    away = elsewhere.secteurs.create(commune=other, nom="Gare")
    action = factories.action([lodeve], ort)
    whole = factories.indicateur("ort", perimetre="ort")
    local = factories.indicateur("secteur", perimetre="secteur")
    for allowed in (
        releve(action, 1, mesure=whole),
        releve(action, 1, mesure=local),
        releve(ort, 1, mesure=whole),
        releve(ort, 1, mesure=local, secteur=there),
        releve(lodeve, 1, mesure=local, secteur=there),
    ):
        allowed.full_clean()
    for sujet, fields, said in (
        (ort, {}, coherence.PAR_COMMUNE),
        (lodeve, {"mesure": whole}, coherence.PAR_ORT),
        (lodeve, {"mesure": local}, coherence.SECTEUR_VOULU),
        (lodeve, {"secteur": there}, coherence.SECTEUR_DE_TROP),
        (action, {"mesure": local, "secteur": there}, coherence.SECTEUR_D_ACTION),
        (lodeve, {"mesure": local, "secteur": away}, "autre commune"),
        (ort, {"mesure": local, "secteur": away}, "autre convention"),
    ):
        assert said in refus(releve(sujet, 1, **fields))


def test_an_indicator_of_a_departement_is_not_read_elsewhere(lodeve):
    local = factories.indicateur("local", departement=factories.departement("34"))
    releve(lodeve, 1, mesure=local).full_clean()
    castres = factories.commune("81065")
    assert coherence.LOCAL_AILLEURS in refus(releve(castres, 1, mesure=local))


@pytest.mark.parametrize(
    ("reference", "echeance", "told"),
    [
        ("2025-01-01", "2025-01-02", ""),
        ("2025-01-01", "2025-01-01", coherence.CIBLE_AVANT),
        ("2020-01-01", "2024-12-31", coherence.CIBLE_AVANT),
        (None, "2025-01-01", coherence.CIBLE_AVANT),
        ("2025-01-02", "2026-01-01", coherence.REFERENCE_APRES),
        ("2025-01-02", None, coherence.REFERENCE_APRES),
        ("2024-12-31", None, ""),
    ],
)
def test_a_target_is_set_between_its_reference_and_its_end(lodeve, reference, echeance, told):
    made = Cible(
        indicateur=factories.indicateur(),
        commune=lodeve,
        fixee_le=day("2025-01-01"),
        valeur=40,
        reference_valeur=0 if reference else None,
        reference_jour=reference and day(reference),
        echeance_prevue=echeance and day(echeance),
    )
    if told:
        assert told in refus(made)
        with pytest.raises(IntegrityError), transaction.atomic():
            made.save()
    else:
        made.full_clean()
        made.save()


def test_a_target_has_a_whole_reference_or_none(lodeve, part):
    factories.cible(lodeve, 40, "2025-01-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.cible(lodeve, 40, "2025-01-02", reference_valeur=3)
    above = Cible(indicateur=part, commune=lodeve, fixee_le=day("2025-01-01"), valeur=101)
    assert coherence.AU_DELA_DE_CENT in refus(above)
    above.valeur, above.fixee_le = 10, TODAY() + ONE_DAY
    assert coherence.CIBLE_A_VENIR in refus(above)


def test_two_targets_are_set_on_two_days(lodeve):
    factories.cible(lodeve, 40, "2025-01-01")
    factories.cible(lodeve, 50, "2025-01-02")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.cible(lodeve, 60, "2025-01-01")


@pytest.mark.parametrize(
    ("jour", "publie_le", "asked", "known"),
    [
        ("2025-01-01", None, "2025-01-01", True),
        ("2025-01-01", None, "2024-12-31", False),
        ("2025-01-01", "2025-06-15", "2025-06-15", True),
        ("2025-01-01", "2025-06-15", "2025-06-14", False),
    ],
)
def test_a_reading_is_known_once_published(lodeve, jour, publie_le, asked, known):
    factories.releve(lodeve, 1, jour, publie_le=publie_le)
    assert Releve.objects.au(day(asked)).exists() is known


@pytest.fixture
def shared():
    """An ORT of the Hérault that covers a commune of the Tarn; an action, and a reading, in each place."""
    herault, tarn = (factories.commune(c, epci="new") for c in ("34293", "81124"))
    convention = factories.convention("2021-12-01", [herault, tarn])
    whole = factories.indicateur("ort", perimetre="ort")
    return {
        "34": factories.releve(herault, 1, "2025-01-01"),
        "81": factories.releve(tarn, 1, "2025-01-01"),
        "action": factories.releve(factories.action([tarn], convention), 1, "2025-01-01"),
        "ort": factories.releve(convention, 1, "2025-01-01", mesure=whole),
    }


def agent_of(code, **fields):
    return factories.agent(departements=[factories.departement(code)], **fields)


def test_each_reads_and_writes_of_its_own(shared):
    read = {
        "34": {"34", "action", "ort"},
        "81": {"81", "action", "ort"},
        "12": set(),
    }
    for code, names in read.items():
        expected = {shared[name].pk for name in names}
        agent = agent_of(code)
        assert set(Releve.objects.for_user(agent).values_list("pk", flat=True)) == expected
        assert set(Releve.objects.a_ecrire(agent).values_list("pk", flat=True)) == expected


@pytest.mark.parametrize("stranger", [{"departements": []}, {"is_active": False}])
def test_a_stranger_reads_and_writes_nothing(shared, stranger):
    agent = factories.agent(**stranger)
    for rows in (Indicateur, Cible, Releve):
        assert not rows.objects.for_user(agent).exists()
        assert not rows.objects.a_ecrire(agent).exists()


def test_what_is_written_of_others_is_refused_at_the_last_door(shared):
    with signed_by(agent_of("34")):
        shared["34"].save()
        shared["action"].save()
        for refused in (shared["81"].save, shared["81"].delete):
            with (
                pytest.raises(ValidationError, match="n'est pas de vos communes"),
                transaction.atomic(),
            ):
                refused()
        shared["34"].commune, shared["34"].jour = shared["81"].commune, day("2025-02-01")
        with pytest.raises(ValidationError), transaction.atomic():
            shared["34"].save()


def test_the_indicators_of_france_are_the_national_levels(shared):
    national = factories.indicateur("france")
    local = factories.indicateur("local", departement=factories.departement("34"))
    with signed_by(agent_of("34")):
        local.save()
        for write in (national.save, national.delete):
            with pytest.raises(ValidationError, match="niveau national"), transaction.atomic():
                write()
        local.departement = None
        with pytest.raises(ValidationError), transaction.atomic():
            local.save()
    with signed_by(agent_of("81")), pytest.raises(ValidationError), transaction.atomic():
        Indicateur.objects.get(identifiant="local").save()
    assert set(Indicateur.objects.for_user(agent_of("81"))) == set(
        Indicateur.objects.filter(departement=None)
    )


def test_what_is_removed_is_told_to_whom_it_was_of(shared):
    for read in shared.values():
        read.delete()
    assert Releve.objects.removed_for_user(agent_of("34")).count() == 3
    assert not Releve.objects.removed_for_user(agent_of("12")).exists()


def test_a_reading_is_news_of_its_action(shared):
    action = shared["action"].action
    factories.releve(action, 2, "2025-03-01", publie_le="2025-09-01")
    dates = ActionsDatees([action.pk])
    told = {
        jour: dates.du_jour(day(jour))[action.pk].derniere_nouvelle
        for jour in ("2024-12-31", "2025-01-01", "2025-08-31", "2025-09-01")
    }
    assert told == {
        "2024-12-31": None,
        "2025-01-01": day("2025-01-01"),
        "2025-08-31": day("2025-01-01"),
        "2025-09-01": day("2025-09-01"),
    }
    assert dates.du_jour(day("2025-09-01"))[action.pk].etat == "non_renseignee"
