"""The back office of the conventions, those that two départements share above all."""

import pytest
from django.urls import reverse

from ort.models import Convention
from tests import factories
from tests.formulaires import errors, filled, form_of
from tests.vues import SansLaPage


@pytest.fixture
def shared(db):
    """The ORT of the Monts de Lacaune: kept by the Tarn, it covers a commune of the Hérault."""
    porteur = factories.intercommunalite("200066124", nom="CC des Monts de Lacaune")
    lacaune = factories.commune("81124", porteur, nom="Lacaune")
    salvetat = factories.commune("34293", porteur, nom="La Salvetat-sur-Agout")
    factories.commune("81171", nom="Mazamet")
    factories.commune("12001", nom="Agen-d'Aveyron")
    return factories.convention(
        communes=[lacaune, salvetat],
        porteur=porteur,
        departement_reference=factories.departement("81"),
        intitule="ORT des Monts de Lacaune",
        ville_principale=lacaune,
    )


def page_of(convention):
    return reverse("admin:ort_convention_change", args=[convention.pk])


def add_row(browser, convention, prefix, **fields):
    """Send the page of `convention` with one more row, and return the answer."""
    page = form_of(browser, page_of(convention))
    total = page.context["inline_admin_formsets"]
    count = next(i.formset for i in total if i.formset.prefix == prefix).total_form_count()
    row = {f"{prefix}-{count}-{name}": value for name, value in fields.items()}
    return browser.post(
        page_of(convention), filled(page, **row, **{f"{prefix}-TOTAL_FORMS": count + 1})
    )


@pytest.mark.parametrize("role", ["agent_34", "agent_81"])
def test_both_departements_see_and_save_the_whole_of_a_shared_convention(role, request, shared):
    browser = request.getfixturevalue(role)
    page = browser.get(page_of(shared))
    assert "La Salvetat-sur-Agout" in page.content.decode()
    assert "Lacaune" in page.content.decode()
    changes = {"intitule": "ORT corrigée", "motif_correction": "acte relu"}
    answer = browser.post(page_of(shared), filled(page, **changes))
    assert answer.status_code == 302
    shared.refresh_from_db()
    assert shared.intitule == "ORT corrigée"
    assert shared.departement_reference_id == "81"
    assert shared.ville_principale_id == "81124"
    assert shared.couvertures.count() == 2


@pytest.mark.parametrize(
    ("code", "allowed"), [("34142", True), ("81105", True), ("81171", False), ("12001", False)]
)
def test_an_agent_adds_its_communes_and_the_members_of_the_carrier(code, allowed, agent_34, shared):
    """Anything wider is for the DDT of that commune: an EPCI over a border opens no département."""
    factories.rewrite(Convention.objects, date_signature=None)
    factories.commune("34142", nom="Lodève")
    factories.commune("81105", epci=shared.porteur, nom="Graulhet")
    answer = add_row(agent_34, shared, "couvertures", commune=code)
    assert (answer.status_code == 302) == allowed
    assert shared.couvertures.filter(commune=code).exists() == allowed


def test_the_search_box_of_a_convention_offers_the_same_communes(agent_34, shared):
    assert f"/admin/ort/convention/{shared.pk}/communes/" in (
        agent_34.get(page_of(shared)).content.decode()
    )
    url = reverse("admin:ort_convention_communes", args=[shared.pk])
    asked = {"app_label": "ort", "model_name": "communecouverte", "field_name": "commune"}
    offered = {}
    factories.commune("81105", epci=shared.porteur, nom="Graulhet")
    for term in ("graulhet", "mazamet", "agen"):
        answer = agent_34.get(url, asked | {"term": term}).json()
        offered[term] = [result["text"] for result in answer["results"]]
    assert offered == {"graulhet": ["Graulhet"], "mazamet": [], "agen": []}


@pytest.mark.parametrize(("role", "status"), [("lecteur_34", 403), ("agent_34", 403)])
def test_the_search_box_is_closed_to_whoever_may_not_write(role, status, request, shared):
    browser = request.getfixturevalue(role)
    if role == "agent_34":
        shared.couvertures.filter(commune="34293").delete_each()
    url = reverse("admin:ort_convention_communes", args=[shared.pk])
    asked = {"app_label": "ort", "model_name": "communecouverte", "field_name": "commune"}
    assert browser.get(url, asked | {"term": "maz"}).status_code == status


def test_a_commune_enters_by_an_avenant_of_its_convention_only(agent_34):
    lodeve = factories.commune("34142")
    ours, other = factories.convention(), factories.convention()
    avenant = factories.avenant(ours, None, numero=1)
    foreign = factories.avenant(other, None, numero=2)
    page = agent_34.get(page_of(ours)).content.decode()
    assert "avenant n° 1 (non signé)" in page
    assert "avenant n° 2" not in page
    answer = add_row(agent_34, ours, "couvertures", commune=lodeve.pk, entree=foreign.pk)
    assert "Sélectionnez un choix valide" in errors(answer)
    answer = add_row(agent_34, ours, "couvertures", commune=lodeve.pk, entree=avenant.pk)
    assert answer.status_code == 302
    assert ours.couvertures.get().entree == avenant


def test_a_commune_entered_twice_is_refused_in_french(agent_34):
    lodeve = factories.commune("34142", nom="Lodève")
    signed = factories.convention()
    page = form_of(agent_34, page_of(signed))
    twice = {f"couvertures-{i}-commune": lodeve.pk for i in (0, 1)}
    answer = agent_34.post(page_of(signed), filled(page, **twice, **{"couvertures-TOTAL_FORMS": 2}))
    assert "Commune saisie deux fois : Lodève." in errors(answer)
    factories.couverture(signed, lodeve)
    answer = add_row(agent_34, signed, "couvertures", commune=lodeve.pk)
    assert "saisie deux fois" in errors(answer)


def test_a_commune_that_two_rows_of_a_page_hold_on_the_same_days_is_refused(agent_34):
    """An exit that is not signed is no exit, on the page as in the records."""
    lodeve = factories.commune("34142", nom="Lodève")
    signed = factories.convention("2021-02-26", [lodeve])
    planned, back = factories.avenant(signed, None), factories.avenant(signed, "2023-01-11")
    page = form_of(agent_34, page_of(signed))
    rows = {
        "couvertures-TOTAL_FORMS": 2,
        "couvertures-0-sortie": planned.pk,
        "couvertures-1-commune": lodeve.pk,
        "couvertures-1-entree": back.pk,
    }
    answer = agent_34.post(page_of(signed), filled(page, **rows))
    assert "Commune saisie deux fois : Lodève." in errors(answer)
    assert signed.couvertures.count() == 1


def test_the_row_of_a_page_that_ends_before_it_begins_is_refused(agent_34):
    lodeve = factories.commune("34142", nom="Lodève")
    signed = factories.convention("2021-02-26")
    out = factories.avenant(signed, "2022-01-01")
    factories.avenant(signed, "2023-01-11", [lodeve])
    page = form_of(agent_34, page_of(signed))
    answer = agent_34.post(page_of(signed), filled(page, **{"couvertures-0-sortie": out.pk}))
    assert "Lodève ne peut sortir de l'ORT qu'après le jour où elle y entre" in errors(answer)


def test_a_signature_known_to_the_month_is_stored_on_its_first_day(agent_34):
    signed = factories.convention("2023-07-06")
    typed = {"date_signature": "16/07/2023", "precision_signature": "mois"}
    page = form_of(agent_34, page_of(signed))
    data = filled(page, motif_correction="acte relu", **typed)
    assert agent_34.post(page_of(signed), data).status_code == 302
    signed.refresh_from_db()
    assert signed.date_signature == factories.day("2023-07-01")


def test_a_signature_is_not_published_by_a_plain_form(agent_34):
    """Neither of the convention nor of an avenant: a geste asks its source and shows what it changes."""
    planned, signed = factories.convention(None), factories.convention("2023-07-06")
    page = form_of(agent_34, page_of(planned))
    answer = agent_34.post(page_of(planned), filled(page, date_signature="16/07/2023"))
    assert "Enregistrez-le par « Signer la convention »" in errors(answer)
    planned.refresh_from_db()
    assert planned.date_signature is None
    act = {"date_signature": "01/02/2024", "precision_signature": "jour"}
    assert "par « Avenant »" in errors(add_row(agent_34, signed, "avenants", **act))
    assert not signed.avenants.exists()


def test_a_convention_is_completed_on_one_page(agent_34):
    lodeve, planned = factories.commune("34142", "new"), factories.convention(None)
    rows = {
        "avenants-TOTAL_FORMS": 1,
        "avenants-0-numero": 1,
        "avenants-0-precision_signature": "jour",
        "couvertures-TOTAL_FORMS": 1,
        "couvertures-0-commune": lodeve.pk,
        "parties-TOTAL_FORMS": 1,
        "parties-0-commune": lodeve.pk,
        "parties-0-role": "signataire",
        "secteurs-TOTAL_FORMS": 1,
        "secteurs-0-commune": lodeve.pk,
        "secteurs-0-nom": "Centre ancien",
    }
    data = filled(form_of(agent_34, page_of(planned)), **rows)
    assert agent_34.post(page_of(planned), data).status_code == 302
    children = (planned.avenants, planned.couvertures, planned.parties, planned.secteurs)
    assert [rows.count() for rows in children] == [1, 1, 1, 1]


def test_an_avenant_signed_before_its_convention_is_refused(agent_34):
    signed = factories.convention("2023-07-06")
    answer = add_row(
        agent_34, signed, "avenants", date_signature="05/07/2023", precision_signature="jour"
    )
    assert "Un avenant ne peut pas être signé avant sa convention." in errors(answer)


def test_the_page_of_an_avenant_tells_what_enters_and_leaves_by_it(agent_34):
    signed = factories.convention()
    avenant = factories.avenant(signed, communes=[factories.commune("34142", nom="Lodève")])
    page = agent_34.get(reverse("admin:ort_avenant_change", args=[avenant.pk]))
    assert "Lodève" in page.content.decode()
    listed = agent_34.get(reverse("admin:ort_avenant_changelist")).content.decode()
    assert "ajoute des communes" in listed


def test_an_act_that_is_used_is_not_deleted(agent_34):
    signed = factories.convention(communes=[factories.commune("34142")])
    url = reverse("admin:ort_convention_delete", args=[signed.pk])
    assert agent_34.post(url, {"post": "yes"}).status_code == 200
    signed.refresh_from_db()


def test_the_public_address_of_an_ort_no_longer_changes(agent_34, national):
    signed = factories.convention(identifiant="ort-de-lodeve")
    for browser, expected in ((agent_34, "ort-de-lodeve"), (national, "autre")):
        page = form_of(browser, page_of(signed))
        data = filled(page, identifiant="autre", motif_correction="adresse fautive")
        browser.post(page_of(signed), data)
        signed.refresh_from_db()
        assert signed.identifiant == expected


@pytest.mark.parametrize("term", ["lodeve", "monts de lacaune", "ORT d'essai"])
def test_a_convention_is_found_by_its_communes_and_its_porteur(term, agent_34):
    porteur = factories.intercommunalite("200066124", nom="CC des Monts de Lacaune")
    factories.convention(communes=[factories.commune("34142", nom="Lodève")], porteur=porteur)
    page = SansLaPage(agent_34).get(reverse("admin:ort_convention_changelist"), {"q": term})
    assert page.context["cl"].result_count == 1


def test_the_list_keeps_what_is_in_force(agent_34):
    running = factories.convention("2023-07-06")
    ended = factories.convention("2010-07-06", duree_annees=5)
    planned = factories.convention(None)
    for etat, expected in (("en_vigueur", running), ("terminee", ended), ("non_signee", planned)):
        page = SansLaPage(agent_34).get(reverse("admin:ort_convention_changelist"), {"etat": etat})
        assert list(page.context["cl"].queryset) == [expected]


def test_the_days_of_two_acts_corrected_on_one_page_are_checked_together(agent_34):
    """Each of the two new days suits the other act as it is saved, and not as it is typed."""
    lodeve = factories.commune("34142", nom="Lodève")
    signed = factories.convention("2021-02-26", [lodeve])
    out = factories.avenant(signed, "2022-01-01", numero=1)
    factories.rewrite(signed.couvertures, sortie=out)
    factories.avenant(signed, "2023-01-01", [lodeve], numero=2)
    page = form_of(agent_34, page_of(signed))
    why = {"motif_correction": "actes relus"}
    for left, back, refused in (
        ("31/12/2022", "01/06/2022", True),
        ("01/06/2022", "01/12/2022", False),
    ):
        days = {"avenants-0-date_signature": left, "avenants-1-date_signature": back}
        answer = agent_34.post(page_of(signed), filled(page, **days, **why))
        assert (answer.status_code == 200) == refused
        if refused:
            assert "Lodève serait deux fois dans cette ORT les mêmes jours." in errors(answer)
            assert "01/06/2022" in answer.content.decode()
    days = signed.avenants.order_by("numero").values_list("date_signature", flat=True)
    assert list(days) == [factories.day("2022-06-01"), factories.day("2022-12-01")]
