"""Who writes in an ORT kept by another département asks for a validation, as soon as it is written."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from ort.models import Convention, ModificationExterieure
from socle.essai import essai
from socle.historique import one_act, sans_historique, signed_by
from socle.retablissement import restore
from tests import factories
from tests.bases import migrate

MOMENT = datetime(2024, 3, 1, 9, 30, tzinfo=UTC)


def awaiting():
    return list(Convention.objects.a_valider())


def add(rows, convention):
    """Add a row to a convention, of a commune that it does not cover yet."""
    town = factories.commune("81001")
    return {
        "avenants": lambda: factories.avenant(convention),
        "couvertures": lambda: factories.couverture(convention, town),
        "parties": lambda: convention.parties.create(commune=town),
        "secteurs": lambda: convention.secteurs.create(commune=town, nom="Centre"),
    }[rows]()


ROWS = ["avenants", "couvertures", "parties", "secteurs"]


@pytest.mark.parametrize("rows", ROWS)
def test_a_row_that_is_added_asks(rows, agent_34, agent_81, shared):
    with signed_by(agent_34.agent):
        add(rows, shared).delete()
    assert awaiting() == []
    with signed_by(agent_81.agent):
        add(rows, shared)
    assert awaiting() == [shared]


@pytest.mark.parametrize("rows", ROWS)
def test_a_row_that_is_changed_asks(rows, agent_81, shared):
    made = add(rows, shared)
    with signed_by(agent_81.agent):
        made.save()
    assert awaiting() == [shared]


@pytest.mark.parametrize("rows", ROWS)
def test_a_row_that_is_removed_asks(rows, agent_81, shared):
    made = add(rows, shared)
    with signed_by(agent_81.agent):
        made.delete()
    assert awaiting() == [shared]


def test_to_take_out_the_only_commune_of_the_neighbour_asks(agent_81, shared):
    theirs = shared.couvertures.get(commune="81124")
    with signed_by(agent_81.agent), one_act("erreur de saisie"):
        theirs.delete()
    assert awaiting() == [shared]


def test_a_modification_bears_the_moment_of_its_version(agent_81, shared):
    with signed_by(agent_81.agent):
        shared.save()
    assert shared.modifications_exterieures.get().moment == shared.history.first().history_date


def test_a_document_is_not_validated(agent_81, shared, documents_folder):
    with signed_by(agent_81.agent):
        factories.document(shared)
    assert awaiting() == []


def test_who_writes_is_judged_when_it_is_written(agent_34, agent_81, shared):
    herault, tarn = factories.departement("34"), factories.departement("81")
    with signed_by(agent_34.agent):
        shared.save()
    agent_34.agent.departements.set([tarn])
    assert awaiting() == []
    with signed_by(agent_34.agent):
        shared.save()
    assert awaiting() == [shared]
    agent_34.agent.departements.set([herault])
    assert awaiting() == [shared]
    agent_34.agent.delete()
    assert awaiting() == [shared]


def test_the_reference_is_that_of_the_moment(agent_34, agent_81, shared):
    with signed_by(agent_34.agent):
        shared.save()
    shared.departement_reference = factories.departement("81")
    shared.save()
    with signed_by(agent_81.agent):
        shared.save()
        factories.avenant(shared)
    assert awaiting() == []
    with signed_by(agent_34.agent):
        factories.avenant(shared)
    assert awaiting() == [shared]


def test_what_is_tried_then_undone_asks_nothing(agent_81, shared):
    with signed_by(agent_81.agent), essai():
        shared.save()
        assert awaiting() == [shared]
    assert awaiting() == []


def test_what_keeps_no_version_asks_nothing(agent_81, shared):
    with signed_by(agent_81.agent), sans_historique():
        Convention.objects.update(intitule="ORT relue")
    assert awaiting() == []


def remove(convention):
    """Remove a convention with its parties, but for the communes and acts, which would forbid it."""
    convention.couvertures.all().delete_each()
    with one_act("doublon"):
        convention.delete()
    return Convention.history.removed().get()


def test_a_convention_removed_by_its_own_agents_comes_back_as_it_was(agent_34, shared):
    shared.parties.create(commune=factories.commune("81001"))
    with signed_by(agent_34.agent):
        restore(remove(shared))
    assert Convention.objects.get().parties.count() == 1
    assert awaiting() == []


def test_a_convention_that_comes_back_still_waits(agent_34, agent_81, shared):
    with signed_by(agent_81.agent):
        shared.save()
    with signed_by(agent_34.agent):
        version = remove(shared)
        assert awaiting() == []
        restore(version)
    assert awaiting() == [Convention.objects.get()]


@pytest.mark.django_db
def test_the_migration_reads_the_histories(gabarits):
    """Each sort of version, by the neighbour; then what asks for nothing."""
    before = [("ort", "0007_codes_et_doublons")]
    with gabarits.migrated("avenants sans identifiant"):
        awaited = old_versions(migrate(before))
        migrate([("ort", "0008_modification_exterieure")])
        noted = ModificationExterieure.objects.order_by("pk").values_list("convention", "moment")
        assert list(noted) == awaited
        migrate(before)
        assert ModificationExterieure._meta.db_table not in connection.introspection.table_names()


def old_versions(apps):
    """Write versions as they were before the modifications; return the key and moment of each of these."""
    region = apps.get_model("communes", "Region").objects.create(code="76", nom="Occitanie")
    Departement = apps.get_model("communes", "Departement").objects
    herault, tarn = (Departement.create(code=c, nom=c, region=region) for c in ("34", "81"))
    Agent = apps.get_model("communes", "Agent").objects
    names = ("du_34", "du_81", "des_deux", "national", "personne")
    agents = {name: Agent.create(username=name) for name in names}
    agents["du_34"].departements.set([herault])
    agents["du_81"].departements.set([tarn])
    agents["des_deux"].departements.set([herault, tarn])
    Agent.filter(username="national").update(is_superuser=True)

    moments = (MOMENT + timedelta(hours=rank) for rank in range(100))

    def version(model, agent, **fields):
        row = apps.get_model("ort", model).objects.create(
            history_date=next(moments), history_type="~", history_user=agents.get(agent), **fields
        )
        return row.history_date

    here = apps.get_model("ort", "Convention").objects.create(
        identifiant="ort-ici", intitule="ORT", departement_reference=herault
    )
    of_here = {"id": here.pk, "identifiant": "ort-ici", "departement_reference": herault}
    # Removed since, once its reference had changed.
    gone = {"id": here.pk + 1, "identifiant": "ort-retiree"}
    version("HistoricalConvention", "national", **gone, departement_reference=herault)
    asking = [
        (here.pk, version("HistoricalConvention", "du_81", **of_here)),
        (here.pk, version("HistoricalConvention", "personne", **of_here)),
        (gone["id"], version("HistoricalConvention", "du_34", **gone, departement_reference=tarn)),
    ]
    rows = ("Avenant", "CommuneCouverte", "Partie", "Secteur")
    for rank, row in enumerate(rows, start=1):
        fields = {"id": rank, "convention_id": here.pk}
        asking.append((here.pk, version(f"Historical{row}", "du_81", **fields)))
        for agent in ("du_34", "des_deux", "national", None):
            version(f"Historical{row}", agent, **fields)
    for agent in ("du_34", "des_deux", "national", None):
        version("HistoricalConvention", agent, **of_here)
    return asking
