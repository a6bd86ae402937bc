"""The PDF of an act: whose it may be, who reads it, and that it is kept as the others are."""

import io
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from projects.financements.models import FaitFinancement
from projects.models import Piece
from socle.documents import modeles, stored_names
from socle.historique import signed_by
from socle.models import Source
from socle.sauvegarde.archive import named_documents
from tests import factories
from tests.pages import read
from tests.pdf import pdf_of
from tests.projects.projet.scenes import accorde, lodeve
from tests.pvd.bureau.test_acte_joint import NO_SOURCE, sent
from tests.pvd.bureau.test_gestes import address, typed
from tests.socle.admin.test_actes import offered, taken_back
from tests.vues import SansLaPage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("documents_folder")]

DAY_BEFORE, DAY = "2022-12-31", "2023-01-01"


@pytest.fixture
def granted():
    """The action of Lodève, granted 1 000 € on 1 January 2023."""
    action = lodeve().actions.get()
    return accorde(action, 1000, DAY).faits.get()


def pdf(content=None):
    return SimpleUploadedFile("arrêté signé.pdf", content or pdf_of(), "application/pdf")


# Whose act it is.


def test_a_file_of_nothing_is_refused_by_the_form_and_by_the_base(granted):
    with pytest.raises(
        ValidationError, match="Une pièce est celle d'un accord, d'une étude ou d'un bilan"
    ):
        Piece(titre="Arrêté", fichier=pdf()).full_clean(exclude=["nom", "taille"])
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.piece(None)


@pytest.mark.parametrize(
    ("nature", "fields"),
    [
        ("versement", {"montant": 10}),
        ("accord", {"suppose": True, "precision": "au_plus_tard"}),
    ],
)
def test_the_file_of_what_no_act_says_is_refused(granted, nature, fields):
    line = factories.financement(granted.action)
    fact = factories.fait_financement(line, nature, DAY, **fields)
    with pytest.raises(ValidationError, match="accord qu'un acte dit"):
        Piece(accord=fact, titre="x", fichier=pdf()).full_clean(exclude=["nom", "taille"])


def test_what_is_no_pdf_is_refused_as_for_any_act(granted):
    told = Piece(accord=granted, titre="Arrêté", fichier=pdf(b"PK un tableau"))
    with pytest.raises(ValidationError, match="n'est pas un PDF"):
        told.full_clean(exclude=["nom", "taille"])


# Who reads it.


def test_it_is_internal_unless_told_otherwise():
    assert Piece().visibilite == "interne"


@pytest.mark.parametrize(("jour", "shown"), [(DAY_BEFORE, False), (DAY, True)])
def test_the_public_page_lists_what_was_granted_by_the_day(client, granted, jour, shown):
    public = factories.piece(granted, titre="Arrêté public")
    factories.piece(granted, titre="Arrêté interne", visibilite="interne")
    page = read(client, f"/actions/lod-a1/?au={jour}")
    assert ("Arrêté public" in page) is shown
    assert "Arrêté interne" not in page
    assert client.get(public.get_absolute_url()).getvalue() == pdf_of()


def test_a_public_file_of_an_action_that_nobody_reads_yet_is_not_sent(client, agent_34, granted):
    piece = factories.piece(granted)
    factories.rewrite(type(granted.action.convention).objects.all(), date_signature=None)
    assert client.get(piece.get_absolute_url()).status_code == 404
    answer = agent_34.get(piece.get_absolute_url())
    assert (answer.status_code, answer.getvalue()) == (200, pdf_of())


def test_a_file_stays_among_agents_of_its_action(client, agent_34, agent_81, granted):
    piece = factories.piece(granted, visibilite="interne")
    for browser in (client, agent_81):
        assert browser.get(piece.get_absolute_url()).status_code == 404
    answer = agent_34.get(piece.get_absolute_url())
    assert answer.getvalue() == pdf_of()
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_the_address_of_another_action_leads_to_no_file(client, granted):
    piece = factories.piece(granted)
    factories.action([granted.action.communes_liees.get().commune], identifiant="autre")
    assert client.get(reverse("action_piece", args=["autre", piece.pk])).status_code == 404


def test_agents_write_the_files_of_their_own_actions(agent_81, granted):
    piece = factories.piece(granted)
    change = reverse("admin:projects_piece_change", args=[piece.pk])
    assert agent_81.get(change).status_code == 302
    assert agent_81.get(reverse("admin:projects_piece_delete", args=[piece.pk])).status_code == 302


def test_the_page_of_agents_lists_it(agent_34, granted):
    factories.piece(granted, titre="Arrêté interne", visibilite="interne")
    page = agent_34.get(reverse("admin:projects_action_page", args=[granted.action.pk]))
    assert "Arrêté interne" in page.content.decode()


# How it comes, and how it is kept.


def test_a_grant_is_recorded_from_its_pdf_which_is_its_source(agent_34, granted):
    line = factories.financement(granted.action, "dsil", financeur_organisme=factories.organisme())
    url = address("financement-enregistrer-un-accord", line)
    asked = typed(date="01/03/2024", montant="500", reference="2024-I-7", **NO_SOURCE)
    shown, answer = sent(agent_34, url, asked | {"base": "HT"}, acte_pdf=pdf())
    assert "« arrêté signé.pdf » est joint" in shown.content.decode().replace("\xa0", " ")
    assert answer.status_code == 302
    accord = line.faits.get(nature="accord")
    piece, source = Piece.objects.get(), Source.objects.latest("pk")
    assert (piece.accord, piece.visibilite, piece.titre) == (accord, "interne", source.titre)
    assert source.titre == "Accord 2024-I-7, DSIL : A1 Réhabilitation d'un îlot"
    assert source.editeur == str(line.financeur)
    assert accord.affirmations.get().source == source
    taken_back(agent_34, offered(answer))
    assert not Piece.objects.exists()
    assert not line.faits.exists()


def test_the_pdf_of_a_grant_recorded_already_is_joined_to_it(agent_34, granted):
    url = address("financement-joindre-la-decision", granted.financement)
    refused = agent_34.post(url, NO_SOURCE)
    assert "acte_pdf" in refused.context["form"].errors
    _, answer = sent(agent_34, url, NO_SOURCE | {"acte_public": "on"}, acte_pdf=pdf())
    assert answer.status_code == 302
    piece = Piece.objects.get()
    assert (piece.accord, piece.visibilite) == (granted, "public")
    assert granted.affirmations.get().source.titre == piece.titre
    assert FaitFinancement.objects.filter(nature="accord").count() == 2


def test_nothing_is_joined_to_a_grant_that_a_payment_supposes(agent_34, granted):
    line = factories.financement(granted.action, "dsil")
    factories.fait_financement(line, "accord", DAY, suppose=True, precision="au_plus_tard")
    answer = agent_34.get(address("financement-joindre-la-decision", line))
    assert answer.status_code == 302


def test_its_file_is_saved_and_tidied_with_the_others(granted, documents_folder):
    kept, removed = factories.piece(granted), factories.piece(granted, titre="En double")
    act = factories.document(granted.action.convention)
    removed.delete()
    names = {kept.fichier.name, removed.fichier.name, act.fichier.name}
    assert set(stored_names()) == names
    assert named_documents() == {kept.fichier.name, act.fichier.name}
    assert {model.__name__ for model in modeles()} == {"Document", "Piece"}
    out = io.StringIO()
    call_command("ranger_documents", stdout=out)
    assert "0 fichier orphelin" in out.getvalue()


def test_a_removed_file_comes_back(agent_34, granted):
    piece = factories.piece(granted)
    piece.delete()
    version = Piece.history.removed().get()
    back = reverse("admin:projects_piece_restore", args=[version.history_id])
    agent_34.post(back, {"motif": "à tort"})
    assert Piece.objects.get().fichier.name == piece.fichier.name


# Of a study, and of a review.


@pytest.fixture
def studied(granted):
    """A study that prepares the action of Lodève, ordered from the CAUE on 1 June 2022."""
    action = granted.action
    town = action.communes_liees.get().commune
    caue = factories.organisme(nom="CAUE 34")
    etude = factories.etude([town], actions=[action], intitule="Plan-guide", prestataire=caue)
    factories.fait_etude(etude, "commandee", "2022-06-01")
    return etude


@pytest.mark.parametrize("filled", [("accord", "etude"), ("etude", "bilan")])
def test_a_file_is_of_one_thing_only(granted, studied, filled):
    bilan = factories.bilan(granted.action.convention, "2023-01-01")
    held = {"accord": granted, "etude": studied, "bilan": bilan}
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.piece(**{name: held[name] for name in filled})


@pytest.mark.parametrize(("jour", "shown"), [(DAY_BEFORE, False), (DAY, True)])
def test_the_file_of_a_study_is_offered_from_the_day_it_is_delivered(client, studied, jour, shown):
    factories.fait_etude(studied, "rendue", DAY)
    public = factories.piece(etude=studied, titre="Le rapport")
    factories.piece(etude=studied, titre="Rapport interne", visibilite="interne")
    for page in ("/communes/34142/projet/", "/actions/lod-a1/"):
        told = read(client, f"{page}?au={jour}")
        assert "Plan-guide" in told
        assert ("Le rapport" in told) is shown
        assert "Rapport interne" not in told
    assert client.get(public.get_absolute_url()).getvalue() == pdf_of()


def test_the_file_of_a_study_not_delivered_yet_stays_among_its_agents(
    client, agent_34, agent_81, studied
):
    piece = factories.piece(etude=studied)
    for browser in (client, agent_81):
        assert browser.get(piece.get_absolute_url()).status_code == 404
    assert agent_34.get(piece.get_absolute_url()).getvalue() == pdf_of()
    page = agent_34.get(reverse("admin:projects_etude_page", args=[studied.pk]))
    assert "Arrêté" in page.content.decode()


def test_the_decision_on_a_study_is_read_by_whoever_reads_the_study(
    client, agent_34, agent_81, studied
):
    line = factories.financement(studied)
    decision = factories.fait_financement(line, "accord", DAY, 1000)
    piece = factories.piece(decision, titre="Convention d'aide", visibilite="interne")
    assert agent_34.get(piece.get_absolute_url()).getvalue() == pdf_of()
    page = agent_34.get(reverse("admin:projects_etude_page", args=[studied.pk]))
    assert "Convention d&#x27;aide" in page.content.decode()
    for browser in (client, agent_81):
        assert browser.get(piece.get_absolute_url()).status_code == 404
    factories.rewrite(Piece.objects.filter(pk=piece.pk), visibilite="public")
    assert client.get(piece.get_absolute_url()).getvalue() == pdf_of()
    assert "Convention d'aide" in read(client, f"/communes/34142/projet/?au={DAY}")
    assert "Convention d'aide" not in read(client, f"/communes/34142/projet/?au={DAY_BEFORE}")


@pytest.mark.parametrize(("jour", "status"), [(DAY_BEFORE, 404), (DAY, 200)])
def test_the_frozen_page_of_a_review_offers_its_public_file(client, granted, jour, status):
    bilan = factories.bilan(granted.action.convention, DAY)
    factories.piece(bilan=bilan, titre="Compte rendu interne", visibilite="interne")
    piece = factories.piece(bilan=bilan, titre="Compte rendu")
    address = reverse("ort_bilan", args=[bilan.convention.identifiant, bilan.identifiant])
    answer = client.get(f"{address}?au={jour}")
    assert answer.status_code == status
    if status == 200:
        assert "Compte rendu" in answer.content.decode()
        assert "Compte rendu interne" not in answer.content.decode()
    assert client.get(piece.get_absolute_url()).getvalue() == pdf_of()


def test_the_file_of_a_review_is_read_and_written_by_the_agents_of_the_ort(
    client, agent_34, agent_81, granted
):
    piece = factories.piece(
        bilan=factories.bilan(granted.action.convention, DAY), visibilite="interne"
    )
    for browser in (client, agent_81):
        assert browser.get(piece.get_absolute_url()).status_code == 404
    assert agent_34.get(piece.get_absolute_url()).getvalue() == pdf_of()
    page = agent_34.get(reverse("admin:ort_convention_page", args=[granted.action.convention_id]))
    assert piece.get_absolute_url() in page.content.decode()
    delete = reverse("admin:projects_piece_delete", args=[piece.pk])
    assert agent_81.get(delete).status_code == 302
    agent_34.post(delete, {"post": "yes", "motif": "en double"})
    assert not Piece.objects.exists()
    version = Piece.history.removed().get()
    agent_34.post(
        reverse("admin:projects_piece_restore", args=[version.history_id]), {"motif": "à tort"}
    )
    assert Piece.objects.get().bilan == piece.bilan


def test_no_agent_writes_the_file_of_a_review_of_another_departement(granted):
    bilan = factories.bilan(granted.action.convention, DAY)
    agent = factories.agent("tarn", [factories.departement("81")])
    with signed_by(agent), pytest.raises(ValidationError, match="ne couvre aucune commune"):
        factories.piece(bilan=bilan)


@pytest.mark.parametrize("porteur", ["etude", "bilan"])
def test_the_address_of_another_record_leads_to_no_file(client, granted, studied, porteur):
    factories.fait_etude(studied, "rendue", DAY)
    held = {"etude": studied, "bilan": factories.bilan(granted.action.convention, DAY)}
    address = factories.piece(**{porteur: held[porteur]}).get_absolute_url()
    assert client.get(address).getvalue() == pdf_of()
    assert client.get(address.replace(held[porteur].identifiant, "autre")).status_code == 404


def test_a_study_is_delivered_with_its_report_which_is_its_source(agent_34, studied):
    url = address("etude-rendre", studied)
    asked = typed(date="01/01/2023", acte_public="on", **NO_SOURCE)
    shown, answer = sent(agent_34, url, asked, acte_pdf=pdf())
    assert "« arrêté signé.pdf » est joint à l'étude, public" in unescape(
        shown.content.decode().replace("\xa0", " ")
    )
    assert answer.status_code == 302
    piece, source = Piece.objects.get(), Source.objects.latest("pk")
    assert (piece.etude, piece.visibilite, piece.titre) == (studied, "public", source.titre)
    assert (source.titre, source.editeur, source.genre) == (
        "Rapport : Plan-guide",
        "CAUE 34",
        Source.Genre.DOCUMENT,
    )
    assert studied.faits.get(nature="rendue").affirmations.get().source == source
    taken_back(agent_34, offered(answer))
    assert not Piece.objects.exists()
    assert not studied.faits.filter(nature="rendue").exists()


def test_a_review_is_held_with_its_document_which_is_its_source(agent_34, granted):
    convention = granted.action.convention
    url = address("tenir-un-bilan", convention)
    asked = typed(nature="annuel", periode="autre-point", date="01/01/2023", **NO_SOURCE)
    _, answer = sent(agent_34, url, asked, acte_pdf=pdf())
    assert answer.status_code == 302
    piece, source = Piece.objects.get(), Source.objects.latest("pk")
    assert (piece.bilan, piece.visibilite) == (convention.bilans.get(), "interne")
    assert source.titre == f"Bilan annuel du 1er janvier 2023, {convention.intitule}"
    assert piece.bilan.affirmations.get(champ="tenu_le").source == source


def test_the_file_of_a_review_goes_with_it_and_of_its_own_agents_alone(agent_34, granted):
    bilan = factories.bilan(granted.action.convention, DAY)
    factories.piece(bilan=bilan)
    tarn = factories.agent("tarn", [factories.departement("81")])
    refused = pytest.raises(ValidationError, match="ne couvre aucune commune")
    with signed_by(tarn), refused, transaction.atomic():
        bilan.delete()
    agent_34.post(
        reverse("admin:projects_bilan_changelist"),
        {
            "action": "delete_selected",
            "_selected_action": [bilan.pk],
            "post": "yes",
            "motif": "à tort",
        },
    )
    assert not Piece.objects.exists()


def test_the_report_of_a_study_delivered_already_is_joined_to_it(agent_34, client, studied):
    rendue = factories.fait_etude(studied, "rendue", "2023-03-01", precision="mois")
    factories.fait_etude(studied, "validee", "2023-06-01")
    url = address("etude-joindre-le-rapport", studied)
    assert (
        url
        in agent_34.get(reverse("admin:projects_etude_page", args=[studied.pk])).content.decode()
    )
    assert "acte_pdf" in SansLaPage(agent_34).post(url, NO_SOURCE).context["form"].errors
    # Taken back, it is joined again, told to be public.
    for ticked, status in (({}, 404), ({"acte_public": "on"}, 200)):
        _, answer = sent(agent_34, url, NO_SOURCE | ticked, acte_pdf=pdf())
        assert answer.url == reverse("admin:projects_etude_page", args=[studied.pk])
        piece, told = Piece.objects.get(), rendue.affirmations.get()
        assert (piece.etude, piece.titre) == (studied, "Rapport : Plan-guide")
        said = (told.source.titre, told.valeur, told.precision)
        assert said == (piece.titre, "2023-03-01", "mois")
        assert told.source.date_document is None
        answered = client.get(piece.get_absolute_url())
        assert answered.status_code == status
        assert (answered.getvalue() == pdf_of()) == (status == 200)
        assert studied.faits.filter(nature="rendue").count() == 1
        taken_back(agent_34, offered(answer))
        assert not Piece.objects.exists()
        assert not rendue.affirmations.exists()


def test_nothing_is_joined_to_a_study_before_it_is_delivered(agent_34, studied):
    url = address("etude-joindre-le-rapport", studied)
    assert agent_34.get(url).status_code == 302
    assert agent_34.post(url, NO_SOURCE | {"acte_pdf": pdf()}).status_code == 302
    assert not Piece.objects.exists()


@pytest.mark.parametrize(("ticked", "read"), [({}, 404), ({"acte_public": "on"}, 200)])
def test_the_document_of_a_review_held_already_is_joined_to_it(
    agent_34, client, granted, ticked, read
):
    convention = granted.action.convention
    bilan = factories.bilan(convention, "2023-01-01")
    url, frozen = address("bilan-joindre-le-document", bilan), bilan.gel
    page = reverse("admin:ort_convention_page", args=[convention.pk])
    # What these pages tell does not depend upon what is ticked after.
    for shown in () if ticked else (page, reverse("admin:projects_bilan_change", args=[bilan.pk])):
        assert url in agent_34.get(shown).content.decode()
    assert "acte_pdf" in SansLaPage(agent_34).post(url, NO_SOURCE).context["form"].errors
    _, answer = sent(agent_34, url, NO_SOURCE | ticked, acte_pdf=pdf())
    assert answer.url == page
    piece = Piece.objects.get()
    assert piece.titre == f"Bilan annuel du 1er janvier 2023, {convention.intitule}"
    assert (piece.bilan, bilan.affirmations.get().source.titre) == (bilan, piece.titre)
    if not ticked:
        assert piece.titre in unescape(agent_34.get(page).content.decode())
    answered = client.get(piece.get_absolute_url())
    assert answered.status_code == read
    assert (answered.getvalue() == pdf_of()) == (read == 200)
    bilan.refresh_from_db()
    assert bilan.gel == frozen
