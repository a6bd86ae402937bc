"""How a document that is deposited leaves the site: as a file to keep."""

import logging

from django.http import FileResponse, Http404

from socle.documents import Visibilite
from socle.web.parties import part_asked

logger = logging.getLogger(__name__)


def send(request, document):
    """Answer with the file of a document, whose reader was judged before; 404 if it is not there.

    Or with the part of it that is asked for: see `part_asked`.
    """
    try:
        content = document.fichier.open("rb")
    except FileNotFoundError:
        logger.error(
            "Le fichier de %s %s n'est plus dans PVD_DOCUMENTS_DIR.",
            document._meta.label,
            document.pk,
        )
        raise Http404("Fichier absent.") from None
    answer = FileResponse(
        content, as_attachment=True, filename=document.nom, content_type="application/pdf"
    )
    answer["X-Content-Type-Options"] = "nosniff"
    if document.visibilite == Visibilite.INTERNE:
        answer["Cache-Control"] = "private, no-store"
    return part_asked(request, answer, content)
