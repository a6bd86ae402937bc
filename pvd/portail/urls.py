from django.urls import path, re_path

from pvd.portail import club
from pvd.portail.donnees.page import donnees
from pvd.portail.partage.flux import flux
from pvd.portail.vues import (
    accueil,
    bilans,
    cartes,
    communes,
    intercommunalites,
    jumelles,
    pages,
    partage,
    projets,
)
from pvd.portail.vues.sante import sante
from pvd.signalements import vues as signalements

urlpatterns = [
    re_path(
        r"^communes/(?P<code>[0-9][0-9ABab][0-9]{3})\.json\Z", jumelles.commune, name="commune_json"
    ),
    path("ort/<slug:identifiant>.json", jumelles.ort, name="ort_json"),
    re_path(
        r"^intercommunalites/(?P<siren>[0-9]{9})\.json\Z",
        jumelles.intercommunalite,
        name="intercommunalite_json",
    ),
    re_path(
        r"^departements/(?P<code>[0-9][0-9ABab][0-9]?)\.json\Z",
        jumelles.departement,
        name="departement_json",
    ),
    path("", accueil.accueil, name="accueil"),
    path("departements/", accueil.france, name="departements"),
    re_path(
        r"^departements/(?P<code>[0-9][0-9ABab][0-9]?)/\Z", accueil.departement, name="departement"
    ),
    re_path(
        r"^departements/(?P<code>[0-9][0-9ABab][0-9]?)/projet/\Z",
        projets.projet_du_departement,
        name="departement_projet",
    ),
    path("departements/projet/", projets.projet_de_la_france, name="france_projet"),
    path("departements/fond.svg", cartes.fond_de_france, name="fond_de_france"),
    re_path(
        r"^departements/(?P<code>[0-9][0-9ABab][0-9]?)/fond\.svg\Z",
        cartes.fond_de_departement,
        name="fond_de_departement",
    ),
    path("communes/", communes.communes, name="communes"),
    path("communes/trouver/", communes.trouver, name="commune_trouver"),
    re_path(r"^communes/(?P<code>[0-9][0-9ABab][0-9]{3})/\Z", communes.commune, name="commune"),
    re_path(
        r"^communes/(?P<code>[0-9][0-9ABab][0-9]{3})/dates\.ics\Z",
        communes.dates,
        name="commune_dates",
    ),
    re_path(
        r"^communes/(?P<code>[0-9][0-9ABab][0-9]{3})/projet/\Z",
        projets.projet_de_la_commune,
        name="commune_projet",
    ),
    path("ort/<slug:identifiant>/projet/", projets.projet_de_l_ort, name="ort_projet"),
    path(
        "ort/<slug:identifiant>/bilans/<slug:bilan>/",
        bilans.bilan,
        name="ort_bilan",
    ),
    path("intercommunalites/", intercommunalites.intercommunalites, name="intercommunalites"),
    re_path(
        r"^intercommunalites/(?P<siren>[0-9]{9})/\Z",
        intercommunalites.intercommunalite,
        name="intercommunalite",
    ),
    path("resultats/", projets.resultats, name="resultats"),
    path("donnees/", donnees, name="donnees"),
    path("comprendre-les-chiffres/", pages.comprendre_les_chiffres, name="comprendre_les_chiffres"),
    path("mentions-legales/", pages.mentions_legales, name="mentions_legales"),
    path("accessibilite/", pages.accessibilite, name="accessibilite"),
    path("plan-du-site/", pages.plan_du_site, name="plan_du_site"),
    path("club/nouveautes.atom", club.nouveautes, name="club_nouveautes"),
    path("club/dates.ics", club.dates, name="club_dates"),
    path("signaler/", signalements.signaler, name="signaler"),
    path("signaler/merci/", signalements.merci, name="signaler_merci"),
    path("sante/", sante, name="sante"),
    path("robots.txt", pages.robots, name="robots"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("sitemap.xml", partage.sitemap, name="sitemap"),
    path("apercu.png", partage.vignette, name="vignette"),
    re_path(
        r"^communes/(?P<code>[0-9][0-9ABab][0-9]{3})/apercu\.png\Z",
        partage.vignette_commune,
        name="vignette_commune",
    ),
    re_path(
        r"^departements/(?P<code>[0-9][0-9ABab][0-9]?)/apercu\.png\Z",
        partage.vignette_departement,
        name="vignette_departement",
    ),
    re_path(
        r"^departements/(?P<code>[0-9][0-9ABab][0-9]?)/nouveautes\.atom\Z",
        flux,
        name="nouveautes",
    ),
]
