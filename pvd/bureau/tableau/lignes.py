"""The rows of the table: what is true of each commune on a day, and what agents know of it."""

import datetime
from dataclasses import dataclass, field

from communes.models import Commune, Labellisation
from ort.models import CommuneCouverte
from ort.regles import date_fin_au, duree_au
from pvd.suivi.situation import Situation, lisibles, situer


@dataclass
class Ligne:
    """A commune on a day: its `situation`, then what `completer` reads for the columns that ask for it."""

    situation: Situation
    titulaires: list = field(default_factory=list)
    # By function.
    contacts: dict = field(default_factory=dict)
    dernieres_nouvelles: datetime.date | None = None

    @property
    def ort(self):
        """Return the convention of the ORT in force that counts, or None."""
        return self.situation.convention

    @property
    def duree_ort(self):
        """Return its duration in years, as extended by that day, or None."""
        return self.ort and duree_au(self.ort, self.situation.jour)

    @property
    def fin_ort(self):
        """Return the first day when it will be out of force, as known that day, or None."""
        return self.ort and date_fin_au(self.ort, self.situation.jour)

    @property
    def a_eu_une_ort(self):
        """Tell whether an ORT covered the commune before that day, and no more does."""
        jour = self.situation.jour
        entered = (c.date_entree for c in self.situation.toutes_couvertures)
        return self.ort is None and any(day and day <= jour for day in entered)


def lignes(perimetre, jour):
    """Return a `Ligne` for each commune that was ever in the programme or in an ORT by `jour`.

    Those that `perimetre` keeps, and that exist on `jour`. Some fifteen queries, whatever their number.
    """
    found = map(Ligne, situer(list(lisibles(communes_suivies(perimetre, jour))), jour))
    return [ligne for ligne in found if compte(ligne)]


def communes_suivies(perimetre, jour):
    """Return the communes of the programme or of an ORT, by their names; of an ORT to come too."""
    known = Labellisation.objects.filter(debut__lte=jour).communes_du_jour(jour)
    covered = CommuneCouverte.objects.communes_du_jour(jour)
    communes = perimetre.of(Commune).as_of(jour)
    named = communes.filter(pk__in=known) | communes.filter(pk__in=covered)
    return named.order_by("nom_recherche", "code_insee")


def compte(ligne):
    """Tell whether a commune is told of: in the programme or in an ORT that day, or before it."""
    return bool(ligne.situation.labellisations or ligne.ort or ligne.a_eu_une_ort)
