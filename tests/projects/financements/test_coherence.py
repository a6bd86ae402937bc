"""Facts of a line of money that cannot be together are refused, in French; the others are not."""

import pytest

from projects.financements.coherence import plafond, refus, verse
from projects.financements.regles import compte
from tests.projects.financements.test_regles import PLACE, a_line, fait

ACCORD = fait("accord", "2023-01-10", "1000")


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ([ACCORD, fait("versement", "2023-02-01", "1000.01")], "au-delà des 1"),
        (
            [
                ACCORD,
                fait("versement", "2023-02-01", "600"),
                fait("versement", "2023-03-01", "400.01"),
            ],
            "au-delà",
        ),
        ([fait("versement", "2023-02-01", "10")], "suit la décision"),
        ([ACCORD, fait("versement", "2023-01-09", "10")], "suit la décision"),
        ([ACCORD, fait("accord", "2023-02-01", "10")], "déjà accordé"),
        ([ACCORD, fait("demande", "2023-01-11", "1000")], "ne suit pas son accord"),
        ([fait("modification", "2023-01-11", "1000")], "suit l'accord"),
        ([fait("retrait", "2023-01-11", "0")], "suit l'accord"),
        (
            [
                ACCORD,
                fait("versement", "2023-02-01", "600"),
                fait("modification", "2023-03-01", "599.99"),
            ],
            "au-delà",
        ),
        (
            [ACCORD, fait("versement", "2023-02-01", "600"), fait("retrait", "2023-03-01", "0")],
            "au-delà",
        ),
        (
            [
                ACCORD,
                fait("versement", "2023-02-01", "6", "solde"),
                fait("versement", "2023-02-02", "4"),
            ],
            "Le solde est versé",
        ),
        (
            [
                ACCORD,
                fait("versement", "2023-02-01", "6", "unique"),
                fait("versement", "2023-01-20", "4"),
            ],
            "le seul",
        ),
        (
            [
                ACCORD,
                fait("versement", "2023-02-01", "6"),
                fait("reversement", "2023-02-02", "6.01"),
            ],
            "reversé",
        ),
        (
            [ACCORD, fait("retrait", "2023-02-01", "5000")],
            "Un retrait diminue ce qui est accordé : 5\u202f000\xa0€ resteraient, pour 1\u202f000\xa0€ "
            "accordés. Enregistrez une modification.",
        ),
        # What is left is what there was: nothing is withdrawn.
        ([ACCORD, fait("retrait", "2023-02-01", "1000")], "diminue ce qui est accordé"),
        ([ACCORD, fait("retrait", "2023-01-10", "1000")], "diminue ce qui est accordé"),
        (
            [
                ACCORD,
                fait("modification", "2023-02-01", "700"),
                fait("retrait", "2023-02-01", "800"),
            ],
            "pour 700",
        ),
        (
            [ACCORD, fait("retrait", "2023-02-01", "0"), fait("retrait", "2023-03-01", "0")],
            "diminue ce qui est accordé",
        ),
    ],
)
def test_what_cannot_be_is_refused(facts, said):
    assert said in refus(facts).texte
    assert said in refus(list(reversed(facts))).texte


@pytest.mark.parametrize(
    "facts",
    [
        PLACE.faits,
        [ACCORD, fait("versement", "2023-01-10", "1000")],
        [fait("demande", "2023-01-10", "1000"), ACCORD],
        [
            fait("demande", "2023-01-01", "1000"),
            fait("accord", "2023-01-01", "900", precision="mois"),
        ],
        [
            ACCORD,
            fait("versement", "2023-02-01", "600"),
            fait("reversement", "2023-03-01", "600"),
            fait("retrait", "2023-03-01", "0"),
        ],
        [ACCORD, fait("retrait", "2023-01-10", "999.99"), fait("retrait", "2023-01-11", "0")],
        [
            ACCORD,
            fait("modification", "2023-02-01", "6000"),
            fait("retrait", "2023-02-01", "5000"),
        ],
        # How much was granted is not known.
        [fait("accord", "2023-01-10", None), fait("retrait", "2023-02-01", "5000")],
        # Nobody knows how much was granted, nor exactly when.
        [
            fait("accord", "2023-02-01", None, precision="au_plus_tard", suppose=True),
            fait("versement", "2023-02-01", "99999999"),
        ],
        [
            fait("accord", "2023-06-01", "1000", precision="au_plus_tard"),
            fait("versement", "2023-02-01", "1000"),
        ],
    ],
)
def test_what_can_be_is_not(facts):
    assert refus(facts) is None


@pytest.mark.parametrize(
    "line",
    [
        PLACE,
        # On one day, a withdrawal follows the modification that follows the grant.
        a_line(
            fait("retrait", "2023-01-10", "300"),
            fait("modification", "2023-01-10", "700"),
            ACCORD,
            fait("versement", "2023-02-01", "200"),
            fait("reversement", "2023-03-01", "50"),
            fait("modification", "2023-04-01", "250"),
        ),
        a_line(fait("accord", "2023-01-10"), fait("versement", "2023-01-10", "200")),
    ],
)
def test_what_is_refused_is_counted_as_the_sums_are(line):
    first = min(f.jour for f in line.faits if f.nature == "accord")
    for jour in {f.jour for f in line.faits}:
        read = compte(line, jour)
        assert verse(line.faits, jour) == read.verse
        # Before the first grant, that of the first: it may be older than the day by which it is known.
        assert plafond(line.faits, jour) == compte(line, max(jour, first)).decide
