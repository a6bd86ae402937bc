"""The site of the real Hérault that `make donnees` opened: the tools of others read it by its addresses."""

import json
import os
import urllib.request
from dataclasses import dataclass

import pytest

SITE = "PVD_SITE_DES_DONNEES"
# Before the programme, at its launch, among avenants, of late; and today, which an address need not say.
JOURS = ("2021-01-21", "2022-07-01", "2024-06-30", "")


@dataclass(frozen=True)
class Site:
    racine: str

    def adresse(self, chemin, jour=""):
        """Return the address of what is at `chemin`: the files of a history are in a folder of their own."""
        if chemin.startswith("historique-"):
            chemin = chemin.replace("historique-", "historique/", 1)
        return f"{self.racine}/donnees/{chemin}" + (f"?au={jour}" if jour else "")

    def contenu(self, chemin, jour=""):
        with urllib.request.urlopen(self.adresse(chemin, jour)) as answer:
            return answer.read()

    def json(self, chemin, jour=""):
        return json.loads(self.contenu(chemin, jour))


@pytest.fixture(scope="session")
def site():
    return Site(os.environ[SITE])


def pytest_generate_tests(metafunc):
    """Give a test each table of the site, by its name, and each of the days."""
    if "table" in metafunc.fixturenames:
        resources = Site(os.environ[SITE]).json("datapackage.json")["resources"]
        metafunc.parametrize("table", [resource["name"] for resource in resources])
    if "jour" in metafunc.fixturenames:
        metafunc.parametrize("jour", JOURS, ids=lambda jour: jour or "aujourdhui")
