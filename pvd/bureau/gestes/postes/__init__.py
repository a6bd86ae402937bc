"""What happens to a chef de projet post: it opens, people come and go, it is funded, it closes."""

from pvd.bureau.gestes.postes.cofinancements import AjouterCofinancement
from pvd.bureau.gestes.postes.dessertes import AjouterCommunesAuPoste, RetirerCommunesDuPoste
from pvd.bureau.gestes.postes.existence import FermerPoste, OuvrirPoste
from pvd.bureau.gestes.postes.offres import IssueOffre, PublierOffre
from pvd.bureau.gestes.postes.titulaires import Arrivee, ChangerTitulaire, Depart, ProlongerContrat

__all__ = [
    "AjouterCofinancement",
    "AjouterCommunesAuPoste",
    "Arrivee",
    "ChangerTitulaire",
    "Depart",
    "FermerPoste",
    "IssueOffre",
    "OuvrirPoste",
    "ProlongerContrat",
    "PublierOffre",
    "RetirerCommunesDuPoste",
]
