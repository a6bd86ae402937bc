from django.db.models import Min
from django.db.models.functions import Coalesce

from communes.models import Commune, Intercommunalite, Rattachement
from communes.territoire.lieux import DepartementsFilter, LieuFiltres, RegionsFilter
from projects.postes.du_jour import etats
from projects.postes.models import Desserte, Etat, Poste
from socle.web.choix import ChoixFilter, FicheFilter
from socle.web.filtres import RechercheFilter
from socle.web.ordre import Calcule


def by_etat(postes, jour):
    """Sort by the state of the post on the day, in the order of `Etat`."""
    ranks = {state: rank for rank, state in enumerate(Etat)}
    return {cle: ranks[state] for cle, state in etats(postes, jour).items()}


def by_employeur(postes, jour):
    """Sort by the name of who employs."""
    names = Coalesce(
        "employeur_commune__nom_recherche",
        "employeur_intercommunalite__nom_recherche",
        "employeur_organisme__nom",
    )
    return postes.alias(ordre=names)


class PosteFiltres(LieuFiltres):
    """The posts known on a day, closed ones only when they are asked for."""

    q = RechercheFilter(label="Nom d'une commune desservie")
    departement = DepartementsFilter()
    region = RegionsFilter()
    epci = FicheFilter(label="Intercommunalité", queryset=Intercommunalite.objects.all())
    poste = ChoixFilter(label="État du poste", choices=Etat)
    etat = ChoixFilter(label="État", choices=Etat)

    autres_noms = ("etat",)
    tris = {
        "nom": "intitule",
        "etat": Calcule(by_etat),
        "employeur": by_employeur,
        "quotite": "quotite",
        "ouverture": "date_ouverture",
    }

    class Meta(LieuFiltres.Meta):
        model = Poste
        fields = []

    def offered(self):
        """Offer the départements and intercommunalités of the communes that a post serves."""
        served = Desserte.objects.as_of(self.jour)
        return self.lieux_de(Commune.objects.filter(pk__in=served.communes_du_jour(self.jour)))

    def premier_jour(self):
        """Return the first day when a post that serves the département opened."""
        postes = Poste.objects.all()
        if departement := self.departement_choisi:
            served = Desserte.objects.filter(commune__departement=departement)
            postes = postes.filter(pk__in=served.values("poste"))
        return postes.aggregate(first=Min("date_ouverture"))["first"]

    def filter_queryset(self, queryset):
        chosen = self.form.cleaned_data
        kept = queryset.known_on(self.jour).serving(self.departements, self.jour)
        if asked := [chosen[name] for name in ("poste", "etat") if chosen[name]]:
            states = etats(kept, self.jour)
            kept = kept.filter(
                pk__dans=[c for c, found in states.items() if all(found in one for one in asked)]
            )
        else:
            kept = kept.exclude(date_fermeture__lte=self.jour)
        served = Desserte.objects.dernieres(self.jour)
        if chosen["epci"]:
            members = Rattachement.objects.communes_de(chosen["epci"], self.jour)
            of_members = served.des(members, self.jour)
            kept = kept.filter(pk__in=of_members.values("poste"))
        if chosen["q"].strip():
            named = Commune.objects.search(chosen["q"]).order_by().values("pk")
            found = served.filter(commune__in=named) | served.des(named, self.jour)
            kept = kept.filter(pk__in=found.values("poste"))
        return kept
