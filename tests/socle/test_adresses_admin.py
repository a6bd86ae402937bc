"""The addresses of the back office are written in one place."""

from pathlib import Path

from communes.models import Commune
from ort.models import Convention
from socle.adresses_admin import admin_url

ROOT = Path(__file__).parents[2]


def test_a_page_is_about_a_model_or_a_record():
    assert admin_url(Convention, "changelist") == "/admin/ort/convention/"
    assert admin_url(Convention(pk=12), "change") == "/admin/ort/convention/12/change/"
    assert admin_url(Convention, "change", 12) == "/admin/ort/convention/12/change/"
    assert admin_url(Commune(pk="2A004"), "history") == "/admin/communes/commune/2A004/history/"
    template = admin_url(Convention, "import_modele", sorte="ort", extension="csv")
    assert template == "/admin/ort/convention/importer/modele/ort.csv"


def test_nobody_makes_such_an_address_by_hand():
    by_hand = [
        str(path.relative_to(ROOT))
        for room in ("communes", "ort", "projects", "pvd", "socle")
        for path in (ROOT / room).rglob("*.py")
        if 'f"admin:' in path.read_text()
    ]
    assert by_hand == ["socle/adresses_admin.py"]
