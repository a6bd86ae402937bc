from django.urls import path, re_path, register_converter

from pvd.portail.donnees import catalogue, geojson, openapi, paquet, telechargements
from pvd.portail.partage.etendue import HISTORIQUE


class NomDeTable:
    """The name of a table in its address: a history is in a folder of its own."""

    regex = "(?:historique/)?[a-z-]+"

    def to_python(self, value):
        if value.startswith(HISTORIQUE):
            raise ValueError("Une histoire est sous « historique/ ».")
        return value.replace("historique/", HISTORIQUE, 1)

    def to_url(self, nom):
        return nom.replace(HISTORIQUE, "historique/", 1)


register_converter(NomDeTable, "table")

urlpatterns = [
    path("datapackage.json", paquet.paquet, name="paquet"),
    re_path(r"^catalogue\.(?P<extension>jsonld|ttl)\Z", catalogue.catalogue, name="catalogue"),
    path("schemas/<slug:nom>.json", telechargements.schema, name="schema"),
    path("<table:nom>.lisez-moi.txt", telechargements.lisez_moi, name="lisez_moi"),
    path("openapi.json", openapi.openapi, name="openapi"),
    path("<slug:nom>.geojson", geojson.geojson, name="geojson"),
    path("<table:nom>.<slug:extension>", telechargements.telecharger, name="telecharger"),
]
