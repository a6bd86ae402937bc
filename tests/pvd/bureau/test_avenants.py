"""An avenant as it is signed: its effects together, in one act; that of a day is completed."""

import datetime

import pytest
from django.utils import timezone

from communes.models import Intercommunalite
from ort.models import Avenant, Organisme
from ort.regles import date_fin_au
from tests import factories
from tests.pvd.bureau.test_gestes import address, do, refusal, typed
from tests.vues import SansLaPage


@pytest.fixture
def salvetat(db):
    """The ORT of La Salvetat, over two départements, kept by the Hérault; Anglès may join it."""
    epci = factories.intercommunalite("200066553", nom="CC du Haut-Languedoc")
    towns = [
        factories.commune("34293", epci=epci, nom="La Salvetat-sur-Agout"),
        factories.commune("34119", epci=epci, nom="Fraisse-sur-Agout"),
    ]
    factories.commune("81014", epci=epci, nom="Anglès")
    return factories.convention("2022-07-28", towns, porteur=epci, duree_annees=5)


def test_an_act_with_all_its_effects_is_one(agent_34, salvetat):
    leaving = salvetat.couvertures.get(commune="34119")
    region = Organisme.objects.create(nom="Région Occitanie", nature="region")
    asked = {
        "communes": ["81014"],
        "couvertures": [leaving.pk],
        "duree_annees": 7,
        "secteurs": "Angles : centre ancien\nLA SALVETAT SUR AGOUT : les quais",
        "parties_organismes": [region.pk],
        "parties_intercommunalites": [Intercommunalite.objects.get().pk],
        "role": "partenaire",
        "objet": "Change la gouvernance",
        "numero": 1,
    }
    page = agent_34.post(address("avenant", salvetat), typed(**asked)).content.decode()
    for told in (
        "Y entre : Anglès.",
        "En sort : Fraisse-sur-Agout.",
        "portée à 7 ans : la convention prend fin le 28 juillet 2029, au lieu du 28 juillet 2027.",
        "centre ancien (Anglès) et les quais (La Salvetat-sur-Agout)",
        "CC du Haut-Languedoc et Région Occitanie",
    ):
        assert told in page.replace("\N{NO-BREAK SPACE}", " ")
    assert do(agent_34, "avenant", salvetat, **asked).status_code == 302
    avenant = Avenant.objects.get()
    assert avenant.objets() == [
        "ajout_communes",
        "retrait_communes",
        "prolongation",
        "secteurs",
        "parties",
    ]
    assert avenant.objet == "Change la gouvernance"
    assert {partie.role for partie in avenant.parties.all()} == {"partenaire"}
    assert date_fin_au(salvetat, timezone.localdate()) == datetime.date(2029, 7, 28)
    assert avenant.history.get().history_change_reason == (
        "Avenant qui ajoute des communes, retire des communes, prolonge, crée des secteurs et "
        "ajoute des parties"
    )
    assert avenant.affirmations.get().valeur == "2023-07-06"


def test_the_act_of_that_day_is_completed_and_stays_one(agent_34, salvetat):
    known = factories.avenant(salvetat, "2023-07-06", numero=1)
    for said in ("", "999", "oui"):
        told = refusal(agent_34, "avenant", salvetat, communes=["81014"], acte=said)
        assert "déjà enregistré : l'avenant n° 1 du 6 juillet 2023" in told
    shown = agent_34.post(address("avenant", salvetat), typed(communes=["81014"]))
    assert "Est-ce le même acte" in shown.content.decode()
    fields = {"communes": ["81014"], "duree_annees": 8, "acte": known.pk}
    page = agent_34.post(address("avenant", salvetat), typed(**fields)).content.decode()
    assert "est complété" in page
    assert do(agent_34, "avenant", salvetat, **fields).status_code == 302
    known.refresh_from_db()
    assert (salvetat.avenants.get(), known.numero, known.duree_annees) == (known, 1, 8)
    assert known.entrees.get().commune_id == "81014"


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"numero": 2}, False),
        ({"numero": 1}, True),
        ({"date": "07/07/2023"}, False),
        ({"date": "06/07/2023", "precision": "mois"}, False),
    ],
)
def test_what_makes_it_another_act(agent_34, salvetat, fields, asked):
    factories.avenant(salvetat, "2023-07-06", numero=1)
    answer = do(agent_34, "avenant", salvetat, communes=["81014"], **fields)
    assert (answer.status_code == 200 and "acte" in answer.context["form"].errors) == asked
    assert salvetat.avenants.count() == (1 if asked else 2)


def test_another_act_of_the_same_day_is_said_so(agent_34, salvetat):
    factories.avenant(salvetat, "2023-07-06", numero=1)
    fields = {"communes": ["81014"], "acte": "autre"}
    assert do(agent_34, "avenant", salvetat, **fields).status_code == 302
    assert salvetat.avenants.count() == 2


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({}, "un effet au moins"),
        ({"secteurs": "Lodève : centre"}, "« Lodève : centre »"),
        ({"secteurs": "La Salvetat-sur-Agout"}, "deux points"),
        ({"secteurs": "La Salvetat-sur-Agout :"}, "deux points"),
        ({"duree_annees": 5}, "déjà de 5 ans"),
        ({"parties_communes": ["34293", "99999"]}, "99999"),
    ],
)
def test_what_an_act_cannot_be_is_refused(agent_34, salvetat, fields, told):
    assert told in refusal(agent_34, "avenant", salvetat, **fields)
    assert not Avenant.objects.exists()


def test_the_neighbour_takes_out_its_own_communes_only(agent_81, salvetat):
    factories.avenant(salvetat, "2022-09-01", [factories.commune("81014")], numero=1)
    form = SansLaPage(agent_81).get(address("avenant", salvetat)).context["form"]
    offered = form.fields["couvertures"].queryset.values_list("commune", flat=True)
    assert list(offered) == ["81014"]


@pytest.fixture
def planned(salvetat):
    """An avenant that is only planned, which would bring Lodève in."""
    lodeve = factories.commune("34142", nom="Lodève")
    return factories.avenant(salvetat, None, [lodeve], numero=3)


def test_an_avenant_that_was_planned_is_signed_and_not_written_twice(agent_34, salvetat, planned):
    asked = {"date": "01/02/2024", "duree_annees": 9}
    told = refusal(agent_34, "avenant", salvetat, **asked)
    assert "l'avenant n° 3 non signé, qui ajoute des communes" in told
    url, asked = address("avenant", salvetat), typed(**asked, acte=planned.pk)
    phrases = SansLaPage(agent_34).post(url, asked).context["effects"].phrases
    assert phrases[0].endswith("est signé le 1er février 2024.")
    assert "Déjà prévu, y entre : Lodève." in phrases
    planned.refresh_from_db()
    assert planned.date_signature is None
    assert do(agent_34, "avenant", salvetat, **asked).status_code == 302
    planned.refresh_from_db()
    assert (planned.date_signature, planned.duree_annees) == (factories.day("2024-02-01"), 9)
    assert salvetat.avenants.count() == 1
    assert planned.affirmations.get().valeur == "2024-02-01"


def test_what_a_planned_avenant_brings_in_is_warned_of_once_it_is_signed(
    agent_34, salvetat, planned
):
    lodeve = planned.entrees.get().commune
    factories.convention("2022-02-01", [lodeve], intitule="ORT de Lodève")
    asked = typed(date="01/02/2024", acte=planned.pk, objet="Entrée")
    effects = SansLaPage(agent_34).post(address("avenant", salvetat), asked).context["effects"]
    assert ["déjà couverte" in alerte.texte for alerte in effects.alertes] == [True]
