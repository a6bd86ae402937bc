"""The studies as the pages show them on a day, each with who pays for it and the files to download."""

from collections import defaultdict

from projects.etudes.lecture import LIEES, situer_etudes
from projects.pieces.models import Piece
from projects.projet.annuaire import payeur


def etudes_montrees(etudes, jour):
    """Return studies, in order, with what is known of each on `jour`, its `payeurs` and its `fichiers`.

    Those who pay are whoever granted something by then.
    """
    found = list(etudes.select_related(*LIEES).order_by("identifiant"))
    files = defaultdict(list)
    if found:
        for piece in Piece.objects.publics(jour).des_etudes(found).avec_objet():
            files[piece.objet.pk].append(piece)
    for etude in situer_etudes(found, jour):
        etude.payeurs = etude.annuaire.par_nom(set(map(payeur, etude.du_jour.accordes)))
        etude.fichiers = files[etude.pk]
    return found
