from django.urls import path

from projects.club import vues

urlpatterns = [path("", vues.club, name="club")]
