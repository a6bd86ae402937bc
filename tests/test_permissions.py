"""Who may open what in the back office: one table, then one test for each door."""

import pytest
from django.test import Client
from django.urls import reverse

from communes.models import Labellisation
from communes.roles import RECORDS, REFERENCE
from ort.models import Convention, Organisme
from projects.models import Poste
from tests import factories
from tests.formulaires import filled

OPEN, NO, AWAY = 200, 403, 302

# What each role gets of the list, the blank form, and the form of a record of its département.
# fmt: off
TABLE = [
    # page                    lecteur             agent               référent            national
    ("communes_labellisation", (OPEN, NO, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("communes_commune",       (OPEN, NO, OPEN), (OPEN, NO, OPEN),   (OPEN, NO, OPEN),   (OPEN, NO, OPEN)),
    ("communes_departement",   (OPEN, NO, OPEN), (OPEN, NO, OPEN),   (OPEN, NO, OPEN),   (OPEN, NO, OPEN)),
    ("communes_rattachement",  (OPEN, NO, OPEN), (OPEN, NO, OPEN),   (OPEN, NO, OPEN),   (OPEN, NO, OPEN)),
    ("communes_region",        (NO, NO, NO),     (NO, NO, NO),       (NO, NO, NO),       (OPEN, NO, OPEN)),
    ("communes_agent",         (NO, NO, NO),     (NO, NO, NO),       (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("ort_convention",         (OPEN, NO, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("ort_avenant",            (OPEN, NO, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("ort_organisme",          (OPEN, NO, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("projects_poste",         (OPEN, NO, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("socle_source",           (OPEN, NO, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("socle_affirmation",      (OPEN, NO, OPEN), (OPEN, NO, OPEN),   (OPEN, NO, OPEN),   (OPEN, NO, OPEN)),
    ("suivi_chiffrepublie",    (OPEN, NO, OPEN), (OPEN, NO, OPEN),   (OPEN, NO, OPEN),   (OPEN, OPEN, OPEN)),
]
# fmt: on
ROLES = ["lecteur_34", "agent_34", "referent_34", "national"]
# Kept by all départements together, or of France: seen by all who may see that sort of record.
SHARED = {"communes_region", "ort_organisme", "socle_source"}


@pytest.fixture
def record_of():
    """Return the function that gives the record of a page, in a département."""

    def record(page, code):
        town = factories.commune(f"{code}142", epci=factories.intercommunalite(f"2000{code}001"))
        signed = factories.convention(
            communes=[town], departement_reference=town.departement, identifiant=f"ort-{code}"
        )
        makers = {
            "communes_labellisation": lambda: factories.labellisation(town),
            "communes_commune": lambda: town,
            "communes_departement": lambda: town.departement,
            "communes_rattachement": town.rattachements.get,
            "communes_region": lambda: town.departement.region,
            "communes_agent": lambda: factories.agent(f"voisin{code}", [town.departement]),
            "ort_convention": lambda: signed,
            "ort_avenant": lambda: factories.avenant(signed),
            "ort_organisme": lambda: Organisme.objects.create(nom=code, nature="etat"),
            "projects_poste": lambda: factories.poste([town]),
            "socle_source": factories.source,
            "socle_affirmation": lambda: signed.affirmations.create(
                champ="date_signature", valeur_brute="2023", source=factories.source()
            ),
            "suivi_chiffrepublie": lambda: town.departement.chiffres_publies.create(
                chiffre="ort", jour="2024-01-01", valeur=1, source=factories.source()
            ),
        }
        return makers[page]()

    return record


@pytest.mark.parametrize(
    ("role", "page", "expected"),
    [(role, page, codes[i]) for page, *codes in TABLE for i, role in enumerate(ROLES)],
)
def test_a_role_opens_what_the_table_says(role, page, expected, request, record_of):
    browser = request.getfixturevalue(role)
    record = record_of(page, "34")
    answers = (
        browser.get(reverse(f"admin:{page}_changelist")),
        browser.get(reverse(f"admin:{page}_add")),
        browser.get(reverse(f"admin:{page}_change", args=[record.pk])),
    )
    assert tuple(answer.status_code for answer in answers) == expected
    if expected[0] == OPEN:
        assert record in answers[0].context["cl"].queryset


@pytest.mark.parametrize("page", [page for page, *_ in TABLE if page not in SHARED])
@pytest.mark.parametrize("role", ["lecteur_34", "agent_34", "referent_34"])
@pytest.mark.parametrize("code", ["12", "81"])
def test_a_record_of_another_departement_is_not_there(role, page, code, request, record_of):
    browser = request.getfixturevalue(role)
    record = record_of(page, code)
    changelist = browser.get(reverse(f"admin:{page}_changelist"))
    assert changelist.status_code == NO or record not in changelist.context["cl"].queryset
    for view in ("change", "history", "delete"):
        answer = browser.get(reverse(f"admin:{page}_{view}", args=[record.pk]))
        assert answer.status_code in {AWAY, NO}
        if answer.status_code == AWAY:
            assert answer.url == reverse("admin:index")


@pytest.mark.parametrize("page", [page for page, *_ in TABLE if page not in SHARED])
def test_an_agent_of_no_departement_sees_nothing(page, record_of, db):
    record_of(page, "34")
    browser = Client()
    browser.force_login(factories.agent(role="referent"))
    assert not browser.get(reverse(f"admin:{page}_changelist")).context["cl"].queryset.exists()


@pytest.mark.parametrize(("page", "codes"), [(page, codes) for page, *codes in TABLE])
def test_a_lecteur_writes_nothing(page, codes, lecteur_34, record_of):
    record = record_of(page, "34")
    for view in ("change", "delete"):
        url = reverse(f"admin:{page}_{view}", args=[record.pk])
        assert lecteur_34.post(url, {"post": "yes"}).status_code == NO
    assert type(record).objects.filter(pk=record.pk).exists()


def test_the_deletion_of_many_stops_at_the_perimeter(agent_34, record_of):
    here, elsewhere = (record_of("communes_labellisation", code) for code in ("34", "81"))
    data = {"action": "delete_selected", "_selected_action": [here.pk, elsewhere.pk], "post": "yes"}
    agent_34.post(reverse("admin:communes_labellisation_changelist"), data)
    assert list(Labellisation.objects.all()) == [elsewhere]


@pytest.mark.parametrize("role", ["agent_34", "referent_34"])
def test_an_agent_deletes_the_records_only(role, request):
    agent = request.getfixturevalue(role).agent
    may_delete = {p.replace("delete_", "") for p in agent.get_all_permissions() if "delete_" in p}
    assert may_delete == RECORDS
    assert not may_delete & REFERENCE


def test_a_stranger_is_asked_to_log_in(db):
    answer = Client().get(reverse("admin:ort_convention_changelist"))
    assert answer.url.startswith(reverse("admin:login"))


def test_without_is_staff_there_is_no_back_office(db):
    agent = factories.agent(departements=[factories.departement()])
    agent.is_staff = False
    agent.save()
    browser = Client()
    browser.force_login(agent)
    assert browser.get(reverse("admin:index")).url.startswith(reverse("admin:login"))


# Doors of a form: what is offered, and what a hand-made POST gets accepted.


def search(browser, model, field, term):
    """Return the texts that the search box of a field offers."""
    app, model = model.split(".")
    asked = {"app_label": app, "model_name": model, "field_name": field, "term": term}
    answer = browser.get(reverse("admin:autocomplete"), asked).json()
    return [result["text"] for result in answer["results"]]


def test_the_search_box_offers_the_communes_of_the_agent(agent_34, national):
    factories.commune("34142", nom="Lodève")
    factories.commune("12001", nom="Lodève-le-Haut")
    asked = ("communes.labellisation", "commune", "lodeve")
    assert search(agent_34, *asked) == ["Lodève"]
    assert search(national, *asked) == ["Lodève", "Lodève-le-Haut"]


def test_the_search_box_offers_the_conventions_of_the_agent(agent_34):
    factories.convention(intitule="ORT du Lodévois")
    factories.convention(
        intitule="ORT du Rouergue", departement_reference=factories.departement("12")
    )
    assert search(agent_34, "ort.avenant", "convention", "ORT") == ["ORT du Lodévois"]


def test_a_hand_made_labellisation_elsewhere_is_refused(agent_34, national):
    url = reverse("admin:communes_labellisation_add")
    data = filled(agent_34.get(url), commune=factories.commune("12001").pk, debut="01/01/2021")
    answer = agent_34.post(url, data)
    assert answer.status_code == 200
    assert "commune" in answer.context["adminform"].form.errors
    assert not Labellisation.objects.exists()
    assert national.post(url, data).status_code == 302


def test_a_hand_made_convention_elsewhere_is_refused(agent_34):
    url = reverse("admin:ort_convention_add")
    page = agent_34.get(url)
    data = filled(page, intitule="ORT", identifiant="ort", departement_reference="")
    for code, status in (("12", 200), ("34", 302)):
        data["departement_reference"] = factories.departement(code).pk
        assert agent_34.post(url, data).status_code == status
    assert Convention.objects.get().departement_reference_id == "34"


def test_a_hand_made_row_elsewhere_is_refused(agent_34):
    url = reverse("admin:projects_poste_add")
    data = filled(agent_34.get(url), intitule="Chef de projet", identifiant="poste")
    data["dessertes-0-commune"] = factories.commune("12001").pk
    answer = agent_34.post(url, data)
    assert "commune" in answer.context["inline_admin_formsets"][0].formset.errors[0]
    assert not Poste.objects.exists()


def test_a_row_of_another_record_cannot_be_taken_over(agent_34):
    theirs = factories.poste([factories.commune("12001")])
    ours = factories.poste([factories.commune("34142")])
    url = reverse("admin:projects_poste_change", args=[ours.pk])
    data = filled(agent_34.get(url)) | {"dessertes-0-id": theirs.dessertes.get().pk}
    assert agent_34.post(url, data).status_code == 200
    assert theirs.dessertes.get().commune_id == "12001"
