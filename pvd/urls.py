from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/mot-de-passe/", include("communes.comptes.acces")),
    path("admin/", admin.site.urls),
    path("donnees/", include("pvd.portail.donnees.urls")),
    path("ort/", include("ort.urls")),
    path("actions/", include("projects.projet.urls")),
    path("club/", include("projects.club.urls")),
    path("chefs-de-projet/", include("projects.urls")),
    path("", include("projects.pieces.urls")),
    path("", include("pvd.portail.urls")),
]

handler500 = "socle.web.attente.erreur"
