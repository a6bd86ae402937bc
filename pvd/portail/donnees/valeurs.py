"""What each value of a column that has only a few means, in words: known again by the values themselves."""

from communes.models import Nature, Tenue
from ort.filtres import StatutOrt
from ort.models import Convention, Organisme, Partie
from projects.actions.models.actions import EntreePar, Etendue
from projects.actions.models.faits import NatureCout
from projects.actions.regles import EtatAction, PhaseAction
from projects.club.models.evenements import NatureEvenement
from projects.etudes.models.etudes import NatureEtude, NiveauEtude, RegimeEtude
from projects.etudes.regles import EtatEtude
from projects.evaluations.regles import EtatEcheance, NatureBilan
from projects.financements.models.dispositifs import NatureFinanceur
from projects.financements.models.financements import Forme
from projects.indicateurs.models.indicateurs import PerimetreIndicateur, Unite
from projects.indicateurs.models.mesures import EtatReleve
from projects.postes.models import Etat, Recrutement
from pvd.suivi.models import Chiffre
from pvd.suivi.regles import EtatPoste, Statut
from socle.dates import Precision
from socle.sources import Source

CHOIX = (
    Chiffre, Convention.Origine, EntreePar, Etat, EtatAction, EtatEcheance, EtatEtude, EtatPoste, EtatReleve,
    Etendue, Forme, Nature, NatureBilan, NatureCout, NatureEtude, NatureEvenement, NatureFinanceur,
    NiveauEtude, Partie.RolePartie, PerimetreIndicateur, PhaseAction, Precision, Recrutement.Issue,
    RegimeEtude, Source.Genre, Statut, StatutOrt, Tenue, Unite,
)  # fmt: skip
# Those that no choice of a model lists.
AUTRES = (
    {"convention": "par la convention elle-même", "avenant": "par un avenant"},
    {
        "commune": "une commune",
        "intercommunalite": "une intercommunalité",
        **dict(Organisme.Nature.choices),
    },
    {
        "labellisation": "le temps d'une commune dans le programme",
        "commune": "une commune",
        "ort": "une ORT",
        "avenant": "un avenant",
        "poste": "un poste de chef de projet",
        "millesime": "un millésime du découpage",
    },
    {
        "debut": "entrée dans le programme",
        "date_signature_adhesion": "signature de la convention d'adhésion",
        "fin": "sortie du programme",
        "date_entree_ort": "entrée dans l'ORT",
        "date_signature": "signature de l'acte",
        "date_ouverture": "ouverture du poste",
        "date_fermeture": "fermeture du poste",
        "date_effet": "jour d'effet",
    },
    {"HT": "hors taxes", "TTC": "toutes taxes comprises"},
    {"action": "une action", "etude": "une étude"},
    {"action": "une action", "ort": "une ORT", "commune": "une commune"},
    {
        "retire": "retiré : rien n'est plus accordé",
        "solde": "soldé : le solde est versé",
        "verse_en_partie": "versé en partie",
        "accorde": "accordé, rien n'est versé",
    },
    {
        "avance": "avance",
        "acompte": "acompte",
        "solde": "solde",
        "unique": "versement unique",
        "reversement": "reversement, au financeur",
    },
)
MOTS = {
    frozenset(map(str, words)): {str(value): str(word) for value, word in words.items()}
    for words in (*(dict(choix.choices) for choix in CHOIX), *AUTRES)
}


def mots_de(colonne):
    """Return what each value of a column means, in the order of its values; nothing where it has any."""
    values = list(map(str, colonne.contraintes.get("enum", ())))
    words = MOTS.get(frozenset(values)) or max(
        (known for known in MOTS.values() if known.keys() >= set(values)), key=len, default={}
    )
    return {value: words.get(value, value) for value in values}


def valeurs_dites(colonne):
    """Write « pourvu : pourvu ; vacant : vacant » for who reads; an empty text where any value may be."""
    return " ; ".join(
        value if value == word else f"{value} : {word}" for value, word in mots_de(colonne).items()
    )
