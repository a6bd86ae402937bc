"""What a rule put together wrongly: a commune leaves, an avenant is a convention apart, two ORT are one."""

import re

import pytest
from django.urls import reverse

from ort.models import Avenant, CommuneCouverte, Convention
from socle.models import Affirmation
from tests import factories
from tests.factories import day
from tests.pvd.bureau.test_gestes import confirming

pytestmark = pytest.mark.deux_bases

SAID = {"connaissance": "on"}


def url(convention):
    return reverse("admin:geste", args=["separer-ou-reunir", convention.pk])


@pytest.fixture
def towns(db):
    epci = factories.intercommunalite("200000001")
    codes = {"34142": "Lodève", "34114": "Gignac", "34079": "Clermont", "34051": "Le Caylar"}
    return [factories.commune(code, nom=nom, epci=epci) for code, nom in codes.items()]


@pytest.fixture
def ort(towns):
    """Lodève and Gignac sign; Clermont comes in by an avenant: all of it grouped by rule."""
    lodeve, gignac, clermont, _ = towns
    made = factories.convention("2021-07-16", [lodeve, gignac], intitule="ORT de Lodève")
    avenant = factories.avenant(made, "2023-04-13")
    CommuneCouverte.objects.create(convention=made, commune=clermont, entree=avenant)
    factories.regroupement(made)
    return made


@pytest.fixture
def other(towns):
    made = factories.convention("2022-01-10", [towns[3]], intitule="ORT du Caylar")
    factories.regroupement(made)
    return made


def rows(convention, *codes):
    return [row.pk for row in convention.couvertures.filter(commune__in=codes)]


def done(browser, convention, **fields):
    data = SAID | fields
    shown = browser.post(url(convention), data)
    if "apercu" not in shown.context:
        return shown
    return browser.post(url(convention), data | confirming(shown))


def errors(answer):
    return " ".join(str(e) for found in answer.context["form"].errors.values() for e in found)


def covered():
    """Return, by convention, who is in by which day: None for the convention itself."""
    found = {}
    for row in CommuneCouverte.objects.select_related("convention", "entree"):
        entered = row.entree and str(row.entree.date_signature)
        found.setdefault(row.convention.intitule, {})[row.commune_id] = entered
    return found


def taken_back(browser, answer):
    told = browser.get(answer.url).text
    address = re.search(r"/admin/actes/[^\"]+/annuler/", told).group()
    return browser.post(address, {"motif": "Trop vite"})


def test_a_commune_leaves_for_a_convention_apart(agent_34, ort):
    before = covered()
    answer = done(agent_34, ort, couvertures=rows(ort, "34114"), duree_annees="5")
    assert answer.status_code == 302, errors(answer)
    assert covered() == {
        "ORT de Lodève": {"34142": None, "34079": "2023-04-13"},
        "ORT de Gignac": {"34114": None},
    }
    made = Convention.objects.get(intitule="ORT de Gignac")
    assert (made.date_signature, made.duree_annees) == (day("2021-07-16"), 5)
    said = Affirmation.objects.get(object_id=str(made.pk), champ="date_signature")
    assert (said.valeur, said.source.titre[:23]) == ("2021-07-16", "Connaissance du service")
    taken_back(agent_34, answer)
    assert covered() == before
    assert not Convention.objects.filter(pk=made.pk).exists()


def test_an_avenant_is_a_convention_of_its_own(agent_34, ort):
    before = covered()
    answer = done(agent_34, ort, couvertures=rows(ort, "34079"))
    assert covered()["ORT de Clermont"] == {"34079": None}
    assert Convention.objects.get(intitule="ORT de Clermont").date_signature == day("2023-04-13")
    assert not Avenant.objects.exists()
    taken_back(agent_34, answer)
    assert covered() == before


def test_two_ort_are_one(agent_34, ort, other):
    before = covered()
    answer = done(agent_34, other, couvertures=rows(other, "34051"), vers=ort.pk)
    assert covered() == {
        "ORT de Lodève": {
            "34142": None,
            "34114": None,
            "34079": "2023-04-13",
            "34051": "2022-01-10",
        }
    }
    assert not Convention.objects.filter(pk=other.pk).exists()
    # What remains is still to be confirmed.
    assert list(Convention.objects.par_regle()) == [ort]
    taken_back(agent_34, answer)
    assert covered() == before
    assert Convention.objects.par_regle().count() == 2


def test_acts_of_one_day_are_one(agent_34, ort, towns):
    same_day = factories.convention("2023-04-13", [towns[3]], intitule="ORT du Caylar")
    factories.regroupement(same_day)
    done(agent_34, same_day, couvertures=rows(same_day, "34051"), vers=ort.pk)
    assert covered()["ORT de Lodève"]["34051"] == "2023-04-13"
    assert Avenant.objects.count() == 1


def test_the_ville_principale_goes_with_its_commune(agent_34, ort, towns):
    ort.ville_principale, ort.origine = towns[1], "ACV"
    ort.save()
    done(agent_34, ort, couvertures=rows(ort, "34114"))
    made = Convention.objects.get(intitule="ORT de Gignac")
    ort.refresh_from_db()
    assert (made.ville_principale, made.origine, ort.ville_principale) == (towns[1], "ACV", None)


@pytest.mark.parametrize(
    ("codes", "told"),
    [
        (["34142", "34114", "34079"], "laissez ici une commune au moins"),
        (["34142", "34114"], "que des communes entrées par avenant"),
        ([], "Ce champ est obligatoire"),
    ],
)
def test_what_would_leave_nothing_right_is_refused(agent_34, ort, codes, told):
    assert told in errors(done(agent_34, ort, couvertures=rows(ort, *codes)))
    assert len(covered()) == 1


def test_an_older_act_does_not_enter_a_later_convention(agent_34, ort, other):
    answer = done(agent_34, ort, couvertures=rows(ort, "34114"), vers=other.pk)
    assert "est signée le 10 janvier 2022" in errors(answer)
    assert set(covered()["ORT de Lodève"]) == {"34142", "34114", "34079"}


def test_a_convention_on_which_something_rests_is_not_emptied(agent_34, ort, other, towns):
    factories.action([towns[3]], other)
    answer = done(agent_34, other, couvertures=rows(other, "34051"), vers=ort.pk)
    assert "porte encore" in errors(answer)
    assert covered()["ORT du Caylar"] == {"34051": None}


def test_nobody_moves_communes_out_of_or_into_what_it_does_not_keep(agent_34, agent_81, ort):
    castres = factories.commune("81065", nom="Castres", epci="new")
    theirs = factories.convention(
        "2020-01-01", [castres], departement_reference=castres.departement
    )
    factories.regroupement(theirs)
    assert agent_81.get(url(ort)).status_code == 404
    assert agent_34.get(url(theirs)).status_code == 404
    refused = done(agent_34, ort, couvertures=rows(ort, "34114"), vers=theirs.pk)
    assert "vers" in refused.context["form"].errors
    refused = done(agent_34, ort, couvertures=rows(theirs, "81065"))
    assert "couvertures" in refused.context["form"].errors
