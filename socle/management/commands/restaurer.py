from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from socle.francais import pluriel
from socle.sauvegarde import SauvegardeRefusee, archive


class Command(BaseCommand):
    help = (
        "Refait le site d'une archive de « sauvegarder », le site étant arrêté. Une base ou des "
        "documents qui sont déjà là ne sont remplacés qu'avec --force."
    )

    def add_arguments(self, parser):
        parser.add_argument("archive", type=Path)
        parser.add_argument(
            "--force", action="store_true", help="remplace la base et les documents qui sont là"
        )

    def handle(self, force, **options):
        try:
            bilan = archive.restore(options["archive"], force)
        except SauvegardeRefusee as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            f"Restaurés : la base et {pluriel(bilan.documents, 'document,documents')}."
        )
        if bilan.gardes:
            self.stdout.write(
                f"Gardés à côté, que l'archive n'a pas : {pluriel(bilan.gardes, 'document,documents')}."
            )
        if bilan.cle:
            self.stdout.write(
                f"Clé secrète : écrite dans « {bilan.cle} ». Si la vôtre est dans PVD_SECRET_KEY, "
                "recopiez-l'y et supprimez ce fichier."
            )
        else:
            self.stdout.write("Clé secrète : l'archive n'en a pas, celle du site reste.")
        self.stdout.write("Passez « manage.py migrate », puis ouvrez le site.")
