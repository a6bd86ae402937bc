"""The forms of the back office, filled in as a browser would."""

import datetime

from django.db.models.fields.files import FieldFile

from tests.vues import SansLaPage


def form_of(client, address, **asked):
    """Return the page of a form for `filled`, which reads what it asks and not how it is laid out."""
    return SansLaPage(client).get(address, asked)


def filled(response, **changes):
    """Return what the page `response` would send if its user changed only `changes`."""
    context = response.context
    forms = [context["adminform"].form, *asked_besides(context)]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {"jeton": context["jeton"]} if "jeton" in context else {}
    for form in forms:
        for bound in form:
            data[bound.html_name] = written(bound.value())
    return {name: value for name, value in (data | changes).items() if value is not None}


def asked_besides(context):
    """Return the form that the page of an existing record adds to its own, as a list."""
    return [form for form in [context.get("correction")] if form]


def written(value):
    """Return a value as a page writes it."""
    if isinstance(value, datetime.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool):
        return "on" if value else None
    if isinstance(value, FieldFile):
        return None
    return "" if value is None else value


def errors(response):
    """Return every error that the page shows."""
    context = response.context
    shown = [*context["adminform"].form.errors.values()]
    shown += [error for form in asked_besides(context) for error in form.errors.values()]
    for inline in context["inline_admin_formsets"]:
        shown += [inline.formset.non_form_errors()]
        shown += [error for form in inline.formset.forms for error in form.errors.values()]
    return " ".join(str(message) for messages in shown for message in messages)
