import socle.lignes
from django.conf import settings
from django.db import migrations, models
from socle.migrations._lignes import put_on_one_line


def on_one_line(apps, schema_editor):
    put_on_one_line(apps, "ort", Migration.operations)


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0014_une_ligne'),
        ('ort', '0010_propositions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(on_one_line, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='proposition',
            name='suite',
            field=models.TextField(blank=True, max_length=400, verbose_name='motif de la réponse'),
        ),
        migrations.AddConstraint(
            model_name='avenant',
            constraint=socle.lignes.UneLigne(fields=('identifiant', 'precision_signature', 'objet'), name='ort_avenant_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='convention',
            constraint=socle.lignes.UneLigne(fields=('identifiant', 'intitule', 'precision_signature', 'origine'), name='ort_convention_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='document',
            constraint=socle.lignes.UneLigne(fields=('titre', 'nom', 'visibilite'), name='ort_document_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='organisme',
            constraint=socle.lignes.UneLigne(fields=('nom', 'nature', 'siren'), name='ort_organisme_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='partie',
            constraint=socle.lignes.UneLigne(fields=('role',), name='ort_partie_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='proposition',
            constraint=socle.lignes.UneLigne(fields=('reponse',), name='ort_proposition_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='secteur',
            constraint=socle.lignes.UneLigne(fields=('nom',), name='ort_secteur_une_ligne'),
        ),
    ]
