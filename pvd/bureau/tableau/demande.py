"""What is asked of the table: where, on what day, which communes, in what order."""

from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from communes.models import Commune
from pvd.bureau.perimetre import asked_perimetre
from pvd.bureau.tableau.colonnes import lisibles_par
from pvd.bureau.tableau.complements import completer
from pvd.bureau.tableau.lignes import lignes
from pvd.suivi.regles import EtatPoste, Statut
from socle.dates import add_months
from socle.recherche import search_key
from socle.web.filtres import LONGEST_SEARCH
from socle.web.jour import jour_of
from socle.web.refus import DemandeInvalide, quoted

# From the narrowest to the widest: each holds the one before.
ENSEMBLES = {
    "laureates": "Dans le programme",
    "toutes": "Avec celles qui en sont sorties",
    "couvertes": "Avec les communes d'ORT hors programme",
}
ORT = {
    "": "Toutes",
    "avec": "Avec une ORT en vigueur",
    "sans": "Sans ORT en vigueur",
    "terminee": "ORT terminée ou quittée",
    "sans-duree": "ORT sans durée connue",
    "fin-6": "ORT qui finit d'ici 6 mois",
    "fin-12": "ORT qui finit d'ici 12 mois",
    "fin-24": "ORT qui finit d'ici 24 mois",
}
STATUTS = {"": "Tous"} | dict(Statut.choices)
POSTES = {"": "Tous"} | dict(EtatPoste.choices)
FIRST_YEAR = 2021


def ensemble_de(ligne):
    """Return the narrowest set that holds a row."""
    if ligne.situation.laureate:
        return "laureates"
    return "toutes" if ligne.situation.labellisations else "couvertes"


def keeps_ort(choice, ligne):
    """Tell whether a row answers what is asked of its ORT, by a key of `ORT`."""
    if choice.startswith("fin-"):
        horizon = add_months(ligne.situation.jour, int(choice.removeprefix("fin-")))
        return ligne.fin_ort is not None and ligne.fin_ort <= horizon
    return {
        "avec": ligne.ort is not None,
        "sans": ligne.ort is None,
        "terminee": ligne.a_eu_une_ort,
        "sans-duree": ligne.ort is not None and ligne.duree_ort is None,
    }[choice]


@dataclass
class Demande:
    """What an address asks of the table, as `request` gives it."""

    request: object

    def __post_init__(self):
        self.perimetre, self.departements = asked_perimetre(self.request)
        self.jour = jour_of(self.request)
        self.ensemble = self.one_of("ensemble", ENSEMBLES, "laureates")
        self.ort = self.one_of("ort", ORT)
        self.statut = self.one_of("statut", STATUTS)
        self.poste = self.one_of("poste", POSTES)
        self.colonnes = lisibles_par(self.request.user)
        self.tri = self.one_of("tri", self.colonnes, "nom_commune")
        self.sens = self.one_of("sens", {"": "", "desc": ""})
        self.epci = self.request.GET.get("epci", "")
        self.q = self.request.GET.get("q", "").strip()
        if len(self.q) > LONGEST_SEARCH:
            raise DemandeInvalide(f"Cherchez {LONGEST_SEARCH} caractères au plus.")

    def one_of(self, name, choices, default=""):
        """Return what is asked by that name; raise `DemandeInvalide` for what is no choice."""
        value = self.request.GET.get(name) or default
        if value not in choices:
            raise DemandeInvalide(f"Le critère « {name}={quoted(value)} » n'existe pas.")
        return value

    def keeps(self, ligne):
        """Tell whether a row answers all that is asked, but for the set of communes."""
        situation = ligne.situation
        words = search_key(situation.nom_intercommunalite)
        epci = situation.intercommunalite.pk if situation.intercommunalite else "aucune"
        return (
            (not self.ort or keeps_ort(self.ort, ligne))
            and (not self.statut or situation.statut == self.statut)
            and (not self.poste or situation.etat_poste == self.poste)
            and (not self.epci or epci == self.epci)
            and (not self.q or situation.commune.pk in self.nommees or self.cle in words)
        )

    @cached_property
    def nommees(self):
        """Return the communes that `q` may mean."""
        return set(Commune.objects.search(self.q).order_by().values_list("pk", flat=True))

    @cached_property
    def cle(self):
        """Return the key of `q`, which the name of an intercommunalité may hold; none has « ? »."""
        return search_key(self.q) or "?"

    @cached_property
    def toutes(self):
        """Return all the rows of the widest set, whatever is asked."""
        return lignes(self.perimetre, self.jour)

    @cached_property
    def tenues(self):
        """Return the rows that answer what is asked, of the widest set."""
        return [ligne for ligne in self.toutes if self.keeps(ligne)]

    @property
    def ensembles(self):
        """Return each set of communes: its key, its name, and how many rows answer what is asked."""
        found = [ensemble_de(ligne) for ligne in self.tenues]
        names = list(ENSEMBLES)
        return [
            (key, titre, sum(names.index(one) <= rank for one in found))
            for rank, (key, titre) in enumerate(ENSEMBLES.items())
        ]

    @property
    def lignes(self):
        """Return the rows asked for, in the order asked for; what is not known comes last."""
        names = list(ENSEMBLES)
        widest = names.index(self.ensemble)
        kept = [x for x in self.tenues if names.index(ensemble_de(x)) <= widest]
        by = self.colonnes[self.tri]
        return in_order(completer(kept, [by], self.request.user), by, self.sens == "desc")

    @property
    def intercommunalites(self):
        """Return the intercommunalités of the communes there, by SIREN, in the order of their names."""
        found = {x.situation.intercommunalite for x in self.toutes} - {None}
        return {"": "Toutes"} | {
            epci.pk: epci.nom_au(self.jour) for epci in sorted(found, key=lambda e: e.nom_recherche)
        }

    @property
    def jours(self):
        """Return the days that one asks for most: the ends of years, and today."""
        today = timezone.localdate()
        ends = [(f"{year}-12-31", f"fin {year}") for year in range(FIRST_YEAR, today.year)]
        return [*ends, ("", "aujourd'hui")]


def in_order(rows, colonne, reverse):
    """Sort rows by a column, the names as they read, and what is not known last."""
    if colonne.nom == "nom_commune":
        return rows[::-1] if reverse else rows

    def key(ligne):
        value = colonne.valeur(ligne)
        return search_key(value) if isinstance(value, str) else value

    known = [row for row in rows if colonne.valeur(row) not in (None, "")]
    unknown = [row for row in rows if colonne.valeur(row) in (None, "")]
    return sorted(known, key=key, reverse=reverse) + unknown
