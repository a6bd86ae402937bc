from importlib import import_module

from django.apps import AppConfig


class SocleConfig(AppConfig):
    name = "socle"
    verbose_name = "Sources et imports"

    def ready(self):
        """Make the lookup `__dans` known to every field."""
        import_module("socle.cles")
