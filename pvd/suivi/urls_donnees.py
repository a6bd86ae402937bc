from django.urls import path, re_path

from pvd.suivi import donnees

urlpatterns = [
    path("schemas/<slug:nom>.json", donnees.schema, name="schema"),
    re_path(r"^(?P<nom>[a-z-]+)\.(?P<extension>[a-z]+)$", donnees.telecharger, name="telecharger"),
]
