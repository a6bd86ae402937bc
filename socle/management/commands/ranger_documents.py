import time

from django.core.management.base import BaseCommand, CommandError

from socle.documents import modeles, stored_names
from socle.francais import pluriel

# A younger file may be that of a deposit under way, whose record is not in the base yet.
ONE_DAY = 24 * 3600
ANOTHER_BASE = (
    "La base ne connaît aucun fichier de ce dossier : est-ce la sienne ? Rien n'est retiré."
)


class Command(BaseCommand):
    help = (
        "Dit quels fichiers du dossier des documents ne sont ceux d'aucune fiche, ni d'aucune version de "
        "l'historique : un arrêt brutal pendant un dépôt en laisse. Avec --appliquer, retire ceux de plus "
        "d'un jour."
    )

    def add_arguments(self, parser):
        parser.add_argument("--appliquer", action="store_true", help="retire ces fichiers")

    def handle(self, appliquer, **options):
        # Whatever their sort, they share one folder.
        shared = modeles()[0]
        if fault := shared.folder_fault():
            raise CommandError(fault)
        # In this order: what is deposited between the two is in the base, and not in the list.
        files = shared.folder().files()
        known = set(stored_names())
        orphans = {name: path for name, path in sorted(files.items()) if name not in known}
        if appliquer and orphans and known.isdisjoint(files):
            raise CommandError(ANOTHER_BASE)
        removed = [self.settle(name, path, appliquer) for name, path in orphans.items()]
        counted = pluriel(len(orphans), "fichier orphelin,fichiers orphelins")
        self.stdout.write(f"{counted}, {pluriel(sum(removed), 'retiré,retirés')}.")

    def settle(self, name, path, appliquer):
        """Tell of an orphan, and remove it if it is to be; return whether it was."""
        old = path.stat().st_mtime < time.time() - ONE_DAY
        removed = old and appliquer
        if removed:
            path.unlink()
        told = "retiré" if removed else "orphelin" if old else "de moins d'un jour, laissé"
        self.stdout.write(f"{name} : {told}")
        return removed
