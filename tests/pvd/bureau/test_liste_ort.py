"""The national list of the ORT, sent to the back office, and the grouping that an agent confirms."""

import pytest
from django.urls import reverse

from ort.liste.colonnes import ColonneNationale
from ort.liste.liste import ListeOrt
from ort.models import CommuneCouverte, Convention
from tests import factories
from tests.fichiers import answered, confirm, send

PAGE, SORTE = "ort_convention", "liste-ort"
COLONNES = [
    ColonneNationale.CODE_COMMUNE,
    ColonneNationale.STATUT_COMMUNE,
    ColonneNationale.SIGNEE,
    ColonneNationale.DATE_SIGNATURE,
]
HEADER = ",".join(f'"{column}"' for column in COLONNES)
NOM = "ort-20260527.csv"


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(ListeOrt, "plancher", 1)


@pytest.fixture
def lodeve(db):
    return factories.commune("34142", nom="Lodève", epci="new")


@pytest.fixture
def lacaune(db):
    return factories.commune("81124", nom="Lacaune", epci="new")


def row(commune, jour="2021-07-16"):
    return f"{commune.pk},2. Commune PVD,Signée,{jour}"


def previewed(browser, *rows):
    answer = send(browser, PAGE, SORTE, "\n".join([HEADER, *rows, ""]), name=NOM, source="")
    assert answer.status_code == 302, answer.context["form"].errors
    return answered(browser, browser.get(answer.url))


def test_an_agent_reads_its_own_rows_and_confirms_what_the_rule_grouped(agent_34, lodeve, lacaune):
    page = previewed(agent_34, row(lodeve), row(lacaune))
    assert "ORT de Lodève" in page.text
    assert "Lacaune" not in page.text
    confirm(agent_34, page)
    assert list(CommuneCouverte.objects.values_list("commune", flat=True)) == [lodeve.pk]
    ort = Convention.objects.get()
    public = reverse("ort", args=[ort.identifiant])
    assert "Regroupée par règle" in agent_34.get(public).text
    shown = agent_34.post(
        reverse("admin:geste", args=["confirmer-le-regroupement", ort.pk]),
        answers := {"date": "27/05/2026", "connaissance": "on"},
    )
    assert "Convention, le 16 juillet 2021" in shown.text
    confirming = {"apercu": shown.context["apercu"], "_confirmer": "Confirmer"}
    agent_34.post(shown.request["PATH_INFO"], answers | confirming)
    assert "Regroupée par règle" not in agent_34.get(public).text
