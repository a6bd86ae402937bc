import django.db.models.deletion
import socle.verrou
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0016_colonnes_du_tableau'),
    ]

    operations = [
        migrations.CreateModel(
            name='Succession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('debut', models.DateField(blank=True, help_text="Premier jour compris. Vide : le début n'est pas connu.", null=True, verbose_name='premier jour')),
                ('fin', models.DateField(blank=True, help_text='Vide : toujours en cours.', null=True, verbose_name="premier jour où ce n'est plus le cas")),
                ('commune', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='successions', to='communes.commune', verbose_name='commune')),
                ('devient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='heritages', to='communes.commune', verbose_name='devient')),
            ],
            options={
                'verbose_name': 'succession',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('fin__gt', models.F('debut'))), name='communes_succession_fin_apres_debut', violation_error_message='La fin doit être postérieure au début.')],
            },
            bases=(socle.verrou.OneAtATime, models.Model),
        ),
    ]
