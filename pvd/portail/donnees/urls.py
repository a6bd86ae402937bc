from django.urls import path, re_path

from pvd.portail.donnees import catalogue, geojson, openapi, paquet, telechargements
from pvd.portail.donnees.histoire import fichiers

urlpatterns = [
    path("datapackage.json", paquet.paquet, name="paquet"),
    re_path(r"^catalogue\.(?P<extension>jsonld|ttl)\Z", catalogue.catalogue, name="catalogue"),
    path(
        "schemas/historique-<slug:nom>.json",
        fichiers.schema_historique,
        name="schema_historique",
    ),
    re_path(
        r"^historique/(?P<nom>[a-z-]+)\.(?P<extension>[a-z]+)$",
        fichiers.historique,
        name="historique",
    ),
    path("schemas/<slug:nom>.json", telechargements.schema, name="schema"),
    re_path(r"^(?P<nom>[a-z-]+)\.lisez-moi\.txt\Z", telechargements.lisez_moi, name="lisez_moi"),
    path("openapi.json", openapi.openapi, name="openapi"),
    path("<slug:nom>.geojson", geojson.geojson, name="geojson"),
    re_path(
        r"^(?P<nom>[a-z-]+)\.(?P<extension>[a-z]+)$",
        telechargements.telecharger,
        name="telecharger",
    ),
]
