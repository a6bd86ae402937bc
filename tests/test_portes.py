"""Every address of the site, by every role: a door without its row fails.

An agent of the Hérault and one of the Tarn knock at the same records, all of the Hérault. What a
hand-made request may push beyond its address is in `tests/test_permissions.py`.
"""

import re

import pytest
from django import forms
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from communes.comptes.journal import record
from communes.models import Agent, Role
from ort.models import Document, Organisme, Partie
from projects.models import Action
from pvd.suivi.models import ChiffrePublie
from socle.essai import essai
from socle.historique import one_act, signed_by
from tests import factories
from tests.conftest import browser_of
from tests.formulaires import filled
from tests.socle.admin.test_admin import affirmation, one_purge

pytestmark = pytest.mark.usefixtures("documents_folder")

# o: the page opens. i: forbidden. c: log in first. r: led elsewhere, as to the home of the back office
# when « cette fiche n'existe pas ». x: there is no such page.
# p: it is asked for by a form only.
# A check of health answers to all, be it to say what is wrong.
ANSWERS = {503: "o", 200: "o", 403: "i", 302: "r", 404: "x", 405: "p"}
CAST = [
    "visiteur",
    "lecteur 34",
    "agent 34",
    "agent 81",
    "agent de nulle part",
    "référent 34",
    "national",
]
# fmt: off
ROWS = {
    # visiteur, lecteur 34, agent 34, agent 81, agent de nulle part, référent 34, national
    "/": "ooooooo",
    "/accessibilite/": "ooooooo",
    "/actions/": "ooooooo",
    "/actions/<slug:identifiant>/": "ooooooo",
    "/actions/<slug:identifiant>/plan-de-financement/": "ooooooo",
    "/admin/": "coooooo",
    "/admin/(?P<app_label>socle|communes|ort|projects|suivi)/$": "coooxoo",
    "/admin/(?P<url>.*)$": "cxxxxxx",
    "/admin/a-verifier/": "coooooo",
    "/admin/actes/<str:modele>/<int:numero>/annuler/": "cioxxoo",
    "/admin/aide/": "coooooo",
    "/admin/aide/<slug:name>/": "coooooo",
    "/admin/alertes/": "coooooo",
    "/admin/alertes/<int:pk>/<slug:sorte>/accepter/": "cioxioo",
    "/admin/autocomplete/": "coooioo",
    "/admin/bilans/": "coooooo",
    "/admin/bilans/<int:pk>/<slug:echeance>/accepter/": "cioxioo",
    "/admin/ouvrir/": "ciiiiio",
    "/admin/ouvrir/<str:jeton>/": "ciiiiir",
    "/admin/referentiel/": "ciiiiio",
    "/admin/releves-attendus/": "coooooo",
    "/admin/releves-attendus/<int:pk>/<slug:echeance>/accepter/": "cioxioo",
    "/admin/chercher/": "coooooo",
    "/admin/communes/agent/": "ciiiioo",
    "/admin/communes/agent/<id>/password/": "ciiiioo",
    "/admin/communes/agent/<path:object_id>/": "crrrrrr",
    "/admin/communes/agent/<path:object_id>/change/": "ciiiioo",
    "/admin/communes/agent/<path:object_id>/delete/": "ciiiiio",
    "/admin/communes/agent/<path:object_id>/history/": "ciirroo",
    "/admin/communes/agent/add/": "ciiiioo",
    "/admin/communes/commune/": "coooioo",
    "/admin/communes/commune/<path:object_id>/": "cooxxoo",
    "/admin/communes/commune/<path:object_id>/change/": "coorioo",
    "/admin/communes/commune/<path:object_id>/delete/": "ciiiiii",
    "/admin/communes/commune/<path:object_id>/fiche/": "cooxxoo",
    "/admin/communes/commune/<path:object_id>/history/": "coorroo",
    "/admin/communes/commune/add/": "ciiiiii",
    "/admin/communes/departement/": "coooioo",
    "/admin/communes/departement/<path:object_id>/": "crrrrrr",
    "/admin/communes/departement/<path:object_id>/change/": "coorioo",
    "/admin/communes/departement/<path:object_id>/delete/": "ciiiiii",
    "/admin/communes/departement/<path:object_id>/history/": "coorroo",
    "/admin/communes/departement/add/": "ciiiiii",
    "/admin/communes/intercommunalite/": "coooioo",
    "/admin/communes/intercommunalite/<path:object_id>/": "cooxxoo",
    "/admin/communes/intercommunalite/<path:object_id>/change/": "coorioo",
    "/admin/communes/intercommunalite/<path:object_id>/delete/": "ciiiiii",
    "/admin/communes/intercommunalite/<path:object_id>/fiche/": "cooxxoo",
    "/admin/communes/intercommunalite/<path:object_id>/history/": "coorroo",
    "/admin/communes/intercommunalite/add/": "ciiiiii",
    "/admin/communes/interlocuteur/": "coooioo",
    "/admin/communes/interlocuteur/<path:object_id>/": "crrrrrr",
    "/admin/communes/interlocuteur/<path:object_id>/change/": "coorioo",
    "/admin/communes/interlocuteur/<path:object_id>/delete/": "ciorioo",
    "/admin/communes/interlocuteur/<path:object_id>/history/": "coorroo",
    "/admin/communes/interlocuteur/add/": "ciooioo",
    "/admin/communes/interlocuteur/supprimees/": "ciooioo",
    "/admin/communes/interlocuteur/supprimees/<int:numero>/": "cioxioo",
    "/admin/communes/journaldroits/": "ciiiioo",
    "/admin/communes/journaldroits/<path:object_id>/": "crrrrrr",
    "/admin/communes/journaldroits/<path:object_id>/change/": "ciiiioo",
    "/admin/communes/journaldroits/<path:object_id>/delete/": "ciiiiii",
    "/admin/communes/journaldroits/<path:object_id>/history/": "ciirroo",
    "/admin/communes/journaldroits/add/": "ciiiiii",
    "/admin/communes/labellisation/": "coooioo",
    "/admin/communes/labellisation/<path:object_id>/": "crrrrrr",
    "/admin/communes/labellisation/<path:object_id>/change/": "coorioo",
    "/admin/communes/labellisation/<path:object_id>/delete/": "ciorioo",
    "/admin/communes/labellisation/<path:object_id>/history/": "coorroo",
    "/admin/communes/labellisation/add/": "cirrirr",
    "/admin/communes/labellisation/exporter/<slug:nom>/<slug:forme>/": "coooioo",
    "/admin/communes/labellisation/importer/": "ciooioo",
    "/admin/communes/labellisation/importer/<slug:sorte>/<str:jeton>/": "cirrirr",
    "/admin/communes/labellisation/importer/<slug:sorte>/<str:jeton>/colonnes/": "cirrirr",
    "/admin/communes/labellisation/importer/<slug:sorte>/<str:jeton>/refus.csv": "cirrirr",
    "/admin/communes/labellisation/importer/modele/<slug:sorte>.<slug:extension>": "ciooioo",
    "/admin/communes/labellisation/supprimees/": "ciooioo",
    "/admin/communes/labellisation/supprimees/<int:numero>/": "cioxioo",
    "/admin/communes/millesime/": "ciiiiio",
    "/admin/communes/millesime/<path:object_id>/": "crrrrrr",
    "/admin/communes/millesime/<path:object_id>/change/": "ciiiiio",
    "/admin/communes/millesime/<path:object_id>/delete/": "ciiiiii",
    "/admin/communes/millesime/<path:object_id>/history/": "ciiiiio",
    "/admin/communes/millesime/add/": "ciiiiii",
    "/admin/communes/mouvement/": "ciiiiio",
    "/admin/communes/mouvement/<path:object_id>/": "crrrrrr",
    "/admin/communes/mouvement/<path:object_id>/change/": "ciiiiio",
    "/admin/communes/mouvement/<path:object_id>/delete/": "ciiiiii",
    "/admin/communes/mouvement/<path:object_id>/history/": "crrrrro",
    "/admin/communes/mouvement/add/": "ciiiiii",
    "/admin/communes/mouvement/supprimees/": "ciiiiii",
    "/admin/communes/mouvement/supprimees/<int:numero>/": "ciiiiii",
    "/admin/communes/programme/": "coooioo",
    "/admin/communes/programme/<path:object_id>/": "crrrrrr",
    "/admin/communes/programme/<path:object_id>/change/": "coooioo",
    "/admin/communes/programme/<path:object_id>/delete/": "ciiiiio",
    "/admin/communes/programme/<path:object_id>/history/": "coooioo",
    "/admin/communes/programme/add/": "ciiiiio",
    "/admin/communes/programme/supprimees/": "ciiiiio",
    "/admin/communes/programme/supprimees/<int:numero>/": "ciiiiio",
    "/admin/communes/rattachement/": "coooioo",
    "/admin/communes/rattachement/<path:object_id>/": "crrrrrr",
    "/admin/communes/rattachement/<path:object_id>/change/": "coorioo",
    "/admin/communes/rattachement/<path:object_id>/delete/": "ciiiiii",
    "/admin/communes/rattachement/<path:object_id>/history/": "coorroo",
    "/admin/communes/rattachement/add/": "ciiiiii",
    "/admin/communes/relecture/": "coooioo",
    "/admin/communes/relecture/<path:object_id>/": "crrrrrr",
    "/admin/communes/relecture/<path:object_id>/change/": "coorioo",
    "/admin/communes/relecture/<path:object_id>/delete/": "ciorioo",
    "/admin/communes/relecture/<path:object_id>/history/": "coorroo",
    "/admin/communes/relecture/add/": "ciooioo",
    "/admin/communes/relecture/supprimees/": "ciooioo",
    "/admin/communes/relecture/supprimees/<int:numero>/": "cioxioo",
    "/admin/communes/region/": "ciiiiio",
    "/admin/communes/region/<path:object_id>/": "crrrrrr",
    "/admin/communes/region/<path:object_id>/change/": "ciiiiio",
    "/admin/communes/region/<path:object_id>/delete/": "ciiiiii",
    "/admin/communes/region/<path:object_id>/history/": "ciiiiio",
    "/admin/communes/region/add/": "ciiiiii",
    "/admin/enquete-ort/": "coooioo",
    "/admin/enquete-ort/exporter/<slug:forme>/": "cooxioo",
    "/admin/gestes/<slug:slug>/": "ciooioo",
    "/admin/gestes/<slug:slug>/<int:pk>/": "cioxioo",
    "/admin/jsi18n/": "coooooo",
    "/admin/login/": "orrrrrr",
    "/admin/logout/": "rpppppp",
    "/admin/nouveautes/": "coooioo",
    "/admin/nouveautes/exporter/<slug:forme>/": "coooioo",
    "/admin/ort/avenant/": "coooioo",
    "/admin/ort/avenant/<path:object_id>/": "crrrrrr",
    "/admin/ort/avenant/<path:object_id>/change/": "coorioo",
    "/admin/ort/avenant/<path:object_id>/delete/": "ciorioo",
    "/admin/ort/avenant/<path:object_id>/history/": "coorroo",
    "/admin/ort/avenant/add/": "ciooioo",
    "/admin/ort/avenant/exporter/<slug:nom>/<slug:forme>/": "coooioo",
    "/admin/ort/avenant/importer/": "ciooioo",
    "/admin/ort/avenant/importer/<slug:sorte>/<str:jeton>/": "cirrirr",
    "/admin/ort/avenant/importer/<slug:sorte>/<str:jeton>/colonnes/": "cirrirr",
    "/admin/ort/avenant/importer/<slug:sorte>/<str:jeton>/refus.csv": "cirrirr",
    "/admin/ort/avenant/importer/modele/<slug:sorte>.<slug:extension>": "ciooioo",
    "/admin/ort/avenant/supprimees/": "ciooioo",
    "/admin/ort/avenant/supprimees/<int:numero>/": "cioxioo",
    "/admin/ort/convention/": "coooioo",
    "/admin/ort/convention/<path:object_id>/": "cooxxoo",
    "/admin/ort/convention/<path:object_id>/change/": "coorioo",
    "/admin/ort/convention/<path:object_id>/communes/": "cioiioo",
    "/admin/ort/convention/<path:object_id>/delete/": "ciorioo",
    "/admin/ort/convention/<path:object_id>/fiche/": "cooxxoo",
    "/admin/ort/convention/<path:object_id>/history/": "coorroo",
    "/admin/ort/convention/<path:object_id>/proposer/": "cirrrrr",
    "/admin/ort/convention/<path:object_id>/valider/": "ciixxii",
    "/admin/ort/convention/add/": "cirrirr",
    "/admin/ort/convention/exporter/<slug:nom>/<slug:forme>/": "coooioo",
    "/admin/ort/convention/importer/": "ciooioo",
    "/admin/ort/convention/importer/<slug:sorte>/<str:jeton>/": "cirrirr",
    "/admin/ort/convention/importer/<slug:sorte>/<str:jeton>/colonnes/": "cirrirr",
    "/admin/ort/convention/importer/<slug:sorte>/<str:jeton>/refus.csv": "cirrirr",
    "/admin/ort/convention/importer/modele/<slug:sorte>.<slug:extension>": "ciooioo",
    "/admin/ort/convention/supprimees/": "ciooioo",
    "/admin/ort/convention/supprimees/<int:numero>/": "cioxioo",
    "/admin/ort/document/": "coooioo",
    "/admin/ort/document/<path:object_id>/": "crrrrrr",
    "/admin/ort/document/<path:object_id>/change/": "coorioo",
    "/admin/ort/document/<path:object_id>/delete/": "ciorioo",
    "/admin/ort/document/<path:object_id>/history/": "coorroo",
    "/admin/ort/document/add/": "ciooioo",
    "/admin/ort/document/supprimees/": "ciooioo",
    "/admin/ort/document/supprimees/<int:numero>/": "cioxioo",
    "/admin/ort/organisme/": "coooioo",
    "/admin/ort/organisme/<path:object_id>/": "crrrrrr",
    "/admin/ort/organisme/<path:object_id>/change/": "coooioo",
    "/admin/ort/organisme/<path:object_id>/delete/": "ciiiiio",
    "/admin/ort/organisme/<path:object_id>/history/": "coooioo",
    "/admin/ort/organisme/add/": "ciooioo",
    "/admin/ort/organisme/supprimees/": "ciooioo",
    "/admin/ort/organisme/supprimees/<int:numero>/": "cixxixo",
    "/admin/ort/proposition/": "coooioo",
    "/admin/ort/proposition/<int:numero>/repondre/": "ciirrii",
    "/admin/ort/proposition/<path:object_id>/": "crrrrrr",
    "/admin/ort/proposition/<path:object_id>/change/": "coorroo",
    "/admin/ort/proposition/<path:object_id>/delete/": "ciiiiii",
    "/admin/ort/proposition/<path:object_id>/history/": "coorroo",
    "/admin/ort/proposition/add/": "ciiiiii",
    "/admin/mot-de-passe/<uidb64>/<token>/": "ooooooo",
    "/admin/mot-de-passe/choisi/": "ooooooo",
    "/admin/mot-de-passe/envoye/": "ooooooo",
    "/admin/mot-de-passe/oublie/": "ooooooo",
    "/admin/password_change/": "coooooo",
    "/admin/password_change/done/": "coooooo",
    "/admin/projects/action/": "coooioo",
    "/admin/projects/action/<path:object_id>/": "cooxxoo",
    "/admin/projects/action/<path:object_id>/change/": "coorioo",
    "/admin/projects/action/<path:object_id>/communes/": "cioiioo",
    "/admin/projects/action/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/action/<path:object_id>/fiche/": "cooxxoo",
    "/admin/projects/action/<path:object_id>/history/": "coorroo",
    "/admin/projects/action/add/": "cirrirr",
    "/admin/projects/action/exporter/<slug:nom>/<slug:forme>/": "coooioo",
    "/admin/projects/action/importer/": "ciooioo",
    "/admin/projects/action/importer/<slug:sorte>/<str:jeton>/": "cirrirr",
    "/admin/projects/action/importer/<slug:sorte>/<str:jeton>/colonnes/": "cirrirr",
    "/admin/projects/action/importer/<slug:sorte>/<str:jeton>/refus.csv": "cirrirr",
    "/admin/projects/action/importer/modele/<slug:sorte>.<slug:extension>": "ciooioo",
    "/admin/projects/action/supprimees/": "ciooioo",
    "/admin/projects/action/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/axe/": "coooioo",
    "/admin/projects/axe/<path:object_id>/": "crrrrrr",
    "/admin/projects/axe/<path:object_id>/change/": "coorioo",
    "/admin/projects/axe/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/axe/<path:object_id>/history/": "coorroo",
    "/admin/projects/axe/add/": "ciooioo",
    "/admin/projects/axe/supprimees/": "ciooioo",
    "/admin/projects/axe/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/bilan/": "coooioo",
    "/admin/projects/bilan/<path:object_id>/": "crrrrrr",
    "/admin/projects/bilan/<path:object_id>/change/": "coorioo",
    "/admin/projects/bilan/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/bilan/<path:object_id>/history/": "coorroo",
    "/admin/projects/bilan/add/": "ciooioo",
    "/admin/projects/bilan/exporter/<slug:nom>/<slug:forme>/": "coooioo",
    "/admin/projects/bilan/importer/": "ciooioo",
    "/admin/projects/bilan/importer/<slug:sorte>/<str:jeton>/": "cirrirr",
    "/admin/projects/bilan/importer/<slug:sorte>/<str:jeton>/colonnes/": "cirrirr",
    "/admin/projects/bilan/importer/<slug:sorte>/<str:jeton>/refus.csv": "cirrirr",
    "/admin/projects/bilan/importer/modele/<slug:sorte>.<slug:extension>": "ciooioo",
    "/admin/projects/bilan/supprimees/": "ciooioo",
    "/admin/projects/bilan/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/contact/": "ciooioo",
    "/admin/projects/contact/<path:object_id>/": "crrrrrr",
    "/admin/projects/contact/<path:object_id>/change/": "ciorioo",
    "/admin/projects/contact/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/contact/<path:object_id>/history/": "crorroo",
    "/admin/projects/contact/add/": "ciooioo",
    "/admin/projects/contact/supprimees/": "ciooioo",
    "/admin/projects/contact/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/dispositif/": "coooioo",
    "/admin/projects/dispositif/<path:object_id>/": "crrrrrr",
    "/admin/projects/dispositif/<path:object_id>/change/": "coooioo",
    "/admin/projects/dispositif/<path:object_id>/delete/": "ciiiiio",
    "/admin/projects/dispositif/<path:object_id>/history/": "coooioo",
    "/admin/projects/dispositif/add/": "ciiiiio",
    "/admin/projects/dispositif/supprimees/": "ciiiiio",
    "/admin/projects/dispositif/supprimees/<int:numero>/": "ciiiiio",
    "/admin/projects/etude/": "coooioo",
    "/admin/projects/etude/<path:object_id>/": "cooxxoo",
    "/admin/projects/etude/<path:object_id>/change/": "coorioo",
    "/admin/projects/etude/<path:object_id>/communes/": "cioiioo",
    "/admin/projects/etude/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/etude/<path:object_id>/fiche/": "cooxxoo",
    "/admin/projects/etude/<path:object_id>/history/": "coorroo",
    "/admin/projects/etude/add/": "cirrirr",
    "/admin/projects/etude/exporter/<slug:nom>/<slug:forme>/": "coooioo",
    "/admin/projects/etude/importer/": "ciooioo",
    "/admin/projects/etude/importer/<slug:sorte>/<str:jeton>/": "cirrirr",
    "/admin/projects/etude/importer/<slug:sorte>/<str:jeton>/colonnes/": "cirrirr",
    "/admin/projects/etude/importer/<slug:sorte>/<str:jeton>/refus.csv": "cirrirr",
    "/admin/projects/etude/importer/modele/<slug:sorte>.<slug:extension>": "ciooioo",
    "/admin/projects/etude/supprimees/": "ciooioo",
    "/admin/projects/etude/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/evenementclub/": "coooioo",
    "/admin/projects/evenementclub/<path:object_id>/": "crrrrrr",
    "/admin/projects/evenementclub/<path:object_id>/change/": "coooioo",
    "/admin/projects/evenementclub/<path:object_id>/delete/": "cioiioo",
    "/admin/projects/evenementclub/<path:object_id>/history/": "coooroo",
    "/admin/projects/evenementclub/add/": "ciooioo",
    "/admin/projects/evenementclub/exporter/<slug:nom>/<slug:forme>/": "coooioo",
    "/admin/projects/evenementclub/importer/": "ciooioo",
    "/admin/projects/evenementclub/importer/<slug:sorte>/<str:jeton>/": "cirrirr",
    "/admin/projects/evenementclub/importer/<slug:sorte>/<str:jeton>/colonnes/": "cirrirr",
    "/admin/projects/evenementclub/importer/<slug:sorte>/<str:jeton>/refus.csv": "cirrirr",
    "/admin/projects/evenementclub/importer/modele/<slug:sorte>.<slug:extension>": "ciooioo",
    "/admin/projects/evenementclub/supprimees/": "ciooioo",
    "/admin/projects/evenementclub/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/piece/": "coooioo",
    "/admin/projects/piece/<path:object_id>/": "crrrrrr",
    "/admin/projects/piece/<path:object_id>/change/": "coorioo",
    "/admin/projects/piece/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/piece/<path:object_id>/history/": "coorroo",
    "/admin/projects/piece/add/": "cirrirr",
    "/admin/projects/piece/supprimees/": "ciooioo",
    "/admin/projects/piece/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/cible/": "coooioo",
    "/admin/projects/cible/<path:object_id>/": "crrrrrr",
    "/admin/projects/cible/<path:object_id>/change/": "coorioo",
    "/admin/projects/cible/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/cible/<path:object_id>/history/": "coorroo",
    "/admin/projects/cible/add/": "ciooioo",
    "/admin/projects/cible/supprimees/": "ciooioo",
    "/admin/projects/cible/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/cible/exporter/<slug:nom>/<slug:forme>/": "coooioo",
    "/admin/projects/cible/importer/": "ciooioo",
    "/admin/projects/cible/importer/<slug:sorte>/<str:jeton>/": "cirrirr",
    "/admin/projects/cible/importer/<slug:sorte>/<str:jeton>/colonnes/": "cirrirr",
    "/admin/projects/cible/importer/<slug:sorte>/<str:jeton>/refus.csv": "cirrirr",
    "/admin/projects/cible/importer/modele/<slug:sorte>.<slug:extension>": "ciooioo",
    "/admin/projects/indicateur/": "coooioo",
    "/admin/projects/indicateur/<path:object_id>/": "crrrrrr",
    "/admin/projects/indicateur/<path:object_id>/change/": "coorioo",
    "/admin/projects/indicateur/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/indicateur/<path:object_id>/history/": "coorroo",
    "/admin/projects/indicateur/add/": "ciooioo",
    "/admin/projects/indicateur/supprimees/": "ciooioo",
    "/admin/projects/indicateur/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/indicateur/exporter/<slug:nom>/<slug:forme>/": "coooioo",
    "/admin/projects/indicateur/importer/": "ciooioo",
    "/admin/projects/indicateur/importer/<slug:sorte>/<str:jeton>/": "cirrirr",
    "/admin/projects/indicateur/importer/<slug:sorte>/<str:jeton>/colonnes/": "cirrirr",
    "/admin/projects/indicateur/importer/<slug:sorte>/<str:jeton>/refus.csv": "cirrirr",
    "/admin/projects/indicateur/importer/modele/<slug:sorte>.<slug:extension>": "ciooioo",
    "/admin/projects/releve/": "coooioo",
    "/admin/projects/releve/<path:object_id>/": "crrrrrr",
    "/admin/projects/releve/<path:object_id>/change/": "coorioo",
    "/admin/projects/releve/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/releve/<path:object_id>/history/": "coorroo",
    "/admin/projects/releve/add/": "ciooioo",
    "/admin/projects/releve/supprimees/": "ciooioo",
    "/admin/projects/releve/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/releve/exporter/<slug:nom>/<slug:forme>/": "coooioo",
    "/admin/projects/releve/importer/": "ciooioo",
    "/admin/projects/releve/importer/<slug:sorte>/<str:jeton>/": "cirrirr",
    "/admin/projects/releve/importer/<slug:sorte>/<str:jeton>/colonnes/": "cirrirr",
    "/admin/projects/releve/importer/<slug:sorte>/<str:jeton>/refus.csv": "cirrirr",
    "/admin/projects/releve/importer/modele/<slug:sorte>.<slug:extension>": "ciooioo",
    "/admin/projects/financement/": "coooioo",
    "/admin/projects/financement/<path:object_id>/": "crrrrrr",
    "/admin/projects/financement/<path:object_id>/change/": "coorioo",
    "/admin/projects/financement/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/financement/<path:object_id>/history/": "coorroo",
    "/admin/projects/financement/add/": "ciooioo",
    "/admin/projects/financement/supprimees/": "ciooioo",
    "/admin/projects/financement/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/note/": "ciooioo",
    "/admin/projects/note/<path:object_id>/": "crrrrrr",
    "/admin/projects/note/<path:object_id>/change/": "ciorioo",
    "/admin/projects/note/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/note/<path:object_id>/fait/": "cpppppp",
    "/admin/projects/note/<path:object_id>/history/": "crorroo",
    "/admin/projects/note/add/": "ciooioo",
    "/admin/projects/note/supprimees/": "ciooioo",
    "/admin/projects/note/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/participation/": "coooioo",
    "/admin/projects/participation/<path:object_id>/": "crrrrrr",
    "/admin/projects/participation/<path:object_id>/change/": "coorioo",
    "/admin/projects/participation/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/participation/<path:object_id>/history/": "coorroo",
    "/admin/projects/participation/add/": "ciooioo",
    "/admin/projects/participation/supprimees/": "ciooioo",
    "/admin/projects/participation/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/poste/": "coooioo",
    "/admin/projects/poste/<path:object_id>/": "crrrrrr",
    "/admin/projects/poste/<path:object_id>/change/": "coorioo",
    "/admin/projects/poste/<path:object_id>/communes/": "cioiioo",
    "/admin/projects/poste/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/poste/<path:object_id>/histoire/": "coorroo",
    "/admin/projects/poste/<path:object_id>/history/": "coorroo",
    "/admin/projects/poste/add/": "cirrirr",
    "/admin/projects/poste/exporter/<slug:nom>/<slug:forme>/": "coooioo",
    "/admin/projects/poste/importer/": "ciooioo",
    "/admin/projects/poste/importer/<slug:sorte>/<str:jeton>/": "cirrirr",
    "/admin/projects/poste/importer/<slug:sorte>/<str:jeton>/colonnes/": "cirrirr",
    "/admin/projects/poste/importer/<slug:sorte>/<str:jeton>/refus.csv": "cirrirr",
    "/admin/projects/poste/importer/modele/<slug:sorte>.<slug:extension>": "ciooioo",
    "/admin/projects/poste/supprimees/": "ciooioo",
    "/admin/projects/poste/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/presentation/": "coooioo",
    "/admin/projects/presentation/<path:object_id>/": "crrrrrr",
    "/admin/projects/presentation/<path:object_id>/change/": "coorioo",
    "/admin/projects/presentation/<path:object_id>/delete/": "ciorioo",
    "/admin/projects/presentation/<path:object_id>/history/": "coorroo",
    "/admin/projects/presentation/add/": "ciooioo",
    "/admin/projects/presentation/exporter/<slug:nom>/<slug:forme>/": "coooioo",
    "/admin/projects/presentation/importer/": "ciooioo",
    "/admin/projects/presentation/importer/<slug:sorte>/<str:jeton>/": "cirrirr",
    "/admin/projects/presentation/importer/<slug:sorte>/<str:jeton>/colonnes/": "cirrirr",
    "/admin/projects/presentation/importer/<slug:sorte>/<str:jeton>/refus.csv": "cirrirr",
    "/admin/projects/presentation/importer/modele/<slug:sorte>.<slug:extension>": "ciooioo",
    "/admin/projects/presentation/supprimees/": "ciooioo",
    "/admin/projects/presentation/supprimees/<int:numero>/": "cioxioo",
    "/admin/projects/purge/": "ciiiiio",
    "/admin/projects/purge/<path:object_id>/": "crrrrrr",
    "/admin/projects/purge/<path:object_id>/change/": "ciiiiio",
    "/admin/projects/purge/<path:object_id>/delete/": "ciiiiii",
    "/admin/projects/purge/<path:object_id>/history/": "ciiiiio",
    "/admin/projects/purge/add/": "ciiiiii",
    "/admin/projects/theme/": "coooioo",
    "/admin/projects/theme/<path:object_id>/": "crrrrrr",
    "/admin/projects/theme/<path:object_id>/change/": "coooioo",
    "/admin/projects/theme/<path:object_id>/delete/": "ciiiiio",
    "/admin/projects/theme/<path:object_id>/history/": "coooioo",
    "/admin/projects/theme/add/": "ciiiiio",
    "/admin/projects/theme/supprimees/": "ciiiiio",
    "/admin/projects/theme/supprimees/<int:numero>/": "ciiiiio",
    "/admin/r/<path:content_type_id>/<path:object_id>/": "cxxxxxx",
    "/admin/socle/affirmation/": "coooioo",
    "/admin/socle/affirmation/<path:object_id>/": "crrrrrr",
    "/admin/socle/affirmation/<path:object_id>/change/": "coorioo",
    "/admin/socle/affirmation/<path:object_id>/delete/": "ciiiiii",
    "/admin/socle/affirmation/<path:object_id>/history/": "coorroo",
    "/admin/socle/affirmation/add/": "ciiiiii",
    "/admin/socle/affirmation/supprimees/": "ciiiiii",
    "/admin/socle/affirmation/supprimees/<int:numero>/": "ciiiiii",
    "/admin/socle/import/": "ciooioo",
    "/admin/socle/import/<int:numero>/annuler/": "cixxixo",
    "/admin/socle/import/<path:object_id>/": "crrrrrr",
    "/admin/socle/import/<path:object_id>/change/": "cirriro",
    "/admin/socle/import/<path:object_id>/delete/": "ciiiiii",
    "/admin/socle/import/<path:object_id>/history/": "crrrrro",
    "/admin/socle/import/add/": "ciiiiii",
    "/admin/socle/source/": "coooioo",
    "/admin/socle/source/<path:object_id>/": "crrrrrr",
    "/admin/socle/source/<path:object_id>/change/": "coooioo",
    "/admin/socle/source/<path:object_id>/delete/": "ciiiiio",
    "/admin/socle/source/<path:object_id>/history/": "coooioo",
    "/admin/socle/source/add/": "ciooioo",
    "/admin/socle/source/supprimees/": "ciooioo",
    "/admin/socle/source/supprimees/<int:numero>/": "cixxixo",
    "/admin/suivi/chiffrepublie/": "coooioo",
    "/admin/suivi/chiffrepublie/<path:object_id>/": "crrrrrr",
    "/admin/suivi/chiffrepublie/<path:object_id>/change/": "coorioo",
    "/admin/suivi/chiffrepublie/<path:object_id>/delete/": "ciiiiio",
    "/admin/suivi/chiffrepublie/<path:object_id>/history/": "coorroo",
    "/admin/suivi/chiffrepublie/add/": "ciiiiio",
    "/admin/suivi/chiffrepublie/supprimees/": "ciiiiio",
    "/admin/suivi/chiffrepublie/supprimees/<int:numero>/": "ciiiiio",
    "/admin/suivi/signalement/": "coooioo",
    "/admin/suivi/signalement/<path:object_id>/": "crrrrrr",
    "/admin/suivi/signalement/<path:object_id>/change/": "coorioo",
    "/admin/suivi/signalement/<path:object_id>/delete/": "ciiiiio",
    "/admin/suivi/signalement/<path:object_id>/history/": "coorroo",
    "/admin/suivi/signalement/add/": "ciiiiii",
    "/admin/tableau/": "coooioo",
    "/admin/tableau/colonnes/": "cpppipp",
    "/admin/tableau/exporter/<slug:forme>/": "coooioo",
    "/apercu.png": "ooooooo",
    "/chefs-de-projet/": "ooooooo",
    "/club/": "ooooooo",
    "/club/dates.ics": "ooooooo",
    "/club/nouveautes.atom": "ooooooo",
    "/communes/": "ooooooo",
    r"/communes/(?P<code>[0-9][0-9ABab][0-9]{3})/\Z": "ooooooo",
    r"/communes/(?P<code>[0-9][0-9ABab][0-9]{3})\.json\Z": "ooooooo",
    r"/communes/(?P<code>[0-9][0-9ABab][0-9]{3})/apercu\.png\Z": "ooooooo",
    r"/communes/(?P<code>[0-9][0-9ABab][0-9]{3})/dates\.ics\Z": "ooooooo",
    r"/communes/(?P<code>[0-9][0-9ABab][0-9]{3})/projet/\Z": "ooooooo",
    "/communes/trouver/": "rrrrrrr",
    "/departements/": "ooooooo",
    r"/departements/(?P<code>[0-9][0-9ABab][0-9]?)/\Z": "ooooooo",
    r"/departements/(?P<code>[0-9][0-9ABab][0-9]?)\.json\Z": "ooooooo",
    r"/departements/(?P<code>[0-9][0-9ABab][0-9]?)/apercu\.png\Z": "ooooooo",
    r"/departements/(?P<code>[0-9][0-9ABab][0-9]?)/fond\.svg\Z": "xxxxxxx",
    r"/departements/(?P<code>[0-9][0-9ABab][0-9]?)/nouveautes\.atom\Z": "ooooooo",
    r"/departements/(?P<code>[0-9][0-9ABab][0-9]?)/projet/\Z": "ooooooo",
    "/departements/projet/": "ooooooo",
    "/departements/fond.svg": "xxxxxxx",
    "/donnees/": "ooooooo",
    "/favicon.ico": "rrrrrrr",
    "/donnees/<table:nom>.<slug:extension>": "ooooooo",
    "/donnees/<table:nom>.lisez-moi.txt": "ooooooo",
    "/donnees/<slug:nom>.geojson": "ooooooo",
    r"/donnees/catalogue\.(?P<extension>jsonld|ttl)\Z": "ooooooo",
    "/donnees/datapackage.json": "ooooooo",
    "/donnees/openapi.json": "ooooooo",
    "/donnees/schemas/<slug:nom>.json": "ooooooo",
    "/intercommunalites/": "ooooooo",
    r"/intercommunalites/(?P<siren>[0-9]{9})/\Z": "ooooooo",
    r"/intercommunalites/(?P<siren>[0-9]{9})\.json\Z": "ooooooo",
    "/mentions-legales/": "ooooooo",
    "/ort/": "ooooooo",
    "/ort/<slug:identifiant>/": "ooooooo",
    "/ort/<slug:identifiant>.json": "ooooooo",
    "/ort/<slug:identifiant>/documents/<int:pk>/": "xooxxoo",
    "/ort/<slug:identifiant>/bilans/<slug:bilan>/": "ooooooo",
    "/actions/<slug:identifiant>/documents/<int:pk>/": "xooxxoo",
    "/etudes/<slug:identifiant>/documents/<int:pk>/": "xooxxoo",
    "/ort/<slug:identifiant>/bilans/<slug:bilan>/documents/<int:pk>/": "xooxxoo",
    "/ort/<slug:identifiant>/projet/": "ooooooo",
    "/comprendre-les-chiffres/": "ooooooo",
    "/plan-du-site/": "ooooooo",
    "/resultats/": "ooooooo",
    "/robots.txt": "ooooooo",
    "/sante/": "ooooooo",
    "/signaler/": "ooooooo",
    "/signaler/merci/": "ooooooo",
    "/sitemap.xml": "ooooooo",
}
# fmt: on
# What the same requests write when they come from where they should.
WRITTEN_BY_ITS_AGENT = {
    "/admin/communes/interlocuteur/",
    "/admin/communes/interlocuteur/<path:object_id>/change/",
    "/admin/communes/interlocuteur/<path:object_id>/delete/",
    "/admin/communes/labellisation/",
    "/admin/communes/labellisation/<path:object_id>/delete/",
    "/admin/communes/relecture/",
    "/admin/communes/relecture/<path:object_id>/change/",
    "/admin/communes/relecture/<path:object_id>/delete/",
    "/admin/communes/relecture/supprimees/<int:numero>/",
    "/admin/actes/<str:modele>/<int:numero>/annuler/",
    "/admin/alertes/<int:pk>/<slug:sorte>/accepter/",
    "/admin/bilans/<int:pk>/<slug:echeance>/accepter/",
    "/admin/releves-attendus/<int:pk>/<slug:echeance>/accepter/",
    "/admin/ort/avenant/",
    "/admin/ort/avenant/<path:object_id>/change/",
    "/admin/ort/avenant/<path:object_id>/delete/",
    "/admin/ort/convention/<path:object_id>/change/",
    "/admin/ort/convention/supprimees/<int:numero>/",
    "/admin/ort/organisme/<path:object_id>/change/",
    "/admin/socle/source/<path:object_id>/change/",
    "/admin/ort/document/",
    "/admin/ort/document/<path:object_id>/change/",
    "/admin/ort/document/<path:object_id>/delete/",
    "/admin/ort/document/supprimees/<int:numero>/",
    "/admin/projects/action/",
    "/admin/projects/action/<path:object_id>/change/",
    "/admin/projects/action/<path:object_id>/delete/",
    "/admin/projects/action/supprimees/<int:numero>/",
    "/admin/projects/axe/",
    "/admin/projects/axe/<path:object_id>/change/",
    "/admin/projects/axe/<path:object_id>/delete/",
    "/admin/projects/axe/supprimees/<int:numero>/",
    "/admin/projects/etude/",
    "/admin/projects/etude/<path:object_id>/change/",
    "/admin/projects/etude/<path:object_id>/delete/",
    "/admin/projects/etude/supprimees/<int:numero>/",
    "/admin/projects/bilan/",
    "/admin/projects/bilan/<path:object_id>/change/",
    "/admin/projects/bilan/<path:object_id>/delete/",
    "/admin/projects/bilan/supprimees/<int:numero>/",
    "/admin/projects/presentation/",
    "/admin/projects/presentation/<path:object_id>/change/",
    "/admin/projects/presentation/<path:object_id>/delete/",
    "/admin/projects/presentation/supprimees/<int:numero>/",
    "/admin/projects/evenementclub/",
    "/admin/projects/evenementclub/<path:object_id>/change/",
    "/admin/projects/evenementclub/<path:object_id>/delete/",
    "/admin/projects/evenementclub/supprimees/<int:numero>/",
    "/admin/projects/participation/",
    "/admin/projects/participation/<path:object_id>/change/",
    "/admin/projects/participation/<path:object_id>/delete/",
    "/admin/projects/participation/supprimees/<int:numero>/",
    "/admin/projects/piece/",
    "/admin/projects/piece/<path:object_id>/change/",
    "/admin/projects/piece/<path:object_id>/delete/",
    "/admin/projects/piece/supprimees/<int:numero>/",
    "/admin/projects/cible/",
    "/admin/projects/cible/<path:object_id>/change/",
    "/admin/projects/cible/<path:object_id>/delete/",
    "/admin/projects/cible/supprimees/<int:numero>/",
    "/admin/projects/indicateur/",
    "/admin/projects/indicateur/<path:object_id>/change/",
    "/admin/projects/indicateur/<path:object_id>/delete/",
    "/admin/projects/indicateur/supprimees/<int:numero>/",
    "/admin/projects/releve/",
    "/admin/projects/releve/<path:object_id>/change/",
    "/admin/projects/releve/<path:object_id>/delete/",
    "/admin/projects/releve/supprimees/<int:numero>/",
    "/admin/projects/financement/",
    "/admin/projects/financement/<path:object_id>/change/",
    "/admin/projects/financement/<path:object_id>/delete/",
    "/admin/projects/financement/supprimees/<int:numero>/",
    "/admin/projects/contact/",
    "/admin/projects/contact/<path:object_id>/change/",
    "/admin/projects/contact/<path:object_id>/delete/",
    "/admin/projects/contact/supprimees/<int:numero>/",
    "/admin/projects/note/",
    "/admin/projects/note/<path:object_id>/change/",
    "/admin/projects/note/<path:object_id>/delete/",
    "/admin/projects/note/<path:object_id>/fait/",
    "/admin/projects/note/supprimees/<int:numero>/",
    "/admin/projects/poste/",
    "/admin/projects/poste/<path:object_id>/change/",
    "/admin/projects/poste/<path:object_id>/delete/",
    "/admin/projects/poste/supprimees/<int:numero>/",
    "/admin/suivi/signalement/<path:object_id>/change/",
}
COMMUNES = "app_label={}&model_name={}&field_name=commune&term=lo"
QUERIES = {
    "/admin/enquete-ort/exporter/<slug:forme>/": "departement=34",
    "/admin/autocomplete/": COMMUNES.format("communes", "labellisation"),
    "/admin/ort/convention/<path:object_id>/communes/": COMMUNES.format("ort", "communecouverte"),
    "/admin/projects/poste/<path:object_id>/communes/": COMMUNES.format("projects", "desserte"),
    "/admin/projects/action/<path:object_id>/communes/": COMMUNES.format(
        "projects", "actioncommune"
    ),
    "/admin/projects/etude/<path:object_id>/communes/": COMMUNES.format("projects", "etudecommune"),
}
# What the public addresses name.
PUBLIC = {
    "<slug:nom>": "communes",
    "<slug:identifiant>": "ort-de-lodeve",
    "<slug:bilan>": "ort-de-lodeve-bilan-2",
    "<table:nom>.<slug:extension>": "communes.csv",
    "<table:nom>": "communes",
    r"\.(?P<extension>jsonld|ttl)": ".ttl",
    "(?P<code>[0-9][0-9ABab][0-9]?)": "34",
    "(?P<code>[0-9][0-9ABab][0-9]{3})": "34142",
    "(?P<siren>[0-9]{9})": "200017341",
    "(?P<app_label>socle|communes|ort|projects|suivi)": "ort",
    "(?P<url>.*)": "nulle-part",
}


def routes(resolver, start="/"):
    for pattern in resolver.url_patterns:
        here = start + str(pattern.pattern).removeprefix("^")
        yield from routes(pattern, here) if hasattr(pattern, "url_patterns") else [here]


def cast():
    """Return the browser of each role, in the order of the columns."""
    herault, tarn = factories.departement("34"), factories.departement("81")
    agents = [
        factories.agent("lecteur34", [herault], role=Role.LECTEUR),
        factories.agent("agent34", [herault]),
        factories.agent("agent81", [tarn]),
        factories.agent("sans"),
        factories.agent("referent34", [herault], role=Role.REFERENT),
        factories.agent("national", is_superuser=True),
    ]
    return dict(zip(CAST, [Client(), *map(browser_of, agents)], strict=True))


def removed(fiche):
    """Remove a record, and return what brings it back."""
    key = fiche.pk
    fiche.because("en double").delete()
    return type(fiche).history.removed().get(**{fiche._meta.pk.attname: key}).history_id


def kept_by_agents(signed, town, year):
    """Return one record of each sort that agents write, by the name of its model."""
    return {
        "interlocuteur": factories.interlocuteur(town.departement),
        "programme": factories.programme(f"{year}-01-25"),
        "mouvement": factories.mouvement(town, f"{year}-01-01"),
        "relecture": factories.relecture(town, f"{year}-03-01"),
        "labellisation": factories.labellisation(town),
        "convention": factories.convention(),
        "avenant": factories.avenant(signed),
        "document": factories.document(signed, visibilite=Document.Visibilite.INTERNE),
        "organisme": Organisme.objects.create(nom=f"Organisme de {year}", nature="etat"),
        "poste": factories.poste([town]),
        "action": factories.action([town]),
        "axe": factories.axe(signed, code=f"A{year}"),
        "financement": factories.financement(
            factories.action([town]), financeur_organisme=factories.organisme()
        ),
        "etude": factories.etude([town]),
        "bilan": factories.bilan(signed, f"{year + 4}-07-06"),
        "presentation": factories.presentation(signed, town, f"{year + 4}-09-01"),
        "evenementclub": factories.evenement("2024-02-29", [town.departement]),
        "participation": factories.participation(
            factories.evenement("2024-02-29", nature="rencontre_nationale"), town
        ),
        "piece": factories.piece(
            factories.fait_financement(
                factories.financement(Action.objects.get(identifiant="lod-a1")),
                "accord",
                "2021-01-01",
                1000,
            ),
            visibilite="interne",
        ),
        "indicateur": factories.indicateur(f"mesure-{year}", departement=town.departement),
        "cible": factories.cible(town, 40, f"{year}-01-01"),
        "releve": factories.releve(town, 12, f"{year}-01-01"),
        "theme": factories.theme(f"theme-{year}"),
        "dispositif": factories.dispositif(f"fonds-{year}"),
        "contact": factories.contact(town),
        "note": factories.note(town),
        "source": factories.source(),
        "affirmation": affirmation(signed),
        "chiffrepublie": ChiffrePublie.objects.create(
            departement=town.departement,
            chiffre="ort",
            jour=f"{year}-01-01",
            valeur=1,
            source=factories.source(),
        ),
    }


def records():
    """Return the keys of records of the Hérault, then those of what was removed there, by model."""
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    lodeve, other = (factories.commune(code, epci=epci) for code in ("34142", "34103"))
    signed = factories.convention(communes=[lodeve], identifiant="ort-de-lodeve")
    factories.action([lodeve], signed, identifiant="lod-a1")
    gone = {name: removed(r) for name, r in kept_by_agents(signed, other, 2020).items()}
    gone["<str:modele>"] = written_by_an_agent(lodeve)
    made = kept_by_agents(signed, other, 2021)
    Partie.objects.create(convention=signed, organisme=made["organisme"], role="signataire")
    signed.affirmations.create(champ="date_signature", valeur_brute="2021", source=made["source"])
    held = {name: r.pk for name, r in made.items()}
    held |= {
        "piece_d_etude": factories.piece(
            etude=factories.etude([lodeve], identifiant="etude-de-lodeve"), visibilite="interne"
        ).pk,
        "piece_de_bilan": factories.piece(bilan=made["bilan"], visibilite="interne").pk,
        "proposition": factories.proposition(signed).pk,
        "convention": signed.pk,
        "millesime": factories.millesime().pk,
        "region": lodeve.departement.region_id,
        "departement": "34",
        "intercommunalite": epci.pk,
        "commune": "34142",
        "rattachement": lodeve.rattachements.get().pk,
        "agent": factories.agent("collegue", [lodeve.departement], role=Role.LECTEUR).pk,
        "journaldroits": right_of(lodeve.departement),
        "signalement": factories.signalement(lodeve.departement).pk,
        "purge": one_purge().pk,
        "import": factories.importe(factories.agent("importateur", [lodeve.departement])).pk,
    }
    return held, gone


def written_by_an_agent(commune):
    """Return the number of the version by which an agent of its département wrote a record of a commune."""
    agent = factories.agent("auteur", [commune.departement])
    with signed_by(agent), one_act("saisie"):
        return factories.labellisation(commune).history.get().history_id


def right_of(departement):
    """Return the key of a line of the journal about an agent of a département."""
    agent = factories.agent("promu", [departement])
    record(None, agent, agent.droits() | {"role": "lecteur"})
    return agent.journal.get().pk


def address(route, held, gone):
    """Return where `route` leads, to a record of the Hérault."""
    model = route.split("/")[3] if route.count("/") > 3 else ""
    named = PUBLIC | {
        "<path:object_id>": held.get(model, "1"),
        "<id>": held["agent"],
        "<int:numero>": gone.get(model, held[model if model == "proposition" else "import"]),
        "<path:content_type_id>": "1",
        "<slug:slug>": "arrivee",
        "<int:pk>": held[numbered(route)],
        "<slug:sorte>": "sans_nouvelles" if "alertes" in route else SORTS.get(model),
        "<slug:echeance>": "2022-01-01" if "releves" in route else "annuel-2024-07-06",
        "<slug:forme>": "csv",
        "<slug:extension>": "csv",
        "<str:jeton>": "inconnu",
        "<str:modele>": "communes.labellisation",
        "<uidb64>": "MQ",
        "<slug:name>": "guide",
        "<token>": "inconnu",
    }
    if route.startswith("/actions/"):
        named["<slug:identifiant>"] = "lod-a1"
    if route.startswith("/etudes/"):
        named["<slug:identifiant>"] = "etude-de-lodeve"
    if "exporter/<slug:nom>" in route:
        named["<slug:nom>"] = SORTS[model]
    for argument, value in named.items():
        route = route.replace(argument, str(value))
    return route.replace(r"\Z", "").replace("$", "").replace("\\", "")


def numbered(route):
    """Return the sort of record that the number in an address is of."""
    sorts = {
        "gestes": "poste",
        "alertes": "action",
        "actions": "piece",
        "/etudes": "piece_d_etude",
        "bilans/<slug:bilan>/documents": "piece_de_bilan",
        "bilans/<int": "convention",
        "releves-attendus": "cible",
    }
    return next((sort for part, sort in sorts.items() if part in route), "document")


SORTS = {
    "labellisation": "communes-laureates",
    "convention": "ort",
    "avenant": "avenants",
    "poste": "postes",
    "action": "actions",
    "bilan": "bilans",
    "presentation": "presentations",
    "evenementclub": "evenements",
    "cible": "cibles",
    "indicateur": "indicateurs",
    "releve": "releves",
    "etude": "etudes",
}


def letter(answer):
    """Read an answer to its end, and return what it means."""
    answer.getvalue()
    if answer.status_code == 302 and answer.url.startswith(reverse("admin:login")):
        return "c"
    return ANSWERS[answer.status_code]


def test_every_address_has_its_row():
    assert sorted(set(routes(get_resolver()))) == sorted(ROWS)


def closed_account():
    """Return the browser of an agent whose account was closed once it had logged in."""
    agent = factories.agent("parti", [factories.departement("34")], role=Role.REFERENT)
    browser = browser_of(agent)
    Agent.objects.filter(pk=agent.pk).update(is_active=False)
    return browser


def heeds_its_reader(answer):
    """Tell whether an answer was made by looking at who asks, or at anything else of a session."""
    return answer.wsgi_request.session.accessed


def answers_to_all(route, asked, browsers):
    """Return the answer to each role; a page that does not heed who asks gives all that of the last.

    A visitor and the national level ask for it, the one without a session, the other with all the rights.
    """
    first, last = browsers[CAST[0]].get(asked), browsers[CAST[-1]].get(asked)
    if not route.startswith("/admin/") and not heeds_its_reader(last):
        return [first, *[last] * (len(CAST) - 1)]
    return [first, *(browsers[role].get(asked) for role in CAST[1:-1]), last]


def lists(answer, key):
    """Tell whether a page is a list that holds the record of this key."""
    shown = answer.context and answer.context.get("cl")
    return bool(shown) and shown.queryset.filter(pk=key).exists()


# Where what agents keep for themselves is read, by those who keep it.
CARNET = {
    "/admin/communes/intercommunalite/<path:object_id>/",
    "/admin/communes/intercommunalite/<path:object_id>/fiche/",
    "/admin/projects/contact/",
    "/admin/projects/contact/<path:object_id>/change/",
    "/admin/projects/contact/<path:object_id>/history/",
    "/admin/projects/contact/supprimees/<int:numero>/",
    "/admin/projects/note/",
    "/admin/projects/note/<path:object_id>/change/",
    "/admin/projects/note/<path:object_id>/history/",
    "/admin/projects/note/supprimees/<int:numero>/",
}
KEEPERS = {"agent 34", "référent 34", "national"}


def tells_of_the_carnet(content):
    return b"Alix Exemple" in content or b"Appel de la mairie" in content


def test_each_door_opens_to_whom_its_row_says(db):
    """And a list holds a record for whom may open it.

    Contacts and notes are read at their addresses and by whom keeps them: no public page, file, feed
    nor list tells of them; no lecteur nor neighbour reads any.
    """
    browsers, (held, gone) = cast(), records()
    closed = closed_account()
    got, seen, told = {}, {}, {role: set() for role in CAST}
    for route in ROWS:
        url = address(route, held, gone)
        asked = f"{url}?{QUERIES[route]}" if route in QUERIES else url
        answers = answers_to_all(route, asked, browsers)
        for role, answer in zip(CAST, answers, strict=True):
            if tells_of_the_carnet(answer.getvalue()):
                told[role].add(route)
        got[route] = "".join(map(letter, answers))
        if heeds_its_reader(answers[-1]) or route.startswith("/admin/"):
            # As a visitor, whom a page that heeds nobody has answered already.
            assert letter(closed.get(asked)) == got[route][0], route
        change = f"{route}<path:object_id>/change/"
        if change in ROWS:
            key = held[route.split("/")[3]]
            seen[change] = [lists(answer, key) for answer in answers]
        if route.endswith(("/change/", "/history/")):
            sent_away = {answer.url for answer in answers if letter(answer) == "r"}
            assert sent_away <= {reverse("admin:index")}, route
    assert got == ROWS
    assert seen == {route: [answer == "o" for answer in ROWS[route]] for route in seen}
    assert told == {role: CARNET if role in KEEPERS else set() for role in CAST}


def payload(browser, url, key):
    """Return what a page would send if its user changed a word of it, and confirmed all that it may ask."""
    asked = {
        "post": "yes",
        "motif": "pour voir",
        "motif_correction": "pour voir",
        "_confirmer": "1",
    }
    asked |= {"action": "delete_selected", "_selected_action": key}
    page = browser.get(url)
    shown = page.context and page.context.get("adminform")
    if not shown or not shown.form.fields:
        return asked
    text = next((n for n, f in shown.form.fields.items() if type(f) is forms.CharField), None)
    # A line of money has an `action` of its own: what a list asks is not asked of its page.
    asked = {name: value for name, value in asked.items() if name not in shown.form.fields}
    return filled(page, **asked) | ({text: "Changé"} if text else {})


def writes(browser, url, data):
    """Send `data`, and return what it made the database write; all is put back.

    The session is left out, and the token of a blank form, free again once the form is refused.
    """
    with essai(), CaptureQueriesContext(connection) as queries:
        browser.post(url, data).getvalue()
    written = (q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE")))
    return [sql for sql in written if not re.search("django_session|pvd_compteurs", sql)]


def test_no_form_of_another_departement_writes(db):
    """Each page of a record of the Hérault, and each list with one ticked, sent by hand."""
    browsers, (held, gone) = cast(), records()
    wrote = {"agent 81": set(), "agent de nulle part": set(), "agent 34": set()}
    for role in wrote:
        # The day of a visit is written by the first page of the day.
        browsers[role].get("/admin/")
    for route in ROWS:
        model = route.split("/")[3] if route.count("/") > 3 else ""
        if not route.startswith("/admin/") or not (model in held or "<" in route):
            continue
        url = address(route, held, gone)
        data = payload(browsers["national"], url, held.get(model, ""))
        for role, routes_written in wrote.items():
            if writes(browsers[role], url, data):
                routes_written.add(route)
    assert wrote["agent 81"] == wrote["agent de nulle part"] == set()
    assert wrote["agent 34"] == WRITTEN_BY_ITS_AGENT
