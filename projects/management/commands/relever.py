"""An official file, read for the communes of the programme: LOVAC."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from communes.models import Departement
from projects.indicateurs.lovac import LovacRessource, publish
from socle.dates import parse_date
from socle.fichiers.deroulement import deliver
from socle.fichiers.entetes import read_table
from socle.fichiers.lecture import read_ours
from socle.fichiers.lignes import Sort
from socle.fichiers.tableau.fichier import FichierRefuse

REFUSED, BAD_ARGUMENTS = 1, 2
SERIES = {"lovac": LovacRessource}
LEFT = "gardé : un agent l'a écrit"


def bad(message):
    return CommandError(message, returncode=BAD_ARGUMENTS)


class Command(BaseCommand):
    help = (
        "Dit ce que ferait un fichier officiel pour les communes du programme d'un département ; avec "
        "--appliquer, l'écrit, sans toucher à ce que des agents ont écrit. Rend 0 si le fichier est lu, 1 "
        "s'il est refusé, 2 si un argument est faux."
    )

    def add_arguments(self, parser):
        parser.add_argument("fichier", type=Path)
        parser.add_argument("--serie", required=True, choices=SERIES, help="ce qu'est le fichier")
        parser.add_argument("--departement", required=True, help="le code du département")
        parser.add_argument("--publie-le", type=parse_date, help="le jour de sa publication")
        parser.add_argument("--appliquer", action="store_true", help="écrit les relevés")

    def handle(self, fichier, serie, departement, publie_le, appliquer, **options):
        if not Departement.objects.filter(pk=departement).exists():
            raise bad(f"--departement « {departement} » : aucun département n'a ce code.")
        try:
            content = fichier.read_bytes()
        except OSError:
            raise bad(f"{fichier} : fichier introuvable ou illisible.") from None
        ressource = SERIES[serie]()
        try:
            kept = ressource.extrait(content, fichier.name, departement=departement)
            table = read_table(read_ours(kept, fichier.name), ressource)
        except FichierRefuse as refusal:
            raise CommandError(str(refusal), returncode=REFUSED) from None
        if publie_le:
            publish(table, publie_le)
        with transaction.atomic():
            apercu = deliver(ressource, table)
            ressource.warn(apercu.lignes)
            transaction.set_rollback(not appliquer)
        self.tell(apercu)
        if not appliquer:
            self.stdout.write("Rien n'est écrit : ajoutez --appliquer.")

    def tell(self, apercu):
        """Write what is to be looked at again, and how many rows of each sort."""
        for ligne in apercu.lignes:
            kept = [f"{change.colonne}, {LEFT} ({change.avant})" for change in ligne.gardes]
            for told in (*ligne.refus, *ligne.remarques, *kept):
                self.stdout.write(f"{ligne.fiche or ligne.numero} : {told}")
        self.stdout.write(", ".join(f"{apercu.comptes[sort]} {sort}" for sort in Sort))
