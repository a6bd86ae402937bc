"""What a history is asked by: a place, and where things stand; never a day."""

from typing import NamedTuple

from communes.models import Commune, Departement
from communes.territoire.lieux import DepartementsFilter, LieuFiltres, RegionsFilter
from ort.filtres import OrtFiltres, StatutOrt
from projects.postes.models import Etat
from pvd.suivi.regles import Statut
from socle.web.choix import ChoixFilter


class HistoireDemandee(NamedTuple):
    """What is asked of a history.

    `departements` None is France, `etats` empty those of a table of the day, and `toutes` also the ORT
    that cover no commune of the programme.
    """

    departements: list[Departement] | None
    etats: list[str]
    toutes: bool = False

    def est_de(self, departement: str) -> bool:
        """Tell whether what is in a département, by its code, is asked for."""
        return self.departements is None or any(d.pk == departement for d in self.departements)


class HistoireFiltres(LieuFiltres):
    """A place alone."""

    departement = DepartementsFilter()
    region = RegionsFilter()

    # The filter of where things stand, if the history has one.
    etat_demande = ""

    class Meta(LieuFiltres.Meta):
        # Whatever the history is of: the rows are not those of a queryset.
        model = Commune
        fields = []

    @property
    def lus(self):
        """Return the names that the file reads: neither a day nor an order, the periods are in theirs."""
        return list(self.form.fields)

    @property
    def rows(self):
        """Return what is asked for, which the history turns into periods."""
        self.refuse_unknown()
        etats = self.chosen(self.etat_demande) if self.etat_demande else None
        return HistoireDemandee(self.departements, etats or [], self.toutes)

    @property
    def toutes(self):
        return "programme" in self.form.fields and bool(self.chosen("programme"))


class HistoireCommunesFiltres(HistoireFiltres):
    """And how far the communes are: lauréates without it."""

    statut = ChoixFilter(label="Statut", choices=Statut)
    etat_demande = "statut"


class HistoireOrtFiltres(HistoireFiltres):
    """And whether the ORT are in force, as they are without it, or ended; and those without lauréate."""

    statut = ChoixFilter(label="Statut", choices=StatutOrt)
    programme = OrtFiltres.base_filters["programme"]
    etat_demande = "statut"


class HistoirePostesFiltres(HistoireFiltres):
    """And the state of the posts: all but closed without it."""

    etat = ChoixFilter(label="État du poste", choices=Etat)
    etat_demande = "etat"
