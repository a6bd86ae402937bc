"""The back office as a kit: lists, forms, history, removals, imports and exports of any record."""

# Sources, affirmations and imports are shown as any record is; Django looks for them here.
from socle.admin.actes import undo_act
from socle.admin.annulation import ImportConfirmeAdmin
from socle.admin.sources import AffirmationAdmin, SourceAdmin

__all__ = ["AffirmationAdmin", "ImportConfirmeAdmin", "SourceAdmin", "undo_act"]
