"""A field of one line holds one line, at every door and in every model."""

import re

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse
from simple_history.models import HistoricalChanges

from ort.models import Convention
from socle.contraintes import sentence
from socle.courriels import mail_admins, send_mail
from socle.historique import sans_historique
from socle.lignes import LINE_ENDS, ONE_LINE, UneLigne, on_one_line, validate_one_line
from tests import factories
from tests.fichiers import send
from tests.formulaires import errors, filled

OURS = [m for m in apps.get_models() if m._meta.app_config.name in settings.PVD_APPS]


def of_one_line(model):
    return [f for f in model._meta.concrete_fields if isinstance(f, models.CharField)]


FIELDS = [field for model in OURS for field in of_one_line(model)]
RECORDS = [m for m in OURS if of_one_line(m) and not issubclass(m, HistoricalChanges)]


@pytest.mark.parametrize("end", [*LINE_ENDS, "\r\n"])
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


def test_the_ends_of_lines_are_those_that_python_cuts_at():
    assert (
        "".join(c for c in map(chr, range(0x110000)) if len(f"a{c}b".splitlines()) > 1) == LINE_ENDS
    )


def check_kept(table, name):
    """Return what the database says of a check of a table, as it keeps it."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [table])
            return cursor.fetchone()[0].split(f'CONSTRAINT "{name}" CHECK')[1]
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name]
        )
        return cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize("model", RECORDS, ids=lambda model: model._meta.label)
def test_the_base_holds_each_field_of_one_line(model):
    """A field that has no constraint is one that `makemigrations` has not been run for."""
    (rule,) = [c for c in model._meta.constraints if isinstance(c, UneLigne)]
    assert set(rule.fields) == {field.name for field in of_one_line(model)}
    kept = check_kept(model._meta.db_table, rule.name)
    assert all(re.search(rf"\b{field.column}\b", kept) for field in of_one_line(model))


@pytest.mark.django_db
@pytest.mark.parametrize("end", [*LINE_ENDS, "\r\n"])
@pytest.mark.parametrize("text", ["un{}deux", "un{}", "{}un"])
def test_the_base_refuses_a_line_end_whoever_writes_it(text, end):
    ort = factories.convention()
    with pytest.raises(IntegrityError) as refused, transaction.atomic(), sans_historique():
        Convention.objects.filter(pk=ort.pk).update(intitule=text.format(end))
    assert sentence(refused.value) == ONE_LINE


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "un", "un  deux\ttrois", "L’ORT de Lodève [1] \\n *"])
def test_the_base_takes_what_is_on_one_line(text):
    ort = factories.convention(intitule=text)
    found = Convention.objects.filter(intitule__sur_une_ligne=True)
    assert [o.intitule for o in found] == [text] == [on_one_line(ort.intitule)]


def test_a_form_that_is_no_record_refuses_them_as_well(agent_34):
    """The reason of an import is kept with it."""
    answer = send(agent_34, "communes_labellisation", "communes-laureates", "a", raison="a\nb")
    assert answer.context["form"].errors == {"raison": [ONE_LINE]}


def test_an_agent_does_not_write_two_lines_in_a_title(agent_34):
    ort = factories.convention()
    url = reverse("admin:ort_convention_change", args=[ort.pk])
    answer = agent_34.post(url, filled(agent_34.get(url), intitule="ORT\nBcc: autre"))
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


@pytest.mark.django_db
@pytest.mark.parametrize("kept", ["un\ndeux", "un\r\ndeux"])
def test_a_text_of_several_lines_that_nobody_touched_has_not_changed(agent_34, kept):
    """A browser ends its lines by two characters, a file by one; some were kept as the browser sent them."""
    ort = factories.convention(
        "2021-07-16", [factories.commune("34142", epci="new")], note_interne=kept
    )
    url = reverse("admin:ort_convention_change", args=[ort.pk])
    versions = ort.history.count()
    page = agent_34.get(url)
    assert agent_34.post(url, filled(page, note_interne="un\r\ndeux")).status_code == 302
    ort.refresh_from_db()
    assert (ort.note_interne, ort.history.count()) == (kept, versions)
    page = agent_34.get(url)
    changed = {"note_interne": "un\r\ntrois", "motif_correction": "Relu"}
    assert agent_34.post(url, filled(page, **changed)).status_code == 302
    ort.refresh_from_db()
    assert ort.note_interne == "un\ntrois"
