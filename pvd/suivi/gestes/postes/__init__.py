"""What happens to a chef de projet post: it opens, people come and go, it is funded, it closes."""

from pvd.suivi.gestes.postes.cofinancements import AjouterCofinancement
from pvd.suivi.gestes.postes.dessertes import AjouterCommunesAuPoste, RetirerCommunesDuPoste
from pvd.suivi.gestes.postes.existence import FermerPoste, OuvrirPoste
from pvd.suivi.gestes.postes.offres import IssueOffre, PublierOffre
from pvd.suivi.gestes.postes.titulaires import (
    Arrivee,
    ChangerTitulaire,
    Depart,
    ProlongerContrat,
)

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
