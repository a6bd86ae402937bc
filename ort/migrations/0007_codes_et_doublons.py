from django.db import migrations, models
from socle.migrations._contrevenants import refuse_offenders
import django.core.validators
import django.db.models.functions.text
import django.db.models.lookups


def name_offenders(apps, schema_editor):
    refuse_offenders(apps, "ort", Migration.operations)


class Migration(migrations.Migration):

    dependencies = [
        ('ort', '0006_ce_qui_ne_peut_etre'),
    ]

    operations = [
        migrations.RunPython(name_offenders, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='historicalorganisme',
            name='siren',
            field=models.CharField(blank=True, max_length=9, validators=[django.core.validators.RegexValidator('\\A(?:\\d{9})\\Z', 'Un SIREN compte neuf chiffres.')], verbose_name='SIREN'),
        ),
        migrations.AlterField(
            model_name='organisme',
            name='siren',
            field=models.CharField(blank=True, max_length=9, validators=[django.core.validators.RegexValidator('\\A(?:\\d{9})\\Z', 'Un SIREN compte neuf chiffres.')], verbose_name='SIREN'),
        ),
        migrations.AddConstraint(
            model_name='organisme',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length(models.F('siren')), models.Value(9)), ('siren', ''), _connector='OR'), name='ort_organisme_siren_longueur', violation_error_message='Ce code compte 9 caractères.'),
        ),
        migrations.AddConstraint(
            model_name='avenant',
            constraint=models.UniqueConstraint(condition=models.Q(('numero__isnull', True), ('precision_signature', 'jour')), fields=('convention', 'date_signature'), name='ort_avenant_du_jour_sans_numero_unique', violation_error_message='Cette convention a déjà un avenant de ce jour, sans numéro : donnez à chacun le sien.'),
        ),
        migrations.AddConstraint(
            model_name='partie',
            constraint=models.UniqueConstraint(fields=('convention', 'commune', 'role'), name='ort_partie_commune_une_fois', violation_error_message='Cette partie est déjà enregistrée dans ce rôle.'),
        ),
        migrations.AddConstraint(
            model_name='partie',
            constraint=models.UniqueConstraint(fields=('convention', 'intercommunalite', 'role'), name='ort_partie_intercommunalite_une_fois', violation_error_message='Cette partie est déjà enregistrée dans ce rôle.'),
        ),
        migrations.AddConstraint(
            model_name='partie',
            constraint=models.UniqueConstraint(fields=('convention', 'organisme', 'role'), name='ort_partie_organisme_une_fois', violation_error_message='Cette partie est déjà enregistrée dans ce rôle.'),
        ),
        migrations.AddConstraint(
            model_name='secteur',
            constraint=models.UniqueConstraint(fields=('convention', 'commune', 'nom'), name='ort_secteur_une_fois', violation_error_message='Ce secteur de cette commune est déjà enregistré.'),
        ),
    ]
