"""Who may write what: one test for each door that a hand-made request may push.

Who may open which address is in `tests/test_portes.py`.
"""

import pytest
from django.test import Client
from django.urls import reverse

from communes.comptes.journal import record
from communes.comptes.roles import CARNET, RECORDS, REFERENCE
from communes.comptes.roles import SHARED as SHARED_RECORDS
from communes.models import Agent, Departement, Labellisation, Role
from ort.models import Avenant, Convention, Document, Organisme
from pvd.suivi.models import ChiffrePublie
from socle.essai import essai
from tests import factories
from tests.conftest import browser_of
from tests.formulaires import filled
from tests.pvd.bureau.test_gestes import fill_and_confirm, typed

OPEN, NO, AWAY, LOST = 200, 403, 302, 404
# A form that comes back with its errors is an answer 200; one that is saved leads elsewhere.
REFUSED, DONE, LOG_IN = "refusé", "fait", "connexion"

EVERYONE = [
    "visiteur", "inactif", "sans_departement", "agent_81", "lecteur_34", "agent_34",
    "referent_34", "national",
]  # fmt: skip


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


@pytest.mark.parametrize("role", ["visiteur", "inactif", "agent_81", "lecteur_34", "national"])
def test_a_public_document_is_for_all_under_its_own_ort_only(role, request, herault):
    browser = request.getfixturevalue(role)
    public, elsewhere = "/ort/{slug}/documents/{public}/", "/ort/autre/documents/{interne}/"
    assert answer_to(browser.get(public.format(**herault))) == OPEN
    assert answer_to(browser.get(elsewhere.format(**herault))) == LOST


def one_right_given(departement):
    agent = factories.agent(departements=[departement])
    record(None, agent, agent.droits() | {"role": "lecteur"})
    return agent.journal.get()


def records_of(code):
    """Return a record of each page of the back office, all of one département, by the name of the page."""
    town = factories.commune(f"{code}142", epci=factories.intercommunalite(f"2000{code}001"))
    signed = factories.convention(
        communes=[town], departement_reference=town.departement, identifiant=f"ort-{code}"
    )
    return {
        "communes_interlocuteur": factories.interlocuteur(town.departement),
        "communes_labellisation": factories.labellisation(town),
        "communes_relecture": factories.relecture(town),
        "communes_commune": town,
        "communes_departement": town.departement,
        "communes_rattachement": town.rattachements.get(),
        "communes_region": town.departement.region,
        "communes_journaldroits": one_right_given(town.departement),
        "communes_agent": factories.agent(f"voisin{code}", [town.departement]),
        "ort_convention": signed,
        "ort_avenant": factories.avenant(signed),
        "ort_document": factories.document(signed),
        "ort_proposition": factories.proposition(signed),
        "ort_organisme": Organisme.objects.create(nom=code, nature="etat"),
        "projects_poste": factories.poste([town]),
        "projects_contact": factories.contact(town),
        "projects_note": factories.note(town),
        "socle_source": factories.source(),
        "socle_affirmation": signed.affirmations.create(
            champ="date_signature", valeur_brute="2023", source=factories.source()
        ),
        "suivi_signalement": factories.signalement(town.departement),
        "suivi_chiffrepublie": town.departement.chiffres_publies.create(
            chiffre="ort", jour="2024-01-01", valeur=1, source=factories.source()
        ),
    }


# Kept by all départements together, or of France: seen by all who may see that sort of record.
SHARED = {"communes_region", "ort_organisme", "socle_source"}


@pytest.mark.parametrize("role", ["lecteur_34", "agent_34", "referent_34"])
def test_a_record_of_another_departement_is_not_there(role, request, documents_folder, db):
    browser = request.getfixturevalue(role)
    theirs = {page: r for page, r in records_of("81").items() if page not in SHARED}
    for page, fiche in theirs.items():
        changelist = browser.get(reverse(f"admin:{page}_changelist"))
        assert changelist.status_code == NO or fiche not in changelist.context["cl"].queryset, page
        for view in ("change", "history", "delete"):
            answer = browser.get(reverse(f"admin:{page}_{view}", args=[fiche.pk]))
            assert answer.status_code in {AWAY, NO}, (page, view)
            if answer.status_code == AWAY:
                assert answer.url == reverse("admin:index")


def test_a_lecteur_writes_nothing(lecteur_34, documents_folder, db):
    for page, fiche in records_of("34").items():
        for view in ("change", "delete"):
            url = reverse(f"admin:{page}_{view}", args=[fiche.pk])
            assert lecteur_34.post(url, {"post": "yes"}).status_code == NO, (page, view)
        assert type(fiche).objects.filter(pk=fiche.pk).exists()


def test_the_deletion_of_many_stops_at_the_perimeter(agent_34):
    here, elsewhere = (factories.labellisation(factories.commune(c)) for c in ("34142", "81142"))
    data = {"action": "delete_selected", "_selected_action": [here.pk, elsewhere.pk]}
    data |= {"post": "yes", "motif": "saisie par erreur"}
    agent_34.post(reverse("admin:communes_labellisation_changelist"), data)
    assert list(Labellisation.objects.all()) == [elsewhere]


@pytest.mark.parametrize("role", ["agent_34", "referent_34"])
def test_an_agent_deletes_the_records_only(role, request, db):
    agent = request.getfixturevalue(role).agent
    may_delete = {p.replace("delete_", "") for p in agent.get_all_permissions() if "delete_" in p}
    assert may_delete == RECORDS | CARNET
    assert not may_delete & (REFERENCE | SHARED_RECORDS)


@pytest.mark.parametrize("page", ["ort_organisme", "socle_source"])
def test_what_all_departements_share_is_deleted_by_the_national_level_only(
    page, agent_34, referent_34, documents_folder
):
    shared = records_of("34")[page]
    data = {"post": "yes", "motif": "doublon"}
    many = data | {"action": "delete_selected", "_selected_action": [shared.pk]}
    for browser in (agent_34, referent_34):
        browser.post(reverse(f"admin:{page}_changelist"), many)
        url = reverse(f"admin:{page}_delete", args=[shared.pk])
        assert browser.post(url, data).status_code == NO
    assert type(shared).objects.filter(pk=shared.pk).exists()


def test_the_figures_of_france_are_for_the_national_level(agent_34, national, documents_folder):
    here = records_of("34")["suivi_chiffrepublie"]
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
    url = reverse("admin:gestes", args=["entrer-dans-le-programme"])
    data = typed(commune=factories.commune("12001").pk)
    answer = fill_and_confirm(agent_34, url, data)
    assert answer.status_code == 200
    assert "commune" in answer.context["form"].errors
    assert not Labellisation.objects.exists()
    assert fill_and_confirm(national, url, data).status_code == 302


def test_a_hand_made_convention_elsewhere_is_refused(agent_34):
    url = reverse("admin:gestes", args=["nouvelle-convention"])
    lodeve = factories.commune("34142")
    data = typed(nature="oui", origine="PVD", communes=[lodeve.pk])
    for code, status in (("12", 200), ("34", 302)):
        data["departement_reference"] = factories.departement(code).pk
        assert fill_and_confirm(agent_34, url, data).status_code == status
    assert Convention.objects.get().departement_reference_id == "34"


def test_a_hand_made_row_elsewhere_is_refused(agent_34):
    ours = factories.poste([factories.commune("34142")])
    url = reverse("admin:projects_poste_change", args=[ours.pk])
    data = filled(agent_34.get(url), **{"dessertes-TOTAL_FORMS": 2})
    data["dessertes-1-commune"] = factories.commune("12001").pk
    answer = agent_34.post(url, data)
    assert "commune" in answer.context["inline_admin_formsets"][0].formset.errors[1]
    assert ours.dessertes.count() == 1


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


def choose_a_convention(herault, national):
    """By a foreign key: a convention that the search box of the role may not offer."""
    url, data = page_for(herault, "/admin/ort/avenant/add/", national)
    data |= {"convention": herault["ort"], "numero": 77}
    return url, data, lambda: Avenant.objects.filter(numero=77).exists()


def add_a_row(herault, national):
    """By a row of a page: a commune served by a post of the Hérault and of the Tarn."""
    shared = factories.poste([factories.commune("34293"), factories.commune("81124")])
    url, data = page_for(herault, f"/admin/projects/poste/{shared.pk}/change/", national)
    data |= {"dessertes-TOTAL_FORMS": "3", "dessertes-2-commune": "34142"}
    return url, data, lambda: shared.dessertes.filter(commune="34142").exists()


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
    (choose_a_convention,       LOG_IN, LOG_IN,  NO,      REFUSED, NO,      DONE,    DONE,    DONE),
    (add_a_row,                 LOG_IN, LOG_IN,  NO,      REFUSED, NO,      DONE,    DONE,    DONE),
    (give_a_departement,        LOG_IN, LOG_IN,  NO,      NO,      NO,      NO,      REFUSED, DONE),
    (give_the_role_of_referent, LOG_IN, LOG_IN,  NO,      NO,      NO,      NO,      REFUSED, DONE),
    (give_the_national_level,   LOG_IN, LOG_IN,  NO,      NO,      NO,      NO,      AWAY,    DONE),
    (delete_one,                LOG_IN, LOG_IN,  NO,      AWAY,    NO,      DONE,    DONE,    DONE),
    (delete_many,               LOG_IN, LOG_IN,  NO,      AWAY,    REFUSED, DONE,    DONE,    DONE),
]
# fmt: on


@pytest.mark.parametrize(("make", "expected"), [(make, codes) for make, *codes in REQUESTS])
def test_a_hand_made_request_writes_what_the_table_says(make, expected, request, herault, national):
    """AWAY: the answer leads elsewhere, as when it is done, and nothing is written."""
    url, data, written = make(herault, national)
    came = {}
    for role in EVERYONE:
        browser = request.getfixturevalue(role)
        with essai():
            said = outcome(browser, url, data)
            came[role] = AWAY if said == DONE and not written() else said
            assert written() == (came[role] == DONE), role
    assert came == dict(zip(EVERYONE, expected, strict=True))


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
