from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from socle.francais import pluriel
from socle.sauvegarde import SauvegardeRefusee, archive


class Command(BaseCommand):
    help = (
        "Écrit dans un dossier une archive du site, base et documents, et dit son chemin. Le site "
        "peut rester ouvert."
    )

    def add_arguments(self, parser):
        parser.add_argument("dossier", type=Path)
        parser.add_argument(
            "--cle", action="store_true", help="met aussi la clé secrète dans l'archive"
        )

    def handle(self, dossier, cle, **options):
        try:
            path, bilan = archive.write(dossier.absolute(), cle)
        except SauvegardeRefusee as refusal:
            raise CommandError(str(refusal)) from None
        self.tell(f"Sauvegardés : la base et {pluriel(bilan.documents, 'document,documents')}.")
        if bilan.perdus:
            lost = pluriel(bilan.perdus, "document,documents")
            self.tell(f"Attention, leur dossier n'a plus {lost} que la base nomme.")
        self.tell(
            "La clé secrète est dans l'archive : gardez-la comme un mot de passe."
            if cle
            else "La clé secrète n'y est pas : gardez-la ailleurs, ou ajoutez-la par CLE=1."
        )
        self.stdout.write(str(path))

    def tell(self, message):
        """Speak beside the output, where a script reads the path alone."""
        self.stderr.write(message, str)
