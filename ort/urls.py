from django.urls import path

from ort import vues

urlpatterns = [
    path("", vues.liste, name="ort_liste"),
    path("<slug:identifiant>/", vues.ort, name="ort"),
]
