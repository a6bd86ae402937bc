from django.db import migrations, models
from socle.migrations._contrevenants import refuse_offenders
from socle.migrations._exclusions import exclude_overlaps, include_overlaps
import django.core.validators
import django.db.models.functions.text
import django.db.models.lookups

PERIODES = {
    "labellisation": (["commune"], "Cette commune est déjà dans le programme à ces dates."),
    "rattachement": (["commune"], "Cette commune appartient déjà à une intercommunalité à ces dates."),
}


def name_offenders(apps, schema_editor):
    refuse_offenders(apps, "communes", Migration.operations, PERIODES)


def exclude(apps, schema_editor):
    exclude_overlaps(schema_editor, "communes_labellisation", ['commune_id'])
    exclude_overlaps(schema_editor, "communes_rattachement", ['commune_id'])


def include(apps, schema_editor):
    include_overlaps(schema_editor, "communes_labellisation")
    include_overlaps(schema_editor, "communes_rattachement")


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0006_ce_qui_ne_peut_etre'),
    ]

    operations = [
        migrations.RunPython(name_offenders, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='anciencode',
            name='code',
            field=models.CharField(max_length=5, primary_key=True, serialize=False, validators=[django.core.validators.RegexValidator('\\A(?:\\d[\\dAB]\\d{3})\\Z', 'Un code INSEE de commune compte cinq caractères.')], verbose_name='code'),
        ),
        migrations.AlterField(
            model_name='commune',
            name='code_insee',
            field=models.CharField(max_length=5, primary_key=True, serialize=False, validators=[django.core.validators.RegexValidator('\\A(?:([013-9]\\d|2[AB1-9])\\d{3})\\Z', 'Un code INSEE de commune compte cinq caractères : 34142, 2A004.')], verbose_name='code INSEE'),
        ),
        migrations.AlterField(
            model_name='commune',
            name='siren',
            field=models.CharField(blank=True, max_length=9, validators=[django.core.validators.RegexValidator('\\A(?:\\d{9})\\Z', 'Un SIREN compte neuf chiffres.')], verbose_name='SIREN'),
        ),
        migrations.AlterField(
            model_name='departement',
            name='code',
            field=models.CharField(max_length=3, primary_key=True, serialize=False, validators=[django.core.validators.RegexValidator('\\A(?:[013-9]\\d|2[AB1-9]|9[78]\\d)\\Z', "Un code de département s'écrit 34, 2A ou 971.")], verbose_name='code'),
        ),
        migrations.AlterField(
            model_name='historicallabellisation',
            name='id_pvd',
            field=models.CharField(blank=True, help_text="Celui de l'ANCT : pvd-76-34-1.", max_length=20, validators=[django.core.validators.RegexValidator('\\A(?:pvd-\\d{2}-(\\d{2,4}|2[AB])-\\d{1,4})\\Z', "Un identifiant PVD s'écrit pvd-76-34-1.")], verbose_name='identifiant PVD'),
        ),
        migrations.AlterField(
            model_name='intercommunalite',
            name='siren',
            field=models.CharField(max_length=9, primary_key=True, serialize=False, validators=[django.core.validators.RegexValidator('\\A(?:\\d{9})\\Z', 'Un SIREN compte neuf chiffres.')], verbose_name='SIREN'),
        ),
        migrations.AlterField(
            model_name='labellisation',
            name='id_pvd',
            field=models.CharField(blank=True, help_text="Celui de l'ANCT : pvd-76-34-1.", max_length=20, validators=[django.core.validators.RegexValidator('\\A(?:pvd-\\d{2}-(\\d{2,4}|2[AB])-\\d{1,4})\\Z', "Un identifiant PVD s'écrit pvd-76-34-1.")], verbose_name='identifiant PVD'),
        ),
        migrations.AddConstraint(
            model_name='anciencode',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length(models.F('code')), models.Value(5))), name='communes_anciencode_code_longueur', violation_error_message='Ce code compte 5 caractères.'),
        ),
        migrations.AddConstraint(
            model_name='commune',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length(models.F('code_insee')), models.Value(5))), name='communes_commune_code_insee_longueur', violation_error_message='Ce code compte 5 caractères.'),
        ),
        migrations.AddConstraint(
            model_name='commune',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length(models.F('siren')), models.Value(9)), ('siren', ''), _connector='OR'), name='communes_commune_siren_longueur', violation_error_message='Ce code compte 9 caractères.'),
        ),
        migrations.AddConstraint(
            model_name='departement',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length(models.F('code')), models.Value(2)), django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length(models.F('code')), models.Value(3))), name='communes_departement_code_longueur', violation_error_message='Ce code compte de 2 à 3 caractères.'),
        ),
        migrations.AddConstraint(
            model_name='intercommunalite',
            constraint=models.CheckConstraint(condition=models.Q(django.db.models.lookups.Exact(django.db.models.functions.text.Length(models.F('siren')), models.Value(9))), name='communes_intercommunalite_siren_longueur', violation_error_message='Ce code compte 9 caractères.'),
        ),
        migrations.AddConstraint(
            model_name='labellisation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length(models.F('id_pvd')), models.Value(11)), django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length(models.F('id_pvd')), models.Value(20))), ('id_pvd', ''), _connector='OR'), name='communes_labellisation_id_pvd_longueur', violation_error_message='Ce code compte de 11 à 20 caractères.'),
        ),
        migrations.RemoveConstraint(
            model_name='labellisation',
            name='communes_labellisation_datee',
        ),
        migrations.AlterField(
            model_name='historicallabellisation',
            name='debut',
            field=models.DateField(error_messages={'blank': "L'entrée dans le programme a une date, même approchée.", 'null': "L'entrée dans le programme a une date, même approchée."}, help_text='Premier jour compris.', verbose_name='premier jour'),
        ),
        migrations.AlterField(
            model_name='labellisation',
            name='debut',
            field=models.DateField(error_messages={'blank': "L'entrée dans le programme a une date, même approchée.", 'null': "L'entrée dans le programme a une date, même approchée."}, help_text='Premier jour compris.', verbose_name='premier jour'),
        ),
        migrations.AddConstraint(
            model_name='commune',
            constraint=models.CheckConstraint(condition=models.Q(('successeur', models.F('code_insee')), _negated=True), name='communes_commune_autre_successeur', violation_error_message="Une commune n'est pas son propre successeur."),
        ),
        migrations.RunPython(exclude, include),
    ]
