"""What the page of an existing record asks besides: why it is corrected, and on what version."""

import datetime
from decimal import Decimal

from django import forms
from django.db.models import Model

from socle.admin.evenements import readable
from socle.dates import precisions
from socle.francais import at_hour

MOTIF_WIDGET = forms.Textarea(attrs={"rows": 2, "cols": 80, "class": "vLargeTextField"})
EMPTY = (None, "", [])


class MotifForm(forms.Form):
    """The reason of a removal or of a restoration, which must be given."""

    motif = forms.CharField(
        label="Motif",
        max_length=500,
        widget=MOTIF_WIDGET,
        error_messages={"required": "Dites pourquoi : le motif est gardé dans l'historique."},
    )


class CorrectionForm(forms.Form):
    """Why an existing record is corrected, and the version that its page was opened on."""

    motif_correction = forms.CharField(
        label="Motif de la correction",
        max_length=500,
        required=False,
        widget=MOTIF_WIDGET,
        help_text="Demandé quand une valeur déjà enregistrée change ou s'efface ; gardé dans l'historique.",
    )
    version_lue = forms.CharField(required=False, widget=forms.HiddenInput)


class RefusForm(forms.Form):
    """Put before the form of a page that was about to be saved, says what the base refused of it."""

    def full_clean(self):
        super().full_clean()
        if self.is_bound and not self._errors:
            self.add_error(None, self.request.refus)


def lock(record):
    """Make those who save the same record at the same moment wait for each other.

    What its own checks lock comes first, as everywhere: see `socle.verrou`.
    """
    if hasattr(record, "lock_siblings"):
        record.lock_siblings()
    # Sorted, a record that its order reaches through another would have PostgreSQL lock the other too.
    rows = type(record)._base_manager.select_for_update().filter(pk=record.pk)
    list(rows.order_by().values("pk"))


def stale_messages(events):
    """Say who changed what since, field by field."""
    phrases = [
        "Rien n'est encore enregistré : cette fiche a changé depuis que vous l'avez ouverte."
    ]
    for event in reversed(events):
        what = ", ".join(map(str, event.changements))
        fiche = f" de {event.sorte} « {event.fiche} »" if event.fiche else ""
        when = at_hour(event.version.history_date)
        phrases.append(f"{event.auteur}, le {when}, {event.quoi}{fiche} : {what}.")
    return [
        *phrases,
        "Votre saisie est gardée ci-dessous : relisez-la, puis enregistrez de nouveau.",
    ]


def take_in(form, changes):
    """Write `changes`, made by someone else, in the fields that the user of `form` had left as they were."""
    for change in changes:
        field, name = form.fields.get(change.nom), form.add_prefix(change.nom)
        if field is None:
            continue
        sent = field.widget.value_from_datadict(form.data, form.files, name)
        if not field.has_changed(change.ancien, sent):
            write(form.data, name, field, change.nouveau)


def write(data, name, field, value):
    """Write a value in the data of a form, as its page would have sent it."""
    if isinstance(field.widget, forms.CheckboxInput):
        data.pop(name, None)
        sent = "on" if value else None
    else:
        sent = field.widget.format_value(field.prepare_value(value))
        sent = sent[0] if isinstance(sent, list | tuple) and sent else sent
    if sent is not None:
        data[name] = sent


def corrections(form, row=""):
    """Tell each value already there that `form` changes or empties; to fill an empty one is no correction."""
    for name in form.changed_data:
        old, field = form.get_initial_for_field(form.fields[name], name), form.fields[name]
        if old in EMPTY or name not in form.cleaned_data or completes_a_date(form, name):
            continue
        new = form.cleaned_data[name]
        label = f"« {uncapitalized(field.label or name)} »{row}"
        if new in EMPTY:
            yield f"Vous effacez {label}, qui vaut {written(field, old)}"
        else:
            yield f"Vous changez {label} de {written(field, old)} en {written(field, new)}"


def row_corrections(formsets):
    """Tell the rows that a page removes, and each value already there that its rows change or empty."""
    for formset in formsets:
        if not formset.is_valid():
            continue
        for form in formset.initial_forms:
            row = f"{formset.model._meta.verbose_name} « {form.instance} »"
            if form in formset.deleted_forms:
                yield f"Vous retirez {row}"
            else:
                yield from corrections(form, f" ({row})")


def completes_a_date(form, name):
    """Tell whether a field is the precision of a date that was empty until now."""
    dates = {precision: date for date, precision in precisions(type(form.instance)).items()}
    return name in dates and form.initial.get(dates[name]) in EMPTY


def uncapitalized(label):
    """Write a label inside a sentence: « date de signature », but « SIREN »."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def written(field, value):
    """Write the value of a field of a form as an agent reads it."""
    if isinstance(field, forms.ModelChoiceField):
        known = value if isinstance(value, Model) else None
        return f"« {known or field.queryset.model._base_manager.filter(pk=value).first()} »"
    if isinstance(value, datetime.date):
        return readable(None, field.prepare_value(value))
    if isinstance(value, (bool, Decimal)):
        return readable(None, value)
    names = {str(key): label for key, label in getattr(field, "choices", [])}
    return f"« {names.get(str(value), value)} »"
