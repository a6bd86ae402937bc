"""The names and addresses of who mistyped a password are no longer kept: django-axes is gone."""

from django.db import migrations

TABLES = ("attemptexpiration", "attempt", "failurelog", "log")


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0011_fond_de_france'),
    ]

    operations = [
        migrations.RunSQL(
            [f"DROP TABLE IF EXISTS axes_access{name}" for name in TABLES],
            migrations.RunSQL.noop,
        ),
    ]
