"""What an history is asked by: a département, and where things stand; never a day."""

from communes.models import Commune, Departement
from ort.filtres import StatutOrt
from projects.postes.models import Etat
from pvd.suivi.regles import Statut
from socle.web.choix import ChoixFilter, FicheFilter
from socle.web.filtres import Filtres


class HistoireFiltres(Filtres):
    """A département alone."""

    departement = FicheFilter(label="Département", queryset=Departement.objects.all())

    class Meta(Filtres.Meta):
        # Whatever the history is of: the rows are not those of a queryset.
        model = Commune
        fields = []

    @property
    def lus(self):
        """Return the names that the file reads: neither a day nor an order, the periods are in theirs."""
        return list(self.form.fields)

    @property
    def choix(self):
        """Return the values asked for, a list a filter, in their order: see `refuse_unknown` before."""
        return [self.chosen(name) or [] for name in self.lus]


class HistoireCommunesFiltres(HistoireFiltres):
    """And how far the communes are: lauréates without it."""

    statut = ChoixFilter(label="Statut", choices=Statut)


class HistoireOrtFiltres(HistoireFiltres):
    """And whether the ORT are in force, as they are without it, or ended."""

    statut = ChoixFilter(label="Statut", choices=StatutOrt)


class HistoirePostesFiltres(HistoireFiltres):
    """And the state of the posts: all but closed without it."""

    etat = ChoixFilter(label="État du poste", choices=Etat)
