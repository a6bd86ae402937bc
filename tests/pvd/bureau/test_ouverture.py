"""The opening of a département from the national lists: the command, and the page of the national level."""

import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from communes.models import Agent, ContourCommune, Departement, Labellisation, Role, Tenue
from communes.programme.liste.ressource import ListePvdRessource
from ort.liste.liste import ListeOrt
from ort.models import CommuneCouverte, Convention
from socle.models import Import
from tests import factories
from tests.communes.territoire.test_contours import feature, square
from tests.pages import plain

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

PVD = "liste-pvd-com2026-20260427.csv"
ORT = "liste-ort-20260527.csv"
PVD_HEADER = "insee_com,lib_com,id_pvd,date_signature"
ORT_HEADER = (
    '"Commune","Code commune","Statut de la commune","Signée ?","Si signée, date de signature"'
)
REFERENT = ("--referent", "marie", "--courriel", "marie@gard.gouv.fr")


@pytest.fixture(autouse=True)
def small_lists(monkeypatch, settings, tmp_path):
    """The lists of a test have a few rows, and are whole."""
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    for liste in (ListePvdRessource, ListeOrt):
        monkeypatch.setattr(liste, "plancher", 1)


@pytest.fixture
def vigan():
    """Le Vigan (30), of which nothing is known; Lodève (34), of a département kept in full."""
    factories.departement("30", nom="Gard", type_liaison=2, tenue=Tenue.AUCUNE)
    factories.commune("34142", epci="new", nom="Lodève")
    return factories.commune("30350", epci="new", nom="Le Vigan")


@pytest.fixture
def lists(tmp_path):
    """Both lists, of Le Vigan and of Lodève."""
    (tmp_path / PVD).write_text(
        f"{PVD_HEADER}\n30350,Le Vigan,pvd-76-30-1,08/07/2021\n34142,Lodève,pvd-76-34-1,\n"
    )
    (tmp_path / ORT).write_text(
        f"{ORT_HEADER}\n30 - Le Vigan,30350,2. Commune PVD,Signée,2022-03-01\n"
        "34 - Lodève,34142,2. Commune PVD,Signée,2021-07-16\n"
    )
    return tmp_path


def run(lists, *asked):
    out = io.StringIO()
    names = ("--pvd", str(lists / PVD), "--ort", str(lists / ORT))
    call_command("ouvrir_departement", *asked, *names, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def code_of(lists, *asked):
    with pytest.raises(CommandError) as refusal:
        run(lists, *asked)
    return refusal.value.returncode, str(refusal.value)


def kept():
    """Return how many records of each sort there are, and how far each département is known."""
    counts = [
        m.objects.count() for m in (Labellisation, Convention, CommuneCouverte, Agent, Import)
    ]
    return counts, dict(Departement.objects.values_list("pk", "tenue"))


def test_nothing_is_written_until_it_is_asked_for(vigan, lists):
    before = kept()
    told = run(lists, "30", *REFERENT)
    assert "1 entrée" in told
    assert "1 commune couverte de plus" in told
    assert "Compte du référent « marie » : nouveau." in told
    assert "4 changements avec --appliquer. Rien n'est écrit." in told
    assert kept() == before


def test_a_departement_opens_with_its_communes_its_ort_and_its_referent(vigan, lists, settings):
    told = run(lists, "30", *REFERENT, "--appliquer")
    assert "4 changements, écrits d'un coup." in told
    [label] = Labellisation.objects.all()
    assert (label.commune_id, str(label.date_signature_adhesion)) == ("30350", "2021-07-08")
    assert [c.commune_id for c in CommuneCouverte.objects.all()] == ["30350"]
    assert kept()[1] == {"30": Tenue.LISTES, "34": Tenue.COMPLETE}
    referent = Agent.objects.get()
    assert (referent.role, referent.email) == (Role.REFERENT, "marie@gard.gouv.fr")
    assert [d.pk for d in referent.departements.all()] == ["30"]
    assert referent.mot_de_passe_provisoire
    # What is no terminal may be a journal, which keeps what it is told.
    [password] = re.findall(
        r"mot de passe : (\S+)", (settings.VAR_DIR / "mots_de_passe").read_text()
    )
    assert password not in told
    assert referent.check_password(password)


def test_the_second_run_changes_nothing(vigan, lists):
    run(lists, "30", *REFERENT, "--appliquer")
    before = kept()
    told = run(lists, "30", *REFERENT, "--appliquer")
    assert "0 changement." in told
    assert "Compte du référent « marie » : existe déjà." in told
    assert kept() == before


def test_france_opens_whole_and_no_level_is_lowered(vigan, lists):
    factories.departement("81", tenue=Tenue.PARTIELLE)
    run(lists, "--tous", "--appliquer")
    assert Labellisation.objects.count() == CommuneCouverte.objects.count() == 2
    tenues = {"30": Tenue.LISTES, "34": Tenue.COMPLETE, "81": Tenue.PARTIELLE}
    assert kept()[1] == tenues
    assert "0 changement." in run(lists, "--tous", "--appliquer")


@pytest.mark.parametrize(
    ("options", "row", "tenue"),
    [
        # Both whole lists say that nothing is there: that is known by them.
        ((), "", Tenue.LISTES),
        # An extract says nothing of what it has not.
        (("--sans-plancher",), "", Tenue.AUCUNE),
        (("--sans-plancher",), "75056,Paris,,\n", Tenue.LISTES),
        # What the list has there could not be taken: we do not hold what it says.
        ((), "75056,Paris,,31/02/2023\n", Tenue.AUCUNE),
    ],
)
def test_a_departement_is_known_by_lists_that_were_whole_or_that_have_it(
    vigan, lists, options, row, tenue
):
    factories.departement("75", tenue=Tenue.AUCUNE)
    factories.commune("75056", epci=None, nom="Paris")
    Departement.objects.filter(pk="75").update(tenue=Tenue.AUCUNE)
    with (lists / PVD).open("a") as file:
        file.write(row)
    told = run(lists, "--tous", *options)
    raised = 1 + (tenue == Tenue.LISTES)
    assert f"« D'après les listes nationales » : {raised} département" in told
    run(lists, "--tous", *options, "--appliquer")
    assert kept()[1] | {"75": tenue} == kept()[1]


def test_what_is_left_to_check_shrinks(vigan, lists):
    run(lists, "30", "--appliquer")
    left = run(lists, "30", "--appliquer")
    assert "ORT sans ville principale : 1" in left
    convention = Convention.objects.get()
    convention.ville_principale = vigan
    convention.save()
    assert "ORT sans ville principale" not in run(lists, "30", "--appliquer")


def test_its_contours_come_from_a_file_once(vigan, lists):
    factories.departement("30")
    path = lists / "communes-2026.geojson"
    features = [feature("30350", square(3.6, 43.9)), feature("34142", square(3.3, 43.7))]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    asked = ("30", "--contours", str(path), "--attribution", "IGN, Licence Ouverte 2.0")
    assert "1 contour nouveau" in run(lists, *asked)
    assert not ContourCommune.objects.exists()
    run(lists, *asked, "--appliquer")
    drawn = ContourCommune.objects.get()
    assert (drawn.pk, drawn.annee, drawn.attribution) == ("30350", 2026, "IGN, Licence Ouverte 2.0")
    assert "0 changement." in run(lists, *asked, "--appliquer")


def test_nobody_is_said_to_publish_contours_when_nobody_tells(vigan, lists):
    path = lists / "communes-2026.geojson"
    text = {"type": "FeatureCollection", "features": [feature("30350", square(3.6, 43.9))]}
    path.write_text(json.dumps(text))
    run(lists, "30", "--contours", str(path), "--appliquer")
    assert ContourCommune.objects.get().attribution == "source non précisée"


def test_one_part_that_is_refused_leaves_nothing_written(vigan, lists):
    """The lists are read and good: the file of contours is not, and nothing of them stays."""
    path = lists / "contours.geojson"
    path.write_text("pas du JSON")
    before = kept()
    code, told = code_of(lists, "30", "--contours", str(path), "--appliquer")
    assert code == 1
    assert told == "contours.geojson : ce n'est pas un fichier JSON lisible. Rien n'est écrit."
    assert kept() == before


def test_a_failure_while_writing_leaves_nothing_written(vigan, lists, settings):
    """A square that is in the sea is refused as the contours are written, after the lists."""
    path = lists / "contours-2026.geojson"
    text = {"type": "FeatureCollection", "features": [feature("30350", square(-20, 10))]}
    path.write_text(json.dumps(text))
    before = kept()
    assert code_of(lists, "30", *REFERENT, "--contours", str(path), "--appliquer")[0] == 1
    assert kept() == before


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((), "Dites un code de département, ou --tous : l'un des deux."),
        (("30", "--tous"), "Dites un code de département, ou --tous : l'un des deux."),
        (("99",), "« 99 » : aucun département n'a ce code."),
        (("30", "--referent", "marie"), "--referent et --courriel vont ensemble."),
        (("--tous", *REFERENT), "--referent est d'un département : il ne va pas avec --tous."),
        (("30", "--contours", "absent.geojson"), "introuvable ou illisible"),
        (("30", "--jour-pvd", "31/02/2023"), "--jour-pvd"),
    ],
)
def test_a_bad_argument_is_told_by_its_code(vigan, lists, asked, told):
    code, message = code_of(lists, *asked)
    assert code == 2
    assert told in message


def test_the_lists_are_not_taken_one_for_the_other(vigan, lists):
    (lists / ORT).write_bytes((lists / PVD).read_bytes())
    code, message = code_of(lists, "30", "--appliquer")
    assert code == 1
    assert "c'est la liste nationale des communes du programme (ANCT), et non" in message
    assert not Labellisation.objects.exists()


@pytest.mark.parametrize(
    ("username", "courriel"), [("agent34", "a@exemple.fr"), ("a b", "a@exemple.fr"), ("a", "sans")]
)
def test_an_account_that_cannot_be_is_refused(vigan, lists, username, courriel):
    """The name of another account, a name or an address that cannot be one."""
    factories.agent("agent34", [factories.departement("34")])
    before = kept()
    asked = ("30", "--referent", username, "--courriel", courriel, "--appliquer")
    assert code_of(lists, *asked)[0] == 1
    assert kept() == before


def test_what_was_set_aside_is_written_apart(vigan, lists):
    with (lists / PVD).open("a") as file:
        file.write("30999,Nulle part,,\n")
    run(lists, "30", "--ecarts", str(lists / "ecarts.csv"))
    [header, row] = (lists / "ecarts.csv").read_text().splitlines()
    assert header == "liste,ligne,code_insee,nom,motif,valeur"
    assert row.startswith("pvd,4,30999,")


# The page.


def send(browser, lists, **asked):
    files = {
        cle: SimpleUploadedFile(nom, (lists / nom).read_bytes())
        for cle, nom in (("pvd", PVD), ("ort", ORT))
    }
    return browser.post("/admin/ouvrir/", files | {"departement": "30"} | asked)


def confirm(browser, address):
    page = browser.get(address).content.decode()
    [mark] = re.findall(r'name="empreinte" value="([^"]*)"', page)
    return browser.post(address, {"empreinte": mark})


def test_the_page_shows_what_the_files_bring_then_writes_it(national, vigan, lists):
    answer = send(national, lists, referent="marie", courriel="marie@gard.gouv.fr")
    assert answer.status_code == 302
    page = plain(national.get(answer.url))
    assert "Gard (30) : 4 changements. Rien n'est encore écrit." in page
    assert "1 entrée" in page
    assert not Labellisation.objects.exists()
    done = confirm(national, answer.url)
    page = plain(done)
    assert "4 changements écrits d'un coup." in page
    assert "ORT sans ville principale" in page
    [password] = re.findall(r"<code>(\S+)</code>", done.content.decode())
    assert Agent.objects.get(username="marie").check_password(password)
    assert Departement.objects.get(pk="30").tenue == Tenue.LISTES
    assert Import.objects.filter(auteur__is_superuser=True).count() == 2
    # Sent again, the confirmation finds nothing any more.
    assert national.post(answer.url, {"empreinte": ""}).url == "/admin/ouvrir/"


def test_what_changed_since_the_preview_is_shown_again(national, vigan, lists):
    address = send(national, lists).url
    page = national.get(address).content.decode()
    [mark] = re.findall(r'name="empreinte" value="([^"]*)"', page)
    factories.labellisation(vigan, "2021-01-22", adhesion="2021-07-08")
    answer = national.post(address, {"empreinte": mark})
    assert "La base a changé depuis" in answer.content.decode()
    assert not CommuneCouverte.objects.exists()
    assert confirm(national, address).status_code == 200
    assert CommuneCouverte.objects.count() == 1


def test_a_file_that_cannot_be_read_is_told_beside_it(national, vigan, lists):
    (lists / PVD).write_text("a,b\n1,2\n")
    page = send(national, lists).content.decode()
    assert "la liste nationale des communes du programme" in page
    assert not Labellisation.objects.exists()


def test_an_extract_is_told_on_the_page_where_it_is_refused(national, vigan, lists, monkeypatch):
    monkeypatch.setattr(ListePvdRessource, "plancher", 3)
    page = plain(send(national, lists))
    assert "Pour un extrait, cochez « Ces listes ne sont que des extraits »." in page
    assert "--sans-plancher" not in page
    assert send(national, lists, extraits="on").status_code == 302
    assert "Pour un extrait : --sans-plancher." in code_of(lists, "30")[1]


def test_contours_out_of_their_departement_are_told_and_nothing_is_written(national, vigan, lists):
    turned = [feature("30350", square(43.9, 3.6))]
    content = json.dumps({"type": "FeatureCollection", "features": turned}).encode()
    sent = SimpleUploadedFile("communes-2026.geojson", content)
    page = send(national, lists, contours=sent, attribution="IGN")
    page = national.get(page.url, follow=True) if page.status_code == 302 else page
    assert "donne la latitude d&#x27;abord" in page.content.decode()
    assert not ContourCommune.objects.exists()


def test_the_national_level_alone_opens_a_departement(agent_34, national, vigan, lists):
    assert send(agent_34, lists).status_code == 403
    address = send(national, lists).url
    assert agent_34.get(address).status_code == 403
    assert "Ouvrir un département" in national.get("/admin/").content.decode()
    assert "Ouvrir un département" not in agent_34.get("/admin/").content.decode()
