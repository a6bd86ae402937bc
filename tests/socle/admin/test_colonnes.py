"""« Vos colonnes »: what a column is taken for is asked once, by its own words, and kept for colleagues."""

import pytest
from django.urls import reverse

from communes.models import Labellisation
from socle.models import ColonneRetenue
from tests import factories
from tests.conftest import browser_of
from tests.factories import day
from tests.fichiers import changes, imported, motives, outcome, previewed, send, told_columns

PAGE, SORTE = "communes_labellisation", "communes-laureates"
TABLE = "Code de la ville;Commune;Signée le\n34142;Lodève;27/03/2021\n"
ANSWERS = {
    "Code de la ville": "code_insee",
    "Commune": "",
    "Signée le": "date_signature_adhesion",
}


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def lodeve(db):
    commune = factories.commune("34142", nom="Lodève")
    return factories.labellisation(commune, adhesion="2021-03-26")


def test_unknown_columns_are_asked_with_their_values_and_a_guess(agent_34, lodeve):
    text = "code inse;couleur\n34142;bleu\n34142;vert\n"
    page = agent_34.get(send(agent_34, PAGE, SORTE, text).url)
    assert page.status_code == 200
    asked = [(c.entete, c.valeurs, c.colonne, c.sure) for c, _ in page.context["form"].lignes]
    assert asked == [
        ("code inse", ["34142"], "code_insee", False),
        ("couleur", ["bleu", "vert"], None, False),
    ]
    assert "Vos colonnes" in page.content.decode()


def test_what_was_answered_is_read_and_not_asked_again(agent_34, lodeve):
    page = told_columns(agent_34, PAGE, SORTE, TABLE, answers=ANSWERS)
    # In the words of the file.
    assert changes(page)["Signée le"] == ("26/03/2021", "27/03/2021")
    again = previewed(agent_34, PAGE, SORTE, TABLE)
    assert outcome(again) == {2: "modifiée"}
    imported(agent_34, PAGE, SORTE, TABLE)
    lodeve.refresh_from_db()
    assert lodeve.date_signature_adhesion == day("2021-03-27")


def test_a_colleague_of_the_departement_is_not_asked_and_another_is(agent_34, agent_81, lodeve):
    told_columns(agent_34, PAGE, SORTE, TABLE, answers=ANSWERS)
    colleague = browser_of(factories.agent("bruno", [factories.departement("34")]))
    assert outcome(previewed(colleague, PAGE, SORTE, TABLE)) == {2: "modifiée"}
    assert send(agent_81, PAGE, SORTE, TABLE).url.endswith("/colonnes/")
    nowhere = browser_of(factories.agent("nulle-part", []))
    assert send(nowhere, PAGE, SORTE, TABLE).status_code == 403


def test_what_was_answered_is_forgotten_in_one_click(agent_34, agent_81, lodeve):
    told_columns(agent_34, PAGE, SORTE, TABLE, answers=ANSWERS)
    theirs = ColonneRetenue.objects.create(portee="81", sorte=SORTE, entete="signee", colonne="")
    preview_url = send(agent_34, PAGE, SORTE, TABLE).url
    assert agent_34.post(f"{preview_url}colonnes/", {"oublier": "1"}).status_code == 302
    assert list(ColonneRetenue.objects.all()) == [theirs]
    assert send(agent_34, PAGE, SORTE, TABLE).url.endswith("/colonnes/")


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (ANSWERS | {"Commune": "code_insee"}, "est déjà prise pour cela"),
        (
            {"Code de la ville": "", "Commune": ""},
            "Dites quelle colonne du fichier donne « code INSEE »",
        ),
        (ANSWERS | {"Signée le": "couleur"}, "Sélectionnez un choix valide"),
    ],
)
def test_answers_that_cannot_be_are_told_and_nothing_is_kept(agent_34, lodeve, answers, told):
    page = told_columns(agent_34, PAGE, SORTE, TABLE, answers=answers)
    assert page.status_code == 200
    assert told in str(page.context["form"].errors)
    assert not ColonneRetenue.objects.exists()


def test_the_file_of_another_agent_is_not_asked_of(agent_34, agent_81, lodeve):
    url = send(agent_34, PAGE, SORTE, TABLE).url
    answer = agent_81.get(url)
    assert answer.status_code == 302
    assert answer.url == reverse(f"admin:{PAGE}_import")


def test_a_commune_is_known_by_its_name_within_reach(agent_34, db):
    factories.commune("34142", nom="Lodève")
    factories.commune("34143", nom="Saint-Jean")
    factories.commune("34144", nom="Saint-Jean")
    factories.commune("81004", nom="Albi", departement=factories.departement("81"))
    text = (
        "Commune;Date d'entrée\nMairie de LODEVE (34);22/01/2021\nSt Jean;22/01/2021\n"
        "Albi;22/01/2021\nNulle-Part;22/01/2021\n"
    )
    page = previewed(agent_34, PAGE, SORTE, text)
    assert outcome(page) == {2: "nouvelle", 3: "refusée", 4: "refusée", 5: "refusée"}
    assert "porté par plusieurs fiches : écrivez l'une de 34143, 34144" in motives(page)[3]
    assert "inconnu du référentiel" in motives(page)[4]
    (ligne,) = [li for li in page.context["apercu"].lignes if li.numero == 2]
    assert ligne.reconnus == [("Commune", "Mairie de LODEVE (34)", "34142 (Lodève)")]
    imported(agent_34, PAGE, SORTE, text)
    assert Labellisation.objects.get().commune_id == "34142"


def test_an_intercommunalite_and_an_ort_are_known_by_their_names(agent_34, db):
    epci = factories.intercommunalite("200017341", nom="Lodévois et Larzac")
    town = factories.commune("34142", nom="Lodève", epci=epci)
    text = (
        "ort_identifiant;Nom de l'ORT;EPCI porteur;departement_reference;origine\n"
        "ort-lodeve;ORT de Lodève;CC Lodévois et Larzac;34;PVD\n"
    )
    page = previewed(agent_34, "ort_convention", "ort", text)
    assert changes(page)["EPCI porteur"] == ("", "Lodévois et Larzac")
    imported(agent_34, "ort_convention", "ort", text)
    rows = "ORT;Commune;date_avenant_entree\nORT de Lodève;Lodève;\n"
    assert outcome(previewed(agent_34, "ort_convention", "ort-communes", rows)) == {2: "nouvelle"}
    assert town.couvertures.count() == 0


def test_a_part_of_its_name_is_enough_for_an_intercommunalite_alone_to_have_it(agent_34, db):
    orb = "Grand Orb Communauté de Communes en Languedoc"
    for siren, nom, town in (
        ("200042646", orb, "34028"),
        ("200017341", "Sud-Hérault", "34202"),
        ("243400355", "Hérault-Méditerranée", "34003"),
    ):
        factories.commune(town, epci=factories.intercommunalite(siren, nom=nom))
    header = "ort_identifiant;intitule;EPCI porteur;departement_reference;origine\n"
    rows = "ort-a;A;CC Grand Orb;34;PVD\nort-b;B;Hérault;34;PVD\n"
    page = previewed(agent_34, "ort_convention", "ort", header + rows)
    assert outcome(page) == {2: "nouvelle", 3: "refusée"}
    assert changes(page)["EPCI porteur"] == ("", orb)
    assert "porté par plusieurs fiches" in motives(page)[3]
