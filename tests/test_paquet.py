"""The part of the design system that the pages load is that of the package installed, and enough for them."""

import re

import pytest

from tools import paquet

CLASSE = re.compile(r"\bfr-[a-z0-9_-]*[a-z0-9]")
WRITTEN_IN = [
    *(paquet.HERE / "templates").rglob("*.html"),
    *(
        path
        for room in ("socle", "communes", "ort", "projects", "pvd")
        for path in (paquet.HERE / room).rglob("*.py")
    ),
    *(paquet.DIST.parents[2] / "templates/dsfr").glob("form_*/*.html"),
    *(paquet.DIST.parents[2] / "templates/dsfr/widgets").glob("*.html"),
    paquet.DIST.parents[2] / "forms.py",
]


@pytest.mark.parametrize(
    ("name", "made"), [("dsfr.css", paquet.css), ("dsfr.js", lambda: f"{paquet.js()}\n")]
)
def test_the_files_are_what_the_tool_makes_of_the_package(name, made):
    assert (paquet.PAQUET / name).read_text() == made(), "python -m tools.paquet"


def test_every_class_that_the_whole_sheet_dresses_is_dressed():
    whole = set(CLASSE.findall((paquet.DIST / "dsfr/dsfr.main.min.css").read_text()))
    ours = set(CLASSE.findall((paquet.PAQUET / "dsfr.css").read_text()))
    used = {name for path in WRITTEN_IN for name in CLASSE.findall(path.read_text())}
    assert {"fr-btn", "fr-table__wrapper", "fr-icon-lock-line"} <= used & ours
    # A cursor between two bounds, and a row of buttons to choose from: none of our forms has one.
    missing = [
        name for name in used & whole - ours if not name.startswith(("fr-range", "fr-segmented"))
    ]
    assert missing == []


def test_the_dark_theme_has_all_the_colours_of_the_whole_sheet():
    def dark(sheet):
        blocks = re.findall(r":root\[data-fr-theme=dark\]\{([^}]*)\}", sheet)
        return {declared for block in blocks for declared in block.split(";") if declared}

    whole = dark((paquet.DIST / "dsfr/dsfr.main.min.css").read_text())
    assert "--grey-1000-50:#161616" in whole
    assert whole <= dark(paquet.css())


def test_what_the_sheet_leads_to_is_there():
    for address in re.findall(r"url\(([^)\"'d][^)]*)\)", paquet.css()):
        assert (paquet.PAQUET / address.split("#")[0]).exists() or (
            paquet.DIST / address.removeprefix("../../dsfr/dist/").split("#")[0]
        ).exists(), address
