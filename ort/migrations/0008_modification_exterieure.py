"""Note what the histories tell of the modifications that a validation was waited for until now.

The départements of each agent, and the reference of each convention, are those of the day of the
migration, as they were for whoever asked the histories.
"""

from collections import defaultdict

import django.db.models.deletion
from django.db import migrations, models

# The versions that count, and what names their convention.
SUIVIS = [
    ("HistoricalConvention", "id"),
    ("HistoricalAvenant", "convention_id"),
    ("HistoricalCommuneCouverte", "convention_id"),
    ("HistoricalPartie", "convention_id"),
    ("HistoricalSecteur", "convention_id"),
]


def note_modifications(apps, schema_editor):
    def rows(app, model):
        return apps.get_model(app, model).objects.using(schema_editor.connection.alias)

    national = set(rows("communes", "Agent").filter(is_superuser=True).values_list("pk", flat=True))
    departements = defaultdict(set)
    for agent, departement in rows("communes", "Agent").values_list("pk", "departements"):
        departements[agent].add(departement)
    # The last known reference of a convention that was removed, which may be restored.
    versions = rows("ort", "HistoricalConvention").order_by("history_id")
    references = dict(versions.values_list("id", "departement_reference_id"))
    references |= dict(rows("ort", "Convention").values_list("pk", "departement_reference_id"))

    modifications = rows("ort", "ModificationExterieure")
    for model, convention in SUIVIS:
        signed = rows("ort", model).filter(history_user__isnull=False).order_by("history_id")
        modifications.bulk_create(
            [
                modifications.model(convention_id=key, moment=moment)
                for key, moment, agent in signed.values_list(convention, "history_date", "history_user_id")
                if agent not in national and references.get(key) not in departements[agent]
            ],
            batch_size=400,
        )


def forget_modifications(apps, schema_editor):
    modifications = apps.get_model("ort", "ModificationExterieure").objects
    modifications.using(schema_editor.connection.alias).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('ort', '0007_codes_et_doublons'),
    ]

    operations = [
        migrations.CreateModel(
            name='ModificationExterieure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('moment', models.DateTimeField(verbose_name='faite le')),
                ('convention', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='modifications_exterieures', to='ort.convention', verbose_name='convention')),
            ],
            options={
                'verbose_name': 'modification extérieure',
                'verbose_name_plural': 'modifications extérieures',
            },
        ),
        migrations.RunPython(note_modifications, forget_modifications),
    ]
