import socle.lignes
from django.db import migrations
from socle.migrations._lignes import put_on_one_line


def on_one_line(apps, schema_editor):
    put_on_one_line(apps, "projects", Migration.operations)


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0014_une_ligne'),
        ('ort', '0011_une_ligne'),
        ('projects', '0005_doublons'),
    ]

    operations = [
        migrations.RunPython(on_one_line, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='cofinancementposte',
            constraint=socle.lignes.UneLigne(fields=('financeur', 'precision_financeur', 'reference_decision'), name='projects_cofinancementposte_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='occupation',
            constraint=socle.lignes.UneLigne(fields=('titulaire', 'courriel', 'telephone', 'type_contrat', 'motif_depart'), name='projects_occupation_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='poste',
            constraint=socle.lignes.UneLigne(fields=('identifiant', 'intitule', 'service', 'precision_ouverture', 'precision_fermeture'), name='projects_poste_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='purge',
            constraint=socle.lignes.UneLigne(fields=('par',), name='projects_purge_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='recrutement',
            constraint=socle.lignes.UneLigne(fields=('adresse_offre', 'issue'), name='projects_recrutement_une_ligne'),
        ),
    ]
