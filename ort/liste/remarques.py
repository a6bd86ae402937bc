"""What the national list remarks of a commune, taken into our own answer to it: internal, never published.

What an agent wrote stays; what came from a list gives way to the next one. Nothing said of a commune is
told by a command, whose output may be kept: the pages of agents alone show it.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

from communes.models import Labellisation
from ort.models import CommuneCouverte, Convention
from ort.models.droits import Plume
from socle.fichiers.epargne import written_by_agent
from socle.fichiers.lignes import CelluleChangee

CHAMP = "remarques_enquete"
REPRISE = "remarque reprise de la liste"
GARDEE = "la liste dit une autre remarque ; celle du service reste"


class RemarqueDite(NamedTuple):
    """A remark of the list that is not ours: `fiche` bears it, to be written, or `garde` ours."""

    ligne: Any
    fiche: Any
    change: CelluleChangee
    garde: bool


# A remark and the row that says it, by the key of the record that it is of.
Dites = dict[Any, tuple[str, Any]]


def bare(text: str) -> str:
    """Return a remark as it is compared: spaces and line breaks are as the software that wrote them."""
    return " ".join(text.split())


def remarques_des_couvertures(said: Dites, user) -> Iterator[RemarqueDite]:
    """Yield the remarks of communes in an ORT, of those that `user` answers for (None: a command)."""
    plume = user and Plume(user)
    references = dict(Convention.objects.values_list("pk", "departement_reference"))
    rows = CommuneCouverte.objects.filter(pk__dans=list(said)).select_related("commune")
    theirs = [
        row
        for row in rows.order_by("pk")
        if plume is None or not plume.refus(row, {CHAMP}, references[row.convention_id])
    ]
    yield from other_than_ours({row: said[row.pk] for row in theirs})


def remarques_des_laureates(said: Dites, jour, user) -> Iterator[RemarqueDite]:
    """Yield the remarks of communes of the programme on `jour`, by their code, of those of `user`."""
    rows = Labellisation.objects.as_of(jour).filter(commune__dans=sorted(said))
    theirs = rows if user is None else rows.for_user(user)
    yield from other_than_ours({row: said[row.commune_id] for row in theirs.order_by("pk")})


def other_than_ours(said: Dites) -> Iterator[RemarqueDite]:
    """Yield what is said of records of one model otherwise than they say it, read in one query."""
    other = {
        fiche: dite
        for fiche, dite in said.items()
        if dite[0] and bare(dite[0]) != bare(fiche.remarques_enquete)
    }
    versions = defaultdict(list)
    for model in {type(fiche) for fiche in other}:
        of_model = model.history.filter(id__dans=[fiche.pk for fiche in other])
        for version in of_model.order_by("-history_id"):
            versions[version.id].append(version)
    for fiche, (text, ligne) in other.items():
        ours = fiche.remarques_enquete
        garde = bool(ours) and written_by_agent(fiche, CHAMP, versions[fiche.pk])
        before = {bare(version.remarques_enquete) for version in versions[fiche.pk]}
        emptied = not ours and any(before)
        if (garde or emptied) and bare(text) in before:
            # The list has yet to hear what we say since.
            continue
        fiche.remarques_enquete = text
        yield RemarqueDite(ligne, fiche, CelluleChangee(CHAMP, ours, text), garde)
