import socle.lignes
from django.conf import settings
from django.db import migrations
from socle.migrations._lignes import put_on_one_line


def on_one_line(apps, schema_editor):
    put_on_one_line(apps, "socle", Migration.operations)


class Migration(migrations.Migration):

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('socle', '0006_imports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(on_one_line, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='affirmation',
            constraint=socle.lignes.UneLigne(fields=('object_id', 'champ', 'valeur_brute', 'valeur', 'precision', 'note', 'detail_interne'), name='socle_affirmation_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='colonneretenue',
            constraint=socle.lignes.UneLigne(fields=('portee', 'sorte', 'entete', 'colonne'), name='socle_colonneretenue_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=socle.lignes.UneLigne(fields=('titre', 'nom', 'motif'), name='socle_import_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=socle.lignes.UneLigne(fields=('cle', 'genre', 'titre', 'editeur', 'url'), name='socle_source_une_ligne'),
        ),
    ]
