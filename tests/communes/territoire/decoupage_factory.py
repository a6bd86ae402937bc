"""Vintages of the découpage small enough to be read in a test, written as the package writes them."""

import json
from io import StringIO

from django.core.management import call_command

REGIONS = [{"code": "76", "nom": "Occitanie"}, {"code": "94", "nom": "Corse"}]
DEPARTEMENTS = [
    {"code": "34", "nom": "Hérault", "typeLiaison": 5, "region": "76"},
    {"code": "81", "nom": "Tarn", "typeLiaison": 2, "region": "76"},
    {"code": "2A", "nom": "Corse-du-Sud", "typeLiaison": 3, "region": "94"},
]
LODEVOIS, CLERMONTAIS = "200017341", "243400355"


def commune(code, nom, **fields):
    """Return a commune of today; `population=None` leaves it out."""
    row = {
        "code": code,
        "nom": nom,
        "type": "commune-actuelle",
        "typeLiaison": 0,
        "departement": code[:2],
        "siren": f"21{code.replace('A', '0')}00",
        "population": 1000,
        **fields,
    }
    return {key: value for key, value in row.items() if value is not None}


def deleguee(code, nom, chef_lieu, type="commune-deleguee"):
    return {"code": code, "nom": nom, "type": type, "chefLieu": chef_lieu}


def epci(siren, nom, *membres, type="CC"):
    return {"code": siren, "nom": nom, "type": type, "membres": [{"code": c} for c in membres]}


def write_vintage(folder, communes, epcis=(), **files):
    """Write the four files of a vintage in `folder`, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = {
        "regions": REGIONS,
        "departements": DEPARTEMENTS,
        "epci": list(epcis),
        "communes": list(communes),
        **files,
    }
    for name, rows in contents.items():
        (folder / f"{name}.json").write_text(json.dumps(rows, ensure_ascii=False))
    return folder


def import_cog(folder, annee, *options):
    """Run the command, without the floors that only France reaches, and return what it says."""
    out = StringIO()
    call_command("import_cog", folder, "--sans-plancher", *options, annee=annee, stdout=out)
    return out.getvalue()


class Histoire:
    """Write and load vintages one after another, each given by its communes and intercommunalités."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, annee, communes, epcis=(), **files):
        return write_vintage(self.folder / str(annee), communes, epcis, **files)

    def load(self, annee, communes, epcis=(), **files):
        return import_cog(self.write(annee, communes, epcis, **files), annee, "--appliquer")
