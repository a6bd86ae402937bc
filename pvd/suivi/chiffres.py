"""The figures of a département, or of France, on a day, each counted by its written rule."""

from functools import cached_property

from communes.models import Departement, Labellisation, Rattachement, Tenue
from ort.models import Convention
from ort.regles import couvertures_en_vigueur
from projects.postes.models import Occupation
from pvd.suivi.faits import Faits
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


def count_chefs_de_projet(departement, jour):
    """Return the number of people in post, or None when too little is recorded to tell.

    Where the posts are not kept in full, no person recorded does not mean nobody in post.
    """
    found = Occupation.objects.en_poste(departement, jour).count()
    complete = departement is not None and departement.tenue_postes == Tenue.COMPLETE
    return found if found or complete else None


class Decompte:
    """The figures of `departement` (None: France) on `jour`, each counted when it is asked for.

    They are counted from `faits`, those of its communes, which serve for any day.
    """

    def __init__(self, departement, jour, faits=None):
        self.departement, self.jour = departement, jour
        self.faits = faits or Faits.du_programme(departement)

    @cached_property
    def laureates(self):
        """The codes of the communes in the programme."""
        return self.faits.dans_le_programme(self.jour)

    @cached_property
    def couvertures(self):
        """The coverages, by an ORT in force, of the communes in the programme, each with its code."""
        return [
            (code, couverture)
            for code in self.laureates
            for couverture in couvertures_en_vigueur(
                self.faits.couvertures_de(code, self.jour), self.jour
            )
        ]

    @property
    def couvertes(self):
        return {code for code, _ in self.couvertures}

    @property
    def par_avenant(self):
        return {code for code, couverture in self.couvertures if couverture.entree}

    @property
    def ort(self):
        """The keys of the ORT."""
        return {couverture.convention.pk for _, couverture in self.couvertures}

    @property
    def ort_fondees(self):
        """The keys of the ORT that a commune lauréate entered by the convention itself."""
        return {c.convention.pk for _, c in self.couvertures if not c.entree}

    @property
    def ort_par_avenant(self):
        """The keys of the ORT that every commune lauréate entered by avenant."""
        return self.ort - self.ort_fondees

    def count_intercommunalites(self):
        members = Rattachement.objects.as_of(self.jour).filter(commune__dans=self.laureates)
        return members.order_by().values("intercommunalite").distinct().count()

    def __getitem__(self, chiffre):
        """Return the value of a `Chiffre`; None: not known."""
        return COMPTES[chiffre](self)


# How each figure is counted from the facts of its day.
COMPTES = {
    Chiffre.COMMUNES: lambda du_jour: len(du_jour.laureates),
    Chiffre.INTERCOMMUNALITES: Decompte.count_intercommunalites,
    Chiffre.ORT: lambda du_jour: len(du_jour.ort),
    Chiffre.COMMUNES_COUVERTES: lambda du_jour: len(du_jour.couvertes),
    Chiffre.PAR_AVENANT: lambda du_jour: len(du_jour.par_avenant),
    Chiffre.CONVENTIONS_PROPRES: lambda du_jour: len(du_jour.ort_fondees),
    Chiffre.ORT_PAR_AVENANT: lambda du_jour: len(du_jour.ort_par_avenant),
    Chiffre.CHEFS_DE_PROJET: lambda du_jour: count_chefs_de_projet(
        du_jour.departement, du_jour.jour
    ),
}


def chiffres(departement, jour):
    """Return the value of each `Chiffre` in `departement` (None: France) on `jour`; None: not known.

    An ORT over two départements counts once in each and once in France: the figure of France is
    not the sum of those of the départements. Six queries.
    """
    du_jour = Decompte(departement, jour)
    return {chiffre: du_jour[chiffre] for chiffre in Chiffre}


def departements_du_programme(jour):
    """Return the départements of which something is recorded on `jour`."""
    laureates = Labellisation.objects.as_of(jour).communes(jour).order_by()
    return Departement.objects.filter(pk__in=laureates.values("departement"))
