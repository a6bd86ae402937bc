from ort.models.conventions import Avenant, CommuneCouverte, Convention
from ort.models.documents import Document
from ort.models.parties import Organisme, Partie, Secteur
from ort.models.validations import Validation

__all__ = [
    "Avenant",
    "CommuneCouverte",
    "Convention",
    "Document",
    "Organisme",
    "Partie",
    "Secteur",
    "Validation",
]
