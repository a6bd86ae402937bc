"""The few rules that SQL tells beside Python, which choose rows: equal on random histories."""

import datetime
from functools import cache

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communes.models import Commune, Departement, Labellisation
from ort.faits import couvertures_datees
from ort.models import CommuneCouverte, Convention
from ort.regles import couverte, couvertures_en_vigueur, en_vigueur, signe
from projects.postes.faits import postes_dates
from projects.postes.models import Desserte
from projects.postes.regles import communes_desservies
from pvd.suivi.chiffres import Decompte, ort_comptees
from pvd.suivi.faits import Faits
from pvd.suivi.situation import communes_de_statut
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


# The day when a town ends, whether the next one begins on that day, for each but the last.
MERGERS = st.tuples(*[st.none() | st.tuples(DAYS, st.booleans()) for _ in TOWNS[1:]])
SERVED = st.lists(st.tuples(st.sampled_from(TOWNS), st.none() | DAYS, st.none() | DAYS), max_size=3)


def record(stays, conventions, mergers, dessertes):
    """Record a random history; an exit that comes before its entry is left out."""
    tarn = factories.departement("81")
    for code in TOWNS:
        # The last one is of another département than those that may merge into it.
        place = {"departement": tarn} if code == TOWNS[-1] else {}
        factories.commune(code, **place)
    record_mergers(mergers)
    for code, debut, fin in dessertes:
        fin = fin if fin and (debut is None or fin > debut) else None
        Desserte.objects.create(poste=factories.poste([]), commune_id=code, debut=debut, fin=fin)
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


def record_mergers(mergers):
    """Have each town end on its day, if it has one, followed by the next: a chain of them at most."""
    for code, after, merger in zip(TOWNS, TOWNS[1:], mergers, strict=False):
        if merger:
            fin, changes_code = merger
            town, heir = Commune.objects.get(pk=code), Commune.objects.get(pk=after)
            if town.debut and town.debut >= fin:
                continue
            heir.debut = fin if changes_code else None
            heir.save()
            town.fin, town.successeur = fin, heir
            town.save()


# What SQL is asked, as the pages ask it, on a day.
QUERIES = {
    "labels": Labellisation.objects.as_of,
    "en_vigueur": Convention.objects.en_vigueur,
    "ended": Convention.objects.ended,
    "couvertures": CommuneCouverte.objects.as_of,
    "couvertures_en_vigueur": CommuneCouverte.objects.en_vigueur,
    "ort_comptees": lambda jour: ort_comptees(None, jour),
    "ort_du_tarn": lambda jour: ort_comptees(Departement(pk="81"), jour),
    "dans_le_tarn": lambda jour: communes_de_statut(None, Departement(pk="81"), jour),
    "laureates": lambda jour: Labellisation.objects.as_of(jour).communes(jour),
    "couvertes": lambda jour: Commune.objects.filter(
        pk__in=CommuneCouverte.objects.en_vigueur(jour).communes_du_jour(jour)
    ),
    "desservies": lambda jour: Commune.objects.filter(
        pk__in=Desserte.objects.as_of(jour).communes_du_jour(jour)
    ),
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
@given(STAYS, CONVENTIONS, MERGERS, SERVED)
def test_sql_and_python_say_the_same_on_each_day(stays, conventions, mergers, dessertes):
    with transaction.atomic():
        record(stays, conventions, mergers, dessertes)
        labels, signed = list(Labellisation.objects.all()), list(Convention.objects.all())
        read = [c for found in couvertures_datees().values() for c in found]
        by_commune = couvertures_datees(TOWNS)
        faits, tarn = Faits(), Departement(pk="81")
        du_tarn, postes = Faits.du_programme(tarn), postes_dates().values()
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
            assert keys("ort_du_tarn", jour) == Decompte(tarn, jour, du_tarn).ort
            assert keys("dans_le_tarn", jour) == set(du_tarn.dans_le_programme(jour))
            assert keys("laureates", jour) == set(faits.dans_le_programme(jour))
            assert keys("couvertes", jour) == {
                code
                for code in TOWNS
                if couvertures_en_vigueur(faits.couvertures_de(code, jour), jour)
            }
            assert keys("desservies", jour) == {
                code for poste in postes for code in communes_desservies(poste, jour)
            }
        transaction.set_rollback(True)
