"""A site that was opened with an older version: its records say the same once migrated.

A migration that changes what is stored is tried here on rows, on both databases.
"""

import datetime

import pytest
from django.apps import apps as of_today
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from communes.models import Agent, Labellisation
from ort.models import Avenant, Convention
from projects.postes.models import Occupation
from pvd.portail.donnees.telechargements import TELECHARGEMENTS
from socle.recherche import search_key
from tests.bases import VERSIONS, migrate
from tests.pages import adresse_du_fichier

BEFORE_ONE_LINE = [
    ("communes", "0013_journal_des_comptes"),
    ("ort", "0010_propositions"),
    ("projects", "0005_doublons"),
    ("socle", "0006_imports"),
    ("suivi", "0004_compteurs"),
]
# Before all, once two communes are in, covered, after an exit, once all is ended.
JOURS = ("2020-12-31", "2021-07-08", "2023-07-06", "2024-02-01", "2026-11-01")


def enter(apps):
    """Record, with the models of `apps`, some of all that a file shows."""

    def make(name, /, **fields):
        return apps.get_model(name)._default_manager.create(**fields)

    def commune(code, nom, departement):
        fields = {"siren": f"21{code}01", "type_liaison": 0, "nom_recherche": search_key(nom)}
        # Once a JSON by vintage, now a row each, of a year that nothing here proves.
        before = "populations" in {f.name for f in apps.get_model("communes.Commune")._meta.fields}
        if before:
            fields["populations"] = {"2021": 7000}
        town = make("communes.Commune", code_insee=code, nom=nom, departement=departement, **fields)
        if not before:
            make("communes.Population", commune=town, millesime=2021, annee=None, valeur=7000)
        return town

    make("communes.Millesime", annee=2021)
    occitanie = make("communes.Region", code="76", nom="Occitanie")
    herault, tarn = (
        make(
            "communes.Departement", code=code, nom=nom, type_liaison=5, region=occitanie,
            tenue="complete", tenue_postes="partielle",
        )
        for code, nom in (("34", "Hérault"), ("81", "Tarn"))
    )  # fmt: skip
    epci = make(
        "communes.Intercommunalite", siren="200017341", nom="CC Lodévois et Larzac",
        nom_recherche=search_key("CC Lodévois et Larzac"), nature="CC",
    )  # fmt: skip
    lodeve, ganges = commune("34142", "Lodève", herault), commune("34111", "Ganges", herault)
    lacaune = commune("81124", "Lacaune", tarn)
    for town in (lodeve, ganges):
        make("communes.Rattachement", commune=town, intercommunalite=epci)
    for town in (lodeve, lacaune):
        make(
            "communes.Labellisation", commune=town, debut=datetime.date(2021, 1, 22),
            date_signature_adhesion=datetime.date(2021, 3, 26), id_pvd=f"pvd-76-{town.pk}",
        )  # fmt: skip
    make(
        "communes.Labellisation", commune=ganges, debut=datetime.date(2021, 1, 1),
        precision_debut="mois", fin=datetime.date(2023, 12, 1), precision_fin="mois",
        motif_sortie="Retrait",
    )  # fmt: skip

    ort = make(
        "ort.Convention", identifiant="ort-lodeve", intitule="ORT du Lodévois",
        date_signature=datetime.date(2021, 7, 16), duree_annees=5, vaut_ort=True, origine="PVD",
        departement_reference=herault, porteur=epci, ville_principale=lodeve,
    )  # fmt: skip
    entree = make(
        "ort.Avenant", convention=ort, numero=1, date_signature=datetime.date(2022, 6, 1),
        objet="entrée",
    )  # fmt: skip
    sortie = make(
        "ort.Avenant", convention=ort, numero=2, date_signature=datetime.date(2024, 1, 15),
        objet="sortie",
    )  # fmt: skip
    make("ort.CommuneCouverte", convention=ort, commune=lodeve)
    make("ort.CommuneCouverte", convention=ort, commune=ganges, entree=entree, sortie=sortie)
    make("ort.CommuneCouverte", convention=ort, commune=lacaune, entree=entree)
    organisme = make(
        "ort.Organisme", nom="Banque des territoires", nature="etat", siren="180020026"
    )
    make("ort.Partie", convention=ort, role="signataire", organisme=organisme)
    make("ort.Secteur", convention=ort, nom="Centre ancien", commune=lodeve)

    poste = make(
        "projects.Poste", identifiant="poste-lodeve", intitule="Chef de projet", quotite=100,
        date_ouverture=datetime.date(2021, 3, 1), employeur_commune=lodeve,
    )  # fmt: skip
    for town in (lodeve, lacaune):
        make("projects.Desserte", poste=poste, commune=town, debut=datetime.date(2021, 3, 1))
    make(
        "projects.Occupation", poste=poste, titulaire="A. Martin",
        debut=datetime.date(2021, 7, 1), fin=datetime.date(2023, 9, 1),
    )  # fmt: skip
    make(
        "projects.Recrutement", poste=poste, date_publication=datetime.date(2023, 10, 1),
        date_cloture=datetime.date(2023, 11, 1), issue="infructueux",
        date_issue=datetime.date(2023, 12, 1),
    )  # fmt: skip


def files():
    """Return every public file of every day, as text."""
    client = Client()
    return {
        (nom, jour): client.get(adresse_du_fichier(nom, au=jour)).getvalue().decode().splitlines()
        for nom in TELECHARGEMENTS
        for jour in JOURS
    }


@pytest.mark.django_db
def test_the_avenants_of_an_old_site_are_named_by_their_signature(gabarits):
    with gabarits.migrated("avenants sans identifiant") as old:
        enter(old)
        ort = old.get_model("ort", "Convention").objects.get()
        avenants, versions = (
            old.get_model("ort", name)._default_manager for name in ("Avenant", "HistoricalAvenant")
        )
        for signature in (None, datetime.date(2023, 2, 1)):
            made = avenants.create(convention=ort, date_signature=signature)
            versions.create(
                id=made.pk, convention=ort, date_signature=signature,
                history_date=timezone.now(), history_type="+",
            )  # fmt: skip
        call_command("migrate", verbosity=0)
        named = list(Avenant.objects.order_by("pk").values_list("identifiant", flat=True))
        kept = list(Avenant.history.order_by("id").values_list("identifiant", flat=True))
        following = Avenant.objects.create(convention_id=ort.pk).identifiant
    assert named == [f"ort-lodeve-avenant-{rank}" for rank in (1, 3, 4, 2)]
    assert kept == named[2:]
    assert following == "ort-lodeve-avenant-5"


@pytest.mark.django_db
def test_the_line_ends_of_an_old_site_become_spaces(gabarits):
    with gabarits.migrated("avenants sans identifiant"):
        old = migrate(BEFORE_ONE_LINE)
        enter(old)
        for name, fields in {
            "ort.Convention": {"intitule": "ORT\r\ndu  Lodévois\n"},
            "communes.Labellisation": {"motif_sortie": "Retrait\u2028de la commune"},
            "projects.Occupation": {"titulaire": "\nA. Martin", "telephone": "04\x0b67"},
        }.items():
            old.get_model(name)._base_manager.update(**fields)
        call_command("migrate", verbosity=0)
        titles = set(Convention.objects.values_list("intitule", flat=True))
        exits = set(Labellisation.objects.values_list("motif_sortie", flat=True))
        people = set(Occupation.objects.values_list("titulaire", "telephone"))
    assert titles == {"ORT du  Lodévois"}
    assert exits == {"Retrait de la commune"}
    assert people == {("A. Martin", "04 67")}


@pytest.mark.django_db
def test_the_accounts_of_an_old_site_were_last_there_at_their_last_log_in(gabarits):
    version = "avenants sans identifiant"
    # Half past midnight in France, and still the day before where the hours are counted from.
    late = datetime.datetime(2026, 3, 1, 23, 30, tzinfo=datetime.UTC)
    with gabarits.migrated(version):
        old = migrate(BEFORE_ONE_LINE).get_model("communes.Agent")
        old._default_manager.create(username="venue", last_login=late)
        old._default_manager.create(username="jamais")
        call_command("migrate", verbosity=0)
        kept = Agent.objects.values_list("username", "derniere_activite", "visite_precedente")
        told = {name: days for name, *days in kept}
    assert told == {"venue": [datetime.date(2026, 3, 2), None], "jamais": [None, None]}


@pytest.mark.django_db
@pytest.mark.parametrize("version", VERSIONS)
def test_the_files_of_an_old_site_say_the_same_once_migrated(version, gabarits):
    enter(of_today)
    expected = files()
    assert any(len(rows) > 2 for rows in expected.values())
    with gabarits.migrated(version) as apps:
        enter(apps)
        call_command("migrate", verbosity=0)
        migrated = files()
    for key, rows in expected.items():
        assert migrated[key] == rows, key
