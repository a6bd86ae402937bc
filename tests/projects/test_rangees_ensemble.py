"""Rows of one record are judged together: those of a page as they will stand, those left by an undoing."""

import pytest
from django.core.exceptions import ValidationError

from projects.actions.models import Action, Axe, FaitAction
from socle.annulation import undo
from socle.historique import sans_historique
from tests import factories
from tests.factories import day
from tests.formulaires import errors, filled, form_of
from tests.socle.test_annulation import done, refused

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]


@pytest.fixture
def town():
    return factories.commune("34142", epci="new", nom="Lodève")


@pytest.fixture
def action(town):
    return factories.action([town], factories.convention("2020-12-10", [town]))


@pytest.fixture
def line(action):
    """A line granted 1 000 € on 1 May 2024, of which 900 are paid on 1 June."""
    line = factories.financement(action, financeur_organisme=factories.organisme())
    factories.fait_financement(line, "accord", "2024-05-01", 1000)
    factories.fait_financement(line, "versement", "2024-06-01", 900)
    return line


@pytest.fixture
def etude(town):
    etude = factories.etude([town])
    factories.fait_etude(etude, "commandee", "2024-01-10")
    factories.fait_etude(etude, "rendue", "2024-06-10")
    return etude


def send(client, record, rows=(), prefix="faits", **cells):
    """Change cells of the rows of a record on its page (« 0-jour »), add `rows`; return what it refuses."""
    address = f"/admin/projects/{record._meta.model_name}/{record.pk}/change/"
    page = form_of(client, address)
    data = filled(page, motif_correction="relu")
    total = int(data[f"{prefix}-TOTAL_FORMS"])
    typed = {
        f"{total + rank}-{name}": v for rank, row in enumerate(rows) for name, v in row.items()
    }
    data |= {f"{prefix}-{place}": value for place, value in (typed | cells).items()}
    answer = client.post(address, data | {f"{prefix}-TOTAL_FORMS": total + len(rows)})
    return "" if answer.status_code == 302 else errors(answer)


def acompte(jour, montant):
    return {
        "nature": "versement",
        "jour": jour,
        "montant": montant,
        "sorte_versement": "acompte",
    } | {"precision": "jour"}


PAID = [acompte("01/07/2024", "60"), acompte("02/07/2024", "60")]
# What may be typed on one page, and that the base alone, row after row, would let through.
FALSE = {
    "payments that are together above the grant": (
        {"rows": PAID},
        "au-delà des 1\u202f000\xa0€ accordés",
    ),
    "a grant removed under its payment": ({"0-DELETE": "on"}, "enregistrez d'abord l'accord"),
    "a grant below what is paid": ({"0-montant": "800"}, "au-delà des 800\xa0€ accordés"),
    "a payment moved before its grant": ({"1-jour": "01/04/2024"}, "enregistrez d'abord l'accord"),
}


@pytest.mark.parametrize(("typed", "sentence"), FALSE.values(), ids=FALSE)
def test_money_that_a_page_would_make_false_is_refused_whole(agent_34, line, typed, sentence):
    held = set(line.faits.values_list("nature", "jour", "montant"))
    assert sentence in send(agent_34, line, **typed)
    assert set(line.faits.values_list("nature", "jour", "montant")) == held


def test_a_reversement_keeps_its_payment(agent_34, line):
    factories.fait_financement(line, "reversement", "2024-07-01", 900)
    assert "Plus serait reversé" in send(agent_34, line, **{"1-DELETE": "on"})
    assert send(agent_34, line, **{"1-DELETE": "on", "2-DELETE": "on"}) == ""
    assert [fait.nature for fait in line.faits.all()] == ["accord"]


def test_rows_that_are_right_together_are_corrected_at_once(agent_34, line):
    """Each alone would be refused beside the others of before."""
    moved = {
        "0-jour": "01/08/2024",
        "1-jour": "01/09/2024",
        "0-montant": "3000",
        "1-montant": "2500",
    }
    assert send(agent_34, line, **moved) == ""
    assert list(line.faits.values_list("jour", "montant")) == [
        (day("2024-08-01"), 3000),
        (day("2024-09-01"), 2500),
    ]


def test_what_is_wrong_is_told_on_the_row_that_changes(agent_34, line):
    address = f"/admin/projects/financement/{line.pk}/change/"
    data = filled(
        form_of(agent_34, address), motif_correction="relu", **{"faits-1-montant": "1100"}
    )
    formset = agent_34.post(address, data).context["inline_admin_formsets"][0].formset
    assert list(formset.errors[1]) == ["montant"]
    assert not formset.non_form_errors()


def test_what_was_recorded_before_its_rule_locks_nothing_else(agent_34, line):
    """But no row of it is moved before all are right."""
    factories.rewrite(line.faits.filter(nature="accord"), montant=800)
    address = f"/admin/projects/financement/{line.pk}/change/"
    data = filled(form_of(agent_34, address), motif_correction="relu", numero_dossier="D-12")
    assert agent_34.post(address, data).status_code == 302
    assert type(line).objects.get().numero_dossier == "D-12"
    # What is wrong stays as wrong as it was; more of it is refused, and what puts it right is not.
    assert send(agent_34, line, **{"1-jour": "02/06/2024"}) == ""
    assert "au-delà des 800" in send(agent_34, line, **{"1-montant": "950"})
    assert send(agent_34, line, **{"0-montant": "1000"}) == ""


def test_facts_recorded_before_their_rule_keep_no_other_from_being_told(agent_34, action):
    """An action that was paused once abandoned: it is relaunched, and what else was done of it is undone."""
    factories.fait(action, "blocage", "2022-01-01")
    with sans_historique():
        factories.fait(action, "abandon", "2023-01-10")
        factories.fait(action, "pause", "2023-06-10")
    levee = done(lambda: factories.fait(action, "levee", "2022-03-01"))
    FaitAction(action=action, nature="relance", jour=day("2024-01-01")).full_clean()
    undo(levee, "jamais levé", agent_34.agent)
    with pytest.raises(ValidationError, match="Un blocage levé suit"):
        FaitAction(action=action, nature="levee", jour=day("2021-01-01")).full_clean()


def test_facts_of_an_action_stand_together(agent_34, action):
    factories.fait(action, "debut", "2024-03-01")
    factories.fait(action, "fin", "2025-03-01")
    begun = {"nature": "debut", "phase": "operation", "jour": "01/05/2024", "precision": "jour"}
    assert "Une fin suit le début" in send(agent_34, action, **{"0-DELETE": "on"})
    assert "déjà un début" in send(agent_34, action, [begun])
    assert send(agent_34, action, **{"0-jour": "01/04/2025", "1-jour": "02/04/2025"}) == ""


def test_facts_of_a_study_stand_together(agent_34, etude):
    both = {"0-jour": "01/06/2024", "1-jour": "01/01/2024"}
    assert "commandée avant d'être rendue" in send(agent_34, etude, **both)
    assert send(agent_34, etude, **{"0-jour": "01/07/2024", "1-jour": "01/08/2024"}) == ""


def test_an_action_comes_by_adhesions_signed_together(agent_34, town):
    first = factories.labellisation(town, adhesion="2021-03-01")
    twin = factories.labellisation(factories.commune("34028"), adhesion="2021-03-01")
    later = factories.labellisation(factories.commune("34103"), adhesion="2022-09-09")
    action = factories.action([town], adhesions=[first])
    rows = [{"labellisation": twin.pk}, {"labellisation": later.pk}]
    assert "le même jour" in send(agent_34, action, rows, prefix="adhesions")
    assert send(agent_34, action, rows[:1], prefix="adhesions") == ""


def test_an_owner_and_its_change_are_told_at_once(agent_34, action, town):
    """The page tells the owner after the avenant, and the one before it."""
    action.maitre_ouvrage_commune = town
    action.save()
    avenant = factories.avenant(action.convention, "2024-01-01")
    given = {"avenant": avenant.pk, "nature": "transferee", "ancien_commune": town.pk}
    assert "serait aussi le nouveau" in send(agent_34, action, [given], prefix="effets")
    address = f"/admin/projects/action/{action.pk}/change/"
    data = filled(form_of(agent_34, address), motif_correction="relu") | {
        "maitre_ouvrage_commune": "",
        "maitre_ouvrage_intercommunalite": town.rattachements.get().intercommunalite.pk,
    }
    data |= {f"effets-0-{name}": value for name, value in given.items()}
    assert agent_34.post(address, data | {"effets-TOTAL_FORMS": 1}).status_code == 302
    assert action.effets.get().ancien_commune == town


def test_an_axe_is_that_of_the_adhesions_of_the_page(agent_34, town):
    """Those of a commune that left the programme, and came back."""
    first = factories.labellisation(town, adhesion="2021-03-01", fin="2023-01-01")
    again = factories.labellisation(town, debut="2024-01-01", adhesion="2024-03-01")
    own, other = (
        Axe.objects.create(labellisation=one, code="Z", intitule="Axe") for one in (first, again)
    )
    action = factories.action([town], adhesions=[first], axe=own)
    address = f"/admin/projects/action/{action.pk}/change/"
    data = filled(form_of(agent_34, address), motif_correction="relu", axe=other.pk)
    assert "celui d'un autre plan" in errors(agent_34.post(address, data))
    assert Action.objects.get().axe == own
    # The two are right together.
    data |= {"adhesions-0-labellisation": again.pk}
    assert agent_34.post(address, data).status_code == 302
    assert Action.objects.get().axe == other


def test_two_rules_of_a_scheme_do_not_hold_on_one_day(national):
    detr = factories.dispositif("detr")
    first = {"debut": "01/01/2024", "fin": "01/01/2025", "article": "CGCT, art. 1"}
    rows = [first, first | {"debut": "31/12/2024", "fin": "01/01/2026"}]
    assert "déjà une règle" in send(national, detr, rows, prefix="regles")
    rows[1]["debut"] = "01/01/2025"
    assert send(national, detr, rows, prefix="regles") == ""
    assert detr.regles.count() == 2


@pytest.fixture
def poste(town):
    """A post whose offer of 1 October 2023 recruited who came on 1 November."""
    held = factories.poste([town])
    came = factories.occupation(held, "2023-11-01", titulaire="Lou Personnage")
    factories.recrutement(held, "2023-10-01", "recrute", "2023-10-15", occupation=came)
    return held


OFFRE = "L'offre qui a recruté cette personne est du 1er octobre 2023."


def moved(client, poste, arrival, published):
    """Move the arrival and the offer of a post on one page; return what it refuses."""
    offre = {"date_publication": published, "date_issue": published}
    offre = {f"recrutements-0-{name}": value for name, value in offre.items() if value}
    address = f"/admin/projects/poste/{poste.pk}/change/"
    typed = {"occupations-0-debut": arrival, "motif_correction": "relu"} | offre
    answer = client.post(address, filled(form_of(client, address), **typed))
    return "" if answer.status_code == 302 else errors(answer)


def test_an_arrival_and_its_offer_are_judged_as_the_page_has_both(agent_34, poste):
    assert OFFRE in moved(agent_34, poste, "30/09/2023", "")
    assert "avant l'offre" in moved(agent_34, poste, "01/11/2023", "02/11/2023")
    # Each alone would be refused beside the other of before.
    assert moved(agent_34, poste, "01/01/2021", "01/12/2020") == ""
    assert moved(agent_34, poste, "01/11/2023", "01/10/2023") == ""
    assert moved(agent_34, poste, "01/10/2023", "") == ""
    came = poste.occupations.get()
    assert (came.debut, came.recrutement.date_publication) == (day("2023-10-01"),) * 2


def test_who_goes_from_the_page_leaves_the_offer_free(agent_34, poste):
    gone = {"occupations-0-DELETE": "on", "recrutements-0-date_publication": "02/11/2023"}
    gone |= {"recrutements-0-date_issue": "03/11/2023", "motif_correction": "relu"}
    address = f"/admin/projects/poste/{poste.pk}/change/"
    answer = agent_34.post(address, filled(form_of(agent_34, address), **gone))
    assert answer.status_code == 302, errors(answer)
    assert poste.recrutements.get().occupation is None


def test_one_person_is_not_typed_twice_in_a_post(agent_34, poste):
    again = {"titulaire": "LOU PERSONNAGE", "debut": "01/01/2024"}
    told = send(agent_34, poste, [again], prefix="occupations")
    assert "Cette personne occupe déjà ce poste ces jours-là." in told
    left = {"0-fin": "31/12/2023"}
    assert send(agent_34, poste, [again], prefix="occupations", **left) == ""
    assert poste.occupations.count() == 2


def test_the_correction_of_an_offer_is_not_undone_under_the_arrival(agent_34, poste):
    offre, came = poste.recrutements.get(), poste.occupations.get()
    offre.date_publication = offre.date_issue = day("2020-12-01")
    earlier = done(offre.save)
    came.debut = day("2021-01-01")
    arrived = done(came.save)
    assert refused(earlier, agent_34.agent) == ["Cette personne était là avant l'offre."]
    undo(arrived, "saisi par erreur", agent_34.agent)
    undo(earlier, "saisi par erreur", agent_34.agent)
    assert poste.recrutements.get().date_publication == day("2023-10-01")


def test_an_act_is_not_undone_under_what_rests_on_its_fact(agent_34, action, etude):
    """The grant under its payment, the beginning under its end, the report under its approval."""
    line = factories.financement(action, financeur_organisme=factories.organisme())
    acts = {}
    acts["accord"] = done(lambda: factories.fait_financement(line, "accord", "2024-05-01", 10))
    acts["paid"] = done(lambda: factories.fait_financement(line, "versement", "2024-06-01", 9))
    acts["debut"] = done(lambda: factories.fait(action, "debut", "2024-03-01"))
    acts["fin"] = done(lambda: factories.fait(action, "fin", "2025-03-01"))
    etude.faits.get(nature="rendue").because("saisi deux fois").delete()
    acts["rendue"] = done(lambda: factories.fait_etude(etude, "rendue", "2024-06-10"))
    acts["validee"] = done(lambda: factories.fait_etude(etude, "validee", "2024-07-10"))
    for name in ("accord", "debut", "rendue"):
        (told,) = refused(acts[name], agent_34.agent)
        assert told.startswith("Ce qui resterait ne tiendrait plus."), name
    for name in ("paid", "accord", "fin", "debut", "validee", "rendue"):
        undo(acts[name], "saisi par erreur", agent_34.agent)
    assert not line.faits.exists()
    assert not action.faits.exists()
    assert [fait.nature for fait in etude.faits.all()] == ["commandee"]
