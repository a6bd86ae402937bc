"""What a person types to find a commune, read: a name, a code, a département, or several at once."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import NamedTuple

from socle.recherche import bare_key, search_key

# An INSEE code or a postcode, in one or several pieces: 34142, « 34 142 », « 2A-004 ».
CODE = re.compile(r"(?<!\w)(\d[ .-]?[\dAB](?:[ .-]?\d){3})(?!\w)", re.ASCII | re.IGNORECASE)
NUMERO = r"(0[1-9]|[1-8]\d|9[0-5]|2[AB]|9[78]\d)"
# « Lodève (34) », « Lodève 34 », « 34 Lodève ».
DEPARTEMENT = re.compile(
    rf"\(\s*{NUMERO}\s*\)|(?<=[\s,]){NUMERO}\s*$|^\s*{NUMERO}(?=[\s,])", re.ASCII | re.IGNORECASE
)
# « Lodève (Hérault) », « Lodève, Hérault ».
APART = re.compile(r"\(([^()]*)\)|,([^,]*)$")
CEDEX = re.compile(r" cedex( \d{1,2})?$")
DE = r"(?:de la |de l |du |des |de |d )"
# No commune has a name that begins so.
MAIRIE = re.compile(rf"^(?:la |l )?(?:mairie|commune|hotel de ville) {DE}?(?=\w)")
# Some have one that begins so: Ville-d'Avray, La Ville-aux-Clercs.
VILLE = re.compile(rf"^(?:la )?ville {DE}(?=\w)")
# Longer than any name.
LONGEST = 200


class Saisie(NamedTuple):
    """What was typed: `nom` as it is told apart, and its `cle`, both empty without a name.

    `sinon` is another key, which only the whole name of a commune may have: « Ville de Lodève ».
    """

    nom: str = ""
    cle: str = ""
    sinon: str = ""
    code: str = ""
    departement: str = ""

    @property
    def nom_seul(self) -> "Saisie":
        """Return what was typed without what only tells which of the homonyms is meant."""
        return self._replace(code="", departement="") if self.nom else Saisie()


def lire(text: str, departements: Callable[[], Mapping[str, str]]) -> Saisie:
    """Read what a person typed; nothing is read of what has neither letter nor digit.

    `departements` gives the codes of the départements by the search keys of their names; it is
    asked only where a name may be one.
    """
    if len(text) > LONGEST:
        return Saisie()
    rest, code = taken(CODE, unicodedata.normalize("NFKC", text))
    rest, departement = taken(DEPARTEMENT, rest)
    if not departement and (apart := APART.search(rest)):
        departement = departements().get(search_key(apart[1] or apart[2] or ""), "")
        rest = rest.replace(apart[0], " ") if departement else rest
    nom = MAIRIE.sub("", CEDEX.sub("", search_key(rest)))
    if not nom and not code:
        # A number alone is not a place: « 34 ».
        return Saisie(nom=search_key(text), cle=bare_key(text)) if search_key(text) else Saisie()
    other = VILLE.sub("", nom)
    return Saisie(
        nom=nom,
        cle=bare_key(nom),
        sinon=bare_key(other) if other != nom else "",
        code=re.sub("[ .-]", "", code).upper(),
        departement=departement.upper(),
    )


def taken(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """Return `text` without the first match of a pattern, and what the match holds, if anything."""
    found = pattern.search(text)
    if not found:
        return text, ""
    held = next(group for group in found.groups() if group)
    return f"{text[: found.start()]} {text[found.end() :]}", held
