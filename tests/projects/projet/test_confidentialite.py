"""What is asked, expected, refused or noted of an action changes no byte of what anybody reads."""

import io
import re
import zipfile

import pytest
from django.utils import timezone

from communes.models import Labellisation
from ort.models import CommuneCouverte
from projects.actions.models import Action, ActionSecteur, Derogation, EffetAvenant, FaitAction
from projects.evaluations.models import Bilan, EcheanceAcceptee
from projects.financements.models import FaitFinancement, Financement
from projects.indicateurs.models import AttenteAcceptee, Cible
from tests import factories
from tests.pages import read
from tests.projects.postes.test_confidentialite import BY_NAME, PARTS, addresses
from tests.projects.projet.scenes import accorde, lodeve

pytestmark = [pytest.mark.django_db, pytest.mark.une_base]

MARK = "MARQUE-INTERNE"
# Amounts that nothing else could be.
ASKED, EXPECTED, REFUSED = "271828.00", "314159.00", "161803.00"
SECRETS = [MARK, "271828", "271 828", "314159", "314 159", "161803", "161 803"]
FILTERS = [
    "/actions/?etat=en_cours&tri=-accorde",
    "/actions/?retard=oui&au=2026-10-01",
    "/actions/?departement=34&dispositif=fonds-vert",
    "/actions/?q=ilot",
    "/actions/lod-a1/?au=2024-01-01",
]


@pytest.fixture
def everything(monkeypatch):
    """The action of Lodève, whose names fill the addresses of all the public pages."""
    monkeypatch.setitem(PARTS, "identifiant", "ort-lodeve")
    monkeypatch.setitem(PARTS, "bilan", "ort-lodeve-bilan-1")
    for name in ("action", "action_affiche"):
        monkeypatch.setitem(BY_NAME, name, {"identifiant": "lod-a1"})
    signed = lodeve()
    factories.bilan(signed, "2025-07-10", "2025-07-16", comite="Comité")
    factories.cible(Action.objects.get(identifiant="lod-a1"), 40, "2024-01-01")
    # A scheme that funds nothing yet is offered by the filters as the others are.
    for cle in ("detr", "fonds-vert", "fnadt", "fonds-propres"):
        factories.dispositif(cle)
    return signed


def content_of(response):
    """Return what an answer says, but for the moment when a spreadsheet was made."""
    content = response.getvalue()
    if content.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = [name for name in archive.namelist() if name != "docProps/core.xml"]
        content = b"".join(archive.read(name) for name in names)
    # The day of a record that was last changed is told of the record, and not of what hangs on it.
    return re.sub(rb"<updated>[^<]*</updated>", b"", content)


def site(client):
    """Return the answer of each public address."""
    told = {}
    for address in [*addresses(one_spreadsheet=True), *FILTERS]:
        # The door of the agents bears a token of its own, each time another.
        if address.startswith("/admin/"):
            continue
        response = client.get(address)
        assert response.status_code in {200, 301, 302, 400}, address
        told[address] = content_of(response)
    return told


def add_all_that_is_internal():
    """Record of the action all that agents alone read, after and before what is public of it."""
    action, line = Action.objects.get(), Financement.objects.get()
    today = timezone.localdate().isoformat()
    factories.rewrite(CommuneCouverte.objects.all(), remarques_enquete=MARK)
    factories.rewrite(Labellisation.objects.all(), remarques_enquete=MARK)
    factories.rewrite(Action.objects.all(), note_interne=MARK)
    factories.rewrite(Financement.objects.all(), note_interne=MARK, numero_dossier=MARK)
    factories.rewrite(FaitAction.objects.all(), texte=MARK)
    factories.rewrite(FaitFinancement.objects.all(), motif=MARK)
    factories.fait_financement(line, "prevision", "2020-01-01", EXPECTED)
    factories.fait_financement(line, "demande", "2022-08-02", ASKED)
    factories.fait_financement(line, "dossier_complet", "2022-09-02")
    factories.fait_financement(line, "constat", today, motif=MARK)
    prorogued = {"delai": "achevement", "date_limite_prevue": factories.day("2031-07-13")}
    factories.fait_financement(line, "prorogation", today, motif=MARK, **prorogued)
    for cle, nature in (("fonds-vert", "refus"), ("fnadt", "sans_suite")):
        asked = factories.financement(action, cle, note_interne=MARK, numero_dossier=MARK)
        factories.fait_financement(asked, "demande", "2020-01-01", REFUSED)
        said = factories.fait_financement(asked, nature, today, motif=MARK)
        said.affirmations.create(
            champ="jour", valeur_brute=MARK, source=factories.source(titre=MARK)
        )
    # A study of which nothing public is known is not there.
    study = factories.etude(
        [factories.commune("34142")], action.convention, [action], intitule=MARK, note_interne=MARK
    )
    asked = factories.financement(study, "fonds-vert", note_interne=MARK, numero_dossier=MARK)
    factories.fait_financement(asked, "demande", "2020-01-01", REFUSED, motif=MARK)
    own = factories.financement(action, "fonds-propres", "fonds_propres")
    factories.fait_financement(own, "prevision", today, EXPECTED)
    Derogation.objects.create(
        action=action,
        objet="participation",
        jour=factories.day(today),
        reference=MARK,
        motif=MARK,
    )
    review = Bilan.objects.get()
    interne = {"argent": {"entete": ["action_identifiant"], "lignes": [[MARK]]}}
    factories.rewrite(Bilan.objects.all(), note_interne=MARK, gel=review.gel | {"interne": interne})
    EcheanceAcceptee.objects.create(
        convention=review.convention,
        nature="annuel",
        periode=factories.day("2026-07-16"),
        motif=MARK,
        jour=factories.day(today),
    )
    AttenteAcceptee.objects.create(
        cible=Cible.objects.get(),
        attendu_le=factories.day("2025-01-01"),
        motif=MARK,
        jour=factories.day(today),
    )
    noted = factories.source(titre=MARK)
    for record, champ in (
        (action, "note_interne"),
        (line, "numero_dossier"),
        (review, "note_interne"),
        (action.faits.get(), "texte"),
        (line.faits.get(nature="accord"), "motif"),
    ):
        record.affirmations.create(champ=champ, valeur_brute=MARK, note=MARK, source=noted)


def test_what_is_internal_changes_no_byte_of_what_is_public(client, everything):
    before = site(client)
    add_all_that_is_internal()
    after = site(client)
    assert [address for address in before if after[address] != before[address]] == []
    found = [a for a, content in after.items() for s in SECRETS if s.encode() in content]
    assert found == []
    told = [a for a, content in after.items() if "Réhabilitation d'un îlot".encode() in content]
    assert len(told) > 5, "the action itself is told"


@pytest.fixture
def strangers():
    """A commune, an intercommunalité and an indicator that no signed act ties to Lodève."""
    return (
        factories.commune("81004", nom="Albi"),
        factories.intercommunalite("248100737", nom="CA de l'Albigeois"),
        factories.indicateur("logements-crees", perimetre="secteur"),
    )


def add_all_that_an_unsigned_avenant_says(ort, town, epci, by_sector):
    """Record what an avenant still to be signed would bring to an ORT, to its action and to its measures."""
    to_come = factories.avenant(ort, None, [town], objet=MARK)
    ort.parties.create(intercommunalite=epci, role="signataire", avenant=to_come)
    lodeve, action = factories.commune("34142"), Action.objects.get()
    there = ort.secteurs.create(commune=lodeve, nom=MARK, avenant=to_come)
    ActionSecteur.objects.create(action=action, secteur=there)
    for year, measured in enumerate((ort, lodeve), 2024):
        factories.releve(measured, 4, f"{year}-01-01", mesure=by_sector, secteur=there)
        factories.cible(measured, 4, f"{year}-01-01", mesure=by_sector, secteur=there)
    transfer = {"nature": "transferee", "ancien_commune": lodeve, "texte": MARK}
    EffetAvenant.objects.create(action=action, avenant=to_come, **transfer)
    owner = {"maitre_ouvrage_commune": None, "maitre_ouvrage_intercommunalite": epci}
    factories.rewrite(Action.objects.all(), **owner)


def test_what_an_unsigned_avenant_says_changes_no_byte_of_what_is_public(
    client, everything, strangers
):
    before = site(client)
    add_all_that_an_unsigned_avenant_says(everything, *strangers)
    after = site(client)
    assert [address for address in before if after[address] != before[address]] == []


@pytest.mark.parametrize(("jour", "known"), [("2023-05-03", False), ("2023-05-04", True)])
def test_an_action_of_an_adhesion_names_its_ort_from_its_signature(client, jour, known):
    """And its axe with it: before that day, the action was of the adhésion alone."""
    factories.millesime(2023)
    town = factories.commune("34142", nom="Lodève")
    adhesion = factories.labellisation(town, adhesion="2021-03-26")
    ort = factories.convention(
        "2023-05-04", [town], identifiant="ort-lod", intitule="ORT de Lodève"
    )
    axe = factories.axe(ort, intitule="Habiter le centre")
    factories.action([town], ort, [adhesion], identifiant="lod-a1", axe=axe, etendue="communes")
    # Of no act at all: two plans are then told apart in the list.
    accorde(factories.action([town], identifiant="seule"), "100.00", "2022-01-01")
    for address in (
        *("/actions/lod-a1/", "/communes/34142/projet/", "/communes/34142.json", "/actions/"),
        *("/actions/?departement=34", "/donnees/actions.csv"),
    ):
        asked = f"{address}{'&' if '?' in address else '?'}au={jour}"
        told = client.get(asked).getvalue().decode()
        assert ("ORT de Lodève" in told or "ort-lod," in told) is known, address
        assert known or "Habiter le centre" not in told, address
    listed = client.get(f"/actions/?ort=ort-lod&au={jour}").getvalue().decode()
    assert ("/actions/lod-a1/" in listed) is known
    assert ("ORT de Lodève" in listed) is known
    of_axe = client.get(f"/actions/?ort=ort-lod&axe=A&au={jour}")
    assert of_axe.status_code == (200 if known else 400)
    assert ("Habiter le centre" in of_axe.getvalue().decode()) is known


def test_what_is_internal_of_a_relevee_does_not_make_it_known(client):
    town = factories.commune("34142", nom="Lodève")
    told = factories.action([town], identifiant="releve", intitule="Pôle culturel")
    line = factories.financement(told)
    factories.fait_financement(line, "demande", "2023-01-01", ASKED)
    assert client.get("/actions/releve/").status_code == 404
    assert "Pôle culturel" not in client.get("/actions/").content.decode()
    assert len(client.get("/donnees/actions.csv").getvalue().splitlines()) == 1
    accorde(told, "100.00")
    assert client.get("/actions/releve/").status_code == 200


def test_an_action_that_no_act_brings_yet_is_named_nowhere(client):
    """Not even by the form that reports an error, which names the page that it is asked about."""
    town = factories.commune("34142", nom="Lodève")
    drafted = factories.convention(None, [town], identifiant="ort-future")
    made = factories.action([town], drafted, identifiant="future", intitule="Un projet tu")
    factories.cout(made, 1)
    for address in (
        *("/signaler/?page=/actions/future/", "/actions/?q=tu", "/actions/?ort=ort-future"),
        *("/ort/ort-future/projet/", "/communes/34142/projet/", "/donnees/actions.csv"),
    ):
        assert "Un projet tu" not in client.get(address).getvalue().decode(), address
    factories.rewrite(type(drafted).objects.all(), date_signature=factories.day("2024-01-01"))
    assert "Page concernée : Un projet tu" in read(client, "/signaler/?page=/actions/future/")
