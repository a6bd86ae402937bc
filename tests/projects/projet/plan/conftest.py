"""A town, its ORT, the schemes and the themes: what a plan of actions rests on."""

import pytest
from django.urls import reverse

from ort.models import Organisme
from projects.models import Theme
from tests import factories
from tests.factories import day
from tests.fichiers import answered, send

SCHEMES = {
    "detr": ("DETR", "etat", "État"),
    "dsil": ("DSIL", "etat", "État"),
    "anah": ("Anah", "operateur", "Agence nationale de l'habitat (Anah)"),
    "fonds-vert": ("Fonds vert", "etat", "État"),
    "region": ("Région", "collectivite", None),
    "departement": ("Département", "collectivite", None),
    "commune": ("Commune", "collectivite", None),
    "feder": ("FEDER", "europe", "Union européenne"),
    "autofinancement": ("Autofinancement", "fonds_propres", None),
}


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def lodeve(db):
    """Return the convention of Lodève, which covers it and Clermont-l'Hérault."""
    factories.millesime(2021)
    epci = factories.intercommunalite("200017341", nom="CC du Lodévois et Larzac")
    departement = factories.departement("34")
    towns = [
        factories.commune(code, epci, departement=departement, nom=nom)
        for code, nom in (("34142", "Lodève"), ("34079", "Clermont-l'Hérault"), ("34111", "Ganges"))
    ]
    for cle, (libelle, nature, financeur) in SCHEMES.items():
        payer = None
        if financeur:
            payer = Organisme.objects.get_or_create(nom=financeur, defaults={"nature": "etat"})[0]
        factories.dispositif(cle, nature, libelle=libelle, financeur=payer)
    Organisme.objects.create(nom="Région Occitanie", nature="region")
    Organisme.objects.create(nom="Département de l'Hérault", nature="departement")
    for cle, libelle in (("habitat", "Habitat"), ("commerce", "Commerce et économie")):
        Theme.objects.create(cle=cle, libelle=libelle, ordre=1)
    return factories.convention(
        "2021-07-16",
        communes=towns[:2],
        identifiant="ort-lodeve",
        departement_reference=departement,
    )


@pytest.fixture
def sent(agent_34, lodeve):
    """Send a plan, answer its questions as they are proposed but for some, and return the preview."""

    def send_plan(text, answers=None, units=None, browser=agent_34, name="plan.csv", **questions):
        asked = asked_columns(browser, text, name)
        told = {"plan": f"convention:{lodeve.pk}", "jour": "2025-06-01"} | questions
        return answered(browser, asked, answers, units, **told)

    return send_plan


def asked_columns(browser, text, name="plan.csv"):
    answer = send(browser, "projects_action", "plan", text, name=name)
    assert answer.status_code == 302, answer.context["form"].errors
    return browser.get(answer.url)


def bare(text):
    """Return a text with plain spaces."""
    return text.replace("\u202f", " ").replace("\xa0", " ")


def told_by_row(page):
    """Return the sort of each row of a preview, with its remarks."""
    lignes = page.context["apercu"].lignes
    return [(str(li.sort), bare(" | ".join(li.remarques))) for li in lignes]


def told_of(page):
    """Return the sort of the one row of a preview, with its remarks."""
    (told,) = told_by_row(page)
    return told


def export_of(browser):
    """Return the plan of the list « Actions », as a file."""
    answer = browser.get(reverse("admin:projects_action_export", args=["plan", "csv"]))
    return b"".join(answer.streaming_content)


JOUR = day("2025-06-01")
