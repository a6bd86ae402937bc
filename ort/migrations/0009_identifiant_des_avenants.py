"""Name for good the avenants that were recorded until now: by signature, the unsigned ones last."""

from collections import Counter

from django.db import migrations, models
from django.db.models import F


def name_avenants(apps, schema_editor):
    alias = schema_editor.connection.alias
    avenants = apps.get_model("ort", "Avenant").objects.using(alias)
    versions = apps.get_model("ort", "HistoricalAvenant").objects.using(alias)
    ranks = Counter()
    by_signature = F("date_signature").asc(nulls_last=True)
    for avenant in avenants.select_related("convention").order_by(by_signature, "pk"):
        ranks[avenant.convention_id] += 1
        named = f"{avenant.convention.identifiant}-avenant-{ranks[avenant.convention_id]}"
        avenants.filter(pk=avenant.pk).update(identifiant=named)
        # The ranks ever given are read there: a removed act keeps its own.
        versions.filter(id=avenant.pk).update(identifiant=named)


class Migration(migrations.Migration):

    dependencies = [
        ('ort', '0008_modification_exterieure'),
    ]

    operations = [
        migrations.AddField(
            model_name='avenant',
            name='identifiant',
            field=models.SlugField(blank=True, editable=False, help_text="Donné une fois pour toutes à l'enregistrement ; repris dans les fichiers.", max_length=70, null=True, unique=True, verbose_name='identifiant'),
        ),
        migrations.AddField(
            model_name='historicalavenant',
            name='identifiant',
            field=models.SlugField(blank=True, editable=False, help_text="Donné une fois pour toutes à l'enregistrement ; repris dans les fichiers.", max_length=70, null=True, verbose_name='identifiant'),
        ),
        migrations.RunPython(name_avenants, migrations.RunPython.noop),
    ]
