"""Write what the ends of the communes already loaded say of those that followed them."""

from django.db import migrations

from communes.territoire.successions import Bornes, suivies


def write(apps, schema_editor):
    alias = schema_editor.connection.alias
    Commune = apps.get_model("communes", "Commune")
    Succession = apps.get_model("communes", "Succession")
    # All of them: 35 000 short rows, read once.
    rows = Commune.objects.using(alias).order_by().values_list(*Bornes._fields)
    Succession.objects.using(alias).bulk_create(
        Succession(commune_id=row.commune, devient_id=row.devient, debut=row.debut, fin=row.fin)
        for row in suivies(rows)
    )


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0017_successions'),
    ]

    operations = [
        migrations.RunPython(write, migrations.RunPython.noop),
    ]
