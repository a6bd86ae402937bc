"""The imports of the back office from a terminal: the same reading, the same judgement, the same writing."""

from pathlib import Path

from django.contrib import admin
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from communes.models import Agent
from socle.admin.imports import ImportAdmin, may_write
from socle.fichiers.correspondance import sure_columns
from socle.fichiers.depot import Depot
from socle.fichiers.deroulement import Depasse, preview, read_sent, write
from socle.fichiers.entetes import read_table
from socle.fichiers.lignes import Sort
from socle.fichiers.provenance import Provenance
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.fichiers.terminal import REFUSED, bad, content_of, write_gaps
from socle.francais import pluriel
from socle.historique import signed_by
from socle.models import ColonneRetenue, Source

MEANWHILE = "Rien n'a été écrit : des fiches ont changé depuis l'aperçu. Relancez la commande."
ECARTS = ["ligne", "colonne", "valeur", "motif"]


def sorts():
    """Return the Resource of each sort of file that the back office imports, but of those that ask."""
    admins = [a for a in admin.site._registry.values() if isinstance(a, ImportAdmin)]
    return {
        sort: ressource
        for each in admins
        for sort, ressource in each.imports.items()
        if not ressource.questions
    }


class Command(BaseCommand):
    help = (
        "Dit ce que ferait un tableau (XLSX, XLS, ODS, CSV), lu comme par l'espace agents au nom d'un "
        "agent ; avec --appliquer, l'écrit. Rend 0 si le tableau est lu, 1 s'il est refusé en entier, 2 "
        "si un argument est faux."
    )

    def add_arguments(self, parser):
        parser.add_argument("fichier", type=Path)
        parser.add_argument(
            "--sorte", required=True, help="ce que le tableau contient : postes, ort…"
        )
        parser.add_argument("--agent", required=True, help="l'identifiant de l'agent qui l'envoie")
        parser.add_argument(
            "--feuille", default="", help="la feuille à lire, s'il y en a plusieurs"
        )
        parser.add_argument("--source", help="la clé du document qui dit les dates")
        parser.add_argument(
            "--connaissance", action="store_true", help="le service sait ces dates par lui-même"
        )
        parser.add_argument(
            "--raison", default="Import d'un tableau", help="le motif, pour l'historique"
        )
        parser.add_argument("--ecarts", type=Path, help="le CSV où écrire les lignes refusées")
        parser.add_argument("--appliquer", action="store_true", help="écrit les bonnes lignes")

        parser.add_argument(
            "--autre-jour",
            action="store_true",
            help="lit même un fichier qui dit la situation d'un autre jour",
        )

    def handle(self, fichier, sorte, agent, feuille, ecarts, appliquer, **options):
        ressource, user = self.ressource_of(sorte), self.agent_of(agent)
        if not may_write(user, ressource):
            raise bad(f"{user} ne peut pas écrire cette sorte de fiche.")
        provenance = self.provenance_of(**options)
        try:
            sent = content_of(fichier), fichier.name
            lu = read_sent(ressource, *sent, user, feuille, options["autre_jour"])
            known = ColonneRetenue.objects.of_sort(user, sorte)
            columns = sure_columns(lu, ressource, known)
            depot = Depot(user.pk, sorte, options["raison"], None, lu, colonnes=columns)
            ressource.hear(depot)
            table = read_table(lu, ressource, columns)
        except FichierRefuse as refusal:
            write_gaps(ecarts, ECARTS, [["", "", "", str(refusal)]])
            raise CommandError(str(refusal), returncode=REFUSED) from None
        apercu = preview(ressource, table, user, provenance)
        self.tell(apercu, lu)
        write_gaps(ecarts, ECARTS, gaps(apercu))
        if appliquer:
            self.write(depot, table, user, provenance, apercu)
            self.stdout.write(self.style.SUCCESS(f"{written(apercu)}."))
        else:
            self.stdout.write(f"{written(apercu)} avec --appliquer. Rien n'est écrit.")

    def ressource_of(self, sorte):
        known = sorts()
        if sorte not in known:
            raise bad(f"--sorte « {sorte} » : attendu {', '.join(sorted(known))}.")
        return known[sorte]()

    def agent_of(self, username):
        user = Agent.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise bad(f"--agent « {username} » : aucun compte ouvert de ce nom.")
        return user

    def provenance_of(self, source, connaissance, **options):
        """Return who says the dates of the file, or None."""
        if source and connaissance:
            raise bad("--source ou --connaissance, pas les deux.")
        if connaissance:
            return Provenance(Source.connaissance_du_service(timezone.localdate()))
        if not source:
            return None
        found = Source.objects.filter(cle=source).first()
        if found is None:
            raise bad(f"--source « {source} » : aucune source n'a cette clé.")
        return Provenance(found)

    def write(self, depot, table, user, provenance, apercu):
        """Write what the preview told, and nothing when an agent changed it meanwhile."""
        ressource = self.ressource_of(depot.sorte)
        ressource.hear(depot)
        try:
            with signed_by(user):
                write(ressource, table, user, provenance, depot, apercu.empreinte)
        except Depasse:
            raise CommandError(MEANWHILE, returncode=REFUSED) from None

    def tell(self, apercu, lu):
        """Write what each row would do, then how many of each sort."""
        for remarque in lu.remarques:
            self.stdout.write(remarque)
        for ligne in apercu.lignes:
            for told in told_of(ligne):
                self.stdout.write(f"ligne {ligne.numero}, {ligne.sort} : {told}")
        counts = [f"{apercu.comptes[sort]} {sort}" for sort in Sort]
        self.stdout.write(", ".join(counts))


def told_of(ligne):
    """Return what is said of a row; nothing of one that changes nothing."""
    if ligne.refus:
        return [str(refus) for refus in ligne.refus]
    return [
        f"{ligne.fiche}, {c.colonne} : {c.avant or 'vide'} → {c.apres or 'vide'}"
        for c in ligne.changements
    ]


def gaps(apercu):
    """Return the cells that were refused, as the rows of a table."""
    return [
        [
            ligne.numero,
            getattr(refus, "colonne", ""),
            getattr(refus, "valeur", ""),
            getattr(refus, "raison", str(refus)),
        ]
        for ligne in apercu.of(Sort.REFUSEE)
        for refus in ligne.refus
    ]


def written(apercu):
    return pluriel(apercu.a_ecrire, "ligne écrite,lignes écrites")
