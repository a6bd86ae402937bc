"""The history cannot be bypassed: every model that keeps its versions, every way to write many rows."""

import asyncio

import pytest
from django.apps import apps
from django.db import models

from projects.postes.models import Recrutement
from socle.historique import HistoireContournee, Historisee, HistoriseeQuerySet, sans_historique
from tests import factories

HISTORISEES = [m for m in apps.get_models() if issubclass(m, Historisee)]


def many(rows, method):
    """Call a method of a QuerySet that writes many rows at once."""
    arguments = {
        "update": lambda: rows.update(pk=1),
        "aupdate": lambda: asyncio.run(rows.aupdate(pk=1)),
        "bulk_create": lambda: rows.bulk_create([]),
        "abulk_create": lambda: asyncio.run(rows.abulk_create([])),
        "bulk_update": lambda: rows.bulk_update([], ["pk"]),
        "abulk_update": lambda: asyncio.run(rows.abulk_update([], ["pk"])),
        "delete": lambda: rows.delete(),
        "adelete": lambda: asyncio.run(rows.adelete()),
    }
    return arguments[method]()


METHODS = [
    *("update", "aupdate", "bulk_create", "abulk_create"),
    *("bulk_update", "abulk_update", "delete", "adelete"),
]


def test_these_are_the_methods_of_django_that_write_many_rows():
    """One that Django adds has to be looked at."""
    writing = {
        name
        for name in dir(models.QuerySet)
        if not name.startswith("_")
        and getattr(getattr(models.QuerySet, name), "alters_data", False)
    }
    one_by_one = {"create", "acreate", "get_or_create", "aget_or_create"}
    one_by_one |= {"update_or_create", "aupdate_or_create"}
    assert writing - one_by_one <= set(METHODS)
    assert all(hasattr(models.QuerySet, method) for method in METHODS)


def test_the_records_that_keep_their_versions():
    names = sorted(model._meta.label for model in HISTORISEES)
    assert names == [
        "communes.Interlocuteur",
        "communes.Labellisation",
        "communes.Mouvement",
        "communes.Programme",
        "communes.Relecture",
        "ort.Avenant",
        "ort.CommuneCouverte",
        "ort.Convention",
        "ort.Document",
        "ort.Organisme",
        "ort.Partie",
        "ort.Secteur",
        "projects.Action",
        "projects.ActionAdhesion",
        "projects.ActionCommune",
        "projects.ActionPartenaire",
        "projects.ActionSecteur",
        "projects.ActionTheme",
        "projects.AlerteAcceptee",
        "projects.AttenteAcceptee",
        "projects.Axe",
        "projects.Bilan",
        "projects.Cible",
        "projects.CofinancementPoste",
        "projects.Contact",
        "projects.Cout",
        "projects.Derogation",
        "projects.Desserte",
        "projects.Dispositif",
        "projects.EcheanceAcceptee",
        "projects.EffetAvenant",
        "projects.Etude",
        "projects.EtudeAction",
        "projects.EtudeCommune",
        "projects.EvenementClub",
        "projects.EvenementDepartement",
        "projects.EvenementOrganisateur",
        "projects.FaitAction",
        "projects.FaitEtude",
        "projects.FaitFinancement",
        "projects.Financement",
        "projects.Indicateur",
        "projects.Note",
        "projects.Occupation",
        "projects.Participation",
        "projects.Piece",
        "projects.Poste",
        "projects.Presentation",
        "projects.Prevision",
        "projects.Recrutement",
        "projects.ReglePeriode",
        "projects.Releve",
        "projects.RessourceClub",
        "projects.Theme",
        "socle.Affirmation",
        "socle.Source",
        "suivi.ChiffrePublie",
    ]


@pytest.mark.parametrize("model", HISTORISEES, ids=lambda m: m.__name__)
def test_every_manager_refuses_to_write_behind_the_history(model):
    managers = [*model._meta.managers, model._default_manager, model._base_manager]
    assert all(isinstance(manager.all(), HistoriseeQuerySet) for manager in managers)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("model", HISTORISEES, ids=lambda m: m.__name__)
def test_what_writes_many_rows_at_once_is_refused(model, method):
    """Before anything is asked of the database: these tests have none."""
    with pytest.raises(HistoireContournee, match="sans_historique"):
        many(model.objects.all(), method)


@pytest.fixture
def held(db):
    """Someone in a post, recruited by an offer."""
    poste = factories.poste([factories.commune()])
    who = factories.occupation(poste, "2023-09-01")
    factories.recrutement(poste, "2023-06-01", "recrute", "2023-08-01", occupation=who)
    return who


def test_relations_refuse_it_too(held):
    for write in (
        lambda: held.poste.occupations.update(quotite=100),
        lambda: held.poste.occupations.add(held),
        lambda: held.poste.occupations.set([held]),
        lambda: held.poste.occupations.all().delete(),
        lambda: held.affirmations.clear(),
    ):
        with pytest.raises(HistoireContournee):
            write()
    assert held.history.count() == 1


def test_a_named_exception_writes_no_version(held):
    with sans_historique():
        held.poste.occupations.update(quotite=80)
    held.refresh_from_db()
    assert (held.quotite, held.history.count()) == (80, 1)
    with pytest.raises(HistoireContournee):
        held.poste.occupations.update(quotite=100)


def test_rows_removed_together_each_keep_their_version(held):
    poste = held.poste
    type(poste).objects.filter(pk=poste.pk).delete_each()
    for model in (type(poste), type(held), Recrutement):
        assert not model.objects.exists()
        assert model.history.first().history_type == "-"


def test_a_row_that_loses_its_link_keeps_a_version(held):
    offer = Recrutement.objects.get()
    held.delete()
    offer.refresh_from_db()
    assert offer.occupation is None
    kept = offer.history.values_list("history_type", "occupation")
    assert list(kept) == [("~", None), ("+", kept[1][1])]
    assert kept[1][1] is not None


def test_a_row_removed_with_its_link_tells_nothing_else(held):
    held.poste.delete()
    kept = Recrutement.history.values_list("history_type", flat=True)
    assert list(kept) == ["-", "+"]
