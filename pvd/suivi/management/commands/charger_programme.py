from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from communes.models import Labellisation
from ort.models import Convention
from pvd.suivi.chargement import deliver_folders, load_folders
from socle.fichiers.lignes import Sort
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.francais import pluriel

SHIPPED = settings.BASE_DIR / "donnees" / "herault"
# What all départements name in their records: it comes first.
NATIONAL = settings.BASE_DIR / "donnees" / "national"
LEFT = "gardé : un agent l'a écrit"


class Command(BaseCommand):
    help = (
        "Charge les tables nationales, puis les fiches d'un dossier (par défaut celles de l'Hérault), "
        "dans une base qui n'en a pas encore. Dans une base déjà tenue, dit combien de fiches livrées y "
        "manquent ou diffèrent ; --ecarts les montre, --appliquer les écrit. Ce que des agents ont écrit "
        "ou retiré reste."
    )

    def add_arguments(self, parser):
        parser.add_argument("dossier", nargs="?", type=Path, default=SHIPPED)
        parser.add_argument(
            "--ecarts",
            action="store_true",
            help="montre ce que le dossier apporterait, fiche par fiche",
        )
        parser.add_argument(
            "--appliquer",
            action="store_true",
            help="écrit, dans une base déjà remplie, ce que des agents n'ont pas écrit eux-mêmes",
        )
        parser.add_argument(
            "--mettre-a-jour",
            action="store_true",
            help="charge aussi dans une base déjà remplie : les valeurs du dossier l'emportent",
        )

    def handle(self, dossier, ecarts, appliquer, mettre_a_jour, **options):
        recorded = Labellisation.objects.exists() or Convention.objects.exists()
        folders = dict.fromkeys([NATIONAL, dossier.resolve()])
        try:
            if recorded and not mettre_a_jour:
                delivered = deliver_folders(folders, appliquer)
                self.tell(delivered, ecarts or appliquer, appliquer)
            else:
                self.tell_loaded(load_folders(folders))
        except FichierRefuse as error:
            raise CommandError(f"Rien n'a été chargé.\n{error}") from None

    def tell_loaded(self, loaded):
        for name, apercu in loaded:
            comptes = ", ".join(f"{count} {outcome}" for outcome, count in apercu.bilan.items())
            self.stdout.write(f"{name} : {comptes}")

    def tell(self, delivered, shown, appliquer):
        """Say what the files bring to a base that is kept, or how much of it there is."""
        brought = sum(apercu.a_ecrire for _, apercu in delivered)
        if not brought and not shown:
            self.stdout.write("Programme : déjà enregistré, rien à charger.")
            return
        if shown:
            for name, apercu in delivered:
                for ligne in apercu.lignes:
                    self.tell_row(name, ligne)
        counted = pluriel(brought, "fiche livrée,fiches livrées")
        if appliquer:
            self.stdout.write(f"Programme : {counted} de plus.")
        else:
            self.stdout.write(
                f"Programme : déjà enregistré ; {counted} en diffèrent. « manage.py charger_programme "
                "--ecarts » les montre, « --appliquer » les écrit."
            )

    def tell_row(self, name, ligne):
        where = f"{name}, ligne {ligne.numero}"
        for refus in ligne.refus:
            self.stdout.write(f"{where}, écartée : {refus}")
        for change in ligne.changements if ligne.sort != Sort.INCHANGEE else ():
            before = f"{change.avant or 'vide'} → " if ligne.sort == Sort.MODIFIEE else ""
            self.stdout.write(
                f"{where}, {ligne.fiche}, {change.colonne} : {before}{change.apres or 'vide'}"
            )
        for change in ligne.gardes:
            self.stdout.write(
                f"{where}, {ligne.fiche}, {change.colonne} : {LEFT} ({change.avant or 'vide'})"
            )
