"""The back office of the territory, the programme and the accounts."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from communes.models import Agent, AncienNomCommune, Role
from tests import factories
from tests.formulaires import errors, filled


def found(browser, page, term):
    answer = browser.get(reverse(f"admin:{page}_changelist"), {"q": term})
    return [str(record) for record in answer.context["cl"].queryset]


def test_the_national_level_says_how_far_each_sort_of_data_is_kept(national, agent_34):
    herault = factories.departement("34")
    url = reverse("admin:communes_departement_change", args=["34"])
    said = {
        "tenue": "complete",
        "tenue_postes": "partielle",
        "tenue_plans": "partielle",
        "tenue_bilans": "complete",
        "page_prefecture": "https://www.herault.gouv.fr/petites-villes",
    }
    sent = filled(national.get(url), **said)
    assert agent_34.post(url, sent).status_code == 403
    assert "Saisissez une URL valide" in errors(
        national.post(url, sent | {"page_prefecture": "javascript:alert(1)"})
    )
    assert national.post(url, sent).status_code == 302
    herault.refresh_from_db()
    assert {name: getattr(herault, name) for name in said} == said


@pytest.mark.parametrize("term", ["Lodève", "lodeve", "LODEVE", "34142", " lodeve "])
def test_a_commune_is_found_as_people_type_it(term, agent_34):
    factories.commune("34142", nom="Lodève")
    factories.commune("34103", nom="Florensac")
    assert found(agent_34, "communes_commune", term) == ["Lodève"]


@pytest.mark.parametrize("term", ["saint pons", "St-Pons", "34284", "pvd-76-34-9"])
def test_a_labellisation_is_found_by_its_commune(term, agent_34):
    town = factories.commune("34284", nom="Saint-Pons-de-Thomières")
    factories.labellisation(town, id_pvd="pvd-76-34-9")
    factories.labellisation(factories.commune("34103", nom="Florensac"))
    assert found(agent_34, "communes_labellisation", term) == [
        "Saint-Pons-de-Thomières dans le programme"
    ]


def test_the_page_of_a_commune_tells_its_former_names_and_intercommunalites(agent_34):
    lodeve = factories.commune("34142", nom="Lodève", epci="new", populations={2021: 7477})
    factories.population(lodeve, 2025, 7251, annee=2023)
    AncienNomCommune.objects.create(commune=lodeve, nom="Loteva")
    page = agent_34.get(reverse("admin:communes_commune_change", args=["34142"])).content.decode()
    assert "Loteva" in page
    assert "7\u202f251 (en 2023)" in page
    assert "7\u202f477 (millésime 2021)" in page
    assert str(lodeve.rattachements.get().intercommunalite) in page


def test_an_intercommunalite_shows_an_agent_the_members_of_its_departements(agent_34):
    shared = factories.intercommunalite("200066124")
    factories.commune("34293", epci=shared, nom="La Salvetat-sur-Agout")
    factories.commune("81124", epci=shared, nom="Lacaune")
    url = reverse("admin:communes_intercommunalite_change", args=[shared.pk])
    page = agent_34.get(url).content.decode()
    assert "La Salvetat-sur-Agout" in page
    assert "Lacaune" not in page


def test_the_national_level_alone_says_how_far_a_departement_is_kept(national, agent_34):
    herault = factories.departement("34")
    url = reverse("admin:communes_departement_change", args=["34"])
    data = filled(national.get(url), tenue="partielle", nom="Autre")
    assert agent_34.post(url, data).status_code == 403
    assert national.post(url, data).status_code == 302
    herault.refresh_from_db()
    assert (herault.tenue, herault.nom) == ("partielle", "Hérault")


def test_an_entry_is_corrected_and_overlaps_no_other(agent_34):
    town = factories.commune("34142")
    factories.labellisation(town, "2021-01-22", fin="2022-01-01")
    back = factories.labellisation(town, "2023-01-01")
    url = reverse("admin:communes_labellisation_change", args=[back.pk])
    page = agent_34.get(url)
    assert "Entrée dans le programme" in page.content.decode()
    why = {"motif_correction": "liste relue"}
    for debut, status in (("31/12/2021", 200), ("01/01/2022", 302)):
        answer = agent_34.post(url, filled(page, debut=debut, **why))
        assert answer.status_code == status
    back.refresh_from_db()
    assert back.debut == factories.day("2022-01-01")


def test_an_exit_is_not_published_by_a_plain_form(agent_34):
    inside = factories.labellisation(factories.commune("34142"))
    url = reverse("admin:communes_labellisation_change", args=[inside.pk])
    answer = agent_34.post(url, filled(agent_34.get(url), fin="01/01/2024"))
    assert "Enregistrez-le par « Quitter le programme » :" in errors(answer)
    inside.refresh_from_db()
    assert inside.fin is None


# Accounts: a référent gives no right that it lacks.


@pytest.fixture
def tarn(db):
    return factories.departement("81")


def open_account(browser, **changes):
    url = reverse("admin:communes_agent_add")
    data = {"username": "nouveau", "password1": "un-long-secret", "password2": "un-long-secret"}
    data["email"] = "nouveau@exemple.fr"
    return browser.post(url, data | {"role": Role.AGENT, "departements": ["34"]} | changes)


def test_a_referent_opens_an_account_of_its_departement(referent_34):
    assert open_account(referent_34).status_code == 302
    created = Agent.objects.get(username="nouveau")
    assert created.is_staff
    assert not created.is_superuser
    assert [d.pk for d in created.departements.all()] == ["34"]


@pytest.mark.parametrize("departements", [["81"], ["34", "81"], []])
def test_a_referent_opens_no_account_elsewhere(departements, referent_34, tarn):
    assert open_account(referent_34, departements=departements).status_code == 200
    assert not Agent.objects.filter(username="nouveau").exists()


def test_a_referent_makes_no_superuser(referent_34):
    open_account(referent_34, is_superuser="on", user_permissions=["1"], groups=["1"])
    created = Agent.objects.get(username="nouveau")
    url = reverse("admin:communes_agent_change", args=[created.pk])
    data = filled(referent_34.get(url), departements=["34"], is_superuser="on", is_staff="")
    assert referent_34.post(url, data).status_code == 302
    created.refresh_from_db()
    assert (created.is_superuser, created.is_staff) == (False, True)


@pytest.mark.parametrize(
    ("departements", "superuser"), [(["81"], False), (["34", "81"], False), (["34"], True)]
)
@pytest.mark.parametrize("page", ["communes_agent_change", "auth_user_password_change"])
def test_a_referent_reaches_no_account_of_wider_rights(
    page, departements, superuser, referent_34, tarn
):
    wider = factories.agent(
        departements=[factories.departement(code) for code in departements], is_superuser=superuser
    )
    before = wider.password
    data = {"password1": "un-autre-secret", "password2": "un-autre-secret", "username": "pris"}
    answer = referent_34.post(reverse(f"admin:{page}", args=[wider.pk]), data)
    assert answer.status_code in {302, 403, 404}
    wider.refresh_from_db()
    assert wider.password == before
    assert wider.username != "pris"


def test_a_referent_does_not_widen_itself(referent_34, tarn):
    me = referent_34.agent
    url = reverse("admin:communes_agent_change", args=[me.pk])
    data = {"username": me.username, "role": Role.REFERENT, "departements": ["34", "81"]}
    assert referent_34.post(url, data | {"is_superuser": "on"}).status_code == 403
    me.refresh_from_db()
    assert [d.pk for d in me.departements.all()] == ["34"]
    assert not me.is_superuser


# A référent does not act on référents.


@pytest.fixture
def peer(db):
    fields = {"role": Role.REFERENT, "last_name": "Paire", "email": "paire@exemple.fr"}
    return factories.agent("paire34", [factories.departement("34")], **fields)


def state(agent):
    return Agent.objects.filter(pk=agent.pk).values().get()


def test_a_referent_reads_a_fellow_referent_and_does_not_rename_nor_lock_it_out(referent_34, peer):
    url = reverse("admin:communes_agent_change", args=[peer.pk])
    page = referent_34.get(url)
    assert "Paire" in page.content.decode()
    assert 'name="username"' not in page.content.decode()
    before = state(peer)
    data = {"username": "pris", "role": Role.LECTEUR, "departements": ["34"], "last_name": "X"}
    assert referent_34.post(url, data).status_code == 403
    assert state(peer) == before


def test_a_referent_gives_no_password_to_a_fellow_referent(referent_34, peer):
    url = reverse("admin:auth_user_password_change", args=[peer.pk])
    before = state(peer)
    assert referent_34.get(url).status_code == 403
    data = {"password1": "un-autre-secret", "password2": "un-autre-secret"}
    assert referent_34.post(url, data).status_code == 403
    assert state(peer) == before


@pytest.mark.parametrize("door", ["page", "action"])
def test_a_referent_deletes_no_fellow_referent(door, referent_34, peer):
    if door == "page":
        url = reverse("admin:communes_agent_delete", args=[peer.pk])
        assert referent_34.post(url, {"post": "yes"}).status_code == 403
    else:
        data = {"action": "delete_selected", "_selected_action": [peer.pk], "post": "yes"}
        referent_34.post(reverse("admin:communes_agent_changelist"), data)
    assert Agent.objects.filter(pk=peer.pk).exists()


def test_a_referent_makes_no_referent(referent_34):
    assert open_account(referent_34, role=Role.REFERENT).status_code == 200
    assert open_account(referent_34).status_code == 302
    created = Agent.objects.get(username="nouveau")
    url = reverse("admin:communes_agent_change", args=[created.pk])
    data = filled(referent_34.get(url), departements=["34"], role=Role.REFERENT)
    assert referent_34.post(url, data).status_code == 200
    created.refresh_from_db()
    assert created.role == Role.AGENT


def test_a_national_administrator_makes_another(national):
    other = factories.agent("autre")
    url = reverse("admin:communes_agent_change", args=[other.pk])
    data = filled(national.get(url), departements=[], is_superuser="on")
    assert national.post(url, data).status_code == 302
    other.refresh_from_db()
    assert other.is_superuser


# The first accounts of a site.


def create_accounts(afficher=True):
    out = StringIO()
    call_command("creer_comptes", afficher=afficher, stdout=out)
    return out.getvalue()


def test_the_first_run_opens_two_accounts_whose_passwords_work(client, db, settings):
    settings.PVD_DEPARTEMENT = ""
    factories.departement("34")
    lines = create_accounts().splitlines()
    assert lines[0] == "Deux comptes créés : un agent de l'Hérault et le niveau national."
    for line, username in zip(lines[1:3], ["agent34", "national"], strict=True):
        typed = {"username": username, "password": line.split()[-1]}
        assert client.post(reverse("admin:login"), typed).status_code == 302
        assert client.get(reverse("admin:index")).status_code == 200
    agent, national = Agent.objects.order_by("username")
    assert (agent.role, agent.is_superuser) == (Role.AGENT, False)
    assert [d.pk for d in agent.departements.all()] == ["34"]
    assert national.is_superuser


def test_a_journal_never_keeps_the_passwords(client, db, settings, tmp_path):
    """What is not a terminal gets the path of a file that its owner alone reads."""
    settings.VAR_DIR = tmp_path
    factories.departement("34")
    path = tmp_path / "mots_de_passe"
    path.touch(mode=0o644)
    told = create_accounts(afficher=False)
    assert f"« {path} »" in told
    assert path.stat().st_mode & 0o777 == 0o600
    passwords = [line.split()[-1] for line in path.read_text().splitlines()]
    for password, username in zip(passwords, ["agent34", "national"], strict=True):
        assert password not in told
        typed = {"username": username, "password": password}
        assert client.post(reverse("admin:login"), typed).status_code == 302


def test_no_account_without_a_place_for_its_password(db, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "absent"
    factories.departement("34")
    with pytest.raises(CommandError, match="aucun compte n'est créé"):
        create_accounts(afficher=False)
    assert not Agent.objects.exists()


def test_production_never_shows_them_but_to_a_terminal(db, settings):
    settings.PRODUCTION = True
    factories.departement("34")
    with pytest.raises(CommandError, match="interdit en production"):
        create_accounts()
    assert not Agent.objects.exists()


def test_the_second_run_changes_nothing(db, settings):
    settings.PVD_DEPARTEMENT = "81"
    factories.departement("81")
    create_accounts()
    before = list(Agent.objects.values_list("username", "password"))
    assert before[0][0] == "agent81"
    assert create_accounts() == "Des comptes existent déjà : rien n'est changé.\n"
    assert list(Agent.objects.values_list("username", "password")) == before


def test_without_its_departement_the_command_says_what_to_do(db, settings):
    settings.PVD_DEPARTEMENT = ""
    with pytest.raises(CommandError, match="Le département 34 n'est pas dans la base"):
        create_accounts()
    assert not Agent.objects.exists()
