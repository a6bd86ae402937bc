"""A plan from its spreadsheet to its last payment, in a browser; and what three days say of it."""

import csv
import io
import re
from decimal import Decimal
from typing import NamedTuple

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pypdf import PdfReader

from communes.models import Agent, Departement, Tenue
from projects.models import Action, Financement, Indicateur
from tests import factories
from tests.e2e.test_bureau import press
from tests.projects.projet.plan.conftest import lodeve
from tests.pvd.bureau.test_gestes import address, confirming, typed

__all__ = ["lodeve"]

pytestmark = pytest.mark.django_db(transaction=True)

# The columns of the template, less some, and one that does not say who pays. Costs are in thousands.
HEADER = (
    "numero,axe_code,axe,intitule,theme,maitre_ouvrage,communes,maturite,etat,debut_prevu,fin_prevue,"
    "cout,base_cout,DETR,Autres aides,Autofinancement"
)
PLAN = f"""{HEADER}
A1,A,Habiter,Réhabilitation d'un îlot,Habitat,Commune,34142,mature,idée,2023-09,2024-10,1000,HT,,314159,685841
A2,A,,Façades,Habitat,Commune,34142,mature,travaux en cours,2023-01,2025-06,400,HT,141421,,
A3,A,,Logements vacants,Habitat,Commune,34142,mature,livrée,2022-01,2022-12,100,HT,271828,161803,
A4,A,,Résidence,Habitat,Commune,34142,en germe,étude préalable,,,,,,,
A5,A,,Permis de louer,Habitat,Commune,34142,en germe,idée,,,,,,,
A6,A,,Jardin,Habitat,Commune,34142,en germe,idée,,,,,,,
B1,B,Commercer,Halle,Commerce et économie,Commune,34142,mature,idée,,,800,HT,,,
B2,B,,Boutique à l'essai,Commerce et économie,Commune,34142,en germe,idée,,,,,,,
B3,B,,Marché,Commerce et économie,Commune,34142,en germe,idée,,,,,,,
B4,B,,Signalétique,Commerce et économie,Lodève,34142;34079,en germe,idée,,,50,HT,,,
B5,B,,Galerie,Commerce et économie,Commune,34079,en germe,idée,,,,,,,
B6,B,,Parking,Commerce et économie,Commune,34142,en germe,idée,,,,,,,
"""
BEFORE, BETWEEN, AFTER = "2023-06-14", "2024-06-03", "2024-11-15"
EVALUATED, FROZEN = "2026-08-25", "ort-lodeve-bilan-1"
BLOCKED, REFUSED = "Fouilles archéologiques", "Enveloppe épuisée"
# Asked, forecast, refused: the digits of each amount, and the reasons that nobody may read.
NEVER_PUBLIC = ("314159", "141421", "271828", "161803", "685841", BLOCKED, REFUSED)


@pytest.fixture
def plan(settings, lodeve):
    """Return the ORT of Lodève, whose département keeps its plans in full, and its avenant of 2024."""
    settings.PVD_DEPARTEMENT = "34"
    kept = {"tenue_plans": Tenue.COMPLETE, "tenue_bilans": Tenue.COMPLETE}
    Departement.objects.filter(pk="34").update(**kept)
    factories.indicateur("facades-ravalees", libelle="Façades ravalées")
    towns = {couverture.commune_id: couverture.commune for couverture in lodeve.couvertures.all()}
    factories.labellisation(towns["34142"], adhesion="2021-03-26")
    factories.agent("herault", [lodeve.departement_reference])
    factories.avenant(lodeve, "2024-10-15", numero=1)
    return lodeve


def test_three_days_of_a_plan(page, logged_in, plan, client):
    page.set_viewport_size({"width": 1366, "height": 768})
    logged_in("herault")
    import_the_plan(page, plan)
    client.force_login(Agent.objects.get(username="herault"))
    live_by_hand(page, client, plan)
    live_by_posts(client)
    hold_the_evaluation(page, plan)
    assert_the_services_know(client)
    page.context.clear_cookies()
    for jour, told in DAYS.items():
        read_the_day(page, jour, told)
        assert_kept_for_the_services(page, jour)
    read_the_evaluation(page)


def import_the_plan(page, plan):
    """Its costs are in thousands, and « Autres aides » is what was asked of the DSIL: two corrections."""
    page.goto(reverse("admin:projects_action_import"))
    file = {"name": "plan.csv", "mimeType": "text/csv", "buffer": PLAN.encode()}
    page.locator("[name=fichier]").set_input_files(file)
    page.locator("[name=sorte][value=plan]").check()
    page.get_by_label("Motif :", exact=True).fill("Plan signé")
    page.get_by_label("Le service le sait par lui-même").check()
    press(page, "Voir l'aperçu")

    page.locator("[name=plan]").select_option(f"convention:{plan.pk}")
    page.locator("[name=jour]").fill("2023-03-01")
    press(page, "Voir l'aperçu")
    expect(page.locator(".errorlist")).to_contain_text("Dites ce que contient cette colonne")
    page.get_by_label("Autres aides", exact=True).select_option("aide_dsil_demande")
    page.get_by_label("Unité de « cout »").select_option("k€")
    press(page, "Relire les valeurs")
    costs = page.get_by_role("row", name=re.compile("^cout "))
    expect(costs).to_contain_text("1 000 000 €")
    press(page, "Voir l'aperçu")
    expect(page.locator(".comptes")).to_contain_text("12 nouvelles")
    press(page, "Importer 12 lignes")
    expect(page.locator(".messagelist")).to_contain_text("12 lignes importées")


def play(page, slug, record, told, **fields):
    """Do a geste by its form: what its preview tells is confirmed."""
    page.goto(reverse("admin:geste", args=[slug, record.pk]))
    for name, value in fields.items():
        fill(page, name, value)
    page.locator("[name=connaissance]").check()
    confirm(page, told)


def fill(page, name, value):
    """Fill in a field as someone does: typed, ticked, chosen in a list, or found by its name."""
    field = page.locator(f"[name={name}]").first
    if "admin-autocomplete" in (field.get_attribute("class") or ""):
        search(page, name, value)
    elif field.evaluate("field => field.tagName") == "SELECT":
        field.select_option(value)
    elif field.get_attribute("type") == "checkbox":
        page.locator(f"[name={name}][value='{value}']").check()
    else:
        field.fill(value)


def search(page, name, words):
    page.locator(f".field-{name} .select2-selection").click()
    # The field of the search takes a moment to come: keys typed before go nowhere.
    page.locator(".select2-container--open .select2-search__field").last.fill(words)
    found = page.locator(".select2-results__option--highlighted")
    expect(found).to_contain_text(words, ignore_case=True)
    page.keyboard.press("Enter")


def confirm(page, told):
    press(page, "Voir ce qui va changer")
    expect(page.locator(".geste-effets")).to_contain_text(told)
    press(page, "Confirmer")
    expect(page.locator(".messagelist")).to_contain_text("C'est enregistré.")


def action(numero):
    return Action.objects.get(numero=numero)


def ligne(numero, dispositif):
    return Financement.objects.get(action__numero=numero, dispositif__cle=dispositif)


# By post: the last payment is played.
ADVANCES = (
    {"told": "(avance)", "sorte": "avance", "montant": "75 000", "date": "02/10/2023"},
    {"told": "(acompte)", "sorte": "acompte", "montant": "100 000", "date": "03/06/2024"},
)


def by_post(client, slug, record, told="", **fields):
    """Do without the browser what it plays once: what its preview tells is confirmed."""
    form, data = address(slug, record), typed(**fields)
    shown = client.post(form, data)
    assert "apercu" in shown.context, shown.context["form"].errors
    assert squeezed(told) in squeezed(shown.content.decode())
    assert client.post(form, data | confirming(shown)).status_code == 302


def live_by_hand(page, client, plan):
    """Play the gestes: the îlot is granted, begun, paid, finished; the façades wait; the plan changes."""
    ilot, dsil = action("A1"), ligne("A1", "dsil")
    granted = {"depense_subventionnable": "1 000 000", "taux": "25", "reference": "2023-I-15"}
    granted |= {"date": "15/06/2023", "date_notification": "30/06/2023"}
    play(page, "financement-enregistrer-un-accord", dsil, "Notifié le 30 juin 2023", **granted)
    begun = {"phase": "operation", "date": "18/09/2023"}
    play(page, "action-demarrer", ilot, "L'opération commence", **begun)
    balanced = "Le financement est soldé à 235 000,50 €, pour 250 000 € accordés."
    for first in ADVANCES:
        by_post(client, "financement-enregistrer-un-versement", dsil, **first)
    last = {"sorte": "solde", "montant": "60 000,50", "date": "15/11/2024"}
    play(page, "financement-enregistrer-un-versement", dsil, balanced, **last)
    ended = {"phase": "operation", "date": "30/10/2024"}
    play(page, "action-achever", ilot, "L'opération s'achève", **ended)
    facades = action("A2")
    stopped = {"date": "05/02/2024", "texte": BLOCKED}
    play(page, "action-signaler-un-blocage", facades, "L'action est bloquée", **stopped)
    play(page, "action-lever-le-blocage", facades, "Le blocage est levé", date="10/09/2024")
    mesure = Indicateur.objects.get(identifiant="facades-ravalees")
    first = {"indicateur": mesure.pk, "valeur": "12", "etat": "connue", "date": "15/05/2024"}
    read = "12 façades, le 15 mai 2024"
    by_post(client, "action-relever-un-indicateur", facades, read, **first)
    then = {"indicateur": "Façades ravalées", "valeur": "27", "date": "30/10/2024"}
    told = "+15 façades depuis le 15 mai 2024"
    play(page, "action-relever-un-indicateur", facades, told, **then)
    changed = {"avenant": str(plan.avenants.get().pk), "retirees": str(action("B6").pk)}
    changed["ajoutees"] = "B7 ; Kiosque ; Lodève"
    play(page, "appliquer-un-avenant-au-plan", plan, "En sortent : B6 Parking.", **changed)


def live_by_posts(client):
    """A grant to the façades, as the îlot had; and a refusal."""
    granted = {"montant": "40 000", "date": "01/12/2023"}
    refused = {"nature": "refus", "motif": REFUSED, "date": "01/12/2023"}
    for slug, line, fields in (
        ("financement-enregistrer-un-accord", ligne("A2", "detr"), granted),
        ("financement-refus-ou-sans-suite", ligne("A3", "dsil"), refused),
    ):
        by_post(client, slug, line, **fields)


def hold_the_evaluation(page, plan):
    """Freeze what is then known, of the façades too."""
    held = {"nature": "quinquennal", "date": "25/08/2026"}
    play(page, "tenir-un-bilan", plan, "275 000,50 € accordés, 235 000,50 € versés", **held)


class Jour(NamedTuple):
    """What is true on a day: of Lodève, of the plan, of the îlot (A1) and of the façades (A2)."""

    dit: str
    lodeve: str
    accorde_et_verse: str
    plan: str
    etats: dict
    ilot: str
    argent: str
    affiche: str
    # What was read of the façades.
    releves: list
    # Of each grant: first granted, granted, paid, left to pay, state.
    financements: dict


# What nothing happens to, on any of the days.
AUTRES = {"A3": "achevee", "A4": "en_cours", "B1": "a_venir", "B4": "a_venir"}
AUTRES |= dict.fromkeys(("A5", "A6", "B2", "B3", "B5", "B6"), "non_renseignee")
FACADES = ("40000.00", "40000.00", "0.00", "40000.00", "accorde")
DAYS = {
    BEFORE: Jour(
        dit="14 juin 2023",
        lodeve="11 actions : 1 achevée, 2 en cours, 3 à venir et 5 non renseignées",
        accorde_et_verse="0 € accordé, 0 € versé",
        plan="12 actions au plan au",
        etats=AUTRES | {"A1": "a_venir", "A2": "en_cours"},
        ilot="à venir depuis le 1er mars 2023 · phase : idée",
        argent="Subventions accordées : 0 €. Versées : 0 €.",
        affiche="Subventions publiques à compléter par le maître d'ouvrage",
        releves=[],
        financements={},
    ),
    BETWEEN: Jour(
        dit="3 juin 2024",
        lodeve="11 actions : 1 achevée, 1 bloquée, 2 en cours, 2 à venir et 5 non renseignées",
        accorde_et_verse="290 000 € accordés, 175 000 € versés",
        plan="12 actions au plan au",
        etats=AUTRES | {"A1": "en_cours", "A2": "bloquee"},
        ilot="en cours depuis le 18 septembre 2023 · phase : opération",
        argent="Subventions accordées : 250 000 €. Versées : 175 000 €.",
        affiche="État (DSIL) 250 000 €",
        releves=["12"],
        financements={
            "lodeve-a1-dsil": (
                *("250000.00", "250000.00", "175000.00", "75000.00"),
                "verse_en_partie",
            ),
            "lodeve-a2-detr": FACADES,
        },
    ),
    AFTER: Jour(
        dit="15 novembre 2024",
        lodeve="11 actions : 2 achevées, 2 en cours, 2 à venir et 5 non renseignées",
        accorde_et_verse="275 000,50 € accordés, 235 000,50 € versés",
        plan="12 actions au plan, 1 sortie du plan au",
        etats=AUTRES | {"A1": "achevee", "A2": "en_cours", "B7": "non_renseignee"},
        ilot="achevée depuis le 30 octobre 2024 · phase : opération",
        argent="Subventions accordées : 235 000,50 €. Versées : 235 000,50 €.",
        affiche="État (DSIL) 235 000,50 €",
        releves=["12", "27"],
        financements={
            "lodeve-a1-dsil": ("250000.00", "235000.50", "235000.50", "0.00", "solde"),
            "lodeve-a2-detr": FACADES,
        },
    ),
}


def read_the_day(page, jour, told):
    read_lodeve(page, jour, told)
    read_the_ilot(page, jour, told)
    read_the_list(page, jour, told)
    actions, lines = rows(page, "actions", jour), rows(page, "financements", jour)
    assert {row["numero"]: row["etat"] for row in actions} == told.etats
    out = {row["numero"]: row["sortie_le"] for row in actions if row["sortie_le"]}
    assert out == ({"B6": "2024-10-15"} if jour == AFTER else {})
    assert {row["financement_identifiant"]: of_line(row) for row in lines} == told.financements
    readings = rows(page, "indicateurs", jour)
    assert sorted(row["valeur"] for row in readings) == told.releves
    for name, column in (("accorde", 1), ("verse", 2)):
        sums = sum(Decimal(row[f"montant_{name}"]) for row in actions)
        assert sums == sum(Decimal(line[column]) for line in told.financements.values())


def of_line(row):
    money = ("montant_accorde_initial", "montant_accorde", "montant_verse", "reste_a_verser")
    return (*(row[name] for name in money), row["etat"])


def public(page, address, jour):
    """Open a page, which tells nothing of what is kept for the services; return what it says."""
    assert_kept_in(page.goto(f"{address}?au={jour}"))
    return page.locator("main")


def read_lodeve(page, jour, told):
    """Its page, then its sheet of A4: the same counts and sums, its shared action apart."""
    projet = public(page, "/communes/34142/", jour).locator(".pvd-projet")
    expect(projet).to_contain_text(f"11 actions au plan, au {told.dit}.")
    alone = f"Actions de la commune seule (10) : {told.accorde_et_verse}, au {told.dit}"
    expect(projet).to_contain_text(alone)
    expect(projet).to_contain_text("non réparties (1) : 0 € accordé, 0 € versé")
    sheet = paper(page)
    assert f"{told.lodeve}." in sheet
    assert told.accorde_et_verse in sheet


def read_the_ilot(page, jour, told):
    """Its page, then the poster of its financing plan."""
    shown = public(page, "/actions/lodeve-a1/", jour)
    expect(shown).to_contain_text(told.ilot)
    expect(shown).to_contain_text(told.argent)
    public(page, "/actions/lodeve-a1/plan-de-financement/", jour)
    assert f"{told.affiche} Part du maître d'ouvrage à compléter" in paper(page)


def read_the_list(page, jour, told):
    expect(public(page, "/actions/", jour)).to_contain_text(f"{told.plan} {told.dit}")
    kiosque = page.locator("main tr", has_text="Kiosque")
    expect(kiosque).to_have_count(1 if jour == AFTER else 0)
    facades = page.locator("main tr", has_text="Façades")
    expect(facades).to_contain_text("bloquée" if jour == BETWEEN else "en cours")


def read_the_evaluation(page):
    """The sheet of its day, and what it froze: no forecast nor reason, and never written again."""
    told = "Évaluation des cinq ans tenue le 25 août 2026, avec 40 jours de retard."
    public(page, "/communes/34142/", EVALUATED)
    assert told in paper(page)
    factories.cout(action("A1"), "777777.00", "2023-04-01")
    frozen = public(page, f"/ort/ort-lodeve/bilans/{FROZEN}/", EVALUATED)
    expect(frozen).to_contain_text("Réhabilitation d'un îlot achevée")
    expect(frozen).to_contain_text("Accordé : 275 000,50 €")
    text = squeezed(frozen.inner_text())
    assert [kept for kept in (*NEVER_PUBLIC, "777777") if squeezed(kept) in text] == []
    assert page.request.get(f"/ort/ort-lodeve/bilans/{FROZEN}/?au={AFTER}").status == 404


def rows(page, name, jour):
    answer = page.request.get(f"/donnees/{name}.csv?departement=34&au={jour}")
    assert_kept_in(answer)
    return list(csv.DictReader(io.StringIO(answer.text().removeprefix("\ufeff"))))


def paper(page):
    """Return the words of the page once printed, on one sheet."""
    (sheet,) = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    return " ".join(sheet.extract_text().split())


# What is not read already for what it tells of the day.
PUBLIC = [
    *("/communes/34142/projet/", "/ort/ort-lodeve/", "/ort/ort-lodeve/projet/"),
    *("/actions/lodeve-a2/", "/actions/lodeve-a3/", "/departements/34/projet/"),
    "/donnees/versements.csv",
]


def squeezed(text):
    return re.sub(r"\s|&nbsp;|&#8239;", "", text)


def assert_the_services_know(client):
    """The agent does read what nobody else may: else to look for it elsewhere would prove nothing."""
    told = "".join(
        client.get(
            reverse(f"admin:projects_action_{name}", args=[action(numero).pk])
        ).content.decode()
        for numero in ("A1", "A2", "A3")
        for name in ("page", "history")
    )
    assert [kept for kept in NEVER_PUBLIC if squeezed(kept) not in squeezed(told)] == []


def assert_kept_for_the_services(page, jour):
    for path in PUBLIC:
        assert_kept_in(page.request.get(f"{path}?au={jour}"))


def assert_kept_in(answer):
    """Check that nobody reads in an answer what is for the services alone."""
    assert answer.status == 200, answer.url
    text = squeezed(answer.text())
    assert [kept for kept in NEVER_PUBLIC if squeezed(kept) in text] == [], answer.url
