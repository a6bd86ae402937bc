from importlib import import_module

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "Projets de territoire"

    def ready(self):
        """Have texts that name people asked about, and acts held by what came of them."""
        import_module("projects.personnes")
        import_module("projects.actions.actes")
        import_module("projects.evaluations.deplacement")
