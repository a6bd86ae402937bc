"""How the reading of a table says what it did, in French."""

from collections.abc import Iterable

MOST_NAMED = 8


def enumerated(words: Iterable[object]) -> str:
    """Write « 3, 5 et 7 », the first ones only when they are many."""
    told = [str(word) for word in words]
    if len(told) > MOST_NAMED:
        told = [*told[:MOST_NAMED], f"{len(told) - MOST_NAMED} autres"]
    return " et ".join(filter(None, (", ".join(told[:-1]), told[-1])))


def quoted(names: Iterable[str]) -> str:
    return enumerated(f"« {shortened(name)} »" for name in names)


def shortened(text: str, longest: int = 60) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= longest else f"{one_line[: longest - 1]}…"


def counted(number: int, singular: str, plural: str) -> str:
    return f"{number} {plural if number > 1 else singular}"


def rows_told(numbers: list[int]) -> str:
    """Write « La ligne 1 » or « Les lignes 1 et 2 »."""
    return f"Les lignes {enumerated(numbers)}" if len(numbers) > 1 else f"La ligne {numbers[0]}"
