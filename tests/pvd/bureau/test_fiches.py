"""The page of a commune, of an ORT or of an intercommunalité: all that its agents need, and only to them."""

import datetime
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ort.models import Convention, Partie
from projects.postes.models import Desserte
from socle.sources import affirm
from tests import factories
from tests.factories import day
from tests.pvd.bureau.test_gestes import fill_and_confirm
from tests.vues import SansLaPage

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
SOON = TODAY + datetime.timedelta(days=60)


@pytest.fixture
def lodeve():
    """Lodève, in the programme, in an ORT of two acts, with a post that somebody holds."""
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    town = factories.commune("34142", epci, nom="Lodève")
    factories.labellisation(town, adhesion="2021-03-26")
    signed = factories.convention(
        "2021-07-16", [town], intitule="ORT de Lodève", porteur=epci, identifiant="ort-de-lodeve"
    )
    factories.avenant(signed, "2023-09-01", duree_annees=12)
    poste = factories.poste([town], intitule="Chef de projet de Lodève")
    person = {"titulaire": "Lou Personnage", "telephone": "06 00 00 00 03"}
    factories.occupation(poste, "2023-01-09", fin_contrat_prevue=SOON, **person)
    return town


def page_of(record, page="page"):
    model = record._meta.model_name
    return reverse(f"admin:{record._meta.app_label}_{model}_{page}", args=[record.pk])


def read(browser, record, page="page"):
    answer = browser.get(page_of(record, page))
    assert answer.status_code == 200
    return " ".join(unescape(answer.content.decode()).split())


def records_of(town):
    signed = Convention.objects.get(identifiant="ort-de-lodeve")
    return [town, signed, town.rattachements.get().intercommunalite]


def test_the_page_of_a_commune_tells_all_of_it(agent_34, lodeve, documents_folder):
    signed = lodeve.couvertures.get().convention
    factories.document(signed, titre="Convention scannée", visibilite="interne")
    factories.contact(lodeve, "dgs", courriel="dgs@exemple.fr")
    factories.note(lodeve, "Comité de pilotage", rappel=SOON)
    text = read(agent_34, lodeve)
    for told in (
        "Lodève est couverte par une opération de revitalisation de territoire (ORT) depuis le 16 juillet",
        "5 000 habitants",
        "CC Lodévois et Larzac",
        "26 mars 2021",
        "ORT de Lodève",
        "durée portée à 12 ans",
        "16 juillet 2033",
        "Chef de projet de Lodève",
        "Lou Personnage",
        "06 00 00 00 03",
        "Fin d'un contrat",
        "Convention scannée",
        "Direction générale des services",
        "dgs@exemple.fr",
        "Comité de pilotage",
        "Date sans source",
        "ORT sans ville principale",
        reverse("commune", args=["34142"]),
        reverse("admin:geste", args=["avenant", signed.pk]),
    ):
        assert told in text, told


def test_the_pages_of_an_ort_and_of_its_intercommunalite(agent_34, lodeve):
    _, signed, epci = records_of(lodeve)
    text = read(agent_34, signed)
    for told in ("16 juillet 2033", "CC Lodévois et Larzac", "lauréate", "/ort/ort-de-lodeve/"):
        assert told in text, told
    text = read(agent_34, epci)
    for told in ("dont 1 lauréate", "ORT de Lodève", "ORT signée", "/intercommunalites/200017341/"):
        assert told in text, told
    for text in (read(agent_34, signed), read(agent_34, epci)):
        assert page_of(lodeve) in text
        assert "Lou Personnage" in text


def test_a_sheet_for_a_meeting_fits_what_the_page_tells(agent_34, lodeve):
    factories.contact(lodeve, nom="Alix Exemple", telephone="04 00 00 00 01")
    for number in range(5):
        factories.note(lodeve, f"Note {number}", jour=f"2024-01-0{number + 1}")
    text = read(agent_34, lodeve, "fiche")
    for told in ("Document interne", "Alix Exemple", "Lou Personnage", "16 juillet 2033", "Note 4"):
        assert told in text, told
    assert "Note 1" not in text
    for record in records_of(lodeve):
        assert "Document interne" in read(agent_34, record, "fiche")


@pytest.mark.deux_bases
@pytest.mark.parametrize("page", ["page", "fiche"])
def test_a_lecteur_reads_no_contact_note_nor_way_to_reach_somebody(page, lecteur_34, lodeve):
    for record in records_of(lodeve):
        factories.contact(record, nom="Alix Exemple")
        factories.note(record, "Note interne", rappel=SOON)
    for record in records_of(lodeve):
        text = read(lecteur_34, record, page)
        for secret in ("Alix Exemple", "Note interne", "06 00 00 00 03"):
            assert secret not in text
        assert "Enregistrer ce qui" not in text


@pytest.mark.deux_bases
def test_contacts_of_a_neighbour_without_link_are_not_shown(agent_34, national):
    """A commune of no intercommunalité is not that of all the contacts that have none."""
    island = factories.commune("34001", nom="L'Île")
    factories.contact(factories.commune("34002"), nom="Personne D'Ailleurs")
    alone = factories.convention(communes=[island])
    for browser in (agent_34, national):
        for record in (island, alone):
            assert "Personne D" not in read(browser, record)


@pytest.mark.deux_bases
def test_the_contacts_of_the_intercommunalite_and_of_the_ort_are_shown_after_those_of_the_town(
    agent_34, lodeve
):
    town, signed, epci = records_of(lodeve)
    factories.contact(epci, "dgs", nom="B. Intercommunal")
    factories.contact(signed, "ddt", nom="C. Deladdt")
    factories.contact(town, "elu_referent", nom="A. Communal")
    factories.contact(town, "maire", nom="A. Maire")
    factories.contact(town, "maire", nom="Z. Partie", fin=day("2024-01-01"))
    text = read(agent_34, town)
    order = [text.index(name) for name in ("A. Maire", "A. Communal", "B. Inter", "C. Dela")]
    assert order == sorted(order)
    assert "Z. Partie" not in text


def test_what_is_typed_runs_nowhere(agent_34, lodeve):
    attack = "<script>alert(1)</script>"
    factories.note(lodeve, attack, rappel=SOON)
    factories.contact(lodeve, "autre", precision=attack, nom=attack)
    for page in ("page", "fiche"):
        sent = agent_34.get(page_of(lodeve, page)).content.decode()
        assert attack not in sent
        assert sent.count("&lt;script&gt;alert(1)") >= 4


@pytest.mark.deux_bases
@pytest.mark.parametrize("code", ["34999", "12001", "nulle-part", "34142/autre"])
@pytest.mark.parametrize("role", ["lecteur_34", "agent_34", "referent_34", "agent_81"])
def test_a_commune_out_of_reach_is_not_found(code, role, request, lodeve):
    factories.commune("12001")
    browser = request.getfixturevalue(role)
    for suffix in ("", "fiche/"):
        assert browser.get(f"/admin/communes/commune/{code}/{suffix}").status_code == 404


def test_a_reminder_that_is_due_is_told_by_its_day(agent_34, lodeve):
    late, today = factories.in_days(-1), factories.today()
    factories.note(lodeve, "Relancer hier", rappel=late)
    factories.note(lodeve, "Relancer ce jour", rappel=today)
    factories.note(lodeve, "Déjà fait", rappel=late, rappel_fait=True)
    fiche = SansLaPage(agent_34).get(page_of(lodeve)).context["fiche"]
    due = {e.texte: e.passee for e in fiche.echeances if e.rappel}
    assert due == {"Relancer hier": True, "Relancer ce jour": False}
    days = [e.jour for e in fiche.echeances if e.jour]
    assert days == sorted(days)


def test_a_late_ort_and_a_planned_signature_are_due(agent_34):
    town = factories.commune("34145", epci="new", nom="Lunel")
    factories.labellisation(town, adhesion="2021-03-26")
    planned = TODAY + datetime.timedelta(days=10)
    coming = factories.convention(None, [town], date_signature_prevue=planned)
    fiche = SansLaPage(agent_34).get(page_of(town)).context["fiche"]
    told = [(e.texte, e.jour, e.passee) for e in fiche.echeances]
    assert told == [("Signature de l'ORT", None, True), ("Signature prévue", planned, False)]
    assert coming.intitule in read(agent_34, town)


@pytest.mark.deux_bases
def test_only_what_is_of_the_record_is_told(agent_34, lodeve):
    other = factories.commune("34101", nom="Florensac")
    factories.labellisation(other)
    factories.convention(communes=[other], intitule="ORT d'Agde")
    factories.poste([other], intitule="Poste d'Agde")
    for record in records_of(lodeve):
        text = read(agent_34, record)
        for foreign in ("Florensac", "ORT d'Agde", "Poste d'Agde"):
            assert foreign not in text


def test_a_geste_leads_to_the_page_of_what_it_was_about(lodeve, agent_34):
    signed = lodeve.couvertures.get().convention
    url = reverse("admin:geste", args=["avenant", signed.pk])
    data = {"date": "01/10/2024", "precision": "jour", "duree_annees": "15", "numero": "7"}
    data |= {"source": factories.source().pk}
    answer = fill_and_confirm(agent_34, url, data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer.url == page_of(signed)


def test_a_list_leads_to_the_page_and_the_form_stays_at_its_address(agent_34, lodeve):
    listed = agent_34.get(reverse("admin:communes_commune_changelist")).content.decode()
    assert f'href="{page_of(lodeve)}"' in listed
    form = agent_34.get(page_of(lodeve, "change"))
    assert form.status_code == 200
    assert page_of(lodeve) in form.content.decode()


@pytest.mark.deux_bases
def test_the_last_changes_are_those_of_the_record(agent_34, lodeve):
    signed = lodeve.couvertures.get().convention
    factories.convention(intitule="Une autre ORT")
    signed.intitule = "ORT de Lodève et du Larzac"
    signed.because("intitulé exact").save()
    fiche = SansLaPage(agent_34).get(page_of(lodeve)).context["fiche"]
    told = {changement.fiche: changement.texte for changement in fiche.changements}
    assert "intitulé exact" in " ".join(told.values())
    assert "Une autre ORT" not in told


@pytest.mark.deux_bases
def test_the_last_changes_are_those_of_its_sources_and_of_who_signs_it_too(agent_34, lodeve):
    signed = lodeve.couvertures.get().convention
    said, other = factories.source(titre="Convention scannée"), factories.source(titre="Une autre")
    affirm(signed, "date_signature", "2021-07-16", said, "jour")
    partie = factories.organisme("Banque des Territoires")
    factories.organisme("Un autre organisme")
    Partie.objects.create(convention=signed, organisme=partie, role="signataire")
    for record in (said, other):
        record.editeur = "DDT de l'Hérault"
        record.because("éditeur ajouté").save()
    fiche = SansLaPage(agent_34).get(page_of(signed)).context["fiche"]
    told = {changement.fiche: changement.texte for changement in fiche.changements}
    assert "éditeur ajouté" in told["Convention scannée"]
    assert "Banque des Territoires" in told
    assert not {"Une autre", "Un autre organisme"} & set(told)


def enrich(town):
    """Add to a commune, its ORT and its intercommunalité five of all that their pages list."""
    _, signed, epci = records_of(town)
    for _ in range(5):
        number = next(factories.numbers)
        factories.avenant(signed, "2024-01-15", numero=number % 900 + 50)
        other = factories.commune(epci=epci)
        factories.labellisation(other)
        coming = factories.convention(None, [town, other], porteur=epci, date_signature_prevue=SOON)
        factories.avenant(coming, None, date_signature_prevue=SOON)
        for record in (town, signed, epci):
            factories.contact(record)
            factories.note(record, rappel=SOON)
        poste = factories.poste([town, other])
        factories.occupation(poste, "2023-01-09", fin_contrat_prevue=SOON)
        ends = {"debut": day("2024-01-01"), "fin": SOON}
        factories.cofinancement(poste, annee=2024, **ends)
        factories.signalement(town.departement, commune=town)
        factories.document(signed)


def queries_of(browser, urls):
    counts = {}
    for url in urls:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(url).status_code == 200
        counts[url] = len(queries)
    return counts


def test_a_longer_page_takes_no_more_queries(agent_34, lodeve, documents_folder):
    records = records_of(lodeve)
    urls = [page_of(record, page) for record in records for page in ("page", "fiche")]
    enrich(lodeve)
    # What a process reads once; a sheet tells nothing that the page of its record does not.
    queries_of(agent_34, [page_of(record) for record in records])
    before = queries_of(agent_34, urls)
    enrich(lodeve)
    assert queries_of(agent_34, urls) == before
    assert Desserte.objects.filter(commune=lodeve).count() == 11
