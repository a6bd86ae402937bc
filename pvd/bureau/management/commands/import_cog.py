"""Load one vintage of the official découpage from the files of its package."""

from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from communes.models import Agent
from communes.territoire.decoupage import Choix, DecoupageError, read_folder, read_package
from communes.territoire.decoupage.journal import hold_the_territory
from pvd.bureau.referentiel.millesime import RevueDeMillesime, refuse_far_year, take_back_vintage
from socle.historique import signed_by

LINES_SHOWN = 10


class Command(BaseCommand):
    help = (
        "Compare un millésime du découpage administratif à la base, et montre ce qui changerait, avec "
        "les communes lauréates, les ORT et les postes que cela touche. Rien n'est écrit sans "
        "--appliquer. --annuler défait le dernier chargement de ce millésime, tant que rien n'en dépend."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "dossier",
            nargs="?",
            type=Path,
            help="paquet @etalab/decoupage-administratif (.tgz, .tar.xz, .zip), ou son dossier « data »",
        )
        parser.add_argument(
            "--annee", type=int, required=True, help="année du millésime, vrai à son 1er janvier"
        )
        parser.add_argument("--appliquer", action="store_true", help="écrire les changements")
        parser.add_argument("--annuler", action="store_true", help="défaire ce millésime")
        parser.add_argument(
            "--agent", help="l'identifiant de l'administrateur national qui le fait"
        )
        parser.add_argument("--tout", action="store_true", help="montrer tous les détails")
        for choix in (Choix.GARDER, Choix.MILLESIME, Choix.LES_DEUX):
            parser.add_argument(
                f"--{choix}",
                type=int,
                nargs="*",
                default=[],
                metavar="N",
                help=f"mouvements enregistrés à la main, contredits : {choix}",
            )
        parser.add_argument(
            "--sans-plancher",
            action="store_true",
            help="accepter un fichier qui a bien moins de communes que la France",
        )

    @transaction.atomic
    def handle(self, *args, annee, annuler, agent, **options):
        account = self.account(agent)
        try:
            refuse_far_year(annee)
            with signed_by(account):
                if annuler:
                    self.take_back(annee, account)
                else:
                    self.load(annee, **options)
        except DecoupageError as error:
            raise CommandError(f"{error} Rien n'est écrit.") from error

    def account(self, name):
        """Return the account that does it, if one is told: only the national level may."""
        if not name:
            return None
        account = Agent.objects.filter(username=name, is_active=True, is_superuser=True).first()
        if account is None:
            raise CommandError(f"--agent {name} : ce n'est pas un administrateur national.")
        return account

    def take_back(self, annee, account):
        if account is None:
            raise CommandError("--annuler demande --agent : l'historique dit qui l'a fait.")
        try:
            take_back_vintage(annee, account, f"Annulation du millésime {annee}")
        except PermissionDenied as error:
            raise DecoupageError("Ce compte ne peut pas l'annuler.") from error
        self.stdout.write(self.style.SUCCESS(f"Le millésime {annee} est annulé."))

    def load(self, annee, dossier, appliquer, tout, sans_plancher, **options):
        if dossier is None:
            raise DecoupageError("Le dossier ou le paquet du millésime est attendu.")
        hold_the_territory()
        choices = {Choix(c): options[c.replace("-", "_")] for c in Choix}
        decisions = {cle: choix for choix, cles in choices.items() for cle in cles}
        revue = RevueDeMillesime(read_vintage(dossier, annee, floors=not sans_plancher), decisions)
        if revue.undecided:
            self.show_undecided(revue)
            return
        self.show(revue, None if tout else LINES_SHOWN)
        if not revue.changes_something:
            return
        if appliquer:
            revue.apply()
            self.stdout.write(self.style.SUCCESS("Les changements sont écrits."))
        else:
            self.stdout.write("Rien n'est écrit. Pour écrire : la même commande et --appliquer.")

    def show_undecided(self, revue):
        """Show what was recorded by hand and that the vintage contradicts, and how to decide."""
        self.stdout.write("Le millésime dit autre chose que ce qui est enregistré à la main :")
        for difference in revue.undecided:
            possible = ", ".join(f"--{choix}" for choix in difference.possibles)
            self.stdout.write(f"  {difference.fait.cle} {difference} ({possible})")
        self.stdout.write("Rien n'est écrit. Décidez de chacun : --garder 12 --millesime 13.")

    def show(self, revue, limit):
        """Show the counts, then the details of each kind, up to `limit` lines: those touched first."""
        self.stdout.write(f"Millésime {revue.annee} comparé à la base :")
        self.stdout.write(revue.total)
        for line in revue.counts:
            self.stdout.write(f"  {line}")
        for titre, lines in revue.lignes().items():
            self.stdout.write(f"\n{titre[0].upper()}{titre[1:]}")
            for line in lines[:limit]:
                self.stdout.write(f"  {line.texte}")
                for touche in line.touches:
                    self.stdout.write(f"    touche : {touche}")
            if limit and len(lines) > limit:
                others = len(lines) - limit
                self.stdout.write(f"  … et {others} autre{'s' if others > 1 else ''}")


def read_vintage(path, annee, *, floors):
    """Return the vintage of a folder, or of a package."""
    if path.is_dir() or not path.exists():
        return read_folder(path, annee, floors=floors)
    return read_package(path.read_bytes(), annee, floors=floors)
