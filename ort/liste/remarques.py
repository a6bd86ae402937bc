"""What the national list remarks of a commune, taken into our own answer to it: internal, never published.

What an agent wrote stays; what came from a list gives way to the next one. Nothing said of a commune is
told by a command, whose output may be kept: the pages of agents alone show it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ort.liste.groupes import LigneComparee
from ort.models import CommuneCouverte, Convention
from ort.models.droits import Plume
from socle.fichiers.epargne import written_by_agent
from socle.fichiers.lignes import CelluleChangee

CHAMP = "remarques_enquete"
REPRISE = "remarque reprise de la liste"
GARDEE = "la liste dit une autre remarque ; celle du service reste"


class RemarqueDite(NamedTuple):
    """A remark of the list that is not ours: `couverture` bears it, to be written, or `garde` ours."""

    ligne: LigneComparee
    couverture: CommuneCouverte
    change: CelluleChangee
    garde: bool


def bare(text: str) -> str:
    """Return a remark as it is compared: spaces and line breaks are as the software that wrote them."""
    return " ".join(text.split())


def remarques_dites(rows: Iterable[LigneComparee], user) -> Iterator[RemarqueDite]:
    """Yield the remarks that are not ours, of the communes that `user` may answer for (None: a command)."""
    asked = {
        row.tenue.pk: row
        for row in rows
        if row.ligne.remarques and bare(row.ligne.remarques) != bare(row.tenue.remarques)
    }
    plume = user and Plume(user)
    references = dict(Convention.objects.values_list("pk", "departement_reference"))
    versions = defaultdict(list)
    for version in CommuneCouverte.history.filter(id__dans=list(asked)).order_by("-history_id"):
        versions[version.id].append(version)
    found = CommuneCouverte.objects.filter(pk__dans=list(asked)).select_related("commune")
    for couverture in found.order_by("pk"):
        if plume and plume.refus(couverture, {CHAMP}, references[couverture.convention_id]):
            continue
        row, ours = asked[couverture.pk], couverture.remarques_enquete
        garde = bool(ours) and written_by_agent(couverture, CHAMP, versions[couverture.pk])
        before = {bare(version.remarques_enquete) for version in versions[couverture.pk]}
        emptied = not ours and any(before)
        if (garde or emptied) and bare(row.ligne.remarques) in before:
            # The list has yet to hear what we say since.
            continue
        couverture.remarques_enquete = row.ligne.remarques
        change = CelluleChangee(CHAMP, ours, row.ligne.remarques)
        yield RemarqueDite(row, couverture, change, garde)
