from django.apps import AppConfig


class SocleConfig(AppConfig):
    name = "pvd.socle"
    label = "socle"
    verbose_name = "Sources"
