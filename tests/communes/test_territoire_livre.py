"""The vintages that come with the project, loaded once for all; and how their archive is made."""

from datetime import date
from io import StringIO

from django.core.management import call_command
from django.test import TestCase

from communes.imports.decoupage import archive_annees, read_archive, read_folder
from communes.models import Commune, Intercommunalite, Millesime, Rattachement
from tests.communes.decoupage_factory import LODEVOIS, commune, deleguee, epci, write_vintage
from tools.decoupage import pack

EARLIEST, LATEST = date(2021, 1, 1), date(2026, 1, 1)


def charger_territoire():
    out = StringIO()
    call_command("charger_territoire", stdout=out)
    return out.getvalue()


class TerritoireLivreTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.output = charger_territoire()

    def test_all_vintages_are_loaded_and_said(self):
        assert list(Millesime.objects.values_list("annee", flat=True)) == list(range(2021, 2027))
        assert "communes nouvelles : 35 059" in self.output
        assert "Territoire chargé jusqu'au millésime 2026." in self.output

    def test_a_second_load_does_nothing_and_says_so_in_one_line(self):
        with self.assertNumQueries(3):  # the loaded years, inside a savepoint
            assert charger_territoire() == (
                "Territoire à jour : le millésime 2026 est déjà chargé.\n"
            )

    def test_the_communes_of_a_year_are_as_many_as_insee_counts(self):
        assert Commune.objects.as_of(EARLIEST).count() == 35_059
        assert Commune.objects.as_of(LATEST).count() == 34_969

    def test_every_vanished_commune_has_a_successor(self):
        vanished = Commune.objects.exclude(fin=None)
        assert vanished.count() == 102
        assert not vanished.filter(successeur=None).exists()

    def test_vanished_codes_lead_to_the_commune_of_today(self):
        for code, today in (("72287", "72155"), ("62461", "62447"), ("13201", "13055")):
            assert Commune.objects.resolve(code).pk == today

    def test_corsica_and_communes_without_intercommunalite_are_there(self):
        assert Commune.objects.get(pk="2A004").departement_id == "2A"
        assert not Rattachement.objects.filter(commune="85113").exists()

    def test_an_intercommunalite_bears_the_name_of_its_time(self):
        haut_languedoc = Intercommunalite.objects.get(pk="200066553")
        assert haut_languedoc.nom_au(LATEST) == "CC du Haut-Languedoc"
        assert "Monts de Lacaune" in haut_languedoc.nom_au(EARLIEST)

    def test_a_split_intercommunalite_gives_its_communes_to_the_new_ones(self):
        of_locmine = Rattachement.objects.filter(commune="56117")
        assert of_locmine.as_of(date(2021, 12, 31)).get().intercommunalite_id == "200067221"
        assert of_locmine.as_of(date(2022, 1, 1)).get().intercommunalite_id == "200096683"

    def test_memberships_of_a_commune_never_overlap(self):
        for rattachement in Rattachement.objects.filter(fin__isnull=False):
            siblings = Rattachement.objects.filter(commune=rattachement.commune_id)
            assert not siblings.overlapping(rattachement).exists()


def test_the_archive_says_what_the_packages_say_byte_for_byte(tmp_path):
    communes = [
        commune("34142", "Lodève", codesPostaux=["34700"], anciensCodes=["34900"]),
        deleguee("34106", "Fozières", "34142"),
    ]
    first = write_vintage(tmp_path / "a" / "data", communes, [epci(LODEVOIS, "CC", "34142")])
    second = write_vintage(tmp_path / "b", communes)
    archive = pack({2022: second, 2021: first.parent})
    path = tmp_path / "decoupage.tar.xz"
    path.write_bytes(archive)

    assert archive == pack({2021: first, 2022: second})
    assert archive_annees(path) == [2021, 2022]
    assert list(read_archive(path, [2021, 2022], floors=False)) == [
        read_folder(first, 2021, floors=False),
        read_folder(second, 2022, floors=False),
    ]
    assert [d.annee for d in read_archive(path, [2022], floors=False)] == [2022]
