"""A person named in a public text is asked about at every door, once, and nothing is refused for it."""

import pytest
from django.urls import reverse

from communes.models import Labellisation
from ort.models import Avenant, Organisme
from projects.carnet.models import Contact
from socle.historique import Historisee
from socle.lignes import ONE_LINE
from socle.models import Source
from socle.personnes import CONFIRMED
from tests import factories
from tests.fichiers import imported, outcome, previewed
from tests.formulaires import errors, filled, form_of
from tests.pvd.bureau.test_gestes import address, confirming, laureate, typed
from tests.socle.test_historique import WHY, send

SEEMS = "Ce texte est public"


@pytest.fixture
def known(db):
    """Somebody in post in the Tarn, and a contact there: out of reach of the agent of the Hérault."""
    castres = factories.commune("81065", epci="new")
    factories.occupation(factories.poste([castres]), "2022-01-01", titulaire="Camille Vasseur")
    Contact.objects.create(commune=castres, fonction="dgs", nom="Noé Terrasse")


@pytest.fixture
def signed(db):
    return factories.convention(communes=[factories.commune("34142", epci="new")])


@pytest.mark.une_base
@pytest.mark.parametrize("text", ["Note de VASSEUR Camille", "vu avec noe terrasse", "M. Dupont"])
def test_a_blank_form_asks_once_and_quotes_what_was_typed(text, agent_34, known):
    url = reverse("admin:socle_source_add")
    refused = agent_34.post(url, filled(form_of(agent_34, url), titre=text, cle="note"))
    assert SEEMS in errors(refused)
    page = refused.content.decode()
    assert CONFIRMED in page
    assert 'name="nomme-titre"' in page
    assert not any(name in page for name in ("Camille Vasseur", "Noé Terrasse", "Castres"))
    saved = agent_34.post(url, filled(refused, **{"nomme-titre": "on"}))
    assert saved.status_code == 302
    assert Source.objects.get().titre == text


@pytest.mark.une_base
def test_what_its_field_refuses_is_told_before_anything_is_asked(agent_34):
    """On two lines, it is refused whoever it names: the question comes with a text that may be kept."""
    url = reverse("admin:socle_source_add")
    refused = agent_34.post(
        url, filled(form_of(agent_34, url), titre="Vu avec\nM. Dupont", cle="note")
    )
    assert ONE_LINE in errors(refused)
    assert SEEMS not in errors(refused)


def test_a_correction_asks_of_what_it_changes_only(agent_34, signed):
    avenant = factories.avenant(signed, objet="Vu avec M. Dupont")
    assert send(agent_34, avenant, numero="3", **WHY).status_code == 302
    refused = send(agent_34, avenant, objet="Vu avec Mme Durand", **WHY)
    assert "Mme Durand" in errors(refused)
    ticked = {"objet": "Vu avec Mme Durand", "nomme-objet": "on"}
    assert send(agent_34, avenant, **ticked, **WHY).status_code == 302
    avenant.refresh_from_db()
    assert avenant.objet == "Vu avec Mme Durand"


@pytest.mark.une_base
def test_a_row_asks_for_itself(agent_34, signed):
    avenant = factories.avenant(signed)
    typed_in = {"avenants-0-objet": "Vu avec M. Dupont", **WHY}
    refused = send(agent_34, signed, **typed_in)
    assert 'name="nomme-avenants-0-objet"' in refused.content.decode()
    saved = send(agent_34, signed, **typed_in, **{"nomme-avenants-0-objet": "on"})
    assert saved.status_code == 302
    avenant.refresh_from_db()
    assert avenant.objet == "Vu avec M. Dupont"


@pytest.mark.une_base
def test_a_geste_asks_once_for_all_its_texts(agent_34, signed):
    url = address("avenant", signed)
    data = typed(objet="Vu avec M. Dupont", source_editeur="a.dupont@lodeve.fr")
    refused = agent_34.post(url, data)
    told = refused.context["form"].errors
    assert SEEMS in str(told["objet"])
    assert SEEMS in str(told["source_editeur"])
    assert refused.content.decode().count('name="personne_nommee"') == 1
    ticked = data | {"personne_nommee": "on"}
    shown = agent_34.post(url, ticked)
    hidden = {"personne_nommee": shown.context["form"]["personne_nommee"].value()}
    assert agent_34.post(url, data | hidden | confirming(shown)).status_code == 302
    assert Avenant.objects.get().objet == "Vu avec M. Dupont"


@pytest.mark.une_base
def test_a_geste_that_names_nobody_asks_nothing(agent_34, signed):
    shown = agent_34.post(address("avenant", signed), typed(objet="Change la gouvernance"))
    assert "apercu" in shown.context
    asked = agent_34.get(address("avenant", signed))
    assert 'name="personne_nommee"' not in asked.content.decode()


def test_the_reason_of_an_exit_asks(agent_34, known):
    record = laureate()
    url = address("quitter-le-programme", record)
    refused = agent_34.post(url, typed(motif="Demande de Camille Vasseur"))
    assert SEEMS in str(refused.context["form"].errors["motif"])
    assert Labellisation.objects.get(fin__isnull=True) == record


def test_a_file_is_warned_and_written(agent_34, known, signed):
    text = (
        "ort_identifiant,avenant_numero,date_signature,objet\n"
        f"{signed.identifiant},1,2024-01-02,Suite au départ de Camille VASSEUR\n"
        f"{signed.identifiant},2,2024-01-03,Prolongation\n"
    )
    page = previewed(agent_34, "ort_avenant", "avenants", text)
    assert outcome(page) == {2: "nouvelle", 3: "nouvelle"}
    read = page.content.decode()
    assert read.count("À vérifier : Ce texte est public") == 1
    assert "« Camille VASSEUR »" in read
    imported(agent_34, "ort_avenant", "avenants", text)
    assert Avenant.objects.count() == 2


def test_what_asks_is_a_field_of_its_model():
    asking = [model for model in Historisee.__subclasses__() if model.textes_publics]
    assert Organisme in asking
    assert Source in asking
    for model in asking:
        names = {field.name for field in model._meta.get_fields()}
        assert names.issuperset(model.textes_publics)
