from importlib import import_module

from django.apps import AppConfig


class SocleConfig(AppConfig):
    name = "socle"
    verbose_name = "Sources et imports"

    def ready(self):
        """Make the lookup `__dans` known to every field, and texts refuse what is not read of them."""
        import_module("socle.cles")
        import_module("socle.lignes").ask_for_one_line()
        import_module("socle.lisible").ask_for_readable_texts()
