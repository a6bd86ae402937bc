from django.urls import path, re_path

from pvd.portail.donnees import telechargements

urlpatterns = [
    path("schemas/<slug:nom>.json", telechargements.schema, name="schema"),
    re_path(
        r"^(?P<nom>[a-z-]+)\.(?P<extension>[a-z]+)$",
        telechargements.telecharger,
        name="telecharger",
    ),
]
