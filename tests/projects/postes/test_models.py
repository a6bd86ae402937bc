"""Chef de projet posts: filled, vacant or being recruited for, told by dates alone."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from ort.models import Organisme
from projects.postes.models import Desserte, Occupation, Poste, Recrutement
from tests import factories
from tests.factories import day
from tests.lecture import poste_du_jour

pytestmark = pytest.mark.django_db


def etat(poste, jour):
    return poste_du_jour(poste, day(jour)).etat


def recrutement(poste, publication, issue="", date_issue=None, **fields):
    return Recrutement.objects.create(
        poste=poste,
        date_publication=day(publication),
        issue=issue,
        date_issue=date_issue and day(date_issue),
        **fields,
    )


@pytest.mark.parametrize(
    ("jour", "expected"),
    [
        ("2021-08-31", "prevu"),
        ("2021-09-01", "vacant"),
        ("2021-09-30", "vacant"),
        ("2021-10-01", "recrutement"),
        ("2021-11-30", "recrutement"),
        ("2021-12-01", "vacant"),
        ("2021-12-31", "vacant"),
        ("2022-01-01", "pourvu"),
        ("2023-06-30", "pourvu"),
        ("2023-07-01", "vacant"),
        ("2023-12-31", "vacant"),
        ("2024-01-01", "ferme"),
        ("2025-01-01", "ferme"),
    ],
)
def test_the_state_of_a_post_changes_on_its_days(jour, expected):
    poste = factories.poste(date_ouverture=day("2021-09-01"), date_fermeture=day("2024-01-01"))
    recrutement(poste, "2021-10-01", "recrute", "2021-12-01")
    factories.occupation(poste, "2022-01-01", "2023-07-01")
    assert etat(poste, jour) == expected


def test_what_is_recorded_later_does_not_show_before():
    poste = factories.poste(date_ouverture=day("2021-09-01"))
    factories.occupation(poste, "2023-01-01")
    recrutement(poste, "2022-10-01")
    assert etat(poste, "2022-09-30") == "vacant"
    assert etat(poste, "2022-12-31") == "recrutement"
    assert etat(poste, "2023-01-01") == "pourvu"


def test_a_post_without_dates_tells_nothing_until_someone_holds_it():
    poste = factories.poste()
    assert etat(poste, "2023-07-06") == "inconnu"
    factories.occupation(poste, "2022-01-01", "2023-01-01")
    days = ["2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01"]
    assert [etat(poste, jour) for jour in days] == ["inconnu", "pourvu", "pourvu", "vacant"]


def test_an_offer_without_outcome_still_runs_after_its_closing_date():
    poste = factories.poste(date_ouverture=day("2021-01-01"))
    recrutement(poste, "2021-10-01", date_cloture=day("2021-11-01"))
    assert etat(poste, "2021-09-30") == "vacant"
    assert etat(poste, "2022-03-01") == "recrutement"


def test_the_person_in_post_is_there_since_the_first_day_of_the_running_time():
    poste = factories.poste()
    factories.occupation(poste, "2021-01-01", "2022-01-01")
    factories.occupation(poste, "2022-01-01")

    def since(jour):
        return poste_du_jour(Poste.objects.get(), day(jour)).occupe_depuis

    assert since("2020-12-31") is None
    assert since("2021-12-31") == day("2021-01-01")
    assert since("2022-01-01") == day("2022-01-01")


def test_a_post_is_known_from_its_opening_or_always_when_it_has_no_date():
    dated, undated = factories.poste(date_ouverture=day("2021-09-01")), factories.poste()
    assert set(Poste.objects.known_on(day("2021-08-31"))) == {undated}
    assert set(Poste.objects.known_on(day("2021-09-01"))) == {dated, undated}


def en_poste(code, jour="2023-07-06"):
    departement = code and factories.departement(code)
    return Occupation.objects.en_poste(departement, day(jour)).count()


def test_a_shared_post_counts_once_whatever_it_serves():
    """One post for La Salvetat (34), Lacaune and Murat (81): one person, in each and in France."""
    communes = [factories.commune(code) for code in ("34293", "81124", "81192")]
    factories.occupation(factories.poste(communes), "2022-01-01")
    assert [en_poste(code) for code in ("34", "81", None, "12")] == [1, 1, 1, 0]


@pytest.mark.parametrize(
    ("jour", "count"),
    [("2021-12-31", 0), ("2022-01-01", 1), ("2022-12-31", 1), ("2023-01-01", 0)],
)
def test_a_person_counts_on_the_days_in_post(jour, count):
    poste = factories.poste([factories.commune("34142")])
    factories.occupation(poste, "2022-01-01", "2023-01-01")
    assert en_poste("34", jour) == count


def test_two_people_on_one_post_count_two():
    poste = factories.poste([factories.commune("34142")])
    for _ in range(2):
        factories.occupation(poste, "2022-01-01")
    assert en_poste("34") == 2


@pytest.mark.parametrize(
    ("debut", "fin", "served"),
    [
        (None, None, [True, True, True, True]),
        ("2022-01-01", None, [False, True, True, True]),
        (None, "2023-01-01", [True, True, True, False]),
        ("2022-01-01", "2023-01-01", [False, True, True, False]),
    ],
)
def test_a_commune_is_served_on_the_days_known(debut, fin, served):
    poste = factories.poste()
    poste.dessertes.create(
        commune=factories.commune("34142"), debut=debut and day(debut), fin=fin and day(fin)
    )
    herault = factories.departement("34")
    for jour, expected in zip(
        ["2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01"], served, strict=True
    ):
        assert Poste.objects.serving(herault, day(jour)).exists() == expected
        assert Poste.objects.serving(None, day(jour)).exists() == expected


@pytest.mark.parametrize(
    ("debut", "fin", "served"),
    [
        # Served up to its closing, beyond, and not even so long.
        (None, None, True),
        ("2021-01-01", "2023-01-01", True),
        ("2021-01-01", "2024-01-01", True),
        ("2021-01-01", "2022-06-01", True),
        ("2023-06-01", None, False),
    ],
)
def test_a_closed_post_is_of_the_communes_that_it_served_last(debut, fin, served):
    poste = factories.poste(date_ouverture=day("2021-01-01"), date_fermeture=day("2023-01-01"))
    town = factories.commune("34142")
    poste.dessertes.create(commune=town, debut=debut and day(debut), fin=fin and day(fin))
    herault = factories.departement("34")
    for jour in ("2023-01-01", "2023-05-31"):
        assert Poste.objects.serving(herault, day(jour)).exists() == served
        assert poste_du_jour(poste, day(jour)).communes == (["34142"] if served else [])
        assert not Poste.objects.serving(factories.departement("81"), day(jour)).exists()


def test_a_closed_post_is_not_of_those_that_it_had_left_before():
    poste = factories.poste(date_ouverture=day("2021-01-01"), date_fermeture=day("2023-01-01"))
    for code, fin in (("34142", "2022-06-01"), ("34199", "2022-12-31"), ("81124", "2022-12-31")):
        poste.dessertes.create(commune=factories.commune(code), fin=day(fin))
    assert poste_du_jour(poste, day("2022-06-01")).communes == ["34199", "81124"]
    # Nobody, between the last of them and the closing.
    assert poste_du_jour(poste, day("2022-12-31")).communes == []
    assert not Poste.objects.serving(None, day("2022-12-31")).exists()
    assert poste_du_jour(poste, day("2023-01-01")).communes == ["34199", "81124"]
    last = Desserte.objects.dernieres(day("2023-01-01")).order_by("commune")
    assert [served.commune_id for served in last] == ["34199", "81124"]


def test_a_post_serves_a_commune_once_at_a_time():
    lodeve = factories.commune("34142")
    poste = factories.poste([lodeve])
    for twin in (
        Desserte(poste=poste, commune=lodeve),
        Desserte(poste=poste, commune=lodeve, debut=day("2023-01-01")),
    ):
        with pytest.raises(ValidationError, match="dessert déjà cette commune"):
            twin.full_clean()
    Desserte(poste=factories.poste(), commune=lodeve).full_clean()


def test_a_post_has_one_employer_at_most():
    lodeve, petr = (
        factories.commune("34142", "new"),
        Organisme.objects.create(nom="PETR", nature="petr"),
    )
    epci = lodeve.rattachements.get().intercommunalite
    assert factories.poste().employeur is None
    assert factories.poste(employeur_commune=lodeve).employeur == lodeve
    assert factories.poste(employeur_intercommunalite=epci).employeur == epci
    assert factories.poste(employeur_organisme=petr).employeur == petr
    with pytest.raises(ValidationError, match="Un poste a un seul employeur"):
        Poste(
            identifiant="a", intitule="a", employeur_commune=lodeve, employeur_organisme=petr
        ).full_clean()


@pytest.mark.parametrize(
    "fields",
    [
        {"quotite": 0},
        {"quotite": 101},
        {"date_ouverture": "2023-01-01", "date_fermeture": "2023-01-01"},
    ],
)
def test_a_post_that_cannot_be_is_refused(fields):
    with pytest.raises(IntegrityError):
        factories.poste(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"issue": "recrute"},
        {"date_issue": "2023-02-01"},
        {"issue": "recrute", "date_issue": "2022-12-31"},
        {"date_cloture": day("2022-12-31")},
    ],
)
def test_an_outcome_and_its_date_go_together_and_follow_the_offer(fields):
    with pytest.raises(IntegrityError):
        recrutement(factories.poste(), "2023-01-01", **fields)


def test_an_agent_reaches_the_posts_that_serve_its_communes_and_who_holds_them():
    shared = factories.poste([factories.commune("34293"), factories.commune("81124")])
    factories.occupation(shared, "2022-01-01")
    recrutement(shared, "2021-10-01")
    of_34, of_81 = (factories.agent(c, [factories.departement(c)]) for c in ("34", "81"))
    outsiders = [
        factories.agent("12", [factories.departement("12")]),
        factories.agent("sans"),
        AnonymousUser(),
    ]
    for model, count in ((Poste, 1), (Desserte, 2), (Occupation, 1), (Recrutement, 1)):
        assert [model.objects.for_user(user).count() for user in (of_34, of_81)] == [count] * 2
        assert not any(model.objects.for_user(user).exists() for user in outsiders)
