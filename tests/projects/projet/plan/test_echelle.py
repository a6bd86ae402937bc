"""Big plans: a constant number of queries, 3,000 rows."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from ort.models import Organisme
from projects.projet.plan.ressource import PlanDActions
from socle.fichiers.correspondance import correspondance
from socle.fichiers.depot import Depot
from socle.fichiers.deroulement import preview
from socle.fichiers.entetes import read_table
from socle.fichiers.lecture import read_ours
from socle.fichiers.provenance import Provenance
from socle.sources import Source
from tests import factories

HEADER = (
    "numero;axe;intitule;theme;maitre_ouvrage;communes;etat;debut_prevu;fin_prevue;cout;Anah;DETR;Région;"
    "Autofinancement\n"
)


def plan_of(rows):
    lines = (
        f"A{n};{n % 5} – Axe {n % 5};Action numéro {n};Habitat;Commune;Lodève;en cours;2025;2027;"
        f"{n}000,50;12 k€;{n},50;1 234;\n"
        for n in range(1, rows + 1)
    )
    return HEADER + "".join(lines)


def ready(convention, rows, agent):
    """Return the Resource, the table and the deposit of a plan of so many rows."""
    ressource = PlanDActions()
    fichier = read_ours(plan_of(rows).encode(), "plan.csv")
    ressource.prepare(fichier)
    columns = correspondance(fichier, ressource, {})

    region = Organisme.objects.get(nature="region").pk
    reponses = {"plan": f"convention:{convention.pk}", "jour": "2025-06-01", "region": region}
    depot = Depot(
        agent.pk,
        "plan",
        "Essai",
        None,
        fichier,
        colonnes={c.entete: c.colonne for c in columns},
        reponses=reponses,
    )
    ressource.hear(depot)
    return ressource, read_table(fichier, ressource, depot.colonnes), depot


def said():
    return Provenance(Source.connaissance_du_service(factories.day("2025-06-01")))


def test_the_queries_of_a_preview_do_not_grow_with_its_rows(lodeve, agent_34):
    counts = []
    for rows in (3, 3, 60):
        ressource, table, _ = ready(lodeve, rows, agent_34.agent)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            apercu = preview(ressource, table, agent_34.agent, said())
        assert apercu.a_ecrire == rows, apercu.lignes[0].refus
        counts.append(len(queries))
    # The first reads once for all what no row changes.
    assert counts[1] == counts[2]


def test_three_thousand_rows_are_read(lodeve, agent_34):
    ressource, table, _ = ready(lodeve, 3000, agent_34.agent)
    assert preview(ressource, table, agent_34.agent, said()).a_ecrire == 3000
