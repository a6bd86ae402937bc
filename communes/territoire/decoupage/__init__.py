"""The territory of all France, read from the official découpage of each year.

`lecture` reads and checks the files of one vintage, `paquet` finds them in its package; `etat` holds
the territory in memory, with its history, and applies vintages to it; `a_la_main` does what an agent
records between two vintages, and `accords` tells where a vintage says otherwise; `changements` says
in French what differs between two states, and `ecarts` keeps it, to take it back; `ecriture` reads a
state from the database and writes one there, `concernees` tells which part of it a vintage may change,
and `journal` reads and writes with what is kept of it.
"""

from communes.territoire.decoupage.accords import Choix, apply_vintage, differences
from communes.territoire.decoupage.changements import (
    MILLESIMES,
    POPULATIONS,
    compare,
    describe_counts,
    describe_total,
)
from communes.territoire.decoupage.concernees import part_concernee
from communes.territoire.decoupage.ecriture import load_territoire, write_territoire
from communes.territoire.decoupage.etat import Territoire
from communes.territoire.decoupage.lecture import (
    DecoupageError,
    archive_annees,
    read_archive,
    read_folder,
)
from communes.territoire.decoupage.paquet import read_package

__all__ = [
    "MILLESIMES",
    "POPULATIONS",
    "Choix",
    "DecoupageError",
    "Territoire",
    "apply_vintage",
    "archive_annees",
    "compare",
    "part_concernee",
    "describe_counts",
    "describe_total",
    "differences",
    "load_territoire",
    "read_archive",
    "read_folder",
    "read_package",
    "write_territoire",
]
