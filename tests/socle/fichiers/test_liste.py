"""What every national list has: its day, its shape, its source."""

import datetime

import pytest
from django.utils import timezone

from socle.fichiers.liste.document import DocumentDeListe
from socle.fichiers.liste.forme import FormeDeListe
from socle.fichiers.liste.jour import JourRefuse, jour_de_la_liste, jour_du_nom
from socle.fichiers.tableau.fichier import Fichier, FichierRefuse
from socle.models import Source
from tests.factories import day

VILLES = FormeDeListe("la liste des villes", ("insee_com", "id_ville"))
GARES = FormeDeListe("la liste des gares", ("Code commune", "Gare ?"))
DOCUMENT = DocumentDeListe("anct-villes", "Liste des villes", "ANCT", "https://data.exemple.fr/v/")


@pytest.mark.parametrize(
    ("nom", "jour"),
    [
        ("liste-pvd-com2025-20260427.csv", "2026-04-27"),
        ("liste-2025-2026-04-27.csv", "2026-04-27"),
        ("20210122_pvd_20231005.csv", "2023-10-05"),
        ("ort 2026-05-27 (1).xlsx", "2026-05-27"),
        ("liste-20260231.csv", None),
        ("liste-20260427-20269999.csv", "2026-04-27"),
        ("liste-pvd-com2025.csv", None),
        ("120260427.csv", None),
    ],
)
def test_the_day_of_a_list_is_the_last_that_its_name_says(nom, jour):
    assert jour_du_nom(nom) == (jour and day(jour))


def test_a_list_of_no_day_is_refused_and_so_is_one_of_two():
    assert jour_de_la_liste("liste.csv", day("2026-04-27")) == day("2026-04-27")
    assert jour_de_la_liste("l-20260427.csv", day("2026-04-27")) == day("2026-04-27")
    with pytest.raises(JourRefuse, match="Son nom ne le dit pas"):
        jour_de_la_liste("liste.csv")
    with pytest.raises(JourRefuse, match="dit le 27 avril 2026, et vous dites le 26 avril 2026"):
        jour_de_la_liste("l-20260427.csv", day("2026-04-26"))


def test_a_list_is_of_a_day_that_was_and_not_before_the_programme():
    today, opened = timezone.localdate(), day("2020-10-01")
    one = datetime.timedelta(days=1)
    assert jour_de_la_liste("l.csv", today, opened) == today
    assert jour_de_la_liste("l.csv", opened, opened) == opened
    with pytest.raises(JourRefuse, match="à venir"):
        jour_de_la_liste("l.csv", today + one, opened)
    with pytest.raises(JourRefuse, match="avant le 1er octobre 2020"):
        jour_de_la_liste("l.csv", opened - one, opened)


def test_another_list_is_named_when_it_is_known_and_any_other_file_says_what_it_lacks():
    VILLES.refuse_otherwise(Fichier("v", ["\ufeffInsee_Com", "id ville", "plus"], []), [GARES])
    with pytest.raises(FichierRefuse, match="c'est la liste des gares, et non .* sous son nom"):
        VILLES.refuse_otherwise(Fichier("g", ["code commune", "Gare ?", "x"], []), [GARES])
    with pytest.raises(FichierRefuse, match="colonne absente : « id_ville »"):
        VILLES.refuse_otherwise(Fichier("x", ["insee_com"], []), [GARES])


@pytest.mark.deux_bases
def test_a_list_is_one_source_a_day_whoever_wrote_it(db):
    new = DOCUMENT.source(day("2026-04-27")).kept()
    assert (new.cle, new.titre) == ("anct-villes-20260427", "Liste des villes, 27 avril 2026")
    assert (new.editeur, new.url) == ("ANCT", "https://data.exemple.fr/v/")
    assert DOCUMENT.source(day("2026-04-27")) == new
    shipped = Source.objects.create(
        cle="anct-2021",
        titre="Première liste",
        date_document=day("2021-01-22"),
        url=DOCUMENT.url,
    )
    Source.objects.create(cle="anct-autre", titre="Autre", date_document=day("2021-01-23"))
    assert DOCUMENT.source(day("2021-01-22")) == shipped
    assert DOCUMENT.source(day("2021-01-23")).pk is None
    assert set(DOCUMENT.sources()) == {new, shipped}
