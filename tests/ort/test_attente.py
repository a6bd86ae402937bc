"""Who writes in a shared convention while it is being validated waits, and is not validated with it.

Two true connections, on the one database where only some rows are locked: SQLite lets one write.
"""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from ort.models import Convention
from socle.verrou import lock
from tests import factories
from tests.fichiers import previewed
from tests.formulaires import filled, form_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'"),
]


def corrected(browser, convention):
    """Return the address and the data by which an agent corrects the convention."""
    url = reverse("admin:ort_convention_change", args=[convention.pk])
    return url, filled(form_of(browser, url), intitule="ORT relue", motif_correction="relecture")


def added(browser, convention):
    url = reverse("admin:ort_avenant_add")
    fields = {"convention": convention.pk, "numero": 9, "objet": "secteur"}
    return url, filled(form_of(browser, url), **fields)


def imported(browser, convention):
    text = f"ort_identifiant,numero,date_avenant\n{convention.identifiant},9,06/07/2023\n"
    page = previewed(browser, "ort_avenant", "avenants", text)
    mark = re.search(r'name="empreinte" value="(\w+)"', page.content.decode()).group(1)
    return page.request["PATH_INFO"], {"empreinte": mark}


def removed(browser, convention):
    avenant = factories.avenant(convention, numero=9)
    url = reverse("admin:ort_avenant_delete", args=[avenant.pk])
    return url, {"post": "yes", "motif": "doublon"}


def send(browser, url, data):
    """Send a page from another thread, whose connection is closed at the end."""
    try:
        return browser.post(url, data).status_code
    finally:
        connection.close()


def until_someone_waits():
    """Return once the server says that a transaction waits for another."""
    deadline = time.monotonic() + 10
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.01)
    pytest.fail("Nobody waits.")


@pytest.mark.parametrize("act", [corrected, added, imported, removed])
def test_what_waits_for_a_validation_is_not_validated(act, agent_34, agent_81, shared):
    page = act(agent_81, shared)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            lock(Convention, shared.pk)
            sent = pool.submit(send, agent_81, *page)
            until_someone_waits()
            validation = shared.validations.create(agent=agent_34.agent, moment=timezone.now())
        assert sent.result() == 302
    assert list(Convention.objects.a_valider()) == [shared]
    assert shared.modifications_exterieures.earliest("moment").moment > validation.moment
