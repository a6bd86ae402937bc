"""What is new in the communes of an agent since a day: to read, to print, to download."""

import datetime
from dataclasses import dataclass
from functools import cached_property

from django.contrib import admin
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from pvd.bureau.changements import last_changes
from pvd.bureau.perimetre import asked_perimetre
from pvd.bureau.portes import des_communes
from pvd.bureau.tableau.lignes import communes_suivies
from pvd.suivi.nouveautes import midnight, nouveautes_des
from pvd.suivi.situation import lisibles, situer
from socle.admin.exports import FORMES
from socle.dates import in_french
from socle.web.jour import day_asked

# The page shows so many lines of each sort; the file has them all, of as many versions.
LINES = 300
VERSIONS_LUES = 5000


class NouveautesDemandees:
    """What an address asks for: `?depuis=visite`, `?depuis=janvier` or `?depuis=AAAA-MM-JJ`.

    `debut` is the first day told; None on a first visit, which nothing came before.
    """

    def __init__(self, request):
        self.perimetre, self.departements = asked_perimetre(request)
        self.jour = timezone.localdate()
        self.depuis = request.GET.get("depuis", "").strip() or "visite"
        if self.depuis == "visite":
            self.debut = request.user.visite_precedente
        elif self.depuis == "janvier":
            self.debut = datetime.date(self.jour.year, 1, 1)
        else:
            self.debut = day_asked("depuis", self.depuis)

    @property
    def titre(self):
        if self.depuis == "visite":
            return "Depuis ma dernière visite"
        return f"Depuis le {in_french(self.debut)}"

    @cached_property
    def faits(self):
        """Return what is told or has happened since, of the communes as they are today."""
        if self.debut is None:
            return []
        communes = lisibles(communes_suivies(self.perimetre, self.jour))
        news = nouveautes_des(situer(list(communes), self.jour), self.jour)
        return [new for new in news if new.connue_le >= self.debut]

    @property
    def arrives(self):
        """Return what happened since, the latest first."""
        happened = [new for new in self.faits if new.fait.jour >= self.debut]
        return sorted(happened, key=lambda new: new.fait.jour, reverse=True)

    @property
    def appris(self):
        """Return what happened before, and was recorded or corrected since, the latest first."""
        return [new for new in self.faits if new.fait.jour < self.debut]

    @cached_property
    def changements(self):
        """Return what was done to the records since, the latest first."""
        if self.debut is None:
            return []
        return last_changes(self.perimetre, midnight(self.debut), VERSIONS_LUES)


@dataclass
class Rubrique:
    """A part of the page: its first lines, and how many there are."""

    cle: str
    titre: str
    toutes: list

    @property
    def lignes(self):
        return self.toutes[:LINES]

    @property
    def reste(self):
        return len(self.toutes) - len(self.lignes)


@des_communes
@require_safe
def nouveautes(request):
    """Show what is new since the day asked for, in three parts; those that hold nothing are not."""
    demande = NouveautesDemandees(request)
    rubriques = [
        Rubrique("arrives", "Arrivé depuis", demande.arrives),
        Rubrique("appris", "Plus ancien, enregistré ou corrigé depuis", demande.appris),
        Rubrique("fiches", "Écrit dans les fiches", demande.changements),
    ]
    context = admin.site.each_context(request) | {
        "title": demande.titre,
        "demande": demande,
        "depuis": demande.depuis,
        "departements": demande.departements,
        "perimetre": demande.perimetre,
        "rubriques": [rubrique for rubrique in rubriques if rubrique.toutes],
        "formes": {forme: format.titre for forme, format in FORMES.items()},
    }
    return TemplateResponse(request, "bureau/nouveautes.html", context)


ENTETE = [
    *("sorte", "jour", "precision", "codes_insee", "communes"),
    *("fiche", "texte", "enregistre_le", "par"),
]


@des_communes
@require_safe
def telecharger(request, forme):
    """Send all that the page tells as one table, which says of each line what sort it is."""
    if forme not in FORMES:
        raise Http404
    demande = NouveautesDemandees(request)
    rows = [
        *(line_of_fact("arrivé", new) for new in demande.arrives),
        *(line_of_fact("appris", new) for new in demande.appris),
        *map(line_of_change, demande.changements),
    ]
    return FORMES[forme].answer(ENTETE, rows, f"pvd-interne-nouveautes-{demande.jour:%Y%m%d}")


def line_of_fact(sorte, new):
    fait = new.fait
    return [
        sorte,
        fait.jour,
        fait.precision,
        " ".join(situation.commune.pk for situation in new.communes),
        ", ".join(situation.nom for situation in new.communes),
        fait.convention.intitule if fait.convention else "",
        fait.texte,
        new.connue_le,
        "",
    ]


def line_of_change(changement):
    jour = timezone.localdate(changement.quand)
    told = " ; ".join(changement.choses)
    return ["fiche", jour, "jour", "", "", changement.fiche, told, jour, changement.qui]
