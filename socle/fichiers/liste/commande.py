"""The command of a national list: the diff first, and what is written only when it is asked for."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from socle.dates import in_french, parse_date
from socle.fichiers.lignes import Sort
from socle.fichiers.liste.avancement import tell_progress
from socle.fichiers.liste.deroulement import tell, write
from socle.fichiers.liste.jour import JourRefuse, jour_de_la_liste
from socle.fichiers.liste.liste import ListeTropCourte
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.fichiers.terminal import REFUSED, bad, content_of, write_gaps
from socle.francais import liste, pluriel

ECARTS = ["ligne", "code_insee", "nom", "motif", "valeur"]
LINES_SHOWN = 20


class CommandeDeListe(BaseCommand):
    """Reads a list of a sort: a command names its `liste`, a `ListeNationale`, and says its `help`."""

    liste = None

    def add_arguments(self, parser):
        parser.add_argument("fichier", type=Path, help="la liste, telle qu'elle est publiée")
        parser.add_argument("--appliquer", action="store_true", help="écrit ce qui est montré")
        parser.add_argument(
            "--departement",
            action="append",
            help="ne lit que les lignes de ce département ; peut se répéter",
        )
        parser.add_argument(
            "--jour", help="le jour de la liste (AAAA-MM-JJ), si son nom ne le porte pas"
        )
        parser.add_argument("--ecarts", type=Path, help="le CSV où écrire ce qui est mis de côté")
        parser.add_argument(
            "--sans-plancher",
            action="store_true",
            help="le fichier n'est qu'un extrait : ce qui n'y est pas ne dit rien",
        )
        parser.add_argument("--tout", action="store_true", help="montre tous les détails")

    def handle(self, fichier, appliquer, departement, jour, ecarts, sans_plancher, tout, **options):
        self.lue = self.liste()
        self.lue.suivies = tell_progress(self.stderr, "Lecture")
        content = content_of(fichier)
        self.ask(fichier.name, departement, jour, sans_plancher)
        # Where it cannot be written is said before anything else is.
        write_gaps(ecarts, ECARTS, [])
        try:
            table = self.lue.read(content, fichier.name)
        except FichierRefuse as refusal:
            write_gaps(ecarts, ECARTS, [["", "", "", str(refusal), ""]])
            raise refused(refusal) from None
        apercu = write(self.lue, table) if appliquer else tell(self.lue, table)
        self.show(table, apercu, None if tout else LINES_SHOWN)
        write_gaps(ecarts, ECARTS, gaps(self.lue, apercu))
        self.conclude(apercu, appliquer)

    def ask(self, nom, departements, jour, partielle):
        """Tell the list what is asked of it; what cannot be is refused, as a bad argument."""
        if unknown := sorted(self.lue.inconnus(departements or ())):
            raise bad(f"--departement « {unknown[0]} » : aucun département n'a ce code.")
        try:
            dit = parse_date(jour) if jour else None
        except ValueError as error:
            raise bad(f"--jour : {error}") from None
        try:
            day = jour_de_la_liste(nom, dit, self.lue.plus_ancienne)
            self.lue.read_as(day, departements, partielle)
        except JourRefuse as refusal:
            raise bad(f"{nom} : {refusal} Jour à donner : --jour AAAA-MM-JJ.") from None

    def show(self, table, apercu, limit):
        """Show what the list brings, by group, up to `limit` lines of each."""
        rows = pluriel(len(table.lignes), "ligne,lignes")
        self.stdout.write(f"{table.nom}, liste du {in_french(self.lue.jour)} : {rows}.")
        for remarque in self.lue.remarques:
            self.stdout.write(remarque)
        for group, told in self.lue.par_groupe(apercu).items():
            self.stdout.write(f"\n{pluriel(len(told), self.lue.mots[group])}")
            for dit in told[:limit]:
                self.stdout.write(f"  {where(dit)} : {dit.phrase}")
            if limit and len(told) > limit:
                others = pluriel(len(told) - limit, "autre,autres")
                self.stdout.write(f"  … et {others} (--tout les montre)")
        self.stdout.write("")

    def conclude(self, apercu, appliquer):
        """Say in counted sentences what was done, or would be."""
        counts = [
            pluriel(len(told), self.lue.mots[group])
            for group, told in self.lue.par_groupe(apercu).items()
        ]
        if counts:
            self.stdout.write(f"{liste(counts)}.")
        changes = pluriel(apercu.a_ecrire, "changement,changements")
        if not apercu.a_ecrire:
            self.stdout.write("0 changement.")
        elif appliquer:
            self.stdout.write(self.style.SUCCESS(f"{changes}, écrits d'un coup."))
        else:
            self.stdout.write(f"{changes} avec --appliquer. Rien n'est écrit.")


def refused(refusal):
    """Return the error of a file that is refused: what is an extract, a command takes by an option."""
    way_out = " Pour un extrait : --sans-plancher." if isinstance(refusal, ListeTropCourte) else ""
    return CommandError(f"{refusal}{way_out} Rien n'est écrit.", returncode=REFUSED)


def where(dit):
    """Say which row it is, and of what."""
    row = f"ligne {dit.numero}" if dit.numero else ""
    return ", ".join(filter(None, (row, dit.sujet)))


def as_written(row, column):
    """Return a cell as the file writes it, before the reading put it right."""
    before = (cell for name, cell, _ in row.reparations if name == column)
    return next(before, row.cellules.get(column, ""))


def gaps(lue, apercu):
    """Return what was set aside, as the rows of a table."""
    return [
        [
            ligne.numero,
            as_written(ligne.lue, "code_insee"),
            lue.nom_dit(ligne.lue),
            getattr(refus, "raison", str(refus)),
            getattr(refus, "valeur", ""),
        ]
        for ligne in apercu.of(Sort.REFUSEE)
        for refus in ligne.refus
    ]
