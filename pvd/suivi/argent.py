"""What the programme opens in money for a commune, each aid with its condition, its term and its source."""

from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from communes.programme.lecture import programme_au
from ort.effets import DENORMANDIE
from projects.postes.models.cofinancements import (
    PLAFOND_ANNUEL,
    PLAFOND_ANNUEL_ANAH,
    PLAFOND_ANNUEL_AVEC_ANAH,
    TAUX_MAXIMUM,
    TAUX_MAXIMUM_ANAH,
)
from socle.dates import in_words
from socle.francais import euros, pour_cent


@dataclass(frozen=True)
class PageAilleurs:
    """A page of another site; `titre` says whose."""

    titre: str
    url: str


@dataclass(frozen=True)
class Aide:
    """An aid that a commune may ask for, or that its owners may; `bref` tells it in a few words."""

    titre: str
    bref: str
    texte: str
    source: PageAilleurs | None = None
    # Its term, which a document of its own may tell: the announcement, if one is known.
    terme: str = ""
    annonce: Any = None


AIDE_AU_POSTE = PageAilleurs(
    "Aides-territoires, cofinancement d'un poste de chef de projet",
    "https://petitesvillesdedemain.aides-territoires.beta.gouv.fr/"
    "47ab-beneficier-du-co-financement-dun-poste-de-che/",
)
AIDES_DU_PROGRAMME = PageAilleurs(
    "Les aides ouvertes aux Petites villes de demain, sur Aides-territoires",
    "https://aides-territoires.beta.gouv.fr/programmes/petites-villes-de-demain/",
)
PAGE_DE_L_ANCT = PageAilleurs(
    "Le programme, sur le site de l'Agence nationale de la cohésion des territoires (ANCT)",
    "https://agence-cohesion-territoires.gouv.fr/petites-villes-de-demain-45",
)


def aides(situation):
    """Return what is open on the day: the post to a commune lauréate, Denormandie where an ORT covers.

    A commune that is neither has none; a lauréate without ORT is told what signing one would open. The
    aid to posts is no longer open once its term, which somebody read where it is said, has passed.
    """
    if not situation.laureate:
        return [denormandie(situation)] if situation.couvertures else []
    programme = programme_au(situation.jour)
    closed = programme.aide_passee and programme.aide.verifiee
    return [*([] if closed else [aide_au_poste(programme)]), denormandie(situation)]


def aide_au_poste(programme):
    """Tell how much of a post is paid, up to what sum, and until when, of a `ProgrammeDuJour`."""
    taux, terme = pour_cent(TAUX_MAXIMUM), terme_en_mots(programme)
    return Aide(
        "Le poste de chef de projet",
        f"Chef de projet : {taux} et {euros(PLAFOND_ANNUEL)} par an au plus "
        f"({euros(PLAFOND_ANNUEL_AVEC_ANAH)} avec l'Anah), d'après Aides-territoires ; {terme}",
        f"{taux} au plus du coût annuel chargé, dans la limite de {euros(PLAFOND_ANNUEL)} par an, ou de "
        f"{euros(PLAFOND_ANNUEL_AVEC_ANAH)} quand l'Agence nationale de l'habitat (Anah) participe "
        f"(elle-même à {pour_cent(TAUX_MAXIMUM_ANAH)} et {euros(PLAFOND_ANNUEL_ANAH)} au plus). Pour les "
        "communes et les groupements qui ont signé la convention d'adhésion.",
        AIDE_AU_POSTE,
        f"{capfirst(terme)}.",
        programme.aide,
    )


def terme_en_mots(programme):
    """Write until when the aid to posts could be asked for, as known on the day of the `ProgrammeDuJour`."""
    if programme.aide is None:
        return "terme non renseigné"
    told = in_words(programme.aide.fin_aide)
    doubt = "" if programme.aide.verifiee else " (à vérifier)"
    return f"terme passé, {told}{doubt}" if programme.aide_passee else f"terme {told}{doubt}"


def denormandie(situation):
    """Tell the tax cut on old housing, which an ORT opens once signed."""
    quand = "" if situation.couvertures else ", une fois l'ORT signée"
    return Aide(
        "La réduction d'impôt Denormandie",
        f"Réduction d'impôt Denormandie{quand}, d'après la presse juridique",
        f"{capfirst(DENORMANDIE.dit)}. {DENORMANDIE.certitude.d_un_seul}.",
    )


def liens(situation):
    """Return the pages of other sites made for a commune lauréate, that of its préfecture if it is known."""
    if not situation.laureate:
        return []
    departement = situation.commune.departement
    prefecture = PageAilleurs(
        f"Le programme dans le département {departement.avec_de}, sur le site de la préfecture",
        departement.page_prefecture,
    )
    return [lien for lien in (AIDES_DU_PROGRAMME, PAGE_DE_L_ANCT, prefecture) if lien.url]
