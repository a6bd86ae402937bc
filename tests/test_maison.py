"""Rules of the house that a reader relies on, and that no single room can hold."""

import ast
import importlib
import io
import re
import tokenize
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from socle import menage
from socle.lignes import UneLigne

ROOT = settings.BASE_DIR
ROOMS = ("socle", "communes", "ort", "projects", "pvd", "tests", "tools")
OTHERS = ("docs", "donnees", "requirements", "static", "templates")
PAPERS = [*ROOT.glob("*.md"), ROOT / "Makefile", ROOT / ".env.example", *ROOT.glob("docs/*.md")]
PAPERS += ROOT.glob("*/donnees/README.md")
CODE = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]

# `socle/dates.py`, `donnees/herault/`; `socle.dates.Precision`; `carte.py` on its own.
A_PATH = re.compile(rf"(?<![\w/.-])(?:{'|'.join(ROOMS + OTHERS)})(?:/[\w.-]+)+/?")
A_NAME = re.compile(rf"(?<![\w/.\"'@-])(?:{'|'.join(ROOMS)})(?:\.\w+)+(?![\w(]*\")")
A_FILE = re.compile(r"(?<![\w/.*$-])\w+\.(?:py|html|css|toml|in)\b")
# `Periode.holds_on`: what a class of ours has.
A_MEMBER = re.compile(r"`([A-Z]\w+)\.(\w+)")
# Ends of names that are those of files, of hosts or of checks.
NO_MODULE = {".py", ".md", ".html", ".json", ".csv", ".fr", ".E001"}
# Kept out of the repository: made by a command, or given by whoever runs it.
MADE = {"tests/e2e/captures/"}


def said_in_code(path):
    """Return the comments and the docstrings of a module, one text."""
    source = path.read_text()
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    said = [token.string for token in tokens if token.type == tokenize.COMMENT]
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    said += [
        ast.get_docstring(node) or ""
        for node in ast.walk(ast.parse(source))
        if isinstance(node, documented)
    ]
    return "\n".join(said)


@pytest.fixture(scope="module", autouse=True)
def no_watch():
    """Have the module that serves the site, which is imported to be looked at, start nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(menage, "forget_each_hour", lambda: None)
        yield


def said(path):
    """Return what a document says, or a module beside its code."""
    return said_in_code(path) if path in CODE else path.read_text()


def exists(name):
    """Tell whether a dotted name is that of a module, of what is in one, or of a record."""
    parts = name.split(".")
    if len(parts) == 2 and parts[1].lower() in apps.all_models.get(parts[0], {}):
        return True
    for size in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:size]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[size:]:
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False


def known_member(owner, member):
    """Tell whether a class has a member, be it a field of a record or of a tuple."""
    fields = getattr(owner, "__annotations__", {})
    return hasattr(owner, member) or member in fields


@cache
def classes():
    """Return the classes of the project, by name."""
    found = {}
    for path in CODE:
        if path.is_relative_to(ROOT / "tests") or "migrations" in path.parts:
            continue
        module = importlib.import_module(str(path.relative_to(ROOT))[:-3].replace("/", "."))
        found |= {name: value for name, value in vars(module).items() if isinstance(value, type)}
    return found


@cache
def files():
    """Return the names of the files of the project."""
    others = (path for folder in OTHERS for path in (ROOT / folder).rglob("*"))
    return {path.name for path in (*CODE, *others, *ROOT.iterdir())}


@pytest.mark.parametrize("path", [*PAPERS, *CODE], ids=lambda path: str(path.relative_to(ROOT)))
def test_what_is_named_exists(path):
    """A path, a module or a file named in a document, a comment or a docstring is there."""
    text = said(path)
    paths = [found.rstrip(".") for found in A_PATH.findall(text)]
    lost = [p for p in paths if not (ROOT / p).exists() and p not in MADE]
    names = [n for n in A_NAME.findall(text) if Path(n).suffix not in NO_MODULE]
    lost += [name for name in names if not exists(name)]
    ours = classes()
    lost += [
        f"{name}.{member}"
        for name, member in A_MEMBER.findall(text)
        if name in ours and not known_member(ours[name], member)
    ]
    lost += [name for name in A_FILE.findall(text) if name not in files()]
    assert lost == []


GLOSSARY = (ROOT / "docs/glossaire.md").read_text()


def test_the_glossary_tells_each_word_once():
    rows = [line.split("|")[1:4] for line in GLOSSARY.splitlines() if line.startswith("| ")][1:]
    words = [word.strip() for cell, *_ in rows for word in re.sub(r" \(.*\)", "", cell).split(",")]
    assert len(words) > 60
    assert sorted({word for word in words if words.count(word) > 1}) == []
    # Nor one thing under two words.
    names = [name for *_, code in rows for name in re.findall(r"`([A-Z]\w+)`", code)]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_what_the_glossary_calls_a_class_is_one():
    """`Repere` and `communes.Labellisation`: a name without its module is looked for everywhere."""
    named = re.findall(r"`([A-Z][a-z]\w+)`", GLOSSARY)
    assert len(named) > 5
    assert sorted(set(named) - set(classes())) == []


def test_no_two_classes_bear_one_name():
    """A class is known by its name alone: what is nested in another, as its choices, bears both."""
    places = defaultdict(list)
    for path in CODE:
        if path.parts[len(ROOT.parts)] in ("tests", "tools") or "migrations" in path.parts:
            continue
        # Django asks a command, and a database, for that name.
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and node.name not in {"Command", "DatabaseWrapper"}:
                places[node.name].append(str(path.relative_to(ROOT)))
    assert len(places) > 300
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def constraints():
    """Return the names of what the base refuses, in the records of the project: one for the lines of all."""
    return {
        "une_ligne" if isinstance(constraint, UneLigne) else constraint.name
        for model in apps.get_models()
        if model.__module__.partition(".")[0] in ROOMS
        for constraint in model._meta.constraints
    }


def test_each_constraint_is_told_in_the_rules():
    named = set(re.findall(r"`(\w+)`", (ROOT / "docs/regles.md").read_text()))
    assert len(constraints()) > 50
    assert sorted(constraints() - named) == []


def test_a_comment_of_a_template_holds_on_its_line():
    """Django would write one of two lines in the page."""
    left = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (ROOT / "templates").rglob("*.html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if "{#" in line and "#}" not in line.partition("{#")[2]
    ]
    assert left == []
