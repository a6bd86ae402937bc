"""The demonstration: its made-up records, and the databases that it refuses."""

import csv
import datetime
import re
import unicodedata
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import override_settings

from communes.models import Commune, Departement, Interlocuteur, Labellisation
from ort.models import Convention
from projects.actions.models import Action, Axe
from projects.club.lecture import situer as situer_evenements
from projects.club.models import EvenementClub
from projects.etudes.du_jour import EtudesDatees
from projects.evaluations.models import Bilan
from projects.evaluations.regles import EtatEcheance
from projects.indicateurs.lecture import mesures_montrees
from projects.models import Contact, Etude, Note
from projects.postes.du_jour import etats
from projects.postes.models import (
    CofinancementPoste,
    Desserte,
    Etat,
    Occupation,
    Poste,
    Recrutement,
)
from projects.projet.alertes import alertes_au
from projects.projet.du_jour import ActionsDatees
from projects.projet.fige import BilanFige
from projects.projet.revues import en_une_phrase, lire
from projects.projet.totaux import Totaux
from pvd.suivi.chargement import FILES, load_text
from pvd.suivi.management.commands.charger_demonstration import INVENTES, SAISIS, STORIES, dated
from pvd.suivi.management.commands.charger_programme import NATIONAL, SHIPPED
from pvd.suivi.regles import EtatPoste
from pvd.suivi.situation import situations
from socle.dates import add_months
from socle.models import Affirmation
from socle.sources import record_type, sans_source
from tests import factories
from tests.factories import day, rewrite
from tests.lecture import poste_du_jour
from tests.pages import read
from tools import sommes

pytestmark = pytest.mark.django_db
ONE = pytest.mark.une_base
JOUR = day("2026-11-23")
MARK = "Données fictives"


@pytest.fixture
def demonstration(settings):
    """Set the site as `make demo` does, before its first page is asked for."""
    settings.PVD_DEMO = True
    settings.PVD_DEPARTEMENT = "34"


@pytest.fixture(scope="module", autouse=True)
def territory(scene):
    """Make what the made-up records name: the communes, those who employ and carry, the ORT, the tables."""
    sirens = rows(STORIES / "postes.csv", "employeur_siren_epci")
    for siren in {*sirens, *rows(SHIPPED / "conventions.csv", "siren_epci")} - {""}:
        factories.intercommunalite(siren)
    factories.departement("34")
    for code in rows(SHIPPED / "labellisations.csv", "code_insee"):
        factories.labellisation(factories.commune(code, epci="new"))
    for label in Labellisation.objects.filter(commune="34276"):
        label.fin = day("2023-12-01")
        label.save()
    for code in ("34003", "34108", "34301"):
        factories.commune(code, epci="new")
    for folder, names in (
        (NATIONAL, ("organismes", "themes", "dispositifs", "regles_dispositifs")),
        (SHIPPED, ("sources", "conventions", "avenants", "communes_couvertes")),
    ):
        for name in names:
            load_text(f"{name}.csv", (folder / f"{name}.csv").read_text(encoding="utf-8"))


def make_true_records():
    """Make posts and actions as a true site has them, which the demonstration takes away."""
    factories.poste([factories.commune("34114")], identifiant="poste-reel")
    factories.action([factories.commune("34114")], identifiant="operation-reelle")
    ort = Convention.objects.get(identifiant="ort-gignac-saint-andre-de-sangonis")
    ort.axes.create(code="A", intitule="Axe réel")
    Affirmation.objects.create(
        fiche=ort, champ="axes", valeur_brute="un axe", source=factories.source()
    )


@pytest.fixture(scope="module")
def site(request, territory):
    """The demonstration as it is loaded on a day, where true posts and actions were, unless the day is None.

    Loaded once for all the tests of a day. Return the day.
    """
    as_demo = override_settings(PVD_DEMO=True, PVD_DEPARTEMENT="34")
    with transaction.atomic():
        if request.param:
            make_true_records()
            with as_demo:
                load(request.param)
        yield request.param and day(request.param)
        transaction.set_rollback(True)


def loaded_on(*days):
    """Have a test run on the demonstration of each of these days."""
    return pytest.mark.parametrize("site", days, indirect=True)


on_the_day = loaded_on("2026-11-23")
not_loaded = loaded_on(None)


def rows(path, column):
    with path.open(encoding="utf-8") as file:
        return [row[column] for row in csv.DictReader(file)]


def load(jour="2026-11-23"):
    out = StringIO()
    call_command("charger_demonstration", "--jour", jour, stdout=out)
    return out.getvalue()


@on_the_day
def test_each_commune_of_the_programme_has_a_post(demonstration, site):
    laureates = Labellisation.objects.as_of(JOUR).filter(commune__departement="34").communes(JOUR)
    assert laureates.count() == 18
    told = {s.nom: s.etat_poste for s in situations(laureates, JOUR)}
    assert EtatPoste.AUCUN not in told.values()
    assert [nom for nom, etat in told.items() if etat == EtatPoste.INCONNU] == ["Ville 34245"]


@loaded_on("2026-11-23", "2024-02-29", "2027-01-01", "2026-12-31")
def test_every_story_is_told_whatever_the_day(demonstration, site):
    jour = site
    in_six_months = add_months(jour, 6)
    assert set(etats(Poste.objects.all(), jour).values()) == set(Etat)
    assert Poste.objects.a_plusieurs(jour).count() == 2
    assert set(Recrutement.objects.values_list("issue", flat=True)) == {
        "",
        *Recrutement.Issue.values,
    }
    assert Occupation.objects.ending_between(jour, in_six_months).exists()
    assert Occupation.objects.contrat_echu(jour).exists()
    assert CofinancementPoste.objects.ending_between(jour, in_six_months).exists()
    above = CofinancementPoste.objects.above_limits().get()
    assert Poste.objects.get(pk=above["poste"]).identifiant == "pezenas"
    longest = poste_du_jour(Poste.objects.get(identifiant="magalas"), jour)
    assert longest.jours_vacance == 640
    shared = Desserte.objects.as_of(jour).filter(poste__identifiant="haut-languedoc")
    assert set(shared.values_list("commune", flat=True)) == {"34293", "81124"}


@on_the_day
def test_no_person_is_named(demonstration, site):
    for person in Occupation.objects.all():
        number = re.fullmatch(r"Titulaire (\d+)", person.titulaire)[1]
        assert person.courriel == f"titulaire{number}@exemple.invalid"
        assert person.telephone == ""


@on_the_day
def test_contacts_and_notes_make_the_pages_of_agents_whole(demonstration, site):
    with_all = Contact.objects.filter(commune="34142").values_list("fonction", flat=True)
    assert {"maire", "elu_referent", "dgs", "ddt"} <= set(with_all)
    assert Note.objects.a_relancer().filter(rappel__lte=JOUR).count() == 2
    assert Note.objects.a_relancer().filter(rappel__gt=JOUR).count() == 2
    assert Note.objects.filter(rappel_fait=True).count() == 1


@on_the_day
def test_contacts_and_notes_say_that_they_are_made_up(demonstration, site):
    """The telephones are among those that nobody is given, kept for films."""
    assert Contact.objects.exists()
    assert Note.objects.exists()
    for person in Contact.objects.all():
        number = re.fullmatch(r"Contact (\d+)", person.nom)[1]
        assert person.courriel == f"contact{number}@exemple.invalid"
        assert re.fullmatch(r"04 65 71 \d\d \d\d", person.telephone)
    assert all(note.texte.startswith("Fictif.") for note in Note.objects.all())


@on_the_day
def test_the_interlocuteur_is_made_up_and_told_on_every_page(demonstration, site, client):
    made_up = Interlocuteur.objects.get()
    assert made_up.departement_id == "34"
    assert "de la démonstration" in made_up.service
    assert made_up.courriel.endswith(".example")
    assert re.fullmatch(r"04 65 71 \d\d \d\d", made_up.telephone)
    for page in ("/", "/departements/34/", "/communes/34142/"):
        told = read(client, page)
        assert made_up.telephone in told
        assert "coordonnées non renseignées" not in told


@not_loaded
@pytest.mark.parametrize(
    "keep",
    [
        lambda: factories.contact(Labellisation.objects.first().commune),
        lambda: factories.note(Labellisation.objects.first().commune),
        lambda: factories.interlocuteur(Departement.objects.get(pk="34")),
    ],
)
def test_a_database_where_agents_keep_something_is_refused(keep, demonstration, site):
    keep()
    with pytest.raises(CommandError, match="pas ceux de la démonstration"):
        load()
    assert not Poste.objects.exists()


def test_the_true_records_hold_nothing_that_agents_alone_write():
    assert not set(SAISIS) & {path.name for path in SHIPPED.iterdir()}
    assert not set(SAISIS) & set(FILES)


@on_the_day
def test_every_date_names_its_source(demonstration, site):
    for model in INVENTES:
        assert model.objects.exists()
        assert not sans_source(model.objects.all()).exists()
        said = Affirmation.objects.filter(content_type=record_type(model))
        assert {affirmation.source.titre for affirmation in said} == {MARK}


@on_the_day
def test_the_true_posts_and_actions_make_room(demonstration, site):
    assert Poste.history.filter(identifiant="poste-reel").exists(), "it was there"
    assert not Axe.objects.filter(intitule="Axe réel").exists()
    assert not Affirmation.objects.filter(champ="axes").exists()
    assert not Poste.objects.filter(identifiant="poste-reel").exists()
    assert not Action.objects.filter(identifiant="operation-reelle").exists()


# What is printed of the demonstration: actions, their cost and how many have one, then, in euros, what is
# granted, paid, awaited and refused.
ATTENDU = {
    "Hérault": (11, "6189717.92", 10, "2580195.23", "645395.23", "408000.00", "100000.00"),
    "Tarn": (3, "615000.00", 2, "292500.00", "69750.00", "0.00", "0.00"),
    "France": (12, "6339717.92", 11, "2640195.23", "645395.23", "408000.00", "100000.00"),
    "Lodève": (4, "2054717.92", 4, "1130695.23", "455495.23", "30000.00", "100000.00"),
}


@pytest.mark.parametrize("perimetre", ATTENDU)
def test_the_files_of_the_plans_come_by_hand_to_what_is_printed(perimetre):
    counted = sommes.sums(sommes.PERIMETRES[perimetre])
    assert tuple(counted.values()) == tuple(map(Decimal, ATTENDU[perimetre]))


@pytest.fixture
def plans(demonstration, site):
    """Return what is known, on the day of the demonstration, of its actions, by identifier."""
    known = ActionsDatees().du_jour(site, interne=True)
    return {action.dates.identifiant: action for action in known.values()}


def told(totaux):
    """Return what the application counts, in the order of what is printed."""
    couts = totaux.couts
    assert {cout.base for cout in couts} == {"HT"}
    sums = totaux.sommes
    stages = (sums.accorde, sums.verse, sums.en_attente, sums.refuse)
    counted = (len(totaux), couts[0].montant, len(totaux) - totaux.sans_cout)
    return (*counted, *(stage.montant for stage in stages))


# The days are counted by Python: a database adds up what it holds on any of them.
@pytest.mark.deux_bases
@loaded_on(
    "2026-11-23", pytest.param("2024-02-29", marks=ONE), pytest.param("2027-01-01", marks=ONE)
)
def test_the_application_comes_to_the_same_sums(plans):
    jour = next(iter(plans.values())).jour
    france = Totaux(plans.values(), jour)
    perimetres = {
        "France": france,
        "Hérault": france.de(Commune.objects.filter(departement="34").values_list("pk", flat=True)),
        "Tarn": france.de(["81124", "81192"]),
        "Lodève": france.seules("34142"),
    }
    for perimetre, totaux in perimetres.items():
        assert told(totaux) == tuple(map(Decimal, ATTENDU[perimetre])), perimetre
    # The costs of what is abandoned stay in the sum: the pages say how much they are.
    assert plans["gig-3-2"].cout.montant == Decimal(260000)


@loaded_on("2026-11-23", "2024-02-29", "2027-01-01")
def test_every_state_of_a_plan_is_told(plans):
    states = {name: str(action.etat) for name, action in plans.items()}
    assert states == {
        "lod-a1": "en_cours",
        "lod-b1": "en_cours",
        "lod-c1": "achevee",
        "lod-c2": "a_venir",
        "gig-1-1": "en_cours",
        "gig-2-3": "a_venir",
        "gig-3-2": "abandonnee",
        "pez-2": "en_cours",
        "pez-5": "en_cours",
        "sal-1": "en_cours",
        "sal-2": "a_venir",
        "sal-4": "a_venir",
    }
    assert [name for name, action in plans.items() if action.en_retard] == ["pez-5"]
    assert plans["pez-5"].glissement_jours == 215
    assert all(action.au_plan for action in plans.values())
    assert plans["sal-1"].communes == ["34293", "81124", "81192"]
    assert plans["sal-4"].cout is None


@loaded_on("2026-11-23", "2024-02-29")
def test_two_studies_are_told_and_one_of_them_is_without_money(demonstration, site):
    known = EtudesDatees().du_jour(site, interne=True).values()
    told = {etude.dates.identifiant: etude for etude in known}
    halle, nature = told["gig-etude-halle"], told["lod-etude-nature"]
    assert (halle.etat, nature.etat) == ("validee", "en_cours")
    assert (halle.sommes.accorde.montant, halle.sommes.verse.montant) == (18000, 18000)
    assert (nature.lignes, nature.cout) == ([], None)
    assert {e.prestataire.nom for e in Etude.objects.all()} == {
        "Bureau d'études de la démonstration",
        "Cerema",
    }
    assert all(etude.note_interne.startswith("Fictif.") for etude in Etude.objects.all())


@on_the_day
def test_what_is_only_asked_or_expected_is_not_public(demonstration, site):
    known = ActionsDatees().du_jour(JOUR)
    by_name = {action.dates.identifiant: action for action in known.values()}
    assert by_name["gig-2-3"].lignes == []
    assert {ligne.dispositif for ligne in by_name["lod-c1"].lignes} == {
        "detr",
        "region",
        "departement",
    }
    public = Totaux(known.values(), JOUR).sommes
    assert (public.accorde.montant, public.en_attente.lignes) == (Decimal("2640195.23"), 0)


@on_the_day
def test_the_departements_of_the_plans_say_how_far_they_are_kept(demonstration, site):
    for what in ("tenue_plans", "tenue_bilans"):
        kept = dict(Departement.objects.values_list("pk", what))
        assert (kept["34"], kept["81"]) == ("complete", "partielle")


@on_the_day
def test_the_reviews_are_held_but_for_the_evaluations_that_the_dates_say(demonstration, site):
    told = {
        (revue.convention.identifiant, echeance.nature.value): en_une_phrase(echeance)
        for revue in lire(Convention.objects.ort(), JOUR)
        for echeance in revue.echeances
        if echeance.etat != EtatEcheance.A_VENIR and echeance.etat != EtatEcheance.TENUE
    }
    assert {key: said for key, said in told.items() if "à tenir" not in said} == {
        ("ort-agde", "quinquennal"): "évaluation des cinq ans tenue le 7 avril 2026, avec 40 jours "
        "de retard",
        ("ort-lodeve", "quinquennal"): "évaluation des cinq ans attendue depuis le 16 juillet 2026",
        ("ort-sete", "quinquennal"): "évaluation des cinq ans attendue depuis le 10 décembre 2024",
    }
    evaluation = Bilan.objects.get(nature="quinquennal")
    assert evaluation.presentations.count() == 3
    frozen = {row["action_identifiant"] for row in BilanFige(evaluation.gel).lignes("actions")}
    assert frozen == {"pez-2", "pez-5"}


@loaded_on("2026-11-23", "2024-02-29")
def test_the_warnings_are_those_that_the_stories_tell(demonstration, site):
    names = dict(Action.objects.values_list("pk", "identifiant"))
    found = alertes_au(ActionsDatees(), site)
    told = {names[cle]: sorted({alerte.sorte for alerte in of}) for cle, of in found.items()}
    assert told == {
        "lod-b1": ["accord_sans_versement"],
        "lod-c2": ["accord_sans_versement", "caducite", "sans_nouvelles"],
        "gig-2-3": ["part_prevue"],
        "pez-5": ["en_retard"],
    }
    share = next(of for cle, of in found.items() if names[cle] == "gig-2-3")
    assert "17,2 %" in unicodedata.normalize("NFKC", share[0].texte + share[0].calcul)


@loaded_on("2026-11-23", "2024-02-29")
def test_five_events_of_the_club_are_told(demonstration, site):
    lignes = situer_evenements(EvenementClub.objects.all(), site)
    came = {ligne.evenement.identifiant: sorted(ligne.communes) for ligne in lignes}
    assert set(came) == {
        *("club-rencontre", "club-espace-public", "club-commerce"),
        *("club-visite", "club-mobilites"),
    }
    assert came["club-rencontre"] == ["34114", "34142", "34199"]
    assert came["club-visite"] == ["34028", "34142", "81124"]
    assert came["club-mobilites"] == []
    (coming,) = (ligne for ligne in lignes if not ligne.commence)
    assert coming.evenement.identifiant == "club-mobilites"


@loaded_on("2026-11-23", "2024-02-29")
def test_the_facades_are_read_twice_of_forty(demonstration, site):
    jour = site
    (mesure,) = mesures_montrees("action", Action.objects.get(identifiant="pez-2").pk, jour)
    read_on = [(releve.valeur, (jour - releve.jour).days) for releve in mesure.releves]
    assert read_on == [(12, 500), (27, 120)]
    assert [cible.valeur for cible in mesure.cibles] == [40]


@on_the_day
def test_the_last_reading_of_the_facades_is_known_when_published_not_before(demonstration, site):
    action = Action.objects.get(identifiant="pez-2").pk
    published = JOUR - datetime.timedelta(days=75)
    known = {}
    for shift in (-1, 0, 1):
        jour = published + datetime.timedelta(days=shift)
        (mesure,) = mesures_montrees("action", action, jour)
        known[shift] = [releve.valeur for releve in mesure.releves]
    assert known == {-1: [12], 0: [12, 27], 1: [12, 27]}


@on_the_day
def test_the_sheet_of_lodeve_says_its_projet_in_three_lines(demonstration, site, client):
    sheet = read(client, "/communes/34142/?au=2026-11-23")
    for line in (
        "4 actions : 1 achevée, 2 en cours et 1 à venir.",
        "1 130 695,23 € accordés, 455 495,23 € versés, au 23 novembre 2026.",
        "Évaluation des cinq ans attendue depuis le 16 juillet 2026.",
    ):
        assert line in sheet


@on_the_day
def test_once_loaded_it_is_left_alone(demonstration, site):
    rewrite(Poste.objects.filter(identifiant="pezenas"), intitule="Repris par un agent")
    assert load("2027-03-01") == "Démonstration : déjà chargée.\n"
    assert Poste.objects.get(identifiant="pezenas").intitule == "Repris par un agent"


@not_loaded
def test_a_true_site_is_refused(site, settings):
    with pytest.raises(CommandError, match="Ce n'est pas le site de démonstration"):
        load()
    settings.PVD_DEMO = settings.PRODUCTION = True
    with pytest.raises(CommandError, match="Ce n'est pas le site de démonstration"):
        load()
    assert not Poste.objects.exists()


@not_loaded
def test_a_database_where_people_are_recorded_is_refused(demonstration, site):
    poste = factories.poste([factories.commune("34114")], identifiant="poste-reel")
    factories.occupation(poste, "2022-01-01")
    with pytest.raises(CommandError, match="pas ceux de la démonstration"):
        load()
    assert Poste.objects.get() == poste


def test_days_and_years_are_counted_from_the_day_given():
    text = "{J},{J-1},{J+40},{A},{A-1}-01-01"
    assert dated(text, datetime.date(2026, 11, 30)) == (
        "2026-11-30,2026-11-29,2027-01-09,2026,2025-01-01"
    )
