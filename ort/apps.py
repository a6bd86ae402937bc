from django.apps import AppConfig


class OrtConfig(AppConfig):
    name = "ort"
    verbose_name = "Opérations de revitalisation de territoire"
