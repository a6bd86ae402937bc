from django.core.management import call_command
from django.db import migrations


def create_table(apps, schema_editor):
    """Create the table of the counters by visitor; nothing if the settings keep them elsewhere."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):

    dependencies = [
        ('suivi', '0003_signalement'),
    ]

    operations = [
        migrations.RunPython(create_table, migrations.RunPython.noop),
    ]
