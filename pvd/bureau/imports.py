"""What an import of agents refuses that only the roof can tell."""

from urllib.parse import urlencode

from django.urls import reverse

from communes.models import Commune, Labellisation
from communes.programme.imports import LabellisationRessource
from communes.programme.liste.ressource import ListePvdRessource
from pvd.bureau.gestes.labellisations import QuitterProgramme
from pvd.bureau.tableau.colonnes import COLONNES
from pvd.suivi.situation import situations
from socle.dates import Precision


class LaureatesRessource(LabellisationRessource):
    """The communes lauréates: how far one is depends on its ORT, which its own app does not know."""

    # What « Toutes mes communes » says besides, when it is sent back.
    informatives = (*LabellisationRessource.informatives, *COLONNES)
    calculees = {"statut": "les dates de la commune, ou celles de son ORT"}

    def computed_on(self, keys, jour):
        known = Labellisation.objects.filter(pk__dans=keys).communes_du_jour(jour)
        communes = dict(known.values_list("pk", "commune_du_jour"))
        named = Commune.objects.filter(pk__dans=sorted(set(communes.values())))
        statuts = {s.commune.pk: {"statut": s.statut} for s in situations(named, jour)}
        return {key: statuts[code] for key, code in communes.items()}


class ListePvdDuBureau(ListePvdRessource):
    """The national list, as an agent sends it: an exit that it proposes leads to where one is recorded."""

    def lien(self, group, ligne):
        if group != "sortie":
            return ""
        url = reverse("admin:geste", args=[QuitterProgramme.slug, ligne.objet.pk])
        source = self.provenance.source
        typed = {"date": f"{self.jour:%d/%m/%Y}", "precision": Precision.AU_PLUS_TARD.value}
        typed |= {"source": source.pk} if source.pk else {}
        return f"{url}?{urlencode(typed)}"
