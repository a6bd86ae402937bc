"""The chef de projet posts, brought in and taken out by agents."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.postes.models import Desserte, Occupation, Poste
from tests import factories
from tests.factories import day
from tests.fichiers import changes, exported, imported, motives, outcome, previewed, send

PAGE, SORTE = "projects_poste", "postes"
HEADER = "poste_identifiant,intitule,communes_desservies"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def communes(db):
    return [factories.commune(code) for code in ("34114", "34239", "81124")]


def test_a_new_post_comes_with_the_communes_that_it_serves(agent_34, communes):
    imported(agent_34, PAGE, SORTE, f"{HEADER}\nposte-a,Chef de projet,34114|34239\n")
    poste = Poste.objects.for_user(agent_34.agent).get()
    assert set(poste.dessertes.values_list("commune", flat=True)) == {"34114", "34239"}
    assert poste.dessertes.first().history.get().history_change_reason == "Relecture"


def test_a_preview_creates_no_post(agent_34, communes):
    page = previewed(agent_34, PAGE, SORTE, f"{HEADER}\nposte-a,Chef de projet,34114\n")
    assert outcome(page) == {2: "nouvelle"}
    assert not Poste.objects.exists()
    assert not Desserte.history.exists()


def test_a_post_elsewhere_or_nowhere_is_refused(agent_34, communes):
    theirs = factories.poste([communes[2]], identifiant="poste-du-tarn")
    text = (
        f"{HEADER}\nposte-a,A,81124\nposte-b,B,\nposte-c,C,34999\nposte-du-tarn,D,34114\n"
        "poste-e,E,34114|81124\n"
    )
    page = previewed(agent_34, PAGE, SORTE, text)
    assert set(outcome(page).values()) == {"refusée"}
    told = motives(page)
    assert "hors de vos départements : demandez l'accord de la DDT du Tarn" in told[2]
    assert "au moins une commune" in told[3]
    assert "inconnu du référentiel" in told[4]
    assert "hors de vos départements" in told[5]
    assert not Desserte.objects.exclude(poste=theirs).exists()


def test_a_commune_is_added_to_a_post_of_the_agent_only(agent_34, communes):
    ours = factories.poste([communes[0]], identifiant="poste-a")
    factories.poste([communes[2]], identifiant="poste-du-tarn")
    text = (
        "poste_identifiant,code_insee,date_debut\nposte-a,34239,01/09/2023\n"
        "poste-a,81124,\nposte-du-tarn,34239,\n"
    )
    page = previewed(agent_34, PAGE, "postes-communes", text)
    assert outcome(page) == {2: "nouvelle", 3: "refusée", 4: "refusée"}
    imported(agent_34, PAGE, "postes-communes", text)
    assert ours.dessertes.get(commune="34239").debut == day("2023-09-01")


def test_a_lecteur_imports_nothing(lecteur_34, communes):
    assert send(lecteur_34, PAGE, SORTE, f"{HEADER}\nposte-a,A,34114\n").status_code == 403


def test_what_is_exported_is_imported_unchanged_and_names_the_holder(agent_34, communes):
    poste = factories.poste(
        communes[:2], identifiant="poste-a", employeur_commune=communes[0], quotite=50
    )
    factories.occupation(poste, "2023-01-01", titulaire="Camille Exemple")
    (row,) = exported(agent_34, PAGE, SORTE)
    assert (row["titulaire"], row["communes_desservies"]) == ("Camille Exemple", "34114|34239")
    sent = agent_34.get(reverse(f"admin:{PAGE}_export", args=[SORTE, "ods"])).getvalue()
    assert outcome(previewed(agent_34, PAGE, SORTE, sent)) == {2: "inchangée"}


HOLDERS = "poste_identifiant,titulaire,courriel,arrivee,dernier_jour,type_contrat,quotite"


@pytest.fixture
def deux_postes(communes):
    """One post of the Hérault, one of the Tarn."""
    factories.poste([communes[2]], identifiant="poste-du-tarn")
    return factories.poste([communes[0]], identifiant="poste-a")


def test_holders_come_from_a_file_with_their_last_day(agent_34, deux_postes):
    text = (
        f"{HOLDERS}\nposte-a,Titulaire 1,t1@exemple.fr,01/09/2021,31/08/2023,Contrat de projet,80\n"
        "poste-a,Titulaire 2,,01/10/2023,,cdi,\nposte-du-tarn,Titulaire 3,,01/10/2023,,,\n"
    )
    page = previewed(agent_34, PAGE, "titulaires", text)
    assert outcome(page) == {2: "nouvelle", 3: "nouvelle", 4: "refusée"}
    assert changes(page)["dernier_jour"] == ("", "31/08/2023")
    assert not Occupation.objects.exists()
    imported(agent_34, PAGE, "titulaires", text)
    first, second = deux_postes.occupations.all()
    assert (first.fin, first.type_contrat, first.quotite) == (
        day("2023-09-01"),
        "contrat_de_projet",
        80,
    )
    assert (second.fin, second.type_contrat, second.quotite) == (None, "cdi", None)
    assert first.history.get().history_change_reason == "Relecture"


@pytest.mark.parametrize(
    ("sorte", "text", "told"),
    [
        ("titulaires", f"{HOLDERS}\nposte-a,,,01/09/2021,31/08/2021,,\n", "postérieure au début"),
        ("titulaires", f"{HOLDERS}\nposte-a,,,,,,\n", "date"),
        ("titulaires", f"{HOLDERS}\nposte-a,,,01/09/2021,,stage,\n", "attendu : titulaire"),
        ("titulaires", f"{HOLDERS}\nposte-a,,,01/09/2021,,,101\n", "1 à 100"),
        ("titulaires", f"{HOLDERS}\nposte-a,,pas un courriel,01/09/2021,,,\n", "pas un courriel"),
        ("titulaires", f"{HOLDERS}\nposte-x,,,01/09/2021,,,\n", "inconnu du référentiel"),
        (
            "recrutements",
            "poste_identifiant,date_publication,issue\nposte-a,01/09/2021,recrute\n",
            "L'issue et sa date vont ensemble",
        ),
        ("recrutements", "poste_identifiant,date_publication\nposte-a,\n", "date_publication"),
        (
            "cofinancements",
            "poste_identifiant,financeur,annee,taux\nposte-a,anah,2022,moitié\n",
            "nombre attendu",
        ),
        (
            "cofinancements",
            "poste_identifiant,financeur,annee,taux\nposte-a,anah,2022,NaN %\n",
            "nombre attendu",
        ),
        ("cofinancements", "poste_identifiant,financeur,annee\nposte-a,,2022\n", "manquante"),
        ("cofinancements", "poste_identifiant,financeur,annee\nposte-a,anah,\n", "annee"),
        ("cofinancements", "poste_identifiant,financeur,annee\nposte-a,anah,22\n", "2020"),
        ("cofinancements", "poste_identifiant,financeur,annee\nposte-a,autre,2022\n", "Précisez"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_why(agent_34, deux_postes, sorte, text, told):
    page = previewed(agent_34, PAGE, sorte, text)
    assert outcome(page) == {2: "refusée"}
    assert told in motives(page)[2]


def test_offers_come_from_a_file_and_are_sourced(agent_34, deux_postes):
    factories.source("note")
    text = (
        "poste_identifiant,date_publication,date_cloture,issue,date_issue,source_publication\n"
        "poste-a,01/05/2021,31/05/2021,Personne recrutée,25/06/2021,note\n"
        "poste-du-tarn,01/05/2021,,,,\n"
    )
    assert outcome(previewed(agent_34, PAGE, "recrutements", text)) == {2: "nouvelle", 3: "refusée"}
    imported(agent_34, PAGE, "recrutements", text)
    offer = deux_postes.recrutements.get()
    assert (offer.issue, offer.date_issue) == ("recrute", day("2021-06-25"))
    said = {a.champ: a.source.genre for a in offer.affirmations.all()}
    assert said == {"date_publication": "document", "date_issue": "service"}


def test_fundings_come_from_a_file_as_a_spreadsheet_writes_amounts(agent_34, deux_postes):
    header = "poste_identifiant,financeur,annee,taux,montant,date_debut,dernier_jour"
    text = (
        f'{header}\nposte-a,anah,2022,"37,5 %","27 500,50 €",01/01/2022,31/12/2022\n'
        "poste-du-tarn,anah,2022,,,,\n"
    )
    page = previewed(agent_34, PAGE, "cofinancements", text)
    assert outcome(page) == {2: "nouvelle", 3: "refusée"}
    imported(agent_34, PAGE, "cofinancements", text)
    funding = deux_postes.cofinancements.get()
    assert (funding.taux, funding.montant) == (Decimal("37.5"), Decimal("27500.50"))
    assert funding.fin == day("2023-01-01")


@pytest.mark.parametrize("sorte", ["titulaires", "recrutements", "cofinancements"])
def test_what_hangs_on_posts_is_exported_and_imported_unchanged(agent_34, deux_postes, sorte):
    person = factories.occupation(
        deux_postes,
        "2021-09-01",
        "2023-09-01",
        titulaire="Titulaire 1",
        type_contrat="cdd",
        quotite=50,
        fin_contrat_prevue=day("2024-09-01"),
        motif_depart="mutation",
    )
    factories.recrutement(deux_postes, "2021-05-01", "recrute", "2021-06-25", occupation=person)
    factories.cofinancement(deux_postes, taux=50, montant=27500, fin=day("2023-01-01"))
    other = Poste.objects.get(identifiant="poste-du-tarn")
    factories.occupation(other, "2021-09-01")
    factories.recrutement(other, "2021-05-01")
    factories.cofinancement(other)
    (row,) = exported(agent_34, PAGE, sorte)
    assert row["poste_identifiant"] == "poste-a"
    sent = agent_34.get(reverse(f"admin:{PAGE}_export", args=[sorte, "ods"])).getvalue()
    assert outcome(previewed(agent_34, PAGE, sorte, sent)) == {2: "inchangée"}


def test_the_export_of_posts_tells_the_contract_of_the_holder(agent_34, deux_postes):
    factories.occupation(
        deux_postes,
        "2021-09-01",
        titulaire="Titulaire 1",
        type_contrat="cdd",
        quotite=50,
        fin_contrat_prevue=day("2099-09-01"),
    )
    (row,) = exported(agent_34, PAGE, "postes")
    told = [row[f"titulaire_{name}"] for name in ("type_contrat", "quotite", "fin_contrat")]
    assert told == ["cdd", "50", "2099-08-31"]
    assert row["quotite_pourvue"] == "50"


@pytest.mark.parametrize("sorte", ["titulaires", "recrutements", "cofinancements"])
def test_a_lecteur_imports_nothing_of_what_hangs_on_posts(lecteur_34, deux_postes, sorte):
    assert send(lecteur_34, PAGE, sorte, "poste_identifiant\nposte-a\n").status_code == 403


STAYS = "poste_identifiant,titulaire,arrivee,dernier_jour"


@pytest.mark.parametrize("arrivee", ["2023-01-01", "2021-01-01"], ids=["new", "changed"])
def test_more_holders_ask_for_no_more_queries(agent_34, communes, arrivee):
    for rank in range(8):
        poste = factories.poste(communes[:1], identifiant=f"p-{rank}")
        held = factories.occupation(poste, "2021-01-01", "2022-01-01", titulaire=f"Dame {rank}")
        factories.recrutement(poste, "2020-10-01", "recrute", "2020-12-01", occupation=held)

    def queries(number):
        rows = [f"p-{rank},Sieur {rank},{arrivee},2024-01-01" for rank in range(number)]
        with CaptureQueriesContext(connection) as captured:
            page = previewed(agent_34, PAGE, "titulaires", "\n".join([STAYS, *rows]))
        assert len(set(outcome(page).values()) & {"nouvelle", "modifiée"}) == 1
        return len(captured)

    queries(3)
    assert queries(3) == queries(8)


@pytest.fixture
def holders(communes):
    """Two stays of one person in a post, one after the other, and the key of each."""
    poste = factories.poste(communes[:1], identifiant="p-1")
    stays = [("2021-01-01", "2022-01-01"), ("2022-06-01", "2023-01-01")]
    return [factories.occupation(poste, *days, titulaire="Lou Personnage") for days in stays]


def told_of_stays(browser, holders, *days):
    """Send back the two stays with other days, each (arrival, last day); return what becomes of each."""
    rows = [
        f"titulaire-{held.pk},p-1,Lou Personnage,{arrivee},{dernier}"
        for held, (arrivee, dernier) in zip(holders, days, strict=True)
    ]
    page = previewed(browser, PAGE, "titulaires", "\n".join([f"titulaire_cle,{STAYS}", *rows]))
    return outcome(page), motives(page)


def test_the_rows_of_a_preview_are_judged_beside_those_above(agent_34, holders):
    days = ("2021-01-01", "2022-03-31"), ("2022-03-01", "2022-12-31")
    sorts, told = told_of_stays(agent_34, holders, *days)
    assert sorts == {2: "modifiée", 3: "refusée"}
    assert "occupe déjà ce poste ces jours-là" in told[3]


def test_a_refused_row_is_not_what_those_below_are_judged_beside(agent_34, holders):
    """The first would last until after the second begins; it stays as it was recorded."""
    days = ("2021-01-01", "2022-06-30"), ("2022-06-15", "2022-12-31")
    sorts, told = told_of_stays(agent_34, holders, *days)
    assert sorts == {2: "refusée", 3: "modifiée"}
    assert list(told) == [2]
