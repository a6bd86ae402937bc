"""Figures counted by their written rules, and held against those that others publish."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from communes.models import Departement, Tenue
from ort.models import Convention
from pvd.suivi.chiffres import REGLES, Decompte, chiffres, departements_du_programme, ort_comptees
from pvd.suivi.comparaisons import comparaisons
from pvd.suivi.models import Chiffre, ChiffrePublie
from tests import factories
from tests.factories import day, rewrite

pytestmark = pytest.mark.django_db


def counted(code, jour="2023-07-06"):
    departement = code and factories.departement(code)
    return {chiffre.value: value for chiffre, value in chiffres(departement, day(jour)).items()}


def only(found, *names):
    return tuple(found[name] for name in names)


@pytest.fixture
def monts():
    """La Salvetat (34), Lacaune and Murat (81): one intercommunalité, one ORT, one chef de projet."""
    epci = factories.intercommunalite("200066553")
    communes = [factories.commune(code, epci) for code in ("34293", "81124", "81192")]
    for commune in communes:
        factories.labellisation(commune)
    factories.convention("2022-07-28", communes)
    factories.occupation(factories.poste(communes), "2022-01-01")
    return communes


def test_every_figure_has_its_rule_and_its_count(monts):
    assert set(REGLES) == set(Chiffre) == set(chiffres(None, day("2023-07-06")))


@pytest.mark.parametrize("chiffre", list(Chiffre))
def test_every_figure_is_told_in_two_plain_sentences_and_an_example(chiffre):
    regle = REGLES[chiffre]
    for sentence in (regle.compte, regle.precision, regle.exemple):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    jargon = ("valant", "échue", "occupation", "labellisation", "ce jour-là", "dessert ")
    assert not [word for word in jargon if word in " ".join(vars(regle).values())]


def test_an_ort_over_two_departements_counts_once_in_each_and_once_in_france(monts):
    names = ("communes", "intercommunalites", "ort", "communes_couvertes", "chefs_de_projet")
    assert only(counted("34"), *names) == (1, 1, 1, 1, 1)
    assert only(counted("81"), *names) == (2, 1, 1, 2, 1)
    # Not the sum: only the communes add up.
    assert only(counted(None), *names) == (3, 1, 1, 3, 1)


def test_a_departement_without_record_counts_nothing_and_knows_no_post(monts):
    assert counted("12") == {
        "communes": 0,
        "intercommunalites": 0,
        "ort": 0,
        "communes_couvertes": 0,
        "par_avenant": 0,
        "conventions_propres": 0,
        "ort_par_avenant": 0,
        "chefs_de_projet": None,
        "adhesions_signees": 0,
        "delai_tenu": 0,
        "delai_depasse": 0,
    }


def test_communes_count_on_the_days_they_are_in_the_programme():
    factories.labellisation(debut="2021-01-22", fin="2023-12-01")
    days = ["2021-01-21", "2021-01-22", "2023-11-30", "2023-12-01"]
    assert [counted("34", jour)["communes"] for jour in days] == [0, 1, 1, 0]
    assert [counted("34", jour)["intercommunalites"] for jour in days] == [0, 1, 1, 0]


def test_a_commune_without_intercommunalite_counts_as_a_commune():
    factories.labellisation(factories.commune("34142"))
    assert only(counted("34"), "communes", "intercommunalites") == (1, 0)


def test_intercommunalites_are_those_of_the_day_each_once():
    shared, other = factories.intercommunalite(), factories.intercommunalite()
    for code in ("34001", "34002"):
        factories.labellisation(factories.commune(code, shared))
    moving = factories.commune("34003", shared)
    factories.labellisation(moving)
    moving.rattachements.update(fin=day("2023-01-01"))
    moving.rattachements.create(intercommunalite=other, debut=day("2023-01-01"))
    factories.commune("34004", "new")
    assert counted("34", "2022-12-31")["intercommunalites"] == 1
    assert counted("34", "2023-01-01")["intercommunalites"] == 2


@pytest.fixture
def laureates():
    communes = [factories.commune(code, "new") for code in ("34101", "34162", "34199")]
    for commune in communes:
        factories.labellisation(commune)
    return communes


ORT = ("ort", "communes_couvertes", "par_avenant", "conventions_propres", "ort_par_avenant")


def test_communes_that_joined_by_avenant_count_apart(laureates):
    florensac, montagnac, pezenas = laureates
    agde = factories.convention("2021-02-26", [factories.commune("34003")])
    factories.avenant(agde, "2023-01-11", [florensac, montagnac])
    own = factories.convention("2022-01-01", [pezenas])
    assert only(counted("34", "2021-12-31"), *ORT) == (0, 0, 0, 0, 0)
    assert only(counted("34", "2023-01-10"), *ORT) == (1, 1, 0, 1, 0)
    assert only(counted("34", "2023-01-11"), *ORT) == (2, 3, 2, 1, 1)
    assert set(ort_comptees(None, day("2023-01-11"))) == {agde, own}


def joined_only_by_avenant(code):
    departement = code and factories.departement(code)
    joined = Decompte(departement, day("2023-07-06")).ort_par_avenant
    return set(Convention.objects.filter(pk__in=joined))


def test_an_ort_is_joined_by_avenant_when_every_laureate_came_so(laureates):
    florensac, montagnac, pezenas = laureates
    ort = factories.convention("2021-02-26", [factories.commune("34003")])
    factories.avenant(ort, "2023-01-11", [pezenas])
    mixed = factories.convention("2022-01-01", [montagnac])
    factories.avenant(mixed, "2023-01-11", [florensac])
    assert joined_only_by_avenant("34") == {ort}


def test_an_ort_may_be_joined_by_avenant_in_one_departement_only():
    salvetat, lacaune = factories.commune("34293"), factories.commune("81124")
    factories.labellisation(salvetat)
    factories.labellisation(lacaune)
    ort = factories.convention("2022-07-28", [salvetat])
    factories.avenant(ort, "2023-01-11", [lacaune])
    assert joined_only_by_avenant("81") == {ort}
    assert joined_only_by_avenant("34") == set()
    assert joined_only_by_avenant(None) == set()


def test_an_ort_that_is_over_counts_no_more_nor_what_it_covered(laureates):
    factories.convention("2018-01-10", laureates, duree_annees=5)
    assert only(counted("34", "2023-01-09"), *ORT) == (1, 3, 0, 1, 0)
    assert only(counted("34", "2023-01-10"), *ORT) == (0, 0, 0, 0, 0)


def test_what_is_not_a_signed_ort_does_not_count(laureates):
    factories.convention(None, laureates, date_signature_prevue=day("2022-01-01"))
    factories.convention("2022-01-01", laureates, vaut_ort=False)
    factories.convention("2022-01-01", [factories.commune("34003")])
    assert only(counted("34"), *ORT) == (0, 0, 0, 0, 0)


def test_a_commune_in_two_ort_is_one_commune_covered(laureates):
    for _ in range(2):
        factories.convention("2022-01-01", laureates[:1])
    assert only(counted("34"), *ORT) == (2, 1, 0, 2, 0)


@pytest.mark.parametrize("own_first", [True, False])
def test_an_avenant_into_one_of_two_ort_is_enough_to_count(laureates, own_first):
    """Whichever of the two it entered first, and that its row shows."""
    town = laureates[0]
    joined = factories.convention("2021-01-01")
    entry = factories.avenant(joined, "2023-01-01" if own_first else "2021-06-01", [town])
    factories.convention("2022-01-01" if own_first else "2023-01-01", [town])
    before = (1, 1, 0, 1, 0) if own_first else (1, 1, 1, 0, 1)
    assert only(counted("34", "2022-12-31"), *ORT) == before
    assert only(counted("34", "2023-01-01"), *ORT) == (2, 1, 1, 1, 1)
    rewrite(town.couvertures.filter(entree=entry), sortie=factories.avenant(joined, "2024-01-01"))
    assert only(counted("34", "2023-12-31"), *ORT) == (2, 1, 1, 1, 1)
    assert only(counted("34", "2024-01-01"), *ORT) == (1, 1, 0, 1, 0)


def test_a_figure_is_published_of_today_at_the_latest():
    told = ChiffrePublie(
        chiffre="ort", valeur=12, source=factories.source(), jour=factories.today()
    )
    told.full_clean()
    told.jour = factories.in_days(1)
    with pytest.raises(ValidationError) as refused:
        told.full_clean()
    assert list(refused.value.message_dict) == ["jour"]
    told.save()
    told.note = "Relevé"
    told.full_clean()


def test_who_holds_two_posts_counts_on_each(laureates):
    for town in laureates[:2]:
        held = factories.poste([town])
        factories.occupation(held, "2022-01-01", titulaire="La même personne")
    assert counted("34", "2021-12-31")["chefs_de_projet"] in (0, None)
    assert counted("34", "2022-01-01")["chefs_de_projet"] == 2


def test_a_commune_that_left_the_programme_is_covered_and_counts_no_more(laureates):
    factories.convention("2022-01-01", laureates[:2])
    rewrite(laureates[0].labellisations, fin=day("2023-01-01"))
    assert only(counted("34", "2022-12-31"), "communes", *ORT) == (3, 1, 2, 0, 1, 0)
    assert only(counted("34", "2023-01-01"), "communes", *ORT) == (2, 1, 1, 0, 1, 0)


DELAI = ("adhesions_signees", "delai_tenu", "delai_depasse")


def test_the_18_months_are_kept_up_to_their_last_day_and_passed_the_day_after(laureates):
    """An adhésion of 31 August 2021 leaves until 28 February 2023."""
    kept, late, waiting = laureates
    for town in laureates:
        rewrite(town.labellisations, date_signature_adhesion=day("2021-08-31"))
    factories.convention("2023-02-28", [kept])
    factories.convention("2023-03-01", [late])
    assert only(counted("34", "2021-08-30"), *DELAI) == (0, 0, 0)
    assert only(counted("34", "2021-08-31"), *DELAI) == (3, 0, 0)
    assert only(counted("34", "2023-02-27"), *DELAI) == (3, 0, 0)
    assert only(counted("34", "2023-02-28"), *DELAI) == (3, 1, 0)
    assert only(counted("34", "2023-03-01"), *DELAI) == (3, 1, 2)
    # An ORT signed since does not make the delay kept; one that is over keeps it so.
    assert only(counted("34", "2023-03-02"), *DELAI) == (3, 1, 2)
    assert only(counted("34", "2025-01-01"), *DELAI) == (3, 1, 2)
    rewrite(waiting.labellisations, fin=day("2025-01-01"))
    assert only(counted("34", "2025-01-01"), *DELAI) == (2, 1, 1)


@pytest.mark.parametrize(
    ("signed", "precision", "last_day"),
    [("2021-08-01", "mois", "2023-02-28"), ("2021-01-01", "annee", "2023-06-30")],
)
def test_a_delay_from_a_month_or_a_year_is_passed_after_its_last_possible_day(
    laureates, signed, precision, last_day
):
    rewrite(
        laureates[0].labellisations,
        date_signature_adhesion=day(signed),
        precision_adhesion=precision,
    )
    after = day(last_day) + datetime.timedelta(1)
    assert only(counted("34", last_day), *DELAI) == (1, 0, 0)
    assert only(counted("34", after.isoformat()), *DELAI) == (1, 0, 1)


def test_an_ort_before_the_adhesion_keeps_the_delay_and_an_adhesion_without_date_has_none(
    laureates,
):
    rewrite(laureates[0].labellisations, date_signature_adhesion=day("2021-08-31"))
    factories.convention("2020-01-01", laureates[:2], duree_annees=1)
    assert only(counted("34"), *DELAI) == (1, 1, 0)


def test_where_the_lists_alone_tell_the_delay_is_not_known(laureates):
    rewrite(laureates[0].labellisations, date_signature_adhesion=day("2021-08-31"))
    assert only(counted("34"), *DELAI) == only(counted(None), *DELAI) == (1, 0, 1)
    Departement.objects.filter(pk="34").update(tenue=Tenue.LISTES)
    assert only(counted("34"), *DELAI) == (1, None, None)
    assert only(counted(None), *DELAI) == (1, 0, 0)


@pytest.mark.parametrize(
    ("tenue", "expected"), [(Tenue.COMPLETE, 0), (Tenue.PARTIELLE, None), (Tenue.AUCUNE, None)]
)
def test_nobody_recorded_is_nobody_only_where_the_posts_are_kept_in_full(tenue, expected):
    factories.departement("34", tenue_postes=tenue)
    assert counted("34")["chefs_de_projet"] == expected
    assert counted(None)["chefs_de_projet"] is None
    factories.occupation(factories.poste([factories.commune("34142")]), "2022-01-01")
    assert counted("34")["chefs_de_projet"] == 1


def published(chiffre, valeur, jour="2023-07-06", departement="34"):
    return ChiffrePublie.objects.create(
        departement=departement and factories.departement(departement),
        chiffre=chiffre,
        jour=day(jour),
        valeur=valeur,
        source=factories.source(),
    )


def test_a_published_figure_is_held_against_ours_of_its_own_day(monts):
    published("communes", 1, "2023-01-01")
    published("communes", 19, "2020-01-01")
    published("ort", 12, "2023-01-01")
    published("chefs_de_projet", 11, "2021-01-01")
    compared = comparaisons(factories.departement("34"), day("2023-07-06"))
    told = {(c.publie.chiffre, c.publie.valeur): (c.calcule, c.concorde) for c in compared}
    assert told == {
        ("communes", 1): (1, True),
        ("communes", 19): (0, False),
        ("ort", 12): (1, False),
        ("chefs_de_projet", 11): (None, None),
    }


def test_a_figure_of_a_place_not_kept_in_full_is_not_held_to_be_ours(monts):
    published("communes", 1646, "2023-01-01", departement=None)
    factories.departement("30", tenue=Tenue.AUCUNE)
    [partly] = comparaisons(None, day("2023-07-06"))
    assert (partly.calcule, partly.concorde) == (3, None)
    assert partly.reserve.endswith("elles ne le sont pas ailleurs.")
    Departement.objects.exclude(tenue=Tenue.COMPLETE).delete()
    [whole] = comparaisons(None, day("2023-07-06"))
    assert (whole.concorde, whole.reserve) == (False, "")


def test_a_figure_shows_from_its_day_and_on_its_own_page(monts):
    published("communes", 1, "2023-07-06")
    published("communes", 1646, "2023-07-06", departement=None)
    herault, tarn = factories.departement("34"), factories.departement("81")
    assert comparaisons(herault, day("2023-07-05")) == []
    assert [c.publie.valeur for c in comparaisons(herault, day("2023-07-06"))] == [1]
    assert [c.publie.valeur for c in comparaisons(None, day("2023-07-06"))] == [1646]
    assert comparaisons(tarn, day("2023-07-06")) == []


def count_of_comparaisons():
    with CaptureQueriesContext(connection) as queries:
        comparaisons(factories.departement("34"), day("2023-07-06"))
    return len(queries)


def test_the_facts_are_read_once_for_all_the_figures_of_all_the_days(monts):
    counts = []
    for chiffre in (Chiffre.ORT, Chiffre.COMMUNES_COUVERTES, Chiffre.ORT_PAR_AVENANT):
        published(chiffre, 1)
        published(chiffre, 1, "2022-01-01")
        counts.append(count_of_comparaisons())
    assert counts[0] == counts[1] == counts[2]


def test_a_figure_that_nobody_published_is_not_counted(monts):
    nothing = count_of_comparaisons()
    published(Chiffre.COMMUNES, 1)
    # The labellisations and who answers for them; nothing of the ORT, the members nor the posts.
    assert count_of_comparaisons() == nothing + 2


def test_a_departement_is_of_the_programme_while_a_commune_of_it_is(monts):
    factories.departement("12")
    rewrite(monts[0].labellisations, fin=day("2023-12-01"))
    listed = [
        [d.code for d in departements_du_programme(day(jour))]
        for jour in ("2021-01-21", "2021-01-22", "2023-12-01")
    ]
    assert listed == [[], ["34", "81"], ["81"]]
