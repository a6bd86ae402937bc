"""Any day rebuilt from the files of the histories alone: what any analyst would write, and no more.

It shares nothing with the application: texts, compared as texts.
"""

import csv
import io
from datetime import date


def read(text):
    return list(csv.DictReader(io.StringIO(text)))


def held(rows, jour):
    """Return the rows of a history that hold on a day, written AAAA-MM-JJ."""
    return [r for r in rows if r["debut"] <= jour and (r["fin"] == "" or jour < r["fin"])]


def of_the_day(rows, jour):
    """Return the rows of the table of a day, without what dates a period."""
    dated = ("debut", "fin", "debut_precision", "fin_precision", "debut_sources", "fin_sources")
    return [{k: v for k, v in r.items() if k not in dated} for r in held(rows, jour)]


def postes_of_the_day(rows, jour):
    """Return the posts of a day, with the days of vacancy counted."""
    found = of_the_day(rows, jour)
    for row in found:
        first = row.pop("vacant_depuis")
        days = (date.fromisoformat(jour) - date.fromisoformat(first)).days if first else ""
        row["jours_vacance"] = str(days)
    return found


def intercommunalites_of_the_day(rattachements, noms, jour):
    """Return the intercommunalités of a day, from their members and from the names."""
    named = {row["code"]: row["nom"] for row in held(noms, jour)}
    members = {}
    for row in held(rattachements, jour):
        members.setdefault(row["siren_epci"], []).append(row)
    found = []
    for siren, rows in sorted(members.items()):
        laureates = sorted(r["code_insee"] for r in rows if r["laureate_pvd"] == "true")
        found.append(
            {
                "siren_epci": siren,
                "nom_epci": named[siren],
                "nature": rows[0]["nature"],
                "departements": "|".join(sorted({r["code_departement"] for r in rows})),
                "nb_communes": str(len(rows)),
                "nb_communes_laureates": str(len(laureates)),
                "communes_laureates": "|".join(laureates),
            }
        )
    return found
