"""More of everything than SQLite takes in one query: it refuses those whose text grows with their rows.

It does from a thousand on, but for a test that has it refuse from a fifth of them.
"""

import datetime
import sqlite3

import pytest
from django.db import connection

from communes.models import Commune, Labellisation, Rattachement
from ort.models import (
    Avenant,
    CommuneCouverte,
    Convention,
    Document,
    Organisme,
    Partie,
    Secteur,
)
from projects.actions.models import Action, ActionCommune
from projects.club.models import EvenementClub, Participation
from projects.etudes.models import Etude, EtudeCommune, FaitEtude
from projects.financements.models import FaitFinancement, Financement
from projects.indicateurs.models import Releve
from projects.postes.models import Desserte, Occupation, Poste, Recrutement
from pvd.portail.donnees.telechargements import TELECHARGEMENTS
from socle.historique import sans_historique
from socle.models import Affirmation
from tests import factories
from tests.pages import adresse_du_fichier

pytestmark = pytest.mark.django_db

MANY = 221
# A condition or a select a row: a thousand and five hundred, as SQLite comes.
LIMITS = {sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200, sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100}
# All of one intercommunalité, and told by one source.
FEW = ("/intercommunalites.csv", "/departements.csv", "/sources.csv")
ENTREE, SIGNATURE = datetime.date(2021, 1, 22), datetime.date(2022, 1, 1)
PAGES = (
    "/",
    "/departements/",
    "/departements/34/",
    "/communes/?page=5",
    "/communes/?tri=statut",
    "/communes/?tri=-entree",
    "/communes/?tri=poste&departement=34",
    "/communes/?statut=ort_signee",
    "/communes/?poste=pourvu",
    "/ort/?page=2",
    "/ort/?tri=fin",
    "/actions/?page=5",
    "/actions/?departement=34&tri=-accorde",
    "/actions/?etat=a_venir&q=action",
    "/departements/34/projet/",
    "/chefs-de-projet/",
    "/chefs-de-projet/?departement=34&tri=-etat",
    "/chefs-de-projet/?poste=pourvu",
    "/intercommunalites/",
    "/departements/34/nouveautes.atom",
    "/sitemap.xml",
    *(adresse_du_fichier(nom) for nom in TELECHARGEMENTS),
    "/donnees/communes.csv?tri=-statut",
    "/donnees/chiffres.csv?pas=evenement",
    "/donnees/communes.geojson?geometrie=contours",
    "/donnees/ort.geojson",
    "/donnees/postes.csv?tri=etat",
)


@pytest.fixture
def many():
    """A programme of 221 communes, ORT, avenants, posts, people and offers."""
    epci = factories.intercommunalite()
    codes = [f"34{n:03}" for n in range(180)] + [f"30{n:03}" for n in range(MANY - 180)]
    for code in ("34", "30"):
        factories.departement(code)
    Commune.objects.bulk_create(
        Commune(code_insee=code, nom=f"Ville {code}", departement_id=code[:2]) for code in codes
    )
    Rattachement.objects.bulk_create(
        Rattachement(commune_id=code, intercommunalite=epci) for code in codes
    )
    said = factories.source()
    with sans_historique():
        Labellisation.objects.bulk_create(
            Labellisation(commune_id=code, debut=ENTREE, date_signature_adhesion=ENTREE)
            for code in codes
        )
        conventions = Convention.objects.bulk_create(
            Convention(
                identifiant=f"ort-{code}",
                intitule=f"ORT de {code}",
                porteur=epci,
                departement_reference_id=code[:2],
                date_signature=SIGNATURE,
            )
            for code in codes
        )
        Avenant.objects.bulk_create(
            Avenant(convention=convention, date_signature=SIGNATURE, duree_annees=9)
            for convention in conventions
        )
        CommuneCouverte.objects.bulk_create(
            CommuneCouverte(convention=convention, commune_id=code)
            for convention, code in zip(conventions, codes, strict=True)
        )
        Affirmation.objects.bulk_create(
            Affirmation(
                fiche=convention,
                champ="date_signature",
                valeur_brute="01/01/2022",
                valeur="2022-01-01",
                source=said,
            )
            for convention in conventions
        )
        Partie.objects.bulk_create(
            Partie(convention=convention, commune_id=code)
            for convention, code in zip(conventions, codes, strict=True)
        )
        Secteur.objects.bulk_create(
            Secteur(convention=convention, commune_id=code, nom="Centre ancien")
            for convention, code in zip(conventions, codes, strict=True)
        )
        Document.objects.bulk_create(
            Document(
                convention=convention, fichier="a.pdf", nom="a.pdf", taille=1, visibilite="public"
            )
            for convention in conventions
        )
        postes = Poste.objects.bulk_create(
            Poste(
                identifiant=f"poste-{n}",
                intitule="Chef de projet",
                employeur_commune_id=codes[n],
                date_ouverture=SIGNATURE,
            )
            for n in range(MANY)
        )
        Desserte.objects.bulk_create(
            Desserte(poste=poste, commune_id=codes[n]) for n, poste in enumerate(postes)
        )
        Occupation.objects.bulk_create(Occupation(poste=p, debut=SIGNATURE) for p in postes)
        Recrutement.objects.bulk_create(
            Recrutement(poste=poste, date_publication=SIGNATURE) for poste in postes
        )
        grant_all(conventions, codes)
        study_meet_and_measure_all(codes)


def grant_all(conventions, codes):
    """Give each convention an action, funded and paid."""
    scheme, payer = factories.dispositif(), Organisme.objects.create(nom="État", nature="etat")
    actions = Action.objects.bulk_create(
        Action(
            identifiant=f"action-{code}",
            intitule=f"Action de {code}",
            convention=convention,
            entree_par="convention",
            maitre_ouvrage_commune_id=code,
        )
        for convention, code in zip(conventions, codes, strict=True)
    )
    ActionCommune.objects.bulk_create(
        ActionCommune(action=action, commune_id=code)
        for action, code in zip(actions, codes, strict=True)
    )
    lines = Financement.objects.bulk_create(
        Financement(
            identifiant=f"detr-{action.identifiant}",
            action=action,
            dispositif=scheme,
            financeur_organisme=payer,
        )
        for action in actions
    )
    of_fact = {"jour": SIGNATURE, "montant": 1000}
    FaitFinancement.objects.bulk_create(
        FaitFinancement(financement=line, nature=nature, sorte_versement=sorte, **of_fact)
        for line in lines
        for nature, sorte in (("accord", ""), ("versement", "unique"))
    )


def study_meet_and_measure_all(codes):
    """Give each commune a study, an event of the Club and a reading."""
    studies = Etude.objects.bulk_create(
        Etude(
            identifiant=f"etude-{code}",
            intitule=f"Étude de {code}",
            nature="diagnostic",
            niveau="strategique",
            regime="cofinancee",
            beneficiaire_commune_id=code,
        )
        for code in codes
    )
    EtudeCommune.objects.bulk_create(
        EtudeCommune(etude=study, commune_id=code)
        for study, code in zip(studies, codes, strict=True)
    )
    FaitEtude.objects.bulk_create(
        FaitEtude(etude=study, nature="commandee", jour=SIGNATURE) for study in studies
    )
    events = EvenementClub.objects.bulk_create(
        EvenementClub(
            identifiant=f"evenement-{code}", intitule="Atelier", nature="atelier", debut=SIGNATURE
        )
        for code in codes
    )
    Participation.objects.bulk_create(
        Participation(evenement=event, commune_id=code)
        for event, code in zip(events, codes, strict=True)
    )
    measure = factories.indicateur()
    Releve.objects.bulk_create(
        Releve(indicateur=measure, commune_id=code, valeur=1, jour=SIGNATURE) for code in codes
    )


@pytest.fixture
def narrow(db):
    """Have SQLite refuse a query that grows with its rows from fewer of them."""
    if connection.vendor != "sqlite":
        yield
        return
    base = connection.connection
    usual = {limit: base.setlimit(limit, most) for limit, most in LIMITS.items()}
    yield
    for limit, most in usual.items():
        base.setlimit(limit, most)


def test_every_page_and_file_answers(client, many, narrow):
    for address in PAGES:
        answer = client.get(address)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert (address, answer.status_code) == (address, 200)
        if address.startswith("/donnees/") and "?" not in address:
            lines = content.decode().splitlines()
            assert len(lines) > MANY or address.endswith(FEW), address
