"""Files that agents bring into the back office: read, shown row by row, then written or not.

`lecture` reads the cells of a file, `colonnes` recognises its columns, `passage` tells what each
row would do and does it, `lignes` what became of it, `depot` keeps the file
until the agent decides, `vues` are the pages.
"""

from pvd.socle.admin_imports.vues import ImportAdmin

__all__ = ["ImportAdmin"]
