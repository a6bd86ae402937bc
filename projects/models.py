"""The records of the projet de territoire, a folder a subject; Django looks for them here."""

from projects.carnet.models import Contact, Fonction, Note
from projects.postes.models.cofinancements import Alerte, CofinancementPoste, Financeur
from projects.postes.models.dessertes import Desserte
from projects.postes.models.occupations import MotifDepart, Occupation, TypeContrat
from projects.postes.models.postes import Etat, Poste
from projects.postes.models.purges import Purge
from projects.postes.models.recrutements import Recrutement

__all__ = [
    "Alerte",
    "CofinancementPoste",
    "Contact",
    "Desserte",
    "Etat",
    "Financeur",
    "Fonction",
    "MotifDepart",
    "Note",
    "Occupation",
    "Poste",
    "Purge",
    "Recrutement",
    "TypeContrat",
]
