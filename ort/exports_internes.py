"""What agents download of the ORT: the public columns, signed or not yet, and the internal ones."""

from ort.exports import AVENANTS, DUREE_TOTALE, ORT, ort_rows
from ort.imports_couvertures import CouvertureRessource
from ort.models import CommuneCouverte
from socle.fichiers.colonnes import Colonne, Export, colonne_champ, colonne_source, dits


def convention(row):
    return row.convention


CONVENTIONS = Export(
    "Exporter cette liste",
    (
        *(DUREE_TOTALE if c.nom == "duree_annees" else c for c in ORT.propres),
        colonne_source("source_signature", "date_signature", convention),
        colonne_champ("date_signature_prevue", record=convention),
        colonne_champ("duree_convention_annees", "duree_annees", convention),
        colonne_champ("vaut_ort", record=convention),
        colonne_champ("note_interne", record=convention),
    ),
    ort_rows,
)


def couverture_rows(conventions, jour):
    """Return the communes that `conventions` cover, ever covered or will cover."""
    covered = CommuneCouverte.objects.filter(convention__in=conventions.values("pk"))
    return covered.select_related("convention", "commune", "entree", "sortie").order_by(
        "convention__identifiant", "commune_id"
    )


def act(link, attribute):
    """Return how to read an attribute of an avenant of a coverage, if there is one."""
    return lambda couverture: getattr(getattr(couverture, link), attribute, None)


COUVERTURES = Export(
    "Leurs communes",
    (
        CouvertureRessource.cle.interne(),
        Colonne("ort_identifiant", lambda c: c.convention.identifiant, "ORT."),
        colonne_champ("code_insee", "commune_id"),
        Colonne("nom_commune", lambda c: c.commune.nom, "Nom de la commune."),
        Colonne("code_departement", lambda c: c.commune.departement_id, "Département."),
        colonne_champ("entree_par"),
        Colonne("date_avenant_entree", act("entree", "date_signature"), "Avenant d'entrée."),
        Colonne("date_avenant_sortie", act("sortie", "date_signature"), "Avenant de sortie."),
        Colonne("avenant_entree_identifiant", act("entree", "identifiant"), "Avenant d'entrée."),
        Colonne("avenant_sortie_identifiant", act("sortie", "identifiant"), "Avenant de sortie."),
        colonne_champ("remarques_enquete"),
    ),
    couverture_rows,
)


def avenant_rows(avenants, jour):
    """Return `avenants`, signed or not, with what they do and their sources."""
    return (
        avenants.select_related("convention")
        .prefetch_related("entrees", "sorties", "secteurs", "parties", dits())
        .order_by("convention__identifiant", "date_signature", "pk")
    )


AVENANTS_INTERNES = Export(
    "Exporter cette liste",
    (
        *(c for c in AVENANTS.propres if c.nom != "tenue"),
        colonne_source("source_signature", "date_signature"),
        colonne_champ("date_signature_prevue"),
        colonne_champ("duree_annees"),
        colonne_champ("objet"),
        colonne_champ("note_interne"),
    ),
    avenant_rows,
)
