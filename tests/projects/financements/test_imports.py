"""The money of the actions, brought in by agents: lines, facts, payments, and who may."""

import html
from decimal import Decimal

import pytest

from ort.models import Organisme
from projects.financements.models import Dispositif, FaitFinancement, Financement, ReglePeriode
from tests import factories
from tests.fichiers import changes, imported, motives, outcome, previewed, send

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
PAGE = "projects_action"
LIGNES = "financement_identifiant,action_identifiant,dispositif,numero_dossier"
FAITS = "financement_identifiant,jour,nature,montant,delai"
VERSEMENTS = "financement_identifiant,numero_dossier,date_versement,nature,montant,reference"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def action():
    town = factories.commune("34142", epci="new")
    factories.dispositif("detr", financeur=Organisme.objects.create(nom="État", nature="etat"))
    factories.dispositif("region", "collectivite")
    return factories.action(
        [town],
        factories.convention(communes=[town]),
        identifiant="a-1",
        maitre_ouvrage_commune=town,
    )


@pytest.fixture
def line(action):
    """A grant of 1 000 €, whose dossier has a number."""
    line = factories.financement(action, identifiant="f-1", numero_dossier="D-1")
    factories.fait_financement(line, "accord", "2023-01-01", 1000)
    return line


def rows(header, *lines):
    return "\n".join([header, *lines, ""])


def test_two_equal_lines_are_two_grants(agent_34, action):
    text = rows(LIGNES, "f-1,a-1,DETR,D-1", "f-2,a-1,detr,D-1")
    imported(agent_34, PAGE, "financements", text)
    assert Financement.objects.filter(dispositif__cle="detr", numero_dossier="D-1").count() == 2
    assert set(outcome(previewed(agent_34, PAGE, "financements", text)).values()) == {"inchangée"}


def test_a_line_says_who_pays_where_its_scheme_does_not(agent_34, action):
    page = previewed(agent_34, PAGE, "financements", rows(LIGNES, "f-1,a-1,region,"))
    assert "Ce dispositif ne dit pas qui paie" in motives(page)[2]


def test_a_history_comes_in_one_file_then_its_payments(agent_34, action):
    factories.financement(action, identifiant="f-1")
    header = f"{FAITS},reference,date_notification,depense_subventionnable,base,taux"
    faits = rows(
        header,
        "f-1,2022-05-02,demande,1000,,,,,,",
        "f-1,2022-06-02,dossier_complet,,,,,,,",
        'f-1,09/2022,accord,"1 000,10 €",,0012,2022-09-09,"3000,30",HT,"33,3333 %"',
    )
    imported(agent_34, PAGE, "faits-financements", faits)
    granted = FaitFinancement.objects.get(nature="accord")
    assert (granted.montant, granted.taux) == (Decimal("1000.10"), Decimal("33.3333"))
    assert (granted.reference, granted.precision) == ("0012", "mois")
    paid = rows(
        VERSEMENTS,
        "f-1,,2023-04-01,avance,300,V1",
        "f-1,,2023-05-01,acompte,300,V2",
        "f-1,,2023-05-01,acompte,300,V3",
        "f-1,,2023-06-01,reversement,0.50,",
    )
    imported(agent_34, PAGE, "versements", paid)
    assert FaitFinancement.objects.filter(nature="versement").count() == 3
    for sorte, text in (("faits-financements", faits), ("versements", paid)):
        assert set(outcome(previewed(agent_34, PAGE, sorte, text)).values()) == {"inchangée"}


def test_a_decision_whose_amount_changes_is_corrected_and_not_a_second_one(agent_34, line):
    text = rows(FAITS, "f-1,2023-01-01,accord,1200,")
    page = previewed(agent_34, PAGE, "faits-financements", text)
    assert changes(page)["montant"] == ("1000.00", "1200")


@pytest.mark.parametrize(
    ("fact", "told"),
    [
        ("2024-05-01,accord,1000,,2019-01-01", "le jour où elle est signée, ou après"),
        ("2024-05-01,accord,1000,,2099-01-01", "au plus tard aujourd'hui"),
        ("2024-05-01,demande,1000,,2024-05-02", "Seule une décision est notifiée"),
    ],
)
def test_a_decision_is_notified_once_it_is_signed(agent_34, action, fact, told):
    factories.financement(action, identifiant="f-1")
    text = rows(f"{FAITS},date_notification", f"f-1,{fact}")
    assert told in motives(previewed(agent_34, PAGE, "faits-financements", text))[2]


def test_a_withdrawal_lowers_the_grant(agent_34, line):
    text = rows(f"{FAITS},sorte_retrait", "f-1,2023-06-01,retrait,5000,,annulation")
    page = previewed(agent_34, PAGE, "faits-financements", text)
    assert "Un retrait diminue ce qui est accordé" in motives(page)[2]


@pytest.mark.parametrize(
    ("paid", "told"),
    [
        ("f-1,,2023-02-01,avance,1000.01,", "seraient versés, au-delà des"),
        ("f-1,,2022-12-31,avance,10,", "Un versement suit la décision"),
        ("f-1,,2023-02-01,avance,-10,", "Plus serait reversé"),
        ("f-1,,2023-02-01,avance,,", "est d'un montant positif"),
        ("f-1,,2023-02-01,cadeau,10,", "valeur « cadeau » : attendu : avance, acompte, solde"),
        ("f-1,,2023-02-01,avance,1.234,", "deux lectures possibles"),
        ("f-9,,2023-02-01,avance,10,", "valeur « f-9 » : inconnu du référentiel"),
        (",D-9,2023-02-01,avance,10,", "valeur « D-9 » : aucun financement n'a ce numéro"),
        (",,2023-02-01,avance,10,", "valeur manquante"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(agent_34, line, paid, told):
    assert told in motives(previewed(agent_34, PAGE, "versements", rows(VERSEMENTS, paid)))[2]


def test_a_payment_whose_grant_is_unknown_supposes_it(agent_34, action):
    """« Au plus tard » that day, without amount, said by the same source; the next one finds it there."""
    line = factories.financement(action, identifiant="f-1")
    source = factories.source("comptes")
    text = rows(
        f"{VERSEMENTS},source",
        "f-1,,2023-02-01,avance,10,V1,comptes",
        "f-1,,2023-03-01,acompte,20,V2,comptes",
    )
    page = previewed(agent_34, PAGE, "versements", text)
    assert outcome(page) == {2: "nouvelle", 3: "nouvelle"}, motives(page)
    assert "aucun accord n'est connu : il est supposé" in html.unescape(page.content.decode())
    assert not line.faits.exists()
    imported(agent_34, PAGE, "versements", text)
    granted = line.faits.get(nature="accord")
    assert (granted.suppose, granted.montant, granted.precision) == (True, None, "au_plus_tard")
    assert granted.jour == factories.day("2023-02-01")
    said = granted.affirmations.get()
    assert (said.source, said.precision) == (source, "au_plus_tard")
    again = previewed(agent_34, PAGE, "versements", text)
    assert set(outcome(again).values()) == {"inchangée"}


def test_a_payment_that_is_refused_supposes_no_grant(agent_34, action):
    factories.financement(action, identifiant="f-1")
    text = rows(VERSEMENTS, "f-1,,2023-02-01,avance,-10,")
    assert outcome(previewed(agent_34, PAGE, "versements", text)) == {2: "refusée"}
    imported(agent_34, PAGE, "versements", text)
    assert not FaitFinancement.objects.exists()


def test_a_payment_to_the_cent_of_the_grant_passes_and_nothing_after_the_balance(agent_34, line):
    text = rows(VERSEMENTS, "f-1,,2023-02-01,solde,1000,", "f-1,,2023-03-01,acompte,1,")
    page = previewed(agent_34, PAGE, "versements", text)
    assert outcome(page) == {2: "nouvelle", 3: "refusée"}


def test_a_payment_names_its_line_by_the_number_of_its_dossier(agent_34, line):
    header = VERSEMENTS.removeprefix("financement_identifiant,")
    text = rows(header, "D-1,2023-02-01,avance,10,")
    assert outcome(previewed(agent_34, PAGE, "versements", text)) == {2: "nouvelle"}
    factories.financement(line.action, identifiant="f-2", numero_dossier="D-1")
    refused = motives(previewed(agent_34, PAGE, "versements", text))[2]
    assert "plusieurs financements ont ce numéro" in refused
    assert "f-1, f-2" in refused


def test_two_equal_payments_of_a_day_are_told_by_their_reference(agent_34, line):
    text = rows(VERSEMENTS, *["f-1,,2023-02-01,acompte,10,"] * 2)
    assert outcome(previewed(agent_34, PAGE, "versements", text)) == {2: "nouvelle", 3: "refusée"}


def test_a_payment_is_not_told_in_the_table_of_the_other_facts(agent_34, line):
    page = previewed(
        agent_34, PAGE, "faits-financements", rows(FAITS, "f-1,2023-02-01,versement,10,")
    )
    assert "va dans le tableau des versements" in motives(page)[2]


def test_an_agent_writes_the_money_of_its_actions_only(agent_81, action, line):
    convention = line.action.convention
    theirs = factories.commune("81124", epci="new")
    convention.couvertures.create(commune=theirs)
    files = {
        "financements": rows(LIGNES, "f-9,a-1,detr,D-9"),
        "faits-financements": rows(FAITS, "f-1,2023-01-01,accord,1200,"),
        "versements": rows(VERSEMENTS, "f-1,,2023-02-01,avance,10,"),
    }
    for sorte, text in files.items():
        page = previewed(agent_81, PAGE, sorte, text)
        assert outcome(page) == {2: "refusée"}, sorte
        assert "hors de vos départements" in motives(page)[2], sorte


def test_the_national_level_alone_keeps_the_schemes_and_their_rules(national, agent_34, action):
    text = rows("dispositif,libelle,nature,public", "dsil,DSIL,État,oui")
    rules = rows(
        "dispositif,date_debut,dernier_jour,taux_avance,article,verifiee",
        "detr,,2024-12-31,30,CGCT,non",
        "detr,2025-01-01,,35,CGCT,oui",
    )
    for sorte, sent in (("dispositifs", text), ("regles-dispositifs", rules)):
        assert "sorte" in send(agent_34, PAGE, sorte, sent).context["form"].errors
        imported(national, PAGE, sorte, sent)
        assert set(outcome(previewed(national, PAGE, sorte, sent)).values()) == {"inchangée"}
    assert Dispositif.objects.get(cle="dsil").nature == "etat"
    assert ReglePeriode.objects.filter(dispositif__cle="detr").count() == 2
    assert (
        "a déjà une règle à ces dates"
        in motives(
            previewed(
                national,
                PAGE,
                "regles-dispositifs",
                rows("dispositif,date_debut,article", "detr,2025-06-01,CGCT"),
            )
        )[2]
    )
