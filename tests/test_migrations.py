"""A site opened with an older version: once migrated, its records say the same, in the tables of today.

A migration that changes what is stored is tried here on rows, on both databases. One site goes through
all the versions, as an old one did, and takes records at each.
"""

import datetime
from types import SimpleNamespace

import pytest
from django.apps import apps as of_today
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from communes.models import Agent, Programme
from ort.models import Avenant, Convention
from pvd.portail.donnees.telechargements import TELECHARGEMENTS
from socle.recherche import search_key
from tests.bases import VERSIONS, migrate, targets
from tests.factories import rewrite
from tests.pages import adresse_du_fichier
from tests.schema import schema

pytestmark = pytest.mark.django_db

BEFORE_ONE_LINE = [
    ("communes", "0013_journal_des_comptes"),
    ("ort", "0010_propositions"),
    ("projects", "0005_doublons"),
    ("socle", "0006_imports"),
    ("suivi", "0004_compteurs"),
]
# Before all, once two communes are in, covered, after an exit, once all is ended.
JOURS = ("2020-12-31", "2021-07-08", "2023-07-06", "2024-02-01", "2026-11-01")
# What a record of several lines held, then holds, by sort of record.
ONE_LINE = {
    "ort.Convention": {"intitule": ("ORT\r\ndu  Lodévois\n", "ORT du  Lodévois")},
    "communes.Labellisation": {
        "motif_sortie": ("Retrait\u2028de la commune", "Retrait de la commune")
    },
    "projects.Occupation": {
        "titulaire": ("\nA. Martin", "A. Martin"),
        "telephone": ("04\x0b67", "04 67"),
    },
}


# The communes that are entered at each version: two of the Hérault, and one of the Tarn.
VILLES = dict(
    zip(
        VERSIONS,
        (("34142", "34111", "81124"), ("34003", "34101", "81002"), ("34023", "34032", "81004")),
        strict=True,
    )
)


def enter(apps, codes):
    """Record, with the models of `apps`, some of all that a file shows, of three communes."""

    def make(name, /, **fields):
        return apps.get_model(name)._default_manager.create(**fields)

    def once(name, /, **fields):
        return apps.get_model(name)._default_manager.get_or_create(**fields)[0]

    def commune(code, departement):
        nom = f"Ville {code}"
        fields = {"siren": f"21{code}01", "type_liaison": 0, "nom_recherche": search_key(nom)}
        # Once a JSON by vintage, now a row each, of a year that nothing here proves.
        before = "populations" in {f.name for f in apps.get_model("communes.Commune")._meta.fields}
        if before:
            fields["populations"] = {"2021": 7000}
        town = make("communes.Commune", code_insee=code, nom=nom, departement=departement, **fields)
        if not before:
            make("communes.Population", commune=town, millesime=2021, annee=None, valeur=7000)
        return town

    once("communes.Millesime", annee=2021)
    occitanie = once("communes.Region", code="76", nom="Occitanie")
    herault, tarn = (
        once(
            "communes.Departement", code=code, nom=nom, type_liaison=5, region=occitanie,
            tenue="complete", tenue_postes="partielle",
        )
        for code, nom in (("34", "Hérault"), ("81", "Tarn"))
    )  # fmt: skip
    epci = once(
        "communes.Intercommunalite", siren="200017341", nom="CC Lodévois et Larzac",
        nom_recherche=search_key("CC Lodévois et Larzac"), nature="CC",
    )  # fmt: skip
    centre, voisine = commune(codes[0], herault), commune(codes[1], herault)
    du_tarn = commune(codes[2], tarn)
    for town in (centre, voisine):
        make("communes.Rattachement", commune=town, intercommunalite=epci)
    for town in (centre, du_tarn):
        make(
            "communes.Labellisation", commune=town, debut=datetime.date(2021, 1, 22),
            date_signature_adhesion=datetime.date(2021, 3, 26), id_pvd=f"pvd-76-{town.pk}",
        )  # fmt: skip
    make(
        "communes.Labellisation", commune=voisine, debut=datetime.date(2021, 1, 1),
        precision_debut="mois", fin=datetime.date(2023, 12, 1), precision_fin="mois",
        motif_sortie="Retrait",
    )  # fmt: skip

    ort = make(
        "ort.Convention", identifiant=f"ort-{centre.pk}", intitule=f"ORT de {centre.pk}",
        date_signature=datetime.date(2021, 7, 16), duree_annees=5, vaut_ort=True, origine="PVD",
        departement_reference=herault, porteur=epci, ville_principale=centre,
    )  # fmt: skip
    entree = make(
        "ort.Avenant", convention=ort, numero=1, date_signature=datetime.date(2022, 6, 1),
        objet="entrée",
    )  # fmt: skip
    sortie = make(
        "ort.Avenant", convention=ort, numero=2, date_signature=datetime.date(2024, 1, 15),
        objet="sortie",
    )  # fmt: skip
    make("ort.CommuneCouverte", convention=ort, commune=centre)
    make("ort.CommuneCouverte", convention=ort, commune=voisine, entree=entree, sortie=sortie)
    make("ort.CommuneCouverte", convention=ort, commune=du_tarn, entree=entree)
    organisme = once(
        "ort.Organisme", nom="Banque des territoires", nature="etat", siren="180020026"
    )
    make("ort.Partie", convention=ort, role="signataire", organisme=organisme)
    make("ort.Secteur", convention=ort, nom="Centre ancien", commune=centre)

    poste = make(
        "projects.Poste", identifiant=f"poste-{centre.pk}", intitule="Chef de projet", quotite=100,
        date_ouverture=datetime.date(2021, 3, 1), employeur_commune=centre,
    )  # fmt: skip
    for town in (centre, du_tarn):
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


def enter_avenants_to_name(apps):
    """Record avenants, with their versions, of a convention that no public file shows: it is not signed."""
    ort, avenants, versions = (
        apps.get_model("ort", name)._default_manager
        for name in ("Convention", "Avenant", "HistoricalAvenant")
    )
    herault = apps.get_model("communes", "Departement")._default_manager.get(code="34")
    convention = ort.create(
        identifiant="ort-a-nommer", intitule="ORT", departement_reference=herault
    )
    for signature in ("2022-06-01", "2024-01-15", None, "2023-02-01"):
        made = avenants.create(convention=convention, date_signature=signature)
        versions.create(
            id=made.pk, convention=convention, date_signature=signature,
            history_date=timezone.now(), history_type="+",
        )  # fmt: skip


def enter_accounts(apps):
    """Record an agent who came half past midnight in France, the day before in UTC, and one who never did."""
    late = datetime.datetime(2026, 3, 1, 23, 30, tzinfo=datetime.UTC)
    agents = apps.get_model("communes.Agent")._default_manager
    agents.create(username="venue", last_login=late)
    agents.create(username="jamais")


def files():
    """Return every public file of every day, as text."""
    client = Client()
    return {
        (nom, jour): client.get(adresse_du_fichier(nom, au=jour)).getvalue().decode().splitlines()
        for nom in TELECHARGEMENTS
        for jour in JOURS
    }


def grow_old(old):
    """Take a site from its first version, whose models are `old`, to today, with records entered at each."""
    first, *following = VERSIONS
    enter(old, VILLES[first])
    for version in following:
        old = migrate(targets(version))
        enter(old, VILLES[version])
    enter_avenants_to_name(old)
    old = migrate(BEFORE_ONE_LINE)
    enter_accounts(old)
    for name, fields in ONE_LINE.items():
        old.get_model(name)._base_manager.update(**{f: before for f, (before, _) in fields.items()})
    call_command("migrate", verbosity=0)


def what_is_told():
    """Return what the tests look at in a site that has grown old."""
    agents = Agent.objects.values_list("username", "derniere_activite", "visite_precedente")
    unsigned = Convention.objects.get(identifiant="ort-a-nommer")
    return SimpleNamespace(
        files=files(),
        schema=schema(),
        programmes=list(Programme.objects.values_list("annonce", "ouverture", "nom")),
        avenants=list(unsigned.avenants.order_by("pk").values_list("identifiant", flat=True)),
        versions=list(Avenant.history.order_by("id").values_list("identifiant", flat=True)),
        following=Avenant.objects.create(convention=unsigned).identifiant,
        one_line={
            (name, field): set(of_today.get_model(name).objects.values_list(field, flat=True))
            for name, fields in ONE_LINE.items()
            for field in fields
        },
        accounts={name: days for name, *days in agents},
    )


@pytest.fixture(scope="module")
def new_site(django_db_setup, django_db_blocker):
    """The files and the tables of a site that has always been as today, with the same records."""
    with django_db_blocker.unblock(), transaction.atomic():
        programmes = list(Programme.objects.values_list("annonce", "ouverture", "nom"))
        for codes in VILLES.values():
            enter(of_today, codes)
        for name, fields in ONE_LINE.items():
            clean = {field: after for field, (_, after) in fields.items()}
            rewrite(of_today.get_model(name).objects.all(), **clean)
        told = SimpleNamespace(files=files(), schema=schema(), programmes=programmes)
        transaction.set_rollback(True)
    return told


@pytest.fixture(scope="module")
def old_site(gabarits, new_site, django_db_blocker):
    """What an old site tells once migrated."""
    with django_db_blocker.unblock(), gabarits.migrated(next(iter(VERSIONS))) as old:
        grow_old(old)
        return what_is_told()


def test_its_tables_are_those_of_a_new_site(old_site, new_site):
    """The tests make theirs from the models: what a migration forgets, or that no model says, shows here."""
    # Django makes some of its own with other numbers than the models say.
    migrated, made = (
        {part for part in site.schema if not part[0].startswith(("auth_", "django_"))}
        for site in (old_site, new_site)
    )
    assert migrated == made
    assert len(made) > 1_000
    assert old_site.programmes == new_site.programmes != []


def test_its_files_say_the_same(old_site, new_site):
    assert any(len(rows) > 4 for rows in new_site.files.values())
    for key, rows in new_site.files.items():
        assert old_site.files[key] == rows, key


def test_its_avenants_are_named_by_their_signature(old_site):
    assert old_site.avenants == [f"ort-a-nommer-avenant-{rank}" for rank in (1, 3, 4, 2)]
    assert old_site.versions == old_site.avenants
    assert old_site.following == "ort-a-nommer-avenant-5"


def test_its_line_ends_become_spaces(old_site):
    for name, fields in ONE_LINE.items():
        for field, (_, after) in fields.items():
            assert old_site.one_line[name, field] == {after}, (name, field)


def test_its_accounts_were_last_there_at_their_last_log_in(old_site):
    assert old_site.accounts == {"venue": [datetime.date(2026, 3, 2), None], "jamais": [None, None]}
