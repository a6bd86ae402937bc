"""The few rules that SQL tells beside Python, which choose rows: equal on random histories."""

import datetime
from functools import cache

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communes.models import Labellisation
from ort.faits import couvertures_datees
from ort.models import CommuneCouverte, Convention
from ort.regles import couverte, couvertures_en_vigueur, en_vigueur, signe
from pvd.suivi.chiffres import Decompte, ort_comptees
from pvd.suivi.faits import Faits
from socle.periodes import holds_on
from tests import factories

pytestmark = pytest.mark.django_db

FIRST = datetime.date(2024, 2, 25)
# A short time, so that ends, beginnings and the days asked for often fall together; it holds a
# 29 February, of which the anniversary is not of every year.
DAYS = st.integers(0, 12).map(lambda n: FIRST + datetime.timedelta(days=n))
ASKED = [FIRST + datetime.timedelta(days=n) for n in range(-1, 14)]
ASKED += [day.replace(year=2025) for day in ASKED if (day.month, day.day) != (2, 29)]
TOWNS = ["34001", "34002", "34003"]

STAYS = st.lists(
    st.tuples(st.sampled_from(TOWNS), DAYS, st.none() | DAYS),
    unique_by=lambda stay: stay[0],
)
AVENANTS = st.lists(st.tuples(st.none() | DAYS, st.none() | st.integers(1, 2)), max_size=2)
COVERAGES = st.lists(
    st.tuples(st.sampled_from(TOWNS), st.integers(-1, 1), st.integers(-1, 1)),
    unique_by=lambda covered: covered[0],
)
CONVENTIONS = st.lists(
    st.tuples(st.none() | DAYS, st.none() | st.integers(1, 2), st.booleans(), AVENANTS, COVERAGES),
    max_size=2,
)


def record(stays, conventions):
    """Record a random history; an exit that comes before its entry is left out."""
    for code in TOWNS:
        factories.commune(code)
    for code, debut, fin in stays:
        fin = fin if fin and fin > debut else None
        Labellisation.objects.create(commune_id=code, debut=debut, fin=fin)
    for signature, duree, vaut_ort, avenants, coverages in conventions:
        signed = signature and signature.isoformat()
        convention = factories.convention(signed, duree_annees=duree, vaut_ort=vaut_ort)
        acts = [None] + [
            factories.avenant(convention, day and day.isoformat(), duree_annees=years, numero=n)
            for n, (day, years) in enumerate(avenants, 1)
        ]
        for code, came, left in coverages:
            entree, sortie = act_of(acts, came), act_of(acts, left)
            if sortie == entree or (entree and sortie and sortie.pk < entree.pk):
                sortie = None
            CommuneCouverte.objects.create(
                convention=convention, commune_id=code, entree=entree, sortie=sortie
            )


def act_of(acts, rank):
    """Return the avenant of that rank, or None where there is none."""
    return acts[rank + 1] if -1 <= rank < len(acts) - 1 else None


# What SQL is asked, as the pages ask it, on a day.
QUERIES = {
    "labels": Labellisation.objects.as_of,
    "en_vigueur": Convention.objects.en_vigueur,
    "ended": Convention.objects.ended,
    "couvertures": CommuneCouverte.objects.as_of,
    "couvertures_en_vigueur": CommuneCouverte.objects.en_vigueur,
    "ort_comptees": lambda jour: ort_comptees(None, jour),
}


@cache
def prepared(name, jour):
    """Write a query once: it is the same whatever is recorded, and longer to plan than to answer."""
    sql, params = QUERIES[name](jour).values_list("pk", flat=True).query.sql_with_params()
    if connection.vendor != "postgresql":
        return sql, params
    known = f"{name}_{jour:%Y%m%d}"
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE {known} AS {sql}", params)
    return f"EXECUTE {known}", None


def keys(name, jour):
    """Return the keys of the rows that a query chooses on a day."""
    with connection.cursor() as cursor:
        cursor.execute(*prepared(name, jour))
        return {pk for (pk,) in cursor.fetchall()}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STAYS, CONVENTIONS)
def test_sql_and_python_say_the_same_on_each_day(stays, conventions):
    with transaction.atomic():
        record(stays, conventions)
        labels, signed = list(Labellisation.objects.all()), list(Convention.objects.all())
        read = [c for found in couvertures_datees().values() for c in found]
        by_commune = couvertures_datees(TOWNS)
        faits = Faits()
        for jour in ASKED:
            assert keys("labels", jour) == {label.pk for label in labels if holds_on(label, jour)}
            assert keys("en_vigueur", jour) == {
                convention.pk for convention in signed if en_vigueur(convention, jour)
            }
            assert keys("ended", jour) == {
                c.pk for c in signed if signe(c, jour) and not en_vigueur(c, jour)
            }
            assert keys("couvertures", jour) == {
                couverture.pk for couverture in read if couverte(couverture, jour)
            }
            assert keys("couvertures_en_vigueur", jour) == {
                held.pk
                for found in by_commune.values()
                for held in couvertures_en_vigueur(found, jour)
            }
            assert keys("ort_comptees", jour) == Decompte(None, jour, faits).ort
        transaction.set_rollback(True)
