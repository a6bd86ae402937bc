"""Data to check: what an agent ought to look at again. Warnings, never walls: all of it exists.

Each verification yields querysets of the records that it finds; all of them are read in one query.
"""

# In the order in which they are shown.
from pvd.suivi.verifications import dates, programme, ort, postes, sources  # isort: skip # noqa: F401
from pvd.suivi.verifications.constats import Constat, constats, count_constats
from pvd.suivi.verifications.registre import VERIFICATIONS

__all__ = ["VERIFICATIONS", "Constat", "constats", "count_constats"]
