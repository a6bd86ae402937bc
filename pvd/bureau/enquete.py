"""The answer to the national survey on the ORT: what its file says, what it leaves empty, the file."""

from collections import Counter

from django.conf import settings
from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from ort.liste.colonnes import FEUILLE, ColonneNationale
from ort.liste.reponse import COLONNES, ENTETE, cellules, lignes_nationales
from pvd.bureau.perimetre import asked_perimetre
from pvd.bureau.portes import des_ort
from socle.fichiers.classeur import Classeur
from socle.fichiers.formats import FORMATS, csv_cell
from socle.web.jour import jour_of
from socle.web.refus import DemandeInvalide

# The national list comes in these two alone, its workbook with one sheet of that name.
FORMES_DE_L_ENQUETE = {
    "csv": FORMATS["interne"],
    "xlsx": FORMATS["xlsx"],
}
# The same on each row of a département: the page tells them once.
DITES_EN_TETE = {
    ColonneNationale.DEPARTEMENT,
    ColonneNationale.REGION,
    ColonneNationale.ACTUALISE_PAR,
}


class EnqueteDemandee:
    """What an address asks for: `?departement=34&au=…`; without a département, the only one of the agent."""

    def __init__(self, request):
        self.perimetre, self.departements = asked_perimetre(request)
        self.jour = jour_of(request)
        only = self.departements[0] if len(self.departements) == 1 else None
        self.departement = self.perimetre.departement or only

    @property
    def lignes(self):
        return lignes_nationales(self.departement, self.jour) if self.departement else []


@des_ort
@require_safe
def enquete(request):
    """Show the rows of the file, how many of each sort, and how often each column is empty."""
    demande = EnqueteDemandee(request)
    lignes = demande.lignes
    rows = [cellules(ligne) for ligne in lignes]
    vides = [sum(cell is None for cell in cells) for cells in zip(*rows, strict=True)]
    shown = [
        place
        for place, colonne in enumerate(COLONNES)
        if rows and vides[place] < len(rows) and colonne.nom not in DITES_EN_TETE
    ]
    context = admin.site.each_context(request) | {
        "title": "Réponse à l'enquête nationale sur les ORT",
        "demande": demande,
        "departements": demande.departements,
        "perimetre": demande.perimetre,
        "service": settings.PVD_EDITEUR,
        "comptes": Counter(ligne.signee.value for ligne in lignes).items(),
        "lignes": [
            # As the file writes them, and not as the language of the page would.
            (ligne, [str(csv_cell(cells[place])) for place in shown])
            for ligne, cells in zip(lignes, rows, strict=True)
        ],
        "colonnes": [COLONNES[place] for place in shown],
        "vides": list(zip(COLONNES, vides, strict=True)) if rows else [],
        "formes": {forme: format.titre for forme, format in FORMES_DE_L_ENQUETE.items()},
    }
    return TemplateResponse(request, "bureau/enquete.html", context)


@des_ort
@require_safe
def telecharger(request, forme):
    """Send the rows in the columns of the national list, which say nothing else."""
    if forme not in FORMES_DE_L_ENQUETE:
        raise Http404
    demande = EnqueteDemandee(request)
    if demande.departement is None:
        raise DemandeInvalide("Dites de quel département : ajoutez « departement=34 » à l'adresse.")
    rows = map(cellules, demande.lignes)
    name = f"pvd-interne-enquete-ort-{demande.departement.pk}-{demande.jour:%Y%m%d}"
    return FORMES_DE_L_ENQUETE[forme].answer(ENTETE, rows, name, Classeur(feuille=FEUILLE))
