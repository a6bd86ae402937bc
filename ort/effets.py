"""What a signed ORT opens for its communes: each effect with its article, its condition, its days.

What was read in the codes, what the legal press and notes tell, and what no source of the project
confirms are three classes, and each effect is only ever shown under the words of its own.
"""

import datetime
from dataclasses import dataclass
from enum import StrEnum

from socle.dates import Precision, in_french, in_words

# When the texts of the codes were read, whatever the day of the page: the class itself says so.
LUS_EN = "novembre 2026"


class Certitude(StrEnum):
    """Who says that the effect exists."""

    TEXTE = f"Écrits dans les codes, textes lus en {LUS_EN}"
    PRESSE = "Cités par la presse et les notes juridiques, sans que l'article ait été relu ici"
    A_VERIFIER = "À vérifier auprès de la direction départementale"

    @property
    def d_un_seul(self) -> str:
        """Return the words for one effect: « Cité par la presse… »."""
        first, rest = self.split(" ", 1)
        return f"{first.removesuffix('s')} {rest}"


@dataclass(frozen=True)
class Effet:
    """What an ORT opens; `sous_reserve`: it depends on a secteur d'intervention.

    `depuis` and `fin` are the days that the law gives, when they are known.
    """

    titre: str
    condition: str
    certitude: Certitude
    texte: str = ""
    sous_reserve: bool = False
    depuis: datetime.date | None = None
    fin: datetime.date | None = None
    precision_fin: Precision = Precision.JOUR

    @property
    def dit(self) -> str:
        """Return all that is said of it but its title: its condition, its article, its days."""
        told = [self.condition, self.texte]
        if self.depuis:
            told.append(f"depuis le {in_french(self.depuis)}")
        if self.fin and self.precision_fin == Precision.JOUR:
            told.append(f"jusqu'au {in_french(self.fin)}")
        elif self.fin:
            told.append(f"jusqu'{in_words(self.fin, self.precision_fin)}")
        return " ; ".join(filter(None, told))


URBANISME = "du code de l'urbanisme"
DANS_UN_SECTEUR = "dans un secteur d'intervention"
# The law of 21 February 2022, known as 3DS, in force.
LOI_3DS = datetime.date(2022, 2, 23)
LE_PLUS_SOUVENT = "le plus souvent dans un secteur d'intervention"

DENORMANDIE = Effet(
    "Réduction d'impôt « Denormandie » pour le logement ancien",
    "dans une commune dont l'ORT est signée",
    Certitude.PRESSE,
    "article 199 novovicies du code général des impôts",
    depuis=datetime.date(2019, 1, 1),
    fin=datetime.date(2027, 12, 31),
)

EFFETS = (
    Effet(
        "Dérogations aux règles du plan local d'urbanisme (PLU)",
        DANS_UN_SECTEUR,
        Certitude.TEXTE,
        f"article L. 152-6-4 {URBANISME}",
        sous_reserve=True,
        depuis=LOI_3DS,
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
        depuis=LOI_3DS,
    ),
    Effet(
        "Extension, sur demande, du périmètre d'un établissement public foncier de l'État",
        "pour un signataire de l'ORT",
        Certitude.TEXTE,
        f"article L. 321-2, II, {URBANISME}",
    ),
    Effet(
        "Commerces dispensés d'autorisation d'exploitation commerciale",
        "dans un secteur d'intervention qui comprend un centre-ville identifié, sans artificialiser les "
        "sols ; la convention peut la demander au-delà d'un seuil, d'au moins 5 000 m² (2 500 m² pour "
        "l'alimentaire)",
        Certitude.TEXTE,
        "article L. 752-1-1 du code de commerce, version du 25 août 2021",
        sous_reserve=True,
    ),
    DENORMANDIE,
    Effet(
        "Suspension possible, par le préfet, de projets commerciaux en périphérie",
        "dans une commune signataire, hors des secteurs d'intervention",
        Certitude.PRESSE,
        "article L. 752-1-2 du code de commerce",
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
        "Abandon manifeste constaté aussi pour une partie d'immeuble",
        "dans le périmètre de l'ORT, quand des travaux ont condamné l'accès à cette partie",
        Certitude.PRESSE,
        "article L. 2243-1-1 du code général des collectivités territoriales, lu dans une version "
        "remplacée le 25 octobre 2023",
        depuis=datetime.date(2018, 11, 25),
    ),
    Effet(
        "Expérimentation sur les autorisations commerciales",
        "pour les signataires de l'ORT",
        Certitude.PRESSE,
        "article 97 de la loi n° 2022-217 du 21 février 2022, dite 3DS",
        depuis=datetime.date(2024, 1, 1),
        fin=datetime.date(2028, 2, 1),
        precision_fin=Precision.MOIS,
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
