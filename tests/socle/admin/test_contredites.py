"""A date that is corrected asks what becomes of what its source was made to say, at whatever form."""

import pytest
from django.urls import reverse
from django.utils import timezone

from communes.models import Labellisation
from projects.postes.models import Occupation
from socle.models import Affirmation, Source
from tests import factories
from tests.factories import day
from tests.formulaires import errors, filled
from tests.socle.admin.test_actes import corrected, taken_back
from tests.socle.admin.test_admin import address, affirmation
from tests.socle.test_historique import WHY, send

NEW = {"date_signature": "07/07/2023", **WHY}
ASKED = "Cette date avait une source"


@pytest.fixture
def signed(db):
    return factories.convention(communes=[factories.commune("34142", epci="new", nom="Lodève")])


@pytest.fixture
def liste(signed):
    """What the list says of the day of signature."""
    return affirmation(signed, source=factories.source(titre="Liste PVD"))


def answered(devenir, champ="date_signature", **fields):
    prefix = f"dite-{champ}"
    return {f"{prefix}-devenir": devenir} | {f"{prefix}-{k}": v for k, v in fields.items()}


def said(record, champ="date_signature"):
    """Return what each source says of a date of `record`, and whether it is retained."""
    rows = record.affirmations.filter(champ=champ).order_by("pk")
    return list(rows.values_list("source__titre", "valeur", "retenue"))


def test_it_is_asked_beside_the_date_and_nothing_typed_is_lost(agent_34, signed, liste):
    answer = send(agent_34, signed, note_interne="à suivre", **NEW)
    page = " ".join(answer.content.decode().split())
    assert answer.status_code == 200
    assert ASKED in errors(answer)
    assert "L&#x27;ancienne date, 6 juillet 2023, a pour source « Liste PVD »" in page
    assert 'value="07/07/2023"' in page
    assert "à suivre</textarea>" in page
    signed.refresh_from_db()
    assert signed.date_signature == day("2023-07-06")
    assert said(signed) == [("Liste PVD", "2023-07-06", True)]


def test_the_answer_stays_when_the_page_is_refused_for_something_else(agent_34, signed, liste):
    answer = send(agent_34, signed, date_signature="07/07/2023", **answered("relue"))
    assert "dites pourquoi" in errors(answer)
    assert ASKED not in errors(answer)
    assert 'value="relue"' in answer.content.decode().split("checked")[0][-300:]


def test_a_source_that_was_misread_says_the_new_date(agent_34, signed, liste):
    assert send(agent_34, signed, **NEW, **answered("relue")).status_code == 302
    assert said(signed) == [("Liste PVD", "2023-07-07", True)]
    liste.refresh_from_db()
    assert liste.valeur_brute == "07/07/2023"


def test_a_source_says_the_new_date_as_exactly_as_the_record(agent_34, signed, liste):
    changes = NEW | {"date_signature": "15/09/2023", "precision_signature": "mois"}
    assert send(agent_34, signed, **changes, **answered("relue")).status_code == 302
    assert said(signed) == [("Liste PVD", "2023-09-01", True)]
    assert Affirmation.objects.get().precision == "mois"


def test_a_source_that_already_said_the_new_date_says_it_alone(agent_34, signed, liste):
    affirmation(signed, valeur="07/07/2023", retenue=False, source=liste.source)
    assert send(agent_34, signed, **NEW, **answered("relue")).status_code == 302
    assert said(signed) == [("Liste PVD", "2023-07-06", False), ("Liste PVD", "2023-07-07", True)]


def test_another_source_says_the_new_date(agent_34, signed, liste):
    acte = factories.source(titre="Acte signé")
    named = answered("autre", source=acte.pk)
    assert send(agent_34, signed, **NEW, **named).status_code == 302
    assert said(signed) == [("Liste PVD", "2023-07-06", False), ("Acte signé", "2023-07-07", True)]


def test_the_other_source_is_named_and_is_another(agent_34, signed, liste):
    for source, told in (("", "Nommez la source"), (liste.source.pk, "dit l&#x27;ancienne date")):
        answer = send(agent_34, signed, **NEW, **answered("autre", source=source))
        assert answer.status_code == 200
        assert told in answer.content.decode()
    assert said(signed) == [("Liste PVD", "2023-07-06", True)]


def test_the_service_knows_the_new_date(agent_34, signed, liste):
    assert send(agent_34, signed, **NEW, **answered("service")).status_code == 302
    service = Source.objects.get(genre=Source.Genre.SERVICE)
    assert service.date_document == timezone.localdate()
    assert said(signed)[1:] == [(service.titre, "2023-07-07", True)]


def test_a_disagreement_is_kept_and_shown(agent_34, signed, liste):
    assert send(agent_34, signed, **NEW, **answered("ecartee")).status_code == 302
    assert said(signed) == [("Liste PVD", "2023-07-06", False)]
    listed = agent_34.get(reverse("admin:socle_affirmation_changelist"), {"retenue": "non"})
    assert "Liste PVD" in listed.content.decode()
    assert "Liste PVD" not in agent_34.get(f"/ort/{signed.identifiant}/").content.decode()


@pytest.mark.parametrize(
    ("devenir", "left"), [("retiree", []), ("ecartee", [("Liste PVD", "2023-07-06", False)])]
)
def test_a_date_that_is_emptied_asks_it_too(devenir, left, agent_34, signed, liste):
    emptied = NEW | {"date_signature": ""}
    assert ASKED in errors(send(agent_34, signed, **emptied))
    assert send(agent_34, signed, **emptied, **answered("relue")).status_code == 200
    assert send(agent_34, signed, **emptied, **answered(devenir)).status_code == 302
    assert said(signed) == left


@pytest.mark.parametrize(
    "changes", [{"precision_signature": "au_plus_tard"}, {"duree_annees": "6"}]
)
def test_what_changes_no_day_asks_nothing(changes, agent_34, signed, liste):
    assert send(agent_34, signed, **WHY, **changes).status_code == 302
    assert said(signed) == [("Liste PVD", "2023-07-06", True)]


def test_a_date_that_no_retained_source_says_asks_nothing(agent_34, signed):
    affirmation(signed, retenue=False)
    affirmation(signed, valeur="2023-07-05")
    assert send(agent_34, signed, **NEW).status_code == 302


def row_of(page, record):
    """Return the prefix of the row of `record` on its page."""
    rows = [f for i in page.context["inline_admin_formsets"] for f in i.formset.initial_forms]
    return next(row.prefix for row in rows if row.instance == record)


def test_a_row_of_sources_that_is_corrected_with_its_date_has_answered(agent_34, signed, liste):
    row = row_of(agent_34.get(address(signed)), liste)
    typed = {f"{row}-valeur_brute": "07/07/2023", f"{row}-valeur": ""}
    assert send(agent_34, signed, **NEW, **typed).status_code == 302
    assert said(signed) == [("Liste PVD", "2023-07-07", True)]


def test_a_row_of_sources_that_is_removed_has_answered(agent_34, signed, liste):
    row = row_of(agent_34.get(address(signed)), liste)
    assert send(agent_34, signed, **NEW, **{f"{row}-DELETE": "on"}).status_code == 302
    assert said(signed) == []


def test_a_source_added_with_its_date_has_answered(agent_34, signed, liste):
    page = agent_34.get(address(signed))
    prefix = row_of(page, liste).rpartition("-")[0]
    acte = factories.source(titre="Acte signé")
    added = {"champ": "date_signature", "valeur_brute": "07/07/2023", "precision": "jour"}
    added |= {"source": acte.pk, "retenue": "on"}
    typed = {f"{prefix}-1-{name}": value for name, value in added.items()}
    typed |= {f"{prefix}-TOTAL_FORMS": "2"}
    answer = agent_34.post(address(signed), filled(page, **NEW, **typed))
    assert answer.status_code == 302, errors(answer)
    assert said(signed) == [("Liste PVD", "2023-07-06", False), ("Acte signé", "2023-07-07", True)]


def test_a_row_with_its_own_sources_asks_too(agent_34, signed):
    signature = factories.avenant(signed, "2023-09-01")
    affirmation(signature, valeur="2023-09-01", source=factories.source(titre="Liste PVD"))
    row = row_of(agent_34.get(address(signed)), signature)
    typed = {f"{row}-date_signature": "02/09/2023", **WHY}
    assert ASKED in errors(send(agent_34, signed, **typed))
    faulty = send(agent_34, signed, **typed, **{f"{row}-numero": "0"})
    assert f'name="dite-{row}-date_signature-devenir"' in faulty.content.decode()
    removed = {f"{row}-DELETE": "on", f"{row}-date_signature": "02/09/2023"}
    assert ASKED not in errors(send(agent_34, signed, **removed))
    named = answered("relue", champ=f"{row}-date_signature")
    assert send(agent_34, signed, **typed, **named).status_code == 302
    assert said(signature) == [("Liste PVD", "2023-09-02", True)]


@pytest.mark.parametrize("model", [Labellisation, Occupation])
def test_every_sort_of_date_asks_it(model, agent_34):
    lodeve = factories.commune("34142", epci="new")
    if model is Labellisation:
        record = shown = factories.labellisation(lodeve, "2021-01-22")
        champ = field = "debut"
    else:
        shown = factories.poste([lodeve], employeur_commune=lodeve)
        record = factories.occupation(shown, "2021-01-22")
        champ = "debut"
        field = f"{row_of(agent_34.get(address(shown)), record)}-debut"
    affirmation(record, champ, "2021-01-22", source=factories.source(titre="Liste PVD"))
    typed = {field: "23/01/2021", **WHY}
    assert ASKED in errors(send(agent_34, shown, **typed))
    assert send(agent_34, shown, **typed, **answered("relue", field)).status_code == 302
    assert said(record, champ) == [("Liste PVD", "2021-01-23", True)]


def test_what_was_answered_is_taken_back_with_the_date(agent_34, signed, liste):
    url = corrected(agent_34, signed, **answered("relue"))
    taken_back(agent_34, url)
    assert said(signed) == [("Liste PVD", "2023-07-06", True)]
