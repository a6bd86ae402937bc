from django.urls import path

from projects.postes import vues

urlpatterns = [path("", vues.postes, name="postes")]
