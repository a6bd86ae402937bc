"""What the pages load of the State's design system: `python -m tools.paquet` makes it again.

The DSFR comes whole, for every site: forty components, and fonts that write Vietnamese. A first visit
carries the components that our pages use, in one sheet and one script, and the letters of French.
"""

import re
import subprocess
import sys
from pathlib import Path

import dsfr

DIST = Path(dsfr.__file__).parent / "static/dsfr/dist"
HERE = Path(__file__).resolve().parent.parent
PAQUET = HERE / "static/pvd/paquet"

# Those whose classes our templates, or the form fields of django-dsfr, write; `tests/test_paquet.py`
# finds one that is missing.
COMPOSANTS = {
    *("accordion", "alert", "badge", "breadcrumb", "button", "callout", "checkbox", "display"),
    *("footer", "form", "header", "input", "link", "logo", "modal", "navigation", "notice"),
    *("pagination", "radio", "select", "skiplink", "summary", "table", "tag", "upload"),
}
ICONES = "utility/icons/icons-system/icons-system.main.min.css"
POLICES = ("Marianne-Regular", "Marianne-Medium", "Marianne-Bold")
# The Latin letters of the languages of Europe, punctuation, the euro, arrows and signs of comparison.
LETTRES = "U+0020-017F,U+2010-2027,U+202F,U+2030,U+2039-203A,U+20AC,U+2190-2193,U+2212,U+2264-2265"


def composants():
    """Return the components of the package, in the order in which its whole sheet has them."""
    whole = (DIST / "dsfr/dsfr.main.min.css").read_text()
    dressed = [nom for nom in COMPOSANTS if feuille(nom).exists()]
    return sorted(dressed, key=lambda nom: whole.index(bare(feuille(nom).read_text(), "../")[:200]))


def feuille(nom):
    return DIST / f"component/{nom}/{nom}.main.min.css"


def bare(css, prefix):
    """Return a sheet without its notice; `prefix` leads to `DIST` from where it is read."""
    css = re.sub(r"/\*!.*?\*/", "", css.replace('@charset "UTF-8";', ""), flags=re.DOTALL)
    return re.sub(r"(?<=[(\"'])(?:\.\./)+", prefix, css).strip()


def notice():
    """Return the notice that the licence of the package asks to keep."""
    return re.search(r"/\*!.*?\*/", feuille("badge").read_text(), re.DOTALL)[0]


def css():
    """Return the sheet: the core, the dark colours, the components, the icons, the fonts of French."""
    base = [DIST / "core/core.main.min.css", DIST / "scheme/scheme.min.css"]
    sheets = [*base, *map(feuille, composants()), DIST / ICONES]
    joined = "\n".join(bare(sheet.read_text(), "../../dsfr/dist/") for sheet in sheets)
    for police in POLICES:
        joined = joined.replace(f"../../dsfr/dist/fonts/{police}.woff2", f"{police}.woff2")
    return f'@charset "UTF-8";\n{notice()}\n{joined}\n'


def js():
    """Return the script: the core, then what each component adds to it, its names kept to itself."""
    files = [DIST / "core/core.module.min.js", DIST / "scheme/scheme.module.min.js"]
    files += [DIST / f"component/{nom}/{nom}.module.min.js" for nom in sorted(COMPOSANTS)]
    read = (file.read_text() for file in files if file.exists())
    return "\n".join(f"{{{re.sub('//# sourceMappingURL=.*', '', text).strip()}}}" for text in read)


def write_police(police):
    """Reduce a font to `LETTRES`, by fontTools, which only this needs."""
    subset = [sys.executable, "-m", "fontTools.subset", f"{DIST}/fonts/{police}.woff2"]
    options = [f"--unicodes={LETTRES}", "--layout-features+=tnum", "--flavor=woff2", "--no-hinting"]
    subprocess.run([*subset, *options, f"--output-file={PAQUET / police}.woff2"], check=True)


def main():
    PAQUET.mkdir(exist_ok=True)
    (PAQUET / "dsfr.css").write_text(css())
    (PAQUET / "dsfr.js").write_text(js() + "\n")
    try:
        import fontTools  # noqa: F401, PLC0415
    except ImportError:
        sys.exit("Polices inchangées : « pip install fonttools brotli » pour les refaire.")
    for police in POLICES:
        write_police(police)


if __name__ == "__main__":
    main()
