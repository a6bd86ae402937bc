"""The two lists that the State publishes of the programme: who publishes them, and what they look like.

Both are here, though the ORT are of another app, for each to be told from the other.
"""

from socle.fichiers.liste.document import DocumentDeListe
from socle.fichiers.liste.forme import FormeDeListe

ANCT = "Agence nationale de la cohésion des territoires (ANCT)"
DGALN = "Direction générale de l'aménagement, du logement et de la nature"
DATASETS = "https://www.data.gouv.fr/datasets"

DOCUMENT_PVD = DocumentDeListe(
    cle="anct-pvd",
    titre="Liste des communes du programme Petites villes de demain",
    editeur=ANCT,
    url=f"{DATASETS}/programme-petites-villes-de-demain/",
)
DOCUMENT_ORT = DocumentDeListe(
    cle="dgaln-ort",
    titre="Liste des communes couvertes par une opération de revitalisation de territoire",
    editeur=f"{DGALN} et {ANCT}",
    url=f"{DATASETS}/liste-des-communes-couvertes-par-des-operations-de-revitalisation-de-territoire/",
)
FORME_PVD = FormeDeListe(
    nom="la liste nationale des communes du programme (ANCT)",
    entetes=("insee_com", "lib_com", "id_pvd", "date_signature"),
)
FORME_ORT = FormeDeListe(
    nom="la liste nationale des communes couvertes par une ORT (DGALN)",
    entetes=("Code commune", "Statut de la commune", "Signée ?"),
)
