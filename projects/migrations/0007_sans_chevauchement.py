from django.db import migrations

from socle.migrations._exclusions import exclude_overlaps, include_overlaps


def exclude(apps, schema_editor):
    exclude_overlaps(schema_editor, "projects_desserte", ['poste_id', 'commune_id'])


def include(apps, schema_editor):
    include_overlaps(schema_editor, "projects_desserte")


class Migration(migrations.Migration):

    dependencies = [('projects', '0006_personne_recrutee')]

    operations = [migrations.RunPython(exclude, include)]
