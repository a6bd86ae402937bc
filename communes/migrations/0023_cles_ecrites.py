"""Write what the territories already loaded, and the codes that lead to them, are found by."""

from collections import defaultdict

from django.db import migrations

from socle.recherche import bare_keys


def write(apps, schema_editor):
    alias = schema_editor.connection.alias
    for territory, former, owner in (
        ("Commune", "AncienNomCommune", "commune_id"),
        ("Intercommunalite", "AncienNomIntercommunalite", "intercommunalite_id"),
    ):
        names = defaultdict(list)
        rows = apps.get_model("communes", former).objects.using(alias).order_by("-fin")
        for pk, nom in rows.values_list(owner, "nom"):
            names[pk].append(nom)
        Territory = apps.get_model("communes", territory)
        rows = Territory.objects.using(alias).order_by().values_list("pk", "nom")
        store(schema_editor, Territory, [(bare_keys(nom, *names[pk]), pk) for pk, nom in rows])
    AncienCode = apps.get_model("communes", "AncienCode")
    rows = AncienCode.objects.using(alias).exclude(nom="").values_list("pk", "nom")
    store(schema_editor, AncienCode, [(bare_keys(nom), pk) for pk, nom in rows])


def store(schema_editor, model, rows):
    """Update 35 000 rows in plain SQL: through models it would take a minute."""
    table, pk = model._meta.db_table, model._meta.pk.column
    with schema_editor.connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {table} SET cles = %s WHERE {pk} = %s", rows)


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0022_recherche_par_cles'),
    ]

    operations = [
        migrations.RunPython(write, migrations.RunPython.noop),
    ]
