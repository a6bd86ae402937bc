"""The spreadsheet of a plan: a row an action, a column a funder, written once it has been read."""

from decimal import Decimal

from projects.models import (
    Action,
    ActionCommune,
    Axe,
    Cout,
    FaitAction,
    FaitFinancement,
    Financement,
    Prevision,
)
from socle.models import Affirmation, Import
from tests.factories import day
from tests.fichiers import changes, confirm, motives, outcome

SAMPLE = (
    "numero,axe_code,axe,intitule,theme,maitre_ouvrage,communes,maturite,etat,debut_prevu,fin_prevue,"
    "cout,base_cout,Anah,DETR,Région,Autofinancement\n"
    "A1,A,Habiter le centre,Réhabilitation d'un îlot : six logements,Habitat,Commune,34142,mature,"
    "travaux en cours,2025-03,2027-06,1240000,HT,372000,248000,124000,496000\n"
)


def test_a_row_gives_an_action_its_calendar_its_cost_and_its_money(agent_34, sent, lodeve):
    page = sent(SAMPLE)
    assert outcome(page) == {2: "nouvelle"}, motives(page)
    assert Action.objects.count() == 0
    confirm(agent_34, page)
    action = Action.objects.get()
    assert (action.identifiant, action.numero, action.entree_par) == (
        "lodeve-a1",
        "A1",
        "convention",
    )
    assert (action.convention, action.theme.cle, action.plan_signe) == (
        lodeve,
        "habitat",
        "avec_financement",
    )
    assert action.maitre_ouvrage_commune_id == "34142"
    assert str(action.axe) == "A – Habiter le centre"
    assert ActionCommune.objects.get().commune_id == "34142"
    assert (Cout.objects.get().montant, Cout.objects.get().base) == (Decimal(1240000), "HT")
    assert set(Prevision.objects.values_list("objet", "date_prevue", "precision")) == {
        ("debut", day("2025-03-01"), "mois"),
        ("fin", day("2027-06-01"), "mois"),
    }
    fait = FaitAction.objects.get()
    assert (fait.nature, fait.phase, fait.jour, fait.precision) == (
        "debut",
        "operation",
        day("2025-06-01"),
        "au_plus_tard",
    )
    lines = Financement.objects.values_list("identifiant", "faits__nature", "faits__montant")
    assert sorted(lines) == [
        ("lodeve-a1-anah", "prevision", Decimal(372000)),
        ("lodeve-a1-autofinancement", "prevision", Decimal(496000)),
        ("lodeve-a1-detr", "prevision", Decimal(248000)),
        ("lodeve-a1-region", "prevision", Decimal(124000)),
    ]
    assert str(Financement.objects.get(dispositif__cle="region").financeur) == "Région Occitanie"
    said = Affirmation.objects.values_list("champ", flat=True)
    assert sorted(set(said)) == ["etablie_le", "jour"]


def test_the_preview_tells_maturity_in_the_words_of_the_file(agent_34, sent):
    confirm(agent_34, sent(SAMPLE))
    page = sent(SAMPLE.replace(",mature,", ",en germe,"), jour="2025-09-01")
    assert changes(page)["maturite"] == ("mature", "en germe")


def test_the_same_plan_imported_again_changes_nothing(agent_34, sent):
    confirm(agent_34, sent(SAMPLE))
    page = sent(SAMPLE)
    assert outcome(page) == {2: "inchangée"}, page.context["apercu"].lignes[0].changements
    page = sent(SAMPLE, jour="2025-09-01")
    assert outcome(page) == {2: "inchangée"}


def test_what_a_plan_wrote_is_taken_back_whole(agent_34, sent):
    confirm(agent_34, sent(SAMPLE))
    Import.objects.get().undo(agent_34.agent)
    left = [m.objects.count() for m in (Action, Axe, Cout, Prevision, Financement, FaitFinancement)]
    assert left == [0] * 6
