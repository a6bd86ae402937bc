"""The records of a département as readable files, loaded in one go by the Resources of each app."""

from django.db import transaction
from import_export import widgets

from communes.models import Commune, Departement, Intercommunalite, Labellisation
from communes.programme.imports import LabellisationRessource, ProgrammeRessource, TenueRessource
from ort.imports import AvenantRessource, ConventionRessource
from ort.imports_couvertures import CouvertureRessource
from ort.models import Avenant, Convention, Organisme, Partie
from projects.actions.champs import champ_avenant
from projects.actions.imports import (
    AxeRessource,
    CoutRessource,
    DerogationRessource,
    FaitActionRessource,
    PrevisionRessource,
    ThemeRessource,
)
from projects.actions.imports_actions import ActionRessource
from projects.club.imports import (
    EvenementRessource,
    ParticipationRessource,
    RessourceRessource,
)
from projects.etudes.imports import (
    CoutEtudeRessource,
    EtudeRessource,
    FaitEtudeRessource,
    FinancementEtudeRessource,
)
from projects.evaluations.imports import BilanRessource, PresentationRessource
from projects.financements.imports import DispositifRessource, FinancementRessource, RegleRessource
from projects.financements.imports_faits import FaitFinancementRessource, VersementRessource
from projects.indicateurs.imports import CibleRessource, IndicateurRessource, ReleveRessource
from projects.postes.imports import (
    CofinancementRessource,
    DesserteRessource,
    OccupationRessource,
    RecrutementRessource,
)
from projects.postes.imports_postes import PosteRessource
from projects.postes.models import Poste
from pvd.suivi.models import Chiffre, ChiffrePublie
from socle.dates import parse_date
from socle.fichiers.champs import (
    Champ,
    TextWidget,
    champ_choix,
    champ_choix_nomme,
    champ_date,
    champ_fiche,
    champ_oui_non,
    champ_precision,
    champ_texte,
)
from socle.fichiers.champs_nombres import champ_entier
from socle.fichiers.deroulement import deliver, load
from socle.fichiers.entetes import read_table
from socle.fichiers.lecture import read_ours
from socle.fichiers.ressource import Ressource
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.models import Affirmation, Source
from socle.sources import record_type


class SourceRessource(Ressource):
    """One row per document."""

    cle = champ_texte("cle")
    genre = champ_choix_nomme("genre", Source.Genre, facultatif=False)
    titre = champ_texte("titre")
    editeur = champ_texte("editeur")
    date_document = champ_date("date_document")
    url = champ_texte("url")

    class Meta(Ressource.Meta):
        model = Source
        import_id_fields = ["cle"]
        fields = ["cle", "genre", "titre", "editeur", "date_document", "url"]


class OrganismeRessource(Ressource):
    """One row per body that funds, supports or employs."""

    nom = champ_texte("nom")
    nature = champ_choix("nature", Organisme.Nature)
    siren = champ_texte("siren")

    class Meta(Ressource.Meta):
        model = Organisme
        import_id_fields = ["nom"]
        fields = ["nom", "nature", "siren"]


class ChiffrePublieRessource(Ressource):
    """One row per figure that a document gives; without département, of France."""

    departement = champ_fiche("code_departement", "departement", Departement)
    chiffre = champ_choix("chiffre", Chiffre)
    jour = champ_date("jour")
    valeur = champ_entier("valeur")
    source = champ_fiche("source", "source", Source, "cle")
    note = champ_texte("note")

    class Meta(Ressource.Meta):
        model = ChiffrePublie
        import_id_fields = ["source", "departement", "chiffre", "jour"]
        fields = ["departement", "chiffre", "jour", "valeur", "source", "note"]


def commune_record(key):
    return Commune.objects.get(pk=key)


def labellisation_record(key):
    return Labellisation.objects.filter(commune=key).latest("debut")


def convention_record(key):
    return Convention.objects.get(identifiant=key)


def avenant_record(key):
    """Return the avenant that `ort-agde 2023-01-11` names: its convention and its day."""
    identifiant, _, day = key.partition(" ")
    return Avenant.objects.get(convention__identifiant=identifiant, date_signature=parse_date(day))


def poste_record(key):
    return Poste.objects.get(identifiant=key)


class PartieRessource(Ressource):
    """One row per party: whom a convention, or its avenant of `date_avenant`, names, one of three sorts.

    What says so is told once for the act: an affirmation on its `parties`.
    """

    convention = champ_fiche("ort_identifiant", "convention", Convention, "identifiant")
    avenant = champ_avenant("date_avenant", "avenant")
    commune = champ_fiche("code_insee", "commune", Commune)
    intercommunalite = champ_fiche("siren_epci", "intercommunalite", Intercommunalite)
    organisme = champ_fiche("organisme", "organisme", Organisme, "nom")
    role = champ_choix("role", Partie.RolePartie)
    date_deliberation = champ_date("date_deliberation")
    date_signature = champ_date("date_signature")

    class Meta(Ressource.Meta):
        model = Partie
        import_id_fields = ["convention", "commune", "intercommunalite", "organisme", "role"]
        fields = [*import_id_fields, "avenant", "date_deliberation", "date_signature"]


# For each kind of record, its model and how a file names one.
RECORDS = {
    "commune": (Commune, commune_record),
    "labellisation": (Labellisation, labellisation_record),
    "convention": (Convention, convention_record),
    "avenant": (Avenant, avenant_record),
    "poste": (Poste, poste_record),
}


class FicheWidget(TextWidget):
    """The identifier of the record that the columns `type_fiche` and `fiche` name."""

    def clean(self, value, row=None, **kwargs):
        if row["type_fiche"] not in RECORDS:
            return ""
        _, find = RECORDS[row["type_fiche"]]
        return str(find(value).pk)


class TypeFicheWidget(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        if value not in RECORDS:
            raise ValueError(f"attendu : {', '.join(RECORDS)}")
        model, _ = RECORDS[value]
        return record_type(model)


class AffirmationRessource(Ressource):
    """One row per thing that a source says of a field; those that disagree are not retained."""

    content_type = Champ(
        column_name="type_fiche", attribute="content_type", widget=TypeFicheWidget()
    )
    object_id = Champ(column_name="fiche", attribute="object_id", widget=FicheWidget())
    champ = champ_texte("champ")
    valeur_brute = champ_texte("valeur_brute")
    valeur = champ_texte("valeur")
    precision = champ_precision("precision")
    source = champ_fiche("source", "source", Source, "cle")
    retenue = champ_oui_non("retenue")
    note = champ_texte("note")

    class Meta(Ressource.Meta):
        model = Affirmation
        import_id_fields = ["object_id", "content_type", "champ", "source", "valeur_brute"]
        fields = [*import_id_fields, "valeur", "precision", "retenue", "note"]


# In the order in which they lean on each other.
FILES = {
    "sources.csv": SourceRessource,
    "programme.csv": ProgrammeRessource,
    "organismes.csv": OrganismeRessource,
    "themes.csv": ThemeRessource,
    "dispositifs.csv": DispositifRessource,
    "regles_dispositifs.csv": RegleRessource,
    "departements.csv": TenueRessource,
    "labellisations.csv": LabellisationRessource,
    "conventions.csv": ConventionRessource,
    "avenants.csv": AvenantRessource,
    "communes_couvertes.csv": CouvertureRessource,
    "parties.csv": PartieRessource,
    "axes.csv": AxeRessource,
    "actions.csv": ActionRessource,
    "faits.csv": FaitActionRessource,
    "previsions.csv": PrevisionRessource,
    "couts.csv": CoutRessource,
    "derogations.csv": DerogationRessource,
    "financements.csv": FinancementRessource,
    "faits_financements.csv": FaitFinancementRessource,
    "versements.csv": VersementRessource,
    "indicateurs.csv": IndicateurRessource,
    "cibles.csv": CibleRessource,
    "releves.csv": ReleveRessource,
    "etudes.csv": EtudeRessource,
    "faits_etudes.csv": FaitEtudeRessource,
    "couts_etudes.csv": CoutEtudeRessource,
    "financements_etudes.csv": FinancementEtudeRessource,
    "faits_financements_etudes.csv": FaitFinancementRessource,
    "versements_etudes.csv": VersementRessource,
    # A review freezes what is known of the plan: it comes once the plan and its money are there.
    "bilans.csv": BilanRessource,
    "presentations.csv": PresentationRessource,
    "postes.csv": PosteRessource,
    "dessertes.csv": DesserteRessource,
    "titulaires.csv": OccupationRessource,
    "recrutements.csv": RecrutementRessource,
    "cofinancements.csv": CofinancementRessource,
    "evenements.csv": EvenementRessource,
    "ressources.csv": RessourceRessource,
    "participations.csv": ParticipationRessource,
    "affirmations.csv": AffirmationRessource,
    "chiffres_publies.csv": ChiffrePublieRessource,
}


def load_folders(folders):
    """Load the files of some folders, all or nothing; return what became of the rows of each, by its name.

    Raises `FichierRefuse`, and writes nothing, as soon as a file has refused rows, when one cannot
    be read, or when a folder holds none of `FILES`.
    """
    with transaction.atomic():
        return [(path.name, load_text(path.name, decoded(path))) for path in present(folders)]


def deliver_folders(folders, appliquer):
    """Tell what the files of some folders bring to a base that agents keep, file by file; write it if asked.

    What agents have written stays as it is: see `deroulement.deliver`.
    """
    with transaction.atomic():
        delivered = [
            (path.name, deliver(*read_ressource(path.name, decoded(path))))
            for path in present(folders)
        ]
        transaction.set_rollback(not appliquer)
    return delivered


def present(folders):
    """Return the paths of the files of `FILES`, by folder; raises `FichierRefuse` for one without any."""
    paths = []
    for folder in folders:
        found = [folder / name for name in FILES if (folder / name).exists()]
        if not found:
            raise FichierRefuse(f"{folder} : aucun des fichiers attendus ({', '.join(FILES)}).")
        paths += found
    return paths


def decoded(path):
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FichierRefuse(f"{path.name} : octet {error.start} illisible en UTF-8.") from None


def load_text(name, text):
    """Load one file of `FILES`, given as text; return its `Apercu`; raises `FichierRefuse`."""
    return load(*read_ressource(name, text))


def read_ressource(name, text):
    """Return the Resource of one file of `FILES`, given as text, and its rows."""
    ressource = FILES[name]()
    return ressource, read_table(read_ours(text.encode(), name), ressource)
