"""The template of a plan: what the site sends, and what the project keeps, are one and are read."""

import csv
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from openpyxl import load_workbook

from projects.models import Action, FaitFinancement
from projects.projet.plan.guide import EXEMPLE
from tests.fichiers import confirm, outcome

MODELES = Path(settings.BASE_DIR) / "donnees" / "modeles"


def test_the_template_is_the_one_that_the_site_sends(agent_34, lodeve):
    with (MODELES / "plan.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row == EXEMPLE
    url = reverse("admin:projects_action_import_modele", args=["plan", "csv"])
    sent = b"".join(agent_34.get(url).streaming_content).decode("utf-8-sig")
    assert sent.splitlines()[0].split(";") == list(EXEMPLE)


def test_both_files_give_one_action(agent_34, sent):
    confirm(agent_34, sent((MODELES / "plan.csv").read_bytes()))
    assert Action.objects.get().identifiant == "lodeve-a1"
    assert FaitFinancement.objects.count() == 4
    page = sent((MODELES / "plan.xlsx").read_bytes(), name="plan.xlsx")
    assert outcome(page) == {2: "inchangée"}


def test_the_workbook_has_its_guide_on_a_second_sheet():
    book = load_workbook(MODELES / "plan.xlsx")
    assert book.sheetnames == ["donnees", "mode d'emploi"]
    told = [row[0].value for row in book["mode d'emploi"].iter_rows()]
    assert "intitule" in told
