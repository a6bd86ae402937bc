from ort.models.avenants import Avenant
from ort.models.conventions import Convention
from ort.models.couvertures import CommuneCouverte
from ort.models.documents import Document
from ort.models.parties import Organisme, Partie, Secteur
from ort.models.propositions import Proposition
from ort.models.validations import ModificationExterieure, Validation

__all__ = [
    "Avenant",
    "CommuneCouverte",
    "Convention",
    "Document",
    "ModificationExterieure",
    "Organisme",
    "Partie",
    "Proposition",
    "Secteur",
    "Validation",
]
