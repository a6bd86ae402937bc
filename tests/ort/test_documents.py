"""The signed acts: what may come in, where it is kept, and who may take it out."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from ort.models import Document
from socle.fichiers.documents import download_name, in_megabytes
from tests import factories
from tests.formulaires import errors, filled, form_of
from tests.pdf import pdf_of

PDF = pdf_of()
INTERNE, PUBLIC = Document.Visibilite

pytestmark = pytest.mark.usefixtures("documents_folder")


@pytest.fixture
def folder(documents_folder):
    return documents_folder


def pdf(name="Convention signée.pdf", content=PDF):
    return SimpleUploadedFile(name, content, "application/pdf")


def document(convention=None, visibilite=PUBLIC, **fields):
    fields.setdefault("fichier", pdf())
    return factories.document(convention, visibilite=visibilite, **fields)


def stored(folder):
    return [path for path in folder.rglob("*.pdf") if path.is_file()]


def download(browser, document):
    """Return the status of the answer at the address of a document, and its content."""
    answer = browser.get(document.get_absolute_url())
    return answer.status_code, answer.getvalue()


def page_of(convention):
    return reverse("admin:ort_convention_change", args=[convention.pk])


def deposit(browser, convention, file, **fields):
    """Send the page of `convention` with one more document."""
    row = {"titre": "La convention", "visibilite": PUBLIC, "fichier": file} | fields
    changes = {f"documents-0-{name}": value for name, value in row.items()}
    page = form_of(browser, page_of(convention))
    return browser.post(
        page_of(convention), filled(page, **changes, **{"documents-TOTAL_FORMS": 1})
    )


# What may come in.


def test_an_agent_deposits_a_signed_convention(agent_34, folder):
    signed = factories.convention()
    assert (
        deposit(agent_34, signed, pdf("../C:\\Mes docs\\Convention signée (1).PDF")).status_code
        == 302
    )
    kept = Document.objects.get()
    assert kept.nom == "Convention signée (1).pdf"
    assert kept.taille == len(PDF)
    assert [path.read_bytes() for path in stored(folder)] == [PDF]
    assert kept.history.get().history_user == agent_34.agent


def test_a_document_is_internal_unless_told_otherwise(agent_34):
    assert Document().visibilite == INTERNE


@pytest.mark.une_base
@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("convention.pdf", b"MZ\x90\x00 un programme", "n'est pas un PDF"),
        ("convention.pdf", b"<html><script>1</script>%PDF-1.7 %%EOF", "n'est pas un PDF"),
        ("convention.pdf", b" " + PDF, "n'est pas un PDF"),
        ("convention.pdf", PDF[:-8], "Ce PDF est incomplet"),
        ("convention.pdf", PDF + b"\0" * 3000, "Ce PDF est incomplet"),
        ("convention.pdf", b"", "vide"),
        ("convention.pdf", pdf_of(user_password="secret"), "Ce PDF demande un mot de passe"),
        ("convention.pdf", pdf_of(pages=0), "Ce PDF n'a aucune page"),
    ],
)
def test_what_is_no_pdf_is_refused_by_its_content(name, content, told, agent_34, folder):
    answer = deposit(agent_34, factories.convention(), pdf(name, content))
    assert told in errors(answer)
    assert not Document.objects.exists()
    assert stored(folder) == []


def test_a_file_too_heavy_is_refused_and_its_weight_told(agent_34, folder, settings):
    settings.PVD_DOCUMENT_MAX_MO = 1
    heavy = PDF[:9] + b"\0" * 1_500_000 + PDF[9:]
    answer = deposit(agent_34, factories.convention(), pdf(content=heavy))
    assert "Ce fichier pèse 1,5 Mo : 1 Mo au plus." in errors(answer)
    assert stored(folder) == []


def test_the_avenant_of_another_convention_is_refused(agent_34):
    signed = factories.convention()
    factories.avenant(signed)
    elsewhere = factories.avenant(factories.convention())
    assert deposit(agent_34, signed, pdf(), avenant=elsewhere.pk).status_code == 200
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ('a"b\r\nSet-Cookie: x.pdf', "a b Set-Cookie x.pdf"),
        ("programme.exe", "programme.pdf"),
        ("....pdf", "document.pdf"),
        ("Avenant n°2 – Lodève.pdf", "Avenant n 2 Lodève.pdf"),
        ("x" * 300 + ".pdf", "x" * 100 + ".pdf"),
    ],
)
def test_the_name_of_a_file_is_cleaned(name, kept):
    assert download_name(name) == kept


def test_a_weight_reads_in_french():
    assert [in_megabytes(size) for size in (10, 1_249_000, 20_000_000)] == [
        "0,1 Mo",
        "1,2 Mo",
        "20,0 Mo",
    ]


# Where it is kept.


def test_nothing_of_the_name_is_in_the_path_and_no_other_user_of_the_machine_reads_it(db, folder):
    document(fichier=pdf("secret.pdf"))
    (path,) = stored(folder)
    assert "secret" not in str(path.relative_to(folder))
    assert path.stat().st_mode & 0o077 == 0


def test_the_folder_is_not_one_that_the_site_serves():
    folder = Path(settings.PVD_DOCUMENTS_DIR)
    served = [Path(settings.STATIC_ROOT), *map(Path, settings.STATICFILES_DIRS)]
    assert not any(folder.is_relative_to(root) for root in served)
    assert not settings.MEDIA_ROOT


def test_a_file_is_never_replaced(agent_34, folder):
    kept = document()
    page = agent_34.get(page_of(kept.convention))
    assert kept.get_absolute_url() in page.content.decode()
    changes = {"documents-0-titre": "Corrigé", "documents-0-fichier": pdf(content=PDF + b"2")}
    data = filled(page, motif_correction="titre fautif", **changes)
    assert agent_34.post(page_of(kept.convention), data).status_code == 302
    kept.refresh_from_db()
    assert kept.titre == "Corrigé"
    assert [path.read_bytes() for path in stored(folder)] == [PDF]


def test_a_removed_document_keeps_its_file_and_can_come_back(agent_34, agent_81):
    kept = document()
    data = filled(form_of(agent_34, page_of(kept.convention)), motif_correction="déposé par erreur")
    answer = agent_34.post(page_of(kept.convention), data | {"documents-0-DELETE": "on"})
    assert answer.status_code == 302
    assert download(Client(), kept)[0] == 404
    version = Document.history.removed().get()
    url = reverse("admin:ort_document_restore", args=[version.history_id])
    assert agent_81.post(url, {"motif": "à moi"}).status_code == 404
    assert agent_34.post(url, {"motif": "il était bon"}).status_code == 302
    assert download(Client(), kept) == (200, PDF)


def test_a_removed_document_whose_file_is_lost_does_not_come_back(agent_34, folder):
    document().delete()
    stored(folder)[0].unlink()
    version = Document.history.removed().get()
    url = reverse("admin:ort_document_restore", args=[version.history_id])
    answer = agent_34.post(url, {"motif": "il était bon"})
    assert "n&#x27;est plus là" in answer.content.decode()
    assert not Document.objects.exists()


# Who may take it out.


def test_a_public_document_is_downloaded_by_everyone_as_a_file(db, client):
    kept = document(fichier=pdf('Convention "signée".pdf'))
    answer = client.get(kept.get_absolute_url())
    assert answer.getvalue() == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert '"sign' not in answer["Content-Disposition"].removeprefix("attachment; filename=")
    assert not answer.cookies


@pytest.mark.parametrize("is_to_come", [False, True], ids=["unknown", "tomorrow"])
@pytest.mark.parametrize("act", ["convention", "avenant"])
def test_nobody_but_the_agents_reads_an_act_before_it_is_signed(is_to_come, act, client, agent_34):
    signature = f"{factories.in_days(1)}" if is_to_come else None
    convention = factories.convention("2023-07-06" if act == "avenant" else signature)
    avenant = factories.avenant(convention, signature) if act == "avenant" else None
    kept = document(convention, avenant=avenant)
    assert download(client, kept)[0] == 404
    assert download(agent_34, kept) == (200, PDF)


def test_an_internal_document_is_for_the_agents_of_its_convention(client, agent_34, agent_81):
    kept = document(visibilite=INTERNE)
    answer = agent_34.get(kept.get_absolute_url())
    assert (answer.status_code, answer.getvalue()) == (200, PDF)
    assert answer["Cache-Control"] == "private, no-store"
    for stranger in (client, agent_81):
        assert download(stranger, kept)[0] == 404


def test_a_document_is_only_at_the_address_of_its_convention(db, client):
    kept = document()
    other = factories.convention()
    address = reverse("ort_document", args=[other.identifiant, kept.pk])
    assert client.get(address).status_code == 404


def test_a_lost_file_is_not_found_and_told_to_whoever_keeps_the_site(client, db, folder, caplog):
    kept = document()
    stored(folder)[0].unlink()
    assert client.get(kept.get_absolute_url()).status_code == 404
    assert "n'est plus dans PVD_DOCUMENTS_DIR" in caplog.text


def test_the_page_of_the_ort_lists_the_public_documents_of_the_day(client, db):
    convention = factories.convention("2023-07-06")
    document(convention, titre="L'acte")
    document(convention, INTERNE, titre="Le brouillon")
    document(convention, titre="L'ajout", avenant=factories.avenant(convention, numero=2))

    def told(**query):
        page = client.get(reverse("ort", args=[convention.identifiant]), query).content.decode()
        return [title for title in ("L'acte", "Le brouillon", "L'ajout") if escape(title) in page]

    assert told() == ["L'acte", "L'ajout"]
    assert told(au="2023-08-01") == ["L'acte"]
    assert told(au="2023-07-05") == []


def test_a_lecteur_follows_the_link_and_writes_nothing(lecteur_34):
    kept = document(visibilite=INTERNE)
    page = lecteur_34.get(page_of(kept.convention)).content.decode()
    assert kept.get_absolute_url() in page
    assert 'type="file"' not in page
    assert download(lecteur_34, kept) == (200, PDF)
