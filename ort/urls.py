from django.urls import path

from ort import vues

urlpatterns = [
    path("", vues.liste, name="ort_liste"),
    path("<slug:identifiant>/", vues.ort, name="ort"),
    path("<slug:identifiant>/documents/<int:pk>/", vues.document, name="ort_document"),
]
