"""What is tried in copies is seen by whoever tries, and leaves nothing behind."""

import pytest
from django.db import IntegrityError, transaction

from communes.models import Commune, Labellisation
from socle.copie import en_copie, tables_copiees
from socle.historique import sans_historique
from socle.models import Source
from tests import factories

pytestmark = pytest.mark.deux_bases


def source(cle):
    # Raw: a copy of a table has no history.
    found = Source(cle=cle, titre=cle)
    found.save_base(raw=True, force_insert=True)
    return found


def keys():
    return sorted(Source.objects.values_list("cle", flat=True))


@pytest.mark.django_db
def test_what_is_written_is_seen_then_gone():
    source("avant")
    with tables_copiees(Source):
        made = source("pendant")
        assert keys() == ["avant", "pendant"]
        with sans_historique():
            Source.objects.filter(cle="avant").update(titre="changé")
        assert Source.objects.get(cle="avant").titre == "changé"
        assert en_copie()
    assert not en_copie()
    assert keys() == ["avant"]
    assert Source.objects.get().titre == "avant"
    assert source("apres").pk >= made.pk


@pytest.mark.django_db
def test_a_copy_goes_on_from_the_greatest_key():
    before = source("avant")
    with tables_copiees(Source):
        assert source("pendant").pk > before.pk


@pytest.mark.django_db
def test_a_copy_refuses_what_its_table_refuses():
    factories.labellisation(factories.commune("34142"), debut="2021-01-22")
    with tables_copiees(Labellisation, Source):
        source("une")
        with pytest.raises(IntegrityError), transaction.atomic():
            source("une")
        found = Labellisation.objects.get()
        found.fin = found.debut
        with pytest.raises(IntegrityError), transaction.atomic():
            found.save_base(raw=True)
    assert Labellisation.objects.get().fin is None


@pytest.mark.django_db
def test_a_copied_row_still_leads_to_what_is_not_copied():
    commune = factories.commune("34142", nom="Lodève")
    factories.labellisation(commune)
    with tables_copiees(Labellisation):
        assert Labellisation.objects.select_related("commune").get().commune.nom == "Lodève"
        assert Commune.objects.filter(labellisations__isnull=False).get() == commune


@pytest.mark.django_db
def test_what_fails_leaves_no_copy_behind():
    with pytest.raises(ValueError, match="raté"), tables_copiees(Source):  # noqa: PT012
        source("pendant")
        raise ValueError("raté")
    assert keys() == []
    source("apres")
    assert keys() == ["apres"]
