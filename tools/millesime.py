"""What a vintage of which one commune in a hundred changes costs: `make bench OPTIONS=--millesime`.

It is read as the back office reads it, compared, written, and taken back by the database. The
measure beside it is what writing the whole table of the communes costs.
"""

import random
import statistics
import time

from django.db import connection, transaction

from communes.models import Commune
from communes.territoire.decoupage import load_territoire
from communes.territoire.decoupage.lecture import CommuneLue, Decoupage, IntercommunaliteLue
from pvd.bureau.referentiel.millesime import RevueDeMillesime

CHANGED = 0.01
BATCH = 2_000


def compare_costs(rounds):
    """Print what a vintage costs, in full rewritings of the table of the communes: the median of `rounds`."""
    decoupage = next_vintage(random.Random(34))
    pairs = [(undone(rewrite_communes), undone(lambda: write(decoupage))) for _ in range(rounds)]
    ratio = statistics.median(vintage / full for full, vintage in pairs)
    print(f"un millésime dont 1 % des communes changent : {ratio:.2f} × une écriture des communes")
    return 0


def undone(work):
    """Return the processor time of a work that writes, and that is then taken back."""
    with transaction.atomic():
        spent = work()
        transaction.set_rollback(True)
    return spent


def write(decoupage):
    start = time.process_time()
    RevueDeMillesime(decoupage).apply()
    return time.process_time() - start


def rewrite_communes():
    """Return the time that all communes take to be written, in a table that has just been emptied."""
    communes = list(Commune.objects.order_by())
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute(f"DELETE FROM {Commune._meta.db_table}")
    start = time.process_time()
    Commune.objects.bulk_create(communes, BATCH)
    return time.process_time() - start


def next_vintage(chance):
    """Return the vintage of the year after the last one: the same, but for one commune in a hundred.

    One in two has another name, the other another intercommunalité. Without populations.
    """
    state = load_territoire()
    annee = max(state.annees) + 1
    communes = [fiche for fiche in state.communes.values() if fiche.fin is None]
    epcis = {s: fiche for s, fiche in state.intercommunalites.items() if fiche.fin is None}
    changed = {f.code for f in chance.sample(communes, int(len(communes) * CHANGED))}
    lues = {fiche.code: as_read(fiche) for fiche in communes}
    for rank, code in enumerate(sorted(changed)):
        other = {"nom": f"{lues[code].nom}-la-Neuve"}
        if rank % 2:
            other = {"intercommunalite": chance.choice(sorted(epcis))}
        lues[code] = lues[code]._replace(**other)
    names = {s: IntercommunaliteLue(s, f.noms[-1].valeur, f.nature) for s, f in epcis.items()}
    return Decoupage(annee, state.regions, state.departements, names, lues, state.codes)


def as_read(fiche):
    """Return what a vintage says of a commune that has not changed."""
    return CommuneLue(
        code=fiche.code,
        nom=fiche.noms[-1].valeur,
        type_liaison=fiche.type_liaison,
        siren=fiche.siren,
        departement=fiche.departement,
        population=None,
        intercommunalite=fiche.rattachements[-1].valeur if fiche.rattachements else None,
        codes_postaux=fiche.codes_postaux,
    )
