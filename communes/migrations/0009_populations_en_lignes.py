"""Make a row of each population that the JSON of a commune holds, with the year that it counts.

The rule and the figures are those of `communes.territoire.decoupage.annees` when this was written.
"""

from collections import defaultdict

from django.db import migrations

CHUNK = 2000
# What Insee has published, by year and code: `communes/donnees/populations.csv` says where.
PUBLIEES = {
    2019: {"34172": 295542, "31488": 11017, "81267": 618, "64137": 676},
    2020: {"31555": 498003, "44109": 320732, "85264": 1330, "77415": 1281},
    2022: {"97416": 85254, "26307": 2827, "74240": 1157, "33444": 563},
    2023: {"69123": 519127, "31555": 514819, "38185": 156140, "74010": 132117, "26362": 64458, "73065": 59964},
}
COMPTEES_A_PART = ("975", "976", "977", "978", "98")


def annees_etablies(Commune, alias):
    """Return the year that each vintage of the base counts, where three communes at least prove it."""
    codes = {code for figures in PUBLIEES.values() for code in figures}
    held = defaultdict(dict)
    known = Commune.objects.using(alias).filter(pk__in=codes)
    for code, populations in known.values_list("pk", "populations_json"):
        for millesime, valeur in populations.items():
            held[int(millesime)][code] = valeur
    etablies = {}
    for millesime, valeurs in held.items():
        proven = [
            annee
            for annee, figures in PUBLIEES.items()
            if len(figures.keys() & valeurs.keys()) >= 3
            and all(valeurs.get(code, figure) == figure for code, figure in figures.items())
        ]
        if len(proven) == 1:
            etablies[millesime] = proven[0]
    return etablies


def make_rows(apps, schema_editor):
    alias = schema_editor.connection.alias
    Commune = apps.get_model("communes", "Commune")
    Population = apps.get_model("communes", "Population")
    etablies = annees_etablies(Commune, alias)
    rows = []
    stored = Commune.objects.using(alias).order_by().values_list("pk", "populations_json")
    # Read whole: SQLite does not write in the middle of what it reads.
    for code, populations in list(stored):
        a_part = code.startswith(COMPTEES_A_PART)
        for millesime, valeur in populations.items():
            annee = None if a_part else etablies.get(int(millesime))
            rows.append(Population(commune_id=code, millesime=int(millesime), annee=annee, valeur=valeur))
        if len(rows) >= 5 * CHUNK:
            Population.objects.using(alias).bulk_create(rows, batch_size=CHUNK)
            rows = []
    Population.objects.using(alias).bulk_create(rows, batch_size=CHUNK)


def make_json(apps, schema_editor):
    alias = schema_editor.connection.alias
    Commune = apps.get_model("communes", "Commune")
    Population = apps.get_model("communes", "Population")
    held = defaultdict(dict)
    stored = Population.objects.using(alias).order_by("millesime")
    for code, millesime, valeur in stored.values_list("commune_id", "millesime", "valeur"):
        held[code][str(millesime)] = valeur
    communes = [Commune(pk=code, populations_json=populations) for code, populations in held.items()]
    Commune.objects.using(alias).bulk_update(communes, ["populations_json"], batch_size=400)


class Migration(migrations.Migration):

    dependencies = [
        ('communes', '0008_population'),
    ]

    operations = [
        migrations.RunPython(make_rows, make_json),
    ]
