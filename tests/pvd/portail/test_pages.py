"""The pages that speak of the site, and what no page may do."""

import html
import re
from functools import cache
from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import resolve

from ort.filtres import OrtFiltres
from projects.club.filtres import EvenementFiltres
from projects.postes.filtres import PosteFiltres
from projects.projet.filtres import ActionFiltres, ResultatFiltres
from pvd.portail.donnees.telechargements import TABLES
from pvd.portail.filtres import CommuneFiltres, IntercommunaliteFiltres
from pvd.portail.vues.accueil import TUILES
from pvd.suivi.chiffres import REGLES
from socle.francais import BREAKABLE
from tests import factories
from tests.pages import adresse_du_fichier, read

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/departements/",
    "/departements/34/",
    "/communes/",
    "/communes/34142/",
    "/communes/34003/",
    "/communes/?q=introuvable",
    "/intercommunalites/",
    "/intercommunalites/200017341/",
    "/ort/",
    "/ort/ort-lodeve/",
    "/actions/",
    "/actions/lod-a1/",
    "/actions/lod-a1/plan-de-financement/",
    "/communes/34142/projet/",
    "/departements/34/projet/",
    "/ort/ort-lodeve/projet/",
    "/resultats/",
    "/chefs-de-projet/",
    "/donnees/",
    "/comprendre-les-chiffres/",
    "/signaler/",
    "/signaler/merci/",
    "/mentions-legales/",
    "/accessibilite/",
    "/plan-du-site/",
]


# The records hold plain spaces, as agents and files write them.
TYPED = "Place « Alsace » : halle ; parvis !"


@pytest.fixture(scope="module", autouse=True)
def lodeve(scene):
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    town = factories.commune("34142", epci=epci, nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26")
    ort = {"identifiant": "ort-lodeve", "intitule": "ORT de Lodève : centre « ancien »"}
    signed = factories.convention("2021-07-16", [town], **ort)
    factories.action([town], signed, identifiant="lod-a1", intitule=TYPED)
    factories.poste([town])
    factories.commune("34003", nom="Agde")


@pytest.fixture(scope="module")
def shown(lodeve):
    """Return the function that tells how a page is shown: asked once, by tests that change no record."""
    return cache(Client().get)


@pytest.mark.parametrize("address", PAGES)
def test_page_is_plain_french_and_keeps_its_policy(shown, db, address):
    response = shown(address)
    assert response.status_code == 200
    assert not response.cookies
    page = response.content.decode()
    assert '<html lang="fr"' in page
    assert page.count("<h1") == 1
    assert "style=" not in page
    assert "<style" not in page
    assert not re.search(r"\son\w+=", page), "a handler is written in the page"
    # A block of data is not run; the page says its own address, and asks nothing of another host.
    assert re.findall(r'<script(?![^>]*(src=|type="application/ld\+json"))', page) == []
    assert "http://" not in page.replace("http://testserver/", "")
    for name in ("Plan du site", "Accessibilité", "Mentions légales", "Données personnelles"):
        assert name in page
    assert "unsafe" not in response["Content-Security-Policy"]


EDITEUR = {
    "PVD_EDITEUR": "DDTM de l'Hérault",
    "PVD_EDITEUR_ADRESSE": "1 rue de l'Essai, Montpellier",
    "PVD_EDITEUR_SIRET": "732 829 320 00074",
    "PVD_EDITEUR_CONTACT": "pvd@exemple.fr",
    "PVD_EDITEUR_DIRECTEUR": "le préfet de l'Hérault",
    "PVD_EDITEUR_HEBERGEUR": "Hébergeur d'essai <Montpellier>",
    "PVD_EDITEUR_DPO": "dpo@exemple.fr",
}


def test_who_answers_for_the_site_is_told(client, settings):
    for name, value in EDITEUR.items():
        setattr(settings, name, value)
    page = read(client, "/mentions-legales/")
    assert [told for told in EDITEUR.values() if told not in page] == []
    assert "non renseigné" not in page
    personal = page.partition("Données personnelles")[2]
    assert "Responsable du traitement DDTM de l'Hérault" in personal
    assert "Protection des données dpo@exemple.fr" in personal
    assert "DDTM de l'Hérault. Pour le joindre : pvd@exemple.fr." in read(client, "/accessibilite/")


def test_a_machine_that_does_not_know_who_answers_says_so(client, settings):
    for name in EDITEUR:
        setattr(settings, name, "")
    page = read(client, "/mentions-legales/")
    for told in ("Éditeur non renseigné", "SIRET non renseigné", "Hébergeur non renseigné"):
        assert told in page
    assert "Protection des données non renseignée" in page
    assert "Ce service : non renseigné." in read(client, "/accessibilite/")


class Words(HTMLParser):
    """What a page writes for its reader: its words, and those of its description."""

    def __init__(self, page):
        super().__init__()
        self.found, self.inside = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.inside = tag
        if attrs.get("name") == "description":
            self.found.append(attrs["content"])

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside not in ("script", "style", "textarea"):
            self.found.append(data)


@pytest.mark.parametrize("address", [*PAGES, "/?au=demain", "/nulle-part/"])
def test_no_line_of_a_page_can_begin_with_a_mark(shown, db, address):
    words = Words(shown(address).content.decode()).found
    assert words
    assert [text for text in words if BREAKABLE.search(text)] == []


def test_each_figure_leads_to_how_it_is_counted(client):
    page = read(client, "/comprendre-les-chiffres/")
    html_of_page = client.get("/comprendre-les-chiffres/").content.decode()
    home = client.get("/departements/34/?au=2023-07-06").content.decode()
    for chiffre, regle in REGLES.items():
        assert f'id="{chiffre}"' in html_of_page
        for sentence in (regle.compte, regle.precision, regle.exemple):
            assert sentence in page
    for chiffre in TUILES:
        assert f'href="/comprendre-les-chiffres/?au=2023-07-06#{chiffre}"' in home
        assert REGLES[chiffre].compte in read(client, "/departements/34/")
    link = 'href="/comprendre-les-chiffres/"'
    # In the menu of the foot of every page, and once more on the map of the site.
    assert client.get("/mentions-legales/").content.decode().count(link) == 1
    assert client.get("/plan-du-site/").content.decode().count(link) == 2
    assert "/comprendre-les-chiffres/" in client.get("/sitemap.xml").content.decode()


def test_every_internal_link_leads_somewhere(shown, db):
    links = set()
    for address in PAGES:
        links |= set(re.findall(r'href="(/[^"#]*)', shown(address).content.decode()))
    for link in map(html.unescape, links):
        path = link.partition("?")[0]
        if path.startswith("/donnees/"):
            resolve(path)
        elif not path.startswith(("/static/", "/admin/")):
            assert shown(link).status_code == 200, link


# What a database may read otherwise: what it cannot hold, what it searches by, how far its days go.
READ_BY_BOTH = [
    "%00",
    "%F0%9F%A6%84",
    "%ff%fe",
    "'--",
    "%25%5F%5C",
    "1" * 500,
    "9" * 30,
    "0001-01-01",
    "9999-12-31",
]
# Python says what they are, or refuses them; what then reaches a database is a text or a day like any other.
READ_BY_PYTHON = ["<script>", "a" * 60_000, "-1", "%0A", "٣", "2023-02-30", "20230706"]
WEIRD = [pytest.param(typed, marks=pytest.mark.deux_bases) for typed in READ_BY_BOTH]
WEIRD += READ_BY_PYTHON
LISTS = {
    "/communes/": CommuneFiltres,
    "/intercommunalites/": IntercommunaliteFiltres,
    "/ort/": OrtFiltres,
    "/actions/": ActionFiltres,
    "/chefs-de-projet/": PosteFiltres,
    "/resultats/": ResultatFiltres,
    "/club/": EvenementFiltres,
}
# What every list reads, and what none does: a name that a list does not read is no other than this one.
EVERYWHERE = ["au", "page", "tri", "inconnu"]
# A list searches by fields, and tells a day by rules, of its own; another criterion is of one code for
# all the lists that read it, and takes them in turn from a value to the next.
OF_ITS_OWN = ("q", "au")


def asked_of(rank):
    """Yield where to type the value of this rank: the address of a list, and the name of a criterion."""
    read = {address: [*filtres.base_filters, *EVERYWHERE] for address, filtres in LISTS.items()}
    for name in dict.fromkeys(name for names in read.values() for name in names):
        lists = [address for address, names in read.items() if name in names]
        for address in lists if name in OF_ITS_OWN else [lists[rank % len(lists)]]:
            yield address, name


def test_each_criterion_of_each_list_is_typed_in():
    assert len(READ_BY_BOTH) >= len(LISTS)
    typed = {asked for rank in range(len(READ_BY_BOTH)) for asked in asked_of(rank)}
    every = {(a, n) for a, f in LISTS.items() for n in [*f.base_filters, *EVERYWHERE]}
    assert typed == every


@pytest.mark.parametrize("typed", WEIRD)
def test_nothing_typed_in_a_filter_breaks_a_list(client, typed):
    for address, name in asked_of([*READ_BY_BOTH, *READ_BY_PYTHON].index(typed)):
        answer = client.get(f"{address}?{name}={typed}")
        assert answer.status_code in (200, 400), (address, name)


@pytest.mark.parametrize("typed", WEIRD)
def test_nothing_typed_in_an_address_breaks_the_site(client, typed):
    for root in ("/communes/", "/departements/", "/intercommunalites/", "/ort/", "/donnees/", "/"):
        assert client.get(f"{root}{typed}/").status_code in (301, 400, 404)
        assert client.get(f"{root}34142{typed}/").status_code in (301, 400, 404)
    for page in ("/", "/communes/34142/", "/ort/ort-lodeve/", "/donnees/", "/plan-du-site/"):
        assert client.get(f"{page}?au={typed}").status_code in (200, 400)


def test_a_thousand_parameters_are_refused(client):
    query = "&".join("au=2023-07-06" for _ in range(1001))
    for address in ("/communes/", "/", "/nulle-part/"):
        assert client.get(f"{address}?{query}").status_code in (400, 404)


def test_refusal_names_the_value_and_offers_a_way_out(client):
    page = read(client, "/communes/?departement=99", 400)
    assert "Le filtre « departement=99 » ne correspond à rien de connu." in page
    assert "Recommencer sans critère" in page
    assert "La date « au=demain » n'existe pas." in read(client, "/?au=demain", 400)


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("400.html", "Cette adresse ne peut pas être lue"),
        ("403.html", "Accès réservé"),
        ("403_csrf.html", "Cet envoi a été refusé"),
        ("404.html", "Page introuvable"),
    ],
)
def test_error_pages_do_without_a_request(template, told):
    assert told in render_to_string(template)


def test_error_page_needs_nothing(client):
    page = render_to_string("500.html")
    assert "Le site a rencontré une erreur" in page
    assert "/static/" not in page
    assert "aucune donnée n'est perdue" not in page
    assert "Votre navigateur enverra de nouveau ce que vous avez saisi." in page


def test_data_page_holds_each_table_and_its_dictionary(client):
    response = client.get("/donnees/?au=2023-07-06")
    page = response.content.decode()
    names = {table.nom for table in TABLES}
    of_ort = {"ort", "avenants", "ort-communes", "bilans"}
    of_posts = {"postes", "recrutements"}
    of_plans = {"actions", "financements", "versements", "operations-subventionnees", "indicateurs"}
    of_plans |= {"etudes", "evenements"}
    of_sources = {"affirmations", "sources"}
    of_ort |= {"parties", "secteurs", "documents"}
    of_all = {"communes", "intercommunalites", "departements", "chiffres"}
    histories = {f"historique-{nom}" for nom in ("communes", "ort", "ort-communes", "postes")}
    histories |= {"historique-rattachements", "historique-noms"}
    assert names == {*of_all, *of_ort, *of_posts, *of_plans, *of_sources, *histories}
    for table in TABLES:
        for extension in ("csv", "xlsx", "ods", "json", "lisez-moi.txt"):
            assert f'href="{adresse_du_fichier(table.nom, extension, au="2023-07-06")}"' in page
        assert f'href="/donnees/schemas/{table.nom}.json"' in page
        assert all(f"<code>{colonne.nom}</code>" in page for colonne in table.colonnes)
    assert "Licence Ouverte 2.0" in page


def test_data_page_says_how_files_are_read_and_what_is_not_kept(client, settings):
    settings.PVD_EDITEUR, settings.PVD_EDITEUR_CONTACT = "DDTM de l'Hérault", "pvd@exemple.fr"
    factories.departement("34", tenue="complete", tenue_postes="aucune", nom="Hérault")
    factories.departement("30", tenue="aucune", tenue_postes="aucune", nom="Gard")
    factories.source(date_document=factories.day("2023-05-01"), url="https://exemple.fr/a")
    page = html.unescape(read(client, "/donnees/?au=2023-07-06"))
    for told in (
        "un tableau vide ne veut pas dire zéro",
        "Les données des chefs de projet ne sont tenues pour aucun département.",
        "ort_signee : ORT signée",
        'pandas.read_csv("http://testserver/donnees/communes.csv?au=2023-07-06"',
        "QGIS (non essayé)",
        "Ne l'ouvrez pas dans un tableur",
        "pour les codes INSEE et les SIREN, prenez le XLSX",
        "1er mai 2023",
        "DDTM de l'Hérault, « Petites villes de demain : [nom du tableau] », au 6 juillet 2023",
        "pvd@exemple.fr",
    ):
        assert told in page, told


def test_robots_are_kept_out_of_the_admin(client):
    assert "Disallow: /admin/" in client.get("/robots.txt").content.decode()


def test_accessibility_is_not_claimed(client):
    assert "il n'a pas été audité" in read(client, "/accessibilite/")
