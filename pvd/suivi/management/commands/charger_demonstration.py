import csv
import datetime
import io
import re

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from communes.models import Interlocuteur
from projects.actions.models import Action, Axe, Cout, FaitAction, Prevision
from projects.carnet.models import SUJETS
from projects.club.models import EvenementClub
from projects.etudes.models import Etude, FaitEtude
from projects.evaluations.models import Bilan, Presentation
from projects.financements.models import FaitFinancement
from projects.indicateurs.models import Cible, Releve
from projects.models import Contact, Note
from projects.postes.models import CofinancementPoste, Occupation, Poste, Recrutement
from pvd.suivi.chargement import FILES, load_text
from socle.dates import ISO, Precision
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.models import Affirmation, Source
from socle.sources import affirm, sourced_fields

STORIES = settings.BASE_DIR / "donnees" / "demonstration"
# The document that every made-up date names, and by which the database is known to be made up.
SOURCE = "donnees-fictives"
# What agents alone write, form by form: no file of the true records holds any.
SAISIS = {"interlocuteurs.csv": Interlocuteur, "contacts.csv": Contact, "notes.csv": Note}
# The columns that name what such a row is about.
SUJET_DE = (*SUJETS, "departement")
# What is made up, and has dates.
INVENTES = (
    *(Poste, Occupation, Recrutement, CofinancementPoste),
    *(FaitAction, Prevision, FaitEtude, Cout, FaitFinancement),
    *(Bilan, Cible, EvenementClub, Presentation, Releve),
)
# {J-30}: thirty days before the day of the demonstration; {A-1}: the year before.
MOMENT = re.compile(r"\{(?P<unit>[JA])(?P<shift>[+-]\d+)?\}")


def dated(text, jour):
    """Write the days and years that the files of the demonstration count from `jour`."""

    def moment(match):
        shift = int(match["shift"] or 0)
        if match["unit"] == "A":
            return str(jour.year + shift)
        return (jour + datetime.timedelta(days=shift)).isoformat()

    return MOMENT.sub(moment, text)


def jour_given(text):
    """Read the day of the option `--jour`."""
    if not ISO.fullmatch(text):
        raise ValueError
    return datetime.date.fromisoformat(text)


class Command(BaseCommand):
    help = (
        "Charge des postes, un interlocuteur, des contacts, des notes, des événements du Club, des plans "
        "d'action et des études inventés, avec leurs financements, dans la base de démonstration "
        "(PVD_DEMO=1), à la place de ceux qui sont connus. "
        "Refuse toute autre base."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--jour",
            type=jour_given,
            required=True,
            help="jour où la démonstration se passe, AAAA-MM-JJ : toutes les dates s'y rapportent",
        )

    def handle(self, jour, **options):
        self.refuse_a_true_database()
        if Source.objects.filter(cle=SOURCE).exists():
            self.stdout.write("Démonstration : déjà chargée.")
            return
        try:
            self.load(jour)
        except FichierRefuse as error:
            raise CommandError(f"Rien n'a été chargé.\n{error}") from None

    def refuse_a_true_database(self):
        """Refuse a site that is not the demonstration, and a database where people are recorded."""
        if not settings.PVD_DEMO or settings.PRODUCTION:
            raise CommandError(
                "Ce n'est pas le site de démonstration : rien n'est chargé. Lancez « make demo »."
            )
        kept = any(model.objects.exists() for model in (Occupation, *SAISIS.values()))
        if kept and not Source.objects.filter(cle=SOURCE).exists():
            raise CommandError(
                "Cette base contient des titulaires, des interlocuteurs, des contacts ou des notes "
                "qui ne sont pas ceux de la démonstration : rien n'est chargé."
            )

    @transaction.atomic
    def load(self, jour):
        """Replace what is known by what is made up: beside a true record, one could be taken for true."""
        Poste.objects.all().delete_each()
        Etude.objects.all().delete_each()
        Action.objects.all().delete_each()
        Axe.objects.all().delete_each()
        Affirmation.objects.filter(champ="axes").delete_each()
        EvenementClub.objects.all().delete_each()
        for name in FILES:
            path = STORIES / name
            if path.exists():
                apercu = load_text(name, dated(path.read_text(encoding="utf-8"), jour))
                self.stdout.write(f"{name} : {apercu.bilan['créées']} créées")
        self.affirm_all(Source.objects.get(cle=SOURCE))
        for name, model in SAISIS.items():
            text = dated((STORIES / name).read_text(encoding="utf-8"), jour)
            self.stdout.write(f"{name} : {self.keep(model, text)} créées")

    def keep(self, model, text):
        """Make a record of each row of `text`; return their number."""
        rows = list(csv.DictReader(io.StringIO(text)))
        for row in rows:
            said = {name: value for name, value in row.items() if value}
            about = {f"{name}_id": said.pop(name, None) for name in SUJET_DE if name in row}
            record = model(**about, **said)
            record.full_clean()
            record.save()
        return len(rows)

    def affirm_all(self, source):
        """Name the source of every made-up date, as an agent would have."""
        for model in INVENTES:
            for record in model.objects.all():
                for champ in sourced_fields(model):
                    if said := getattr(record, champ):
                        affirm(record, champ, f"{said:%d/%m/%Y}", source, Precision.JOUR)
