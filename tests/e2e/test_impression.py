"""On paper: what Chromium prints is whole, and read as it is painted; one sheet of A4 for every commune."""

import re
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from pypdf import PdfReader

from communes.management.commands.charger_territoire import ARCHIVE
from communes.models import Commune, Labellisation
from communes.territoire.decoupage import load_territoire, read_archive, write_territoire
from communes.territoire.decoupage.lecture import archive_annees
from ort.effets import Certitude, effets
from ort.models import Organisme
from projects.models import Action
from socle.dates import in_french
from socle.dessin.qr import qr_svg
from tests import factories
from tests.e2e.papier import cut_cells, feuilles, letters, wider_cells

pytestmark = pytest.mark.django_db(transaction=True)

A_PAGE = re.compile(rb"/Type\s*/Page\b")
A4 = re.compile(rb"/MediaBox\s*\[0 0 594\.\d+ 841\.\d+\]")


@pytest.fixture
def herault(settings, kept_base):
    """Load the records that come with the project, on the communes of the Hérault and the Tarn alone."""
    settings.PVD_DEPARTEMENT = "34"
    kept_base("herault", load_herault)


def load_herault():
    (latest,) = read_archive(ARCHIVE, archive_annees(ARCHIVE)[-1:])
    kept = {c: lue for c, lue in latest.communes.items() if lue.departement in {"34", "81"}}
    before = load_territoire()
    after = before.copy()
    after.apply(latest._replace(communes=kept, codes={}))
    write_territoire(before, after)
    call_command("charger_programme", stdout=StringIO())


def printed(page, address):
    """Return the PDF of a page, as someone who prints it from a browser gets it."""
    page.goto(address)
    return page.pdf(prefer_css_page_size=True)


@pytest.fixture
def demonstration(herault, settings, kept_base):
    """Load what is made up for the demonstration, as of today, beside the true records."""
    settings.PVD_DEMO = True
    kept_base("demonstration", load_demonstration)


def load_demonstration():
    call_command("charger_demonstration", jour=timezone.localdate(), stdout=StringIO())


# Every kind of public page that is read for its facts; the last ones tell no situation of a day.
PRINTED = [
    "/",
    "/departements/",
    "/departements/81/",
    "/departements/34/projet/",
    "/communes/",
    "/communes/?q=gignac&statut=ort_signee",
    "/communes/34142/",
    "/communes/34142/projet/",
    "/intercommunalites/",
    "/intercommunalites/200017341/",
    "/ort/",
    "/ort/ort-agde/",
    "/ort/ort-agde/projet/",
    "/ort/ort-agde/bilans/ort-agde-bilan-2/",
    "/actions/",
    "/actions/lod-a1/",
    "/actions/lod-a1/plan-de-financement/",
    "/chefs-de-projet/",
    "/club/",
    "/resultats/",
    "/donnees/",
    "/plan-du-site/",
    "/mentions-legales/",
    "/accessibilite/",
]
DATELESS = PRINTED[-3:]


def test_all_that_is_printed_can_be_read(page, demonstration):
    """Without backgrounds, as browsers print: on the paper itself, whatever the text of the PDF says."""
    faults = []
    for address in PRINTED:
        sheets = feuilles(page, address)
        faults += [(address, "coupé", cell) for cell in cut_cells(page, sheets)]
        faults += [(address, "déborde", cell) for cell in wider_cells(page)]
        for number, sheet in enumerate(sheets, 1):
            if sheet.illisible:
                faults.append((address, number, sheet.illisible))
            faults += [
                (address, number, told)
                for told in foot_of(page, number, len(sheets))
                if letters(told) not in letters(sheet.texte)
            ]
    assert faults == []


def foot_of(page, number, sheets):
    """Return what must stand at the foot of a sheet of the page: whose, of which day, where, which one."""
    path, today = page.url.partition("//")[2].partition("/")[2], timezone.localdate()
    who = "République française" if "departements/81/" in path else "Préfet de l'Hérault"
    of_a_day = f"/{path}" not in DATELESS
    day = f"{'situation au' if of_a_day else 'page du'} {in_french(today)}"
    where = page.url if not of_a_day else f"{path.partition('?')[0]}?"
    return [f"{who} – Petites villes de demain, {day}", where, f"Page {number} sur {sheets}"]


def test_a_sheet_leads_back_to_what_it_shows(page, pezenas):
    """The day and the filters that were asked are in the address at its foot."""
    (sheet,) = feuilles(page, "/communes/?statut=ort_signee&au=2023-07-06")
    asked = "/communes/?statut=ort_signee&au=2023-07-06"
    assert letters(page.url) in letters(sheet.texte)
    assert page.url.endswith(asked)
    assert letters("situation au 6 juillet 2023") in letters(sheet.texte)


def test_every_commune_holds_on_one_sheet(page, herault):
    """Each of the programme today; the late ones, those outside it, and a day when little is known."""
    codes = set(Labellisation.objects.values_list("commune", flat=True))
    assert {"34276", "34293", "81124"} < codes
    longest = max(Commune.objects.filter(departement="34"), key=lambda town: len(town.nom))
    outside = {"34003", "34301", "34108", "34172", longest.pk}
    addresses = [f"/communes/{code}/" for code in sorted(codes | outside)]
    addresses += [f"/communes/{code}/?au=2023-01-10" for code in ("34143", "34199", "34276")]
    for address in [*addresses, "/communes/34199/?au=2021-06-01"]:
        sheet = printed(page, address)
        assert len(A_PAGE.findall(sheet)) == 1, address
        assert A4.search(sheet), address


def test_a_plan_and_its_poster_hold_on_one_sheet_each(page, settings):
    """The sheet of a commune with actions of its own and shared ones; the poster of the longest title."""
    settings.PVD_DEPARTEMENT = "34"
    gignac = factories.commune("34114", epci="new", nom="Gignac")
    town = factories.commune("34239", epci="new", nom="Saint-André-de-Sangonis")
    labels = [factories.labellisation(place, adhesion="2021-05-20") for place in (gignac, town)]
    for communes in ([town], [gignac, town]):
        made = factories.action(communes, adhesions=labels, intitule="Une voie verte " * 20)
        factories.cout(made, "890000.00")
        for rank in range(8):
            payer = Organisme.objects.create(nom=f"Financeur {made.pk} {rank}", nature="region")
            line = factories.financement(made, f"aide-{rank}", financeur_organisme=payer)
            factories.fait_financement(line, "accord", "2023-01-01", 1_000_000 * rank + 1)
    for address in (
        "/communes/34239/",
        f"/actions/{made.identifiant}/plan-de-financement/",
    ):
        sheet = printed(page, address)
        assert len(A_PAGE.findall(sheet)) == 1, address
        assert A4.search(sheet), address
    page.goto("/communes/34239/")
    page.emulate_media(media="print")
    told = " ".join(page.locator(".pvd-projet").inner_text().split())
    assert "2 actions : 2 à venir." in told
    assert "non réparties : 28 000 008 € accordés" in told


@pytest.mark.parametrize("asked", [{}, {"prefer_css_page_size": True}])
def test_the_whole_projet_of_lodeve_holds_on_four_sheets(page, demonstration, asked):
    """For a comité de projet, at any date, as a browser prints it unless told otherwise."""
    today = timezone.localdate()
    busy(Commune.objects.get(pk="34142"), today)
    for jour in (today, today - timedelta(days=400), date(2022, 1, 1)):
        page.goto(f"/communes/34142/projet/?au={jour.isoformat()}")
        sheets = PdfReader(BytesIO(page.pdf(**asked))).pages
        assert 1 <= len(sheets) <= 4, jour
        told = [" ".join(sheet.extract_text().split()) for sheet in sheets]
        assert min(map(len, told)) > 100, f"une page presque vide, au {jour}"
        for part in ("Le diagnostic", "La stratégie", "Le plan", "L'équipe", "Les résultats"):
            assert part in " ".join(told), part
    page.goto("/communes/34142/projet/")
    told = " ".join(s.extract_text() for s in PdfReader(BytesIO(page.pdf(**asked))).pages)
    assert "1 130 695,23 €" in told.replace("\u202f", " ").replace("\xa0", " ")
    assert "Télécharger" not in told


def busy(town, today):
    """Give a town ten studies, ten measures of its own and of its actions, and events of the Club."""
    actions = list(Action.objects.filter(communes_liees__commune=town))
    for rank in range(10):
        study = factories.etude(
            [town], intitule=f"Étude {rank} " * 8, nature=("diagnostic", "amo")[rank % 2]
        )
        factories.fait_etude(study, "commandee", "2021-06-01")
        mesure = factories.indicateur(f"mesure-{rank}", libelle=f"Mesure {rank} du centre-ville")
        for measured in (town, actions[rank % len(actions)]):
            for years in (1, 2):
                jour = (today - timedelta(days=365 * years)).isoformat()
                factories.releve(measured, Decimal(rank * years), jour, mesure)
        factories.participation(factories.evenement("2021-03-01"), town)


@pytest.fixture
def pezenas(settings):
    settings.PVD_DEPARTEMENT = "34"
    agde = factories.commune("34003", nom="Agde")
    town = factories.commune("34199", epci="new", nom="Pézenas")
    factories.labellisation(town, adhesion="2021-05-20")
    signed = factories.convention("2021-02-26", [agde], intitule="ORT d'Agde")
    act = factories.avenant(signed, "2023-01-11", [town])
    source = factories.source(titre="Liste des communes couvertes")
    act.affirmations.create(champ="date_signature", valeur_brute="2023-01-11", source=source)
    return town


def test_sheet_says_whose_it_is_and_where_it_comes_from(page, pezenas):
    page.goto("/communes/34199/?au=2023-07-06")
    page.emulate_media(media="print")
    sheet = page.locator("body").inner_text()
    address = page.url
    for told in (
        "Préfet\nde l'Hérault",
        "Pézenas",
        "Au 6 juillet 2023, Pézenas est couverte",
        "Situation au 6 juillet 2023",
        "11 janvier 2023",
        "Elle couvre aussi",
        "article L. 152-6-4 du code de l'urbanisme",
        "Liste des communes couvertes",
        address,
    ):
        assert told.lower() in sheet.lower(), told
    for left_out in ("Afficher", "Signaler une erreur", "Espace agents"):
        assert left_out not in sheet
    code = page.locator("svg.pvd-qr")
    assert code.is_visible()
    drawn = re.search(r' d="([^"]+)"', qr_svg(address).split("qrline")[1])[1]
    assert code.locator("path.qrline").get_attribute("d") == drawn


def test_sheet_tells_the_law_as_the_screen_does(page, pezenas):
    """What is closed on the screen too, whole, and what the press tells under its own words."""
    (sheet,) = feuilles(page, "/communes/34199/")
    read, whole = 0, letters(sheet.texte)
    for certitude in Certitude:
        told = [f"{certitude} ("]
        for effet in effets(certitude):
            told += [effet.titre, effet.dit]
        for words in map(letters, told):
            assert words in whole[read:], words
            read = whole.index(words, read)
    assert sheet.illisible == ""


def test_sheet_is_white_whatever_the_theme(page, pezenas):
    page.emulate_media(color_scheme="dark", media="print")
    page.goto("/communes/34199/")
    ink, paper = page.locator("main").evaluate(
        "() => [getComputedStyle(document.querySelector('.fr-callout__text')).color,"
        " getComputedStyle(document.body).backgroundColor]"
    )
    assert (ink, paper) == ("rgb(22, 22, 22)", "rgb(255, 255, 255)")
