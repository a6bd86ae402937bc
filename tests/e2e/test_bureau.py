"""A day of an agent in a real browser: an avenant, a correction, a file, and who is refused."""

import re

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import expect

from communes.models import Labellisation, Role
from ort.models import Avenant
from tests import factories
from tests.e2e.axe import COLOURS, faults_of
from tests.socle.admin.test_admin import affirmation

pytestmark = pytest.mark.django_db(transaction=True)

FILE = """code_insee;date_entree_programme;date_adhesion
34142;22/01/2021;26/03/2021
34145;05/10/2022;
34999;22/01/2021;05/04/2021
34003;22/01/2021;31/06/2021
81124;22/01/2021;12/05/2021
"""
TOWNS = [("34142", "Lodève"), ("34114", "Gignac")]


@pytest.fixture
def herault(settings):
    """Return the ORT of Lodève, signed in 2022; Gignac, not covered yet, is in the programme too."""
    settings.PVD_DEPARTEMENT = "34"
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    towns = [factories.commune(c, epci=epci, nom=n) for c, n in TOWNS]
    for town in towns:
        factories.labellisation(town, adhesion="2021-03-20")
    for code in ("34145", "34003", "81124"):
        factories.commune(code, epci="new")
    factories.agent("tarn", [factories.departement("81")])
    factories.agent("lecteur", [factories.departement("34")], role=Role.LECTEUR)
    factories.agent("herault", [factories.departement("34")])
    return factories.convention(
        "2022-01-10", towns[:1], identifiant="ort-lodeve", intitule="ORT de Lodève", porteur=epci
    )


@pytest.fixture
def bureau(page, logged_in, herault):
    """Return the page of an agent of the Hérault, on a small screen."""
    page.set_viewport_size({"width": 1024, "height": 768})
    return logged_in("herault")


def log_in(page, username):
    page.goto(reverse("admin:login"))
    page.locator("[name=username]").fill(username)
    page.locator("[name=password]").fill("secret")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Tableau de bord")
    return page


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def type_until(page, name, value):
    """Go on by Tab to the field of that name, at the keyboard, and type."""
    reached = f"document.activeElement.name === '{name}'"
    for _ in range(20):
        if page.evaluate(reached):
            return page.keyboard.type(value)
        page.keyboard.press("Tab")
    raise AssertionError(f"« {name} » ne s'atteint pas au clavier.")


def fits(page):
    """Tell whether the page holds in the width of its screen."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def public(page, address, jour):
    page.goto(f"{address}?au={jour}")
    return page.locator("main")


def row_of(page, code, jour):
    """Return the line of a commune in the public CSV of a day."""
    address = f"/donnees/communes.csv?departement=34&au={jour}"
    lines = page.request.get(address).text().splitlines()
    return next(line for line in lines if f",{code}," in line)


def test_an_avenant_signed_at_the_keyboard_is_public_from_its_day(page, herault):
    page.set_viewport_size({"width": 1024, "height": 768})
    bureau = log_in(page, "herault")
    bureau.get_by_text("Enregistrer ce qui s'est passé").click()
    bureau.get_by_role("link", name="Avenant", exact=True).click()
    bureau.get_by_role("link", name="ORT de Lodève").click()
    assert fits(bureau)
    # The first field that is not the menu's.
    bureau.locator("[name=date]").focus()
    type_until(bureau, "date", "06/07/2023")
    type_until(bureau, "numero", "1")
    # A search, as the select2 of the admin does it.
    bureau.locator(".field-communes .select2-search__field").focus()
    bureau.keyboard.type("gignac")
    expect(bureau.locator(".select2-results__option--highlighted")).to_have_text("Gignac")
    bureau.keyboard.press("Enter")
    type_until(bureau, "duree_annees", "")
    bureau.keyboard.press("Enter")
    expect(bureau.locator(".errorlist")).to_contain_text("Indiquez la source")
    assert not Avenant.objects.exists()

    bureau.locator("[name=numero]").focus()
    type_until(bureau, "source_titre", "Avenant n° 1")
    type_until(bureau, "source_editeur", "Préfecture de l'Hérault")
    bureau.keyboard.press("Enter")
    expect(bureau.locator(".geste-effets")).to_contain_text("est signé le 6 juillet 2023.")
    expect(bureau.locator(".geste-effets")).to_contain_text("Y entre : Gignac.")
    assert fits(bureau)
    assert not Avenant.objects.exists()
    bureau.get_by_role("button", name="Confirmer").focus()
    bureau.keyboard.press("Enter")
    expect(bureau.locator(".messagelist")).to_contain_text("C'est enregistré.")
    assert fits(bureau)

    expect(public(bureau, "/communes/34114/", "2023-07-06")).to_contain_text("ORT de Lodève")
    expect(public(bureau, "/ort/ort-lodeve/", "2023-07-06")).to_contain_text("Gignac")
    assert "ort-lodeve" in row_of(bureau, "34114", "2023-07-06")
    expect(public(bureau, "/communes/34114/", "2023-07-05")).not_to_contain_text("ORT de Lodève")
    assert "ort-lodeve" not in row_of(bureau, "34114", "2023-07-05")


def test_a_date_is_corrected_once_told_why(bureau, herault):
    lodeve = herault.couvertures.get().commune.labellisations.get()
    bureau.goto(reverse("admin:communes_labellisation_change", args=[lodeve.pk]))
    assert fits(bureau)
    bureau.locator("[name=date_signature_adhesion]").fill("26/03/2021")
    press(bureau, "Enregistrer")
    expect(bureau.locator(".errorlist")).to_contain_text("de 20 mars 2021 en 26 mars 2021")
    expect(bureau.get_by_label("Motif de la correction")).to_be_focused()
    assert "2021-03-20" in row_of(bureau, "34142", "2023-07-06")
    bureau.get_by_label("Motif de la correction").fill("Lu sur l'acte signé.")
    press(bureau, "Enregistrer")
    expect(bureau.locator(".messagelist .success")).to_be_visible()
    bureau.goto(reverse("admin:communes_labellisation_history", args=[lodeve.pk]))
    expect(bureau.locator(".historique article").first).to_contain_text("Lu sur l'acte signé.")

    assert "2021-03-26" in row_of(bureau, "34142", "2021-03-26")
    assert "2021-03-26" not in row_of(bureau, "34142", "2021-03-25")


def test_a_month_of_another_year_is_one_choice_away(bureau):
    bureau.goto(reverse("admin:communes_labellisation_add"))
    signed = bureau.locator("[name=date_signature_adhesion]")
    bureau.locator(".field-date_signature_adhesion .datetimeshortcuts a").nth(1).click()
    calendar = bureau.locator(".calendarbox:visible")
    calendar.get_by_label("Année").select_option("2021")
    calendar.get_by_label("Mois").select_option("Mars")
    calendar.get_by_role("link", name="26", exact=True).click()
    expect(signed).to_have_value("26/03/2021")
    assert not bureau.locator(".timezonewarning:visible").count()


# Each kind of page: home, search, list, form and its rows, removal, history, geste, file, table, guide.
DRAWN = [
    "/admin/",
    "/admin/ort/",
    "/admin/chercher/?q=lo",
    "/admin/a-verifier/",
    "/admin/communes/labellisation/",
    "/admin/communes/labellisation/?q=lod",
    "/admin/communes/commune/",
    "/admin/communes/commune/34142/",
    "/admin/communes/commune/34142/fiche/",
    "/admin/communes/commune/34142/change/",
    "/admin/communes/intercommunalite/200017341/",
    "/admin/ort/convention/",
    "/admin/ort/convention/add/",
    "/admin/ort/convention/supprimees/",
    "/admin/projects/poste/",
    "/admin/gestes/ouvrir-un-poste/",
    "/admin/projects/contact/add/",
    "/admin/socle/source/",
    "/admin/gestes/avenant/",
    "/admin/gestes/nouvelle-convention/",
    "/admin/communes/labellisation/importer/",
    "/admin/gestes/inscrire-une-etude/",
    "/admin/gestes/noter-un-evenement/",
    "/admin/gestes/faire-le-point/",
    "/admin/projects/etude/",
    "/admin/projects/evenementclub/",
    "/admin/projects/indicateur/",
    "/admin/alertes/",
    "/admin/bilans/",
    "/admin/tableau/",
    "/admin/nouveautes/?depuis=2021-01-01",
    "/admin/aide/",
]


def records_of(convention):
    """Return the pages of two records that have rows: their form, their history and what removes them."""
    poste = factories.poste([convention.couvertures.get().commune])
    factories.occupation(poste, "2022-01-01", titulaire="Claude")
    pages = [reverse("admin:projects_poste_histoire", args=[poste.pk])]
    for record in (convention, poste):
        for page in ("change", "history", "delete"):
            name = f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}"
            pages.append(reverse(name, args=[record.pk]))
    return [
        *pages,
        reverse("admin:ort_convention_page", args=[convention.pk]),
        *projet_of(convention, poste),
    ]


def projet_of(convention, poste):
    """Return the pages of an action and of a study, and what is done to them, and to their ORT."""
    town = convention.couvertures.get().commune
    action = factories.action([town], convention)
    study = factories.etude([town], convention, [action])
    factories.releve(action, 12, "2024-05-15")
    factories.participation(factories.evenement("2024-02-29", [town.departement]), poste)
    gestes = (
        ("etude-rendre", study),
        ("action-relever-un-indicateur", action),
        ("action-fixer-une-cible", action),
        ("tenir-un-bilan", convention),
        ("presenter-a-une-assemblee", convention),
    )
    return [
        reverse("admin:projects_action_page", args=[action.pk]),
        reverse("admin:projects_etude_page", args=[study.pk]),
        *(reverse("admin:geste", args=[slug, record.pk]) for slug, record in gestes),
    ]


def test_the_pages_of_the_back_office_can_be_read_by_everyone(bureau, herault):
    faults = []
    for address in [*DRAWN, *records_of(herault)]:
        bureau.goto(address)
        bureau.wait_for_load_state()
        for row in bureau.locator(".rangees-bouton[aria-expanded]").all():
            row.click()
        # From a theme to the other the page is the same, but for its colours.
        for theme, rules in (("light", None), ("dark", COLOURS)):
            bureau.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            # Colours slide from a theme to the other: axe would read them half-way.
            bureau.evaluate("document.getAnimations().forEach(slide => slide.finish())")
            faults += [(address, theme, *fault) for fault in faults_of(bureau, rules)]
    assert faults == []


def test_the_doors_of_the_back_office_can_be_read_by_everyone(page):
    for address in (reverse("admin:login"), reverse("admin_password_reset")):
        page.goto(address)
        assert faults_of(page) == [], address


COVERED = """links => links.filter(link => {
    const box = link.getBoundingClientRect();
    return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) !== link;
}).map(link => link.textContent)"""


def test_a_calendar_opens_over_the_buttons_that_stay_in_sight(bureau):
    bureau.goto(reverse("admin:projects_note_add"))
    bureau.locator(".field-rappel .datetimeshortcuts a").nth(1).click()
    calendar = bureau.locator(".calendarbox:visible")
    calendar.scroll_into_view_if_needed()
    assert calendar.locator("td a").evaluate_all(COVERED) == []
    turning = calendar.get_by_label("Mois").bounding_box()["x"]
    arrow = calendar.locator(".calendarnav-previous").bounding_box()
    assert arrow["x"] + arrow["width"] <= turning


def test_a_file_goes_in_but_for_its_bad_rows(bureau):
    bureau.goto(reverse("admin:communes_labellisation_changelist"))
    assert fits(bureau)
    bureau.get_by_role("link", name="Importer un fichier").click()
    file = {"name": "suivi.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    bureau.get_by_role("radio", name="Communes lauréates").check()
    bureau.locator("[name=fichier]").set_input_files(file)
    bureau.get_by_label("Motif :", exact=True).fill("Tableau de suivi")
    bureau.get_by_label("Le service le sait par lui-même").check()
    assert fits(bureau)
    press(bureau, "Voir l'aperçu")
    for told in (
        "4 code_insee 34999 inconnu",
        "5 date_adhesion 31/06/2021",
        "6 code_insee",
    ):
        expect(bureau.get_by_role("row", name=told)).to_be_visible()
    with bureau.expect_download() as download:
        bureau.get_by_role("link", name="Télécharger les lignes refusées").click()
    refused = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert [line[:5] for line in refused[1:]] == ["34999", "34003", "81124"]
    assert fits(bureau)
    press(bureau, "Importer 2 lignes")
    expect(bureau.locator(".messagelist")).to_contain_text("2 lignes importées")

    assert "2021-03-26" in row_of(bureau, "34142", "2021-03-26")
    expect(public(bureau, "/communes/34145/", "2022-10-05")).to_contain_text("5 octobre 2022")
    expect(public(bureau, "/communes/34145/", "2022-10-04")).to_contain_text(
        "pas dans le programme"
    )


def test_an_import_is_taken_back_from_its_message(bureau):
    bureau.goto(reverse("admin:communes_labellisation_import"))
    good = "\n".join(FILE.splitlines()[:3])
    file = {"name": "suivi.csv", "mimeType": "text/csv", "buffer": good.encode()}
    bureau.get_by_role("radio", name="Communes lauréates").check()
    bureau.locator("[name=fichier]").set_input_files(file)
    bureau.get_by_label("Motif :", exact=True).fill("Tableau de suivi")
    bureau.get_by_label("Le service le sait par lui-même").check()
    press(bureau, "Voir l'aperçu")
    press(bureau, "Importer 2 lignes")
    bureau.get_by_role("link", name="Annuler cet import").click()
    moved = "communes lauréates de l'Hérault : 3 → 2"
    expect(bureau.locator(".consequences")).to_contain_text(moved)
    assert fits(bureau)
    assert Labellisation.objects.filter(commune="34145").exists()
    press(bureau, "Annuler cet import")
    expect(bureau.locator(".messagelist")).to_contain_text("« suivi.csv » : import annulé.")
    assert fits(bureau)
    bureau.get_by_role("link", name="Imports", exact=True).first.click()
    expect(bureau.get_by_role("row", name="suivi.csv")).to_contain_text("annulé le")
    assert "2021-03-26" not in row_of(bureau, "34142", "2023-07-06")
    expect(public(bureau, "/communes/34145/", "2022-10-05")).to_contain_text(
        "pas dans le programme"
    )


@pytest.mark.parametrize("username", ["tarn", "lecteur"])
def test_others_are_refused_at_the_same_addresses(page, herault, username):
    log_in(page, username)
    lodeve = herault.couvertures.get().commune.labellisations.get()
    geste = reverse("admin:geste", args=["avenant", herault.pk])
    assert page.goto(geste).status == (404 if username == "tarn" else 403)
    record = page.goto(reverse("admin:communes_labellisation_change", args=[lodeve.pk]))
    if username == "tarn":
        # Django leads whoever may not see a record to the home, and says that there is none.
        expect(page).to_have_url(re.compile(r"/admin/$"))
        expect(page.locator(".messagelist .warning")).to_be_visible()
    else:
        assert record.status == 200
    expect(page.get_by_role("button", name=re.compile("Enregistrer"))).to_have_count(0)
    if username == "lecteur":
        assert page.goto(reverse("admin:communes_labellisation_import")).status == 403


def test_every_list_and_form_is_shown_without_a_style_of_its_own(page, logged_in, herault):
    """What the policy refuses is told in the console, and `page` fails on it."""
    factories.agent("chef", is_superuser=True)
    logged_in("chef")
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for address in (reverse(f"{name}_changelist"), reverse(f"{name}_add")):
            answer = page.goto(address)
            assert answer.status in {200, 403}
            assert "unsafe" not in answer.headers["content-security-policy"]
    page.goto(reverse("admin:ort_convention_history", args=[herault.pk]))
    page.goto(reverse("admin:ort_convention_change", args=[herault.pk]))
    page.locator(".select2-selection").first.click()
    expect(page.locator(".select2-dropdown")).to_be_visible()


def test_what_a_correction_asks_is_under_its_field_and_answered_there(bureau, herault):
    said = affirmation(herault, valeur="2022-01-10", source=factories.source(titre="Liste PVD"))
    avenant = factories.avenant(herault, "2023-02-03", numero=1)
    affirmation(avenant, valeur="2023-02-03", source=said.source)
    bureau.goto(reverse("admin:ort_convention_change", args=[herault.pk]))
    bureau.locator("[name=date_signature]").fill("11/01/2022")
    avenants = bureau.get_by_role("table", name="Avenants")
    avenants.get_by_role("button", name=re.compile("^Modifier")).click()
    bureau.locator("[name=avenants-0-date_signature]").fill("04/02/2023")
    bureau.locator("[name=avenants-0-objet]").fill("Vu avec M. Dupont")
    bureau.locator("[name=motif_correction]").fill("relu")
    bureau.locator("[name=_save]").click()
    own = bureau.locator(".field-date_signature .date-contredite").first
    expect(own.locator("legend")).to_contain_text("10 janvier 2022, a pour source « Liste PVD »")
    assert faults_of(bureau) == []
    own.get_by_label("Erreur de saisie").check()
    bureau.locator("[name=dite-avenants-0-date_signature-devenir][value=ecartee]").check()
    bureau.locator("[name=nomme-avenants-0-objet]").check()
    bureau.locator("[name=_save]").click()
    expect(bureau.locator(".success")).to_be_visible()
    said.refresh_from_db()
    assert said.valeur == "2022-01-11"
