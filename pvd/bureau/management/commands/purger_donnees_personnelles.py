import getpass

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from projects.carnet.purge import ContactsPartis
from projects.postes.purge import erase, prepare
from pvd.signalements.models import Signalement
from socle.dates import in_french

MOST_YEARS = 100


def account():
    """Return the account of the machine that runs the command, or nothing if it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""


class Command(BaseCommand):
    help = (
        "Efface le nom, le courriel et le téléphone des titulaires partis depuis plus de N années, "
        "dans les fiches et dans leur historique ; les périodes restent. Supprime les contacts partis "
        "depuis plus de N années, et les signalements clos depuis un an. Sans --confirmer, dit ce qui "
        "serait effacé et ne change rien. Les notes, les motifs et les sources, écrits librement, ne "
        "sont pas relus."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--avant-annees",
            type=int,
            required=True,
            metavar="N",
            help="partis depuis plus de N années",
        )
        parser.add_argument("--confirmer", action="store_true", help="efface vraiment")

    def handle(self, avant_annees, confirmer, **options):
        if not 1 <= avant_annees <= MOST_YEARS:
            raise CommandError(f"--avant-annees : de 1 à {MOST_YEARS} attendu.")
        jour = timezone.localdate()
        effacement = prepare(avant_annees, jour)
        signalements = Signalement.objects.clos_depuis_un_an(jour)
        contacts = ContactsPartis(avant_annees, jour)
        self.tell(effacement, contacts, signalements.count())
        found = effacement.occupations or effacement.fichiers or contacts or signalements.exists()
        if not found:
            self.stdout.write("Il n'y a rien à effacer.")
        elif confirmer:
            with transaction.atomic():
                trace = erase(effacement, timezone.now(), account())
                trace.contacts = len(contacts)
                contacts.erase()
                trace.signalements, _ = signalements.delete()
                trace.save()
            self.stdout.write("Effacés. La trace est gardée, sans les données.")
        else:
            self.stdout.write("Rien n'a été changé : relancez avec --confirmer pour effacer.")

    def tell(self, effacement, contacts, signalements):
        """Say what there is to erase, before anything is."""
        self.stdout.write(
            f"Titulaires partis avant le {in_french(effacement.partis_avant)} dont l'identité est "
            f"connue : {len(effacement.occupations)}"
        )
        self.stdout.write(f"Versions de l'historique qui les nomment : {effacement.versions}")
        self.stdout.write(f"Contacts partis de même : {len(contacts)}")
        self.stdout.write(f"Versions de leur historique : {len(contacts.versions)}")
        self.stdout.write(f"Fichiers d'import expirés : {effacement.fichiers}")
        self.stdout.write(f"Signalements clos depuis un an : {signalements}")
