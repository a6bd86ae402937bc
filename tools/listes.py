"""Made-up national lists in the official layout, of the size of the true ones: to open France in a trial.

    .venv/bin/python -m tools.listes DOSSIER

The communes and their intercommunalités are the real ones of the database; their dates are drawn at
random, always the same. What is opened from them is of a trial, and is shown to nobody.
"""

import csv
import datetime
import os
import random
import sys
from collections import defaultdict
from pathlib import Path

import django

PVD, ORT = 1_646, 2_265
JOUR = datetime.date(2026, 5, 27)
FIRST = datetime.date(2020, 11, 1)
# An intercommunalité has one ORT, of one to a few communes; some joined it by avenant.
MOST_COVERED, JOINED = 5, 0.2


def write(folder, times=1):
    """Write both lists in `folder`, `times` the size of the true ones; return their paths."""
    from communes.models import Commune, Rattachement
    from communes.programme.liste.nationales import FORME_PVD
    from ort.liste.colonnes import ColonneNationale

    chance = random.Random(34)
    members = defaultdict(list)
    rows = Rattachement.objects.as_of(JOUR).order_by("intercommunalite", "commune")
    for epci, code in rows.values_list("intercommunalite", "commune"):
        members[epci].append(code)
    towns = Commune.objects.select_related("departement__region").in_bulk()
    epcis = chance.sample(sorted(members), len(members))
    covered = [row for epci in epcis for row in rows_of_ort(members[epci], chance)]
    while len(covered) < ORT * times:
        covered += [row for epci in epcis for row in rows_of_ort(members[epci], chance)]
    covered = covered[: ORT * times]
    named = list(dict.fromkeys(code for code, _ in covered))
    laureates = named[: PVD * times]
    return (
        write_rows(
            folder / f"liste-pvd-com2026-{JOUR:%Y%m%d}.csv",
            FORME_PVD.entetes,
            (pvd_row(towns[code], rank, chance) for rank, code in enumerate(laureates)),
        ),
        write_rows(
            folder / f"liste-ort-{JOUR:%Y%m%d}.csv",
            list(ColonneNationale),
            (ort_row(towns[code], jour, code in laureates) for code, jour in covered),
        ),
    )


def rows_of_ort(codes, chance):
    """Return the communes that an ORT covers, each with the day on which it entered."""
    signed = FIRST + datetime.timedelta(days=chance.randint(200, 1500))
    joined = signed + datetime.timedelta(days=chance.randint(100, 400))
    chosen = chance.sample(codes, min(len(codes), chance.randint(1, MOST_COVERED)))
    return [
        (code, joined if rank and chance.random() < JOINED else signed)
        for rank, code in enumerate(chosen)
    ]


def pvd_row(town, rank, chance):
    signed = FIRST + datetime.timedelta(days=chance.randint(0, 400))
    region = town.departement.region_id
    # The true list has some without a date.
    day = "" if chance.random() < 0.035 else f"{signed:%d/%m/%Y}"
    return [town.pk, town.nom, f"pvd-{region}-{town.departement_id}-{rank}", day]


def ort_row(town, signed, laureate):
    from ort.liste.colonnes import ColonneNationale as Nationale
    from ort.liste.colonnes import SigneeNationale, StatutNational, commune_prefixee

    told = {
        Nationale.COMMUNE: commune_prefixee(town.departement_id, town.nom),
        Nationale.DEPARTEMENT: town.departement.nom,
        Nationale.REGION: town.departement.region.nom,
        Nationale.CODE_COMMUNE: town.pk,
        Nationale.STATUT_COMMUNE: StatutNational.PVD if laureate else StatutNational.AUTRE,
        Nationale.SIGNEE: SigneeNationale.SIGNEE,
        Nationale.DATE_SIGNATURE: signed.isoformat(),
        Nationale.DUREE: 5,
    }
    return [told.get(column, "") for column in Nationale]


def write_rows(path, headers, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers)
        writer.writerows(rows)
    return path


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pvd.settings")
    django.setup()
    for path in write(Path(sys.argv[1]), *map(int, sys.argv[2:])):
        print(path)
