"""How many empty pages each page costs: `make bench`, `make bench OPTIONS=--france` or `--x10`.

Without option, on the database of the moment; with `--france` on a made-up France of the size of
the programme, with `--x10` on one ten times that size. `--millesime` measures something else: a
vintage, in full rewritings of the communes (`tools.millesime`). Only the ratios mean something:
milliseconds change with the machine, and with its load.
"""

import argparse
import os
import statistics
import sys
import time

import django
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
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
    "/departements/projet/",
    "/communes/",
    "/communes/?tri=statut",
    "/communes/?departement=34",
    "/communes/34142/",
    "/ort/",
    "/actions/?departement=34",
    "/chefs-de-projet/",
    "/chefs-de-projet/?tri=-etat",
    "/intercommunalites/",
    "/donnees/communes.csv",
    "/donnees/communes.xlsx",
    "/donnees/ort.csv",
    "/donnees/postes.csv",
)
# The same, asked for by an agent of the Hérault.
AGENT_PAGES = (
    "/admin/",
    "/admin/a-verifier/",
    "/admin/communes/commune/34142/fiche/",
    "/admin/communes/intercommunalite/200017341/fiche/",
    "/admin/ort/convention/",
    "/admin/nouveautes/",
    "/admin/tableau/",
)


def browsers():
    """Return who asks for each page, by its address: a visitor, or an agent made for the measure."""
    from communes.models import Agent, Role

    agent = Agent.objects.create_user("mesure", is_staff=True, role=Role.AGENT)
    agent.departements.set(["34"])
    visitor, logged_in = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    logged_in.force_login(agent)
    return dict.fromkeys(PAGES, visitor) | dict.fromkeys(AGENT_PAGES, logged_in)


def cost(client, address):
    """Return the processor time of one answer, read to its end, its status and its size."""
    start = time.process_time()
    response = client.get(address)
    size = sum(map(len, response)) if response.streaming else len(response.content)
    return time.process_time() - start, response.status_code, size


def queries(client, address):
    """Return the number of queries of one answer."""
    with CaptureQueriesContext(connection) as captured:
        cost(client, address)
    return len(captured)


def measured(asked, rounds):
    """Return the times of each page, asked in turn, so that all share the noise of the machine."""
    spent = {address: [] for address in asked}
    for _ in range(rounds):
        for address, client in asked.items():
            spent[address].append(cost(client, address)[0])
    return {address: statistics.median(times) for address, times in spent.items()}


def set_up(size):
    """Choose the database before Django reads its settings; fill the made-up one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pvd.settings")
    if size:
        os.environ["PVD_DEPARTEMENT"] = ""
        os.environ["DATABASE_URL"] = f"sqlite:///{settings_var()}/bench-x{size}.sqlite3"
    django.setup()
    if size:
        from tools.france import fill

        fill(size)
    # The site, and beside it a page that goes through the same middleware and does nothing.
    empty_page = path(EMPTY[1:], lambda request: HttpResponse(""))
    settings.ROOT_URLCONF = (empty_page, path("", include("pvd.urls")))


def settings_var():
    """Return the folder of what the project makes, as the settings choose it."""
    folder = os.environ.get("PVD_VAR_DIR") or os.path.join(os.getcwd(), "var")
    os.makedirs(folder, exist_ok=True)
    return os.path.abspath(folder)


def main():
    """Measure what the options ask for; return 1 if a page does not answer 200."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--france", action="store_const", const=1, dest="size")
    parser.add_argument("--x10", action="store_const", const=10, dest="size")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--millesime", action="store_true")
    chosen = parser.parse_args()
    set_up(chosen.size)
    if chosen.millesime:
        from tools.millesime import compare_costs

        return compare_costs(chosen.rounds)
    # The account, its session and what a page may write are undone at the end.
    from socle.essai import essai

    with essai():
        return compare_pages(browsers(), chosen.rounds)


def compare_pages(asked, rounds):
    """Print one line a page; return 1 if one of them does not answer 200."""
    first = {address: cost(client, address) for address, client in asked.items()}
    counted = {address: queries(client, address) for address, client in asked.items()}
    spent = measured(asked, rounds)
    print(f"{'page':<52}{'× vide':>9}{'octets':>10}{'requêtes':>10}")
    for address in asked:
        _, status, size = first[address]
        refused = "" if status == 200 else f"  répond {status}"
        ratio = spent[address] / spent[EMPTY]
        print(f"{address:<52}{ratio:>9.1f}{size:>10}{counted[address]:>10}{refused}")
    return int(any(status != 200 for _, status, _ in first.values()))


if __name__ == "__main__":
    sys.exit(main())
