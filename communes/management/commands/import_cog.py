"""Load one vintage of the official découpage from the files of its package."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from communes.territoire.decoupage import (
    DecoupageError,
    compare,
    describe_counts,
    describe_total,
    load_territoire,
    read_folder,
    write_territoire,
)

LINES_SHOWN = 10
# The Code officiel géographique begins in 1943.
FIRST_YEAR = 1943


class Command(BaseCommand):
    help = (
        "Compare un millésime du découpage administratif à la base, et montre ce qui changerait. "
        "Rien n'est écrit sans --appliquer."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "dossier", help="dossier « data » du paquet @etalab/decoupage-administratif"
        )
        parser.add_argument(
            "--annee", type=int, required=True, help="année du millésime, vrai à son 1er janvier"
        )
        parser.add_argument("--appliquer", action="store_true", help="écrire les changements")
        parser.add_argument("--tout", action="store_true", help="montrer tous les détails")
        parser.add_argument(
            "--sans-plancher",
            action="store_true",
            help="accepter un fichier qui a bien moins de communes que la France",
        )

    @transaction.atomic
    def handle(self, *args, dossier, annee, appliquer, tout, sans_plancher, **options):
        this_year = timezone.localdate().year
        if not FIRST_YEAR <= annee <= this_year:
            raise CommandError(
                f"--annee {annee} : une année de {FIRST_YEAR} à {this_year} est attendue."
            )
        try:
            decoupage = read_folder(dossier, annee, floors=not sans_plancher)
            before = load_territoire()
            after = before.copy()
            after.apply(decoupage)
        except DecoupageError as error:
            raise CommandError(f"{error} Rien n'est écrit.") from error
        changes = compare(before, after, date(annee, 1, 1))
        self.show(annee, changes, None if tout else LINES_SHOWN)
        if not changes:
            return
        if appliquer:
            write_territoire(before, after)
            self.stdout.write(self.style.SUCCESS("Les changements sont écrits."))
        else:
            self.stdout.write("Rien n'est écrit. Pour écrire : la même commande et --appliquer.")

    def show(self, annee, changes, limit):
        """Show the counts, then the details of each kind, up to `limit` lines."""
        self.stdout.write(f"Millésime {annee} comparé à la base :")
        self.stdout.write(describe_total(changes))
        for line in describe_counts(changes):
            self.stdout.write(f"  {line}")
        for titre, lines in changes.items():
            self.stdout.write(f"\n{titre[0].upper()}{titre[1:]}")
            for line in lines[:limit]:
                self.stdout.write(f"  {line}")
            if limit and len(lines) > limit:
                others = len(lines) - limit
                self.stdout.write(f"  … et {others} autre{'s' if others > 1 else ''}")
