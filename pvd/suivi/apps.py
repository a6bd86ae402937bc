from django.apps import AppConfig


class SuiviConfig(AppConfig):
    name = "pvd.suivi"
    label = "suivi"
    verbose_name = "Suivi"
