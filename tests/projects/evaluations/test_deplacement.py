"""A signature that is corrected moves the due dates that are counted from it, and what names them."""

from contextlib import nullcontext

import pytest
from django.core.exceptions import ValidationError

from ort.models import Convention
from projects.evaluations.models import Bilan, EcheanceAcceptee
from projects.evaluations.regles import EtatEcheance, NatureBilan, situation
from socle.annulation import undo
from tests import factories
from tests.factories import day
from tests.formulaires import filled, form_of
from tests.socle.test_annulation import done

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def ort():
    """An ORT of 10 March 2019: two yearly reviews, the evaluation of its five years, a date accepted."""
    ort = factories.convention("2019-03-10", [factories.commune("34142", epci="new")])
    for held, due in (("2020-04-01", "2020-03-10"), ("2021-04-01", "2021-03-10")):
        factories.bilan(ort, held, due)
    factories.bilan(ort, "2024-03-20", "2024-03-10", "quinquennal")
    factories.bilan(ort, "2022-06-01", None)
    EcheanceAcceptee.objects.create(
        convention=ort,
        nature="annuel",
        periode=day("2022-03-10"),
        motif="Crise",
        jour=day("2022-05-01"),
    )
    return ort


def periodes(model):
    return sorted(str(found) for found in model.objects.values_list("periode", flat=True))


def sign(ort, jour):
    ort = Convention.objects.get(pk=ort.pk)
    ort.date_signature = jour and day(jour)
    ort.full_clean()
    ort.save()


@pytest.mark.parametrize(
    ("signature", "bilans", "accepted"),
    [
        ("2019-03-11", ["2020-03-11", "2021-03-11", "2024-03-11", "None"], ["2022-03-11"]),
        ("2019-03-10", ["2020-03-10", "2021-03-10", "2024-03-10", "None"], ["2022-03-10"]),
        # By a year: each takes the place of another.
        ("2020-03-10", ["2021-03-10", "2022-03-10", "2025-03-10", "None"], ["2023-03-10"]),
        ("2018-12-31", ["2019-12-31", "2020-12-31", "2023-12-31", "None"], ["2021-12-31"]),
    ],
)
def test_what_names_a_due_date_moves_with_it(ort, signature, bilans, accepted):
    sign(ort, signature)
    assert periodes(Bilan) == bilans
    assert periodes(EcheanceAcceptee) == accepted


@pytest.mark.parametrize("periode", ["2024-03-12", "2024-04-10"])
def test_what_is_no_anniversary_stays(ort, periode):
    factories.rewrite(Bilan.objects.filter(nature="quinquennal"), periode=day(periode))
    sign(ort, "2019-03-11")
    assert periode in periodes(Bilan)


def test_a_date_accepted_without_a_review_keeps_the_signature(ort):
    for bilan in Bilan.objects.all():
        bilan.because("en double").delete()
    with pytest.raises(ValidationError, match="échéance acceptée"):
        sign(ort, None)


@pytest.mark.parametrize(
    ("signature", "refused"),
    [(None, "n'est pas connue"), ("2020-04-02", "signée que le 2 avril 2020"), ("2020-04-01", "")],
)
def test_an_ort_is_signed_before_its_reviews(ort, signature, refused):
    """The first was held on 1 April 2020."""
    told = pytest.raises(ValidationError, match=f"1er avril 2020 » : .*{refused}")
    with told if refused else nullcontext():
        sign(ort, signature)


def test_a_correction_keeps_the_evaluation_held_and_is_undone_whole(ort, national, agent_34):
    def correct():
        address = f"/admin/ort/convention/{ort.pk}/change/"
        asked = filled(
            form_of(agent_34, address), date_signature="11/03/2019", motif_correction="acte relu"
        )
        assert agent_34.post(address, asked).status_code == 302

    def evaluated():
        found = situation(
            Convention.objects.get(), Bilan.objects.all(), day("2026-01-01"), complete=True
        )
        return {e.jour: e.etat for e in found if e.nature == NatureBilan.QUINQUENNAL}

    assert evaluated() == {day("2024-03-10"): EtatEcheance.TENUE_EN_RETARD}
    correct()
    assert evaluated() == {day("2024-03-11"): EtatEcheance.TENUE_EN_RETARD}
    acte = done(lambda: sign(ort, "2019-03-15"))
    assert evaluated() == {day("2024-03-15"): EtatEcheance.TENUE_EN_RETARD}
    undo(acte, "c'était bien le 11", national.agent)
    assert evaluated() == {day("2024-03-11"): EtatEcheance.TENUE_EN_RETARD}
    assert periodes(EcheanceAcceptee) == ["2022-03-11"]
