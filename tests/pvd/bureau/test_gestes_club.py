"""Events of the Club by guided actions: noted with who came, announced, corrected by each for its own."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from projects.club.models import EvenementClub, Participation
from socle.models import Source
from tests import factories
from tests.factories import day
from tests.pages import boites
from tests.pvd.bureau.test_gestes import confirming, typed
from tests.vues import SansLaPage

pytestmark = pytest.mark.django_db

NOTER = reverse("admin:gestes", args=["noter-un-evenement"])


@pytest.fixture
def herault():
    return factories.departement("34")


@pytest.fixture
def lodeve(herault):
    epci = factories.intercommunalite("200017341", nom="CC Lodévois et Larzac")
    town = factories.commune("34142", epci=epci, nom="Lodève")
    factories.labellisation(town)
    return town


@pytest.fixture
def castres():
    town = factories.commune("81065", epci="new", nom="Castres")
    factories.labellisation(town)
    return town


def event(herault, **fields):
    asked = {"intitule": "Construire un espace public", "nature": "atelier", "lieu": "Pézenas"}
    asked |= {"date": "29/02/2024", "departements": [herault.pk], "en_ligne": "unknown"}
    return typed(**asked | fields)


def came(sorte, record, elus="", equipe=""):
    name = f"venue_{sorte}_{record.pk}"
    return {f"{name}_0": "on", f"{name}_1": elus, f"{name}_2": equipe}


def done(client, url, data):
    """Ask for the preview, confirm it, and return both answers."""
    shown = client.post(url, data)
    assert "effects" in shown.context, shown.context["form"].errors
    return shown, client.post(url, data | confirming(shown))


def refused(client, url, data):
    return client.post(url, data).context["form"].errors


def test_an_event_is_noted_with_who_came(agent_34, herault, lodeve):
    post = factories.poste([lodeve])
    epci = lodeve.rattachements.get().intercommunalite
    body = factories.organisme("DDTM")
    data = event(herault, organisateurs=[body.pk], decisions="Se revoir", fin="01/03/2024")
    data |= came("commune", lodeve, "2", "1") | came("intercommunalite", epci)
    data |= {f"venue_poste_{post.pk}_2": "1"}
    shown, answer = done(agent_34, NOTER, data)
    told = " ".join(shown.context["effects"].phrases)
    assert "Lodève (2 élus, 1 agent), CC Lodévois et Larzac et Chef de projet (1 agent)" in told
    made = EvenementClub.objects.get()
    assert answer.url == reverse("admin:projects_evenementclub_change", args=[made.pk])
    assert (made.debut, made.fin, made.lieu) == (day("2024-02-29"), day("2024-03-01"), "Pézenas")
    assert made.identifiant == "construire-un-espace-public"
    assert [link.departement for link in made.departements_lies.all()] == [herault]
    assert {said.champ for said in made.affirmations.all()} == {"debut", "fin"}
    rows = Participation.objects.values_list("commune", "intercommunalite", "elus", "equipe")
    assert set(rows) == {
        ("34142", None, 2, 1),
        (None, "200017341", None, None),
        (None, None, None, 1),
    }


def test_an_event_to_come_is_announced_and_nobody_came_yet(agent_34, herault, lodeve):
    coming = f"{timezone.localdate() + timedelta(days=30):%d/%m/%Y}"
    data = event(herault, date=coming)
    assert "à venir" in str(refused(agent_34, NOTER, data | came("commune", lodeve))["date"])
    done(agent_34, NOTER, data)
    assert EvenementClub.objects.get().annonce_le == timezone.localdate()
    home = SansLaPage(agent_34).get(reverse("admin:index"))
    assert [li.evenement.lieu for li in boites(home)["evenements"].lignes] == ["Pézenas"]


@pytest.mark.parametrize(
    ("fields", "champ", "told"),
    [
        ({"fin": "28/02/2024"}, None, "finit le jour où il commence, ou après"),
        ({"departements": []}, "departements", "au moins un de vos départements"),
        ({"nature": "rencontre_nationale"}, "departements", "toute la France"),
        ({"intitule": "Vu avec M. Dupont"}, "intitule", "semble nommer"),
        ({"venue_commune_34142_1": "-1"}, "venue_commune_34142", "négatif"),
        ({"source_titre": "", "source_editeur": ""}, "source", "Indiquez la source"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    agent_34, herault, lodeve, fields, champ, told
):
    errors = refused(agent_34, NOTER, event(herault, **fields))
    assert told in str(errors[champ or "__all__"])
    assert not EvenementClub.objects.exists()
    assert not Source.objects.exists()


def test_an_agent_notes_its_own_at_the_event_of_another(agent_81, herault, lodeve, castres):
    held = factories.evenement("2024-02-29", [herault])
    factories.participation(held, lodeve, elus=3)
    url = reverse("admin:geste", args=["noter-qui-est-venu", held.pk])
    form = SansLaPage(agent_81).get(url).context["form"]
    offered = [name for name in form.fields if name.startswith("venue_commune")]
    assert offered == ["venue_commune_81065"]
    shown, _ = done(agent_81, url, typed(**came("commune", castres, "1")))
    changed = {c.chiffre: (c.avant, c.apres) for c in shown.context["effects"].changements}
    assert changed == {"communes": ("1", "2"), "élus": ("3", "4")}
    assert Participation.objects.get(commune=castres).elus == 1
    assert Participation.objects.get(commune=lodeve).elus == 3
    assert held.affirmations.get().champ == "participations"


def test_whoever_keeps_an_event_corrects_and_takes_out_who_came(agent_34, herault, lodeve):
    other = factories.commune("34114", epci="new", nom="Gignac")
    factories.labellisation(other)
    held = factories.evenement("2024-02-29", [herault])
    for town in (lodeve, other):
        factories.participation(held, town, elus=1)
    url = reverse("admin:geste", args=["noter-qui-est-venu", held.pk])
    initial = SansLaPage(agent_34).get(url).context["form"]["venue_commune_34142"].initial
    assert initial == [True, 1, None]
    done(agent_34, url, typed(**came("commune", lodeve, "2")))
    assert list(Participation.objects.values_list("commune", "elus")) == [("34142", 2)]
    assert Participation.history.removed().get().commune_id == "34114"


def test_nobody_is_noted_at_an_event_to_come(agent_34, herault):
    coming = timezone.localdate() + timedelta(days=1)
    held = factories.evenement(coming.isoformat(), [herault])
    url = reverse("admin:geste", args=["noter-qui-est-venu", held.pk])
    assert agent_34.get(url).status_code == 302


def test_the_home_tells_the_events_to_come_of_its_own_and_of_all_france(agent_34, herault):
    today = timezone.localdate()
    coming = (today + timedelta(days=1)).isoformat()
    for departements, lieu in (([herault], "ici"), ([], "partout"), (["81"], "ailleurs")):
        whose = [d if d == herault else factories.departement(d) for d in departements]
        factories.evenement(coming, whose, lieu=lieu)
    eve = (today - timedelta(days=1)).isoformat()
    factories.evenement(eve, [herault], lieu="fini")
    factories.evenement(eve, [herault], lieu="dure", fin=today)
    home = SansLaPage(agent_34).get(reverse("admin:index"))
    places = [ligne.evenement.lieu for ligne in boites(home)["evenements"].lignes]
    assert places == ["dure", "ici", "partout"]


def test_a_lecteur_notes_nothing(lecteur_34, herault):
    assert lecteur_34.get(NOTER).status_code == 403


def test_the_national_level_notes_what_is_of_all_france(national):
    data = typed(
        intitule="Rencontre nationale", nature="rencontre_nationale", date="22/04/2021",
        en_ligne="true",
    )  # fmt: skip
    done(national, NOTER, data)
    made = EvenementClub.objects.get()
    assert (made.en_ligne, made.departements_lies.count()) == (True, 0)


def offered(answer):
    """Return the communes that a form offers to tick."""
    names = answer.context["form"].fields
    return [name.removeprefix("venue_commune_") for name in names if "venue_commune_" in name]


def folded(answer):
    """Return the folded lists of a form, each with whether it is open."""
    return {g.titre: g.ouvert for g in answer.context["form"].groups if g.plie}


@pytest.fixture
def gignac(herault):
    """A commune that left the programme in 2025."""
    town = factories.commune("34114", epci="new", nom="Gignac")
    factories.labellisation(town, fin="2025-01-01")
    return town


@pytest.fixture
def agde(herault):
    """A commune that entered in 2025."""
    town = factories.commune("34003", epci="new", nom="Agde")
    factories.labellisation(town, debut="2025-01-01")
    return town


def test_the_lists_are_folded_and_of_the_day_of_the_event(agent_34, herault, lodeve, gignac, agde):
    first = agent_34.get(NOTER)
    assert offered(first) == ["34003", "34142"]
    assert folded(first) == {"Communes venues (2)": False, "Intercommunalités venues (2)": False}
    again = agent_34.post(NOTER, event(herault) | {"_modifier": "Lister"})
    assert offered(again) == ["34114", "34142"]
    assert not any(folded(again).values())
    assert "Au programme le 29 février 2024" in again.content.decode().replace("\xa0", " ")
    assert not EvenementClub.objects.exists()


@pytest.mark.parametrize(
    ("jour", "codes"),
    [
        ("2024-12-31", ["34114", "34142"]),
        ("2025-01-01", ["34003", "34142"]),
    ],
)
def test_who_may_have_come_is_of_the_day_that_is_noted(
    agent_34, herault, lodeve, gignac, agde, jour, codes
):
    held = factories.evenement(jour, [herault])
    assert (
        offered(agent_34.get(reverse("admin:geste", args=["noter-qui-est-venu", held.pk]))) == codes
    )


def test_who_is_ticked_out_of_its_days_is_kept_and_told(agent_34, herault, lodeve, agde):
    data = event(herault) | came("commune", agde, "1")
    shown, _ = done(agent_34, NOTER, data)
    assert "Pas au programme ce jour-là : Agde." in [
        a.texte for a in shown.context["effects"].alertes
    ]
    held = EvenementClub.objects.get()
    assert held.participations.get().commune == agde
    url = reverse("admin:geste", args=["noter-qui-est-venu", held.pk])
    form = agent_34.get(url)
    assert offered(form) == ["34142", "34003"]
    assert folded(form)["Communes venues (2)"]
    done(agent_34, url, typed(**came("commune", lodeve)))
    assert [row.commune for row in held.participations.all()] == [lodeve]


def test_a_list_is_open_where_somebody_is_refused(agent_34, herault, lodeve):
    answer = agent_34.post(NOTER, event(herault, venue_commune_34142_1="-1"))
    assert folded(answer) == {"Communes venues (1)": True, "Intercommunalités venues (1)": False}
