"""What each role may do, whatever the page."""

import pytest
from django.contrib.auth.models import AnonymousUser

from communes.comptes.roles import RoleBackend, role_permissions
from communes.models import Role
from tests import factories

ACTIONS = ("view", "add", "change", "delete")
# A record of the programme, a record of reference, the accounts, and what is nobody's business here.
PERMISSIONS = {
    Role.LECTEUR: {"ort.convention": "view", "communes.commune": "view"},
    Role.AGENT: {"ort.convention": "view add change delete", "communes.commune": "view"},
    Role.REFERENT: {
        "ort.convention": "view add change delete",
        "communes.commune": "view",
        "communes.agent": "view add change",
    },
}
MODELS = ("ort.convention", "communes.commune", "communes.agent", "sessions.session")


def granted(user, model):
    app, name = model.split(".")
    return " ".join(action for action in ACTIONS if user.has_perm(f"{app}.{action}_{name}"))


@pytest.mark.parametrize("role", Role)
def test_a_role_may_do_what_is_written_and_no_more(db, role):
    user = factories.agent(role=role, departements=[factories.departement("34")])
    found = {model: granted(user, model) for model in MODELS}
    assert found == {model: PERMISSIONS[role].get(model, "") for model in MODELS}


@pytest.mark.parametrize("role", Role)
def test_who_is_of_no_departement_may_nothing(db, role):
    user = factories.agent(role=role)
    assert RoleBackend().get_all_permissions(user) == set()
    user.departements.add(factories.departement("34"))
    assert RoleBackend().get_user(user.pk).has_perm("communes.view_commune")


def test_an_unknown_role_may_only_read():
    assert all(".view_" in permission for permission in role_permissions("directeur"))


def test_no_role_opens_what_it_does_not_name():
    assert not any(
        permission.endswith("_session") or permission.endswith("_logentry")
        for role in Role
        for permission in role_permissions(role)
    )


@pytest.mark.parametrize("fields", [{"role": Role.REFERENT}, {"is_superuser": True}])
def test_who_is_no_longer_active_may_nothing(db, fields):
    user = factories.agent(is_active=False, **fields)
    assert not user.has_perm("communes.view_commune")
    assert RoleBackend().get_all_permissions(user) == set()


def test_a_stranger_may_nothing():
    assert not AnonymousUser().has_perm("communes.view_commune")
    assert RoleBackend().get_all_permissions(AnonymousUser()) == set()


def test_a_national_administrator_may_everything(db):
    user = factories.agent(is_superuser=True)
    assert all(granted(user, model) == " ".join(ACTIONS) for model in MODELS)


def test_a_change_of_role_counts_at_once(db):
    user = factories.agent(role=Role.LECTEUR, departements=[factories.departement("34")])
    assert not user.has_perm("ort.change_convention")
    user.role = Role.AGENT
    assert user.has_perm("ort.change_convention")
