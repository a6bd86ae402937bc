"""What the facts of a study cannot be together, of records or of their dates."""

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from projects.actions.coherence import may_precede

# What comes one after the other, with the word that the sentence says.
SUITE = {
    "demandee": "demandée",
    "commandee": "commandée",
    "rendue": "rendue",
    "validee": "validée",
}
DANS_L_ORDRE = "Une étude est {} avant d'être {} : corrigez l'un des deux jours."
VALIDEE_SANS_RENDU = (
    "Une étude validée a été rendue : enregistrez d'abord le jour du rendu, « au plus tard » si vous ne "
    "le connaissez pas."
)
APRES_ABANDON = (
    "Une étude abandonnée n'avance plus : corrigez l'un des deux jours, ou inscrivez une autre "
    "étude."
)
VALIDEE_PUIS_ABANDONNEE = (
    "Une étude validée est finie, et n'est pas abandonnée : gardez l'un des deux faits."
)


def refus(faits: Iterable[Any]) -> str | None:
    """Return the French sentence that says why these facts of one study cannot be, or None.

    They follow one another, each known as closely as it is: « mars 2025 » may follow 10 March.
    """
    known = {fait.nature: fait for fait in faits}
    if "validee" in known and "abandonnee" in known:
        return VALIDEE_PUIS_ABANDONNEE
    if "validee" in known and "rendue" not in known:
        return VALIDEE_SANS_RENDU
    for first, second in combinations([nature for nature in SUITE if nature in known], 2):
        if not may_precede(known[first], known[second]):
            return DANS_L_ORDRE.format(SUITE[first], SUITE[second])
    last = known.get("abandonnee")
    if last and not all(may_precede(fait, last) for fait in known.values()):
        return APRES_ABANDON
    return None
