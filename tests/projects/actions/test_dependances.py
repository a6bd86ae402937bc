"""What hangs on an action and depends on its owner, its acts or its communes: judged when these change."""

import pytest

from projects.actions.models import Action, Axe, EffetAvenant
from socle.annulation import undo
from tests import factories
from tests.fichiers import imported, motives, outcome, previewed
from tests.formulaires import errors, filled, form_of
from tests.socle.test_annulation import done, refused

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
SAME_OWNER = "serait aussi le nouveau"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def lodeve():
    return factories.commune("34142", epci="new", nom="Lodève")


@pytest.fixture
def ganges():
    return factories.commune("34111", epci="new", nom="Ganges")


@pytest.fixture
def ort(lodeve):
    return factories.convention("2021-07-16", [lodeve], identifiant="ort-a")


@pytest.fixture
def elsewhere(ganges):
    return factories.convention("2021-09-16", [ganges], identifiant="ort-b")


@pytest.fixture
def action(ort, lodeve, ganges):
    """An action of Lodève, that Ganges gave up by an avenant."""
    action = factories.action([lodeve], ort, maitre_ouvrage_commune=lodeve, identifiant="a-1")
    avenant = factories.avenant(ort, "2023-01-01")
    action.effets.create(avenant=avenant, nature="transferee", ancien_commune=ganges)
    return action


def saved(client, record, **typed):
    """Save the page of a record with what is typed; return what it refuses."""
    address = f"/admin/projects/{record._meta.model_name}/{record.pk}/change/"
    data = filled(form_of(client, address), motif_correction="relu") | typed
    answer = client.post(address, data)
    return "" if answer.status_code == 302 else errors(answer)


def told_of_file(client, header, line):
    page = previewed(client, "projects_action", "actions", f"{header}\n{line}\n")
    return motives(page).get(2, outcome(page)[2])


def test_another_owner_says_its_changes_anew(agent_34, action, ganges):
    assert SAME_OWNER in saved(agent_34, action, maitre_ouvrage_commune=ganges.pk)
    header = "action_identifiant,maitre_ouvrage_commune"
    assert SAME_OWNER in told_of_file(agent_34, header, "a-1,34111")
    third = factories.commune("34028")
    assert told_of_file(agent_34, header, "a-1,34028") == "modifiée"
    assert saved(agent_34, action, maitre_ouvrage_commune=third.pk) == ""
    assert Action.objects.get().maitre_ouvrage_commune == third


def test_a_change_recorded_before_its_rule_locks_nothing(agent_34, action, lodeve, ganges):
    factories.rewrite(EffetAvenant.objects.all(), ancien_commune=lodeve)
    assert saved(agent_34, action, intitule="Halle") == ""
    header = "action_identifiant,intitule,maitre_ouvrage_commune"
    assert told_of_file(agent_34, header, "a-1,Marché,34142") == "modifiée"
    # Another owner is said, which may be wrong in the same words.
    action.effets.create(
        avenant=factories.avenant(action.convention, "2024-01-01"),
        nature="transferee",
        ancien_commune=ganges,
    )
    assert SAME_OWNER in saved(agent_34, action, maitre_ouvrage_commune=ganges.pk)


def test_an_owner_is_not_put_back_under_its_change(agent_34, action, lodeve, ganges):
    third = factories.commune("34028")
    action.maitre_ouvrage_commune = third
    given = done(action.save)
    effet = action.effets.get()
    effet.ancien_commune = lodeve
    corrected = done(effet.save)
    (told,) = refused(given, agent_34.agent)
    assert SAME_OWNER in told
    undo(corrected, "saisi par erreur", agent_34.agent)
    undo(given, "saisi par erreur", agent_34.agent)
    assert Action.objects.get().maitre_ouvrage_commune == lodeve


def test_an_action_is_given_and_taken_back(agent_34, action, lodeve, ganges):
    """The owner of before the first avenant is that of after the second."""
    back = factories.avenant(action.convention, "2024-01-01")
    address = f"/admin/projects/action/{action.pk}/change/"
    data = filled(form_of(agent_34, address), motif_correction="relu")
    data |= {"maitre_ouvrage_commune": ganges.pk, "effets-TOTAL_FORMS": 2}
    data |= {"effets-1-avenant": back.pk, "effets-1-nature": "transferee"}
    data |= {"effets-1-ancien_commune": lodeve.pk}
    answer = agent_34.post(address, data)
    assert answer.status_code == 302, errors(answer)
    assert Action.objects.get().maitre_ouvrage_commune == ganges


def test_another_convention_has_its_own_avenants_sectors_and_communes(
    agent_34, action, ort, elsewhere, lodeve
):
    action.secteurs_lies.create(secteur=ort.secteurs.create(commune=lodeve, nom="Centre"))
    told = saved(agent_34, action, convention=elsewhere.pk)
    assert "Cet avenant est celui d'une autre convention." in told
    assert "Ce secteur est celui d'une autre convention." in told
    header = "action_identifiant,ort_identifiant,communes"
    assert "Lodève : l'acte" in told_of_file(agent_34, header, "a-1,ort-b,")
    assert "valeur « Centre » : Ce secteur" in told_of_file(agent_34, header, "a-1,ort-b,34111")
    action.secteurs_lies.get().delete()
    assert "Cet avenant est celui d'une" in told_of_file(agent_34, header, "a-1,ort-b,34111")
    action.effets.get().delete()
    assert told_of_file(agent_34, header, "a-1,ort-b,34111") == "modifiée"
    assert "Lodève : l'acte" in saved(agent_34, action, convention=elsewhere.pk)


def test_a_sector_of_the_same_name_comes_with_its_convention(
    agent_34, ort, elsewhere, ganges, lodeve
):
    action = factories.action([], ort, identifiant="a-1", etendue="ort")
    action.secteurs_lies.create(secteur=ort.secteurs.create(commune=lodeve, nom="Centre"))
    theirs = elsewhere.secteurs.create(commune=ganges, nom="Centre")
    header = "action_identifiant,ort_identifiant,secteurs"
    assert "autre convention" in told_of_file(agent_34, header, "a-1,ort-b,")
    imported(agent_34, "projects_action", "actions", f"{header}\na-1,ort-b,Centre\n")
    assert [row.secteur for row in action.secteurs_lies.all()] == [theirs]


def test_an_act_of_entry_is_not_moved_after_what_was_done_of_it(agent_34, action, ort):
    later = factories.avenant(ort, "2024-01-01")
    told = saved(agent_34, action, entree_par="avenant", entree=later.pk)
    assert "Cet avenant précède celui qui met l'action au plan, le 1er janvier 2024." in told
    header = "action_identifiant,ort_identifiant,entree_par,avenant_entree"
    assert "précède celui qui met" in told_of_file(agent_34, header, "a-1,ort-a,avenant,2024-01-01")


def test_an_axe_recorded_before_its_rule_locks_no_page(agent_34, lodeve):
    first = factories.labellisation(lodeve, adhesion="2021-03-01", fin="2022-01-01")
    again = factories.labellisation(lodeve, debut="2023-01-01", adhesion="2023-03-01")
    other = Axe.objects.create(labellisation=again, code="Z", intitule="Axe")
    action = factories.action([lodeve], adhesions=[first], axe=other)
    assert saved(agent_34, action, intitule="Halle") == ""
    # Its adhésion corrected, the axe is said anew.
    third = factories.labellisation(factories.commune("34028"), adhesion="2020-12-01")
    told = saved(agent_34, action, **{"adhesions-0-labellisation": third.pk})
    assert "celui d'un autre plan" in told


def test_a_commune_recorded_before_its_rule_locks_no_other(agent_34, action, ganges, ort):
    action.communes_liees.create(commune=ganges)
    assert saved(agent_34, action, intitule="Halle") == ""
    inside, outside = (factories.commune(code) for code in ("34028", "34103"))
    factories.couverture(ort, inside)
    rows = {"communes_liees-TOTAL_FORMS": 3}
    assert "l'acte qui met" in saved(
        agent_34, action, **rows, **{"communes_liees-2-commune": outside.pk}
    )
    header = "action_identifiant,communes"
    assert "l'acte qui met" in told_of_file(agent_34, header, "a-1,34142|34111|34103")
    assert told_of_file(agent_34, header, "a-1,34142|34111|34028") == "modifiée"
    assert saved(agent_34, action, **rows, **{"communes_liees-2-commune": inside.pk}) == ""
