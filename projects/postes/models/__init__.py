from projects.postes.models.cofinancements import Alerte, CofinancementPoste, Financeur
from projects.postes.models.dessertes import Desserte
from projects.postes.models.occupations import MotifDepart, Occupation, TypeContrat
from projects.postes.models.postes import EMPLOYEURS, SANS_PERSONNE, Etat, Poste
from projects.postes.models.purges import Purge
from projects.postes.models.recrutements import Recrutement

__all__ = [
    "EMPLOYEURS",
    "SANS_PERSONNE",
    "Alerte",
    "CofinancementPoste",
    "Desserte",
    "Etat",
    "Financeur",
    "MotifDepart",
    "Occupation",
    "Poste",
    "Purge",
    "Recrutement",
    "TypeContrat",
]
