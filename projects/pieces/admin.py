"""The back office of the files of the decisions: they come by a geste, and are corrected here."""

from django.contrib import admin

from projects.pieces.models import Piece
from projects.projet.ecriture import writes
from socle.admin.base import PerimetreAdmin
from socle.admin.documents import DeposeAdmin


@admin.register(Piece)
class PieceAdmin(DeposeAdmin, PerimetreAdmin):
    """The files of all the actions, and those removed, which come back."""

    list_display = ["titre", "action", "accord", "visibilite", "lien"]
    list_filter = ["visibilite"]
    list_select_related = ["accord__financement__action", "accord__financement__dispositif"]
    search_fields = ["titre", "nom", "accord__financement__action__intitule"]
    search_help_text = "Titre, nom du fichier ou action"
    fields = ["accord", "titre", "visibilite", "fichier"]
    readonly_fields = ["accord", "lien"]

    def has_change_permission(self, request, obj=None):
        """Let an agent correct the files of the actions that it writes."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or writes(request.user, obj.action))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or writes(request.user, obj.action))

    @admin.display(description="action")
    def action(self, piece):
        return piece.action
