import django_filters

from communes.models import Commune, Departement, Intercommunalite, Rattachement
from projects.models import Desserte, Etat, Poste
from pvd.socle.demande import Filtres, RechercheFilter


class PosteFiltres(Filtres):
    """The posts known on a day, closed ones only when they are asked for."""

    q = RechercheFilter(label="Nom d'une commune desservie")
    departement = django_filters.ModelChoiceFilter(
        label="Département", queryset=Departement.objects.all()
    )
    epci = django_filters.ModelChoiceFilter(
        label="Intercommunalité", queryset=Intercommunalite.objects.all()
    )
    poste = django_filters.ChoiceFilter(label="État du poste", choices=Etat)

    class Meta(Filtres.Meta):
        model = Poste
        fields = []

    def offered(self):
        """Offer the départements and intercommunalités of the communes that a post serves."""
        served = Desserte.objects.as_of(self.jour)
        departements = Departement.objects.filter(pk__in=served.values("commune__departement"))
        if departement := self.chosen("departement"):
            served = served.filter(commune__departement=departement)
        members = Rattachement.objects.as_of(self.jour).filter(commune__in=served.values("commune"))
        epci = Intercommunalite.objects.filter(pk__in=members.values("intercommunalite"))
        return {"departement": departements, "epci": epci.prefetch_related("anciens_noms")}

    def filter_queryset(self, queryset):
        chosen = self.form.cleaned_data
        kept = queryset.known_on(self.jour).serving(chosen["departement"], self.jour)
        kept = kept.with_etat(self.jour)
        kept = (
            kept.filter(etat=chosen["poste"]) if chosen["poste"] else kept.exclude(etat=Etat.FERME)
        )
        served = Desserte.objects.as_of(self.jour)
        if chosen["epci"]:
            members = Rattachement.objects.as_of(self.jour).filter(intercommunalite=chosen["epci"])
            of_members = served.filter(commune__in=members.values("commune"))
            kept = kept.filter(pk__in=of_members.values("poste"))
        if chosen["q"].strip():
            found = served.filter(commune__in=Commune.objects.search(chosen["q"]))
            kept = kept.filter(pk__in=found.values("poste"))
        return kept
