"""The PDF of an act, joined to its geste, is its source: nothing is typed a second time."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ort.models import Avenant, Convention, Document
from socle.models import Affirmation, Source
from tests import factories
from tests.pdf import pdf_of
from tests.pvd.bureau.test_gestes import address, confirming, typed
from tests.socle.admin.test_actes import offered, taken_back
from tests.vues import SansLaPage

pytestmark = pytest.mark.usefixtures("documents_folder")
NO_SOURCE = {"source_titre": "", "source_editeur": ""}


@pytest.fixture
def lodevois(db):
    porteur = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    town = factories.commune("34142", epci=porteur, nom="Lodève")
    return factories.convention(
        "2022-07-28", [town], intitule="ORT du Lodévois", porteur=porteur, duree_annees=5
    )


def pdf(content=None):
    return SimpleUploadedFile("avenant signé.pdf", content or pdf_of(), "application/pdf")


def asked(**fields):
    return typed(numero=2, duree_annees=8, **NO_SOURCE | fields)


def sent(client, url, data, **file):
    """Send a form with its file, then confirm its preview, without the file: no browser sends it again."""
    shown = client.post(url, data | file)
    assert "apercu" in shown.context, shown.context["form"].errors
    kept = {"acte_envoi": shown.context["form"]["acte_envoi"].value()}
    return shown, client.post(url, data | kept | confirming(shown))


def test_an_avenant_is_recorded_from_its_pdf_alone(agent_34, lodevois, documents_folder):
    url = address("avenant", lodevois)
    shown, answer = sent(agent_34, url, asked(), acte_pdf=pdf())
    page = shown.content.decode().replace("\N{NO-BREAK SPACE}", " ")
    assert "« avenant signé.pdf » est joint à l&#x27;acte, interne." in page
    assert "Il est la source" in page
    assert answer.status_code == 302
    avenant, document, source = Avenant.objects.get(), Document.objects.get(), Source.objects.get()
    assert source.titre == "Avenant n° 2 du 6 juillet 2023, ORT du Lodévois"
    assert (source.editeur, source.genre) == ("CC Lodévois et Larzac", Source.Genre.ACTE)
    assert source.date_document == avenant.date_signature
    assert (document.avenant, document.titre, document.visibilite) == (
        avenant,
        source.titre,
        "interne",
    )
    assert Affirmation.objects.get().source == source
    assert len(list(documents_folder.rglob("*.pdf"))) == 1
    taken_back(agent_34, offered(answer))
    assert not Document.objects.exists()
    assert not Source.objects.exists()


def test_the_publisher_and_the_title_are_as_told(agent_34, lodevois):
    told = {
        "source_titre": "Recueil des actes",
        "source_editeur": "Préfecture",
        "acte_public": "on",
    }
    assert sent(agent_34, address("avenant", lodevois), asked(**told), acte_pdf=pdf())[1]
    source = Source.objects.get()
    assert (source.titre, source.editeur) == ("Recueil des actes", "Préfecture")
    assert Document.objects.get().visibilite == "public"


def test_a_source_that_is_chosen_stays_the_source(agent_34, lodevois):
    liste = factories.source(titre="Liste PVD")
    shown, _ = sent(agent_34, address("avenant", lodevois), asked(source=liste.pk), acte_pdf=pdf())
    assert "Il est la source" not in shown.content.decode()
    assert (Source.objects.get(), Affirmation.objects.get().source) == (liste, liste)
    assert Document.objects.count() == 1


def test_a_file_that_is_no_pdf_and_no_file_at_all_are_refused(agent_34, lodevois):
    url = address("avenant", lodevois)
    for file in ({"acte_pdf": pdf(b"PK tableau")}, {"acte_envoi": "inconnu"}, {}):
        form = SansLaPage(agent_34).post(url, asked() | file).context["form"]
        assert "acte_pdf" in form.errors or "Indiquez la source" in str(form.errors["source"])
    assert not Avenant.objects.exists()


def test_the_file_of_someone_else_is_not_taken(agent_34, agent_81, lodevois):
    castres = factories.commune("81065", epci="new")
    theirs = factories.convention(communes=[castres], departement_reference=castres.departement)
    shown = agent_34.post(address("avenant", lodevois), asked() | {"acte_pdf": pdf()})
    token = shown.context["form"]["acte_envoi"].value()
    refused = agent_81.post(address("avenant", theirs), asked() | {"acte_envoi": token})
    assert "acte_pdf" in refused.context["form"].errors


def test_a_refused_form_keeps_the_file(agent_34, lodevois):
    url = address("avenant", lodevois)
    refused = agent_34.post(url, asked(date="") | {"acte_pdf": pdf()})
    page = refused.content.decode()
    token = refused.context["form"]["acte_envoi"].value()
    assert "Gardé : avenant signé.pdf" in page
    assert f'name="acte_envoi" value="{token}"' in page
    assert 'enctype="multipart/form-data"' in page
    _, answer = sent(agent_34, url, asked(acte_envoi=token))
    assert answer.status_code == 302
    assert Document.objects.count() == 1


def test_a_new_convention_comes_with_its_pdf(agent_34, lodevois):
    town = factories.commune("34103", epci=lodevois.porteur, nom="Gignac")
    fields = {
        "nature": "oui",
        "communes": [town.pk],
        "departement_reference": "34",
        "origine": Convention.Origine.PVD.value,
        "porteur": lodevois.porteur_id,
    }
    url = reverse("admin:gestes", args=["nouvelle-convention"])
    _, answer = sent(agent_34, url, typed(**fields, **NO_SOURCE), acte_pdf=pdf())
    assert answer.status_code == 302
    made = Convention.objects.get(intitule="ORT de Gignac")
    document = Document.objects.get()
    assert (document.convention, document.avenant) == (made, None)
    assert Source.objects.get().titre == document.titre == made.intitule
