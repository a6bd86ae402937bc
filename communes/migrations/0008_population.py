import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0007_codes_et_doublons'),
    ]

    operations = [
        # The name is that of the rows to come; the JSON goes once they are written.
        migrations.RenameField(
            model_name='commune',
            old_name='populations',
            new_name='populations_json',
        ),
        migrations.CreateModel(
            name='Population',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('millesime', models.PositiveSmallIntegerField(verbose_name='millésime')),
                ('annee', models.PositiveSmallIntegerField(blank=True, help_text="Celle du recensement de l'Insee. Vide : elle n'est pas établie.", null=True, verbose_name='année')),
                ('valeur', models.PositiveIntegerField(verbose_name='habitants')),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='populations', to='communes.commune', verbose_name='commune')),
            ],
            options={
                'verbose_name': 'population',
                'verbose_name_plural': 'populations',
                'ordering': ['-millesime'],
                'constraints': [models.UniqueConstraint(fields=('commune', 'millesime'), name='communes_une_population_par_millesime', violation_error_message='Cette commune a déjà une population dans ce millésime.'), models.CheckConstraint(condition=models.Q(('annee__isnull', True), ('annee__lt', models.F('millesime')), _connector='OR'), name='communes_population_comptee_avant', violation_error_message='Une population est comptée avant le millésime qui la donne.')],
            },
        ),
    ]
