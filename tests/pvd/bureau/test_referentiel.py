"""The page of the yearly reference: a vintage is read with what it touches, written, and taken back."""

import io
import tarfile
import zipfile
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communes.models import (
    AncienCode,
    Commune,
    Intercommunalite,
    Labellisation,
    Millesime,
    Mouvement,
    Population,
    Rattachement,
    Succession,
)
from communes.territoire.decoupage import lecture, load_territoire
from pvd.bureau.referentiel.millesime import act_of
from socle.annulation import undo
from tests import factories
from tests.communes.territoire.decoupage_factory import (
    CLERMONTAIS,
    LODEVOIS,
    Histoire,
    commune,
    deleguee,
    epci,
    import_cog,
)

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]

ANNEE = timezone.localdate().year
JOUR = date(ANNEE, 1, 1)
VEILLE = date(ANNEE - 1, 12, 31)
LODEVE = commune("34142", "Lodève", codesPostaux=["34700"])
FOZIERES = commune("34106", "Fozières", population=200)
SOUBES = commune("34304", "Soubès")
CLERMONT = commune("34079", "Clermont-l'Hérault")
COMMUNES = [LODEVE, FOZIERES, SOUBES, CLERMONT]
EPCIS = [
    epci(LODEVOIS, "CC Lodévois", "34142", "34106", "34304"),
    epci(CLERMONTAIS, "CC Clermontais", "34079"),
]
# Fozières merges into Lodève, Soubès changes its name and its intercommunalité.
SUITE = [
    LODEVE,
    deleguee("34106", "Fozières", "34142"),
    {**SOUBES, "nom": "Soubès-le-Bas"},
    CLERMONT,
]
EPCIS_SUITE = [
    epci(LODEVOIS, "CC Lodévois et Larzac", "34142"),
    epci(CLERMONTAIS, "CC Clermontais", "34079", "34304"),
]


@pytest.fixture
def histoire(tmp_path, monkeypatch):
    monkeypatch.setattr(lecture, "MIN_COMMUNES", 0)
    monkeypatch.setattr(lecture, "MIN_EPCI", 0)
    story = Histoire(tmp_path)
    story.load(ANNEE - 1, COMMUNES, EPCIS)
    return story


def packed(folder, form="tgz", inside="package/data"):
    """Return a package of the files of a folder, as npm or a person makes it."""
    buffer = io.BytesIO()
    if form == "zip":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in folder.iterdir():
                archive.write(path, f"{inside}/{path.name}")
    else:
        with tarfile.open(fileobj=buffer, mode="w:gz" if form == "tgz" else "w:xz") as archive:
            for path in folder.iterdir():
                archive.add(path, f"{inside}/{path.name}")
    return SimpleUploadedFile(f"decoupage.{form}", buffer.getvalue())


def send(client, folder, annee=ANNEE, **data):
    sent = {"annee": annee, "paquet": packed(folder), **data}
    return client.post(reverse("admin:referentiel"), sent)


def confirm(client, page, **data):
    """Confirm the review that `page` shows."""
    revue, envoi = page.context["revue"], page.context["envoi"]
    sent = {"annee": revue.annee, "envoi": envoi, "jeton": revue.jeton, "_confirmer": "1", **data}
    return client.post(reverse("admin:referentiel"), sent, follow=True)


def laureate(code):
    return factories.labellisation(factories.commune(code), debut="2021-01-22")


def text(page):
    return page.content.decode()


def state_now():
    """Return all that the base holds of the territory, but the keys of its rows."""
    state = load_territoire()
    successions = set(Succession.objects.values_list("commune", "devient", "debut", "fin"))
    populations = dict(state.populations)
    return (
        *(state.annees, state.regions, state.departements, state.intercommunalites),
        *(state.communes, state.codes, populations, successions),
    )


def test_the_review_tells_what_each_change_touches_and_writes_nothing(histoire, national):
    laureate("34106")
    laureate("34304")
    before = state_now()
    page = send(national, histoire.write(ANNEE, SUITE, EPCIS_SUITE))

    told = text(page)
    assert "34106 Fozières → 34142 Lodève" in told
    assert "34304 Soubès → Soubès-le-Bas" in told
    assert told.count("lauréate, retenue le 22 janvier 2021") == 3, (
        "the merged, the renamed, the moved"
    )
    assert reverse("admin:communes_commune_page", args=["34106"]) in told
    assert state_now() == before


def test_what_is_confirmed_is_true_from_1_january_and_not_on_the_eve(histoire, national):
    laureate("34106")
    page = send(national, histoire.write(ANNEE, SUITE, EPCIS_SUITE))
    done = confirm(national, page)

    assert f"Le millésime {ANNEE} est écrit" in text(done)
    assert set(Commune.objects.as_of(VEILLE).values_list("pk", flat=True)) == {
        *("34142", "34106", "34304", "34079")
    }
    assert not Commune.objects.as_of(JOUR).filter(pk="34106").exists()
    soubes = Commune.objects.get(pk="34304")
    assert (soubes.nom_au(VEILLE), soubes.nom_au(JOUR)) == ("Soubès", "Soubès-le-Bas")
    lodevois = Intercommunalite.objects.get(pk=LODEVOIS)
    assert (lodevois.nom_au(VEILLE), lodevois.nom_au(JOUR)) == (
        "CC Lodévois",
        "CC Lodévois et Larzac",
    )
    laureates = Labellisation.objects.as_of(JOUR)
    assert list(laureates.codes_du_jour(VEILLE)) == ["34106"]
    assert list(laureates.codes_du_jour(JOUR)) == ["34142"]


def test_a_vintage_is_taken_back_whole(histoire, national):
    before = state_now()
    confirm(national, send(national, histoire.write(ANNEE, SUITE, EPCIS_SUITE)))
    assert state_now() != before
    undo_link = reverse("admin:referentiel")
    page = national.get(undo_link)
    assert "Annuler ce millésime" in text(page)
    (mouvement,) = page.context["mouvements"]
    asked = national.get(mouvement.annuler)
    assert asked.status_code == 200
    done = national.post(mouvement.annuler, {"motif": "Mauvais paquet"}, follow=True)

    assert "C&#x27;est annulé" in text(done) or "C'est annulé" in text(done)
    assert state_now() == before
    assert not Mouvement.objects.exists()
    assert not Population.objects.filter(millesime=ANNEE).exists()
    assert ANNEE not in set(Millesime.objects.values_list("annee", flat=True))


def test_a_vintage_that_made_a_commune_is_taken_back_until_something_is_recorded_of_it(
    histoire, national, django_user_model
):
    before = state_now()
    folder = histoire.write(
        ANNEE,
        [*COMMUNES, commune("34999", "Villeneuve")],
        [*EPCIS, epci("200000999", "CC Neuve", "34999")],
    )
    confirm(national, send(national, folder))
    assert Rattachement.objects.as_of(JOUR).filter(commune="34999").exists()
    mouvement = Mouvement.objects.get()
    label = factories.labellisation(factories.commune("34999"), debut=f"{ANNEE}-02-01")
    agent = django_user_model.objects.get(is_superuser=True)
    with pytest.raises(Exception, match="Villeneuve dans le programme.*s'appuie sur Villeneuve"):
        undo(act_of(mouvement)[0], "essai", agent)
    assert Commune.objects.filter(pk="34999").exists()

    label.because("essai").delete()
    undo(act_of(mouvement)[0], "essai", agent)
    assert state_now() == before


def test_a_vintage_followed_by_another_is_not_taken_back(histoire, national, django_user_model):
    # Both are loaded by the command, of the years that are past.
    histoire.load(ANNEE - 1, [*COMMUNES, commune("34999", "Villeneuve")], EPCIS)
    first = Mouvement.objects.get()
    histoire.load(ANNEE, [*COMMUNES, commune("34999", "Villeneuve")], EPCIS)
    agent = django_user_model.objects.get(is_superuser=True)
    with pytest.raises(Exception, match=f"Le millésime {ANNEE} a été chargé depuis"):
        undo(act_of(first)[0], "essai", agent)
    for mouvement in Mouvement.objects.all():
        undo(act_of(mouvement)[0], "essai", agent)
    assert not Commune.objects.filter(pk="34999").exists()


def test_nobody_else_than_the_national_level_opens_the_page(histoire, agent_34, client):
    assert agent_34.get(reverse("admin:referentiel")).status_code == 403
    assert agent_34.post(reverse("admin:referentiel")).status_code == 403
    assert client.get(reverse("admin:referentiel")).status_code == 302


def test_a_review_that_is_no_longer_true_is_shown_again(histoire, national):
    page = send(national, histoire.write(ANNEE, SUITE, EPCIS_SUITE))
    Commune.objects.filter(pk="34304").update(siren="")
    again = confirm(national, page)

    assert "ce qui va changer n&#x27;est plus le même" in text(again) or (
        "ce qui va changer n'est plus le même" in text(again)
    )
    assert not Mouvement.objects.exists()
    assert f"Le millésime {ANNEE} est écrit" in text(confirm(national, again))


@pytest.mark.parametrize("form", ["tgz", "zip", "tar.xz"])
@pytest.mark.parametrize("inside", ["package/data", "data", f"{ANNEE}"])
def test_the_package_is_read_however_it_is_packed(histoire, national, form, inside):
    folder = histoire.write(ANNEE, SUITE, EPCIS_SUITE)
    page = send(national, folder, paquet=packed(folder, form, inside))
    assert "34106 Fozières → 34142 Lodève" in text(page)


BROKEN = [
    (b"", "Le fichier soumis est vide"),
    (b"\x1f\x8b\x08coupe", "Le paquet est illisible"),
    (b"PK\x03\x04coupe", "Le paquet est illisible"),
    (b"n'importe quoi", "Le paquet est illisible"),
]


@pytest.mark.parametrize(("content", "message"), BROKEN)
def test_what_is_no_package_is_refused_in_french(histoire, national, content, message):
    page = send(national, histoire.folder, paquet=SimpleUploadedFile("x.tgz", content))
    assert page.status_code == 200
    assert message in text(page)


def test_a_package_without_one_of_its_files_names_it(histoire, national):
    folder = histoire.write(ANNEE, SUITE, EPCIS_SUITE)
    (folder / "epci.json").unlink()
    assert "epci.json : ce fichier n&#x27;est pas dans le paquet" in text(send(national, folder))


@pytest.mark.parametrize("annee", ["", "abc", "1900", "3000", str(ANNEE - 5)])
def test_a_year_that_cannot_be_is_refused(histoire, national, annee):
    page = send(national, histoire.write(ANNEE, SUITE, EPCIS_SUITE), annee=annee)
    assert page.status_code == 200
    assert "errornote" in text(page)


def test_the_command_tells_what_is_touched_and_takes_back(histoire, django_user_model):
    laureate("34106")
    agent = factories.agent(username="national", is_superuser=True)
    before = state_now()
    folder = histoire.write(ANNEE, SUITE, EPCIS_SUITE)
    assert "    touche : lauréate, retenue le 22 janvier 2021" in import_cog(folder, ANNEE)
    assert state_now() == before
    import_cog(folder, ANNEE, "--appliquer")
    with pytest.raises(CommandError, match="--annuler demande --agent"):
        import_cog(folder, ANNEE, "--annuler")
    told = import_cog(folder, ANNEE, "--annuler", f"--agent={agent.username}")
    assert f"Le millésime {ANNEE} est annulé." in told
    assert state_now() == before
    with pytest.raises(CommandError, match="n'est pas chargé"):
        import_cog(folder, ANNEE, "--annuler", f"--agent={agent.username}")


def test_a_commune_that_leaves_another_is_told_with_what_the_other_has(histoire, national):
    confirm(national, send(national, histoire.write(ANNEE, SUITE, EPCIS_SUITE)))
    assert AncienCode.objects.filter(pk="34106").exists()
    laureate("34142")
    AncienCode.objects.create(code="34111", nature="deleguee", nom="Gourgas", commune_id="34142")
    gourgas = commune("34111", "Gourgas")
    page = send(national, histoire.write(ANNEE, [*SUITE, gourgas], EPCIS_SUITE))
    assert "34111 Gourgas (auparavant dans 34142 Lodève)" in text(page)
    assert "lauréate, retenue le 22 janvier 2021" in text(page)


def test_the_review_costs_as_many_queries_for_more_communes_touched(histoire, national):
    def cost(communes):
        folder = histoire.write(ANNEE, communes, EPCIS_SUITE)
        with CaptureQueriesContext(connection) as captured:
            assert send(national, folder).status_code == 200
        return len(captured)

    laureate("34304")
    send(national, histoire.write(ANNEE, SUITE, EPCIS_SUITE))
    one = cost(SUITE)
    for code in ("34106", "34142", "34079"):
        laureate(code)
    renamed = [{**row, "nom": f"{row['nom']} Neuf"} for row in COMMUNES]
    renamed = [row for row in renamed if row["code"] != "34106"]
    assert cost([*renamed, SUITE[1]]) == one
