"""Who may open what: two tables, then one test for each door that a hand-made request may push."""

import pytest
from django.test import Client
from django.urls import reverse

from communes.comptes.journal import record
from communes.comptes.roles import RECORDS, REFERENCE
from communes.comptes.roles import SHARED as SHARED_RECORDS
from communes.models import Agent, Departement, Labellisation, Role
from ort.models import Convention, Document, Organisme
from projects.postes.models import Poste
from pvd.suivi.models import ChiffrePublie
from tests import factories
from tests.conftest import browser_of
from tests.formulaires import filled

OPEN, NO, AWAY, LOST = 200, 403, 302, 404
# A form that comes back with its errors is an answer 200; one that is saved leads elsewhere.
REFUSED, DONE, LOG_IN = "refusé", "fait", "connexion"

# What each role gets of the list, the blank form, and the form of a record of its département.
# fmt: off
TABLE = [
    # page                     lecteur           agent               référent            national
    ("communes_labellisation", (OPEN, NO, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("communes_commune",       (OPEN, NO, OPEN), (OPEN, NO, OPEN),   (OPEN, NO, OPEN),   (OPEN, NO, OPEN)),
    ("communes_departement",   (OPEN, NO, OPEN), (OPEN, NO, OPEN),   (OPEN, NO, OPEN),   (OPEN, NO, OPEN)),
    ("communes_rattachement",  (OPEN, NO, OPEN), (OPEN, NO, OPEN),   (OPEN, NO, OPEN),   (OPEN, NO, OPEN)),
    ("communes_region",        (NO, NO, NO),     (NO, NO, NO),       (NO, NO, NO),       (OPEN, NO, OPEN)),
    ("communes_agent",         (NO, NO, NO),     (NO, NO, NO),       (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("communes_journaldroits", (NO, NO, NO),     (NO, NO, NO),       (OPEN, NO, OPEN),   (OPEN, NO, OPEN)),
    ("ort_convention",         (OPEN, NO, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("ort_avenant",            (OPEN, NO, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("ort_proposition",        (OPEN, NO, OPEN), (OPEN, NO, OPEN),   (OPEN, NO, OPEN),   (OPEN, NO, OPEN)),
    ("ort_document",           (OPEN, NO, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("ort_organisme",          (OPEN, NO, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("projects_poste",         (OPEN, NO, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("socle_source",           (OPEN, NO, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN), (OPEN, OPEN, OPEN)),
    ("socle_affirmation",      (OPEN, NO, OPEN), (OPEN, NO, OPEN),   (OPEN, NO, OPEN),   (OPEN, NO, OPEN)),
    ("suivi_signalement",      (OPEN, NO, OPEN), (OPEN, NO, OPEN),   (OPEN, NO, OPEN),   (OPEN, NO, OPEN)),
    ("suivi_chiffrepublie",    (OPEN, NO, OPEN), (OPEN, NO, OPEN),   (OPEN, NO, OPEN),   (OPEN, OPEN, OPEN)),
]
# fmt: on
ROLES = ["lecteur_34", "agent_34", "referent_34", "national"]
# Kept by all départements together, or of France: seen by all who may see that sort of record.
SHARED = {"communes_region", "ort_organisme", "socle_source"}

# What each role gets at an address that names a record of the Hérault. AWAY: « cette fiche n'existe
# pas », on the home of the back office.
EVERYONE = [
    "visiteur", "inactif", "sans_departement", "agent_81", "lecteur_34", "agent_34",
    "referent_34", "national",
]  # fmt: skip
COMMUNES_WITHIN_REACH = (
    "/admin/ort/convention/{ort}/communes/"
    "?term=lo&app_label=ort&model_name=communecouverte&field_name=commune"
)
COMMUNES_OF_A_POST = (
    "/admin/projects/poste/{poste}/communes/"
    "?term=lo&app_label=projects&model_name=desserte&field_name=commune"
)
# fmt: off
DOORS = [
    # address                            visiteur inactif aucun agent81 lecteur agent référent national
    ("/ort/{slug}/",                                OPEN,   OPEN,   OPEN, OPEN,   OPEN,   OPEN, OPEN, OPEN),
    ("/ort/{slug}/documents/{public}/",             OPEN,   OPEN,   OPEN, OPEN,   OPEN,   OPEN, OPEN, OPEN),
    ("/ort/{slug}/documents/{interne}/",            LOST,   LOST,   LOST, LOST,   OPEN,   OPEN, OPEN, OPEN),
    ("/ort/autre/documents/{interne}/",             LOST,   LOST,   LOST, LOST,   LOST,   LOST, LOST, LOST),
    ("/admin/",                                     LOG_IN, LOG_IN, OPEN, OPEN,   OPEN,   OPEN, OPEN, OPEN),
    ("/admin/ort/convention/",                      LOG_IN, LOG_IN, NO,   OPEN,   OPEN,   OPEN, OPEN, OPEN),
    ("/admin/ort/convention/{ort}/change/",         LOG_IN, LOG_IN, NO,   AWAY,   OPEN,   OPEN, OPEN, OPEN),
    ("/admin/ort/convention/{ort}/history/",        LOG_IN, LOG_IN, AWAY, AWAY,   OPEN,   OPEN, OPEN, OPEN),
    ("/admin/ort/convention/{ort}/delete/",         LOG_IN, LOG_IN, NO,   AWAY,   NO,     OPEN, OPEN, OPEN),
    (COMMUNES_WITHIN_REACH,                         LOG_IN, LOG_IN, NO,   NO,     NO,     OPEN, OPEN, OPEN),
    ("/admin/ort/convention/add/",                  LOG_IN, LOG_IN, NO,   OPEN,   NO,     OPEN, OPEN, OPEN),
    ("/admin/ort/convention/importer/",             LOG_IN, LOG_IN, NO,   OPEN,   NO,     OPEN, OPEN, OPEN),
    ("/admin/ort/convention/exporter/ort/csv/",     LOG_IN, LOG_IN, NO,   OPEN,   OPEN,   OPEN, OPEN, OPEN),
    ("/admin/ort/convention/supprimees/",           LOG_IN, LOG_IN, NO,   OPEN,   NO,     OPEN, OPEN, OPEN),
    ("/admin/ort/avenant/{avenant}/change/",        LOG_IN, LOG_IN, NO,   AWAY,   OPEN,   OPEN, OPEN, OPEN),
    ("/admin/ort/document/{interne}/change/",       LOG_IN, LOG_IN, NO,   AWAY,   OPEN,   OPEN, OPEN, OPEN),
    ("/admin/communes/labellisation/{dans}/change/",  LOG_IN, LOG_IN, NO,   AWAY, OPEN,   OPEN, OPEN, OPEN),
    ("/admin/communes/labellisation/{dans}/history/", LOG_IN, LOG_IN, AWAY, AWAY, OPEN,   OPEN, OPEN, OPEN),
    ("/admin/communes/labellisation/{dans}/delete/",  LOG_IN, LOG_IN, NO,   AWAY, NO,     OPEN, OPEN, OPEN),
    ("/admin/communes/commune/34142/change/",       LOG_IN, LOG_IN, NO,   AWAY,   OPEN,   OPEN, OPEN, OPEN),
    ("/admin/projects/poste/{poste}/change/",       LOG_IN, LOG_IN, NO,   AWAY,   OPEN,   OPEN, OPEN, OPEN),
    ("/admin/projects/poste/{poste}/histoire/",     LOG_IN, LOG_IN, AWAY, AWAY,   OPEN,   OPEN, OPEN, OPEN),
    (COMMUNES_OF_A_POST,                            LOG_IN, LOG_IN, NO,   NO,     NO,     OPEN, OPEN, OPEN),
    ("/admin/gestes/ouvrir-un-poste/",              LOG_IN, LOG_IN, NO,   OPEN,   NO,     OPEN, OPEN, OPEN),
    ("/admin/gestes/depart/",                       LOG_IN, LOG_IN, NO,   OPEN,   NO,     OPEN, OPEN, OPEN),
    ("/admin/gestes/arrivee/{poste}/",              LOG_IN, LOG_IN, NO,   LOST,   NO,     OPEN, OPEN, OPEN),
    ("/admin/communes/agent/",                      LOG_IN, LOG_IN, NO,   NO,     NO,     NO,   OPEN, OPEN),
    ("/admin/communes/agent/{agent}/change/",       LOG_IN, LOG_IN, NO,   NO,     NO,     NO,   OPEN, OPEN),
    ("/admin/communes/agent/{agent}/password/",     LOG_IN, LOG_IN, NO,   NO,     NO,     NO,   OPEN, OPEN),
    ("/admin/communes/agent/{agent}/delete/",       LOG_IN, LOG_IN, NO,   NO,     NO,     NO,   NO,   OPEN),
    ("/admin/communes/journaldroits/",              LOG_IN, LOG_IN, NO,   NO,     NO,     NO,   OPEN, OPEN),
    ("/admin/suivi/signalement/",                   LOG_IN, LOG_IN, NO,   OPEN,   OPEN,   OPEN, OPEN, OPEN),
    ("/admin/suivi/signalement/{signale}/change/",  LOG_IN, LOG_IN, NO,   AWAY,   OPEN,   OPEN, OPEN, OPEN),
    ("/admin/suivi/signalement/{signale}/delete/",  LOG_IN, LOG_IN, NO,   NO,     NO,     NO,   NO,   OPEN),
    ("/admin/suivi/signalement/add/",               LOG_IN, LOG_IN, NO,   NO,     NO,     NO,   NO,   NO),
    ("/admin/socle/source/{source}/delete/",        LOG_IN, LOG_IN, NO,   NO,     NO,     NO,   NO,   OPEN),
    ("/admin/socle/import/",                        LOG_IN, LOG_IN, NO,   OPEN,   NO,     OPEN, OPEN, OPEN),
    ("/admin/socle/import/add/",                    LOG_IN, LOG_IN, NO,   NO,     NO,     NO,   NO,   NO),
    ("/admin/ort/organisme/{organisme}/delete/",    LOG_IN, LOG_IN, NO,   NO,     NO,     NO,   NO,   OPEN),
]
# fmt: on


def answer_to(response):
    """Return what an answer means: its status, or where it sends a visitor who must log in.

    It is read to its end, which closes it: `close()` would close the database of the test too.
    """
    response.getvalue()
    if response.status_code == AWAY and response.url.startswith(reverse("admin:login")):
        return LOG_IN
    return response.status_code


@pytest.fixture
def visiteur(db):
    return Client()


@pytest.fixture
def sans_departement(db):
    return browser_of(factories.agent("sans"))


@pytest.fixture
def inactif(db):
    agent = factories.agent("inactif", [factories.departement("34")], role=Role.REFERENT)
    browser = browser_of(agent)
    Agent.objects.filter(pk=agent.pk).update(is_active=False)
    return browser


@pytest.fixture
def herault(documents_folder, db):
    """The records of Lodève, by the names that the addresses of the table give them."""
    lodeve = factories.commune("34142", epci="new", nom="Lodève")
    signed = factories.convention(communes=[lodeve], identifiant="ort-de-lodeve")
    return {
        "slug": signed.identifiant,
        "ort": signed.pk,
        "avenant": factories.avenant(signed).pk,
        "public": factories.document(signed).pk,
        "interne": factories.document(signed, visibilite=Document.Visibilite.INTERNE).pk,
        "dans": factories.labellisation(lodeve).pk,
        "poste": factories.poste([lodeve]).pk,
        "agent": factories.agent("collegue", [lodeve.departement], role=Role.LECTEUR).pk,
        "source": factories.source().pk,
        "signale": factories.signalement(lodeve.departement).pk,
        "organisme": Organisme.objects.create(nom="Région", nature="region").pk,
    }


@pytest.mark.parametrize("role", EVERYONE)
def test_each_door_opens_to_whom_the_table_says(role, request, herault):
    browser = request.getfixturevalue(role)
    expected = {address: codes[EVERYONE.index(role)] for address, *codes in DOORS}
    answers = {address: browser.get(address.format(**herault)) for address in expected}
    assert {address: answer_to(answer) for address, answer in answers.items()} == expected
    for address, answer in answers.items():
        if expected[address] == AWAY:
            assert answer.url == reverse("admin:index")


def one_right_given(departement):
    agent = factories.agent(departements=[departement])
    record(None, agent, agent.droits() | {"role": "lecteur"})
    return agent.journal.get()


@pytest.fixture
def record_of(documents_folder, db):
    """Return the function that gives the record of a page, in a département."""

    def make(page, code):
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
            "communes_journaldroits": lambda: one_right_given(town.departement),
            "communes_agent": lambda: factories.agent(f"voisin{code}", [town.departement]),
            "ort_convention": lambda: signed,
            "ort_avenant": lambda: factories.avenant(signed),
            "ort_document": lambda: factories.document(signed),
            "ort_proposition": lambda: factories.proposition(signed),
            "ort_organisme": lambda: Organisme.objects.create(nom=code, nature="etat"),
            "projects_poste": lambda: factories.poste([town]),
            "socle_source": factories.source,
            "socle_affirmation": lambda: signed.affirmations.create(
                champ="date_signature", valeur_brute="2023", source=factories.source()
            ),
            "suivi_signalement": lambda: factories.signalement(town.departement),
            "suivi_chiffrepublie": lambda: town.departement.chiffres_publies.create(
                chiffre="ort", jour="2024-01-01", valeur=1, source=factories.source()
            ),
        }
        return makers[page]()

    return make


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


@pytest.mark.parametrize("page", [page for page, *_ in TABLE])
def test_an_agent_of_no_departement_sees_nothing(page, record_of, db):
    record_of(page, "34")
    browser = browser_of(factories.agent(role=Role.REFERENT))
    assert browser.get(reverse(f"admin:{page}_changelist")).status_code == NO


@pytest.mark.parametrize(("page", "codes"), [(page, codes) for page, *codes in TABLE])
def test_a_lecteur_writes_nothing(page, codes, lecteur_34, record_of):
    record = record_of(page, "34")
    for view in ("change", "delete"):
        url = reverse(f"admin:{page}_{view}", args=[record.pk])
        assert lecteur_34.post(url, {"post": "yes"}).status_code == NO
    assert type(record).objects.filter(pk=record.pk).exists()


def test_the_deletion_of_many_stops_at_the_perimeter(agent_34, record_of):
    here, elsewhere = (record_of("communes_labellisation", code) for code in ("34", "81"))
    data = {"action": "delete_selected", "_selected_action": [here.pk, elsewhere.pk]}
    data |= {"post": "yes", "motif": "saisie par erreur"}
    agent_34.post(reverse("admin:communes_labellisation_changelist"), data)
    assert list(Labellisation.objects.all()) == [elsewhere]


@pytest.mark.parametrize("role", ["agent_34", "referent_34"])
def test_an_agent_deletes_the_records_only(role, request, db):
    agent = request.getfixturevalue(role).agent
    may_delete = {p.replace("delete_", "") for p in agent.get_all_permissions() if "delete_" in p}
    assert may_delete == RECORDS
    assert not may_delete & (REFERENCE | SHARED_RECORDS)


@pytest.mark.parametrize("page", ["ort_organisme", "socle_source"])
def test_what_all_departements_share_is_deleted_by_the_national_level_only(
    page, agent_34, referent_34, record_of
):
    shared = record_of(page, "34")
    data = {"post": "yes", "motif": "doublon"}
    many = data | {"action": "delete_selected", "_selected_action": [shared.pk]}
    for browser in (agent_34, referent_34):
        browser.post(reverse(f"admin:{page}_changelist"), many)
        url = reverse(f"admin:{page}_delete", args=[shared.pk])
        assert browser.post(url, data).status_code == NO
    assert type(shared).objects.filter(pk=shared.pk).exists()


def test_the_figures_of_france_are_for_the_national_level(agent_34, national, record_of):
    here = record_of("suivi_chiffrepublie", "34")
    france = ChiffrePublie.objects.create(
        chiffre="ort", jour="2024-01-01", valeur=9, source=factories.source()
    )
    assert set(ChiffrePublie.objects.for_user(national.agent)) == {here, france}
    assert set(ChiffrePublie.objects.for_user(agent_34.agent)) == {here}
    closed = factories.agent(is_superuser=True, is_active=False)
    assert not ChiffrePublie.objects.for_user(closed).exists()


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
    assert ours.dessertes.count() == 1


def test_a_commune_of_another_convention_cannot_be_taken_over(agent_34):
    theirs = factories.convention(
        communes=[factories.commune("12001")], departement_reference=factories.departement("12")
    )
    ours = factories.convention(communes=[factories.commune("34142")])
    url = reverse("admin:ort_convention_change", args=[ours.pk])
    data = filled(agent_34.get(url)) | {"couvertures-0-id": theirs.couvertures.get().pk}
    assert agent_34.post(url, data).status_code == 200
    assert theirs.couvertures.get().commune_id == "12001"
    assert ours.couvertures.count() == 1


# The same hand-made request, sent by each role: what comes back, and what is written.


def page_for(herault, address, national):
    """Return the address and what its page, as the national level fills it in, would send."""
    url = address.format(**herault)
    return url, filled(national.get(url))


def outcome(browser, url, data):
    """Send `data` and return what came of it."""
    answer = answer_to(browser.post(url, data))
    return {200: REFUSED, 302: DONE}.get(answer, answer)


def write_a_convention(herault, national):
    url, data = page_for(herault, "/admin/ort/convention/{ort}/change/", national)
    data |= {"intitule": "Changé", "motif_correction": "pour voir"}
    return url, data, lambda: Convention.objects.filter(intitule="Changé").exists()


def choose_a_commune(herault, national):
    """By a foreign key: a commune that the search box of the role may not offer."""
    free = factories.commune("34103", nom="Florensac")
    url, data = page_for(herault, "/admin/communes/labellisation/add/", national)
    data |= {"commune": free.pk, "debut": "01/01/2021"}
    return url, data, lambda: Labellisation.objects.filter(commune=free).exists()


def add_a_row(herault, national):
    """By a row of a page: the commune served by a new post."""
    url, data = page_for(herault, "/admin/projects/poste/add/", national)
    data |= {"intitule": "Chef", "identifiant": "nouveau", "dessertes-TOTAL_FORMS": "1"}
    data["dessertes-0-commune"] = "34142"
    return url, data, lambda: Poste.objects.filter(identifiant="nouveau").exists()


def give_a_departement(herault, national):
    """By a many-to-many: the Tarn, to an agent of the Hérault."""
    factories.departement("81")
    url, data = page_for(herault, "/admin/communes/agent/{agent}/change/", national)
    data["departements"] = ["34", "81"]
    return url, data, lambda: Departement.objects.filter(agents=herault["agent"], pk="81").exists()


def give_the_national_level(herault, national):
    url, data = page_for(herault, "/admin/communes/agent/{agent}/change/", national)
    data |= {"departements": ["34"], "is_superuser": "on"}
    return url, data, lambda: Agent.objects.get(pk=herault["agent"]).is_superuser


def give_the_role_of_referent(herault, national):
    url, data = page_for(herault, "/admin/communes/agent/{agent}/change/", national)
    data |= {"departements": ["34"], "role": Role.REFERENT}
    return url, data, lambda: Agent.objects.get(pk=herault["agent"]).role == Role.REFERENT


def delete_one(herault, national):
    url = "/admin/communes/labellisation/{dans}/delete/".format(**herault)
    data = {"post": "yes", "motif": "pour voir"}
    return url, data, lambda: not Labellisation.objects.filter(pk=herault["dans"]).exists()


def delete_many(herault, national):
    """By the action of the list, which answers the same whether it kept a row or not."""
    data = {"action": "delete_selected", "_selected_action": [herault["dans"]]}
    data |= {"post": "yes", "motif": "pour voir"}
    gone = delete_one(herault, national)[2]
    return "/admin/communes/labellisation/", data, gone


# fmt: off
REQUESTS = [
    # request                  visiteur inactif  aucun    agent81  lecteur  agent    référent  national
    (write_a_convention,        LOG_IN, LOG_IN,  NO,      AWAY,    NO,      DONE,    DONE,    DONE),
    (choose_a_commune,          LOG_IN, LOG_IN,  NO,      REFUSED, NO,      DONE,    DONE,    DONE),
    (add_a_row,                 LOG_IN, LOG_IN,  NO,      REFUSED, NO,      DONE,    DONE,    DONE),
    (give_a_departement,        LOG_IN, LOG_IN,  NO,      NO,      NO,      NO,      REFUSED, DONE),
    (give_the_role_of_referent, LOG_IN, LOG_IN,  NO,      NO,      NO,      NO,      REFUSED, DONE),
    (give_the_national_level,   LOG_IN, LOG_IN,  NO,      NO,      NO,      NO,      AWAY,    DONE),
    (delete_one,                LOG_IN, LOG_IN,  NO,      AWAY,    NO,      DONE,    DONE,    DONE),
    (delete_many,               LOG_IN, LOG_IN,  NO,      AWAY,    REFUSED, DONE,    DONE,    DONE),
]
# fmt: on


@pytest.mark.parametrize(
    ("role", "make", "expected"),
    [(role, make, codes[i]) for make, *codes in REQUESTS for i, role in enumerate(EVERYONE)],
)
def test_a_hand_made_request_writes_what_the_table_says(
    role, make, expected, request, herault, national
):
    """AWAY: the answer leads elsewhere, as when it is done, and nothing is written."""
    url, data, written = make(herault, national)
    came = outcome(request.getfixturevalue(role), url, data)
    assert came == (DONE if expected == AWAY else expected)
    assert written() == (expected == DONE)


@pytest.mark.parametrize("role", ["sans_departement", "agent_81", "agent_34", "lecteur_34"])
def test_the_file_of_a_list_stops_where_the_list_does(role, request, herault):
    answer = request.getfixturevalue(role).get("/admin/ort/convention/exporter/ort/csv/")
    assert ("ort-de-lodeve" in answer.getvalue().decode()) == role.endswith("_34")


# An ORT over two départements: the Tarn keeps the whole of it, and nothing else of the Hérault.


@pytest.fixture
def lacaune(db):
    """The ORT of the Monts de Lacaune: kept by the Hérault, it covers a commune of each."""
    porteur = factories.intercommunalite("200066124", nom="CC des Monts de Lacaune")
    towns = [
        factories.commune("81124", porteur, nom="Lacaune"),
        factories.commune("34293", porteur, nom="La Salvetat-sur-Agout"),
    ]
    return factories.convention(communes=towns, porteur=porteur, identifiant="ort-de-la-salvetat")


def test_the_tarn_sees_the_shared_ort_whole_and_edits_it(agent_81, lacaune):
    url = reverse("admin:ort_convention_change", args=[lacaune.pk])
    page = agent_81.get(url)
    for name in ("Lacaune", "La Salvetat-sur-Agout"):
        assert name in page.content.decode()
    data = filled(page, note_interne="Relu par le Tarn", intitule="ORT relue")
    assert agent_81.post(url, data | {"motif_correction": "relecture"}).status_code == 302
    lacaune.refresh_from_db()
    assert lacaune.intitule == "ORT relue"
    assert lacaune.couvertures.count() == 2
    assert lacaune.departement_reference_id == "34"


def test_the_tarn_adds_an_avenant_and_a_document_to_the_shared_ort(
    agent_81, lacaune, documents_folder
):
    avenant = factories.avenant(lacaune)
    kept = factories.document(lacaune, avenant=avenant, visibilite=Document.Visibilite.INTERNE)
    assert agent_81.get(reverse("admin:ort_avenant_change", args=[avenant.pk])).status_code == OPEN
    assert answer_to(agent_81.get(kept.get_absolute_url())) == OPEN
    data = filled(agent_81.get(reverse("admin:ort_avenant_add")), convention=lacaune.pk)
    assert agent_81.post(reverse("admin:ort_avenant_add"), data).status_code == 302
    assert lacaune.avenants.count() == 2


def test_the_tarn_finds_nothing_else_of_the_herault(agent_81, lacaune, herault):
    salvetat = lacaune.couvertures.get(commune="34293").commune
    theirs = {
        "communes_labellisation": [factories.labellisation(salvetat).pk, herault["dans"]],
        "projects_poste": [factories.poste([salvetat]).pk, herault["poste"]],
        "communes_commune": [salvetat.pk, "34142"],
        "communes_rattachement": [salvetat.rattachements.get().pk],
        "ort_convention": [herault["ort"]],
        "ort_avenant": [herault["avenant"]],
        "ort_document": [herault["interne"], herault["public"]],
    }
    for page, keys in theirs.items():
        seen = agent_81.get(reverse(f"admin:{page}_changelist")).context["cl"].queryset
        assert not seen.filter(pk__in=keys).exists(), page
        for key in keys:
            for view in ("change", "history", "delete"):
                answer = agent_81.get(reverse(f"admin:{page}_{view}", args=[key]))
                assert answer_to(answer) in {AWAY, NO}, (page, view)


def test_a_row_of_the_neighbour_does_not_slip_into_the_shared_ort(agent_81, lacaune, herault):
    """By the key of a row of another ORT, sent with the page of one's own: it is passed over."""
    theirs = Convention.objects.get(pk=herault["ort"])
    stolen = theirs.couvertures.get()
    url = reverse("admin:ort_convention_change", args=[lacaune.pk])
    data = filled(agent_81.get(url), motif_correction="pour voir")
    data["couvertures-0-id"] = stolen.pk
    for changes in (
        {},
        {"couvertures-0-sortie": herault["avenant"]},
        {"couvertures-0-DELETE": "on"},
    ):
        agent_81.post(url, data | changes)
        stolen.refresh_from_db()
        assert (stolen.convention, stolen.sortie) == (theirs, None)
        assert lacaune.couvertures.count() == 2
    avenants = filled(agent_81.get(url)) | {
        "avenants-TOTAL_FORMS": "1",
        "avenants-0-id": herault["avenant"],
        "avenants-0-convention": lacaune.pk,
    }
    agent_81.post(url, avenants)
    assert theirs.avenants.get().pk == herault["avenant"]
