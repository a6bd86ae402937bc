"""Which commune is meant by what a person types, and in which order those that may be come."""

import datetime

import pytest

from communes.models import AncienCode, Commune
from communes.territoire.recherche import Recherche, autres_noms
from tests import factories

pytestmark = pytest.mark.django_db

JOUR = datetime.date(2026, 6, 1)


def commune(code, nom, *codes_postaux, **fields):
    made = factories.commune(code, nom=nom, **fields)
    for code_postal in codes_postaux:
        made.codes_postaux.create(code=code_postal)
    return made


def found(text, departement="", jour=JOUR, **options):
    """Return the code of the commune that is meant, or None, and those that may be, in order."""
    recherche = Recherche(text, jour, departement, **options)
    chosen = recherche.certaine
    return chosen and chosen.pk, [candidat.commune.pk for candidat in recherche.candidats]


def reasons(text, **options):
    return [c.pourquoi for c in Recherche(text, JOUR, **options).candidats]


def test_a_code_that_is_also_a_postcode_offers_a_choice():
    commune("34150", "Marseillan", "34340")
    commune("34114", "Gignac", "34150", populations={2021: 6000})
    commune("34010", "Aniane", "34150", populations={2021: 3000})
    assert found("34150") == (None, ["34114", "34010", "34150"])
    assert reasons("34150") == ["code postal 34150"] * 2 + ["code INSEE 34150"]
    assert found("34340") == ("34150", ["34150"])
    assert found("gignac 34150")[0] == found("34150 gignac")[0] == "34114"
    assert found("marseillan 34150")[0] == "34150"


def test_what_contradicts_itself_chooses_nothing():
    commune("34142", "Lodève", "34700")
    assert found("lodeve 34150") == found("lodeve (81)") == (None, ["34142"])


def test_homonyms_are_told_apart_by_the_departement_alone():
    for code in ("34114", "46118"):
        commune(code, "Gignac")
    assert found("gignac") == (None, ["34114", "46118"])
    assert found("gignac", "46") == ("46118", ["46118", "34114"])
    assert found("gignac (34)", "46") == ("34114", ["34114"])
    assert found("gignac", "81")[0] is None


def test_a_name_of_elsewhere_is_in_doubt_while_one_of_here_is_near():
    commune("87168", "Saint-Mathieu")
    commune("34276", "Saint-Mathieu-de-Tréviers")
    assert found("St Mathieu", "34") == (None, ["34276", "87168"])
    assert found("St Mathieu", "81")[0] == found("St Mathieu")[0] == "87168"
    assert found("Tréviers", "34") == (None, ["34276"])


def test_a_piece_of_a_word_puts_no_name_in_doubt():
    commune("64445", "Pau")
    commune("34194", "Paulhan")
    assert found("pau", "34") == ("64445", ["64445", "34194"])


def test_an_article_left_out_is_no_other_name():
    commune("34210", "Le Pouget")
    commune("30350", "Le Vigan")
    assert found("pouget")[0] == "34210"
    assert found("vigan (le)", "34")[0] == found("le vigan")[0] == "30350"
    commune("43180", "Saint-Étienne-du-Vigan")
    assert found("vigan") == (None, ["30350", "43180"]), "another name holds the word"
    assert found("le vigan")[0] == "30350"
    commune("99001", "Vigan", departement=factories.departement("81"))
    assert found("vigan")[0] == "99001"


@pytest.fixture
def lunas():
    """Return Lunas-les-Châteaux, which was Lunas, and took in Dio-et-Valquières."""
    lunas = commune("34144", "Lunas-les-Châteaux")
    lunas.anciens_noms.create(nom="Lunas", fin="2026-01-01")
    lunas.save()
    factories.commune(
        "34093", nom="Dio-et-Valquières", fin=factories.day("2025-01-01"), successeur=lunas
    )
    for code, nom in (("34093", "Dio-et-Valquières"), ("34144", "Lunas")):
        AncienCode.objects.create(code=code, nature="deleguee", nom=nom, commune=lunas)
    return lunas


@pytest.mark.parametrize("typed", ["Dio-et-Valquières", "dio valquieres", "34093", "34 093"])
def test_what_is_no_more_leads_to_the_commune_of_the_day(typed, lunas):
    assert found(typed) == ("34144", ["34144"])
    assert found(typed, jour=datetime.date(2024, 12, 31)) == ("34093", ["34093"])
    assert "Dio-et-Valquières" in reasons(typed)[0]


def test_a_vanished_commune_without_a_code_of_its_own_leads_on_too(lunas):
    AncienCode.objects.all().delete()
    assert found("Dio-et-Valquières")[0] == found("34093")[0] == "34144"
    assert reasons("Dio-et-Valquières") == ["Dio-et-Valquières, qui en fait partie"]


def test_a_former_name_is_in_doubt_with_a_homonym_of_elsewhere(lunas):
    assert found("Lunas")[0] == "34144"
    commune("24246", "Lunas")
    assert found("Lunas", "34") == (None, ["34144", "24246"])
    assert found("Lunas", "24") == ("24246", ["24246", "34144"])
    assert found("Lunas", "34", jour=datetime.date(2025, 6, 1))[0] == "34144"


def test_a_name_of_later_leads_to_the_commune_of_the_day(lunas):
    assert found("Lunas-les-Châteaux", jour=datetime.date(2023, 1, 1))[0] == "34144"


def test_the_other_names_of_a_commune_are_told(lunas):
    assert autres_noms(lunas, JOUR) == [
        "Lunas, son nom à une autre date",
        "Dio-et-Valquières, commune déléguée (code 34093)",
    ]
    # It was then another commune.
    before = datetime.date(2024, 1, 1)
    assert autres_noms(lunas, before) == ["Lunas-les-Châteaux, son nom à une autre date"]
    AncienCode.objects.filter(pk="34144").update(nom="Caunas")
    assert autres_noms(lunas, before)[1:] == ["Caunas, commune déléguée"]


def test_a_commune_that_vanished_without_successor_leads_nowhere():
    factories.commune("34106", nom="Fozières", fin=factories.day("2022-01-01"))
    assert found("Fozières") == (None, [])


def test_nothing_is_found_out_of_the_communes_that_may_be_told(lunas):
    commune("34142", "Lodève")
    here = Commune.objects.filter(pk="34142")
    assert found("34093", parmi=here) == found("Lunas", parmi=here) == (None, [])
    assert found("Lodève", parmi=here)[0] == "34142"


@pytest.mark.parametrize("typed", ["", " ", "%", "_", "\0", "'", "🏰", "a" * 60_000, "\\", "|"])
def test_nothing_typed_is_an_error(typed):
    commune("34142", "Lodève")
    assert found(typed) == (None, [])
    assert Commune.objects.search(typed).count() == (0 if typed.strip() else 1)
    assert Commune.objects.nearest(typed).count() == (0 if typed.strip() else 1)


def test_a_list_is_kept_by_the_same_rules(lunas):
    commune("34142", "Lodève", "34700")
    commune("34036", "Le Bosc", "34700")
    for typed, kept in (
        ("34700", {"34142", "34036"}),
        ("Lodève (34)", {"34142"}),
        ("lodeve 34700", {"34142"}),
        ("Mairie de Lodève", {"34142"}),
        ("Ville de Lodève", {"34142"}),
        ("34 142", {"34142"}),
        ("Bosc (Le)", {"34036"}),
        ("Dio-et-Valquières", {"34093", "34144"}),
        ("lodeve (81)", set()),
    ):
        assert set(Commune.objects.search(typed).values_list("pk", flat=True)) == kept, typed


def test_what_is_chosen_from_comes_nearest_first():
    for code, nom in (
        ("34001", "Aigne-Lunas"),
        ("34002", "Lunas-les-Châteaux"),
        ("34003", "Lunas"),
    ):
        commune(code, nom)
    nearest = Commune.objects.nearest("lunas").values_list("pk", flat=True)
    assert list(nearest) == ["34003", "34002", "34001"]


def test_a_search_asks_as_many_queries_whatever_it_finds(django_assert_num_queries):
    def grow(start, number):
        for code in range(start, start + number):
            town = commune(f"34{code}", f"Saint-Martin-{code}", "34700")
            town.anciens_noms.create(nom="Martin", fin="2024-01-01")
            gone = factories.commune(
                f"81{code}", nom="Saint-Martin", fin=factories.day("2025-01-01"), successeur=town
            )
            AncienCode.objects.create(code=gone.pk, nature="deleguee", nom="Bas", commune=town)

    for start, number in ((100, 2), (200, 5)):
        grow(start, number)
        # The communes and what hangs on them (6), who answers for those that are no more and what
        # hangs on them (3), which codes are communes on the day.
        with django_assert_num_queries(10):
            assert len(Recherche("saint martin", JOUR).candidats) > 1
