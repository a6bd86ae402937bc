"""The ugly tables shipped as examples, sent to the true records of the Hérault: all of it is read."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from communes.models import Departement
from tests import factories

pytestmark = pytest.mark.django_db

EXEMPLES = Path(settings.BASE_DIR) / "donnees/exemples"


@pytest.fixture(autouse=True)
def agent(db):
    return factories.agent("agent34", [Departement.objects.get(pk="34")])


def told(name, sorte, *options):
    out = StringIO()
    options = ("--sorte", sorte, "--agent", "agent34", "--connaissance", *options)
    call_command("importer", EXEMPLES / name, *options, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "sorte", "counts", "said"),
    [
        (
            "postes-titres-et-bandeau.xlsx",
            "postes",
            "0 refusée, 0 modifiée, 3 nouvelle, 0 inchangée",
            "date_ouverture : vide → 01/07/2021",
        ),
        (
            "suivi-communes.xlsx",
            "communes-laureates",
            "0 refusée, 1 modifiée, 0 nouvelle, 5 inchangée",
            "1 ligne masquée par un filtre est lue aussi.",
        ),
        (
            "avenants-cp1252.csv",
            "avenants",
            "0 refusée, 1 modifiée, 0 nouvelle, 1 inchangée",
            "Windows-1252",
        ),
        (
            "cofinancements.ods",
            "cofinancements",
            "0 refusée, 0 modifiée, 2 nouvelle, 0 inchangée",
            "montant : vide → 27500.00",
        ),
    ],
)
def test_an_example_is_read_whole(name, sorte, counts, said):
    report = told(name, sorte)
    assert counts in report
    assert said in report


def test_every_example_is_told_of_and_tried():
    shipped = {path.name for path in EXEMPLES.iterdir()} - {"README.md"}
    readme = (EXEMPLES / "README.md").read_text()
    assert all(f"`{name}`" in readme for name in shipped)
    assert shipped == {case[0] for case in test_an_example_is_read_whole.pytestmark[0].args[1]}
