from django.db import migrations, models
from socle.migrations._contrevenants import refuse_offenders
from socle.migrations._exclusions import exclude_overlaps, include_overlaps
import django.db.models.lookups
import socle.dates
import socle.historique

PERIODES = {"desserte": (["poste", "commune"], "Ce poste dessert déjà cette commune à ces dates.")}


def name_offenders(apps, schema_editor):
    refuse_offenders(apps, "projects", Migration.operations, PERIODES)


def exclude(apps, schema_editor):
    exclude_overlaps(schema_editor, "projects_desserte", ['poste_id', 'commune_id'])


def include(apps, schema_editor):
    include_overlaps(schema_editor, "projects_desserte")


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0004_ce_qui_ne_peut_etre'),
    ]

    operations = [
        migrations.RunPython(name_offenders, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name='occupation',
            name='projects_occupation_datee',
        ),
        migrations.AlterField(
            model_name='historicaloccupation',
            name='debut',
            field=models.DateField(error_messages={'blank': "L'arrivée a une date.", 'null': "L'arrivée a une date."}, help_text='Premier jour compris.', verbose_name='premier jour'),
        ),
        migrations.AlterField(
            model_name='occupation',
            name='debut',
            field=models.DateField(error_messages={'blank': "L'arrivée a une date.", 'null': "L'arrivée a une date."}, help_text='Premier jour compris.', verbose_name='premier jour'),
        ),
        migrations.AddConstraint(
            model_name='cofinancementposte',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('debut__isnull', True), django.db.models.lookups.LessThanOrEqual(socle.dates.Year(models.F('debut')), models.F('annee')), _connector='OR'), models.Q(('fin__isnull', True), django.db.models.lookups.GreaterThan(socle.dates.Year(models.F('fin')), models.F('annee')), models.Q(django.db.models.lookups.Exact(socle.dates.Year(models.F('fin')), models.F('annee')), models.Q(django.db.models.lookups.Exact(socle.dates.MonthOfYear(models.F('fin')), 1), django.db.models.lookups.Exact(socle.dates.DayOfMonth(models.F('fin')), 1), _negated=True)), _connector='OR')), name='projects_cofinancementposte_periode_de_l_annee', violation_error_message='La période financée ne touche pas cette année.'),
        ),
        migrations.AlterField(
            model_name='recrutement',
            name='occupation',
            field=models.OneToOneField(blank=True, null=True, on_delete=socle.historique.set_null, related_name='recrutement', to='projects.occupation', verbose_name='personne recrutée'),
        ),
        migrations.RunPython(exclude, include),
    ]
