"""The official codes, as they are written: what a file of ours promises is what its records hold."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from communes.models import (
    AncienCode,
    CodePostal,
    Commune,
    Departement,
    Intercommunalite,
    Labellisation,
)
from communes.territoire import codes
from ort.models import Organisme
from tests import factories

pytestmark = pytest.mark.django_db

WRONG = {
    (Intercommunalite, "siren"): ["abc", "20001734", "2000173411", "20001734a", "200017341\n"],
    (Commune, "siren"): ["abc", "21340142", "21340142x"],
    (Organisme, "siren"): ["abc", "20000000", "²00000001"],
    (Commune, "code_insee"): ["3414", "341420", "2C004", "20004", "ABCDE"],
    (Departement, "code"): ["3", "20", "2C", "9711", "341"],
    (AncienCode, "code"): ["3414", "XX142"],
    (CodePostal, "code"): ["3470", "2A004", "347000", "٣٤٧٠٠"],
    (Labellisation, "id_pvd"): ["pvd_0001", "34142", "pvd-76-34", "PVD-76-34-1", "pvd-76-2C-1"],
}
RIGHT = {
    (Intercommunalite, "siren"): ["200017341"],
    (Commune, "siren"): ["", "213401425"],
    (Organisme, "siren"): ["", "200000001"],
    (Commune, "code_insee"): ["34142", "2A004", "97105", "98818", "01001"],
    (Departement, "code"): ["01", "34", "2A", "971", "988"],
    (AncienCode, "code"): ["34142", "20004", "2A004"],
    (CodePostal, "code"): ["34700", "01000"],
    # A town over two départements, and the regions whose code begins by a zero.
    (Labellisation, "id_pvd"): ["", "pvd-76-34-1", "pvd-94-2A-3", "pvd-01-971-2", "pvd-44-5455-1"],
}


def cases(values):
    return [(model, field, value) for (model, field), them in values.items() for value in them]


def named(value):
    return value.__name__ if isinstance(value, type) else repr(value)


def refused(model, field, value):
    """Return what the field says of a code."""
    try:
        model._meta.get_field(field).clean(value, None)
    except ValidationError as error:
        return error.messages
    return []


@pytest.mark.parametrize(("model", "field", "code"), cases(WRONG), ids=named)
def test_what_is_no_such_code_is_refused_in_french(model, field, code):
    assert refused(model, field, code)
    assert all("compte" in m or "s'écrit" in m for m in refused(model, field, code)[:1])


@pytest.mark.parametrize(("model", "field", "code"), cases(RIGHT), ids=named)
def test_a_code_is_accepted(model, field, code):
    assert refused(model, field, code) == []


@pytest.mark.parametrize(
    "make",
    [
        lambda: factories.intercommunalite("abc"),
        lambda: factories.commune("3414", departement=factories.departement("34")),
        lambda: factories.commune("34142", siren="abc"),
        lambda: factories.departement("3"),
        lambda: Organisme.objects.create(nom="A", nature="autre", siren="abc"),
        lambda: AncienCode.objects.create(code="341", commune=factories.commune("34142")),
        lambda: factories.labellisation(id_pvd="34142"),
    ],
)
def test_the_database_counts_the_characters_whoever_writes(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def test_the_shapes_of_the_first_national_list_are_known_but_that_of_its_row_of_test():
    """The list of January 2021, as its publisher wrote it."""
    shapes = ["pvd-76-34-1", "pvd-84-01-24", "pvd-94-2A-3", "pvd-75-1923-9", "pvd-84-3873-9"]
    assert all(re.fullmatch(codes.ID_PVD, shape) for shape in shapes)
    assert not re.fullmatch(codes.ID_PVD, "pvd_0001")
