"""What the address of a list may ask: what the list offers, and no other field nor lookup."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.socle.admin.test_admin import ADMINS, address
from tests.vues import SansLaPage

COMPARED = ["regex", "iregex", "startswith", "contains", "gt", "range", "in", "length"]
EQUAL = ["{}", "{}__exact", "{}__iexact"]


def columns(model):
    """Return the names by which the columns of a model are reached, and those one relation away."""
    for field in model._meta.get_fields():
        yield field.name
        if field.related_model:
            far_columns = field.related_model._meta.concrete_fields
            yield from (f"{field.name}__{far.name}" for far in far_columns)


@pytest.fixture
def request_of_the_national_level(national):
    return national.get(reverse("admin:password_change")).wsgi_request


# They are refused before any query.
@pytest.mark.une_base
@pytest.mark.parametrize("model_admin", ADMINS, ids=lambda a: a.opts.model_name)
def test_no_column_is_compared_but_to_a_value_of_a_filter_of_the_list(
    model_admin, request_of_the_national_level
):
    def allowed(name):
        return model_admin.lookup_allowed(name, "1", request_of_the_national_level)

    names = list(columns(model_admin.model))
    assert names
    assert not [f"{name}__{way}" for name in names for way in COMPARED if allowed(f"{name}__{way}")]
    filters = {getattr(offered, "parameter_name", offered) for offered in model_admin.list_filter}
    equal = {name for name in names for way in EQUAL if allowed(way.format(name))}
    assert {name.split("__")[0] for name in equal} <= filters


@pytest.mark.une_base
@pytest.mark.parametrize("lookup", ["regex", "startswith", "contains"])
@pytest.mark.parametrize("model_admin", ADMINS, ids=lambda a: a.opts.model_name)
def test_a_list_says_that_it_does_not_understand_another_lookup(model_admin, lookup, national):
    asked = {f"{model_admin.opts.pk.name}__{lookup}": "1"}
    answer = national.get(address(model_admin.model(), "changelist"), asked)
    assert answer.status_code == 400
    assert "Cette adresse ne peut pas être lue" in answer.content.decode()


@pytest.mark.parametrize(
    "page", ["/admin/ort/convention/", "/admin/ort/convention/exporter/ort/csv/"]
)
def test_a_regular_expression_does_not_hold_the_site(page, agent_34):
    factories.convention(intitule="a" * 200)
    assert agent_34.get(page, {"intitule__regex": "(a+)+$"}).status_code == 400


def test_the_address_of_a_visitor_is_not_read_letter_by_letter(lecteur_34):
    factories.signalement(factories.departement("34"), courriel="elu@commune.example")
    for asked in ({"courriel__startswith": "e"}, {"courriel": "elu@commune.example"}):
        assert lecteur_34.get("/admin/suivi/signalement/", asked).status_code == 400


def test_a_password_is_not_read_either_from_what_its_agent_wrote(referent_34):
    for page in ("communes/agent", "communes/journaldroits", "socle/import"):
        for name in ("password__startswith", "auteur__password__startswith", "par__password__gt"):
            assert referent_34.get(f"/admin/{page}/", {name: "p"}).status_code == 400


def test_the_dates_of_a_list_lead_to_its_days(agent_34):
    factories.signalement(factories.departement("34"))
    today = timezone.localdate()
    asked = {f"created_at__{part}": getattr(today, part) for part in ("year", "month", "day")}
    answer = SansLaPage(agent_34).get("/admin/suivi/signalement/", asked)
    assert answer.context["cl"].result_count == 1
