"""For the migrations: put the dates known to the month or the year on their first day, with a version."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

MOTIF = "Date connue au mois ou à l'année près, remise à son premier jour"
FIRST_DAY = {"mois": {"day": 1}, "annee": {"day": 1, "month": 1}}


def put_on_first_days(apps, model, dates):
    """Correct the rows of `model`, « app.Model », whose `dates`, {date: precision}, are elsewhere."""
    for record in rows_of(apps, model):
        corrected = {
            date: getattr(record, date).replace(**FIRST_DAY[getattr(record, precision)])
            for date, precision in dates.items()
            if getattr(record, date) and getattr(record, precision) in FIRST_DAY
        }
        write(apps, model, record, corrected)


def put_values_on_first_days(apps):
    """The same of what sources say; a text that is no date is known as it is written."""
    model = "socle.Affirmation"
    for record in rows_of(apps, model):
        if record.precision not in FIRST_DAY or not record.valeur:
            continue
        try:
            jour = datetime.date.fromisoformat(record.valeur)
        except ValueError:
            write(apps, model, record, {"precision": "jour"})
        else:
            jour = jour.replace(**FIRST_DAY[record.precision])
            write(apps, model, record, {"valeur": jour.isoformat()})


def rows_of(apps, model):
    return list(apps.get_model(*model.split(".")).objects.order_by("pk"))


def write(apps, model, record, corrected):
    """Write what differs from `record`, and its version; name the record that has to be seen first."""
    app, name = model.split(".")
    records, versions = apps.get_model(app, name), apps.get_model(app, f"Historical{name}")
    corrected = {field: value for field, value in corrected.items() if value != getattr(record, field)}
    if not corrected:
        return
    try:
        with transaction.atomic():
            records.objects.filter(pk=record.pk).update(**corrected)
    except IntegrityError:
        raise RuntimeError(
            f"{model} n° {record.pk} : une date connue au mois ou à l'année près passerait avant "
            f"une autre ({corrected}). Corrigez-la, puis reprenez la mise à jour."
        ) from None
    kept = {field.attname: getattr(record, field.attname) for field in records._meta.concrete_fields}
    versions.objects.create(
        **kept | corrected,
        history_date=timezone.now(),
        history_type="~",
        history_change_reason=MOTIF,
        history_user=None,
    )
