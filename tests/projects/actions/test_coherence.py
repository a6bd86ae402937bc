"""Facts of an action that cannot be together are refused, in French; the others are not."""

import pytest

from projects.actions.coherence import refus
from tests.projects.actions.test_regles import fait

BUILT = [fait("debut", "2023-01-01"), fait("fin", "2023-02-01")]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ([fait("fin", "2024-01-01")], "enregistrez d'abord le début"),
        (
            [fait("debut", "2024-05-10"), fait("fin", "2024-05-09")],
            "L'opération ne finit pas avant son début, le 10 mai 2024.",
        ),
        (
            [fait("debut", "2024-05-10"), fait("fin", "2024-05-09", precision="au_plus_tard")],
            "L'opération ne finit pas avant son début, le 10 mai 2024.",
        ),
        (
            [
                fait("debut", "2024-05-01", "etude", precision="mois"),
                fait("fin", "2024-04-30", "etude", precision="au_plus_tard"),
            ],
            "L'étude ne finit pas avant son début, en mai 2024.",
        ),
        # A relaunch that is not between the two explains nothing.
        (
            [
                fait("debut", "2024-05-10"),
                fait("fin", "2024-05-09", precision="au_plus_tard"),
                fait("relance", "2024-05-11"),
            ],
            "ne finit pas avant son début",
        ),
        (
            [fait("abandon", "2023-01-01"), fait("debut", "2023-01-02")],
            "Cette action est abandonnée depuis le 1er janvier 2023 : enregistrez d'abord la relance.",
        ),
        (
            [fait("abandon", "2023-01-01", precision="mois"), fait("debut", "2023-02-01")],
            "abandonnée depuis janvier 2023",
        ),
        ([fait("abandon", "2023-01-01"), fait("debut", "2023-01-02", "etude")], "la relance"),
        (
            [fait("debut", "2023-01-01"), fait("abandon", "2023-02-01"), fait("fin", "2023-02-02")],
            "abandonnée depuis le 1er février 2023",
        ),
        *(
            (
                [*BUILT, fait(nature, "2023-02-02")],
                "L'opération est achevée depuis le 1er février 2023",
            )
            for nature in ("pause", "blocage", "abandon")
        ),
        (
            [fait("abandon", "2023-01-01"), fait("abandon", "2023-01-02")],
            "abandonnée depuis le 1er janvier",
        ),
        # A relaunch answers to what was before it.
        (
            [
                fait("abandon", "2023-01-01"),
                fait("relance", "2023-02-01"),
                fait("abandon", "2023-03-01"),
                fait("debut", "2023-04-01"),
            ],
            "abandonnée depuis le 1er mars 2023",
        ),
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
        # The beginning « au mois près » may be of the day of the end; a relaunch may be between them.
        [
            fait("debut", "2024-05-01", precision="mois"),
            fait("fin", "2024-05-01", precision="au_plus_tard"),
        ],
        [
            fait("fin", "2023-01-01", precision="au_plus_tard"),
            fait("relance", "2024-01-01"),
            fait("debut", "2024-05-10"),
        ],
        # Dropped before it began; paused before the works, after the study or before anything.
        [fait("abandon", "2023-01-01")],
        [fait("pause", "2023-01-01"), fait("debut", "2024-05-10")],
        [
            fait("debut", "2022-01-01", "etude"),
            fait("fin", "2022-06-01", "etude"),
            fait("pause", "2023-01-01"),
            fait("debut", "2024-05-10"),
        ],
        # On one day, in the order of the facts; on days that may be the other way round.
        [*BUILT, fait("pause", "2023-02-01"), fait("abandon", "2023-02-01")],
        [fait("debut", "2024-05-10"), fait("abandon", "2024-05-01", precision="mois")],
        [fait("abandon", "2023-01-01"), fait("debut", "2023-06-01", precision="au_plus_tard")],
        [fait("abandon", "2023-01-01"), fait("relance", "2023-02-01"), fait("debut", "2023-02-01")],
        # The end of a study closes nothing, and what follows an abandonment may be that.
        [
            fait("debut", "2023-01-01", "etude"),
            fait("fin", "2023-02-01", "etude"),
            fait("pause", "2023-03-01"),
        ],
        [
            fait("debut", "2023-01-01", "etude"),
            fait("abandon", "2023-02-01"),
            fait("fin", "2023-03-01", "etude"),
        ],
        [*BUILT, fait("debut", "2023-03-01", "etude"), fait("point", "2023-03-02")],
        [fait("blocage", "2023-01-01"), fait("abandon", "2023-01-02"), fait("levee", "2023-01-03")],
    ],
)
def test_what_can_be_is_not(facts):
    assert refus(facts) is None
