"""The ORT, their communes and their avenants, brought in and taken out by agents."""

import html

import pytest
from django.urls import reverse

from ort.models import Avenant, CommuneCouverte, Convention
from tests import factories
from tests.factories import day
from tests.fichiers import changes, confirm, exported, imported, motives, outcome, previewed, send

ORT, AVENANT = "ort_convention", "ort_avenant"
HEADER = "ort_identifiant,intitule,departement_reference,origine,date_signature"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def salvetat(db):
    """An ORT over two départements, kept by the Hérault."""
    communes = [factories.commune("34293"), factories.commune("81124")]
    return factories.convention("2022-07-28", communes, identifiant="ort-salvetat")


def test_a_convention_comes_in_with_its_source(agent_34):
    source = factories.source("dgaln-2026")
    text = f"{HEADER},source_signature\nort-lodeve,ORT de Lodève,34,PVD,16/07/2021,dgaln-2026\n"
    imported(agent_34, ORT, "ort", text)
    convention = Convention.objects.get()
    assert convention.date_signature == day("2021-07-16")
    assert convention.affirmations.get().source == source
    assert convention.history.get().history_change_reason == "Relecture"


def test_a_convention_elsewhere_is_refused(agent_34, agent_81, salvetat):
    departement = factories.departement("12")
    theirs = factories.convention(identifiant="ort-rodez", departement_reference=departement)
    text = f"{HEADER}\nort-rodez,A,12,PVD,\nort-neuve,B,12,PVD,\nort-salvetat,C,34,PVD,2022-07-29\n"
    page = previewed(agent_34, ORT, "ort", text)
    assert outcome(page) == {2: "refusée", 3: "refusée", 4: "modifiée"}
    assert all("hors de vos départements" in motive for motive in motives(page).values())
    confirm(agent_34, page)
    theirs.refresh_from_db()
    assert theirs.intitule == "ORT d'essai"
    shared = f"{HEADER}\nort-salvetat,D,34,PVD,2022-07-29\n"
    assert outcome(previewed(agent_81, ORT, "ort", shared)) == {2: "modifiée"}


def test_a_missing_column_of_a_new_convention_is_told(agent_34):
    told = motives(previewed(agent_34, ORT, "ort", "ort_identifiant,intitule\nort-a,A\n"))
    assert told[2] == "colonne « departement_reference », valeur «  » : valeur manquante"


def test_an_avenant_then_the_commune_that_it_brings_in(agent_34, salvetat):
    factories.commune("34142")
    text = "ort_identifiant,numero,date_avenant,objet\nort-salvetat,1,11/01/2023,Entrée\n"
    imported(agent_34, AVENANT, "avenants", text)
    assert Avenant.objects.get().date_signature == day("2023-01-11")
    rows = "ort_identifiant,insee_com,date_avenant_entree\nort-salvetat,34142,11/01/2023\n"
    page = previewed(agent_34, ORT, "ort-communes", rows + "ort-salvetat,34142,12/01/2023\n")
    assert outcome(page) == {2: "nouvelle", 3: "refusée"}
    confirm(agent_34, page)
    assert CommuneCouverte.objects.get(commune="34142").entree == Avenant.objects.get()


def test_a_month_is_the_same_whatever_day_of_it_a_file_says(agent_34, salvetat):
    """Stored on its first day, it is found again and does not change."""
    source = factories.source("acte")
    header = "ort_identifiant,date_signature,precision_signature,source_signature"
    text = f"{header}\nort-salvetat,16/07/2023,mois,acte\n"
    page = previewed(agent_34, AVENANT, "avenants", text)
    assert changes(page)["date_signature"] == ("", "01/07/2023")
    confirm(agent_34, page)
    act = Avenant.objects.get()
    assert (act.date_signature, act.precision_signature) == (day("2023-07-01"), "mois")
    said = act.affirmations.get()
    assert (said.valeur, said.valeur_brute, said.source) == ("2023-07-01", "16/07/2023", source)
    again = text.replace("16/07", "20/07")
    assert outcome(previewed(agent_34, AVENANT, "avenants", again)) == {2: "inchangée"}


def test_an_avenant_before_its_convention_or_elsewhere_is_refused(agent_34, salvetat):
    factories.convention(identifiant="ort-rodez", departement_reference=factories.departement("12"))
    text = "ort_identifiant,date_signature\nort-salvetat,2020-01-01\nort-rodez,2024-01-01\n"
    told = motives(previewed(agent_34, AVENANT, "avenants", text))
    assert "avant sa convention" in told[2]
    assert "hors de vos départements" in told[3]


def test_a_planned_avenant_is_not_taken_for_a_signed_one(agent_34, salvetat):
    factories.avenant(salvetat, "2023-01-11")
    text = "ort_identifiant,date_signature,date_signature_prevue\nort-salvetat,,2027-01-01\n"
    assert outcome(previewed(agent_34, AVENANT, "avenants", text)) == {2: "nouvelle"}


def test_the_communes_of_a_shared_ort_are_those_within_its_reach(agent_81, agent_34, salvetat):
    for code in ("34142", "12001"):
        factories.commune(code)
    salvetat.porteur = factories.intercommunalite()
    salvetat.save()
    factories.commune("81192", salvetat.porteur)
    factories.convention("2021-07-16", identifiant="ort-lodeve")
    text = (
        "ort_identifiant,code_insee,date_avenant_entree\nort-salvetat,34142,\n"
        "ort-salvetat,81192,\nort-salvetat,12001,\nort-lodeve,81192,\n"
    )
    page = previewed(agent_81, ORT, "ort-communes", text)
    assert outcome(page) == {2: "refusée", 3: "nouvelle", 4: "refusée", 5: "refusée"}
    own = previewed(agent_34, ORT, "ort-communes", text)
    assert outcome(own) == {2: "nouvelle", 3: "nouvelle", 4: "refusée", 5: "refusée"}


def test_a_commune_twice_in_an_ort_is_refused(agent_34, salvetat):
    factories.avenant(salvetat, "2023-01-11")
    text = "ort_identifiant,code_insee,date_avenant_entree\nort-salvetat,34293,2023-01-11\n"
    told = motives(previewed(agent_34, ORT, "ort-communes", text))
    assert "Cette commune est déjà dans cette ORT à ces dates." in told[2]


def test_a_commune_twice_in_one_file_is_refused_by_its_days(agent_34, salvetat):
    """The second row of the file is judged after the first, which is not saved yet."""
    for jour in ("2023-01-11", "2024-01-11", "2025-01-11"):
        factories.avenant(salvetat, jour)
    factories.commune("34142")
    text = (
        "ort_identifiant,code_insee,date_avenant_entree,date_avenant_sortie\n"
        "ort-salvetat,34142,2023-01-11,2025-01-11\nort-salvetat,34142,2024-01-11,\n"
    )
    page = previewed(agent_34, ORT, "ort-communes", text)
    assert outcome(page) == {2: "nouvelle", 3: "refusée"}
    assert "déjà dans cette ORT à ces dates" in motives(page)[3]


@pytest.mark.parametrize(
    ("page", "sorte"), [(ORT, "ort"), (ORT, "ort-communes"), (AVENANT, "avenants")]
)
def test_a_lecteur_imports_nothing_and_nobody_an_unknown_sort(lecteur_34, agent_34, page, sorte):
    assert lecteur_34.get(reverse(f"admin:{page}_import")).status_code == 403
    assert send(lecteur_34, page, sorte, "a\nb\n").status_code == 403
    answer = send(agent_34, page, "agents", "a\nb\n")
    assert "sorte" in answer.context["form"].errors


def test_what_is_exported_is_imported_unchanged(agent_34, salvetat):
    salvetat.duree_annees, salvetat.note_interne = 5, "=1+1"
    salvetat.save()
    source = factories.source()
    said = {"champ": "date_signature", "source": source, "valeur": "2022-07-28"}
    salvetat.affirmations.create(**said, valeur_brute="28/07/2022")
    factories.avenant(salvetat, "2023-01-11", [factories.commune("34142")], duree_annees=7)
    factories.avenant(salvetat, None, date_signature_prevue="2027-01-01")
    factories.convention(None, identifiant="ort-prevue")
    for page, sorte in ((ORT, "ort"), (ORT, "ort-communes"), (AVENANT, "avenants")):
        for forme in ("csv", "xlsx"):
            sent = agent_34.get(reverse(f"admin:{page}_export", args=[sorte, forme])).getvalue()
            back = previewed(agent_34, page, sorte, sent)
            assert set(outcome(back).values()) == {"inchangée"}, (
                sorte,
                motives(back),
                changes(back),
            )


def test_an_export_has_the_public_columns_and_the_internal_ones(agent_34, agent_81, salvetat):
    factories.convention(None, identifiant="ort-prevue", note_interne="Projet")
    rows = {row["ort_identifiant"]: row for row in exported(agent_34, ORT, "ort")}
    assert set(rows) == {"ort-salvetat", "ort-prevue"}
    assert rows["ort-salvetat"]["communes_couvertes"] == "34293|81124"
    assert (rows["ort-prevue"]["statut"], rows["ort-prevue"]["note_interne"]) == (
        "non_signee",
        "Projet",
    )
    assert [r["ort_identifiant"] for r in exported(agent_81, ORT, "ort")] == ["ort-salvetat"]
    assert len(exported(agent_34, ORT, "ort", query="?q=prevue")) == 1


def test_an_identifier_is_known_whatever_its_case_and_its_hyphens(agent_34, salvetat):
    page = previewed(agent_34, ORT, "ort", "ort_identifiant,intitule\nORT_Salvetat,ORT relue\n")
    assert changes(page) == {"intitule": ("ORT d'essai", "ORT relue")}
    (ligne,) = page.context["apercu"].lignes
    assert ligne.reconnus == [("ort_identifiant", "ORT_Salvetat", "ort-salvetat")]
    text = "ort_identifiant,date_signature\nORT Salvetat,11/01/2023\n"
    imported(agent_34, AVENANT, "avenants", text)
    assert Avenant.objects.get().convention == salvetat


def test_a_preview_warns_of_a_commune_from_elsewhere_or_covered(agent_34, salvetat):
    """As that of a geste does, once for all the rows of an act."""
    salvetat.porteur = factories.intercommunalite("200066553", nom="CC du Haut-Languedoc")
    salvetat.save()
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    lodeve = factories.commune("34142", epci=epci, nom="Lodève")
    factories.convention("2022-02-01", [lodeve], intitule="ORT de Lodève")
    factories.commune("34119", epci=salvetat.porteur, nom="Fraisse")
    text = "ort_identifiant,code_insee\nort-salvetat,{}\n"
    page = previewed(agent_34, ORT, "ort-communes", text.format("34142"))
    assert outcome(page) == {2: "nouvelle"}
    shown = html.unescape(page.content.decode())
    assert "Lodève n'est pas membre de CC du Haut-Languedoc le 28 juillet 2022" in shown
    assert "déjà couverte par « ORT de Lodève »" in shown.replace("\N{NO-BREAK SPACE}", " ")
    calm = previewed(agent_34, ORT, "ort-communes", text.format("34119"))
    assert "À vérifier :" not in calm.content.decode()


def remarks(page):
    """Return what a preview warns of, by row."""
    lignes = page.context["apercu"].lignes
    return {ligne.numero: ligne.remarques for ligne in lignes if ligne.remarques}


@pytest.mark.parametrize(("jour", "second"), [("27/07/2022", False), ("28/07/2022", True)])
def test_a_preview_warns_of_a_second_ort_as_a_geste_does(agent_34, salvetat, jour, second):
    salvetat.porteur = factories.intercommunalite("200066553", nom="CC du Haut-Languedoc")
    salvetat.save()
    factories.commune("34119", epci=salvetat.porteur)
    text = f"{HEADER},siren_epci\nort-autre,ORT autre,34,PVD,{jour},200066553\n"
    (told,) = remarks(previewed(agent_34, ORT, "ort", text)).values()
    assert "La ville principale n'est pas dite, ni la dérogation du préfet." in told
    expected = "CC du Haut-Languedoc porte déjà une ORT ce jour-là : ORT d'essai."
    assert (expected in told) == second


def test_a_preview_warns_of_what_a_row_changes_and_of_nothing_else(agent_34, salvetat):
    text = "ort_identifiant,intitule\nort-salvetat,ORT relue\n"
    assert remarks(previewed(agent_34, ORT, "ort", text)) == {}
    text = "ort_identifiant,derogation_l303_3\nort-salvetat,non\n"
    assert remarks(previewed(agent_34, ORT, "ort", text)) == {
        2: ["La ville principale n'est pas dite, ni la dérogation du préfet."]
    }


def test_a_convention_signed_by_a_file_warns_of_its_communes(agent_34):
    lodeve = factories.commune("34142", nom="Lodève")
    factories.convention("2022-02-01", [lodeve], intitule="ORT de Lodève")
    factories.convention(None, [lodeve], identifiant="ort-prevue", derogation_l303_3=True)
    text = "ort_identifiant,date_signature\nort-prevue,01/02/2022\n"
    (told,) = remarks(previewed(agent_34, ORT, "ort", text)).values()
    assert told == ["Lodève est déjà couverte par « ORT de Lodève » depuis le 1er février 2022."]


@pytest.mark.parametrize(("jour", "ended"), [("27/07/2027", False), ("28/07/2027", True)])
def test_a_preview_warns_of_an_avenant_after_the_end(agent_34, salvetat, jour, ended):
    salvetat.duree_annees = 5
    salvetat.save()
    text = f"ort_identifiant,date_avenant,objet\nort-salvetat,{jour},Prolongation\n"
    told = remarks(previewed(agent_34, AVENANT, "avenants", text))
    expected = ["Cette convention est échue depuis le 28 juillet 2027, avant cet avenant."]
    assert told == ({2: expected} if ended else {})


@pytest.mark.parametrize(("document", "told"), [("2022-07-27", 1), ("2022-07-28", 0)])
def test_a_preview_warns_of_a_fact_later_than_its_document(agent_34, document, told):
    source = factories.source("acte", titre="Acte", date_document=day(document))
    text = f"{HEADER},derogation_l303_3\nort-a,ORT de A,34,PVD,28/07/2022,oui\n"
    page = previewed(agent_34, ORT, "ort", text, source=source.pk)
    later = "dit un fait qui lui est postérieur : date de signature le 28 juillet 2022."
    assert [t.endswith(later) for t in remarks(page).get(2, [])] == [True] * told
