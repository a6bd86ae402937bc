"""What a signed ORT opens for its communes: each effect with its article, its condition, its caution.

Read in November 2026. An effect that only the legal press tells bears no article that was not read;
what no source of the project confirms is only ever shown as to be checked.
"""

from dataclasses import dataclass
from enum import StrEnum

# When the texts were read: the page says so, whatever the day that it speaks of.
LUS_EN = "novembre 2026"


class Certitude(StrEnum):
    """Who says that the effect exists."""

    TEXTE = "Écrits dans les codes"
    PRESSE = "Cités par la presse et les notes juridiques, sans que l'article ait été relu ici"
    A_VERIFIER = "À vérifier auprès de la direction départementale"


@dataclass(frozen=True)
class Effet:
    """What an ORT opens; `sous_reserve`: it depends on a secteur d'intervention."""

    titre: str
    condition: str
    certitude: Certitude
    texte: str = ""
    sous_reserve: bool = False


URBANISME = "du code de l'urbanisme"
DANS_UN_SECTEUR = "dans un secteur d'intervention"
LE_PLUS_SOUVENT = "le plus souvent dans un secteur d'intervention"

EFFETS = (
    Effet(
        "Dérogations aux règles du plan local d'urbanisme (PLU)",
        DANS_UN_SECTEUR,
        Certitude.TEXTE,
        f"article L. 152-6-4 {URBANISME}",
        sous_reserve=True,
    ),
    Effet(
        "Délégation du droit de préemption urbain, avec un contrat de l'article L. 300-9",
        DANS_UN_SECTEUR,
        Certitude.TEXTE,
        f"article L. 211-2-3 {URBANISME}",
        sous_reserve=True,
    ),
    Effet(
        "Réhabilitation des locaux dégradés d'une zone d'activité",
        DANS_UN_SECTEUR,
        Certitude.TEXTE,
        f"article L. 300-8 {URBANISME}",
        sous_reserve=True,
    ),
    Effet(
        "Procédure intégrée pour mettre les documents d'urbanisme en compatibilité",
        "pour un projet de l'ORT",
        Certitude.TEXTE,
        f"article L. 300-6-1, 4°, {URBANISME}",
    ),
    Effet(
        "Biens sans maître acquis après 10 ans au lieu de 30",
        "dans le périmètre de l'ORT",
        Certitude.TEXTE,
        "article L. 1123-1 du code général de la propriété des personnes publiques",
    ),
    Effet(
        "Extension, sur demande, du périmètre d'un établissement public foncier de l'État",
        "pour un signataire de l'ORT",
        Certitude.TEXTE,
        f"article L. 321-2, II, {URBANISME}",
    ),
    Effet(
        "Réduction d'impôt « Denormandie » pour le logement ancien",
        "dans une commune dont l'ORT est signée",
        Certitude.PRESSE,
    ),
    Effet(
        "Commerces dispensés d'autorisation d'exploitation commerciale",
        "dans un secteur qui comprend un centre-ville identifié, et pas au-delà de 5 000 m² "
        "(2 500 m² pour l'alimentaire)",
        Certitude.PRESSE,
        "article L. 752-1-1 du code de commerce",
        sous_reserve=True,
    ),
    Effet(
        "Suspension possible, par le préfet, de projets commerciaux en périphérie",
        "hors des secteurs d'intervention",
        Certitude.PRESSE,
        sous_reserve=True,
    ),
    Effet(
        "Priorité pour les aides de l'Agence nationale de l'habitat (Anah)",
        LE_PLUS_SOUVENT,
        Certitude.PRESSE,
        sous_reserve=True,
    ),
    Effet(
        "Permis d'innover, permis d'aménager sur plusieurs sites",
        LE_PLUS_SOUVENT,
        Certitude.PRESSE,
        sous_reserve=True,
    ),
    Effet(
        "Procédure d'abandon manifeste facilitée",
        LE_PLUS_SOUVENT,
        Certitude.PRESSE,
        sous_reserve=True,
    ),
    Effet(
        "Expérimentation sur les autorisations commerciales, jusqu'en février 2028",
        "pour les signataires de l'ORT",
        Certitude.PRESSE,
        "loi n° 2022-217 du 21 février 2022, dite 3DS",
    ),
    Effet(
        "Vente d'immeubles à rénover (VIR) et dispositif d'intervention immobilière et foncière "
        "(DIIF), avec l'Anah",
        DANS_UN_SECTEUR,
        Certitude.A_VERIFIER,
        sous_reserve=True,
    ),
    Effet(
        "Droit de préemption renforcé sur les baux commerciaux",
        DANS_UN_SECTEUR,
        Certitude.A_VERIFIER,
        sous_reserve=True,
    ),
    Effet(
        "Information préalable avant la fermeture d'un service public",
        DANS_UN_SECTEUR,
        Certitude.A_VERIFIER,
        sous_reserve=True,
    ),
)


def effets(certitude):
    """Return the effects of that certainty, in the order in which they are shown."""
    return [effet for effet in EFFETS if effet.certitude is certitude]
