"""The territory of all France, read from the official découpage of each year.

`lecture` reads and checks the files of one vintage; `etat` holds the territory in memory, with
its history, and applies vintages to it; `changements` says in French what differs between two
states; `ecriture` reads a state from the database and writes one there.
"""

from communes.territoire.decoupage.changements import (
    MILLESIMES,
    compare,
    describe_counts,
    describe_total,
)
from communes.territoire.decoupage.ecriture import load_territoire, write_territoire
from communes.territoire.decoupage.etat import Territoire
from communes.territoire.decoupage.lecture import (
    DecoupageError,
    archive_annees,
    read_archive,
    read_folder,
)

__all__ = [
    "MILLESIMES",
    "DecoupageError",
    "Territoire",
    "archive_annees",
    "compare",
    "describe_counts",
    "describe_total",
    "load_territoire",
    "read_archive",
    "read_folder",
    "write_territoire",
]
