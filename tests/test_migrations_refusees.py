"""A base whose records would break a rule once migrated is left as it is, and they are named."""

import datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.db.migrations import AddConstraint
from django.db.models import CheckConstraint, Q

from ort.models import Avenant, Partie
from projects.indicateurs.coherence import CIBLE_AVANT, REFERENCE_APRES
from socle.migrations._contrevenants import CORRECT, STOPPED, refuse_offenders
from tests import factories
from tests.bases import migrate

pytestmark = pytest.mark.django_db

BEFORE_FIRST_DAYS = [
    ("communes", "0005_contours"),
    ("ort", "0005_jours_des_communes"),
    ("projects", "0003_suivi_des_postes"),
]
BEFORE_CODES = [
    ("communes", "0006_ce_qui_ne_peut_etre"),
    ("ort", "0006_ce_qui_ne_peut_etre"),
    ("projects", "0004_ce_qui_ne_peut_etre"),
]
BEFORE_NOTIFICATIONS = [("projects", "0016_index_etendue")]


@pytest.fixture
def old_apps(request, gabarits):
    """Turn to the base of an old site, as it was before a rule; return its models."""
    with gabarits.migrated("vie des postes"):
        yield migrate(getattr(request, "param", BEFORE_FIRST_DAYS))


def commune(apps):
    region = apps.get_model("communes", "Region").objects.create(code="76", nom="Occitanie")
    herault = apps.get_model("communes", "Departement").objects.create(
        code="34", nom="Hérault", region=region
    )
    return apps.get_model("communes", "Commune").objects.create(
        code_insee="34142", nom="Lodève", nom_recherche="lodeve", departement=herault
    )


def test_an_exit_that_would_come_before_its_entry_is_told(old_apps):
    lodeve = commune(old_apps)
    convention = old_apps.get_model("ort", "Convention").objects.create(
        identifiant="ort-lodeve",
        intitule="ORT de Lodève",
        departement_reference_id="34",
        date_signature=datetime.date(2023, 7, 10),
    )
    left = old_apps.get_model("ort", "Avenant").objects.create(
        convention=convention,
        date_signature=datetime.date(2023, 7, 15),
        precision_signature="mois",
    )
    old_apps.get_model("ort", "CommuneCouverte").objects.create(
        convention=convention, commune=lodeve, sortie=left
    )
    with pytest.raises(RuntimeError, match="ort-lodeve, commune 34142 : .* sortir avant d'entrer"):
        migrate([("ort", "0006_ce_qui_ne_peut_etre")])


def test_an_entry_that_would_cover_the_time_before_is_told(old_apps):
    lodeve = commune(old_apps)
    labels = old_apps.get_model("communes", "Labellisation").objects
    labels.create(commune=lodeve, debut=datetime.date(2021, 1, 22), fin=datetime.date(2023, 7, 10))
    labels.create(commune=lodeve, debut=datetime.date(2023, 7, 15), precision_debut="mois")
    with pytest.raises(RuntimeError, match="commune 34142 : son entrée, .* le temps d'avant"):
        migrate([("communes", "0006_ce_qui_ne_peut_etre")])


def stopped_by(migration):
    """Return the lines that name the records which stop the update to a migration."""
    with pytest.raises(RuntimeError) as refused:
        migrate([migration])
    first, *lines, last = str(refused.value).splitlines()
    assert (first, last) == (STOPPED, CORRECT)
    return lines


LODEVE = "commune : 34142 « Lodève »"
ORT = "convention : 1 « ort-lodeve »"
POSTE = "poste : 1 « poste-lodeve »"
IN_TWICE = "Cette commune est déjà dans le programme à ces dates."
SAME_DAY = "Cette convention a déjà un avenant de ce jour, sans numéro : donnez à chacun le sien."
SERVED_TWICE = "Ce poste dessert déjà cette commune à ces dates."
END = "premier jour où ce n'est plus le cas"


@pytest.mark.parametrize("old_apps", [BEFORE_CODES], indirect=True, ids=["before"])
def test_the_records_that_break_a_new_rule_are_named(old_apps):
    def make(name, **fields):
        return old_apps.get_model(name).objects.create(**fields)

    lodeve = commune(old_apps)
    old_apps.get_model("communes", "Commune").objects.update(siren="2134", successeur="34142")
    make("communes.Labellisation", pk=1, commune=lodeve, debut="2021-01-22", fin="2022-01-02")
    make("communes.Labellisation", pk=2, commune=lodeve, debut="2022-01-01", id_pvd="pvd")
    ort = make(
        "ort.Convention",
        pk=1,
        identifiant="ort-lodeve",
        intitule="ORT",
        departement_reference_id="34",
    )
    poste = make("projects.Poste", pk=1, identifiant="poste-lodeve", intitule="Chef de projet")
    make("ort.Organisme", pk=1, nom="Banque des territoires", nature="etat", siren="18")
    for pk in (1, 2):
        make("ort.Avenant", pk=pk, convention=ort, date_signature="2023-07-10")
        make("ort.Partie", pk=pk, convention=ort, commune=lodeve, role="signataire")
        make("ort.Secteur", pk=pk, convention=ort, commune=lodeve, nom="Centre")
    make("projects.Desserte", pk=1, poste=poste, commune=lodeve)
    make("projects.Desserte", pk=2, poste=poste, commune=lodeve, debut="2024-01-01")
    make(
        "projects.CofinancementPoste",
        pk=1, poste=poste, annee=2022, financeur="anah", debut="2023-01-01",
    )  # fmt: skip

    own = "successeur : 34142 « Lodève » ; département : 34 « Hérault »"
    assert stopped_by(("communes", "0007_codes_et_doublons")) == [
        f"- commune 34142 « Lodève » ({own} ; SIREN : « 2134 ») : Ce code compte 9 caractères.",
        f"- labellisation 2 ({LODEVE} ; identifiant PVD : « pvd ») : Ce code compte de 11 à 20 caractères.",
        f"- commune 34142 « Lodève » ({own} ; code INSEE : « 34142 ») : "
        "Une commune n'est pas son propre successeur.",
        f"- labellisation 1 ({LODEVE} ; premier jour : 22/01/2021 ; {END} : 02/01/2022) : {IN_TWICE}",
        f"- labellisation 2 ({LODEVE} ; premier jour : 01/01/2022 ; {END} : vide) : {IN_TWICE}",
    ]
    party = f"({LODEVE} ; {ORT} ; rôle : « signataire ») : Cette partie est déjà enregistrée dans ce rôle."
    sector = (
        f"({LODEVE} ; {ORT} ; nom : « Centre ») : Ce secteur de cette commune est déjà enregistré."
    )
    assert stopped_by(("ort", "0007_codes_et_doublons")) == [
        "- organisme 1 « Banque des territoires » (SIREN : « 18 ») : Ce code compte 9 caractères.",
        f"- avenant 1 ({ORT} ; date de signature : 10/07/2023) : {SAME_DAY}",
        f"- avenant 2 ({ORT} ; date de signature : 10/07/2023) : {SAME_DAY}",
        f"- partie 1 {party}",
        f"- partie 2 {party}",
        f"- secteur d'intervention 1 « Centre » {sector}",
        f"- secteur d'intervention 2 « Centre » {sector}",
    ]
    assert stopped_by(("projects", "0005_doublons")) == [
        f"- cofinancement 1 ({POSTE} ; premier jour : 01/01/2023 ; {END} : vide ; année : « 2022 ») : "
        "La période financée ne touche pas cette année.",
        f"- commune desservie 1 ({LODEVE} ; {POSTE} ; premier jour : vide ; {END} : vide) : {SERVED_TWICE}",
        f"- commune desservie 2 ({LODEVE} ; {POSTE} ; premier jour : 01/01/2024 ; {END} : vide) : "
        f"{SERVED_TWICE}",
    ]


@pytest.mark.parametrize("old_apps", [BEFORE_NOTIFICATIONS], indirect=True, ids=["before"])
def test_days_in_an_impossible_order_are_named(old_apps):
    def make(name, **fields):
        return old_apps.get_model("projects", name).objects.create(**fields)

    line = make(
        "Financement",
        pk=1,
        identifiant="f-1",
        action=make("Action", identifiant="a-1", intitule="Halle"),
        dispositif=make("Dispositif", cle="detr", libelle="DETR", nature="etat"),
    )
    for pk, nature, notified, fields in (
        (1, "accord", "2024-04-30", {}),
        (2, "modification", "2024-05-01", {"montant": 900}),
        (3, "versement", "2024-05-02", {"montant": 1, "sorte_versement": "acompte"}),
    ):
        make(
            "FaitFinancement",
            pk=pk, financement=line, nature=nature, jour="2024-05-01", date_notification=notified,
            **fields,
        )  # fmt: skip
    of_line = "financement : 1 « f-1 », action 1 « a-1 »"
    assert stopped_by(("projects", "0017_notifications")) == [
        f"- fait d'un financement 3 ({of_line} ; fait : « versement » ; notification : 02/05/2024) : "
        "Seule une décision est notifiée.",
        f"- fait d'un financement 1 ({of_line} ; jour : 01/05/2024 ; précision : « au jour près » ; "
        "notification : 30/04/2024) : Une décision est notifiée le jour où elle est signée, ou après, "
        "et au plus tard aujourd'hui.",
    ]
    make_right = old_apps.get_model("projects", "FaitFinancement").objects
    make_right.filter(pk=3).update(date_notification=None)
    make_right.filter(pk=1).update(date_notification="2024-05-01")
    migrate([("projects", "0017_notifications")])

    targets = {"commune": commune(old_apps), "fixee_le": "2024-05-01", "valeur": 4}
    targets["indicateur"] = make(
        "Indicateur", identifiant="facades", libelle="Façades", unite="façades", perimetre="commune"
    )
    make("Cible", pk=1, **targets, echeance_prevue="2024-05-01")
    targets |= {"fixee_le": "2024-05-02", "reference_valeur": 0}
    make("Cible", pk=2, **targets, reference_jour="2024-05-03")
    told = [line.partition(" (")[::2] for line in stopped_by(("projects", "0018_jours_des_cibles"))]
    assert [name for name, _ in told] == ["- cible 1", "- cible 2"]
    assert told[0][1].endswith(CIBLE_AVANT)
    assert told[1][1].endswith(REFERENCE_APRES)


def test_records_that_only_look_alike_are_left_alone():
    lodeve = factories.commune("34142")
    factories.labellisation(lodeve, "2021-01-22", fin="2022-01-01")
    factories.labellisation(lodeve, "2022-01-01")
    ort = factories.convention("2021-07-16")
    for _ in range(2):
        Avenant.objects.create(
            convention=ort, date_signature="2023-07-01", precision_signature="mois"
        )
        Avenant.objects.create(convention=ort)
    for role in Partie.RolePartie.values:
        Partie.objects.create(convention=ort, commune=lodeve, role=role)
    for name in (
        "communes.migrations.0007_codes_et_doublons",
        "ort.migrations.0007_codes_et_doublons",
        "projects.migrations.0005_doublons",
    ):
        import_module(name).name_offenders(apps, None)


def test_only_the_first_offenders_are_shown():
    for number in range(22):
        factories.commune(f"341{number:02}")
    rule = CheckConstraint(condition=Q(nom=""), name="x", violation_error_message="Un nom ?")
    with pytest.raises(RuntimeError, match="« Ville 34119 ».*\n… et 2 de plus"):
        refuse_offenders(apps, "communes", [AddConstraint("commune", rule)])
