from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0009_populations_en_lignes'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='commune',
            name='populations_json',
        ),
    ]
