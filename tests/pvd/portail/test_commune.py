"""The page of a commune."""

import gzip
import re
from collections import Counter

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from communes.models import (
    AncienCode,
    AncienNomCommune,
    ContourCommune,
    FondDeCarte,
    Labellisation,
    Succession,
    Tenue,
)
from ort.models import Convention, Organisme
from socle.dessin.qr import qr_svg
from socle.models import Affirmation
from tests import factories
from tests.factories import day
from tests.pages import count_queries, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def lodeve():
    town = factories.commune("34142", epci="new", nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26", precision_debut="au_plus_tard")
    factories.convention("2021-07-16", [town], identifiant="ort-lodeve", intitule="ORT de Lodève")
    return town


@pytest.mark.parametrize(
    ("jour", "told"),
    [
        ("2021-12-31", "5 000 habitants millésime 2021"),
        ("2022-01-01", "5 100 habitants en 2020"),
        ("2024-12-31", "5 100 habitants en 2020"),
        ("2025-01-01", "5 200 habitants en 2023"),
    ],
)
def test_a_population_says_when_it_was_counted(client, lodeve, jour, told):
    factories.population(lodeve, 2022, 5100, annee=2020)
    factories.population(lodeve, 2025, 5200, annee=2023)
    page = read(client, f"/communes/34142/?au={jour}")
    assert f"Population municipale {told}" in page


@pytest.fixture
def pezenas():
    """Pézenas, brought by an avenant into the ORT of Agde, which is not in the programme."""
    agde = factories.commune("34003", epci="new", nom="Agde", type_liaison=1)
    town = factories.commune("34199", epci="new", nom="Pézenas")
    factories.labellisation(town, adhesion="2021-05-20")
    signed = factories.convention(
        "2021-02-26", [agde], identifiant="ort-agde", intitule="ORT d'Agde"
    )
    factories.avenant(signed, "2023-01-11", [town])
    return town


def test_commune_covered_by_its_own_ort(client, lodeve):
    assert (
        "Au 6 juillet 2023, Lodève est couverte par une opération de revitalisation de territoire "
        "(ORT) depuis le 16 juillet 2021." in read(client, "/communes/34142/?au=2023-07-06")
    )


@pytest.mark.parametrize(
    ("jour", "told"),
    [
        ("2020-09-30", "qui n'est pas encore lancé ; les ORT sans"),
        ("2021-01-21", "n'est pas encore enregistrée dans le programme Petites villes de demain"),
        ("2021-01-22", "depuis le 22 janvier 2021 au plus tard ; elle n'a pas encore signé"),
        ("2021-03-25", "elle n'a pas encore signé sa convention d'adhésion."),
        ("2021-03-26", "doit être signée au plus tard le 26 septembre 2022, 18 mois après."),
        ("2021-07-15", "doit être signée"),
        ("2021-07-16", "est couverte par une opération"),
    ],
)
def test_sentence_follows_the_dates(client, lodeve, jour, told):
    assert told in read(client, f"/communes/34142/?au={jour}")


def test_commune_entered_by_avenant(client, pezenas):
    page = read(client, "/communes/34199/")
    assert (
        "depuis le 11 janvier 2023 : un avenant l'a fait entrer dans l'ORT d'Agde, "
        "signée le 26 février 2021." in page
    )
    assert "Elle couvre aussi à cette date : Agde" in page
    assert "20 novembre 2022 Fin du délai de 18 mois après l'adhésion, sans ORT signée" in page


def test_commune_outside_the_programme_may_be_covered(client, pezenas):
    page = read(client, "/communes/34003/")
    assert "Agde n'est pas dans le programme Petites villes de demain, mais elle est" in page
    assert "hors programme" in page


def test_commune_that_left(client):
    town = factories.commune("34276", epci="new", nom="Saint-Mathieu-de-Tréviers")
    factories.labellisation(town, fin="2023-12-01", precision_fin="mois")
    page = read(client, "/communes/34276/?au=2024-01-01")
    assert "n'est plus dans le programme" in page
    assert "qu'elle a quitté en décembre 2023 ; les ORT sans commune lauréate ne sont pas" in page
    assert "Convention d'adhésion non renseignée" in page
    before = read(client, "/communes/34276/?au=2023-11-30")
    assert "décembre 2023" not in before
    assert "la date de sa convention d'adhésion n'est pas renseignée" in before


def test_commune_late(client):
    town = factories.commune("34143", nom="Loupian")
    factories.labellisation(town, adhesion="2021-07-08")
    page = read(client, "/communes/34143/?au=2023-02-01")
    assert "devait être signée au plus tard le 8 janvier 2023, 18 mois après, et ne l'est" in page
    assert "délai dépassé" in page


def test_commune_of_a_departement_not_kept(client):
    factories.departement("12", tenue=Tenue.AUCUNE)
    factories.commune("12202", nom="Rodez")
    page = read(client, "/communes/12202/")
    assert "les données de ce département ne sont pas tenues" in page
    assert "Rodez n'est pas dans le programme" not in page


def test_masculine_name_is_introduced_by_the_commune(client):
    town = factories.commune("34350", nom="Le Vigan")
    factories.convention("2021-07-16", [town])
    assert "la commune du Vigan n'est pas dans le programme" in read(client, "/communes/34350/")


def test_nothing_after_the_day_shows(client, pezenas):
    page = read(client, "/communes/34199/?au=2023-01-10")
    assert "11 janvier 2023" not in page
    assert "ORT d'Agde" not in page
    assert "20 novembre 2022 Fin du délai" in page


def test_timeline_is_in_order(client, pezenas):
    avenants = pezenas.couvertures.get().convention
    factories.avenant(avenants, "2024-02-01", duree_annees=7)
    page = read(client, "/communes/34199/")
    steps = (
        "Entrée dans le programme",
        "Signature de la convention d'adhésion",
        "Fin du délai",
        "Entrée dans l'ORT par avenant : ORT d'Agde",
        "Avenant : durée portée à 7 ans",
    )
    timeline = page[page.index("Chronologie") :]
    assert sorted(steps, key=timeline.index) == list(steps)


def test_commune_that_left_its_ort(client, pezenas):
    coverage = pezenas.couvertures.get()
    coverage.sortie = factories.avenant(coverage.convention, "2024-02-01")
    coverage.save()
    page = read(client, "/communes/34199/?au=2024-02-01")
    assert "1er février 2024 Sortie de l'ORT par avenant" in page
    assert "est couverte" not in page


def test_end_of_the_ort_is_told(client):
    town = factories.commune("34142", nom="Lodève")
    factories.labellisation(town)
    factories.convention("2021-07-16", [town], duree_annees=5)
    assert "16 juillet 2026 Fin de l'ORT, à l'issue de sa durée" in read(
        client, "/communes/34142/?au=2026-07-16"
    )
    assert "Fin de l'ORT 16 juillet 2026" in read(client, "/communes/34142/?au=2023-01-01")


def test_unknown_end_is_said_to_be_unknown(client, lodeve):
    assert "Fin de l'ORT non renseignée" in read(client, "/communes/34142/")


def test_other_communes_of_another_departement_are_marked(client):
    lacaune = factories.commune("81124", nom="Lacaune")
    salvetat = factories.commune("34293", nom="La Salvetat-sur-Agout")
    factories.labellisation(salvetat)
    factories.convention("2022-07-28", [salvetat, lacaune])
    assert "Lacaune Tarn (81)" in read(client, "/communes/34293/")


def test_sources_of_the_facts_are_cited_and_what_was_set_aside_is_not(client, lodeve):
    label = lodeve.labellisations.get()
    for titre, retenue in (("Liste nationale", True), ("Site de la mairie", False)):
        Affirmation.objects.create(
            fiche=label,
            champ="date_signature_adhesion",
            valeur_brute="26/03/2021",
            source=factories.source(titre=titre, editeur="ANCT"),
            retenue=retenue,
        )
    page = read(client, "/communes/34142/")
    assert "Source : Liste nationale" in page
    assert "Site de la mairie" not in page
    assert "Liste nationale" not in read(client, "/communes/34142/?au=2021-03-25")


def test_poste_is_told_and_no_person_ever(client, lodeve):
    post = factories.poste([lodeve], intitule="Chef de projet du Lodévois")
    factories.occupation(post, "2022-01-01", titulaire="Camille Martin", courriel="c@exemple.fr")
    page = client.get("/communes/34142/").content.decode()
    assert "Chef de projet du Lodévois" in page
    assert "pourvu" in page
    assert "Martin" not in page
    assert "exemple.fr" not in page


def test_poste_tells_its_employer_and_the_communes_that_share_it(client, lodeve):
    lacaune = factories.commune("81124", nom="Lacaune")
    post = factories.poste([lodeve, lacaune], date_ouverture=factories.day("2022-01-01"))
    told = "Poste vacant depuis le 1er janvier 2022 Employeur non renseigné"
    page = read(client, "/communes/34142/?au=2022-01-01")
    assert told in page
    assert "Partagé avec Lacaune (Tarn) " in page
    post.employeur_commune = lodeve
    post.save()
    factories.occupation(post, "2022-03-01")
    page = read(client, "/communes/81124/?au=2022-03-01")
    assert "Poste pourvu depuis le 1er mars 2022 Employeur Lodève" in page
    assert "Partagé avec Lodève (Hérault) " in page


def test_no_poste_and_nothing_known_of_it_are_two_things(client, lodeve):
    departement = lodeve.departement
    departement.tenue_postes = "complete"
    departement.save()
    assert "Aucun poste ne dessert la commune" in read(client, "/communes/34142/")
    departement.tenue_postes = "partielle"
    departement.save()
    page = read(client, "/communes/34142/")
    assert "Poste : non renseigné. Cela ne veut pas dire qu'il n'y en a pas." in page
    assert "Aucun poste" not in page


def test_posts_of_a_commune_cost_the_same_queries_however_many(client, lodeve):
    shared = [lodeve, factories.commune("34003", nom="Agde")]
    factories.poste(shared)
    one = count_queries(client, "/communes/34142/")
    for _ in range(5):
        factories.poste(shared)
    assert count_queries(client, "/communes/34142/") == one


def test_internal_notes_stay_internal(client, lodeve):
    label = lodeve.labellisations.get()
    label.note_interne = "Secret de la fiche"
    label.save()
    convention = lodeve.couvertures.get().convention
    convention.note_interne = "Secret de la convention"
    convention.save()
    assert "Secret" not in read(client, "/communes/34142/")
    assert "Secret" not in read(client, "/ort/ort-lodeve/")


def test_name_is_that_of_the_day(client, lodeve):
    AncienNomCommune.objects.create(commune=lodeve, nom="Luteva", fin=factories.day("2022-01-01"))
    assert "Luteva est couverte" in read(client, "/communes/34142/?au=2021-12-31")
    assert "Lodève est couverte" in read(client, "/communes/34142/?au=2022-01-01")


def test_vanished_commune_says_what_it_became(client):
    lunas = factories.commune("34144", nom="Lunas-les-Châteaux")
    factories.commune(
        "34093", nom="Dio-et-Valquières", fin=factories.day("2025-01-01"), successeur=lunas
    )
    response = client.get("/communes/34093/?au=2025-01-01")
    assert 'href="/communes/34144/?au=2025-01-01"' in response.content.decode()
    assert "n'existe plus depuis le 1er janvier 2025. Son territoire fait partie de" in read(
        client, "/communes/34093/"
    )
    assert "n'existe plus" not in read(client, "/communes/34093/?au=2024-12-31")


def test_old_code_leads_to_the_commune_of_today(client, lodeve):
    AncienCode.objects.create(code="34999", nature="deleguee", nom="Les Plans", commune=lodeve)
    response = client.get("/communes/34999/?au=2023-07-06")
    assert (response.status_code, response.url) == (302, "/communes/34142/?au=2023-07-06")


def test_page_says_by_what_else_the_commune_is_found(client, lodeve):
    AncienCode.objects.create(code="34999", nature="deleguee", nom="Les Plans", commune=lodeve)
    for code in ("34700", "34705"):
        lodeve.codes_postaux.create(code=code)
    page = read(client, "/communes/34142/")
    assert "Codes postaux 34700, 34705 d'après La Poste" in page
    assert "Autres noms Les Plans, commune déléguée (code 34999)" in page


def test_unknown_code(client):
    assert "Page introuvable" in read(client, "/communes/99999/", 404)


def test_each_key_date_leads_to_its_source(client, lodeve):
    source = factories.source(titre="Liste nationale", url="https://exemple.fr/liste")
    Affirmation.objects.create(
        fiche=lodeve.labellisations.get(),
        champ="date_signature_adhesion",
        valeur_brute="26/03/2021",
        source=source,
    )
    page = read(client, "/communes/34142/")
    assert "26 mars 2021 Source : Convention d'adhésion Liste nationale" in page
    link = 'href="https://exemple.fr/liste"'
    assert client.get("/communes/34142/").content.decode().count(link) == 3


def test_who_signs_the_ort(client, lodeve):
    assert "Ses signataires ne sont pas renseignés." in read(client, "/communes/34142/")
    covered = lodeve.couvertures.get().convention
    covered.parties.create(commune=lodeve)
    bank = Organisme.objects.create(nom="Banque des Territoires", nature="etablissement")
    covered.parties.create(organisme=bank, role="partenaire", date_signature="2023-01-01")
    before = read(client, "/communes/34142/?au=2022-12-31")
    assert "Signataire : Lodève." in before
    assert "Banque" not in before
    after = read(client, "/communes/34142/?au=2023-01-01")
    assert "Signataire : Lodève. Partenaire : Banque des Territoires." in after


def test_sheet_leads_back_to_the_page_of_that_day(client, lodeve):
    page = client.get("/communes/34142/?au=2023-07-06").content.decode()
    address = "http://testserver/communes/34142/?au=2023-07-06"
    assert f">{address}<" in page
    assert qr_svg(address) in page


def test_page_is_light(client, pezenas):
    assert len(gzip.compress(client.get("/communes/34199/").content)) < 40_000


def test_growth(client, pezenas):
    # The commune, with its place on the map, and its facts (14); its records (`fiches_lues`): the ORT with
    # its porteur's names, avenants, coverages, parties (6), the posts with the communes served (2), what
    # sources say of them all, and the names of all their communes (2); the programme, the sectors, the
    # last reading, the vintage of the découpage, whom to call (5); what changed: its populations, the
    # indicators, the readings, the targets (4); its actions, or how far they are kept, the reviews of its
    # ORT, the Club (5); its postcodes, the codes that lead to it (2).
    convention = pezenas.couvertures.get().convention

    def grow(number):
        for _ in range(number):
            factories.avenant(convention, "2023-06-01", [factories.commune()])
            factories.poste([pezenas])

    grow(2)
    few = count_queries(client, "/communes/34199/")
    grow(5)
    assert count_queries(client, "/communes/34199/") == few
    assert few <= 39


def test_what_the_page_rests_on_is_read_once(client, pezenas):
    factories.poste([pezenas])
    factories.action([pezenas], pezenas.couvertures.get().convention, intitule="Halle")
    client.get("/communes/34199/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/communes/34199/")
    read_from = Counter(re.search(r'FROM "(\w+)"', q["sql"])[1] for q in queries)
    for model in (Affirmation, Labellisation, Convention, Succession, ContourCommune, FondDeCarte):
        assert read_from[model._meta.db_table] <= 1, model


def test_the_communes_of_its_ort_and_of_its_post_are_those_of_the_day(client, pezenas):
    """The day before a commune is no more, its own name; from that day on, that of the one that follows."""
    convention = pezenas.couvertures.get().convention
    follows = factories.commune("34999", nom="Grande Ville")
    gone = factories.commune("34162", nom="Montagnac", fin=day("2025-01-01"), successeur=follows)
    factories.avenant(convention, "2023-06-01", [gone])
    factories.poste([pezenas, gone], date_ouverture=day("2023-06-01"))
    for jour, named, other in (
        ("2024-12-31", "Montagnac", "Grande Ville"),
        ("2025-01-01", "Grande Ville", "Montagnac"),
    ):
        page = read(client, f"/communes/34199/?au={jour}")
        assert f"Elle couvre aussi à cette date : Agde {named}" in page
        assert f"Partagé avec {named}" in page
        assert f"Partagé avec {other}" not in page


def test_nothing_known_is_not_said_outside_the_programme(client):
    """Where no record tells, the badge says so; where all are kept, or before the launch, it is sure."""
    factories.departement("12", tenue=Tenue.AUCUNE)
    factories.commune("12202", nom="Rodez")
    entered = factories.commune("34142", nom="Lodève")
    factories.labellisation(entered, debut="2021-01-22", precision_debut="au_plus_tard")
    factories.commune("34172", nom="Montpellier")
    for address in ("/communes/12202/", "/communes/34142/?au=2021-01-21"):
        page = read(client, address)
        assert "statut non renseigné" in page
        assert "hors programme" not in page
    for address in ("/communes/34172/", "/communes/12202/?au=2020-09-30"):
        assert "hors programme" in read(client, address)


def test_date_of_a_document_is_said_once():
    day = factories.day("2026-05-27")
    source = factories.source(titre="Liste, état du 27 mai 2026", date_document=day)
    told = render_to_string("includes/sources.html", {"documents": [source]})
    assert told.count("27 mai 2026") == 1


def test_what_is_not_followed_and_not_confirmed_is_on_the_page_and_in_its_description(client):
    town = factories.commune("34194", nom="Paulhan")
    source = factories.source(
        titre="Liste nationale",
        date_document=factories.day("2026-05-27"),
        url="https://exemple.fr/liste",
    )
    Affirmation.objects.create(
        fiche=town,
        champ="date_entree_ort",
        valeur_brute="2026-10-03",
        source=source,
        retenue=False,
        note="Impossible : le fichier est du 27 mai 2026.",
    )
    page = read(client, "/communes/34194/?au=2026-06-01")
    assert (
        "Paulhan n'est pas dans le programme Petites villes de demain ; les ORT sans commune "
        "lauréate ne sont pas suivies ici." in page
    )
    doubt = (
        "Un document la dit couverte par une ORT, non confirmé (date écrite : « 2026-10-03 ») : "
        "Liste nationale, 27 mai 2026"
    )
    assert f"{doubt} (Impossible : le fichier est du 27 mai 2026.)" in page
    assert page.count("Liste nationale") == 2
    html = client.get("/communes/34194/?au=2026-06-01").content.decode()
    description = html.partition('name="description"')[2].partition(">")[0].replace("\xa0", " ")
    assert doubt in description
    assert "ne sont pas suivies ici" in description.replace("\u202f", " ")
    assert "non confirmé" not in read(client, "/communes/34194/?au=2026-05-26")


def test_lists_say_which_ort_are_not_in_them(client, lodeve):
    told = "Les ORT sans commune lauréate ne sont pas suivies ici."
    factories.commune("34032", nom="Béziers")
    addresses = ("/ort/?departement=34&au=2023-01-01", "/communes/?q=Béziers&au=2023-01-01")
    for address in addresses:
        assert told in read(client, address)
    factories.convention("2022-03-01", [factories.commune("34145", nom="Lunel")])
    for address in addresses:
        assert told not in read(client, address)


def test_a_commune_that_comes_back_keeps_the_dates_of_its_first_time(client):
    town = factories.commune("34276", nom="Saint-Mathieu-de-Tréviers")
    factories.labellisation(town, adhesion="2021-03-26", fin="2023-12-01", precision_fin="mois")
    factories.labellisation(town, debut="2024-03-01", adhesion="2024-06-01")

    def dates(jour):
        page = read(client, f"/communes/34276/?au={jour}")
        told = "Retour dans le programme Petites villes de demain" in page
        assert told == (jour >= "2024-03-01")
        return page.partition("Les dates clés")[2].partition("Contours")[0]

    before = dates("2024-02-29")
    assert "Sortie du programme décembre 2023" in before
    assert "Retour" not in before
    after = dates("2024-03-01")
    steps = ("Entrée dans le programme", "Convention d'adhésion 26 mars 2021")
    steps += ("Sortie du programme décembre 2023", "Retour dans le programme 1er mars 2024")
    assert sorted(steps, key=after.index) == list(steps)
    assert "1er juin 2024" not in after
    assert "Convention d'adhésion 1er juin 2024" in dates("2024-06-01")


REGLE = "Règle : « dans les 18 mois suivant la signature de la convention d'adhésion »"


def test_a_deadline_has_its_rule_and_the_source_of_the_adhesion(client):
    town = factories.commune("34111", nom="Ganges")
    label = factories.labellisation(town, adhesion="2021-07-05")
    Affirmation.objects.create(
        fiche=label,
        champ="date_signature_adhesion",
        valeur_brute="05/07/2021",
        source=factories.source(titre="Liste nationale"),
    )
    assert REGLE not in read(client, "/communes/34111/?au=2021-07-04")
    before = read(client, "/communes/34111/?au=2023-01-04")
    dates = before.partition("Les dates clés")[2].partition("La commune")[0]
    deadline = dates.partition("ORT à signer au plus tard (18 mois après l'adhésion) 5 janvier")[2]
    assert REGLE in deadline
    assert "Liste nationale" in deadline
    paper = before.partition("Sources")[2]
    assert "(18 mois après l'adhésion) : « dans les 18 mois suivant la signature" in paper
    after = read(client, "/communes/34111/?au=2023-01-05")
    missed = after.partition("Fin du délai de 18 mois après l'adhésion, sans ORT signée")[2]
    assert missed.strip().startswith(REGLE)
    assert "Source : Liste nationale" in missed


def test_the_end_of_an_ort_has_its_rule(client):
    town = factories.commune("34142", nom="Lodève")
    factories.labellisation(town)
    factories.convention("2021-07-16", [town], duree_annees=5)
    for jour in ("2023-01-01", "2026-07-16"):
        page = read(client, f"/communes/34142/?au={jour}")
        assert "Règle : la signature de l'ORT, plus sa durée" in page


def test_population_and_intercommunalite_say_where_they_come_from(client, lodeve):
    for annee in (2021, 2024):
        factories.millesime(annee)
    factories.population(lodeve, 2025, 5200, annee=2023)
    page = read(client, "/communes/34142/?au=2025-01-01")
    paper = page.partition("Sources")[2]
    for told in (
        "Population municipale : Insee, population municipale de 2023, millésime 2025 du découpage",
        "Intercommunalité : Insee et DGCL, millésime 2024 du découpage",
    ):
        assert told in paper
        assert told.partition(" : ")[2] in page.partition("Sources")[0]
    before = read(client, "/communes/34142/?au=2023-12-31")
    assert "Intercommunalité : Insee et DGCL, millésime 2021 du découpage" in before
    assert "Population municipale : Insee, population municipale, millésime 2021" in before


def test_what_is_not_known_of_the_territory_cites_nothing(client):
    factories.commune("34142", nom="Lodève", populations={})
    page = read(client, "/communes/34142/")
    assert "Insee, population" not in page
    assert "Insee et DGCL" not in page


def test_the_source_of_a_post_is_on_the_page(client, lodeve):
    post = factories.poste([lodeve], date_ouverture=factories.day("2022-01-01"))
    Affirmation.objects.create(
        fiche=post,
        champ="date_ouverture",
        valeur_brute="01/01/2022",
        source=factories.source(titre="Article du journal"),
    )
    page = read(client, "/communes/34142/")
    assert "Source : Article du journal" in page
    assert "Article du journal" in page.partition("Sources")[2]
