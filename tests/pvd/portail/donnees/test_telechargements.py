"""The public files: their columns never move, their rows are those of the lists, nobody is in them."""

import csv
import html
import io
import json
import re
import zipfile
from datetime import date, timedelta
from functools import cache
from itertools import cycle, islice, product

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import CalamineWorkbook

from communes.models import Commune, Departement, Intercommunalite, Labellisation, Rattachement
from ort.models import (
    Avenant,
    CommuneCouverte,
    Convention,
    Document,
    Organisme,
    Partie,
    Secteur,
)
from projects.financements.models import Financement
from projects.postes.models import Occupation, Poste
from socle.historique import sans_historique
from socle.sources import affirm
from socle.web.refus import quoted
from tests import factories
from tests.factories import day, rewrite

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

# What others have built on: a column is added at the end, or not at all.
CONTRACT = {
    "communes": "date_situation, annee_cog, code_insee, nom_commune, siren_commune, "
    "code_departement, nom_departement, siren_epci, nom_epci, population, id_pvd, "
    "date_entree_programme, precision_entree, date_signature_adhesion, date_sortie_programme, "
    "statut, ort_identifiant, ort_intitule, date_signature_ort, date_entree_ort, entree_par, "
    "avenant_numero, poste_chef_projet, population_annee, population_millesime, nb_ort, tenue, "
    "precision_adhesion, precision_sortie, precision_ort, precision_entree_ort, annee_population, "
    "annee_rattachement, code_region, nom_region, echeance_ort, delai_ort_jours, longitude, latitude, "
    "precision_echeance, avenant_identifiant",
    "intercommunalites": "date_situation, annee_cog, siren_epci, nom_epci, nature, departements, "
    "nb_communes, nb_communes_laureates, communes_laureates, tenue",
    "departements": "date_situation, annee_cog, code_departement, nom_departement, code_region, "
    "nom_region, tenue, tenue_postes, tenue_plans, tenue_bilans, communes, intercommunalites, ort, "
    "communes_couvertes, par_avenant, conventions_propres, ort_par_avenant, chefs_de_projet",
    "ort": "date_situation, annee_cog, ort_identifiant, intitule, siren_epci, nom_epci, "
    "departement_reference, departements, origine, date_signature, precision_signature, "
    "duree_annees, date_fin, ville_principale, derogation_l303_3, nb_communes_couvertes, "
    "nb_communes_laureates, communes_couvertes, nb_avenants, date_dernier_avenant, statut, "
    "tenue, precision_fin, precision_dernier_avenant",
    "ort-communes": "date_situation, annee_cog, code_insee, nom_commune, code_departement, "
    "ort_identifiant, date_entree_ort, entree_par, avenant_numero, laureate_pvd, "
    "avenant_identifiant, tenue, precision_entree_ort",
    "avenants": "date_situation, annee_cog, ort_identifiant, numero, date_signature, "
    "precision_signature, objets, communes_ajoutees, communes_retirees, avenant_identifiant, tenue",
    "postes": "date_situation, annee_cog, poste_identifiant, employeur_type, employeur_code, "
    "employeur_nom, quotite, etat, date_ouverture, date_fermeture, occupe_depuis, "
    "communes_desservies, jours_vacance, nb_communes, quotite_pourvue, tenue, precision_ouverture, "
    "precision_fermeture, precision_occupation",
    "recrutements": "date_situation, annee_cog, poste_identifiant, rang, date_publication, "
    "date_cloture, issue, date_prise_de_poste, delai_jours, tenue, precision_publication, "
    "precision_cloture, precision_prise_de_poste",
    "actions": "date_situation, annee_cog, action_identifiant, ort_identifiant, numero, intitule, "
    "axe_code, axe_intitule, theme, maitre_ouvrage_type, maitre_ouvrage_code, maitre_ouvrage_nom, "
    "etendue, communes, nb_communes, departements, entree_le, precision_entree, entree_par, "
    "avenant_numero, sortie_le, phase, etat, etat_depuis, precision_etat, en_retard, "
    "statut_communs, date_debut, precision_debut, date_fin, precision_fin, fin_prevue, "
    "fin_prevue_initiale, glissement_jours, cout, nature_cout, base_cout, montant_accorde, "
    "nb_accords, nb_accords_sans_montant, montant_verse, derniere_nouvelle, tenue, precision_sortie, "
    "precision_fin_prevue, precision_fin_prevue_initiale, precision_derniere_nouvelle, "
    "avenant_identifiant",
    "financements": "date_situation, annee_cog, financement_identifiant, objet_type, "
    "objet_identifiant, ort_identifiant, departements, financeur_siren, financeur_nom, dispositif, "
    "nature_financeur, forme, annee, numero_decision, date_decision, precision_decision, "
    "date_notification, depense_subventionnable, base, taux, montant_accorde_initial, "
    "montant_accorde, montant_verse, reste_a_verser, date_dernier_versement, etat, tenue, "
    "precision_notification, precision_dernier_versement",
    "versements": "date_situation, annee_cog, financement_identifiant, rang, date_versement, "
    "precision_versement, nature, montant, tenue",
    "bilans": "date_situation, annee_cog, ort_identifiant, nature, date_echeance, etat, tenu_le, "
    "nb_presentations, jours_de_retard, tenue, precision_echeance, precision_tenu_le",
    "operations-subventionnees": "date_situation, annee_cog, dispositif, annee, beneficiaire, "
    "code_insee, intitule, cout, subvention, tenue",
    "etudes": "date_situation, annee_cog, etude_identifiant, intitule, nature, niveau, regime, "
    "beneficiaire_code, beneficiaire_nom, prestataire, communes, departements, date_demande, "
    "date_commande, date_rendu, etat, cout, base_cout, montant_accorde, montant_verse, tenue, "
    "precision_demande, precision_commande, precision_rendu",
    "indicateurs": "date_situation, annee_cog, indicateur, unite, perimetre, objet_type, "
    "objet_identifiant, jour, publie_le, valeur, etat, serie, rupture, cible, cible_jour, source, "
    "secteur, precision_jour, tenue, precision_publication, precision_cible",
    "parties": "date_situation, annee_cog, ort_identifiant, role, partie_type, partie_code, "
    "partie_nom, avenant_identifiant, date_deliberation, date_signature, tenue, "
    "precision_deliberation, precision_signature",
    "secteurs": "date_situation, annee_cog, ort_identifiant, code_insee, nom_commune, secteur, "
    "avenant_identifiant, tenue",
    "documents": "date_situation, annee_cog, ort_identifiant, avenant_identifiant, titre, "
    "date_signature, taille_octets, chemin, tenue, precision_signature",
    "affirmations": "date_situation, annee_cog, fiche, identifiant, champ, valeur, precision_valeur, "
    "source_cle, retenue, tenue",
    "sources": "date_situation, annee_cog, source_cle, genre, titre, editeur, date_document, "
    "adresse, nb_faits, faits, nb_ecartes, tenue, precision_document",
    "chiffres": "date_situation, annee_cog, jour, code_departement, chiffre, valeur, regle, tenue, "
    "valeur_publiee, source, source_titre, note",
}
FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
}
SECRETS = ["SECRET-LABEL", "SECRET-ORT", "SECRET-AVENANT", "SECRET-POSTE", "SECRET-NOM"]
SECRETS += ["secret-courriel@exemple.fr", "SECRET-TEL"]
# What is asked, and why an action is blocked, never leaves the back office.
ACTION_SECRETS = ["SECRET-ACTION", "SECRET-MOTIF", "271828"]
# What is paid is internal too.
INTERNAL = [*SECRETS, *ACTION_SECRETS, "SECRET-DECISION", "31415", "contrat", "cdd"]
# What is written to the ministry of a commune.
INTERNAL += ["SECRET-REMARQUE"]
# How the service knows what a source says.
INTERNAL += ["SECRET-APPEL"]


@pytest.fixture(scope="module", autouse=True)
def recorded(scene, documents_of_scene):
    """Lodève, La Salvetat and Lacaune in the programme, each by another road; Ganges has left it."""
    factories.millesime(2023)
    lodevois, monts = (factories.intercommunalite(s) for s in ("200017341", "200066553"))
    lodeve = factories.commune("34142", lodevois, nom="Lodève", siren="213401425")
    salvetat = factories.commune("34293", monts, nom="La Salvetat-sur-Agout")
    lacaune = factories.commune("81124", monts, nom="Lacaune")
    ganges = factories.commune("34111", nom="Ganges")
    factories.labellisation(lodeve, adhesion="2021-03-26", note_interne="SECRET-LABEL")
    factories.labellisation(salvetat, adhesion="2021-04-29", id_pvd="pvd-76-34-1")
    factories.labellisation(lacaune)
    factories.labellisation(ganges, fin="2023-01-01")
    ort = factories.convention(
        "2022-07-28",
        [salvetat, ganges],
        identifiant="ort-monts",
        porteur=monts,
        duree_annees=5,
        note_interne="SECRET-ORT",
    )
    act = factories.avenant(
        ort, "2023-01-11", [lacaune], numero=1, duree_annees=8, note_interne="SECRET-AVENANT"
    )
    rewrite(ort.couvertures.filter(commune=ganges), sortie=act)
    rewrite(ort.couvertures, remarques_enquete="SECRET-REMARQUE")
    Partie.objects.create(convention=ort, commune=salvetat)
    Secteur.objects.create(convention=ort, commune=salvetat, nom="Centre ancien")
    factories.document(ort)
    affirm(ort, "date_signature", "28/07/2022", factories.source(), "jour", "SECRET-APPEL")
    petr = Organisme.objects.create(nom="PETR du Haut-Languedoc", nature="petr", siren="200000001")
    shared = factories.poste(
        [salvetat, lacaune],
        identifiant="poste-monts",
        employeur_organisme=petr,
        date_ouverture=day("2021-09-01"),
        date_fermeture=day("2025-01-01"),
        quotite=80,
        note_interne="SECRET-POSTE",
    )
    person = {"titulaire": "SECRET-NOM", "courriel": SECRETS[-2], "telephone": "SECRET-TEL"}
    held = {"quotite": 80, "type_contrat": "cdd", "fin_contrat_prevue": day("2025-01-01")}
    factories.occupation(shared, "2022-01-01", **person, **held)
    factories.recrutement(
        shared, "2021-09-15", "recrute", "2021-12-01", date_cloture=day("2021-10-15")
    )
    factories.cofinancement(shared, montant=31415, reference_decision="SECRET-DECISION")
    axe = factories.axe(ort)
    schools = factories.action(
        [salvetat, lacaune],
        ort,
        identifiant="sal-1",
        numero="1.10",
        axe=axe,
        theme=factories.theme(),
        maitre_ouvrage_intercommunalite=monts,
        note_interne="SECRET-ACTION",
    )
    factories.cout(schools, "465000.00", "2022-08-01")
    factories.fait(schools, "debut", "2023-03-01", precision="mois")
    factories.fait(schools, "blocage", "2023-05-02", texte="SECRET-MOTIF")
    factories.prevision(schools, "2023-06-01", "2022-08-01", precision="mois")
    factories.prevision(schools, "2024-02-01", "2023-06-01", precision="mois")
    etat = Organisme.objects.create(nom="État", nature="etat", siren="110000000")
    line = factories.financement(
        schools, "dsil", financeur_organisme=etat, identifiant="dsil-sal-1", annee=2022
    )
    factories.fait_financement(line, "demande", "2022-09-01", "271828.00")
    factories.fait_financement(
        line,
        "accord",
        "2023-01-15",
        "232500.00",
        reference="2023-I-7",
        date_notification=day("2023-02-01"),
        depense_subventionnable="465000.00",
        base="HT",
        taux="50.0000",
    )
    factories.fait_financement(
        line, "versement", "2023-04-01", "69750.00", sorte_versement="avance"
    )
    study = factories.etude(
        [salvetat], ort, [schools], identifiant="etude-ecoles", note_interne="SECRET-ACTION"
    )
    factories.fait_etude(study, "commandee", "2023-02-01")
    factories.releve(schools, 2, "2023-05-20", rupture=True)
    factories.releve(salvetat, "secret", "2022-01-01", serie="LOVAC 2022")
    factories.cible(schools, 3, "2022-08-01", echeance_prevue=day("2025-09-01"))


def download(client, table, extension="csv", **params):
    return client.get(f"/donnees/{table}.{extension}", {"au": "2023-07-06"} | params)


def body(response):
    """Read an answer to its end, which closes it: closing it again would close the database too."""
    return response.getvalue()


@pytest.fixture(scope="module")
def files(recorded):
    """Return the function that tells how a public file of the Hérault was answered, and what it holds.

    Each is asked once, by tests that change no record.
    """
    visitor = Client()

    @cache
    def asked(table, extension):
        response = download(visitor, table, extension, departement="34")
        assert response.status_code == 200
        return response.headers, body(response)

    return asked


def cells(content, extension):
    """Return the header and the rows of a file, as its own reader gives them."""
    if extension == "csv":
        return list(csv.reader(io.StringIO(content.decode(), newline="")))
    if extension == "json":
        records = json.loads(content)
        return [list(records[0]), *(list(record.values()) for record in records)]
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def records(client, table, **params):
    response = download(client, table, **params)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(body(response).decode(), newline="")))


@pytest.mark.une_base
@pytest.mark.parametrize("table", CONTRACT)
def test_the_columns_are_those_of_the_contract(files, db, table):
    for extension, sort in FORMATS.items():
        headers, content = files(table, extension)
        assert headers["Content-Type"] == sort
        expected = f'attachment; filename="pvd-{table}-34-20230706.{extension}"'
        assert headers["Content-Disposition"] == expected
        header, *rows = cells(content, extension)
        assert header == CONTRACT[table].split(", ")
        assert rows, extension
        for row in rows:
            assert len(row) == len(header)
            assert str(row[0]) == "2023-07-06"
            assert int(row[1]) == 2023


# Those of which a row is what is told on the day: a département that is kept has its row on any.
OF_THE_DAY = [table for table in CONTRACT if table != "departements"]


@pytest.mark.une_base
@pytest.mark.parametrize("table", OF_THE_DAY)
def test_a_file_without_rows_has_its_header(client, table):
    response = download(client, table, au="2019-01-01")
    assert body(response).decode() == ",".join(CONTRACT[table].split(", ")) + "\r\n"
    assert json.loads(body(download(client, table, "json", au="2019-01-01"))) == []


@pytest.mark.une_base
def test_french_excel_gets_the_same_columns(client):
    text = body(download(client, "communes", tableur="1")).decode("utf-8-sig")
    header, row, *_ = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert header == CONTRACT["communes"].split(", ")
    assert row[2:4] == ["34142", "Lodève"]


def test_a_commune_is_told_by_its_row(client):
    told = {row["code_insee"]: row for row in records(client, "communes")}
    assert list(told) == ["34142", "34293", "81124"]
    lacaune, lodeve = told["81124"], told["34142"]
    assert lacaune["statut"] == "ort_signee"
    assert lacaune["date_signature_ort"] == "2022-07-28"
    assert (lacaune["date_entree_ort"], lacaune["entree_par"]) == ("2023-01-11", "avenant")
    assert (lacaune["avenant_numero"], lacaune["poste_chef_projet"]) == ("1", "pourvu")
    assert (told["34293"]["entree_par"], told["34293"]["avenant_numero"]) == ("convention", "")
    assert (lodeve["statut"], lodeve["date_signature_adhesion"]) == (
        "adhesion_signee",
        "2021-03-26",
    )
    # The posts of the Hérault are not kept in full: nothing recorded is not « aucun ».
    assert (lodeve["ort_identifiant"], lodeve["poste_chef_projet"]) == ("", "inconnu")
    assert (lodeve["population"], lodeve["population_annee"]) == ("5000", "")
    assert lodeve["population_millesime"] == "2021"
    [ganges] = records(client, "communes", statut="sortie")
    assert (ganges["code_insee"], ganges["date_sortie_programme"]) == ("34111", "2023-01-01")


def test_an_intercommunalite_is_told_by_its_row_on_the_day(client):
    factories.commune("34001", Intercommunalite.objects.get(pk="200066553"))
    lodevois, monts = records(client, "intercommunalites")
    assert (lodevois["siren_epci"], lodevois["nature"]) == ("200017341", "CC")
    assert (lodevois["nb_communes"], lodevois["communes_laureates"]) == ("1", "34142")
    told = ("departements", "nb_communes", "nb_communes_laureates", "communes_laureates")
    assert [monts[name] for name in told] == ["34|81", "3", "2", "34293|81124"]
    # A filter chooses rows: what is said of an intercommunalité does not depend on it.
    assert records(client, "intercommunalites", departement="81") == [monts]


def test_an_intercommunalite_is_told_without_what_came_later(client):
    monts = Intercommunalite.objects.get(pk="200066553")
    factories.labellisation(factories.commune("34305", monts), "2023-07-07")
    Rattachement.objects.create(
        commune=factories.commune("12001"), intercommunalite=monts, debut=day("2023-07-07")
    )
    monts.anciens_noms.create(nom="CC de la Montagne", fin=day("2023-07-07"))
    told = ("nom_epci", "departements", "nb_communes", "communes_laureates")
    _, before = records(client, "intercommunalites")
    expected = ["CC de la Montagne", "34|81", "3", "34293|81124"]
    assert [before[name] for name in told] == expected
    _, after = records(client, "intercommunalites", au="2023-07-07")
    expected = ["CC 200066553", "12|34|81", "4", "34293|34305|81124"]
    assert [after[name] for name in told] == expected


def test_an_ort_is_told_by_its_row_on_the_day(client):
    [after] = records(client, "ort")
    assert (after["departements"], after["communes_couvertes"]) == ("34|81", "34293|81124")
    assert (after["nb_communes_couvertes"], after["nb_communes_laureates"]) == ("2", "2")
    assert (after["duree_annees"], after["date_fin"]) == ("8", "2030-07-28")
    assert (after["nb_avenants"], after["date_dernier_avenant"]) == ("1", "2023-01-11")
    [before] = records(client, "ort", au="2023-01-10")
    assert (before["communes_couvertes"], before["nb_communes_laureates"]) == ("34111|34293", "1")
    assert (before["duree_annees"], before["date_fin"]) == ("5", "2027-07-28")
    assert (before["nb_avenants"], before["date_dernier_avenant"]) == ("0", "")
    assert before["ville_principale"] == before["derogation_l303_3"] == ""


def test_an_avenant_is_told_by_what_it_did(client):
    [act] = records(client, "avenants")
    assert act["objets"] == "ajout_communes|retrait_communes|prolongation"
    assert (act["communes_ajoutees"], act["communes_retirees"]) == ("81124", "34111")
    assert records(client, "avenants", au="2023-01-10") == []


def test_a_post_is_told_without_what_came_later(client):
    [now] = records(client, "postes")
    assert (now["employeur_type"], now["employeur_code"]) == ("petr", "200000001")
    assert (now["etat"], now["occupe_depuis"], now["quotite"]) == ("pourvu", "2022-01-01", "80")
    assert now["communes_desservies"] == "34293|81124"
    assert now["date_fermeture"] == ""
    [closed] = records(client, "postes", poste="ferme", au="2025-01-01")
    assert closed["date_fermeture"] == "2025-01-01"
    assert records(client, "postes", au="2025-01-01") == []


def test_an_action_is_told_by_its_row_on_the_day(client):
    [row] = records(client, "actions", departement="34")
    told = {
        "ort_identifiant": "ort-monts",
        "numero": "1.10",
        "axe_code": "A",
        "theme": "habitat",
        "maitre_ouvrage_type": "intercommunalite",
        "maitre_ouvrage_code": "200066553",
        "communes": "34293|81124",
        "departements": "34|81",
        "entree_le": "2022-07-28",
        "entree_par": "convention",
        "phase": "operation",
        "etat": "bloquee",
        "etat_depuis": "2023-05-02",
        "en_retard": "false",
        "statut_communs": "Bloqué",
        "date_debut": "2023-03-01",
        "precision_debut": "mois",
        "fin_prevue": "2024-02-01",
        "fin_prevue_initiale": "2023-06-01",
        "glissement_jours": "245",
        "cout": "465000.00",
        "nature_cout": "estime",
        "base_cout": "HT",
        "montant_accorde": "232500.00",
        "nb_accords": "1",
        "nb_accords_sans_montant": "0",
        "montant_verse": "69750.00",
        "derniere_nouvelle": "2023-06-01",
    }
    assert {name: row[name] for name in told} == told
    [before] = records(client, "actions", au="2023-01-14")
    assert (before["etat"], before["montant_accorde"], before["nb_accords"]) == ("a_venir", "", "0")
    assert before["derniere_nouvelle"] == "2022-08-01"


def test_an_action_without_a_grant_has_none_where_the_plans_are_kept_in_full(client):
    told = ("montant_accorde", "montant_verse", "nb_accords")
    for tenue, amount in (("partielle", ""), ("complete", "0.00")):
        rewrite(Departement.objects.all(), tenue_plans=tenue)
        [row] = records(client, "actions", au="2023-01-14")
        assert [row[name] for name in told] == [amount, amount, "0"]
    rewrite(Departement.objects.filter(pk="81"), tenue_plans="aucune")
    [row] = records(client, "actions", au="2023-01-14")
    assert row["montant_accorde"] == "", (
        "one of its départements may hold a grant that is not recorded"
    )


def test_a_grant_is_told_by_its_row_on_the_day(client):
    assert records(client, "financements", au="2023-01-14") == []
    [row] = records(client, "financements", au="2023-01-31")
    assert (row["numero_decision"], row["date_notification"]) == ("2023-I-7", "")
    [row] = records(client, "financements")
    told = {
        "financement_identifiant": "dsil-sal-1",
        "objet_type": "action",
        "objet_identifiant": "sal-1",
        "financeur_siren": "110000000",
        "financeur_nom": "État",
        "dispositif": "dsil",
        "nature_financeur": "etat",
        "forme": "subvention",
        "annee": "2022",
        "date_decision": "2023-01-15",
        "date_notification": "2023-02-01",
        "depense_subventionnable": "465000.00",
        "base": "HT",
        "montant_accorde_initial": "232500.00",
        "montant_accorde": "232500.00",
        "montant_verse": "69750.00",
        "reste_a_verser": "162750.00",
        "date_dernier_versement": "2023-04-01",
        "etat": "verse_en_partie",
    }
    assert {name: row[name] for name in told} == told
    assert float(row["taux"]) == 50
    line = Financement.objects.get()
    factories.fait_financement(line, "reversement", "2023-05-01", "69750.00")
    factories.fait_financement(line, "retrait", "2023-06-01", 0, motif="SECRET-RETRAIT")
    [row] = records(client, "financements")
    assert (row["montant_accorde"], row["reste_a_verser"], row["etat"]) == (
        "0.00",
        "0.00",
        "retire",
    )
    assert row["montant_accorde_initial"] == "232500.00"
    paid = records(client, "versements")
    assert [(p["rang"], p["nature"], p["montant"]) for p in paid] == [
        ("1", "avance", "69750.00"),
        ("2", "reversement", "69750.00"),
    ]
    assert records(client, "operations-subventionnees") == []
    [action] = records(client, "actions")
    assert (action["montant_accorde"], action["nb_accords"]) == ("0.00", "0")


def test_the_list_of_the_prefet_is_of_a_departement_and_of_a_year(client):
    [row] = records(client, "operations-subventionnees", departement="34", annee="2022")
    assert (row["dispositif"], row["annee"], row["beneficiaire"]) == (
        "dsil",
        "2022",
        "CC 200066553",
    )
    assert (row["code_insee"], row["cout"], row["subvention"]) == ("", "465000.00", "232500.00")
    assert records(client, "operations-subventionnees", annee="2023") == []
    rewrite(Financement.objects.all(), annee=None)
    [row] = records(client, "operations-subventionnees", annee="2023")
    assert row["annee"] == "2023"


@pytest.mark.une_base
@pytest.mark.parametrize("extension", ["xlsx", "ods", "json"])
def test_an_amount_is_a_number(client, extension):
    header, row = cells(body(download(client, "actions", extension)), extension)
    assert row[header.index("cout")] == 465000
    assert row[header.index("numero")] == "1.10"
    tableur = body(download(client, "actions", tableur="1")).decode()
    assert ";465000,00;" in tableur


@pytest.mark.parametrize(
    ("jour", "jours", "share"),
    [("2021-09-01", "0", "0"), ("2021-12-31", "121", "0"), ("2022-01-01", "", "80")],
)
def test_a_post_is_vacant_for_so_many_days(client, jour, jours, share):
    [poste] = records(client, "postes", au=jour)
    told = [poste[name] for name in ("jours_vacance", "nb_communes", "quotite_pourvue")]
    assert told == [jours, "2", share]


@pytest.mark.parametrize(
    ("jour", "expected"),
    [
        ("2021-09-15", ["", "", "", ""]),
        ("2021-10-14", ["", "", "", ""]),
        ("2021-10-15", ["2021-10-15", "", "", ""]),
        ("2021-11-30", ["2021-10-15", "", "", ""]),
        ("2021-12-01", ["2021-10-15", "recrute", "", ""]),
        ("2021-12-31", ["2021-10-15", "recrute", "", ""]),
        ("2022-01-01", ["2021-10-15", "recrute", "2022-01-01", "108"]),
    ],
)
def test_an_offer_is_told_without_what_came_later(client, jour, expected):
    assert records(client, "recrutements", au="2021-09-14") == []
    [offer] = records(client, "recrutements", au=jour)
    assert (offer["poste_identifiant"], offer["rang"]) == ("poste-monts", "1")
    assert offer["date_publication"] == "2021-09-15"
    told = ("date_cloture", "issue", "date_prise_de_poste", "delai_jours")
    assert [offer[name] for name in told] == expected


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"departement": "81"}, 1),
        ({"epci": "200017341"}, 0),
        ({"poste": "pourvu"}, 1),
        ({"poste": "vacant"}, 0),
        ({"q": "lacaune"}, 1),
        ({"q": "lodeve"}, 0),
        ({"au": "2025-01-01"}, 0),
        ({"au": "2025-01-01", "poste": "ferme"}, 1),
    ],
    ids=str,
)
def test_offers_follow_the_filters_of_the_posts(client, params, count):
    assert len(records(client, "recrutements", **params)) == count


LISTS = {
    "communes": ("/communes/", lambda c: [s.commune.pk for s in c["situations"]], "code_insee"),
    "intercommunalites": (
        "/intercommunalites/",
        lambda c: [intercommunalite.pk for intercommunalite in c["page"]],
        "siren_epci",
    ),
    "ort": ("/ort/", lambda c: [o.convention.identifiant for o in c["lignes"]], "ort_identifiant"),
    "actions": (
        "/actions/",
        lambda c: [action.identifiant for action in c["page"]],
        "action_identifiant",
    ),
    "postes": (
        "/chefs-de-projet/",
        lambda c: [poste.identifiant for poste in c["page"]],
        "poste_identifiant",
    ),
}


@pytest.mark.parametrize(
    ("table", "params", "expected"),
    [
        ("communes", {"departement": "34"}, {"34142", "34293"}),
        ("communes", {"epci": "200066553"}, {"34293", "81124"}),
        ("communes", {"ort": "ort-monts"}, {"34293", "81124"}),
        ("communes", {"statut": "adhesion_signee"}, {"34142"}),
        ("communes", {"statut": "sortie"}, {"34111"}),
        ("communes", {"poste": "pourvu", "departement": "81"}, {"81124"}),
        ("communes", {"q": "salvetat"}, {"34293"}),
        ("communes", {"au": "2022-12-31"}, {"34142", "34293", "34111", "81124"}),
        ("intercommunalites", {}, {"200017341", "200066553"}),
        ("intercommunalites", {"departement": "81"}, {"200066553"}),
        ("intercommunalites", {"q": "200017341"}, {"200017341"}),
        ("intercommunalites", {"au": "2021-01-21"}, set()),
        ("ort", {"departement": "81"}, {"ort-monts"}),
        ("ort", {"departement": "81", "au": "2023-01-10"}, set()),
        ("ort", {"epci": "200017341"}, set()),
        ("ort", {"statut": "terminee", "au": "2023-01-11"}, set()),
        ("ort", {"q": "lacaune"}, {"ort-monts"}),
        ("actions", {"departement": "81"}, {"sal-1"}),
        ("actions", {"etat": "bloquee"}, {"sal-1"}),
        ("actions", {"retard": "oui"}, set()),
        ("actions", {"au": "2022-07-27"}, set()),
        ("postes", {"departement": "81"}, {"poste-monts"}),
        ("postes", {"epci": "200017341"}, set()),
        ("postes", {"poste": "vacant", "au": "2021-12-31"}, {"poste-monts"}),
        ("postes", {"q": "lodeve"}, set()),
    ],
    # A set has no order of its own, and each process must name a test alike.
    ids=lambda part: str(sorted(part) if isinstance(part, set) else part),
)
def test_a_file_has_the_rows_of_its_list(client, table, params, expected):
    address, listed, key = LISTS[table]
    params = {"au": "2023-07-06"} | params
    assert {row[key] for row in records(client, table, **params)} == expected
    assert set(listed(client.get(address, params).context)) == expected


@pytest.mark.parametrize(
    ("table", "expected"),
    [("ort-communes", {"34293", "81124"}), ("avenants", {"ort-monts"})],
)
def test_the_other_files_follow_the_filters_of_the_ort(client, table, expected):
    key = "code_insee" if table == "ort-communes" else "ort_identifiant"
    assert {row[key] for row in records(client, table, departement="81")} == expected
    assert records(client, table, epci="200017341") == []


# A criterion that is misspelt, or that of another table, would let all of France through, unseen.
MISSPELT = {"departemnt": ["34"], "self": ["1"], "tableur": ["2", "oui"], "a\x00": ["b"]}
BAD_EVERYWHERE = MISSPELT | {
    "au": ["2023-02-30", "06/07/2023", "hier", "2023-07-06\x00"],
    "departement": ["99", "3\x004", "34;DROP", "é" * 3000],
    "epci": ["000000000", "\x00"],
    "q": ["a" * 101, "a\x00b", "---"],
}
BAD_ACTIONS = {
    "etat": ["finie"],
    "phase": ["x"],
    "retard": ["non"],
    "theme": ["x"],
    "dispositif": ["x"],
    "financeur": ["999999999", "x\x00"],
    "maitre_ouvrage": ["99999"],
    "commune": ["99999", "\x00"],
    "axe": ["A"],
}
BAD = {
    "communes": BAD_EVERYWHERE | {"statut": ["signee"], "ort": ["x", "\x00"], "poste": ["ferme"]},
    "intercommunalites": BAD_EVERYWHERE | {"epci": ["200017341"], "statut": ["laureate"]},
    "departements": BAD_EVERYWHERE | {"statut": ["laureate"]},
    "ort": BAD_EVERYWHERE | {"statut": ["laureate"]},
    "ort-communes": BAD_EVERYWHERE | {"statut": ["laureate"]},
    "avenants": BAD_EVERYWHERE | {"statut": ["laureate"]},
    "bilans": BAD_EVERYWHERE | {"statut": ["laureate"]},
    "postes": BAD_EVERYWHERE | {"poste": ["aucun"]},
    "recrutements": BAD_EVERYWHERE | {"poste": ["aucun"]},
    "actions": BAD_EVERYWHERE | BAD_ACTIONS,
    "financements": BAD_EVERYWHERE | BAD_ACTIONS,
    "versements": BAD_EVERYWHERE | BAD_ACTIONS,
    "operations-subventionnees": BAD_EVERYWHERE | {"annee": ["1999", "deux", "9" * 30]},
    "indicateurs": BAD_EVERYWHERE
    | {"indicateur": ["x"], "ort": ["x", "\x00"], "commune": ["99999", "\x00"]},
    "etudes": BAD_EVERYWHERE | {"commune": ["99999", "\x00"], "etat": ["finie"]},
    "chiffres": BAD_EVERYWHERE | {"pas": ["semaine"], "du": ["2023-02-30", "2023-07-07", "\x00"]},
    **dict.fromkeys(
        ("parties", "secteurs", "documents", "affirmations", "sources"),
        BAD_EVERYWHERE | {"statut": ["laureate"]},
    ),
}


# A table judges what it is asked, and the end of its address alone how that is told: each value is asked
# in one format, which differs from a table to the next.
@pytest.mark.une_base
@pytest.mark.parametrize("table", CONTRACT)
def test_what_cannot_be_answered_is_refused_in_the_language_of_the_file(client, table):
    tomorrow = timezone.localdate() + timedelta(days=2)
    asked = [(name, value) for name, values in BAD[table].items() for value in values]
    asked.append(("au", tomorrow.isoformat()))
    formats = islice(cycle(FORMATS), list(CONTRACT).index(table), None)
    for (name, value), extension in zip(asked, formats, strict=False):
        response = download(client, table, extension, **{name: value})
        assert response.status_code == 400, (name, value)
        assert "Content-Disposition" not in response
        if extension == "json":
            assert response["Content-Type"] == "application/json"
            assert list(response.json()) == ["erreur"]
            message = response.json()["erreur"]
        else:
            assert response["Content-Type"] == "text/plain; charset=utf-8"
            message = response.content.decode()
        assert f"« {quoted(name)}=" in message
        assert "\x00" not in message
        assert len(message) < 300


@pytest.mark.une_base
@pytest.mark.parametrize("table", LISTS)
def test_a_list_shared_elsewhere_still_leads_to_its_file(client, table):
    address, *_ = LISTS[table]
    marked = {"departement": "34", "au": "2023-07-06", "page": "1", "fbclid": "x", "self": "1"}
    page = client.get(address, marked).content.decode()
    asked = f"/donnees/{table}.csv?departement=34&amp;au=2023-07-06"
    links = re.findall(rf'href="(/donnees/{table}[^"]*)"', page)
    assert {asked, f"{asked}&amp;tableur=1"} <= set(links)
    for link in map(html.unescape, links):
        answer = client.get(link)
        assert answer.status_code == 200
        assert body(answer)


@pytest.mark.une_base
def test_a_list_as_it_is_leads_to_its_file(client):
    assert 'href="/donnees/communes.csv?tableur=1"' in client.get("/communes/").content.decode()


@pytest.mark.une_base
def test_a_bad_address_of_a_list_is_a_page_in_french(client):
    response = client.get("/communes/", {"au": "2023-02-30"})
    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/html")
    page = response.content.decode()
    assert "au=2023-02-30" in page
    assert "2023-02-30" not in "".join(re.findall(r'href="([^"]*)"', page)), "links lead back here"


@pytest.mark.une_base
@pytest.mark.parametrize(
    "address",
    ["/donnees/agents.csv", "/donnees/communes.exe", "/donnees/schemas/agents.json"],
)
def test_what_is_not_published_is_not_found(client, address):
    assert client.get(address).status_code == 404


@pytest.mark.une_base
def test_a_file_is_only_read(client):
    assert client.post("/donnees/communes.csv").status_code == 405


def fits(text, field):
    """Tell whether a cell of a CSV is what the schema of its column says."""
    rules = field.get("constraints", {})
    if text == "":
        return not rules.get("required")
    if "enum" in rules and text not in rules["enum"]:
        return False
    if "pattern" in rules and not re.fullmatch(rules["pattern"], text):
        return False
    readers = {"date": date.fromisoformat, "integer": int, "number": float, "string": str}
    if field["type"] == "boolean":
        return text in {"true", "false"}
    readers[field["type"]](text)
    return True


@pytest.mark.parametrize("table", CONTRACT)
def test_a_file_fits_its_schema(client, table):
    response = client.get(f"/donnees/schemas/{table}.json")
    schema = response.json()
    assert schema["name"] == table
    fields = {field["name"]: field for field in schema["fields"]}
    assert list(fields) == CONTRACT[table].split(", ")
    assert all(field["description"] for field in fields.values())
    rows = records(client, table)
    for row in rows:
        assert [name for name, cell in row.items() if not fits(cell, fields[name])] == []
    for name, field in fields.items():
        if field.get("constraints", {}).get("unique"):
            assert len({row[name] for row in rows}) == len(rows)


@pytest.mark.une_base
@pytest.mark.parametrize("table", CONTRACT)
def test_an_empty_cell_of_json_is_null(client, table):
    told = json.loads(body(download(client, table, "json")))
    assert [name for row in told for name, value in row.items() if value == ""] == []


@pytest.mark.une_base
def test_no_person_and_no_note_is_ever_in_a_file(files, db):
    kept = [Labellisation, Convention, Avenant, Poste]
    notes = [model.objects.exclude(note_interne="").get().note_interne for model in kept]
    person = Occupation.objects.get()
    assert [*notes, person.titulaire, person.courriel, person.telephone] == SECRETS
    for table, extension in product(CONTRACT, FORMATS):
        _, content = files(table, extension)
        if extension in {"xlsx", "ods"}:
            archive = zipfile.ZipFile(io.BytesIO(content))
            content = b"".join(archive.read(name) for name in archive.namelist())
        assert b"2023" in content
        told = [secret for secret in INTERNAL if secret.encode().lower() in content.lower()]
        assert told == [], (table, extension)


@pytest.mark.une_base
@pytest.mark.parametrize("extension", ["csv", "json"])
def test_a_file_is_sent_as_it_is_read(client, extension):
    response = download(client, "communes", extension)
    assert response.streaming
    with CaptureQueriesContext(connection) as queries:
        assert b"34142" in body(response)
    assert any("communes_commune" in query["sql"] for query in queries), "read before it is sent"


def five_more():
    for _ in range(5):
        commune = factories.commune(f"34{Commune.objects.count() + 300}", "new")
        commune.anciens_noms.create(nom="Ancien nom", fin=day("2022-01-01"))
        factories.labellisation(commune, adhesion="2021-03-26")
        convention = factories.convention("2022-01-01", porteur=factories.intercommunalite())
        act = factories.avenant(convention, "2023-01-01", [commune], duree_annees=9)
        CommuneCouverte.objects.create(convention=convention, commune=factories.commune("34003"))
        act.secteurs.create(convention=convention, commune=commune, nom="Centre")
        Partie.objects.create(convention=convention, commune=commune, avenant=act)
        shown = {"titre": "Acte", "fichier": "a.pdf", "nom": "a.pdf", "taille": 1}
        with sans_historique():
            Document.objects.bulk_create(
                [Document(convention=convention, visibilite="public", **shown)]
            )
        affirm(act, "date_signature", "01/01/2023", factories.source(), "jour")
        served = {"employeur_commune": commune, "date_ouverture": day("2021-01-01")}
        poste = factories.poste([commune], **served)
        factories.occupation(poste, "2022-01-01")
        factories.recrutement(poste, "2021-02-01", "recrute", "2021-03-01")
        done = factories.action([commune], convention, maitre_ouvrage_commune=commune)
        bank = Organisme.objects.create(nom=f"Banque {commune.pk}", nature="prive")
        line = factories.financement(done, financeur_organisme=bank, beneficiaire_commune=commune)
        factories.fait_financement(line, "accord", "2022-02-01", 100)
        factories.fait_financement(line, "versement", "2022-03-01", 10)
        for sujet in (done, commune):
            factories.releve(sujet, 3, "2022-02-01")
            factories.cible(sujet, 40, "2022-02-01")
        studied = factories.etude([commune], convention, prestataire=bank)
        factories.fait_etude(studied, "rendue", "2022-05-01")


# The file of the figures is as long as its days: see test_evolution.
GROWING = [table for table in OF_THE_DAY if table != "chiffres"]
# A format writes the rows of any table, which a table reads alike for any format: each is asked of two.
GROWN = [
    (table, extension)
    for table, other in zip(GROWING, cycle(["json", "xlsx", "ods"]), strict=False)
    for extension in ("csv", other)
]


def test_a_longer_file_takes_no_more_queries(client):
    """The rows are added to all the tables at once."""

    def asked(table, extension):
        with CaptureQueriesContext(connection) as queries:
            content = body(download(client, table, extension, departement="34"))
        return len(queries), len(cells(content, extension))

    five_more()
    for table in GROWING:
        # What a process reads only once is read first.
        body(download(client, table, departement="34"))
    shorter = {file: asked(*file) for file in GROWN}
    five_more()
    for file, (before, rows) in shorter.items():
        after, longer = asked(*file)
        assert longer >= rows + 5, file
        assert after == before, file
