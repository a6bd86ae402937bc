"""The back office of the files of the acts: they come by a geste, and are corrected here."""

from django.contrib import admin

from projects.pieces.models import PORTEURS, Piece
from projects.projet.ecriture import writes_piece
from socle.admin.base import PerimetreAdmin
from socle.admin.documents import DeposeAdmin


@admin.register(Piece)
class PieceAdmin(DeposeAdmin, PerimetreAdmin):
    """The files of all the actions, studies and reviews, and those removed, which come back."""

    list_display = ["titre", "objet", *PORTEURS, "visibilite", "lien"]
    list_filter = ["visibilite"]
    search_fields = [
        *("titre", "nom", "accord__financement__action__intitule"),
        *("accord__financement__etude__intitule", "etude__intitule", "bilan__convention__intitule"),
    ]
    search_help_text = "Titre, nom du fichier, action, étude ou convention"
    fields = [*PORTEURS, "titre", "visibilite", "fichier"]
    readonly_fields = [*PORTEURS, "lien"]

    def get_queryset(self, request):
        return super().get_queryset(request).avec_objet()

    def has_change_permission(self, request, obj=None):
        """Let an agent correct the files of what it writes."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or writes_piece(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or writes_piece(request.user, obj))

    @admin.display(description="objet")
    def objet(self, piece):
        return piece.objet
