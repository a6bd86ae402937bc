"""Opens a département, or France whole, from the files that the State publishes: the diff first."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from communes.comptes.ouverture import CompteRefuse, keep_for_owner, referent_of
from communes.models import Agent, Commune, Departement
from pvd.bureau.ouverture.ouverture import LISTES, Ouverture
from pvd.bureau.perimetre import Perimetre
from pvd.suivi.verifications import count_constats
from socle.dates import in_french, parse_date
from socle.fichiers.liste.avancement import tell_progress
from socle.fichiers.liste.commande import ECARTS, LINES_SHOWN, gaps, refused
from socle.fichiers.liste.jour import JourRefuse
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.fichiers.terminal import REFUSED, bad, content_of, write_gaps
from socle.francais import pluriel

MOTS = {"pvd": "Liste PVD", "ort": "Liste ORT"}


class Command(BaseCommand):
    help = (
        "Ouvre un département, ou la France entière (--tous) : les deux listes nationales, les contours, "
        "le compte du référent, et « d'après les listes nationales » là où rien n'était tenu. Rien n'est "
        "écrit sans --appliquer ; avec, tout ou rien. Rend 0 si les fichiers sont lus, 1 si l'un d'eux "
        "est refusé en entier, 2 si un argument est faux."
    )

    def add_arguments(self, parser):
        parser.add_argument("departement", nargs="?", help="le code du département : 30, 2A, 971")
        parser.add_argument("--tous", action="store_true", help="ouvre la France entière")
        for cle, mot in MOTS.items():
            parser.add_argument(f"--{cle}", type=Path, help=f"la {mot.lower()}, telle que publiée")
            parser.add_argument(
                f"--jour-{cle}",
                help="le jour de cette liste (AAAA-MM-JJ), si son nom ne le porte pas",
            )
        parser.add_argument(
            "--contours", type=Path, nargs="+", default=[], help="un ou plusieurs fichiers GeoJSON"
        )
        parser.add_argument("--annee", type=int, help="le millésime des contours")
        parser.add_argument("--attribution", default="", help="qui publie les contours")
        parser.add_argument("--referent", help="l'identifiant du référent départemental")
        parser.add_argument("--courriel", default="", help="l'adresse du référent")
        parser.add_argument("--appliquer", action="store_true", help="écrit ce qui est montré")
        parser.add_argument(
            "--sans-plancher", action="store_true", help="les listes ne sont que des extraits"
        )
        parser.add_argument("--ecarts", type=Path, help="le CSV où écrire ce qui est mis de côté")
        parser.add_argument("--tout", action="store_true", help="montre tous les détails")

    def handle(self, **asked):
        self.asked = asked
        ouverture = Ouverture(self.departement())
        self.refuse_incoherent(ouverture)
        write_gaps(self.asked["ecarts"], ["liste", *ECARTS], [])
        try:
            self.read(ouverture)
            if asked["appliquer"]:
                ouverture.write()
            else:
                ouverture.tell()
        except (FichierRefuse, CompteRefuse) as refusal:
            raise refused(refusal) from None
        self.show(ouverture)
        write_gaps(
            self.asked["ecarts"],
            ["liste", *ECARTS],
            [
                [cle, *row]
                for cle, lue in ouverture.listes.items()
                for row in gaps(lue.liste, lue.apercu)
            ],
        )
        self.conclude(ouverture)

    def departement(self):
        """Return the département that is opened, None for France."""
        code = self.asked["departement"]
        if bool(code) == self.asked["tous"]:
            raise bad("Dites un code de département, ou --tous : l'un des deux.")
        if not Commune.objects.exists():
            raise CommandError(
                "Aucune commune : « manage.py charger_territoire » se lance d'abord.",
                returncode=REFUSED,
            )
        if not code:
            return None
        found = Departement.objects.filter(pk=code.upper()).first()
        if found is None:
            raise bad(f"« {code} » : aucun département n'a ce code.")
        return found

    def refuse_incoherent(self, ouverture):
        """Refuse, as bad arguments, what cannot be asked together."""
        missing = [f"--{cle}" for cle in LISTES if self.asked[cle] is None]
        if missing:
            raise bad(f"Il manque {' et '.join(missing)} : les deux listes ouvrent un département.")
        referent, courriel = self.asked["referent"], self.asked["courriel"]
        if bool(referent) != bool(courriel):
            raise bad("--referent et --courriel vont ensemble.")
        if referent and ouverture.departement is None:
            raise bad("--referent est d'un département : il ne va pas avec --tous.")

    def read(self, ouverture):
        """Read every file before anything is written."""
        for cle in LISTES:
            path = self.asked[cle]
            try:
                ouverture.read_list(
                    cle,
                    path.name,
                    content_of(path),
                    self.day(f"jour_{cle}"),
                    self.asked["sans_plancher"],
                    tell_progress(self.stderr, MOTS[cle]),
                )
            except JourRefuse as refusal:
                raise bad(f"{path.name} : {refusal} Jour à donner : --jour-{cle}.") from None
        if self.asked["contours"]:
            files = [(path.name, content_of(path)) for path in self.asked["contours"]]
            ouverture.read_contours(files, self.asked["annee"], self.asked["attribution"].strip())
        if self.asked["referent"]:
            ouverture.compte = referent_of(
                ouverture.departement, self.asked["referent"], self.asked["courriel"]
            )

    def day(self, name):
        try:
            return parse_date(self.asked[name]) if self.asked[name] else None
        except ValueError as error:
            raise bad(f"--{name.replace('_', '-')} : {error}") from None

    def show(self, ouverture):
        """Show what each part brings, up to a few lines of each group."""
        limit = None if self.asked["tout"] else LINES_SHOWN
        for cle, lue in ouverture.listes.items():
            rows = pluriel(len(lue.table.lignes), "ligne,lignes")
            self.stdout.write(f"{MOTS[cle]} du {in_french(lue.liste.jour)} : {rows}.")
            for remarque in lue.remarques:
                self.stdout.write(f"  {remarque}")
            for words, told in lue.groupes:
                self.stdout.write(f"  {words}")
                for line in told[:limit]:
                    self.stdout.write(f"    {line}")
                if limit and len(told) > limit:
                    others = pluriel(len(told) - limit, "autre,autres")
                    self.stdout.write(f"    … et {others} (--tout les montre)")
        for line in told_beside(ouverture):
            self.stdout.write(line)

    def conclude(self, ouverture):
        """Say in counted sentences what was done, or would be, and what is left to check by hand."""
        changements = ouverture.changements
        if not changements:
            self.stdout.write("0 changement.")
        elif self.asked["appliquer"]:
            told = pluriel(changements, "changement,changements")
            self.stdout.write(self.style.SUCCESS(f"{told}, écrits d'un coup."))
        else:
            told = pluriel(changements, "changement,changements")
            self.stdout.write(f"{told} avec --appliquer. Rien n'est écrit.")
        if self.asked["appliquer"]:
            self.tell_password(ouverture)
            self.tell_left(ouverture)

    def tell_password(self, ouverture):
        """Give the password of a new account to whoever looks; what is no terminal may be a journal."""
        if not ouverture.mot_de_passe:
            return
        line = f"  identifiant : {ouverture.compte.username:<10} mot de passe : {ouverture.mot_de_passe}"
        if self.stdout.isatty():
            self.stdout.write(f"{line}\nNotez ce mot de passe : il ne sera plus jamais affiché.")
            return
        try:
            path = keep_for_owner([line])
        except OSError:
            self.stdout.write(
                "Son mot de passe n'a pas pu être gardé : donnez-lui-en un sur la fiche de son compte."
            )
        else:
            self.stdout.write(
                f"Son mot de passe est dans « {path} » : lisez-le, puis supprimez-le."
            )

    def tell_left(self, ouverture):
        """Say what is left to check: the list of the agents, which shrinks."""
        perimetre = Perimetre(Agent(is_superuser=True, is_active=True), ouverture.departement)
        left = count_constats(perimetre, timezone.localdate())
        page = "/admin/a-verifier/"
        if ouverture.departement:
            page += f"?departement={ouverture.departement.pk}"
        total = pluriel(sum(number for _, number in left), "constat,constats")
        self.stdout.write(f"Reste à vérifier : {total} ({page}).")
        for verification, number in left:
            self.stdout.write(f"  {verification.titre} : {number}")


def told_beside(ouverture):
    """Yield what is told of the contours, of the account and of how far the départements are known."""
    if lus := ouverture.contours:
        bilan = lus.bilan
        towns = pluriel(bilan.communes, "commune,communes")
        new = pluriel(bilan.nouveaux, "contour nouveau,contours nouveaux")
        yield f"Contours de {lus.annee} ({lus.attribution}) : {towns}, {new}."
        yield from (f"  {told}" for told in bilan.avertissements)
    if ouverture.compte:
        state = "nouveau" if ouverture.compte_nouveau else "existe déjà"
        yield f"Compte du référent « {ouverture.compte.username} » : {state}."
    if ouverture.a_relever:
        names = pluriel(len(ouverture.a_relever), "département,départements")
        yield f"« D'après les listes nationales » : {names} dont rien n'était tenu."
