"""« Toutes mes communes »: each commune on any day, as one asks, kept, downloaded and sent back."""

import csv
import html
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Agent, Commune, Labellisation, Role
from pvd.bureau.tableau.colonnes import COLONNES
from socle.francais import nombre
from tests import factories
from tests.conftest import browser_of
from tests.fichiers import changes, outcome, previewed

URL = reverse("admin:tableau")


def ask(browser, **asked):
    answer = browser.get(URL, asked)
    assert answer.status_code == 200, html.unescape(answer.content.decode())
    return answer


def names(answer):
    """Return the names of the communes shown, in their order."""
    (place,) = [n for n, c in enumerate(answer.context["colonnes"]) if c.nom == "nom_commune"]
    return [row[place].split(">")[1].split("<")[0] for row in answer.context["cellules"]]


def cells(answer, row=0):
    """Return what a row shows, by column."""
    shown = answer.context["cellules"][row]
    return {c.nom: str(v) for c, v in zip(answer.context["colonnes"], shown, strict=True)}


def counts(answer):
    return [number for _, _, number in answer.context["demande"].ensembles]


def file_of(browser, **asked):
    url = reverse("admin:tableau_fichier", args=["csv"])
    text = b"".join(browser.get(url, asked).streaming_content).decode()
    return text, list(csv.DictReader(io.StringIO(text)))


def choose(browser, *columns):
    return browser.post(reverse("admin:tableau_colonnes"), {"colonne": columns})


@pytest.fixture(scope="module")
def herault(scene):
    """Lodève, in its ORT of five years; Ganges, which left; Agde, in an ORT only; Gignac, waiting."""
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    towns = {
        "Lodève": factories.commune("34142", epci=epci, nom="Lodève"),
        "Ganges": factories.commune("34111", epci=epci, nom="Ganges"),
        "Agde": factories.commune("34003", epci="new", nom="Agde"),
        "Gignac": factories.commune("34114", epci="new", nom="Gignac"),
    }
    factories.labellisation(towns["Lodève"], adhesion="2021-03-20")
    factories.labellisation(towns["Gignac"], adhesion="2021-03-20")
    factories.labellisation(towns["Ganges"], fin="2023-01-01")
    factories.convention("2022-01-10", [towns["Lodève"]], identifiant="ort-lodeve", duree_annees=5)
    factories.convention("2022-06-01", [towns["Agde"]], identifiant="ort-agde")
    return towns


@pytest.mark.parametrize(
    ("au", "kept"),
    [("2022-01-09", []), ("2022-01-10", ["Lodève"]), ("2022-05-31", ["Lodève"])],
)
def test_who_had_an_ort_is_told_of_its_day(au, kept, herault, agent_34):
    assert names(ask(agent_34, au=au, ort="avec")) == kept


def test_one_says_which_communes_are_counted(herault, agent_34):
    at_the_end = ask(agent_34, au="2022-12-31")
    assert counts(at_the_end) == [3, 3, 4]
    assert counts(ask(agent_34, au="2022-12-31", ort="avec")) == [1, 1, 2]
    assert counts(ask(agent_34, au="2023-01-01")) == [2, 3, 4]
    wide = {"au": "2023-01-01", "ensemble": "couvertes"}
    assert names(ask(agent_34, **wide)) == ["Agde", "Ganges", "Gignac", "Lodève"]
    assert names(ask(agent_34, au="2023-01-01")) == ["Gignac", "Lodève"]
    assert names(ask(agent_34, **(wide | {"ensemble": "toutes"}))) == ["Ganges", "Gignac", "Lodève"]


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ({"ort": "sans"}, ["Gignac"]),
        ({"ort": "sans-duree", "ensemble": "couvertes"}, ["Agde"]),
        ({"ort": "fin-6", "au": "2026-07-09"}, []),
        ({"ort": "fin-6", "au": "2026-07-10"}, ["Lodève"]),
        ({"ort": "fin-12", "au": "2026-01-09"}, []),
        ({"ort": "fin-12", "au": "2026-01-10"}, ["Lodève"]),
        ({"statut": "adhesion_signee"}, ["Gignac"]),
        ({"epci": "200017341"}, ["Lodève"]),
        ({"poste": "inconnu"}, ["Gignac", "Lodève"]),
        ({"q": "lodeve"}, ["Lodève"]),
        ({"q": "34114"}, ["Gignac"]),
        ({"tri": "date_signature_ort"}, ["Lodève", "Gignac"]),
        ({"tri": "nom_commune", "sens": "desc"}, ["Lodève", "Gignac"]),
    ],
)
def test_the_table_keeps_what_is_asked(asked, kept, herault, agent_34):
    assert names(ask(agent_34, **({"au": "2026-01-09"} | asked))) == kept


def test_an_ort_that_ended_is_told(herault, agent_34):
    convention = herault["Lodève"].couvertures.get().convention
    convention.duree_annees = 1
    convention.save()
    assert names(ask(agent_34, au="2023-01-09", ort="terminee")) == []
    assert names(ask(agent_34, au="2023-01-10", ort="terminee")) == ["Lodève"]


@pytest.mark.une_base
def test_what_is_not_known_is_told_from_what_does_not_exist(herault, agent_34):
    shown = ask(agent_34, ensemble="couvertes", au="2023-06-01")
    agde, _, gignac, lodeve = (cells(shown, row) for row in range(4))
    assert (agde["fin_ort"], gignac["fin_ort"], lodeve["fin_ort"]) == (
        "non renseigné",
        "—",
        "10/01/2027",
    )
    assert (agde["date_signature_adhesion"], gignac["date_signature_adhesion"]) == (
        "—",
        "20/03/2021",
    )


def test_an_agent_sees_its_departements_alone(herault, agent_81, national):
    factories.labellisation(factories.commune("81124", epci="new", nom="Lacaune"))
    assert names(ask(agent_81)) == ["Lacaune"]
    assert names(ask(national)) == ["Gignac", "Lacaune", "Lodève"]
    assert names(ask(national, departement="81")) == ["Lacaune"]
    assert agent_81.get(URL, {"departement": "34"}).status_code == 404


def test_the_names_of_holders_are_read_by_those_who_may(herault, agent_34):
    poste = factories.poste([herault["Lodève"]])
    factories.occupation(poste, "2023-01-01", "2024-01-01", titulaire="Camille Martin")
    choose(agent_34, "titulaires")
    assert cells(ask(agent_34, q="Lodève", au="2023-12-31"))["titulaires"] == "Camille Martin"
    assert cells(ask(agent_34, q="Lodève", au="2024-01-01"))["titulaires"] == "—"


def test_the_columns_are_kept(herault, agent_34):
    assert "population" not in cells(ask(agent_34))
    assert choose(agent_34, "population", "inventée").url == URL
    again = browser_of(Agent.objects.get(pk=agent_34.agent.pk))
    assert list(cells(ask(again))) == ["code_insee", "nom_commune", "population"]
    choose(agent_34)
    assert "statut" in cells(ask(agent_34))


@pytest.mark.une_base
def test_a_population_is_read_by_thousands(herault, agent_34):
    herault["Lodève"].populations.update(valeur=7251)
    herault["Gignac"].populations.all().delete()
    choose(agent_34, "population")
    assert cells(ask(agent_34, q="Lodève"))["population"] == nombre(7251)
    assert cells(ask(agent_34, q="Gignac"))["population"] == "non renseigné"


def test_the_file_is_what_is_shown(herault, agent_34):
    choose(agent_34, "date_signature_ort", "statut")
    _, rows = file_of(
        agent_34, au="2022-12-31", ort="avec", ensemble="couvertes", tri="nom_commune"
    )
    assert rows == [
        {
            "date_situation": "2022-12-31",
            "code_insee": "34003",
            "nom_commune": "Agde",
            "statut": "",
            "date_signature_ort": "2022-06-01",
        },
        {
            "date_situation": "2022-12-31",
            "code_insee": "34142",
            "nom_commune": "Lodève",
            "statut": "ort_signee",
            "date_signature_ort": "2022-01-10",
        },
    ]


def test_the_file_comes_back_unchanged_or_corrected(herault, agent_34):
    choose(
        agent_34,
        "date_entree_programme",
        "date_signature_adhesion",
        "fin_ort",
        "dernieres_nouvelles",
    )
    text, _ = file_of(agent_34)
    page = "communes_labellisation", "communes-laureates"
    assert set(outcome(previewed(agent_34, *page, text)).values()) == {"inchangée"}
    corrected = previewed(agent_34, *page, text.replace("2021-03-20", "2021-03-26", 1))
    assert changes(corrected)["date_signature_adhesion"] == ("20/03/2021", "26/03/2021")
    assert Labellisation.objects.filter(date_signature_adhesion="2021-03-26").count() == 0


@pytest.mark.parametrize(
    "asked",
    [{"ort": "peut-être"}, {"ensemble": "x"}, {"tri": "x"}, {"au": "demain"}, {"q": "x" * 101}],
)
def test_what_cannot_be_asked_is_told(asked, herault, agent_34):
    assert agent_34.get(URL, asked).status_code == 400


def test_more_communes_take_no_more_queries(herault, agent_34):
    def ask_again():
        with CaptureQueriesContext(connection) as queries:
            ask(agent_34, ensemble="couvertes")
        return len(queries)

    chosen = ("titulaires", "dernieres_nouvelles", "population", "nom_epci", "fin_ort", "maire_nom")
    choose(agent_34, *chosen)
    factories.occupation(factories.poste([herault["Lodève"]]), "2023-01-01", titulaire="Camille")
    ask_again()
    few = ask_again()
    for number in range(5):
        town = factories.commune(f"3420{number}", epci="new")
        factories.labellisation(town)
        factories.convention("2022-01-10", [town], duree_annees=5)
        factories.occupation(factories.poste([town]), "2023-01-01", titulaire=f"Camille {number}")
    assert ask_again() == few


def test_a_reader_downloads_and_sends_nothing_back(herault):
    reader = browser_of(
        factories.agent("lectrice", [herault["Lodève"].departement], role=Role.LECTEUR)
    )
    assert "Renvoyer ce tableau" not in html.unescape(ask(reader).content.decode())
    assert [row["nom_commune"] for row in file_of(reader)[1]] == ["Gignac", "Lodève"]


@pytest.mark.parametrize(
    ("au", "kept"), [("2024-12-31", ["Lodève"]), ("2025-01-01", ["Grand-Lodève"])]
)
def test_a_commune_that_is_no_more_is_told_under_its_successor(au, kept, herault, agent_34):
    bigger = factories.commune(
        "34900", epci="new", nom="Grand-Lodève", debut=factories.day("2025-01-01")
    )
    lodeve = Commune.objects.get(pk="34142")
    lodeve.fin, lodeve.successeur = factories.day("2025-01-01"), bigger
    lodeve.save()
    assert names(ask(agent_34, au=au, ort="avec")) == kept
    assert counts(ask(agent_34, au=au)) == [2, 3, 4]


def column_of(browser, name, **asked):
    """Return what each commune shows in a column, by its name."""
    choose(browser, name)
    answer = ask(browser, **asked)
    shown = (cells(answer, row) for row in range(len(answer.context["cellules"])))
    return dict(zip(names(answer), (row[name] for row in shown), strict=True))


def test_contacts_are_told_as_of_the_day(herault, agent_34):
    lodeve = herault["Lodève"]
    factories.contact(lodeve, nom="Ancienne", fin=factories.day("2023-01-01"))
    factories.contact(lodeve, nom="Nouveau", debut=factories.day("2023-01-01"), telephone="04")
    told = {"Lodève": "Ancienne", "Gignac": "non renseigné", "Ganges": "non renseigné"}
    assert column_of(agent_34, "maire_nom", au="2022-12-31") == told
    assert column_of(agent_34, "maire_nom", q="Lodève", au="2023-01-01") == {"Lodève": "Nouveau"}
    assert column_of(agent_34, "maire_telephone", q="Lodève") == {"Lodève": "04"}


def test_whom_the_commune_does_not_name_is_that_of_its_intercommunalite_or_ort(herault, agent_34):
    lodeve = herault["Lodève"]
    epci = lodeve.rattachements.get().intercommunalite
    signed = lodeve.couvertures.get().convention
    factories.contact(signed, "chef_de_projet", nom="De l'ORT")
    asked = {"q": "Lodève", "au": "2022-12-31"}
    assert column_of(agent_34, "chef_de_projet_nom", **asked) == {"Lodève": "De l'ORT"}
    factories.contact(epci, "chef_de_projet", nom="De l'EPCI")
    assert column_of(agent_34, "chef_de_projet_nom", **asked) == {"Lodève": "De l'EPCI"}
    for nom in ("Deux", "Une"):
        factories.contact(lodeve, "chef_de_projet", nom=nom)
    assert column_of(agent_34, "chef_de_projet_nom", **asked) == {"Lodève": "Deux, Une"}
    factories.contact(epci, "maire", nom="Présidente")
    assert column_of(agent_34, "maire_nom", **asked) == {"Lodève": "non renseigné"}


CONTACT_COLUMNS = [nom for nom, colonne in COLONNES.items() if colonne.complement == "contacts"]


def test_a_lecteur_can_ask_for_no_contact_whatever_the_address(herault, lecteur_34, agent_34):
    factories.contact(herault["Lodève"], nom="Camille Martin", courriel="camille@exemple.invalid")
    assert len(CONTACT_COLUMNS) == 15
    page = html.unescape(ask(agent_34).content.decode())
    assert all(f'value="{nom}"' in page for nom in CONTACT_COLUMNS)
    choose(lecteur_34, "statut", *CONTACT_COLUMNS)
    # As an agent who has become a lecteur since.
    Agent.objects.filter(pk=lecteur_34.agent.pk).update(
        colonnes_du_tableau=["statut", *CONTACT_COLUMNS]
    )
    page = html.unescape(ask(lecteur_34).content.decode())
    text, rows = file_of(lecteur_34)
    for nom in (*CONTACT_COLUMNS, "Camille", "Contacts"):
        assert nom not in page
        assert nom not in text
    assert list(rows[0]) == ["date_situation", "code_insee", "nom_commune", "statut"]
    for nom in CONTACT_COLUMNS:
        assert lecteur_34.get(URL, {"tri": nom}).status_code == 400
        assert agent_34.get(URL, {"tri": nom}).status_code == 200


def test_an_agent_reads_no_contact_of_another_departement(herault, agent_81, agent_34):
    lacaune = factories.commune("81124", epci="new", nom="Lacaune")
    factories.labellisation(lacaune)
    factories.contact(herault["Lodève"], nom="Camille Martin")
    factories.contact(lacaune, nom="Dominique Martin")
    choose(agent_81, "maire_nom")
    assert "Camille" not in file_of(agent_81, ensemble="couvertes")[0]
    choose(agent_34, "maire_nom")
    assert [row["maire_nom"] for row in file_of(agent_34, q="Lodève")[1]] == ["Camille Martin"]


def test_the_last_news_is_the_last_day_known_by_that_day(herault, agent_34):
    """Of the programme and the ORT, then of a document, of a post, of a note."""
    lodeve = herault["Lodève"]
    factories.occupation(factories.poste([lodeve]), "2023-06-01")
    label = lodeve.labellisations.get()
    source = factories.source(date_document=factories.day("2022-05-01"))
    label.affirmations.create(champ="debut", valeur_brute="2021-01-22", source=source)
    factories.note(lodeve, jour="2024-03-12")
    for au, told in (
        ("2021-03-19", "22/01/2021"),
        ("2021-03-20", "20/03/2021"),
        ("2022-01-10", "10/01/2022"),
        ("2022-05-01", "01/05/2022"),
        ("2023-06-01", "01/06/2023"),
        ("2024-03-11", "01/06/2023"),
        ("2024-03-12", "12/03/2024"),
    ):
        shown = column_of(agent_34, "dernieres_nouvelles", q="Lodève", au=au)
        assert shown == {"Lodève": told}, au


def test_a_lecteur_is_not_told_the_day_of_a_note(herault, lecteur_34, agent_34):
    factories.note(herault["Gignac"], jour="2024-03-12")
    for browser, told in ((agent_34, "12/03/2024"), (lecteur_34, "20/09/2022")):
        shown = column_of(browser, "dernieres_nouvelles", q="Gignac", au="2024-03-12")
        assert shown == {"Gignac": told}


def test_rows_are_sorted_by_what_is_not_of_their_situation(herault, agent_34):
    factories.note(herault["Lodève"], jour="2024-03-12")
    factories.contact(herault["Gignac"], nom="Zoé")
    factories.contact(herault["Lodève"], nom="Alix")
    for tri, sens, first in (
        ("dernieres_nouvelles", "", "Gignac"),
        ("dernieres_nouvelles", "desc", "Lodève"),
        ("maire_nom", "", "Lodève"),
        ("maire_nom", "desc", "Gignac"),
    ):
        assert names(ask(agent_34, tri=tri, sens=sens, au="2024-03-12"))[0] == first
