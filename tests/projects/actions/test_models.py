"""What the records of an action cannot be, whoever writes them; and by which acts it is in a plan."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from projects.actions.faits import actions_datees
from projects.actions.models import (
    Action,
    ActionAdhesion,
    ActionSecteur,
    Axe,
    Derogation,
    EffetAvenant,
    FaitAction,
    Prevision,
)
from socle.dates import ONE_DAY
from socle.historique import sans_historique
from tests import factories
from tests.factories import day

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def lodeve():
    return factories.commune("34142", epci="new")


@pytest.fixture
def ort(lodeve):
    return factories.convention("2021-07-16", [lodeve])


def refused(record, field):
    with pytest.raises(ValidationError) as error:
        record.full_clean()
    return error.value.message_dict[field][0]


def test_its_days_are_those_of_its_acts_and_follow_their_corrections(ort, lodeve):
    first = factories.avenant(ort, "2022-02-26")
    last = factories.avenant(ort, "2024-02-26")
    action = factories.action([lodeve], ort, entree=first, sortie=last)
    held = {
        jour: Action.objects.au_plan(day(jour)).exists()
        for jour in ("2022-02-25", "2022-02-26", "2024-02-25", "2024-02-26")
    }
    assert list(held.values()) == [False, True, True, False]
    assert Action.objects.connues(day("2024-02-26")).exists()
    first.date_signature = day("2022-03-01")
    first.save()
    assert not Action.objects.au_plan(day("2022-02-28")).exists()
    datee = actions_datees([action.pk])[action.pk]
    assert (datee.entree_le, datee.sortie_le) == (day("2022-03-01"), day("2024-02-26"))


def test_an_adhesion_brings_an_action_and_may_be_that_of_several_communes():
    gignac, saint_andre = (factories.commune(code, epci="new") for code in ("34114", "34239"))
    together = [factories.labellisation(c, adhesion="2021-03-26") for c in (gignac, saint_andre)]
    action = factories.action([gignac, saint_andre], adhesions=together)
    assert not Action.objects.connues(day("2021-03-25")).exists()
    assert Action.objects.au_plan(day("2021-03-26")).get() == action
    assert actions_datees()[action.pk].entree_le == day("2021-03-26")
    other = factories.labellisation(factories.commune(epci="new"), adhesion="2021-04-01")
    said = refused(ActionAdhesion(action=action, labellisation=other), "labellisation")
    assert "le même jour" in said


def test_an_action_of_an_act_that_is_not_signed_is_in_no_plan(lodeve):
    planned = factories.convention(None, [lodeve])
    factories.action([lodeve], planned)
    assert not Action.objects.connues(timezone.localdate()).exists()


def test_acts_axes_and_sectors_are_those_of_its_own_convention(ort, lodeve):
    other = factories.convention("2022-01-01", [factories.commune(epci="new")])
    action = factories.action([lodeve], ort)
    action.axe = factories.axe(other)
    assert "autre plan" in refused(action, "axe")
    action.axe, action.sortie = None, factories.avenant(other)
    assert "autre convention" in refused(action, "sortie")
    action.sortie = factories.avenant(ort, "2021-07-16")
    assert "qu'après l'acte" in refused(action, "sortie")
    sector = other.secteurs.create(commune=lodeve, nom="Centre")
    assert "autre convention" in refused(ActionSecteur(action=action, secteur=sector), "secteur")
    effect = EffetAvenant(action=action, avenant=factories.avenant(other), nature="modifiee")
    assert "autre convention" in refused(effect, "avenant")


def test_an_axe_is_that_of_its_adhesion(ort, lodeve):
    signed, elsewhere, twin = (
        factories.labellisation(adhesion=f"2021-03-{day}") for day in (26, 27, 26)
    )
    own, other = (
        Axe.objects.create(labellisation=one, code="Z", intitule="Axe")
        for one in (signed, elsewhere)
    )
    action = factories.action([signed.commune], adhesions=[signed], axe=other)
    assert action.axe_ailleurs({signed.pk})
    action.axe = own
    assert not action.axe_ailleurs({signed.pk})
    # Recorded of one of the communes that signed together.
    assert not action.axe_ailleurs({twin.pk})
    action.full_clean()
    of_plan = factories.action([lodeve], ort)
    of_plan.axe = other
    assert "autre plan" in refused(of_plan, "axe")
    # Recorded so before the rule, it keeps nobody from the rest.
    factories.rewrite(type(action).objects.filter(pk=of_plan.pk), axe=other)
    of_plan.full_clean()
    # Taken up by a convention, it is in the axe of either.
    action.convention, action.axe = ort, factories.axe(ort)
    action.full_clean()
    action.convention = None
    assert "autre plan" in refused(action, "axe")


@pytest.fixture
def modified(ort, lodeve):
    """The effect of an avenant, yet to be chosen, on an action at the plan from 2022 to 2024."""
    acts = {
        "entree": factories.avenant(ort, "2022-02-26"),
        "sortie": factories.avenant(ort, "2024-02-26"),
    }
    return EffetAvenant(action=factories.action([lodeve], ort, **acts), nature="modifiee")


@pytest.mark.parametrize(
    ("signature", "precision", "told"),
    [
        ("2022-02-25", "jour", "précède celui qui met l'action au plan, le 26 février 2022."),
        ("2022-01-01", "mois", "précède celui qui met l'action au plan"),
        ("2022-02-25", "au_plus_tard", "précède celui qui met l'action au plan"),
        ("2024-02-27", "jour", "suit celui qui retire l'action du plan, le 26 février 2024."),
        ("2024-03-01", "mois", "suit celui qui retire l'action du plan"),
        *((jour, "jour", "") for jour in ("2022-02-26", "2023-01-01", "2024-02-26")),
        # Some day of February; a day before 27 February; a day that nobody knows yet.
        *(("2022-02-01", "mois", ""), ("2024-02-01", "mois", "")),
        *(("2024-02-27", "au_plus_tard", ""), (None, "jour", "")),
    ],
)
def test_an_avenant_changes_what_is_at_the_plan(ort, modified, signature, precision, told):
    modified.avenant = factories.avenant(ort, signature, numero=9, precision_signature=precision)
    if told:
        assert told in refused(modified, "avenant")
    else:
        modified.full_clean()


def test_a_change_of_owner_changes_it(ort, lodeve):
    second, third = (factories.commune(epci="new") for _ in range(2))
    action = factories.action([lodeve], ort, maitre_ouvrage_commune=third)
    last, first = (factories.avenant(ort, jour) for jour in ("2024-01-01", "2023-01-01"))

    def given(avenant, **before):
        return EffetAvenant(action=action, avenant=avenant, nature="transferee", **before)

    same = given(last, ancien_commune=third)
    assert "serait aussi le nouveau" in refused(same, "__all__")
    given(last).full_clean()
    changed = given(last, ancien_commune=second)
    changed.full_clean()
    changed.save()
    assert "serait aussi le nouveau" in refused(given(first, ancien_commune=second), "__all__")
    # Given away, then taken back.
    given(first, ancien_commune=third).full_clean()
    given(first, ancien_commune=third).save()
    changed.ancien_commune = third
    assert "serait aussi le nouveau" in refused(changed, "__all__")
    EffetAvenant(action=action, avenant=last, nature="modifiee").full_clean()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"maitre_ouvrage_commune_id": "34142", "maitre_ouvrage_organisme_id": 1},
            "un seul maître",
        ),
        ({"entree_par": "avenant"}, "nomme cet avenant"),
        ({"entree_par": "convention"}, "Choisissez la convention"),
        ({"etendue": "ort"}, "Choisissez la convention"),
        ({"longitude": "3.3"}, "une longitude et une latitude"),
    ],
)
def test_what_an_action_cannot_be_is_refused_by_the_form_and_by_the_base(fields, sentence, lodeve):
    action = Action(identifiant="essai", intitule="Essai", **fields)
    with pytest.raises(ValidationError) as error:
        action.validate_constraints()
    assert sentence in str(error.value)
    with pytest.raises(IntegrityError), transaction.atomic():
        action.save()


# In town, on the shore as near as outlines tell, in La Réunion, in Tahiti.
@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("43.73117", "3.31727"), ("43.27", "3.32"), ("-21.11", "55.53"), ("-17.6", "-149.5")],
)
def test_an_action_is_done_anywhere_in_france(latitude, longitude):
    Action(intitule="Essai", latitude=Decimal(latitude), longitude=Decimal(longitude)).clean()


@pytest.mark.parametrize(
    ("latitude", "longitude", "sentence"),
    [
        ("3.31727", "43.73117", "semblent inversées"),
        ("55.53", "-21.11", "semblent inversées"),
        ("0", "0", "hors de France"),
        ("51.5", "-0.12", "hors de France"),
    ],
)
def test_an_action_out_of_france_is_refused(latitude, longitude, sentence):
    action = Action(intitule="Essai", latitude=Decimal(latitude), longitude=Decimal(longitude))
    with pytest.raises(ValidationError) as refusal:
        action.clean()
    assert sentence in str(refusal.value.message_dict["latitude"])


def test_a_place_recorded_before_its_rule_keeps_nobody_from_correcting_the_rest(ort, lodeve):
    action = factories.action([lodeve], ort)
    elsewhere = {"latitude": Decimal("3.31727"), "longitude": Decimal("43.73117")}
    factories.rewrite(Action.objects.filter(pk=action.pk), **elsewhere)
    action.refresh_from_db()
    action.intitule = "Corrigé"
    action.clean()
    action.latitude = Decimal("3.4")
    with pytest.raises(ValidationError):
        action.clean()


def test_a_number_is_text_and_is_once_in_its_plan(ort, lodeve):
    factories.action([lodeve], ort, numero="1.10")
    factories.action([lodeve], ort, numero="1.1")
    twice = Action(identifiant="x", intitule="X", convention=ort, entree_par="convention")
    twice.numero = "1.10"
    with pytest.raises(ValidationError, match="de ce numéro"):
        twice.full_clean()


def test_an_axis_code_is_once_in_its_plan(ort):
    factories.axe(ort, "A")
    with pytest.raises(ValidationError, match="de ce code"):
        Axe(convention=ort, code="A", intitule="Encore").full_clean()
    with pytest.raises(ValidationError, match="une seule"):
        Axe(code="B", intitule="De rien").full_clean()


def test_nothing_that_happened_is_of_tomorrow(ort, lodeve):
    action = factories.action([lodeve], ort)
    tomorrow = timezone.localdate() + ONE_DAY
    fact = FaitAction(action=action, nature="debut", phase="operation", jour=tomorrow)
    assert "du jour même ou d'avant" in refused(fact, "jour")
    fact.jour = timezone.localdate()
    fact.full_clean()
    forecast = Prevision(action=action, objet="fin", date_prevue=tomorrow, etablie_le=tomorrow)
    assert "du jour même ou d'avant" in refused(forecast, "etablie_le")


def test_a_fact_is_held_against_the_others_of_its_action(ort, lodeve):
    action = factories.action([lodeve], ort)
    fact = FaitAction(action=action, nature="fin", phase="operation", jour=day("2024-01-01"))
    assert "d'abord le début" in refused(fact, "jour")
    factories.fait(action, "debut", "2023-01-01")
    fact.full_clean()


def test_a_corrected_fact_is_not_held_against_what_it_was(ort, lodeve):
    action = factories.action([lodeve], ort)
    begun = factories.fait(action, "debut", "2023-01-01")
    factories.fait(action, "fin", "2024-01-01")
    begun.jour = day("2023-06-01")
    begun.full_clean()
    begun.jour = day("2024-01-02")
    assert "ne finit pas avant son début, le 2 janvier 2024" in refused(begun, "jour")


def test_a_month_is_kept_on_its_first_day(ort, lodeve):
    action = factories.action([lodeve], ort)
    fact = FaitAction(
        action=action, nature="debut", phase="operation", jour=day("2024-03-15"), precision="mois"
    )
    fact.full_clean()
    assert fact.jour == day("2024-03-01")


def test_an_action_of_its_whole_ort_is_of_each_commune_covered_that_day(ort, lodeve):
    late = factories.commune(epci="new")
    factories.avenant(ort, "2023-02-26", [late])
    whole = factories.action([], ort, etendue="ort")
    found = [
        Action.objects.concernant([late.pk], day(d)).count() for d in ("2023-02-25", "2023-02-26")
    ]
    assert found == [0, 1]
    assert Action.objects.concernant([lodeve.pk], day("2022-01-01")).get() == whole


def test_dates_are_read_in_a_constant_number_of_queries(ort, lodeve, django_assert_max_num_queries):
    for rank in range(6):
        action = factories.action([lodeve], ort)
        factories.fait(action, "debut", f"2023-0{rank + 1}-01")
        factories.cout(action, 100)
    with django_assert_max_num_queries(7):
        assert len(actions_datees()) == 6


def test_more_than_a_thousand_actions_are_read(ort):
    with sans_historique():
        Action.objects.bulk_create(
            Action(identifiant=f"a-{n}", intitule="X", convention=ort, entree_par="convention")
            for n in range(1100)
        )
    keys = list(Action.objects.values_list("pk", flat=True))
    assert len(actions_datees(keys)) == 1100


def test_a_prefet_allows_nothing_on_a_day_to_come():
    allowed = Derogation(
        action=factories.action(), objet="commencement", motif="Urgence", jour=factories.today()
    )
    allowed.full_clean()
    allowed.jour = factories.in_days(1)
    with pytest.raises(ValidationError) as refused:
        allowed.full_clean()
    assert refused.value.message_dict == {"jour": ["Cette décision est d'un jour à venir."]}
    allowed.save()
    allowed.reference = "2026-12"
    allowed.full_clean()
