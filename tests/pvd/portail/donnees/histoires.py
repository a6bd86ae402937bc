"""The files of the histories, read as any analyst reads them, and held to the tables of a day."""

from django.apps import apps
from django.db import models

from projects.postes.models.occupations import IDENTITE
from pvd.portail.donnees.telechargements import TABLES
from tests.pvd.portail.donnees import rejouer

# What tells a day and not a row: no period can hold it.
OF_THE_FILE = ("date_situation", "annee_cog")
SECRET = "SECRET-INTERNE"
HISTOIRES = {t.nom.removeprefix("historique-"): t for t in TABLES if not t.d_un_jour}


def text(client, address, **asked):
    response = client.get(f"/donnees/{address}.csv", asked)
    assert response.status_code == 200
    return response.getvalue().decode()


class Files:
    """The files of the histories, read once each."""

    def __init__(self, client, departement="", **asked):
        self.client, self.read = client, {}
        self.asked = ({"departement": departement} if departement else {}) | asked

    def history(self, nom, **asked):
        key = nom, *asked.values()
        if key not in self.read:
            found = text(self.client, f"historique/{nom}", **self.asked, **asked)
            self.read[key] = rejouer.read(found)
        return self.read[key]

    def day(self, nom, jour, **asked):
        """Return the table of a day, without the columns that tell the file."""
        rows = rejouer.read(text(self.client, nom, au=jour, **self.asked, **asked))
        return [{k: v for k, v in row.items() if k not in OF_THE_FILE} for row in rows]


def in_order(rows):
    return sorted(rows, key=lambda row: sorted(row.items()))


# A table, what is asked of it, and the status of those that are over: told only where it is asked for.
TOUS = {"programme": "tous"}
OF_STATUS = [
    ("communes", {}, "sortie"),
    ("ort", {}, "terminee"),
    ("ort-communes", {}, ""),
    ("ort", TOUS, "terminee"),
    ("ort-communes", TOUS, "terminee"),
]
# What asks for all the rows of a table in which each tells its status.
EVERY = {
    "communes": ["laureate", "adhesion_signee", "ort_signee", "sortie"],
    "ort": ["en_vigueur", "terminee"],
}


def rebuilt_by_status(history, jour, at_once):
    """Yield each table of a day that is asked for by a status, what is asked, and its rows rebuilt."""
    for nom, asked, over in OF_STATUS:
        now = rejouer.of_the_day(history(nom, **asked), jour)
        gone = rejouer.of_the_day(history(nom, **asked, statut=over), jour) if over else []
        if at_once and nom in EVERY:
            assert {row["statut"] for row in gone} <= {over}
            assert over not in {row["statut"] for row in now}
            yield nom, asked | {"statut": EVERY[nom]}, [*now, *gone]
            continue
        yield nom, asked, now
        if over:
            yield nom, asked | {"statut": over}, gone


def compare(files, jour, at_once=False):
    """Check each table of a day against what the histories rebuild of it; return how many cells agree.

    At once, those that are over are asked for with the others, where their status tells them apart.
    """
    history = files.history
    noms = history("noms")
    rebuilt = [
        *rebuilt_by_status(history, jour, at_once),
        ("postes", {}, rejouer.postes_of_the_day(history("postes"), jour)),
        (
            "intercommunalites",
            {},
            rejouer.intercommunalites_of_the_day(history("rattachements"), noms, jour),
        ),
    ]
    agreed = 0
    for nom, asked, rows in rebuilt:
        expected = files.day(nom, jour, **asked)
        carried = set(rows[0]) if rows else set()
        missing = set(expected[0]) - carried if expected else set()
        assert not rows or nom == "intercommunalites" or missing == set(), (nom, missing)
        told = [{k: v for k, v in row.items() if k in carried} for row in expected]
        assert in_order(rows) == in_order(told), (nom, asked, jour)
        agreed += sum(map(len, rows))
    return agreed


def internal_fields():
    """Yield each field of text that its own help says is never published, and those that name someone."""
    for model in apps.get_models():
        for field in model._meta.fields:
            internal = "amais publié" in str(field.help_text) or field.name in IDENTITE
            if internal and isinstance(field, models.CharField | models.TextField):
                yield model, field.name
