"""What every page of the back office owes: to open, to stay fast, to read dates and sources."""

import datetime

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communes.comptes import journal
from communes.models import Departement, Millesime, Programme, Region
from ort.models import Document, Organisme
from projects.actions.models import Theme
from projects.financements.models import Dispositif
from projects.pieces.models import Piece
from projects.postes.models import Purge
from pvd.suivi.models import ChiffrePublie
from socle.admin.base import PerimetreAdmin, PvdAdmin
from socle.admin.champs import LastDayField
from socle.models import Affirmation
from tests import factories
from tests.formulaires import errors, filled, form_of
from tests.vues import SansLaPage


def address(record, page="change"):
    opts = record._meta
    args = [] if page in {"add", "changelist"} else [record.pk]
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{page}", args=args)


def affirmation(fiche, champ="date_signature", valeur="2023-07-06", **fields):
    fields.setdefault("source", factories.source())
    return Affirmation.objects.create(
        content_type=ContentType.objects.get_for_model(fiche),
        object_id=fiche.pk,
        champ=champ,
        valeur_brute=valeur,
        valeur=valeur,
        **fields,
    )


def one_avenant():
    town = factories.commune(epci="new")
    return factories.avenant(factories.convention(), communes=[town])


def one_chiffre():
    return ChiffrePublie.objects.create(
        chiffre="ort", jour="2024-01-01", valeur=3, source=factories.source()
    )


def one_millesime():
    return Millesime.objects.create(annee=1990 + Millesime.objects.count())


def one_region():
    return Region.objects.create(code=f"R{Region.objects.count()}", nom="Région")


def one_departement():
    return factories.departement(f"9{Departement.objects.count():02}")


def one_organisme():
    return Organisme.objects.create(nom=f"Organisme {Organisme.objects.count()}", nature="etat")


def one_document():
    """Return a document whose file is nowhere: no page of the back office opens it."""
    convention = factories.convention()
    return Document.objects.create(
        convention=convention,
        avenant=factories.avenant(convention),
        titre="Acte",
        fichier="ab/ab.pdf",
        nom="acte.pdf",
        taille=1000,
    )


def one_piece():
    """Return the PDF of a decision, whose file is nowhere either."""
    granted = factories.fait_financement(
        factories.financement(one_action()), "accord", "2024-01-01", 1000
    )
    return Piece.objects.create(
        accord=granted, titre="Arrêté", fichier="cd/cd.pdf", nom="arrete.pdf", taille=1000
    )


def one_right():
    agent = factories.agent(departements=[factories.departement()])
    journal.record(None, agent, agent.droits() | {"role": "lecteur"})
    return agent.journal.get()


def one_poste():
    served = factories.commune(epci="new")
    poste = factories.poste([served, factories.commune()], employeur_commune=served)
    factories.occupation(poste, "2022-01-01")
    return poste


def one_purge():
    return Purge.objects.create(
        moment=timezone.now(),
        annees=5,
        partis_avant=timezone.localdate(),
        titulaires=1,
        versions=1,
        fichiers=0,
    )


def one_action():
    town = factories.commune(epci="new")
    signed = factories.convention(communes=[town])
    return factories.action([town], signed, maitre_ouvrage_commune=town)


def one_financement():
    line = factories.financement(one_action())
    factories.fait_financement(line, "accord", "2024-01-01", 1000)
    return line


def one_etude():
    town = factories.commune(epci="new")
    etude = factories.etude([town], factories.convention(communes=[town]), [one_action()])
    factories.fait_etude(etude, "commandee", "2024-01-01")
    factories.cout(etude, 1000)
    return etude


def one_evenement():
    event = factories.evenement("2024-02-29", [factories.departement()], [factories.organisme()])
    factories.participation(event, factories.commune(epci="new"))
    factories.ressource(event)
    return event


def one_releve():
    return factories.releve(one_action(), 12, "2024-01-01")


def one_cible():
    return factories.cible(factories.commune(epci="new"), 40, "2024-01-01")


def one_theme():
    return factories.theme(f"theme-{Theme.objects.count()}")


def one_dispositif():
    scheme = factories.dispositif(f"fonds-{Dispositif.objects.count()}")
    factories.regle(scheme)
    return scheme


def one_programme():
    return factories.programme(f"2021-01-{Programme.objects.count() + 1:02}")


RECORDS = {
    "agent": lambda: factories.agent(departements=[factories.departement()]),
    "millesime": one_millesime,
    "region": one_region,
    "departement": one_departement,
    "intercommunalite": lambda: factories.commune(epci="new").rattachements.get().intercommunalite,
    "commune": lambda: factories.labellisation(fin="2022-01-01").commune,
    "rattachement": lambda: factories.commune(epci="new").rattachements.get(),
    "interlocuteur": lambda: factories.interlocuteur(one_departement()),
    "programme": one_programme,
    "mouvement": lambda: factories.mouvement(factories.commune()),
    "relecture": factories.relecture,
    "labellisation": lambda: factories.labellisation(adhesion="2021-06-01"),
    "convention": lambda: one_avenant().convention,
    "avenant": one_avenant,
    "organisme": one_organisme,
    "proposition": lambda: factories.proposition(factories.convention()),
    "document": one_document,
    "piece": one_piece,
    "journaldroits": one_right,
    "poste": one_poste,
    "purge": one_purge,
    "action": one_action,
    "etude": one_etude,
    "axe": lambda: factories.axe(factories.convention()),
    "evenementclub": one_evenement,
    "participation": lambda: factories.participation(
        factories.evenement(), factories.commune(epci="new")
    ),
    "bilan": lambda: factories.bilan(factories.convention(), "2024-07-10", "2024-07-06"),
    "presentation": lambda: factories.presentation(factories.convention(), factories.commune()),
    "theme": one_theme,
    "financement": one_financement,
    "dispositif": one_dispositif,
    "indicateur": lambda: one_cible().indicateur,
    "cible": one_cible,
    "releve": one_releve,
    "contact": lambda: factories.contact(factories.commune()),
    "note": lambda: factories.note(factories.commune()),
    "source": factories.source,
    "import": lambda: factories.importe(factories.agent()),
    "affirmation": lambda: affirmation(factories.convention(), retenue=False),
    "chiffrepublie": one_chiffre,
    "signalement": lambda: factories.signalement(factories.departement()),
}
ADMINS = sorted(admin.site._registry.values(), key=lambda a: a.opts.label)


@pytest.mark.parametrize("model_admin", ADMINS, ids=lambda a: a.opts.model_name)
def test_every_page_opens(model_admin, national):
    record = RECORDS[model_admin.opts.model_name]()
    changelist = national.get(address(record, "changelist"))
    assert changelist.status_code == 200
    assert changelist.context["cl"].result_count >= 1
    assert national.get(address(record)).status_code == 200
    assert national.get(address(record, "history")).status_code == 200
    may_add = model_admin.has_add_permission(changelist.wsgi_request)
    blank = national.get(address(record, "add"), follow=True)
    assert blank.status_code == (200 if may_add else 403)
    if model_admin.search_fields:
        found = national.get(address(record, "changelist"), {"q": "lode"})
        assert found.status_code == 200


@pytest.mark.parametrize("model_admin", ADMINS, ids=lambda a: a.opts.model_name)
def test_every_filter_answers(model_admin, national):
    record = RECORDS[model_admin.opts.model_name]()
    page = SansLaPage(national).get(address(record, "changelist"))
    for spec in page.context["cl"].filter_specs:
        # Each choice reads its rows; how a list tells that a filter is on is written for one of them.
        *others, one = spec.choices(page.context["cl"])
        answer = national.get(address(record, "changelist") + one["query_string"])
        assert answer.status_code == 200, one
        for choice in others:
            answer = SansLaPage(national).get(
                address(record, "changelist") + choice["query_string"]
            )
            assert answer.status_code == 200, choice
            kept = list(answer.context["cl"].result_list)
            assert len(kept) <= page.context["cl"].result_count, choice


def test_the_sources_of_ones_own_records_come_first(agent_34):
    elsewhere = factories.labellisation(factories.commune("81124", epci="new"))
    affirmation(elsewhere, "debut", source=factories.source("a", titre="Ailleurs"))
    ours = factories.labellisation(factories.commune("34142", epci="new"))
    affirmation(ours, "debut", source=factories.source("z", titre="Zones, au Moniteur"))
    affirmation(ours, "debut", "2021-01-22", source=factories.source("y", titre="Une lettre"))
    asked = {"app_label": "socle", "model_name": "affirmation", "field_name": "source"}
    found = agent_34.get(reverse("admin:autocomplete"), asked).json()["results"]
    names = [one["text"] for one in found]
    assert names[:2] == ["Une lettre", "Zones, au Moniteur"]
    assert "Ailleurs" in names[2:]


def queries_of(browser, url):
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", RECORDS)
def test_a_longer_list_takes_no_more_queries(name, national):
    for _ in range(2):
        record = RECORDS[name]()
    url = address(record, "changelist")
    national.get(url)
    counts = [queries_of(national, url)]
    for _ in range(2):
        RECORDS[name]()
    counts.append(queries_of(national, url))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("model_admin", ADMINS, ids=lambda a: a.opts.model_name)
def test_a_model_with_a_perimeter_is_shown_through_it(model_admin):
    assert isinstance(model_admin, PvdAdmin)
    limited = isinstance(model_admin, PerimetreAdmin)
    assert limited == hasattr(model_admin.model._default_manager.all(), "for_user")


def test_a_list_writes_a_date_by_what_is_known_of_it(national):
    factories.convention("2023-12-01", precision_signature="mois")
    factories.convention(None)
    page = national.get(reverse("admin:ort_convention_changelist")).content.decode()
    assert "12/2023" in page
    assert "01/12/2023" not in page
    assert "non renseigné" in page


@pytest.mark.parametrize("typed", ["06/07/2023", "6 juillet 2023", "06/07/23", "2023-07-06"])
def test_a_date_is_typed_as_french_people_write_it(typed, agent_34):
    signed = factories.convention("2020-01-01")
    page = form_of(agent_34, address(signed))
    data = filled(page, date_signature=typed, motif_correction="acte relu")
    answer = agent_34.post(address(signed), data)
    assert answer.status_code == 302
    signed.refresh_from_db()
    assert signed.date_signature == datetime.date(2023, 7, 6)


def test_what_is_no_date_is_told_how_one_is_typed(agent_34):
    signed = factories.convention("2020-01-01")
    data = filled(
        form_of(agent_34, address(signed)), date_signature="demain", motif_correction="acte relu"
    )
    told = errors(agent_34.post(address(signed), data))
    assert "« demain » n'est pas une date : 12/03/2024, 12 mars 2024 ou 2024-03-12 attendu." in told


@pytest.mark.parametrize("typed", ["01/01/0001", "31/12/9999"])
def test_a_year_that_would_break_the_pages_is_refused(typed, agent_34):
    label = factories.labellisation(adhesion="2021-06-01")
    data = filled(form_of(agent_34, address(label)), date_signature_adhesion=typed)
    answer = agent_34.post(address(label), data | {"motif_correction": "faute de frappe"})
    assert "Vérifiez l'année" in errors(answer)
    label.refresh_from_db()
    assert label.date_signature_adhesion == factories.day("2021-06-01")


def test_the_last_day_is_asked_for_and_the_day_after_is_kept():
    field = LastDayField()
    assert field.clean("31/08/2023") == datetime.date(2023, 9, 1)
    assert field.prepare_value(datetime.date(2023, 9, 1)) == datetime.date(2023, 8, 31)
    assert not field.has_changed(datetime.date(2023, 9, 1), "31/08/2023")


SOURCES = "socle-affirmation-content_type-object_id"


def add_source(client, record, **fields):
    """Send the page of `record` with one more source, and return the answer."""
    row = {"champ": "date_signature", "valeur_brute": "06/07/2023", "precision": "jour"}
    row |= {"source": factories.source().pk, "retenue": "on"} | fields
    changes = {f"{SOURCES}-0-{name}": value for name, value in row.items()}
    page = form_of(client, address(record))
    return client.post(
        address(record), filled(page, **changes, **{f"{SOURCES}-TOTAL_FORMS": 1}), follow=True
    )


def test_a_source_is_written_on_the_page_of_the_record_and_its_date_read(agent_34):
    signed = factories.convention("2023-07-06")
    page = agent_34.get(address(signed)).content.decode()
    assert '<option value="date_signature">Date de signature</option>' in page
    answer = add_source(agent_34, signed)
    assert signed.affirmations.get().valeur == "2023-07-06"
    assert [m.level_tag for m in answer.context["messages"]] == ["success"]


def test_a_source_that_contradicts_the_record_is_kept_and_told(agent_34):
    signed = factories.convention("2023-07-07")
    answer = add_source(agent_34, signed)
    assert signed.affirmations.count() == 1
    assert "la fiche dit 7 juillet 2023" in str([str(m) for m in answer.context["messages"]])


def test_a_day_that_does_not_exist_is_refused(agent_34):
    answer = add_source(agent_34, factories.convention(), valeur="31/02/2023")
    assert "« 31/02/2023 » n'est pas un jour du calendrier." in errors(answer)


def test_what_a_file_said_of_another_field_stays(agent_34):
    signed = factories.convention("2023-07-06")
    said = affirmation(signed, champ="duree_annees", valeur="5")
    page = form_of(agent_34, address(signed))
    assert agent_34.post(address(signed), filled(page)).status_code == 302
    said.refresh_from_db()
    assert said.champ == "duree_annees"


def test_the_list_of_what_sources_say_stops_at_the_departements_of_the_agent(agent_34, national):
    here = affirmation(factories.convention(), valeur="2023-01-01", retenue=False)
    elsewhere = affirmation(factories.labellisation(factories.commune("12001")), champ="debut")
    orphan = Affirmation.objects.create(
        content_type=ContentType.objects.get_for_model(Region),
        object_id="76",
        champ="nom",
        valeur_brute="x",
        source=factories.source(),
    )
    url = reverse("admin:socle_affirmation_changelist")
    assert list(SansLaPage(agent_34).get(url).context["cl"].queryset) == [here]
    assert set(SansLaPage(national).get(url).context["cl"].queryset) == {here, elsewhere}
    assert list(SansLaPage(national).get(url, {"retenue": "non"}).context["cl"].queryset) == [here]
    assert list(
        SansLaPage(national).get(url, {"sorte": "labellisation"}).context["cl"].queryset
    ) == [elsewhere]
    for record in (elsewhere, orphan):
        assert agent_34.get(address(record)).status_code == 302


def test_the_pages_bear_our_colours(national):
    assert "admin/pvd.css" in national.get(reverse("admin:index")).content.decode()
