"""Record the opening of the programme, which the code held until now: pages go on knowing it."""

import datetime

from django.db import migrations
from django.utils import timezone

OUVERTURE = datetime.date(2020, 10, 1)
REPRISE = "reprise de ce que le site savait déjà"


def record(apps, schema_editor):
    alias = schema_editor.connection.alias
    Programme = apps.get_model("communes", "Programme")
    Version = apps.get_model("communes", "HistoricalProgramme")
    if Programme.objects.using(alias).exists():
        return
    said = {"annonce": OUVERTURE, "ouverture": OUVERTURE, "nom": "Petites villes de demain"}
    made = Programme.objects.using(alias).create(**said)
    Version.objects.using(alias).create(
        id=made.pk,
        history_date=timezone.now(),
        history_type="+",
        history_change_reason=REPRISE,
        **said,
    )


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0025_programme'),
    ]

    operations = [
        migrations.RunPython(record, migrations.RunPython.noop),
    ]
