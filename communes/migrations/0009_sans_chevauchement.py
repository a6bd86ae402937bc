from django.db import migrations

from socle.migrations._exclusions import exclude_overlaps, include_overlaps


def exclude(apps, schema_editor):
    exclude_overlaps(schema_editor, "communes_labellisation", ['commune_id'])
    exclude_overlaps(schema_editor, "communes_rattachement", ['commune_id'])


def include(apps, schema_editor):
    include_overlaps(schema_editor, "communes_labellisation")
    include_overlaps(schema_editor, "communes_rattachement")


class Migration(migrations.Migration):

    dependencies = [('communes', '0008_impossible')]

    operations = [migrations.RunPython(exclude, include)]
