"""The studies as the pages show them on a day, each with the files that anybody downloads by then."""

from collections import defaultdict

from projects.etudes.lecture import LIEES, situer_etudes
from projects.pieces.models import Piece


def etudes_montrees(etudes, jour):
    """Return studies, in order, with what is known of each on `jour`, and its `fichiers`."""
    found = list(etudes.select_related(*LIEES).order_by("identifiant"))
    files = defaultdict(list)
    if found:
        for piece in Piece.objects.publics(jour).des_etudes(found).avec_objet():
            files[piece.objet.pk].append(piece)
    for etude in found:
        etude.fichiers = files[etude.pk]
    return situer_etudes(found, jour)
