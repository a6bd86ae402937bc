from importlib import import_module

from django.apps import AppConfig


class OrtConfig(AppConfig):
    name = "ort"
    verbose_name = "Opérations de revitalisation de territoire"

    def ready(self):
        """Have what others write in a convention noted from the first version on."""
        import_module("ort.models.modifications")
