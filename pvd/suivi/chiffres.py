"""The figures of a département, or of France, on a day, each counted by its written rule."""

from dataclasses import dataclass
from functools import cached_property

from communes.models import Departement, Labellisation, Tenue
from ort.models import CommuneCouverte, Convention
from projects.postes.models import Occupation
from pvd.suivi.models import Chiffre

# The rule of each figure, shown beside it: « J » is the day, « D » the département.
REGLES = {
    Chiffre.COMMUNES: "communes dont le temps dans le programme court ce jour-là",
    Chiffre.INTERCOMMUNALITES: "intercommunalités distinctes, ce jour-là, de ces communes",
    Chiffre.ORT: (
        "conventions valant ORT, signées ce jour-là ou avant et non échues, "
        "qui couvrent ce jour-là au moins une de ces communes"
    ),
    Chiffre.COMMUNES_COUVERTES: "communes lauréates couvertes ce jour-là par une de ces ORT",
    Chiffre.PAR_AVENANT: "communes couvertes dont l'acte d'entrée est un avenant",
    Chiffre.CONVENTIONS_PROPRES: (
        "ORT dans lesquelles au moins une commune lauréate est entrée par la convention elle-même"
    ),
    Chiffre.ORT_PAR_AVENANT: (
        "ORT dans lesquelles toutes les communes lauréates sont entrées par avenant"
    ),
    Chiffre.CHEFS_DE_PROJET: (
        "personnes en poste ce jour-là sur un poste qui n'est pas fermé et qui dessert une commune du "
        "département, ou de France"
    ),
}
# How a figure is named when there is one, or none: French has no plural of zero.
SINGULIERS = {
    Chiffre.COMMUNES: "commune lauréate",
    Chiffre.INTERCOMMUNALITES: "intercommunalité",
    Chiffre.COMMUNES_COUVERTES: "commune couverte par une ORT",
    Chiffre.CHEFS_DE_PROJET: "chef de projet en poste",
}


def ort_comptees(departement, jour):
    """Return the ORT that count in `departement` (None: France) on `jour`: in force, and of the programme."""
    return Convention.objects.du_programme(departement, jour).en_vigueur(jour)


def couvertures_comptees(departement, jour):
    """Return the coverages, by an ORT in force on `jour`, of the communes lauréates of `departement`."""
    laureates = Labellisation.objects.as_of(jour).of_departement(departement)
    return CommuneCouverte.objects.en_vigueur(jour).filter(commune__in=laureates.values("commune"))


def count_chefs_de_projet(departement, jour):
    """Return the number of people in post, or None when too little is recorded to tell.

    Where the posts are not kept in full, no person recorded does not mean nobody in post.
    """
    found = Occupation.objects.en_poste(departement, jour).count()
    complete = departement is not None and departement.tenue_postes == Tenue.COMPLETE
    return found if found or complete else None


@dataclass
class Decompte:
    """The figures of `departement` (None: France) on `jour`, each counted when it is asked for.

    The rows are few, and counted here: one query for all the figures of the ORT, where a query per
    figure would cost ten times the page, and none for a figure that nobody asks for.
    """

    departement: object
    jour: object

    @cached_property
    def laureates(self):
        return Labellisation.objects.as_of(self.jour).of_departement(self.departement)

    @cached_property
    def couvertures(self):
        """Return the coverages that count, as (convention, commune, act of entry or None)."""
        counted = couvertures_comptees(self.departement, self.jour)
        return list(counted.values_list("convention", "commune", "entree"))

    @cached_property
    def ort(self):
        return {convention for convention, _, _ in self.couvertures}

    @cached_property
    def ort_fondees(self):
        """Return the ORT that a commune lauréate entered by the convention itself."""
        return {convention for convention, _, entree in self.couvertures if not entree}

    def __getitem__(self, chiffre):
        """Return the value of a `Chiffre`; None: not known."""
        return COMPTES[chiffre](self)

    def count_intercommunalites(self):
        of_communes = self.laureates.rattachements(self.jour)
        return len(set(of_communes.values_list("intercommunalite", flat=True)))


# How each figure is counted from the rows of its day.
COMPTES = {
    Chiffre.COMMUNES: lambda du_jour: du_jour.laureates.count(),
    Chiffre.INTERCOMMUNALITES: Decompte.count_intercommunalites,
    Chiffre.ORT: lambda du_jour: len(du_jour.ort),
    Chiffre.COMMUNES_COUVERTES: lambda du_jour: len({c for _, c, _ in du_jour.couvertures}),
    Chiffre.PAR_AVENANT: lambda du_jour: len({c for _, c, entree in du_jour.couvertures if entree}),
    Chiffre.CONVENTIONS_PROPRES: lambda du_jour: len(du_jour.ort_fondees),
    Chiffre.ORT_PAR_AVENANT: lambda du_jour: len(du_jour.ort - du_jour.ort_fondees),
    Chiffre.CHEFS_DE_PROJET: lambda du_jour: count_chefs_de_projet(
        du_jour.departement, du_jour.jour
    ),
}


def chiffres(departement, jour):
    """Return the value of each `Chiffre` in `departement` (None: France) on `jour`; None: not known.

    An ORT over two départements counts once in each and once in France: the figure of France is
    not the sum of those of the départements. Four queries.
    """
    du_jour = Decompte(departement, jour)
    return {chiffre: du_jour[chiffre] for chiffre in Chiffre}


def departements_du_programme(jour):
    """Return the départements of which something is recorded on `jour`."""
    laureates = Labellisation.objects.as_of(jour)
    return Departement.objects.filter(pk__in=laureates.values("commune__departement"))
