from django.db import migrations, models
from django.utils import timezone


def begin_with_the_last_login(apps, schema_editor):
    """An account that has been used was last there at its last log-in, as far as is known."""
    agent = apps.get_model("communes", "Agent")
    for known in agent.objects.filter(last_login__isnull=False).iterator():
        known.derniere_activite = timezone.localdate(known.last_login)
        known.save(update_fields=["derniere_activite"])


class Migration(migrations.Migration):
    dependencies = [
        ("communes", "0018_successions_ecrites"),
    ]

    operations = [
        migrations.AddField(
            model_name="agent",
            name="derniere_activite",
            field=models.DateField(editable=False, null=True, verbose_name="dernière activité"),
        ),
        migrations.AddField(
            model_name="agent",
            name="visite_precedente",
            field=models.DateField(editable=False, null=True, verbose_name="visite précédente"),
        ),
        migrations.RunPython(begin_with_the_last_login, migrations.RunPython.noop),
    ]
