"""How many empty pages each page costs, on the database of the moment: `make bench`.

Only the ratios mean something: milliseconds change with the machine, and with its load.
"""

import os
import statistics
import sys
import time

import django
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import include, path

ROUNDS = 15
EMPTY = "/vide/"
PAGES = (
    EMPTY,
    "/sante/",
    "/",
    "/departements/",
    "/departements/34/",
    "/departements/34/fond.svg",
    "/departements/fond.svg",
    "/communes/",
    "/communes/34142/",
    "/donnees/communes.csv",
    "/donnees/postes.csv",
)


def cost(client, address):
    """Return the processor time of one answer, read to its end, and its size."""
    start = time.process_time()
    response = client.get(address)
    size = sum(map(len, response)) if response.streaming else len(response.content)
    spent = time.process_time() - start
    if response.status_code != 200:
        sys.exit(f"{address} répond {response.status_code} : « make run » remplit la base.")
    return spent, size


def main():
    """Ask each page in turn, round after round, so that all share the noise of the machine."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pvd.settings")
    django.setup()
    # The site, and beside it a page that goes through the same middleware and does nothing.
    empty_page = path(EMPTY[1:], lambda request: HttpResponse(""))
    settings.ROOT_URLCONF = (empty_page, path("", include("pvd.urls")))
    client = Client(SERVER_NAME="localhost")
    sizes = {address: cost(client, address)[1] for address in PAGES}
    spent = {address: [] for address in PAGES}
    for _ in range(ROUNDS):
        for address in PAGES:
            spent[address].append(cost(client, address)[0])
    base = statistics.median(spent[EMPTY])
    print(f"{'page':<28}{'× page vide':>12}{'octets':>12}")
    for address in PAGES:
        print(f"{address:<28}{statistics.median(spent[address]) / base:>12.1f}{sizes[address]:>12}")


if __name__ == "__main__":
    main()
