"""The national list of the ORT, sent to the back office, and the grouping that an agent confirms."""

import html
import io
import re

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy

from communes.models import Labellisation
from ort.liste.colonnes import ColonneNationale
from ort.liste.liste import ListeOrt
from ort.models import Avenant, CommuneCouverte, Convention
from tests import factories
from tests.factories import rewrite
from tests.fichiers import answered, confirm, send
from tests.vues import SansLaPage

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


# Many at once: ticked in the list, or on the geste itself.

SEVERAL = reverse_lazy("admin:gestes", args=["confirmer-les-regroupements"])
SAID = {"date": "27/05/2026", "connaissance": "on"}


@pytest.fixture
def grouped(lodeve):
    """Two ORT of the Hérault that a rule put together, one with an avenant, and one of the Tarn."""
    clermont = factories.commune("34079", nom="Clermont-l'Hérault", epci="new")
    found = [
        factories.convention("2021-07-16", [lodeve], intitule="ORT de Lodève"),
        factories.convention("2022-01-10", [clermont], intitule="ORT de Clermont"),
    ]
    later = factories.avenant(found[0], "2023-04-13")
    gignac = factories.commune("34114", nom="Gignac", epci="new")
    CommuneCouverte.objects.create(convention=found[0], commune=gignac, entree=later)
    castres = factories.commune("81065", nom="Castres", epci="new")
    # The Tarn keeps it, and it covers a commune of the Hérault too: the Hérault sees it.
    shared = factories.convention(
        "2020-02-20",
        [castres, factories.commune("34002", epci="new")],
        intitule="ORT de Castres",
        departement_reference=castres.departement,
    )
    for convention in (*found, shared):
        factories.regroupement(convention)
    return [*found, shared]


def ticked(browser, conventions, **fields):
    data = {"action": "confirmer_la_selection", ACTION_CHECKBOX_NAME: [c.pk for c in conventions]}
    return browser.post(reverse("admin:ort_convention_changelist"), data | fields)


def test_what_is_ticked_in_the_list_is_shown_first(agent_34, grouped):
    for first, second in ((0, 1), (1, 0)):
        page = SansLaPage(agent_34).get(ticked(agent_34, [grouped[first]]).url)
        offered = [key for key, _ in page.context["form"].fields["conventions"].choices]
        assert offered == [grouped[first].pk, grouped[second].pk]


def test_where_nothing_is_to_confirm_the_page_says_so(agent_34):
    answer = agent_34.get(reverse("admin:gestes", args=["confirmer-les-regroupements"]))
    page = html.unescape(answer.content.decode())
    assert "Aucune ORT que vous tenez n'a de regroupement à confirmer." in page
    assert "Cochez les ORT" not in page


def test_what_is_ticked_in_the_list_is_confirmed_at_once_and_taken_back_at_once(agent_34, grouped):
    listed = SansLaPage(agent_34).get(
        reverse("admin:ort_convention_changelist"), {"regroupement": "par_regle"}
    )
    assert len(listed.context["cl"].result_list) == 3
    answer = ticked(agent_34, grouped)
    assert answer.status_code == 302
    page = agent_34.get(answer.url)
    assert "1 ORT laissée de côté" in page.text
    assert "16 juillet 2021, Lodève ; avenant, 13 avril 2023, Gignac" in page.text
    assert "Castres" not in page.text
    own = grouped[:2]
    assert set(page.context["form"].initial["conventions"]) == set(own)
    assert page.text.count(" checked") == 2
    answers = SAID | {"conventions": [c.pk for c in own]}
    shown = agent_34.post(SEVERAL, answers)
    assert "Aucun chiffre du programme ne change" in shown.text
    assert Convention.objects.par_regle().count() == 3
    confirming = {"apercu": shown.context["apercu"], "_confirmer": "Confirmer"}
    done = agent_34.post(SEVERAL, answers | confirming)
    assert list(Convention.objects.par_regle()) == grouped[2:]
    told = agent_34.get(done.url).text
    assert "2 regroupements confirmés. C&#x27;est enregistré." in told
    undo = re.search(r"/admin/actes/[^\"]+/annuler/", told).group()
    agent_34.post(undo, {"motif": "Trop vite"})
    assert Convention.objects.par_regle().count() == 3


def test_only_the_ddt_that_keeps_a_convention_confirms_it(agent_34, agent_81, lecteur_34, grouped):
    shared = grouped[2]
    answer = ticked(agent_34, [shared])
    assert "Aucune des ORT choisies" in agent_34.get(answer.url).text
    refused = agent_34.post(SEVERAL, SAID | {"conventions": [shared.pk]})
    assert "conventions" in refused.context["form"].errors
    alone = reverse("admin:geste", args=["confirmer-le-regroupement", shared.pk])
    assert agent_34.get(alone).status_code == 404
    assert agent_81.get(alone).status_code == 200
    assert lecteur_34.get(SEVERAL).status_code == 403
    ticked(lecteur_34, grouped)
    assert Convention.objects.par_regle().count() == 3


def test_a_group_that_changed_since_the_preview_is_shown_again(agent_34, grouped):
    answers = SAID | {"conventions": [grouped[0].pk]}
    shown = agent_34.post(SEVERAL, answers)
    grouped[0].couvertures.filter(commune="34114").delete_each()
    confirming = {"apercu": shown.context["apercu"], "_confirmer": "Confirmer"}
    again = agent_34.post(SEVERAL, answers | confirming)
    assert again.status_code == 200
    assert Convention.objects.par_regle().count() == 3


def test_as_many_queries_for_more_groups(agent_34, grouped, django_assert_num_queries):
    agent_34.get(SEVERAL)
    with CaptureQueriesContext(connection) as few:
        agent_34.get(SEVERAL)
    for number in range(5):
        town = factories.commune(f"3420{number}", epci="new")
        factories.regroupement(factories.convention("2022-01-10", [town]))
    with django_assert_num_queries(len(few)):
        agent_34.get(SEVERAL)


def test_an_agent_reads_the_remarks_of_its_own_communes_before_it_takes_them(agent_34):
    thau = factories.intercommunalite(nom="Thau")
    lodeve = factories.commune("34142", nom="Lodève", epci=thau)
    lacaune = factories.commune("81124", nom="Lacaune", epci=thau)
    factories.convention(
        "2021-07-16", [lodeve, lacaune], porteur=thau, departement_reference=lacaune.departement
    )
    header = f'{HEADER},"{ColonneNationale.REMARQUES}"'
    rows = [f"{row(lodeve)},Réunion le 3", f"{row(lacaune)},Autre DDT"]
    answer = send(agent_34, PAGE, SORTE, "\n".join([header, *rows, ""]), name=NOM, source="")
    page = answered(agent_34, agent_34.get(answer.url))
    assert "remarque reprise de la liste : « Réunion le 3 »" in page.text
    assert "Autre DDT" not in page.text
    confirm(agent_34, page)
    told = dict(CommuneCouverte.objects.values_list("commune", "remarques_enquete"))
    assert told == {"34142": "Réunion le 3", "81124": ""}


@pytest.mark.parametrize("forme", ["csv", "xlsx"])
def test_our_answer_read_again_changes_nothing_remarks_included(national, lodeve, tmp_path, forme):
    said = ("Vu le 3,\npuis le 4", "=1+1", "- à relancer", "'entre quotes'", "+33 4 67 00 00 00")
    epci = lodeve.rattachements.get().intercommunalite
    ort = factories.convention("2021-07-16", [lodeve], porteur=epci, duree_annees=5)
    later = factories.avenant(ort, None)
    rewrite(Avenant.objects.all(), date_signature_prevue="2026-12-01")
    for number, words in enumerate(said):
        town = factories.commune(f"3420{number}", epci=epci)
        entree = later if number == 0 else None
        factories.couverture(ort, town, entree=entree, remarques_enquete=words)
    factories.labellisation(vacquerie := factories.commune("34126", nom="La Vacquerie", epci=epci))
    rewrite(Labellisation.objects.filter(commune=vacquerie), remarques_enquete="Étude\nen cours")
    file = national.get(reverse("admin:enquete_fichier", args=[forme]), {"departement": "34"})
    path = tmp_path / f"reponse.{forme}"
    path.write_bytes(b"".join(file.streaming_content) if file.streaming else file.content)
    out = io.StringIO()
    call_command(
        "import_ort", path, jour="2026-11-27", sans_plancher=True, stdout=out, stderr=io.StringIO()
    )
    assert "0 changement." in out.getvalue(), out.getvalue()
