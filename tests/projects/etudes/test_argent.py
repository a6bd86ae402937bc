"""The money of a study is its own: it enters no sum, no news and no warning of an action."""

import pytest

from projects.etudes.du_jour import EtudesDatees
from projects.financements.faits import financements_dates
from projects.projet.alertes import alertes_au
from projects.projet.du_jour import ActionsDatees
from projects.projet.totaux import Totaux
from tests import factories
from tests.factories import day
from tests.pages import read
from tests.projects.projet.scenes import accorde, lodeve, verse

pytestmark = [pytest.mark.django_db, pytest.mark.deux_bases]
JOUR = day("2026-01-01")


@pytest.fixture
def ort():
    """The ORT of Lodève; its schemes are offered by the filters, whatever they fund."""
    for cle in ("dsil", "detr"):
        factories.dispositif(cle)
    return lodeve()


def told_of_actions():
    """Return all that is known of the actions, of their money and of their warnings."""
    actions = ActionsDatees()
    found = {}
    for interne in (True, False):
        rows = actions.du_jour(JOUR, interne).values()
        totaux = Totaux(rows, JOUR)
        found[interne] = (totaux.etats, totaux.couts, totaux.sommes)
        found[interne] += tuple((row.derniere_nouvelle, row.lignes) for row in rows)
    return found, alertes_au(actions, JOUR)


def fund(ort):
    """Give the ORT a study of its action, that everything in the rules of the money would blame."""
    town = ort.couvertures.get().commune
    action = ort.actions.get()
    study = factories.etude([town], ort, [action], identifiant="etude-ilot")
    factories.fait_etude(study, "commandee", "2022-01-01")
    factories.cout(study, "1000.00", "2025-12-01")
    line = accorde(study, "5000.00", "2022-02-01", "dsil")
    verse(line, "4900.00", "2025-12-01", "avance")
    factories.fait_financement(factories.financement(study), "demande", "2020-01-01", 100)
    return study


def test_nothing_of_an_action_changes(ort):
    before = told_of_actions()
    study = fund(ort)
    assert told_of_actions() == before
    assert list(financements_dates(objet="etude")) == [study.pk]
    assert set(financements_dates()) == {ort.actions.get().pk}


@pytest.mark.une_base
def test_nor_of_what_anybody_reads_of_it(client, ort):
    addresses = ["/actions/", "/actions/lod-a1/plan-de-financement/", "/communes/34142/"]
    addresses += ["/donnees/actions.csv", "/donnees/operations-subventionnees.csv?departement=34"]
    addresses += ["/departements/projet/"]

    def pages():
        return [client.get(address, {"au": "2026-01-01"}).getvalue() for address in addresses]

    before = pages()
    fund(ort)
    assert pages() == before


def test_the_beneficiary_does_not_grant_to_itself(ort):
    town = ort.couvertures.get().commune
    study = factories.etude([town], ort)
    factories.fait_financement(
        factories.financement(study, "commune", "collectivite", financeur_commune=town),
        "accord",
        "2023-01-01",
        1000,
    )
    accorde(study, "500.00")
    (told,) = EtudesDatees().du_jour(JOUR).values()
    assert told.sommes.accorde.montant == 500
    assert len(told.parts_propres) == 1


def test_the_list_of_the_back_office_tells_both(agent_34, ort):
    fund(ort)
    page = read(agent_34, "/admin/projects/financement/")
    assert "Étude" in page
