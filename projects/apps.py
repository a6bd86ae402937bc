from importlib import import_module

from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    verbose_name = "Projets de territoire"

    def ready(self):
        """Have public texts that name the people known here asked about, and due dates follow their ORT."""
        import_module("projects.personnes")
        import_module("projects.evaluations.deplacement")
