"""A day at the desk, from a phone call to a printed list, with its clicks and its fields counted."""

import datetime
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect
from pypdf import PdfReader

from ort.models import Avenant, Convention
from projects.models import Note
from socle.dates import in_french
from tests import factories
from tests.e2e.test_bureau import log_in

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = timezone.localdate()
TYPED = f"{TODAY:%d/%m/%Y}"
PERSON, NOTED = "Camille Exemple", "Le conseil vote l'avenant"
# What the trial of the desk took, beside a spreadsheet: (clicks, fields).
TRIAL = {"avenant": (6, 4), "correction": (2, 2), "annulation": (4, 2), "nouvelle ORT": (4, 6)}


class Main:
    """The hand of an agent: what it clicks and what it fills in is counted, the keyboard's Enter too."""

    def __init__(self, page):
        self.page = page
        self.clicks = self.fields = 0

    def click(self, locator):
        self.clicks += 1
        locator.click()

    def link(self, name):
        self.click(self.page.get_by_role("link", name=name, exact=True).first)

    def button(self, name):
        self.click(self.page.get_by_role("button", name=name, exact=True).first)

    def open(self, words):
        self.click(self.page.locator("summary", has_text=words).first)

    def fill(self, name, value):
        self.fields += 1
        self.page.locator(f"[name={name}]").fill(value)

    def choose(self, name, words):
        """Type the beginning of a name in a searched field, and take what is found."""
        self.fields += 1
        # It is open already where something was just taken out of it, and a click would close it.
        if not self.page.locator(f".field-{name} .select2-container--open").count():
            self.page.locator(f".field-{name} .select2-selection").click()
        # The field of the search takes a moment to come: keys typed before go nowhere.
        self.page.locator(".select2-container--open .select2-search__field").last.fill(words)
        found = self.page.locator(".select2-results__option--highlighted")
        expect(found).to_contain_text(words, ignore_case=True)
        self.page.keyboard.press("Enter")

    def took(self):
        """Return what was done since the last time, and count from nought again."""
        done, self.clicks, self.fields = (self.clicks, self.fields), 0, 0
        return done


def no_more_than_the_trial(name, took):
    assert all(done <= tried for done, tried in zip(took, TRIAL[name], strict=True)), took


@pytest.fixture
def herault(settings):
    settings.PVD_DEPARTEMENT = "34"
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    other = factories.intercommunalite("243400694", nom="CC Vallée de l'Hérault")
    places = {
        "Lodève": ("34142", epci),
        "Le Caylar": ("34064", epci),
        "Ganges": ("34111", other),
        "Gignac": ("34114", other),
    }
    towns = {nom: factories.commune(c, epci=e, nom=nom) for nom, (c, e) in places.items()}
    factories.labellisation(towns["Lodève"], adhesion="2021-03-20")
    factories.labellisation(towns["Gignac"], adhesion="2021-04-12")
    factories.contact(towns["Lodève"], nom=PERSON, courriel="camille@exemple.invalid")
    factories.source(titre="Recueil des actes")
    factories.agent("herault", [factories.departement("34")])
    return factories.convention(
        "2022-01-10",
        [towns["Lodève"]],
        identifiant="ort-lodeve",
        intitule="ORT de Lodève",
        porteur=epci,
        duree_annees=5,
    )


def test_a_day_at_the_desk(page, herault):
    page.set_viewport_size({"width": 1366, "height": 768})
    log_in(page, "herault")
    main = Main(page)
    answer_the_phone(page, main)
    sign_an_avenant(page, main, herault)
    correct_a_date(page, main, herault)
    sign_an_ort_and_undo_it(page, main)
    export_the_end_of_2022(page, main)
    print_what_is_new(page, main)
    assert_no_name_is_public(page)


def answer_the_phone(page, main):
    """Lodève calls: its page, whom one speaks to, a note and when to come back to it."""
    main.fill("q", "lodeve")
    main.button("Chercher")
    expect(page.locator("h1")).to_have_text("Lodève")
    expect(page.locator(".fiche-boite--carnet").first).to_contain_text(PERSON)
    main.link("Ajouter une note, un rappel")
    main.fill("texte", NOTED)
    main.fill("rappel", TYPED)
    main.button("Enregistrer")
    expect(page.locator(".fiche-echeances")).to_contain_text(NOTED)
    assert Note.objects.get().rappel == TODAY
    assert main.took() == (3, 3)


def sign_an_avenant(page, main, ort):
    """From the page of Lodève: a commune comes in, the ORT lasts longer; the wrong one is seen first."""
    main.open("Enregistrer ce qui s'est passé")
    main.link("Avenant")
    main.fill("date", TYPED)
    main.choose("communes", "Ganges")
    main.fill("duree_annees", "8")
    main.choose("source", "Recueil")
    main.button("Voir ce qui va changer")
    preview = page.locator(".geste-effets")
    expect(preview).to_contain_text("Y entre : Ganges.")
    expect(preview).to_contain_text("Ganges n'est pas membre")
    before = main.took()

    main.button("Modifier")
    main.click(page.locator(".field-communes .select2-selection__choice__remove"))
    main.choose("communes", "Le Caylar")
    main.button("Voir ce qui va changer")
    expect(preview).to_contain_text("Y entre : Le Caylar.")
    expect(preview).not_to_contain_text("Ganges")
    # Seen before it was written: nothing is corrected, two clicks go back and two things are said again.
    clicks, fields = main.took()
    assert clicks + fields <= sum(TRIAL["correction"])
    assert not Avenant.objects.exists()

    main.button("Confirmer")
    expect(page.locator(".messagelist")).to_contain_text("C'est enregistré.")
    clicks, fields = main.took()
    no_more_than_the_trial("avenant", (before[0] + clicks, before[1] + fields))
    signed = ort.avenants.get()
    assert (signed.date_signature, signed.duree_annees) == (TODAY, 8)
    assert [str(c.commune) for c in signed.entrees.all()] == ["Le Caylar"]


def correct_a_date(page, main, ort):
    page.goto(reverse("admin:ort_convention_page", args=[ort.pk]))
    main.link("Corriger la fiche")
    main.fill("date_signature", "12/01/2022")
    main.fill("motif_correction", "Lu sur l'acte signé.")
    main.button("Enregistrer")
    expect(page.locator(".messagelist .success")).to_be_visible()
    ort.refresh_from_db()
    assert ort.date_signature == datetime.date(2022, 1, 12)
    no_more_than_the_trial("correction", main.took())


def sign_an_ort_and_undo_it(page, main):
    page.goto(reverse("admin:index"))
    main.open("Enregistrer ce qui s'est passé")
    main.link("Nouvelle convention")
    main.fill("date", TYPED)
    main.fill("duree_annees", "5")
    main.choose("porteur", "Vallée")
    main.choose("communes", "Gignac")
    main.choose("ville_principale", "Gignac")
    main.choose("source", "Recueil")
    main.button("Voir ce qui va changer")
    expect(page.locator(".geste-effets")).to_contain_text("« ORT de Gignac »")
    main.button("Confirmer")
    expect(page.locator(".messagelist")).to_contain_text("C'est enregistré.")
    no_more_than_the_trial("nouvelle ORT", main.took())

    main.click(page.locator(".messagelist").get_by_role("link", name=re.compile("^Annuler")))
    main.fill("motif", "C'était une autre commune.")
    main.button("Annuler ce qui a été fait")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert [str(c) for c in Convention.objects.all()] == ["ORT de Lodève"]
    no_more_than_the_trial("annulation", main.took())


def export_the_end_of_2022(page, main):
    """The table says which towns had an ORT at the end of 2022, and so does its file."""
    main.link("Toutes mes communes")
    main.link("fin 2022")
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    with page.expect_download() as download:
        main.link("CSV")
    header, *rows = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert header.startswith("date_situation,code_insee,nom_commune")
    assert [row.split(",")[:3] for row in rows] == [
        ["2022-12-31", "34114", "Gignac"],
        ["2022-12-31", "34142", "Lodève"],
    ]
    assert ["ORT de Lodève" in row for row in rows] == [False, True]
    assert PERSON not in f"{rows}"
    assert main.took() == (3, 0)


def print_what_is_new(page, main):
    """On paper: whose list it is, what happened, and nothing of the screen."""
    page.goto(reverse("admin:index"))
    main.link("depuis le 1er janvier")
    assert main.took() == (1, 0)
    # A page is printed as far as it has come: an empty sheet, the moment that it is asked for.
    expect(page.get_by_role("heading", level=1)).to_contain_text("1er janvier")
    page.wait_for_load_state()
    reader = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    text = " ".join(" ".join(sheet.extract_text() for sheet in reader.pages).split())
    for told in (
        "Depuis le 1er janvier",
        f"Document interne, au {in_french(TODAY)}",
        "Hérault (34)",
        "Arrivé depuis",
        "Le Caylar : Entrée dans l'ORT par avenant",
        "ORT de Lodève",
        "Lu sur l'acte signé.",
    ):
        assert told in text, told
    for left_out in ("Télécharger", "Déconnexion", "Ma dernière visite", PERSON, NOTED):
        assert left_out not in text
    width, height = (round(float(side)) for side in reader.pages[0].mediabox[2:])
    assert (width, height) == (595, 842)


PUBLIC = [
    *(
        "/",
        "/communes/",
        "/communes/34142/",
        "/communes/34142/dates.ics",
        "/ort/",
        "/ort/ort-lodeve/",
    ),
    *("/intercommunalites/200017341/", "/chefs-de-projet/", "/departements/34/"),
    *("/departements/34/nouveautes.atom", "/donnees/", "/sitemap.xml"),
    *(
        f"/donnees/{name}.{form}"
        for name in ("communes", "ort", "postes")
        for form in ("csv", "json")
    ),
]


def assert_no_name_is_public(page):
    page.context.clear_cookies()
    for address in PUBLIC:
        answer = page.request.get(address)
        assert answer.status == 200, address
        for kept in (PERSON, "camille@exemple.invalid", NOTED):
            assert kept not in answer.text(), address
