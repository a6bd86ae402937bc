from projects.models.cofinancements import Alerte, CofinancementPoste, Financeur
from projects.models.dessertes import Desserte
from projects.models.occupations import MotifDepart, Occupation, TypeContrat
from projects.models.postes import Etat, Poste
from projects.models.purges import Purge
from projects.models.recrutements import Recrutement

__all__ = [
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
