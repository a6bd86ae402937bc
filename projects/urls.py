from django.urls import path

from projects import vues

urlpatterns = [path("", vues.postes, name="postes")]
