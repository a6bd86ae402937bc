from django.urls import path, re_path

from pvd.suivi.vues import accueil, communes, intercommunalites, pages

urlpatterns = [
    path("", accueil.accueil, name="accueil"),
    path("departements/", accueil.france, name="departements"),
    re_path(
        r"^departements/(?P<code>[0-9][0-9ABab][0-9]?)/\Z", accueil.departement, name="departement"
    ),
    path("communes/", communes.communes, name="communes"),
    re_path(r"^communes/(?P<code>[0-9][0-9ABab][0-9]{3})/\Z", communes.commune, name="commune"),
    path("intercommunalites/", intercommunalites.intercommunalites, name="intercommunalites"),
    re_path(
        r"^intercommunalites/(?P<siren>[0-9]{9})/\Z",
        intercommunalites.intercommunalite,
        name="intercommunalite",
    ),
    path("donnees/", pages.donnees, name="donnees"),
    path("mentions-legales/", pages.mentions_legales, name="mentions_legales"),
    path("accessibilite/", pages.accessibilite, name="accessibilite"),
    path("plan-du-site/", pages.plan_du_site, name="plan_du_site"),
    path("sante/", pages.sante, name="sante"),
    path("robots.txt", pages.robots, name="robots"),
]
