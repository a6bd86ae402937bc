"""The pictures of README.md and docs/guide-agent.md, from the real Hérault: `make captures`.

The database is thrown away, and its day never moves: a picture changes when its screen does.
`make captures ECRANS=folder` takes instead those of ten screens of the back office, in three widths and
both themes: to be looked at before and after a change of looks, and kept nowhere.
"""

import datetime
import io
import os
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from unittest import mock
from zoneinfo import ZoneInfo

import django
from django.apps import apps
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.test.testcases import LiveServerThread
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import sync_playwright

from tools.navigateur import find
from tools.papier import printed

FOLDER = Path(__file__).parent.parent / "docs" / "captures"
PARIS = ZoneInfo("Europe/Paris")
LOADED = datetime.datetime(2026, 11, 27, 9, 0, tzinfo=PARIS)
TODAY = datetime.datetime(2026, 12, 1, 9, 30, tzinfo=PARIS)
WIDTH, HEIGHT, MARGIN = 1280, 900, 24
# Enough for a screen without photograph, which then weighs a third.
COLOURS = 48
# What an elected official prints, the first sheet of each, and what one sees first of a commune.
PRINTED = [
    "/",
    "/departements/",
    "/communes/",
    "/communes/34142/",
    "/communes/34199/",
    "/intercommunalites/200017341/",
    "/ort/",
    "/ort/ort-agde/",
    "/chefs-de-projet/",
    "/actions/",
]
ASKED_FIRST, FIRST_SCREENS, GAP = "/communes/34142/", [(1280, 768), (360, 768)], 40
SHEETS_A_ROW, SHEET_WIDTH = 5, 400
SCREENS = [(width, theme) for width in (1366, 1920, 400) for theme in ("light", "dark")]
IDENTIFIANT, MOT_DE_PASSE = "c.martin", "captures-du-guide"
# One change, one new commune, one row as the records say, and three that cannot go in.
TABLE = """Code INSEE;Commune;Date entrée;Date adhésion
34142;Lodève;22/01/2021;29/03/2021
34101;Florensac;22/01/2021;20/05/2021
34145;Lunel;05/10/2026;
34999;Saint-Exemple;22/01/2021;05/04/2021
34199;Pézenas;22/01/2021;31/06/2021
81124;Lacaune;22/01/2021;12/05/2021
"""


def load():
    """Fill the database."""
    call_command("migrate", verbosity=0)
    for command in ("charger_territoire", "charger_contours", "charger_programme"):
        call_command(command, stdout=io.StringIO())


def prepare():
    """Take away two true acts, which the guide enters, and open an account."""
    avenant = apps.get_model("ort.Avenant").objects.get(convention__identifiant="ort-agde")
    avenant.entrees.all().delete_each()
    avenant.parties.all().delete_each()
    avenant.delete()
    left = apps.get_model("communes.Labellisation").objects.filter(commune="34276")
    said = apps.get_model("socle.Affirmation").objects.filter(
        content_type__model="labellisation",
        object_id__in=map(str, left.values_list("pk", flat=True)),
    )
    said.filter(champ="fin").delete_each()
    for record in left:
        record.fin, record.precision_fin = None, "jour"
        record.save()
    poste = apps.get_model("projects.Poste").objects.get(identifiant="vallee-de-l-herault")
    poste.occupations.create(debut=datetime.date(2024, 3, 1), titulaire="Dominique Exemple")
    agent = apps.get_model("communes.Agent").objects.create_user(
        IDENTIFIANT,
        password=MOT_DE_PASSE,
        first_name="Camille",
        last_name="Martin",
        role="agent",
        is_staff=True,
    )
    agent.departements.set(["34"])


def keys():
    """Return the keys of the records that the guide shows, by a short name."""
    communes = apps.get_model("communes.Labellisation").objects.values_list("commune", "pk")
    conventions = apps.get_model("ort.Convention").objects.values_list("identifiant", "pk")
    postes = apps.get_model("projects.Poste").objects.values_list("identifiant", "pk")
    return dict([*communes, *conventions, *postes])


def keep(image, path):
    """Write a picture, in few colours, and say what it weighs."""
    plain = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    plain.save(path, optimize=True)
    print(f"{path.name:<24}{path.stat().st_size / 1000:>4.0f} ko")


class Guide:
    """An agent at work, who takes a picture of what the guide tells."""

    def __init__(self, page, keys):
        self.page, self.keys = page, keys

    def open(self, name, *args):
        """Open a page of the back office; the name of a record stands for its key."""
        self.page.goto(reverse(f"admin:{name}", args=[self.keys.get(arg, arg) for arg in args]))

    def fill(self, **fields):
        for name, value in fields.items():
            self.page.locator(f"[name={name}]").fill(value)

    def click(self, name):
        """Press a button, and wait for the page that answers."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).first.click()

    def choose(self, field, text):
        """Choose the first record that a search finds."""
        self.page.locator(f".field-{field} .select2-selection").click()
        self.page.locator(".select2-container--open .select2-search__field").press_sequentially(
            text
        )
        found = self.page.locator(".select2-results__option--highlighted")
        found.get_by_text(text).click()

    def picture(self, name):
        """Take a picture of the page, no higher than the screen nor than what it holds."""
        self.page.mouse.move(0, 0)
        bottom = "document.querySelector('#content').getBoundingClientRect().bottom"
        height = min(self.page.evaluate(bottom) + MARGIN, HEIGHT)
        path = FOLDER / f"{name}.png"
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": height}
        keep(Image.open(io.BytesIO(self.page.screenshot(clip=clip, animations="disabled"))), path)

    def log_in(self):
        self.open("login")
        self.fill(username=IDENTIFIANT, password=MOT_DE_PASSE)
        self.click("Connexion")

    def correct_a_date(self):
        self.open("communes_labellisation_change", "34143")
        self.fill(date_signature_adhesion="07/07/2021")
        self.click("Enregistrer")
        self.picture("correction")
        self.fill(motif_correction="La page de la commune donne le 7 juillet.")
        self.click("Enregistrer")

    def change_the_holder(self):
        self.open("geste", "changer-de-chef-de-projet", "vallee-de-l-herault")
        self.fill(depart="31/10/2026", date="16/11/2026", titulaire="Sacha Exemple")
        self.fill(source_titre="Courriel de la commune", source_editeur="Commune de Gignac")
        self.picture("chef-de-projet")
        self.click("Voir ce qui va changer")
        self.click("Confirmer")

    def prepare_a_call(self):
        """Note whom to call in Gignac, and when to come back to what was said."""
        page = reverse("admin:communes_commune_page", args=["34114"])
        for link, fields in (
            ("Ajouter un contact", {"nom": "Alix Exemple", "telephone": "04 00 00 00 01"}),
            ("Ajouter une note", {"texte": "Délibération le 10.", "rappel": "12/12/2026"}),
        ):
            self.page.goto(page)
            with self.page.expect_navigation():
                self.page.get_by_role("link", name=link).click()
            if "nom" in fields:
                self.page.locator("[name=fonction]").select_option("maire")
            self.fill(**fields)
            self.click("Enregistrer")
        self.page.goto(page)
        self.picture("fiche")

    def home(self):
        self.open("index")
        self.picture("accueil")

    def sign_an_avenant(self):
        self.open("geste", "avenant", "ort-agde")
        for commune in ("Florensac", "Montagnac", "Pézenas"):
            self.choose("communes", commune)
        self.fill(date="11/01/2023")
        self.choose("source", "Liste des communes couvertes")
        self.picture("avenant")
        self.click("Voir ce qui va changer")
        self.picture("avenant-resume")
        self.click("Confirmer")

    def leave_the_programme(self):
        self.open("geste", "quitter-le-programme", "34276")
        self.fill(date="01/12/2023", motif="Non précisé par la préfecture")
        self.page.locator("[name=precision]").select_option("mois")
        self.choose("source", "page mise à jour")
        self.click("Voir ce qui va changer")
        self.picture("sortie")

    def import_a_table(self):
        self.open("communes_labellisation_import")
        file = {"name": "suivi-pvd.csv", "mimeType": "text/csv", "buffer": TABLE.encode("cp1252")}
        self.page.locator("[name=fichier]").set_input_files(file)
        self.fill(raison="Report du tableau de suivi")
        self.page.locator("[name=connaissance]").check()
        self.click("Voir l'aperçu")
        self.picture("import")

    def correct_a_row(self):
        self.open("projects_poste_change", "vallee-de-l-herault")
        self.page.locator("#occupations-group .rangees-bouton[aria-expanded]").last.click()
        self.page.locator("#occupations-group").scroll_into_view_if_needed()
        self.picture("rangees")

    def read_the_history(self):
        self.open("communes_labellisation_history", "34143")
        self.picture("historique")

    def bring_a_record_back(self):
        self.open("communes_labellisation_delete", "34111")
        self.fill(motif="Saisie deux fois.")
        self.picture("suppression")
        self.click("Supprimer")
        self.open("communes_labellisation_removed")
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Rétablir").first.click()
        self.picture("retablir")


def show_the_site(browser, address):
    """Take what one sees first of a commune, on a desk and on a phone, and what is printed of ten pages."""
    page = browser.new_page(base_url=address, locale="fr-FR", timezone_id=PARIS.key)
    page.clock.set_fixed_time(TODAY)
    shots = []
    for width, height in FIRST_SCREENS:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(ASKED_FIRST)
        shots.append(Image.open(io.BytesIO(page.screenshot(animations="disabled"))))
    keep(side_by_side(shots), FOLDER / "maire.png")
    sheets = []
    for place in PRINTED:
        page.goto(place)
        _, first = printed(page)[0]
        sheets.append(first.resize((SHEET_WIDTH, SHEET_WIDTH * first.height // first.width)))
    rows = [
        side_by_side(sheets[start : start + SHEETS_A_ROW])
        for start in range(0, len(sheets), SHEETS_A_ROW)
    ]
    keep(stacked(rows), FOLDER / "imprimees.png")
    page.context.close()


def side_by_side(images):
    """Return one picture of a few, from left to right."""
    width = sum(image.width for image in images) + GAP * (len(images) - 1)
    whole = Image.new("RGB", (width, max(image.height for image in images)), "grey")
    left = 0
    for image in images:
        whole.paste(image, (left, 0))
        left += image.width + GAP
    return whole


def stacked(images):
    """Return one picture of a few, from top to bottom."""
    turned = side_by_side([image.transpose(Image.Transpose.ROTATE_90) for image in images])
    return turned.transpose(Image.Transpose.ROTATE_270)


def arrive(browser, address, keys, width=WIDTH, theme="light"):
    """Return an agent who has just logged in, before a screen of that width and theme."""
    context = browser.new_context(
        base_url=address,
        locale="fr-FR",
        timezone_id=PARIS.key,
        color_scheme=theme,
        reduced_motion="reduce",
        viewport={"width": width, "height": HEIGHT},
    )
    guide = Guide(context.new_page(), keys)
    guide.page.clock.set_fixed_time(TODAY)
    guide.log_in()
    return guide


def look(browser, address, keys, folder):
    """Take the whole of ten screens of the back office, in three widths and both themes."""
    folder.mkdir(parents=True, exist_ok=True)
    convention, poste, labellisation = (
        keys[k] for k in ("ort-agde", "vallee-de-l-herault", "34143")
    )
    screens = {
        "accueil": reverse("admin:index"),
        "recherche": f"{reverse('admin:chercher')}?q=saint",
        "tableau": reverse("admin:tableau"),
        "commune": reverse("admin:communes_commune_page", args=["34114"]),
        "conventions": reverse("admin:ort_convention_changelist"),
        "convention": reverse("admin:ort_convention_change", args=[convention]),
        "poste": reverse("admin:projects_poste_change", args=[poste]),
        "geste": reverse("admin:geste", args=["avenant", convention]),
        "import": reverse("admin:communes_labellisation_import"),
        "historique": reverse("admin:communes_labellisation_history", args=[labellisation]),
    }
    for width, theme in SCREENS:
        guide = arrive(browser, address, keys, width, theme)
        for name, place in screens.items():
            guide.page.goto(place)
            path = folder / f"{name}-{width}-{theme}.png"
            guide.page.screenshot(path=path, full_page=True, animations="disabled")
        guide.page.context.close()


def follow(browser, address, keys):
    """Do all that the guide tells, in its own order but for the home, taken on a busy day."""
    guide = arrive(browser, address, keys)
    guide.correct_a_date()
    guide.change_the_holder()
    guide.correct_a_row()
    guide.prepare_a_call()
    guide.home()
    guide.sign_an_avenant()
    guide.leave_the_programme()
    guide.import_a_table()
    guide.read_the_history()
    guide.bring_a_record_back()


@contextmanager
def chromium(executable):
    """Open a browser; Chromium has no sandbox for root, and visits only our own pages."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


def main():
    executable = find() or sys.exit("Aucun navigateur : « python -m tools.navigateur » l'installe.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "pvd.settings",
            "PVD_ENV": "local",
            "PVD_VAR_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/captures.sqlite3",
        }
        django.setup()
        with mock.patch.object(timezone, "now", return_value=LOADED):
            load()
        server = LiveServerThread("127.0.0.1", StaticFilesHandler)
        server.daemon = True
        with mock.patch.object(timezone, "now", return_value=TODAY):
            server.start()
            server.is_ready.wait()
            address = f"http://127.0.0.1:{server.port}"
            ecrans = os.environ.get("ECRANS")
            if not ecrans:
                with chromium(executable) as browser:
                    show_the_site(browser, address)
            with mock.patch.object(timezone, "now", return_value=LOADED):
                prepare()
            known = keys()
            with chromium(executable) as browser:
                if ecrans:
                    look(browser, address, known, Path(ecrans))
                else:
                    follow(browser, address, known)
            server.terminate()


if __name__ == "__main__":
    main()
