"""What a review, and its presentation, cannot be; who writes them; what one freezes."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.evaluations.models import Bilan, Presentation
from projects.projet.fige import BilanFige
from projects.projet.gel import figer
from socle.dates import ONE_DAY
from socle.historique import sans_historique, signed_by
from tests import factories
from tests.factories import day
from tests.projects.projet.scenes import accorde

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def town():
    return factories.commune("34142", epci="new")


@pytest.fixture
def ort(town):
    return factories.convention("2021-07-16", [town], duree_annees=5, identifiant="ort-lodeve")


def a_review(ort, tenu_le="2022-07-20", periode="2022-07-16", **fields):
    held = {"nature": "annuel", "tenu_le": day(tenu_le), "periode": periode and day(periode)}
    return Bilan(convention=ort, **held | fields)


def refused(record, field):
    with pytest.raises(ValidationError) as error:
        record.full_clean()
    return error.value.message_dict[field][0]


def test_a_review_answers_an_anniversary_or_is_another_point(ort):
    a_review(ort).full_clean()
    a_review(ort, periode=None).full_clean()
    a_review(ort, tenu_le="2021-07-16", periode=None).full_clean()


def test_a_review_later_than_today_is_refused(ort):
    today = timezone.localdate()
    a_review(ort, tenu_le=str(today), periode=None).full_clean()
    told = refused(a_review(ort, tenu_le=str(today + ONE_DAY), periode=None), "tenu_le")
    assert told == "Un bilan se tient le jour même ou avant : il se note quand il est tenu."


def test_a_review_before_the_ort_is_refused(ort):
    told = refused(a_review(ort, tenu_le="2021-07-15", periode=None), "tenu_le")
    assert told == "L'ORT n'est signée que le 16 juillet 2021 : corrigez ce jour, ou la signature."
    a_review(ort, tenu_le="2021-07-01", precision="mois", periode=None).full_clean()
    told = refused(a_review(ort, tenu_le="2021-06-01", precision="mois", periode=None), "tenu_le")
    assert "16 juillet 2021" in told


def test_a_review_of_an_ort_of_which_the_signature_is_not_known_is_refused(town):
    planned = factories.convention(None, [town])
    told = refused(a_review(planned, periode=None), "tenu_le")
    assert told.endswith("enregistrez-la d'abord (ou « au plus tard »).")


@pytest.mark.parametrize(
    ("nature", "periode"),
    [
        ("annuel", "2022-07-15"),
        ("annuel", "2021-07-16"),
        ("annuel", "2027-07-16"),
        ("quinquennal", "2022-07-16"),
    ],
)
def test_a_day_on_which_nothing_is_due_is_refused(ort, nature, periode):
    told = refused(a_review(ort, periode=periode, nature=nature), "periode")
    assert told.startswith("Cette ORT n'a pas d'échéance ce jour-là : choisissez ")
    assert told.endswith(", ou laissez vide pour un autre point.")


def test_the_days_that_are_due_are_told(ort):
    told = refused(a_review(ort, periode="2022-12-15"), "periode")
    assert "choisissez 16 juillet 2022 ou 16 juillet 2023," in told
    never = factories.convention("2021-07-16", vaut_ort=False)
    assert "elle n'en a aucune" in refused(a_review(never), "periode")


def test_a_review_that_would_answer_two_due_dates_is_refused(ort):
    factories.bilan(ort, "2022-12-20", "2022-07-16")
    with pytest.raises(ValidationError) as error:
        a_review(ort, tenu_le="2022-12-20", periode="2023-07-16").full_clean()
    assert "un bilan ne répond qu'à une échéance" in error.value.messages[0]
    a_review(ort, tenu_le="2022-12-20", periode=None, nature="quinquennal").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic(), sans_historique():
        Bilan.objects.bulk_create([a_review(ort, tenu_le="2022-12-20", gel={})])


def test_a_review_is_named_once_for_all(ort):
    first = factories.bilan(ort, "2022-07-20", "2022-07-16")
    second = factories.bilan(ort, "2023-07-20", "2023-07-16")
    assert [b.identifiant for b in (first, second)] == ["ort-lodeve-bilan-1", "ort-lodeve-bilan-2"]
    second.delete()
    assert factories.bilan(ort, "2024-07-20").identifiant == "ort-lodeve-bilan-3"


def presented(ort, assembly, **fields):
    return Presentation(convention=ort, jour=day("2022-09-01"), **assembly, **fields)


def test_a_presentation_is_made_to_one_assembly(ort, town):
    presented(ort, {"commune": town}).full_clean()
    presented(ort, {"intercommunalite": factories.intercommunalite()}).full_clean()
    for assemblies in ({}, {"commune": town, "intercommunalite": factories.intercommunalite()}):
        with pytest.raises(ValidationError) as error:
            presented(ort, assemblies).full_clean()
        assert "une seule : choisissez" in error.value.messages[0]
        with pytest.raises(IntegrityError), transaction.atomic(), sans_historique():
            Presentation.objects.bulk_create([presented(ort, assemblies)])


def test_an_assembly_hears_a_review_once_a_day_and_may_hear_two(ort, town):
    review = factories.bilan(ort, "2022-07-20", "2022-07-16")
    five_years = factories.bilan(ort, "2022-07-20", nature="quinquennal")
    for of in (review, five_years, None):
        factories.presentation(ort, town, "2022-09-01", of)
    for of in (review, None):
        with pytest.raises(ValidationError, match="déjà enregistrée"):
            presented(ort, {"commune": town}, bilan=of).full_clean()


def test_a_presentation_that_cannot_be_is_refused(ort, town):
    tomorrow = timezone.localdate() + ONE_DAY
    later = Presentation(convention=ort, commune=town, jour=tomorrow)
    assert "le jour même ou avant" in refused(later, "jour")
    before = Presentation(convention=ort, commune=town, jour=day("2021-07-15"))
    assert "16 juillet 2021" in refused(before, "jour")
    other = factories.bilan(factories.convention("2020-01-01"), "2022-01-01")
    told = refused(presented(ort, {"commune": town}, bilan=other), "bilan")
    assert told == "Ce bilan est celui d'une autre convention."


def agent_of(code):
    return factories.agent(departements=[factories.departement(code)])


def test_both_departements_of_an_ort_write_its_reviews_and_nobody_else(ort, town):
    lacaune = factories.commune("81124", epci="new")
    factories.couverture(ort, lacaune)
    review = factories.bilan(ort, "2022-07-20")
    factories.presentation(ort, town, "2022-09-01", review)
    for code, count in (("34", 1), ("81", 1), ("12", 0)):
        for model in (Bilan, Presentation):
            assert model.objects.for_user(agent_of(code)).count() == count
    for code in ("34", "81"):
        with signed_by(agent_of(code)):
            review.decisions = f"Décidé par le {code}"
            review.save()
    with signed_by(agent_of("12")):
        with pytest.raises(ValidationError, match="ne couvre aucune commune"):
            factories.bilan(ort, "2023-07-20")
        with pytest.raises(ValidationError, match="ne couvre aucune commune"), transaction.atomic():
            review.delete()
    assert Bilan.objects.filter(pk=review.pk).exists()


@pytest.mark.parametrize("stranger", [{"departements": []}, {"is_active": False}])
def test_a_stranger_reads_nothing(ort, town, stranger):
    review = factories.bilan(ort, "2022-07-20")
    factories.presentation(ort, town, "2022-09-01", review)
    review.delete()
    agent = factories.agent(**stranger)
    for model in (Bilan, Presentation):
        assert not model.objects.for_user(agent).exists()
        assert not model.objects.removed_for_user(agent).exists()


def funded(ort, town):
    """Return an action of the ORT with its money, before and after a review of 20 July 2022."""
    action = factories.action([town], ort, identifiant="lod-a1", note_interne="SECRET")
    factories.fait(action, "debut", "2022-03-01")
    factories.fait(action, "blocage", "2022-06-01", texte="SECRET")
    factories.fait(action, "levee", "2022-08-01")
    line = accorde(action, "1000.00", "2022-05-01", identifiant="f-1")
    factories.fait_financement(line, "versement", "2022-09-01", 300)
    factories.fait_financement(
        factories.financement(action, "dsil"), "demande", "2022-06-01", "271828.00"
    )
    return action


def test_a_review_freezes_what_was_known_for_its_day(ort, town):
    funded(ort, town)
    frozen = factories.bilan(ort, "2022-07-20", "2022-07-16").gel
    assert (frozen["au"], frozen["fige_le"]) == ("2022-07-20", str(timezone.localdate()))
    [row] = rows(frozen["public"]["actions"])
    assert (row["etat"], row["montant_accorde"], row["montant_verse"]) == (
        *("bloquee", "1000.00"),
        "0.00",
    )
    assert [(f["jour"], f["nature"]) for f in rows(frozen["public"]["faits"])] == [
        ("2022-03-01", "debut"),
        ("2022-06-01", "blocage"),
    ]
    [line] = rows(frozen["public"]["financements"])
    assert line["financement_identifiant"] == "f-1"
    assert rows(frozen["public"]["versements"]) == []
    [asked] = rows(frozen["interne"]["argent"])
    assert (asked["demande"], asked["refuse"]) == ("271828.00", None)
    for secret in ("SECRET", "271828"):
        assert secret not in str(frozen["public"])


def test_a_review_freezes_the_readings_and_the_studies_of_its_day(client, ort, town):
    action = funded(ort, town)
    factories.labellisation(town)
    for jour, value in (("2022-07-20", 12), ("2022-07-21", 27)):
        factories.releve(action, value, jour, factories.indicateur(libelle="Façades refaites"))
    factories.releve(town, "secret", "2022-01-01", serie="LOVAC 2022")
    studied = factories.etude([town], ort, intitule="Plan-guide")
    factories.fait_etude(studied, "commandee", "2022-07-20")
    factories.fait_etude(studied, "rendue", "2022-07-21")
    review = factories.bilan(ort, "2022-07-20", "2022-07-16")
    frozen = BilanFige(review.gel)
    assert frozen.etudes == [("Plan-guide", "en cours")]
    assert frozen.mesures == [
        ("Façades refaites (LOVAC 2022)", town.nom, "1er janvier 2022", "secret statistique"),
        ("Façades refaites", action.intitule, "20 juillet 2022", "12 façades"),
    ]
    page = client.get(f"/ort/{ort.identifiant}/bilans/{review.identifiant}/").content.decode()
    assert ("12 façades" in page, "27 façades" in page) == (True, False)


def rows(table):
    return [dict(zip(table["entete"], line, strict=True)) for line in table["lignes"]]


def test_what_is_frozen_is_never_written_again(ort, town):
    action = funded(ort, town)
    review = factories.bilan(ort, "2022-07-20", "2022-07-16")
    before = review.gel
    factories.fait(action, "fin", "2022-07-01")
    review.decisions, review.gel = "Continuer", {"au": "autre"}
    review.save()
    review.refresh_from_db()
    assert (review.decisions, review.gel) == ("Continuer", before)
    assert figer(ort, review.tenu_le)["public"] != before["public"]


def test_a_review_removed_and_brought_back_keeps_what_it_froze(ort, town):
    action = funded(ort, town)
    review = factories.bilan(ort, "2022-07-20", "2022-07-16")
    before = review.gel
    review.delete()
    factories.fait(action, "fin", "2022-07-01")
    version = Bilan.history.removed().get()
    version.instance.save(force_insert=True)
    assert Bilan.objects.get().gel == before


def test_freezing_costs_as_many_queries_whatever_the_plan(ort, town):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            figer(ort, day("2022-07-20"))
        return len(queries)

    for _ in range(3):
        accorde(factories.action([town], ort), 100, "2022-05-01")
    first = cost()
    for _ in range(5):
        accorde(factories.action([town], ort), 100, "2022-05-01")
    assert cost() == first
