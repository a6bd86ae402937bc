import socle.lignes
from django.conf import settings
from django.db import migrations
from socle.migrations._lignes import put_on_one_line


def on_one_line(apps, schema_editor):
    put_on_one_line(apps, "suivi", Migration.operations)


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0014_une_ligne'),
        ('ort', '0011_une_ligne'),
        ('socle', '0007_une_ligne'),
        ('suivi', '0004_compteurs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(on_one_line, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='chiffrepublie',
            constraint=socle.lignes.UneLigne(fields=('chiffre', 'note'), name='suivi_chiffrepublie_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='signalement',
            constraint=socle.lignes.UneLigne(fields=('page', 'courriel', 'statut'), name='suivi_signalement_une_ligne'),
        ),
    ]
