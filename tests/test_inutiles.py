"""Nothing is kept that nothing uses: templates, settings, variables of the environment."""

import ast
import importlib.util
import re
from pathlib import Path

from django.apps import apps
from django.conf import global_settings, settings

ROOT = settings.BASE_DIR
TEMPLATES = ROOT / "templates"
SETTINGS = ROOT / "pvd/settings.py"
CODE = [
    path
    for room in ("socle", "communes", "ort", "projects", "pvd")
    for path in (ROOT / room).rglob("*.py")
    if path != SETTINGS
]
NAMES = [str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")]


def used_templates():
    """Return the templates that the code or another template names."""
    texts = [path.read_text() for path in [SETTINGS, *CODE, *TEMPLATES.rglob("*.html")]]
    named = re.findall(r"""["']([\w/]+\.html)["']""", "\n".join(texts))
    return {*named, *(name for text in texts for name in made_of_words(text))}


def made_of_words(text):
    """Yield the templates whose name a module makes of a folder and of one of its own words."""
    for folder in re.findall(r'f"([\w/]+)/\{[\w.]+\}\.html"', text):
        for word in re.findall(r'"(\w+)"', text):
            yield f"{folder}/{word}.html"


def of_a_package():
    """Return the templates of the packages: ours of the same name is read in place of theirs."""
    folders = [Path(app.path) / "templates" for app in apps.get_app_configs()]
    folders.append(Path(importlib.util.find_spec("django").origin).parent / "forms/templates")
    # Asked for by their name when an answer is an error.
    errors = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
    return errors.union(
        str(path.relative_to(folder)) for folder in folders for path in folder.rglob("*.html")
    )


def without_its_record(name):
    """Return `admin/change_form.html` of `admin/ort/convention/change_form.html`."""
    parts = name.split("/")
    if len(parts) == 4 and parts[2] in apps.all_models.get(parts[1], {}):
        return f"{parts[0]}/{parts[3]}"
    return name


def test_every_template_is_named_or_stands_for_that_of_a_package():
    theirs = of_a_package()
    kept = used_templates() | {name for name in NAMES if without_its_record(name) in theirs}
    assert sorted(set(NAMES) - kept) == []


def test_every_template_that_is_named_exists():
    ours = {name for name in used_templates() if (TEMPLATES / name).parent.is_dir()}
    assert sorted(ours - set(NAMES) - of_a_package()) == []


def packages():
    """Return the source of the packages that are set up, Django aside."""
    asked = [*settings.INSTALLED_APPS, *settings.MIDDLEWARE]
    roots = {name.partition(".")[0] for name in asked} - {"django", "pvd", "socle"}
    folders = [Path(importlib.util.find_spec(root).origin).parent for root in roots]
    return "\n".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))


def test_every_setting_is_read():
    tree = ast.parse(SETTINGS.read_text())
    given = {
        name.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        for name in ast.walk(target)
        if isinstance(name, ast.Name) and name.id.isupper()
    }
    assert len(given) > 50
    ours = "\n".join(path.read_text() for path in CODE)
    here = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    theirs = packages()

    def is_read(name):
        """Tell who reads it: Django, this very file, our code, or a package, by its last words."""
        prefix, _, end = name.partition("_")
        ends = {name, end or prefix}
        return (
            name == "ROOT_URLCONF"
            or hasattr(global_settings, name)
            or name in here
            or f"settings.{name}" in ours
            or any(re.search(rf"\b{end}\b", theirs) for end in ends)
        )

    assert sorted(name for name in given if not is_read(name)) == []


def test_every_variable_of_the_environment_is_listed_and_every_listed_one_is_read():
    read = re.findall(r'(?:environ\.get|env_bool|required\[)\(?\s*"(\w+)"', SETTINGS.read_text())
    listed = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(set(read)) == sorted(listed)


def test_the_environment_is_read_by_the_settings_alone():
    named = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE"'
    assert [path for path in CODE if "os.environ" in path.read_text().replace(named, "")] == []
