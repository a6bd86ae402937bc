"""Facts of a study that cannot be together are refused, in French; the others are not."""

import pytest

from projects.etudes.coherence import refus
from projects.etudes.faits import FaitEtudeDate
from tests.factories import day


def fait(nature, jour, precision="jour"):
    return FaitEtudeDate(day(jour), precision, nature)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            [fait("commandee", "2024-02-02"), fait("rendue", "2024-02-01")],
            "commandée avant d'être rendue",
        ),
        (
            [fait("demandee", "2024-02-02"), fait("commandee", "2024-02-01")],
            "demandée avant d'être commandée",
        ),
        (
            [fait("demandee", "2024-04-01", "mois"), fait("rendue", "2024-03-01", "mois")],
            "demandée avant d'être rendue",
        ),
        ([fait("validee", "2024-01-01")], "enregistrez d'abord le jour du rendu"),
        (
            [fait("rendue", "2024-03-02"), fait("validee", "2024-03-01")],
            "rendue avant d'être validée",
        ),
        (
            [fait("abandonnee", "2024-01-01"), fait("rendue", "2024-01-02")],
            "Une étude abandonnée n'avance plus",
        ),
        (
            [
                fait("rendue", "2024-01-01"),
                fait("validee", "2024-01-02"),
                fait("abandonnee", "2024-01-03"),
            ],
            "gardez l'un des deux faits",
        ),
    ],
)
def test_what_cannot_be_is_refused(facts, said):
    assert said in refus(facts)
    assert said in refus(list(reversed(facts)))


@pytest.mark.parametrize(
    "facts",
    [
        [],
        [fait("rendue", "2024-01-01")],
        [fait("demandee", "2024-01-01"), fait("commandee", "2024-01-01")],
        # « mars 2025 » may be after 10 March; « au plus tard » may be before anything.
        [fait("commandee", "2025-03-10"), fait("rendue", "2025-03-01", "mois")],
        [fait("rendue", "2025-12-31", "au_plus_tard"), fait("validee", "2025-01-01")],
        [fait("rendue", "2024-01-01"), fait("abandonnee", "2024-01-01")],
        [fait("abandonnee", "2024-01-01", "mois"), fait("rendue", "2024-01-31")],
    ],
)
def test_what_can_be_is_not(facts):
    assert refus(facts) is None
