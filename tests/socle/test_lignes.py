"""A field of one line holds one line, at every door and in every model."""

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from socle.courriels import mail_admins, send_mail
from socle.lignes import validate_one_line
from tests import factories
from tests.formulaires import errors, filled

OURS = {"socle", "communes", "ort", "projects", "suivi"}
FIELDS = [
    field
    for model in apps.get_models()
    if model._meta.app_label in OURS
    for field in model._meta.concrete_fields
    if isinstance(field, models.CharField)
]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("text", ["un{}deux", "un{}", "{}un"])
def test_a_line_end_is_refused_wherever_it_is(text, end):
    with pytest.raises(ValidationError, match="tient sur une ligne"):
        validate_one_line(text.format(end))


@pytest.mark.parametrize("text", ["", "un", "un  deux\ttrois", "L’ORT de Lodève"])
def test_what_is_on_one_line_is_accepted(text):
    validate_one_line(text)


@pytest.mark.parametrize("field", FIELDS, ids=str)
def test_every_field_of_one_line_refuses_line_ends(field):
    with pytest.raises(ValidationError) as refused:
        field.run_validators("un\ndeux")
    assert "tient sur une ligne" in str(refused.value)


def test_an_agent_does_not_write_two_lines_in_a_title(agent_34):
    ort = factories.convention()
    url = reverse("admin:ort_convention_change", args=[ort.pk])
    answer = agent_34.post(url, filled(agent_34.get(url), intitule="ORT\nBcc: autre@exemple.fr"))
    assert "tient sur une ligne" in errors(answer)
    ort.refresh_from_db()
    assert ort.intitule == "ORT d'essai"


def test_an_old_line_end_no_longer_stops_a_mail(settings, mailoutbox):
    settings.ADMINS = [("admin", "admin@exemple.fr")]
    send_mail("ORT de\nLodève", "texte", ["lui@exemple.fr"])
    mail_admins("Droits de\r\nlui", "texte")
    assert [mail.subject for mail in mailoutbox] == [
        "ORT de Lodève",
        "[Petites villes de demain] Droits de lui",
    ]
