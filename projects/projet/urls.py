from django.urls import path

from projects.projet import vues

urlpatterns = [
    path("", vues.liste, name="actions"),
    path("<slug:identifiant>/", vues.action, name="action"),
    path("<slug:identifiant>/plan-de-financement/", vues.affiche, name="action_affiche"),
]
