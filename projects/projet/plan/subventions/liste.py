"""What a préfecture lists of its grants: each joins the action that it funds, and makes none by itself."""

from projects.financements.models import FaitFinancement, Financement
from projects.projet.plan.subventions.lecture import MONTANTS
from projects.projet.plan.subventions.passage import PassageDesSubventions
from socle.fichiers.montants import unite_de
from socle.fichiers.sorte import SorteDeFichier

COLONNES = (
    *("numero_dossier", "intitule", "demandeur", "siren", "code_insee", "dotation", "annee"),
    *("cout_total", "assiette", "montant_demande", "montant_accorde", "taux", "date_depot"),
    *("date_decision", "date_notification", "numero_arrete", "statut", "action_identifiant"),
)
AUTRES_NOMS = {
    "numero_dossier": ("N° dossier", "N° de dossier", "Dossier"),
    "intitule": ("Intitulé du projet", "Opération", "Objet"),
    "demandeur": ("Bénéficiaire", "Maître d'ouvrage", "Porteur"),
    "siren": ("SIREN", "SIRET", "siren_demandeur"),
    "code_insee": ("INSEE", "Code commune", "INSEECOM"),
    "dotation": ("Dispositif", "Double dotation", "DOT"),
    "annee": ("Année", "Exercice", "Millésime"),
    "cout_total": ("Coût total", "Coût", "COUT", "Coût HT"),
    "assiette": ("Assiette subventionnable", "Dépense subventionnable", "Dépense éligible"),
    "montant_demande": (
        "Montant demandé",
        "Montant sollicité",
        "Sollicité ou obtenu",
        "Montant sollicité ou obtenu",
    ),
    "montant_accorde": ("Montant accordé", "Subvention", "SUBVENTION", "Montant attribué"),
    "taux": ("Taux accordé", "Taux de subvention"),
    "date_depot": ("Date de dépôt",),
    "date_decision": ("Date d'arrêté", "Date de décision"),
    "date_notification": ("Date de notification", "Notifié le"),
    "numero_arrete": ("N° arrêté", "N° d'arrêté"),
    "statut": ("Statut du dossier", "État"),
    "action_identifiant": ("Action", "identifiant"),
}


class ListeDesSubventions(SorteDeFichier):
    """One row a grant, known by its dossier, or by the identifier of its action."""

    titre = "Une liste de subventions : l'extrait d'une préfecture ou de Turgot"
    models = (Financement, FaitFinancement)
    written_models = ()
    columns = list(COLONNES)
    groupes = (("", list(COLONNES)),)
    brutes = frozenset(COLONNES)
    key_columns, required_columns = ("dotation",), ("dotation",)
    autres_noms = {name: column for column, names in AUTRES_NOMS.items() for name in names}
    informatives = ("Arrondissement", "Commentaire", "Budget vert", "Catégorie d'opération")
    codes, temoins, dated_sources, calculees, trompeuses, a_defaut = {}, {}, {}, {}, {}, {}
    precisions = {}
    cle, extra_columns = None, ()
    exemple = {
        "numero_dossier": "12345678",
        "intitule": "Requalification d'une place",
        "siren": "213401426",
        "code_insee": "34142",
        "dotation": "DETR",
        "annee": "2024",
        "cout_total": "612000,00",
        "assiette": "612000,00",
        "montant_accorde": "183600,00",
        "taux": "30",
        "date_decision": "12/03/2024",
        "numero_arrete": "2024-001",
        "action_identifiant": "lod-c1",
    }

    def __init__(self):
        self.entetes, self.unites = {}, {}

    def get_import_fields(self):
        return []

    def hear(self, depot):
        self.entetes = {column: header for header, column in depot.colonnes.items() if column}
        self.unites = {depot.colonnes[h]: unite for h, unite in depot.unites.items()}

    def unite_proposee(self, entete, column):
        return unite_de(entete) if column in MONTANTS else ""

    def unite_of(self, column):
        return self.unites.get(column) or unite_de(self.entetes.get(column, ""))

    def passage(self, table, user=None, provenance=None, for_good=False):
        return PassageDesSubventions(self, table, user, provenance, for_good)
