from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from communes.models import Commune, ContourCommune, ContourDepartement, FondDeFrance
from communes.territoire.contours.imports import write_contours, write_fond_de_france
from communes.territoire.contours.lecture import SHIPPED, read_archive, read_geojson
from socle.fichiers.lecture import FichierRefuse
from socle.francais import pluriel

ANNEES = range(1990, 2100)


class Command(BaseCommand):
    help = (
        "Charge les contours des cartes depuis des fichiers GeoJSON de communes ou de départements "
        "(longitude, latitude), qui remplacent ceux des mêmes territoires. Sans fichier : ceux "
        "livrés avec le projet, dans une base qui n'en a pas encore. Un contour hors de son "
        "département, ou qui se croise, fait tout refuser. Pour une limite exactement "
        "commune, charger ensemble les départements voisins."
    )

    def add_arguments(self, parser):
        parser.add_argument("fichiers", nargs="*", type=Path, metavar="fichier.geojson")
        parser.add_argument("--annee", type=int, help="le millésime des contours, par exemple 2026")
        parser.add_argument(
            "--attribution",
            help="qui les publie et sous quelle licence, par exemple "
            "« IGN, ADMIN EXPRESS COG, Licence Ouverte 2.0 » : la carte l'affiche",
        )

    def handle(self, fichiers, annee, attribution, **options):
        if not Commune.objects.exists():
            raise CommandError(
                "Aucune commune : « manage.py charger_territoire » se lance d'abord."
            )
        try:
            if fichiers:
                bilan = self.load_files(fichiers, annee, attribution)
            elif ContourCommune.objects.exists() or ContourDepartement.objects.exists():
                # A base whose contours are older than this table has not its row yet.
                if not FondDeFrance.objects.exists():
                    write_fond_de_france()
                self.stdout.write("Contours : déjà chargés.")
                return
            else:
                annee, attribution, traits = read_archive(SHIPPED)
                bilan = write_contours(traits, annee, attribution)
        except FichierRefuse as error:
            raise CommandError(f"{error} Rien n'est écrit.") from None
        for avertissement in bilan.avertissements:
            self.stdout.write(self.style.WARNING(avertissement))
        communes = pluriel(bilan.communes, "commune,communes")
        departements = pluriel(bilan.departements, "département,départements")
        self.stdout.write(self.style.SUCCESS(f"Contours chargés : {communes}, {departements}."))

    def load_files(self, fichiers, annee, attribution):
        """Read all the files before anything is written: the contours of two of them may touch."""
        if annee not in ANNEES:
            raise CommandError(
                "--annee est obligatoire : le millésime des contours, sur 4 chiffres."
            )
        if not (attribution or "").strip():
            raise CommandError("--attribution est obligatoire : la licence demande de la montrer.")
        if len(attribution) > ContourCommune._meta.get_field("attribution").max_length:
            raise CommandError("--attribution est trop longue : 200 caractères au plus.")
        traits = []
        for fichier in fichiers:
            try:
                content = fichier.read_bytes()
            except OSError:
                raise CommandError(f"{fichier} : fichier introuvable ou illisible.") from None
            traits += read_geojson(fichier.name, content)
        return write_contours(traits, annee, attribution.strip())
