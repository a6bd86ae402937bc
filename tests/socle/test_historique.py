"""Nothing is lost: who changed what, when and why; what was removed comes back; nobody wins silently."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communes.models import Labellisation
from ort.models import CommuneCouverte, Convention, Partie
from projects.postes.models import Poste
from socle.historique import one_act
from socle.retablissement import restore
from tests import factories
from tests.conftest import browser_of
from tests.formulaires import errors, filled, form_of
from tests.socle.admin.test_admin import add_source, address

WHY = {"motif_correction": "acte relu"}


def send(client, record, **changes):
    """Change the page of `record` and send it; return the answer."""
    return client.post(address(record), filled(form_of(client, address(record)), **changes))


def read(client, record, page="history"):
    return " ".join(client.get(address(record, page)).content.decode().split())


@pytest.fixture
def lodeve(db):
    return factories.commune("34142", epci="new", nom="Lodève")


@pytest.fixture
def signed(lodeve):
    return factories.convention(communes=[lodeve], intitule="ORT du Lodévois")


# Each change keeps the old value, who, when, why.


def test_a_correction_keeps_the_old_value_who_and_why(agent_34, signed):
    assert send(agent_34, signed, date_signature="07/07/2023", **WHY).status_code == 302
    last, first = signed.history.all()
    assert (first.date_signature, last.date_signature) == (
        datetime.date(2023, 7, 6),
        datetime.date(2023, 7, 7),
    )
    assert last.history_user == agent_34.agent
    assert last.history_change_reason == "acte relu"


def test_a_page_saved_as_it_is_writes_no_version(agent_34, signed):
    factories.avenant(signed)
    assert send(agent_34, signed).status_code == 302
    assert signed.history.count() == 1
    assert CommuneCouverte.history.count() == 1
    assert signed.avenants.get().history.count() == 1


def test_a_row_changed_leaves_its_record_and_the_other_rows_as_they_are(agent_34, signed):
    poste = factories.poste([factories.commune("34142")])
    for year in ("2021", "2022"):
        factories.occupation(poste, f"{year}-01-01", f"{year}-06-01")
    changes = {"occupations-0-debut": "02/01/2021"} | WHY
    assert send(agent_34, poste, **changes).status_code == 302
    first, second = poste.occupations.all()
    assert first.history.latest().history_change_reason == "acte relu"
    assert (poste.history.count(), first.history.count(), second.history.count()) == (1, 2, 1)


# A correction asks for its reason.


def test_a_value_that_changes_asks_why(agent_34, signed):
    answer = send(agent_34, signed, date_signature="07/07/2023")
    assert (
        "Vous changez « date de signature » de 6 juillet 2023 en 7 juillet 2023 : dites pourquoi."
    ) in answer.context["correction"].errors["motif_correction"]
    signed.refresh_from_db()
    assert signed.date_signature == datetime.date(2023, 7, 6)


def test_a_page_refused_comes_back_with_all_that_django_shows_of_a_page(agent_34, signed):
    opened = agent_34.get(address(signed))
    refused = send(agent_34, signed, date_signature="07/07/2023")
    assert set(refused.context_data) == set(opened.context_data)
    told_apart = {"adminform", "inline_admin_formsets", "correction", "errors", "media"}
    for name in set(opened.context_data) - told_apart:
        assert str(refused.context_data[name]) == str(opened.context_data[name]), name
    assert str(refused.context_data["media"]) == str(opened.context_data["media"])
    assert len(refused.context_data["errors"]) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"date_signature": ""}, "Vous effacez « date de signature », qui vaut 6 juillet 2023"),
        ({"vaut_ort": None}, "Vous changez « vaut ORT » de oui en non"),
        ({"origine": "ACV"}, "de « Petites villes de demain » en « Action cœur de ville »"),
        ({"couvertures-0-DELETE": "on"}, "Vous retirez commune couverte « Lodève dans ORT"),
        ({"couvertures-0-commune": "34001"}, "de « Lodève » en « Ville 34001 »"),
    ],
)
def test_whatever_is_corrected_is_told(changes, told, agent_34, signed):
    factories.commune("34001")
    answer = send(agent_34, signed, **changes)
    assert answer.status_code == 200
    assert told in errors(answer)
    assert signed.couvertures.get().commune_id == "34142"


def test_what_was_empty_is_filled_in_without_a_reason(agent_34, signed):
    answer = send(agent_34, signed, duree_annees="5", date_signature_prevue="01/06/2023")
    assert answer.status_code == 302


def test_a_date_and_its_precision_are_filled_in_together(agent_34):
    poste = factories.poste([factories.commune("34142")])
    changes = {"date_ouverture": "01/12/2023", "precision_ouverture": "mois"}
    assert send(agent_34, poste, **changes).status_code == 302


def test_a_row_is_added_without_a_reason(agent_34, signed):
    assert add_source(agent_34, signed).redirect_chain


# Two agents on the same record.


def test_the_second_of_two_agents_is_told_and_loses_nothing(agent_34, signed):
    other = browser_of(factories.agent("camille", [factories.departement()], last_name="Martin"))
    page = form_of(agent_34, address(signed))
    assert send(other, signed, intitule="ORT du Grand Lodévois", **WHY).status_code == 302
    data = filled(page, duree_annees="5")
    answer = agent_34.post(address(signed), data)
    told = errors(answer)
    assert "cette fiche a changé depuis que vous l'avez ouverte" in told
    assert "Martin, le" in told
    assert "« Intitulé » : ORT du Lodévois → ORT du Grand Lodévois" in told
    signed.refresh_from_db()
    assert signed.duree_annees is None
    again = filled(answer)
    assert (again["duree_annees"], again["intitule"]) == ("5", "ORT du Grand Lodévois")
    assert agent_34.post(address(signed), again).status_code == 302
    signed.refresh_from_db()
    assert (signed.duree_annees, signed.intitule) == (5, "ORT du Grand Lodévois")


def test_what_both_changed_comes_back_as_typed_and_asks_why(agent_34, national, signed):
    page = form_of(agent_34, address(signed))
    send(national, signed, date_signature="08/07/2023", **WHY)
    answer = agent_34.post(address(signed), filled(page, date_signature="07/07/2023", **WHY))
    assert "6 juillet 2023 → 8 juillet 2023" in errors(answer)
    data = filled(answer, motif_correction="")
    assert data["date_signature"] == "07/07/2023"
    assert "de 8 juillet 2023 en 7 juillet 2023" in errors(agent_34.post(address(signed), data))


@pytest.mark.parametrize("change", ["added", "changed", "removed"])
def test_a_row_written_by_another_is_told(change, agent_34, national, signed):
    other = factories.commune("34001", nom="Clermont-l'Hérault")
    row = factories.couverture(signed, other)
    page = form_of(agent_34, address(signed))
    if change == "added":
        factories.avenant(signed, numero=7)
    elif change == "changed":
        row.entree = factories.avenant(signed, numero=7)
        row.save()
    else:
        row.delete()
    answer = agent_34.post(address(signed), filled(page, duree_annees="5"))
    told = errors(answer)
    assert ("avenant n° 7" if change != "removed" else "Clermont-l'Hérault") in told
    signed.refresh_from_db()
    assert signed.duree_annees is None
    if change != "removed":
        assert agent_34.post(address(signed), filled(answer)).status_code == 302
        row.refresh_from_db()
        assert (row.entree_id is not None) == (change == "changed")


@pytest.mark.parametrize("said", ["", "x", "9" * 20, "9" * 5000])
def test_a_page_that_does_not_say_what_it_was_read_from_is_not_saved(agent_34, signed, said):
    read_from = form_of(agent_34, address(signed)).context["correction"]["version_lue"].value()
    said = "-".join(said for _ in read_from.split("-"))
    answer = send(agent_34, signed, version_lue=said, duree_annees="5")
    assert answer.status_code == 200
    signed.refresh_from_db()
    assert signed.duree_annees is None


# The story of a record.


def test_the_history_reads_field_by_field_in_french(agent_34, signed):
    changes = {"date_signature": "07/07/2023", "vaut_ort": None, "origine": "ACV"}
    send(agent_34, signed, **changes, **WHY)
    page = read(agent_34, signed)
    for told in (
        "Motif : acte relu",
        "agent34",
        "Modification",
        "Création",
        "<td>6 juillet 2023</td> <td>7 juillet 2023</td>",
        "<td>oui</td> <td>non</td>",
        "<td>Petites villes de demain</td> <td>Action cœur de ville</td>",
        "<td>vide</td> <td>Hérault (34)</td>",
    ):
        assert told in page, told


def test_the_rows_are_in_the_story_of_their_record(agent_34, signed):
    avenant = factories.avenant(signed, numero=3)
    Partie.objects.create(convention=signed, commune_id="34142")
    add_source(agent_34, signed)
    send(agent_34, signed, **{"couvertures-0-entree": avenant.pk})
    page = read(agent_34, signed)
    assert "commune couverte « Lodève dans ORT du Lodévois »" in page
    assert "avenant n° 3 (ORT du Lodévois)" in page
    assert "partie « Lodève »" in page
    assert "Date de signature" in page


def test_what_is_gone_keeps_its_name_in_the_story(agent_34, signed):
    avenant = factories.avenant(signed, numero=3)
    row = factories.couverture(signed, factories.commune("34001"), entree=avenant)
    row.entree = None
    row.save()
    avenant.delete()
    page = read(agent_34, signed)
    assert "<td>avenant n° 3 (ORT du Lodévois)</td> <td>vide</td>" in page
    assert "Suppression : avenant « avenant n° 3 (ORT du Lodévois) »" in page


def test_a_longer_story_takes_no_more_queries(agent_34, signed):
    counts = []
    for start in (1, 6):
        for number in range(start, start + 5):
            avenant = factories.avenant(signed, numero=number)
            row = factories.couverture(signed, factories.commune(epci="new"), entree=avenant)
            row.delete()
            Partie.objects.create(convention=signed, commune=row.commune)
            factories.avenant(signed, numero=100 + number).delete()
        agent_34.get(address(signed, "history"))
        with CaptureQueriesContext(connection) as queries:
            assert agent_34.get(address(signed, "history")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_story_stops_where_the_record_does(agent_34, agent_81, signed):
    assert agent_34.get(address(signed, "history")).status_code == 200
    assert agent_81.get(address(signed, "history")).url == reverse("admin:index")


# A removal says what it would change, and asks why.


def test_a_removal_says_which_figures_it_changes_and_asks_why(agent_34, lodeve):
    record = factories.labellisation(lodeve)
    factories.labellisation(factories.commune("34001", epci="new"))
    page = read(agent_34, record, "delete")
    assert "communes lauréates de l&#x27;Hérault : 2 → 1" in page
    assert "intercommunalités de l&#x27;Hérault : 2 → 1" in page
    assert Labellisation.objects.count() == 2
    assert record.history.count() == 1
    answer = agent_34.post(address(record, "delete"), {"post": "yes", "motif": " "})
    assert "Dites pourquoi" in answer.content.decode()
    answer = agent_34.post(address(record, "delete"), {"post": "yes", "motif": "saisie en double"})
    assert answer.status_code == 302
    last = Labellisation.history.first()
    assert (last.history_type, last.history_change_reason) == ("-", "saisie en double")


def test_the_removal_of_many_says_the_same(agent_34, lodeve):
    rows = [factories.labellisation(lodeve), factories.labellisation(factories.commune("34001"))]
    url = reverse("admin:communes_labellisation_changelist")
    data = {"action": "delete_selected", "_selected_action": [row.pk for row in rows]}
    page = agent_34.post(url, data).content.decode()
    assert "communes lauréates de l&#x27;Hérault : 2 → 0" in page
    assert "Dites pourquoi" in agent_34.post(url, data | {"post": "yes"}).content.decode()
    assert Labellisation.objects.count() == 2
    assert agent_34.post(url, data | {"post": "yes", "motif": "doublons"}).status_code == 302
    assert {v.history_change_reason for v in Labellisation.history.filter(history_type="-")} == {
        "doublons"
    }


def test_the_removal_of_what_counts_in_no_figure_says_so(national):
    page = read(national, factories.source(), "delete")
    assert "Aucun chiffre public du jour n'en serait changé." in page


# What was removed comes back.


def removed(client, model):
    """Return the names on the page of the removed records of a model."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_removed")
    answer = client.get(url)
    assert answer.status_code == 200
    return [version.nom for version in answer.context["page"]]


def remove(client, record):
    answer = client.post(address(record, "delete"), {"post": "yes", "motif": "par erreur"})
    assert answer.status_code == 302


def restore_page(version):
    opts = version.instance_type._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_restore", args=[version.pk])


def test_a_removed_record_comes_back_with_the_rows_removed_with_it(agent_34, lodeve):
    poste = factories.poste([lodeve], intitule="Chef de projet de Lodève")
    factories.occupation(poste, "2022-09-01", titulaire="Camille Martin")
    gone_before = factories.occupation(poste, "2021-09-01", "2022-01-01")
    gone_before.delete()
    add_source(agent_34, factories.convention())
    remove(agent_34, poste)
    assert removed(agent_34, Poste) == ["Chef de projet de Lodève"]
    version = Poste.history.removed().get()
    page = agent_34.get(restore_page(version)).content.decode()
    assert "Camille Martin" in page
    assert "Dites pourquoi" in agent_34.post(restore_page(version), {"motif": ""}).content.decode()
    answer = agent_34.post(restore_page(version), {"motif": "supprimée à tort"})
    assert answer.url == address(poste)
    back = Poste.objects.get(pk=poste.pk)
    assert [o.titulaire for o in back.occupations.all()] == ["Camille Martin"]
    assert back.dessertes.get().commune == lodeve
    assert removed(agent_34, Poste) == []
    story = read(agent_34, back)
    assert "Restauration" in story
    assert "Motif : supprimée à tort" in story


def test_a_record_whose_place_is_taken_does_not_come_back(agent_34, lodeve):
    record = factories.labellisation(lodeve)
    remove(agent_34, record)
    factories.labellisation(lodeve)
    version = Labellisation.history.removed().get()
    answer = agent_34.post(restore_page(version), {"motif": "par erreur"})
    assert (
        "Rien n&#x27;est rétabli : Cette commune est déjà dans le programme"
        in answer.content.decode()
    )
    assert Labellisation.objects.count() == 1


def test_a_failed_restoration_leaves_nothing_behind(lodeve):
    poste = factories.poste([lodeve])
    with one_act("essai"):
        poste.delete()
    version = Poste.history.removed().get()
    row = poste.dessertes.model.history.removed().get()
    row.commune_id = "99999"
    row.save()
    with pytest.raises(ValidationError):
        restore(version)
    assert not Poste.objects.exists()


def test_only_the_agents_of_a_removed_record_see_it(agent_34, agent_81, lecteur_34, signed, lodeve):
    poste = factories.poste([lodeve])
    record = factories.labellisation(lodeve)
    empty = factories.convention(departement_reference=factories.departement("34"))
    covered = factories.convention(
        communes=[lodeve], departement_reference=factories.departement("81")
    )
    gone = [poste, record, factories.avenant(signed), empty]
    covered.couvertures.get().delete()
    for row in [*gone, covered]:
        row.delete()
    for model, count in ((Poste, 1), (Labellisation, 1), (Convention, 2)):
        versions = list(model.history.removed())
        assert len(removed(agent_34, model)) == count
        assert len(removed(agent_81, model)) == (1 if model is Convention else 0)
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_removed")
        assert lecteur_34.get(url).status_code == 403
        for version in versions:
            if getattr(version, "departement_reference_id", None) != "81":
                assert agent_81.get(restore_page(version)).status_code == 404
                answer = agent_81.post(restore_page(version), {"motif": "x"})
                assert answer.status_code == 404
            assert lecteur_34.post(restore_page(version), {"motif": "x"}).status_code == 403
    assert len(removed(agent_34, signed.avenants.model)) == 1
    assert removed(agent_81, signed.avenants.model) == []


def test_an_agent_of_no_departement_sees_nothing_removed(lodeve):
    nobody = browser_of(factories.agent())
    factories.labellisation(lodeve).delete()
    url = reverse("admin:communes_labellisation_removed")
    assert nobody.get(url).status_code == 403


def test_the_list_leads_to_what_was_removed(agent_34, lecteur_34):
    url = reverse("admin:ort_convention_changelist")
    assert "Fiches supprimées" in agent_34.get(url).content.decode()
    assert "Fiches supprimées" not in lecteur_34.get(url).content.decode()
