"""The archive of the vintages that comes with the project: how it is made."""

from communes.territoire.decoupage import archive_annees, read_archive, read_folder
from tests.communes.territoire.decoupage_factory import (
    LODEVOIS,
    commune,
    deleguee,
    epci,
    write_vintage,
)
from tools.decoupage import pack


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
