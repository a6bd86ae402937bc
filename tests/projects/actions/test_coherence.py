"""Facts of an action that cannot be together are refused, in French; the others are not."""

import pytest

from projects.actions.coherence import refus
from tests.projects.actions.test_regles import fait


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ([fait("fin", "2024-01-01")], "enregistrez d'abord le début"),
        ([fait("debut", "2024-01-02"), fait("fin", "2024-01-01")], "enregistrez d'abord le début"),
        ([fait("debut", "2024-01-01", "etude"), fait("fin", "2024-02-01")], "d'abord le début"),
        ([fait("reprise", "2024-01-01")], "suit une mise en pause"),
        ([fait("levee", "2024-01-01"), fait("blocage", "2024-01-02")], "suit un blocage"),
        ([fait("relance", "2024-01-01")], "suit un abandon"),
        (
            [
                fait("pause", "2024-01-01"),
                fait("reprise", "2024-02-01"),
                fait("reprise", "2024-03-01"),
            ],
            "suit une mise en pause",
        ),
        (
            [fait("debut", "2024-01-01"), fait("fin", "2024-02-01"), fait("fin", "2024-03-01")],
            "a déjà une fin",
        ),
        ([fait("debut", "2024-01-01"), fait("debut", "2024-02-01")], "a déjà un début"),
    ],
)
def test_what_cannot_be_is_refused(facts, said):
    assert said in refus(facts)
    assert said in refus(list(reversed(facts)))


@pytest.mark.parametrize(
    "facts",
    [
        [fait("debut", "2024-01-01"), fait("fin", "2024-01-01")],
        # « mars 2025 » may be after 10 March; « au plus tard » may be before anything.
        [fait("debut", "2025-03-10"), fait("fin", "2025-03-01", precision="mois")],
        [fait("fin", "2024-01-01", precision="au_plus_tard")],
        [fait("pause", "2025-03-10"), fait("reprise", "2025-03-01", precision="mois")],
        [
            fait("debut", "2024-01-01"),
            fait("fin", "2024-02-01"),
            fait("relance", "2024-03-01"),
            fait("debut", "2024-03-01"),
            fait("fin", "2024-04-01"),
        ],
        [fait("debut", "2024-01-01"), fait("abandon", "2024-02-01"), fait("relance", "2024-03-01")],
        [fait("blocage", "2024-01-01"), fait("blocage", "2024-01-02"), fait("levee", "2024-02-01")],
    ],
)
def test_what_can_be_is_not(facts):
    assert refus(facts) is None
