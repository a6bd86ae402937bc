from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from communes.models import Labellisation
from ort.models import Convention
from pvd.suivi.chargement import load_folder
from socle.fichiers.tableau.fichier import FichierRefuse

SHIPPED = settings.BASE_DIR / "donnees" / "herault"


class Command(BaseCommand):
    help = (
        "Charge les fiches d'un dossier (par défaut celles de l'Hérault) dans une base qui n'en a "
        "pas encore. Une base déjà tenue par des agents n'est touchée qu'avec --mettre-a-jour."
    )

    def add_arguments(self, parser):
        parser.add_argument("dossier", nargs="?", type=Path, default=SHIPPED)
        parser.add_argument(
            "--mettre-a-jour",
            action="store_true",
            help="charge aussi dans une base déjà remplie : les valeurs du dossier l'emportent",
        )

    def handle(self, dossier, mettre_a_jour, **options):
        recorded = Labellisation.objects.exists() or Convention.objects.exists()
        if recorded and not mettre_a_jour:
            self.stdout.write("Programme : déjà enregistré, rien à charger.")
            return
        try:
            loaded = load_folder(dossier)
        except FichierRefuse as error:
            raise CommandError(f"Rien n'a été chargé.\n{error}") from None
        for name, apercu in loaded.items():
            comptes = ", ".join(f"{count} {outcome}" for outcome, count in apercu.bilan.items())
            self.stdout.write(f"{name} : {comptes}")
