"""A projet from a study to what it has come to, in a browser; and what three days say of it."""

from typing import NamedTuple

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from communes.models import Departement, Tenue
from ort.models import Organisme
from projects.models import Etude, Releve
from tests import factories
from tests.e2e.axe import faults_of
from tests.e2e.test_bureau import public
from tests.e2e.test_plan import confirm, fill, paper, play, rows
from tests.pdf import pdf_of
from tests.projects.projet.plan.conftest import lodeve

__all__ = ["lodeve"]

pytestmark = pytest.mark.django_db(transaction=True)

ORDERED, MEASURED, EVALUATED = "2023-06-14", "2024-06-03", "2026-08-25"
STUDY, EVENT, REPORT = "Habiter les étages", "Ouvrir les rez-de-chaussée", "Rapport : Habiter"
FROZEN = "/ort/ort-lodeve/bilans/ort-lodeve-bilan-1/"
# What an agent writes for the services alone.
KEPT = "Réunion tendue"


class Jour(NamedTuple):
    """What is true on a day: of the study, of the Club, of the façades, of the evaluation."""

    dit: str
    etude: str
    rendue_le: str
    venus: dict
    releves: list
    derniere: str
    evaluation: str


VENUS = {"communes": "34142", "nb_elus": "2", "nb_equipe": "1"}
DAYS = {
    ORDERED: Jour("14 juin 2023", "en_cours", "", {}, [], "", ""),
    MEASURED: Jour("3 juin 2024", "rendue", "2024-02-15", VENUS, ["12"], "12 façades", ""),
    EVALUATED: Jour(
        "25 août 2026",
        "rendue",
        "2024-02-15",
        VENUS,
        ["12", "27"],
        "27 façades",
        "Évaluation des cinq ans tenue le 25 août 2026, avec 40 jours de retard",
    ),
}


@pytest.fixture
def facades(settings, lodeve, documents_folder):
    """Return the only action of the plan of Lodève, whose département keeps all it holds."""
    settings.PVD_DEPARTEMENT = "34"
    kept = {"tenue_plans": Tenue.COMPLETE, "tenue_bilans": Tenue.COMPLETE}
    Departement.objects.filter(pk="34").update(**kept)
    town = lodeve.couvertures.get(commune="34142").commune
    factories.labellisation(town, adhesion="2021-03-26")
    factories.agent("herault", [lodeve.departement_reference])
    Organisme.objects.create(nom="CAUE de l'Hérault", nature="association")
    factories.indicateur("facades-ravalees", libelle="Façades ravalées")
    made = factories.action(
        [town], lodeve, identifiant="lodeve-a2", numero="A2", intitule="Façades du centre"
    )
    factories.fait(made, "debut", "2023-01-10")
    return made


def test_three_days_of_what_a_projet_has_come_to(page, logged_in, facades):
    page.set_viewport_size({"width": 1366, "height": 768})
    logged_in("herault")
    study(page)
    meet(page)
    measure(page, facades)
    evaluate(page, facades.convention)
    page.context.clear_cookies()
    for jour, told in DAYS.items():
        read_the_pages(page, jour, told)
        read_the_files(page, jour, told)
    read_what_is_frozen(page, facades)


def study(page):
    """Order a study that prepares the façades, then deliver it with its report."""
    page.goto(reverse("admin:gestes", args=["inscrire-une-etude"]))
    assert faults_of(page) == []
    for name, value in (
        *(("intitule", STUDY), ("nature", "habitat"), ("niveau", "operationnel")),
        *(("regime", "cofinancee"), ("communes", "Lodève"), ("actions", "Façades")),
        *(("beneficiaire_commune", "Lodève"), ("prestataire", "CAUE")),
        *(("fait", "commandee"), ("date", "02/05/2023")),
    ):
        fill(page, name, value)
    page.locator("[name=connaissance]").check()
    confirm(page, "est commandée le 2 mai 2023")
    made = Etude.objects.get()
    page.goto(reverse("admin:geste", args=["etude-rendre", made.pk]))
    page.locator("[name=date]").fill("15/02/2024")
    report = {"name": "rapport.pdf", "mimeType": "application/pdf", "buffer": pdf_of()}
    page.locator("[name=acte_pdf]").set_input_files(report)
    page.locator("[name=acte_public]").check()
    confirm(page, "« rapport.pdf » est joint à l'étude, public.")
    expect(page.locator("main, #content").first).to_contain_text(REPORT)
    assert faults_of(page) == []


def meet(page):
    """Note an event of the Club, and who came to it."""
    page.goto(reverse("admin:gestes", args=["noter-un-evenement"]))
    for name, value in (
        *(("intitule", EVENT), ("nature", "atelier")),
        *(("date", "29/02/2024"), ("lieu", "Pézenas")),
    ):
        fill(page, name, value)
    page.get_by_text("Communes venues").click()
    page.get_by_label("Lodève : venue").check()
    page.get_by_label("Lodève : élus").fill("2")
    page.get_by_label("Lodève : équipe").fill("1")
    page.locator("[name=connaissance]").check()
    confirm(page, "Y sont venus : Lodève (2 élus, 1 agent).")


def measure(page, action):
    """Read an indicator twice: the second reading tells what changed."""
    for valeur, date, told in (
        ("12", "15/05/2024", "12 façades, le 15 mai 2024"),
        ("27 façades", "01/06/2026", "+15 façades depuis le 15 mai 2024"),
    ):
        measured = {"indicateur": "Façades ravalées", "valeur": valeur, "date": date}
        play(page, "action-relever-un-indicateur", action, told, **measured)
    assert faults_of(page) == []


def evaluate(page, convention):
    """Hold the evaluation, forty days late."""
    held = {"nature": "quinquennal", "date": "25/08/2026", "comite": "Comité de projet"}
    held |= {"decisions": "Poursuivre les façades", "note_interne": KEPT}
    play(page, "tenir-un-bilan", convention, "Répond à l'échéance du 16 juillet 2026", **held)


def read_the_pages(page, jour, told):
    projet = public(page, "/communes/34142/projet/", jour)
    expect(projet).to_contain_text(f"Situation au {told.dit}")
    expect(projet.locator("tr", has_text=STUDY)).to_contain_text("CAUE de l'Hérault")
    expect(projet.get_by_role("link", name=REPORT)).to_have_count(1 if told.rendue_le else 0)
    came = "La commune a participé à 1 événement du Club" if told.venus else "non renseigné"
    expect(projet.locator("section", has=page.locator("#reseau"))).to_contain_text(came)
    expect(projet.locator("#resultats")).to_have_count(1)
    says_or_not(projet, told.derniere, "27 façades")
    says_or_not(projet, told.evaluation, "avec 40 jours de retard")

    action = public(page, "/actions/lodeve-a2/", jour)
    expect(action).to_contain_text(STUDY)
    says_or_not(action, told.derniere, "façades depuis")

    club = public(page, "/club/", jour).locator("li, article, tr", has_text=EVENT)
    assert bool(club.count()) is bool(told.venus)

    results = public(page, "/resultats/", jour).locator("tr", has_text="Façades ravalées")
    assert bool(results.count()) is bool(told.releves)
    if told.releves:
        expect(results.first).to_contain_text(told.derniere)

    public(page, "/communes/34142/", jour)
    sheet = paper(page)
    assert "1 action : 1 en cours." in sheet
    assert ("Évaluation des cinq ans" in sheet) is bool(told.evaluation)
    assert told.evaluation in sheet


def says_or_not(shown, told, last):
    """Check that a page says what is `told`, or, when nothing is, not what the last day says."""
    if told:
        expect(shown).to_contain_text(told)
    else:
        expect(shown).not_to_contain_text(last)


def read_the_files(page, jour, told):
    (etude,) = rows(page, "etudes", jour)
    assert (etude["intitule"], etude["etat"]) == (STUDY, told.etude)
    assert (etude["date_commande"], etude["date_rendu"]) == ("2023-05-02", told.rendue_le)
    events = rows(page, "evenements", jour)
    came = [{name: row[name] for name in VENUS} for row in events]
    assert came == ([told.venus] if told.venus else [])
    readings = rows(page, "indicateurs", jour)
    assert sorted(row["valeur"] for row in readings) == told.releves
    held = [row for row in rows(page, "bilans", jour) if row["tenu_le"]]
    late = [(row["nature"], row["tenu_le"], row["jours_de_retard"]) for row in held]
    assert late == ([("quinquennal", EVALUATED, "40")] if told.evaluation else [])
    for name in ("etudes", "evenements", "indicateurs", "bilans"):
        assert KEPT not in page.request.get(f"/donnees/{name}.csv?au={jour}").text()


def read_what_is_frozen(page, action):
    """A review keeps what was known of its day: what is corrected later changes nothing of it."""
    assert page.request.get(f"{FROZEN}?au=2026-08-24").status == 404
    factories.rewrite(type(action).objects.all(), intitule="Façades du faubourg")
    factories.rewrite(Releve.objects.filter(valeur=27), valeur=26)
    frozen = public(page, FROZEN, EVALUATED)
    expect(frozen).to_contain_text("Façades du centre")
    expect(frozen).not_to_contain_text("Façades du faubourg")
    expect(frozen.locator("tr", has_text="27 façades")).to_contain_text("Façades ravalées")
    expect(frozen).not_to_contain_text("26 façades")
    expect(frozen).to_contain_text("Poursuivre les façades")
    assert KEPT not in page.content()
    assert faults_of(page) == []
