"""A convention from its signature to its end, as its avenants move it."""

import datetime
from contextlib import nullcontext

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from communes.models import Role
from ort.models import Avenant, CommuneCouverte, Convention, Organisme, Partie, Secteur
from ort.regles import date_fin_au, duree_au, en_vigueur, temps_en_vigueur
from socle.dates import ONE_DAY
from socle.retablissement import restore
from tests import factories
from tests.factories import day, rewrite

pytestmark = pytest.mark.django_db


def in_force(jour):
    return Convention.objects.en_vigueur(day(jour)).exists()


def refused(record):
    """Return what the record says when it is checked, nothing if it is accepted."""
    try:
        record.full_clean()
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@pytest.mark.parametrize(
    ("jour", "signed"), [("2023-07-05", False), ("2023-07-06", True), ("2023-07-07", True)]
)
def test_a_convention_is_signed_from_its_day(jour, signed):
    factories.convention("2023-07-06")
    assert Convention.objects.signees(day(jour)).exists() == signed
    assert in_force(jour) == signed


def test_a_planned_signature_never_becomes_one():
    planned = factories.convention(None, date_signature_prevue=day("2023-07-06"))
    act = factories.avenant(
        factories.convention("2020-01-01"), None, date_signature_prevue=day("2023-07-06")
    )
    late = day("2030-01-01")
    assert planned not in Convention.objects.signees(late)
    assert planned not in Convention.objects.en_vigueur(late)
    assert date_fin_au(planned, late) is None
    assert act not in Avenant.objects.signes(late)
    assert act.convention.avenants_au(late) == []


@pytest.mark.parametrize(
    ("jour", "expected"),
    [("2023-07-06", True), ("2028-07-05", True), ("2028-07-06", False), ("2028-07-07", False)],
    ids=["signature", "last day", "anniversary", "day after"],
)
def test_it_ends_on_the_anniversary_of_its_signature(jour, expected):
    factories.convention("2023-07-06", duree_annees=5)
    assert in_force(jour) == expected
    assert Convention.objects.ended(day(jour)).exists() == (not expected)


@pytest.mark.parametrize(
    ("duree", "last", "end"),
    [(3, "2023-02-28", "2023-03-01"), (4, "2024-02-28", "2024-02-29")],
    ids=["common year", "leap year"],
)
def test_one_signed_on_a_29th_of_february_lasts_its_whole_years(duree, last, end):
    convention = factories.convention("2020-02-29", duree_annees=duree)
    assert in_force(last)
    assert not in_force(end)
    assert date_fin_au(convention, day(end)) == day(end)


def test_without_a_known_duration_it_never_ends_by_itself():
    convention = factories.convention("1990-01-01")
    assert in_force("2090-01-01")
    assert date_fin_au(convention, day("2090-01-01")) is None


@pytest.mark.parametrize(
    ("jour", "end", "expected"),
    [
        ("2022-12-31", "2023-01-10", True),
        ("2023-01-01", "2028-01-10", True),
        ("2028-01-09", "2028-01-10", True),
        ("2028-01-10", "2028-01-10", False),
    ],
    ids=["eve of the avenant", "day of the avenant", "last day", "end"],
)
def test_an_avenant_extends_it_from_its_own_day(jour, end, expected):
    convention = factories.convention("2018-01-10", duree_annees=5)
    factories.avenant(convention, "2023-01-01", duree_annees=10)
    assert in_force(jour) == expected
    assert date_fin_au(convention, day(jour)) == day(end)


def test_an_avenant_signed_after_the_end_does_not_change_the_days_before():
    convention = factories.convention("2018-01-10", duree_annees=5)
    factories.avenant(convention, "2023-06-01", duree_annees=10)
    in_force_by_day = {jour: in_force(jour) for jour in ("2023-01-09", "2023-01-10", "2023-05-31")}
    assert list(in_force_by_day.values()) == [True, False, False]
    assert date_fin_au(convention, day("2023-05-31")) == day("2023-01-10")
    assert in_force("2023-06-01")


def times(convention, jour):
    """Return the times in force that a day knows, each with the day when its act was signed."""
    told = temps_en_vigueur(Convention.objects.get(pk=convention.pk), day(jour))
    return [(str(time.acte.date_signature), time.fin and str(time.fin)) for time in told]


@pytest.mark.parametrize(
    ("signed", "jour", "expected"),
    [
        # On the eve, on the very day of the end, and on the day after.
        ("2023-01-09", "2024-01-01", [("2018-01-10", "2028-01-10")]),
        ("2023-01-10", "2024-01-01", [("2018-01-10", "2028-01-10")]),
        ("2023-01-11", "2024-01-01", [("2018-01-10", "2023-01-10"), ("2023-01-11", "2028-01-10")]),
        ("2023-01-11", "2023-01-10", [("2018-01-10", "2023-01-10")]),
        ("2023-01-11", "2018-01-10", [("2018-01-10", "2023-01-10")]),
        ("2023-01-11", "2018-01-09", []),
    ],
)
def test_an_avenant_signed_after_the_end_begins_another_time_in_force(signed, jour, expected):
    convention = factories.convention("2018-01-10", duree_annees=5)
    factories.avenant(convention, signed, duree_annees=10)
    factories.avenant(convention, "2023-06-01")
    assert times(convention, jour) == expected


def test_the_times_in_force_are_those_of_each_day():
    """Prolonged in time, by an avenant of its very month, once it had ended, and for good."""
    by_acts = [
        ("2020-02-29", 1, [("2021-03-01", 2), ("2022-03-01", 3), ("2024-01-01", 5)]),
        ("2020-02-29", 1, [("2021-03-02", 2), ("2022-02-28", 5)]),
        ("2020-02-29", None, [("2021-03-02", 2), ("2023-03-02", 5)]),
        ("2020-02-29", 1, [("2020-02-01", 2)]),
    ]
    for signature, duree, avenants in by_acts:
        convention = factories.convention(signature, duree_annees=duree)
        for signed, years in avenants:
            factories.avenant(convention, signed, duree_annees=years)
        first = day("2020-02-01")
        days = [first + datetime.timedelta(days=n) for n in range(0, 6 * 365, 3)]
        days += [day(d) + datetime.timedelta(days=n) for d, _ in avenants for n in (-1, 0, 1)]
        read = Convention.objects.prefetch_related("avenants").get(pk=convention.pk)
        known = temps_en_vigueur(read, day("2030-01-01"))
        for jour in days:
            held = any(t.acte.date_signature <= jour and jour < t.fin for t in known)
            assert held == en_vigueur(read, jour), (signature, jour)


@pytest.mark.parametrize(
    ("signed", "fields", "late"),
    [
        ("2023-01-09", {}, False),
        ("2023-01-10", {}, True),
        ("2023-01-10", {"duree_annees": 10}, False),
        ("2023-01-11", {"duree_annees": 10}, True),
        ("2023-01-01", {"precision_signature": "mois"}, False),
        ("2023-02-01", {"precision_signature": "mois"}, True),
        ("2023-01-11", {"precision_signature": "au_plus_tard"}, False),
    ],
)
def test_an_avenant_is_after_the_end_when_it_surely_is(signed, fields, late):
    convention = factories.convention("2018-01-10", duree_annees=5)
    factories.avenant(convention, signed, **fields)
    assert Avenant.objects.apres_la_fin().exists() == late


@pytest.mark.parametrize(
    ("precision", "signature", "before", "after"),
    [
        ("mois", "2018-12-01", "2023-12-31", "2024-01-01"),
        ("annee", "2018-01-01", "2023-12-31", "2024-01-01"),
        ("au_plus_tard", "2018-01-10", "2023-01-09", "2023-01-10"),
    ],
)
def test_an_end_known_vaguely_is_over_when_it_surely_is(precision, signature, before, after):
    convention = factories.convention(signature, precision_signature=precision, duree_annees=5)
    factories.avenant(convention, before)
    assert not Avenant.objects.apres_la_fin().exists()
    late = factories.avenant(convention, after)
    assert list(Avenant.objects.apres_la_fin()) == [late]


def test_an_avenant_in_time_for_the_one_before_it_is_not_after_the_end():
    convention = factories.convention("2018-01-10", duree_annees=5)
    factories.avenant(convention, "2023-01-01", duree_annees=6)
    factories.avenant(convention, "2023-12-01")
    factories.avenant(factories.convention("2018-01-10"), "2090-01-01")
    assert not Avenant.objects.apres_la_fin().exists()


def test_the_last_extension_signed_is_the_one_that_counts():
    convention = factories.convention("2018-01-10", duree_annees=5)
    factories.avenant(convention, "2022-06-01", duree_annees=8)
    factories.avenant(convention, "2020-06-01", duree_annees=12)
    factories.avenant(convention, "2022-07-01")
    factories.avenant(convention, None, duree_annees=20)
    assert duree_au(convention, day("2020-05-31")) == 5
    assert duree_au(convention, day("2020-06-01")) == 12
    assert duree_au(convention, day("2022-06-01")) == 8
    assert in_force("2026-01-09")
    assert not in_force("2026-01-10")


def test_an_avenant_gives_its_end_to_a_convention_that_had_none():
    convention = factories.convention("2018-01-10")
    factories.avenant(convention, "2020-01-01", duree_annees=5)
    assert date_fin_au(convention, day("2019-12-31")) is None
    assert in_force("2023-01-09")
    assert not in_force("2023-01-10")


def test_the_end_that_is_shown_is_the_one_that_is_counted():
    """`date_fin_au` is read on a page, `ended` by the counts: they agree on every day."""
    signatures = ["2019-02-28", "2020-02-29", "2020-03-01", "2020-12-31", "2021-01-01", None]
    for signature in signatures:
        for duree in (None, 1, 3, 4):
            convention = factories.convention(signature, duree_annees=duree)
            if signature:
                factories.avenant(convention, "2021-06-15", duree_annees=2)
                factories.avenant(convention, "2022-03-01", duree_annees=6)
                factories.avenant(convention, "2022-03-01", duree_annees=5)
            factories.convention(signature, duree_annees=duree)
    conventions = list(Convention.objects.prefetch_related("avenants"))
    turning = [day(f"{year}-{end}") for year in range(2019, 2028) for end in ("03-01", "01-01")]
    turning += [day("2021-06-15"), day("2022-12-31"), day("2024-02-29"), day("2024-12-31")]
    for jour in {t + datetime.timedelta(days=n) for t in turning for n in (-1, 0, 1)}:
        ends = {c.pk: date_fin_au(c, jour) for c in conventions if c.date_signature}
        shown = {pk for pk, end in ends.items() if end and end <= jour}
        assert set(Convention.objects.ended(jour).values_list("pk", flat=True)) == shown, jour


def test_an_avenant_is_named_once_for_all_when_it_is_recorded():
    signed = factories.convention("2023-07-06", identifiant="ort-agde")
    first, second = (factories.avenant(signed, jour) for jour in ("2024-01-11", "2023-09-01"))
    assert (first.identifiant, second.identifiant) == ("ort-agde-avenant-1", "ort-agde-avenant-2")
    first.date_signature, first.numero = day("2023-08-01"), 7
    first.save()
    first.refresh_from_db()
    assert first.identifiant == "ort-agde-avenant-1"
    assert factories.avenant(factories.convention(identifiant="ort-sete")).identifiant == (
        "ort-sete-avenant-1"
    )


def test_the_rank_of_a_removed_avenant_is_never_given_again():
    signed = factories.convention("2023-07-06", identifiant="ort-agde")
    for rank in range(1, 11):
        last = factories.avenant(signed, "2023-09-01", numero=rank)
    assert last.identifiant == "ort-agde-avenant-10"
    last.delete()
    assert factories.avenant(signed, "2023-09-02").identifiant == "ort-agde-avenant-11"
    restored = restore(Avenant.history.removed().get())
    assert restored.identifiant == "ort-agde-avenant-10"


@pytest.mark.parametrize("duree", [0, 100, 2028, 9000])
def test_a_duration_that_is_not_one_is_refused(duree):
    """Whoever types the year of the end gets a message, and no page ends in the year 4051."""
    message = "Une durée compte de 1 à 99 années"
    convention = factories.convention("2023-07-06")
    for act in (convention, factories.avenant(convention)):
        act.duree_annees = duree
        with pytest.raises(ValidationError, match=message):
            act.full_clean()
    with pytest.raises(IntegrityError):
        factories.convention("2023-07-06", duree_annees=duree)


@pytest.mark.parametrize(
    ("signature", "refused"), [("2023-07-05", True), ("2023-07-06", False), (None, False)]
)
def test_an_avenant_is_not_signed_before_its_convention(signature, refused):
    convention = factories.convention("2023-07-06")
    avenant = Avenant(convention=convention, date_signature=signature and day(signature))
    told = pytest.raises(ValidationError, match="ne peut pas être signé avant sa convention")
    with told if refused else nullcontext():
        avenant.full_clean()


@pytest.mark.parametrize(
    ("signature", "precision", "refused"),
    [
        ("2022-12-09", "jour", False),
        ("2022-12-10", "jour", True),
        ("2022-12-11", "jour", True),
        # Of 1 to 31 December, it may be of the 9th; « au plus tard », of any day before.
        ("2022-12-01", "mois", False),
        ("2023-01-01", "mois", True),
        ("2023-01-01", "au_plus_tard", False),
    ],
)
def test_an_avenant_does_not_end_its_convention_before_itself(db, signature, precision, refused):
    """Two years from 10 December 2020: what was in force when it was signed would not have been."""
    signed = factories.convention("2020-12-10", duree_annees=8)
    act = Avenant(
        convention=signed,
        date_signature=day(signature),
        precision_signature=precision,
        duree_annees=2,
    )
    told = pytest.raises(
        ValidationError, match="2 ans, la convention aurait pris fin le 10 décembre 2022"
    )
    with told if refused else nullcontext():
        act.full_clean(exclude=["identifiant"])


def test_a_convention_is_not_corrected_to_end_before_its_avenant(db):
    signed = factories.convention("2020-12-10", duree_annees=8)
    factories.avenant(signed, "2022-12-09", duree_annees=2)
    signed.full_clean()
    signed.date_signature = day("2020-12-09")
    with pytest.raises(ValidationError, match="aurait pris fin le 9 décembre 2022"):
        signed.full_clean()


@pytest.mark.parametrize(
    ("signature", "precision", "refused"),
    [
        ("2023-07-15", "mois", False),
        ("2023-06-30", "mois", True),
        ("2023-03-01", "annee", False),
        ("2022-12-31", "annee", True),
        ("2023-07-09", "jour", True),
    ],
)
def test_an_avenant_of_the_month_of_its_convention_may_follow_it(signature, precision, refused):
    """« juillet 2023 », kept on 1 July, may be the 15th: only what must be before is refused."""
    convention = factories.convention("2023-07-10")
    avenant = Avenant(
        convention=convention, date_signature=day(signature), precision_signature=precision
    )
    told = pytest.raises(ValidationError, match="ne peut pas être signé avant sa convention")
    with told if refused else nullcontext():
        avenant.full_clean()
    if not refused:
        avenant.save()
        convention.full_clean()


def test_an_avenant_is_not_signed_of_a_convention_that_is_not():
    planned = factories.convention(None)
    early = Avenant(convention=planned, date_signature=day("2023-09-01"))
    assert "Sa convention n'est pas signée" in refused(early)
    early.date_signature, early.date_signature_prevue = None, day("2027-09-01")
    assert not refused(early)


def test_a_convention_keeps_its_day_while_an_avenant_is_signed():
    signed = factories.convention("2023-07-06")
    signed.date_signature = None
    assert not refused(signed)
    signed.date_signature = day("2023-07-06")
    factories.avenant(signed, "2023-09-01")
    signed.date_signature = None
    assert "Un avenant de cette convention est signé" in refused(signed)


def test_what_was_signed_too_early_before_its_rule_locks_nothing():
    planned = factories.convention(None)
    held = factories.avenant(planned, "2023-09-01")
    held.objet, planned.intitule = "Entrée d'une commune", "ORT à signer"
    assert not refused(held)
    assert not refused(planned)
    held.date_signature = day("2023-09-02")
    assert "Sa convention n'est pas signée" in refused(held)


@pytest.mark.parametrize("model", [Partie, Secteur])
def test_a_row_names_no_act_of_another_convention(model):
    town = factories.commune()
    own, other = factories.convention(communes=[town]), factories.convention()
    away = factories.avenant(other)
    row = model(convention=own, commune=town, avenant=factories.avenant(own))
    row.nom = "Centre ancien"
    assert not refused(row)
    row.avenant = away
    assert "celui d'une autre convention" in refused(row)
    row.save()
    # Recorded before the rule, it is corrected all the same.
    assert not refused(model.objects.get())


def test_a_number_names_one_avenant_of_a_convention():
    one, other = factories.convention(), factories.convention()
    for convention in (one, other):
        factories.avenant(convention, numero=1)
    for jour in ("2023-09-02", "2023-09-03"):
        factories.avenant(one, jour, numero=None)
    with pytest.raises(IntegrityError):
        factories.avenant(one, numero=1)


def test_an_avenant_is_told_by_what_it_does():
    convention = factories.convention()
    lodeve = factories.commune("34142")
    silent = factories.avenant(convention)
    first = factories.avenant(convention, communes=[lodeve], duree_annees=8)
    last = factories.avenant(convention, numero=2)
    rewrite(CommuneCouverte.objects, sortie=last)
    Secteur.objects.create(convention=convention, commune=lodeve, nom="Centre", avenant=last)
    Partie.objects.create(convention=convention, commune=lodeve, avenant=last)
    assert silent.objets() == []
    assert first.objets() == ["ajout_communes", "prolongation"]
    assert last.objets() == ["retrait_communes", "secteurs", "parties"]
    assert (silent.nom, last.nom) == ("avenant", "avenant n° 2")


def test_a_convention_over_two_departements_is_shared_with_all_that_hangs_on_it():
    salvetat, lacaune = factories.commune("34293"), factories.commune("81124")
    shared = factories.convention(communes=[salvetat])
    factories.avenant(shared, communes=[lacaune])
    Partie.objects.create(convention=shared, commune=salvetat)
    Secteur.objects.create(convention=shared, commune=salvetat, nom="Centre")
    users = {code: factories.agent(code, [factories.departement(code)]) for code in ("34", "81")}
    nobody = [factories.agent("sans"), AnonymousUser()]
    nobody.append(factories.agent("12", [factories.departement("12")], Role.REFERENT))
    for model, count in (
        (Convention, 1),
        (Avenant, 1),
        (CommuneCouverte, 2),
        (Partie, 1),
        (Secteur, 1),
    ):
        for user in users.values():
            assert model.objects.for_user(user).count() == count
        for user in nobody:
            assert not model.objects.for_user(user).exists()


def test_a_convention_without_commune_is_that_of_its_departement():
    draft = factories.convention(None, departement_reference=factories.departement("81"))
    of_81 = factories.agent(departements=[factories.departement("81")])
    of_34 = factories.agent(departements=[factories.departement("34")])
    assert list(Convention.objects.for_user(of_81)) == [draft]
    assert not Convention.objects.for_user(of_34).exists()


@pytest.mark.parametrize(
    ("signature", "refused"), [("2023-08-31", False), ("2023-09-01", False), ("2023-09-02", True)]
)
def test_a_convention_is_not_corrected_past_its_avenant(db, signature, refused):
    convention = factories.convention("2023-07-06")
    factories.avenant(convention, "2023-09-01")
    convention.date_signature = day(signature)
    if refused:
        with pytest.raises(ValidationError, match="signé avant ce jour"):
            convention.full_clean()
    else:
        convention.full_clean()


@pytest.mark.parametrize(
    ("identity", "make"),
    [
        ("commune", lambda: factories.commune()),
        ("intercommunalite", lambda: factories.intercommunalite()),
        ("organisme", lambda: Organisme.objects.create(nom="Région", nature="region")),
    ],
)
def test_a_party_is_recorded_once_in_a_role(identity, make):
    signed, who = factories.convention(), make()
    Partie.objects.create(convention=signed, role="partenaire", **{identity: who})
    again = Partie(convention=signed, role="partenaire", **{identity: who})
    assert "déjà enregistrée dans ce rôle" in refused(again)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    assert refused(Partie(convention=signed, role="signataire", **{identity: who})) == ""
    elsewhere = Partie(convention=factories.convention(), role="partenaire", **{identity: who})
    assert refused(elsewhere) == ""


@pytest.mark.parametrize("name", ["date_deliberation", "date_signature"])
def test_a_party_deliberates_and_signs_today_at_the_latest(name):
    party = Partie(convention=factories.convention(), commune=factories.commune())
    today = timezone.localdate()
    setattr(party, name, today)
    party.full_clean()
    setattr(party, name, today + ONE_DAY)
    with pytest.raises(ValidationError) as told:
        party.full_clean()
    sentence = "Une délibération, une signature : du jour même ou d'avant."
    assert told.value.message_dict == {name: [sentence]}


def test_a_sector_of_a_commune_is_recorded_once():
    signed, lodeve = factories.convention(), factories.commune("34142")
    Secteur.objects.create(convention=signed, commune=lodeve, nom="Centre ancien")
    again = Secteur(convention=signed, commune=lodeve, nom="Centre ancien")
    assert "déjà enregistré" in refused(again)
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    again.commune = factories.commune("34199")
    assert refused(again) == ""


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"date_signature": day("2023-09-01")}, True),
        ({"date_signature": day("2023-09-02")}, False),
        ({"date_signature": day("2023-09-01"), "numero": 2}, False),
        ({"date_signature": day("2023-09-01"), "precision_signature": "mois"}, False),
        ({"date_signature": None}, False),
    ],
)
def test_two_avenants_of_one_day_have_their_numbers(fields, told):
    signed = factories.convention()
    factories.avenant(signed, "2023-09-01")
    other = Avenant(convention=signed, **fields)
    assert ("déjà un avenant de ce jour" in refused(other)) == told
    if told:
        with pytest.raises(IntegrityError), transaction.atomic():
            other.save()


@pytest.mark.parametrize(
    ("nom", "siren", "told"),
    [
        ("Anah", "", True),
        ("ANAH ", "", True),
        # Some bodies share one: the Banque des Territoires is of the Caisse des dépôts.
        ("Agence nationale de l'habitat", "130005481", False),
        ("Anah", "130002801", False),
        ("Anah Occitanie", "", False),
    ],
)
def test_a_body_is_recorded_once(db, nom, siren, told):
    held = Organisme.objects.create(nom="anah", nature="etablissement", siren="130005481")
    seen = refused(Organisme(nom=nom, nature="etablissement", siren=siren))
    assert ("déjà enregistré : « anah »" in seen) is told
    held.nature = "etat"
    held.full_clean()


def test_a_body_whose_siren_is_found_is_still_that_of_its_name(db, django_assert_num_queries):
    held = Organisme.objects.create(nom="anah", nature="etablissement")
    again = Organisme(nom="Anah", nature="etablissement", siren="130005481")
    assert "déjà enregistré : « anah »" in refused(again)
    held.siren = "130005481"
    # Its name is the same: nobody else's is read.
    with django_assert_num_queries(1):
        held.clean()


@pytest.mark.parametrize(
    ("nom", "told"), [("centre  Ancien", True), ("Centre-ancien", True), ("Centre", False)]
)
def test_a_sector_of_a_commune_written_otherwise_is_the_same(db, nom, told):
    town, other = factories.commune("34142"), factories.commune("34028")
    ort = factories.convention(communes=[town, other])
    held = ort.secteurs.create(commune=town, nom="Centre ancien")
    assert ("déjà enregistré" in refused(Secteur(convention=ort, commune=town, nom=nom))) is told
    assert not refused(Secteur(convention=ort, commune=other, nom=nom))
    held.full_clean()
