from django.db.models import Count, Min, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

from communes.models import (
    Commune,
    Intercommunalite,
    Labellisation,
    Population,
    Rattachement,
)
from communes.territoire.lieux import DepartementsFilter, LieuFiltres, RegionsFilter
from ort.filtres import finissant_avant
from ort.models import CommuneCouverte, Convention
from ort.regles import couvertures_en_vigueur
from pvd.suivi.chiffres import departements_du_programme, ort_comptees
from pvd.suivi.faits import Faits
from pvd.suivi.regles import EtatPoste, Statut
from pvd.suivi.situation import communes_de_statut, etats_postes
from socle.web.bornes import LimiteFilter, NombreFilter
from socle.web.choix import ChoixFilter, FicheFilter
from socle.web.filtres import RechercheFilter
from socle.web.ordre import Calcule, cles_de


def by_population(communes, jour):
    """Sort by the population in use on `jour`."""
    used = Population.objects.en_usage(jour).filter(commune=OuterRef("pk"))
    return communes.alias(ordre=Subquery(used.values("valeur")))


def by_intercommunalite(communes, jour):
    """Sort by the name of the intercommunalité of `jour`."""
    members = Rattachement.objects.as_of(jour).filter(commune=OuterRef("pk"))
    return communes.alias(ordre=Subquery(members.values("intercommunalite__nom_recherche")[:1]))


RANGS = {Statut.LAUREATE: 0, Statut.SORTIE: 0, Statut.ADHESION_SIGNEE: 1, Statut.ORT_SIGNEE: 2}


def by_statut(communes, jour):
    """Sort by how far a commune is: lauréate, convention d'adhésion signed, ORT signed."""
    faits = Faits(cles_de(communes))
    return {code: RANGS.get(faits.statut(code, jour)) for code in faits.codes}


def by_entree(communes, jour):
    """Sort by the day of entry in the ORT that covers the commune on `jour`."""
    faits = Faits(cles_de(communes))
    covering = {
        code: couvertures_en_vigueur(faits.couvertures_de(code, jour), jour) for code in faits.codes
    }
    return {code: found[-1].date_entree for code, found in covering.items() if found}


def by_etat_poste(communes, jour):
    """Sort by the state of the post, in the order of `EtatPoste`."""
    ranks = {etat: rank for rank, etat in enumerate(EtatPoste)}
    return {code: ranks[etat] for code, etat in etats_postes(communes, jour).items()}


class CommuneFiltres(LieuFiltres):
    """The communes lauréates on a day, or those that have left when `statut` asks for them."""

    q = RechercheFilter(label="Nom, code postal ou code INSEE")
    departement = DepartementsFilter()
    region = RegionsFilter()
    epci = FicheFilter(label="Intercommunalité", queryset=Intercommunalite.objects.all())
    statut = ChoixFilter(label="Statut", choices=Statut)
    ort = FicheFilter(label="ORT", queryset=Convention.objects.ort(), to_field_name="identifiant")
    poste = ChoixFilter(label="Chef de projet", choices=EtatPoste)
    fin_avant = LimiteFilter(label="ORT se terminant avant le")
    population_min = NombreFilter(label="Habitants, au moins")
    population_max = NombreFilter(label="Habitants, au plus")

    tris = {
        "nom": "nom_recherche",
        "departement": "departement",
        "intercommunalite": by_intercommunalite,
        "population": by_population,
        "statut": Calcule(by_statut),
        "entree": Calcule(by_entree),
        "poste": Calcule(by_etat_poste),
    }

    class Meta(LieuFiltres.Meta):
        model = Commune
        fields = []

    def offered(self):
        """Offer what has a commune lauréate on the day, in the chosen département if there is one."""
        departements = list(departements_du_programme(self.jour).select_related("region"))
        departement = self.departement_of_choices(departements)
        if departement is None:
            return {"departement": departements, "epci": None, "ort": None}
        laureates = Labellisation.objects.as_of(self.jour).counted_in(departement, self.jour)
        members = laureates.rattachements(self.jour)
        epci = Intercommunalite.objects.filter(pk__in=members.values("intercommunalite"))
        return {
            "departement": departements,
            "epci": epci.prefetch_related("anciens_noms"),
            "ort": ort_comptees(departement, self.jour),
        }

    def premier_jour(self):
        """Return the first day of a commune in the programme."""
        return first_labellisation(self.departement_choisi)

    def filter_queryset(self, queryset):
        chosen = self.form.cleaned_data
        kept = communes_de_statut(chosen["statut"], self.departements, self.jour)
        if chosen["epci"]:
            kept = kept.filter(pk__in=Rattachement.objects.communes_de(chosen["epci"], self.jour))
        if (asked := self.ort_demandees(chosen)) is not None:
            covered = CommuneCouverte.objects.en_vigueur(self.jour).filter(convention__dans=asked)
            kept = kept.filter(pk__in=covered.communes_du_jour(self.jour))
            # Of a commune in several ORT, the rows speak of one asked for: see `Situation`.
            kept = kept.annotate(ort_demandees=Value(" ".join(map(str, sorted(asked)))))
        for name, lookup in (("population_min", "gte"), ("population_max", "lte")):
            if chosen[name] is not None:
                used = Population.objects.en_usage(self.jour).order_by()
                found = used.filter(**{f"valeur__{lookup}": chosen[name]})
                kept = kept.filter(pk__in=found.values("commune"))
        if chosen["poste"]:
            states = etats_postes(kept, self.jour)
            kept = kept.filter(
                pk__dans=[c for c, etat in states.items() if etat in chosen["poste"]]
            )
        if chosen["q"].strip():
            kept = kept.search(chosen["q"])
        return kept

    def ort_demandees(self, chosen):
        """Return the keys of the ORT that the rows speak of, or None when none is asked for."""
        asked = {ort.pk for ort in chosen["ort"]} if chosen["ort"] else None
        if chosen["fin_avant"]:
            ending = set(finissant_avant(chosen["fin_avant"], self.jour))
            asked = ending if asked is None else asked & ending
        return asked


def first_labellisation(departement):
    """Return the first day of a commune of `departement` (None: France) in the programme, or None."""
    labels = Labellisation.objects.of_departement(departement)
    return labels.aggregate(first=Min("debut"))["first"]


def with_nb_laureates(intercommunalites, jour):
    """Add `nb_laureates`, the number of their members in the programme on `jour`, in any département."""
    laureates = Labellisation.objects.laureates(jour)
    members = Rattachement.objects.as_of(jour).filter(
        intercommunalite=OuterRef("pk"), commune__in=laureates
    )
    counted = members.order_by().values("intercommunalite").annotate(n=Count("pk")).values("n")
    return intercommunalites.annotate(nb_laureates=Coalesce(Subquery(counted), 0))


class IntercommunaliteFiltres(LieuFiltres):
    """The intercommunalités that have, on a day, a commune lauréate among their members."""

    q = RechercheFilter(label="Nom ou SIREN")
    departement = DepartementsFilter()
    region = RegionsFilter()

    tris = {
        "nom": "nom_recherche",
        "nature": "nature",
        "siren": "siren",
        "laureates": "nb_laureates",
    }

    class Meta(LieuFiltres.Meta):
        model = Intercommunalite
        fields = []

    def offered(self):
        """Offer the départements of the programme on the day."""
        return {"departement": departements_du_programme(self.jour).select_related("region")}

    def premier_jour(self):
        """Return the first day of a commune in the programme."""
        return first_labellisation(self.departement_choisi)

    def filter_queryset(self, queryset):
        chosen = self.form.cleaned_data
        laureates = communes_de_statut(None, self.departements, self.jour)
        members = Rattachement.objects.as_of(self.jour).filter(commune__in=laureates.values("pk"))
        kept = queryset.filter(pk__in=members.values("intercommunalite"))
        kept = with_nb_laureates(kept, self.jour)
        return kept.search(chosen["q"]) if chosen["q"].strip() else kept
