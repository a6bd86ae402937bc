from django.urls import path

from projects.pieces import vues

urlpatterns = [
    path("actions/<slug:identifiant>/documents/<int:pk>/", vues.piece, name="action_piece"),
    path("etudes/<slug:identifiant>/documents/<int:pk>/", vues.piece, name="etude_piece"),
    path(
        "ort/<slug:identifiant>/bilans/<slug:bilan>/documents/<int:pk>/",
        vues.piece,
        name="bilan_piece",
    ),
]
