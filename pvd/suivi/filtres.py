import django_filters
from django.db.models import Case, Value, When

from communes.models import Commune, Departement, Intercommunalite, Labellisation, Rattachement
from ort.models import CommuneCouverte, Convention
from pvd.socle.demande import Filtres, RechercheFilter
from pvd.socle.recherche import search_key
from pvd.suivi.chiffres import departements_du_programme, ort_comptees
from pvd.suivi.situation import (
    EtatPoste,
    Statut,
    communes_with_statut,
    with_etat_poste,
)


class CommuneFiltres(Filtres):
    """The communes lauréates on a day, or those that have left when `statut` asks for them."""

    q = RechercheFilter(label="Nom ou code de la commune")
    departement = django_filters.ModelChoiceFilter(
        label="Département", queryset=Departement.objects.all()
    )
    epci = django_filters.ModelChoiceFilter(
        label="Intercommunalité", queryset=Intercommunalite.objects.all()
    )
    statut = django_filters.ChoiceFilter(label="Statut", choices=Statut)
    ort = django_filters.ModelChoiceFilter(
        label="ORT", queryset=Convention.objects.ort(), to_field_name="identifiant"
    )
    poste = django_filters.ChoiceFilter(label="Chef de projet", choices=EtatPoste)

    class Meta(Filtres.Meta):
        model = Commune
        fields = []

    def offered(self):
        """Offer what has a commune lauréate on the day, in the chosen département if there is one."""
        departement = self.chosen("departement")
        laureates = Labellisation.objects.as_of(self.jour).of_departement(departement)
        members = laureates.rattachements(self.jour)
        epci = Intercommunalite.objects.filter(pk__in=members.values("intercommunalite"))
        return {
            "departement": departements_du_programme(self.jour),
            "epci": epci.prefetch_related("anciens_noms"),
            "ort": ort_comptees(departement, self.jour),
        }

    def filter_queryset(self, queryset):
        chosen = self.form.cleaned_data
        kept = communes_with_statut(chosen["statut"], chosen["departement"], self.jour)
        if chosen["epci"]:
            members = Rattachement.objects.as_of(self.jour).filter(intercommunalite=chosen["epci"])
            kept = kept.filter(pk__in=members.values("commune"))
        if chosen["ort"]:
            covered = CommuneCouverte.objects.en_vigueur(self.jour)
            kept = kept.filter(pk__in=covered.filter(convention=chosen["ort"]).values("commune"))
        if chosen["poste"]:
            kept = with_etat_poste(kept, self.jour).filter(etat_poste=chosen["poste"])
        if chosen["q"].strip():
            kept = kept.search(chosen["q"])
        return kept


class IntercommunaliteFiltres(Filtres):
    """The intercommunalités that have, on a day, a commune lauréate among their members."""

    q = RechercheFilter(label="Nom ou SIREN")
    departement = django_filters.ModelChoiceFilter(
        label="Département", queryset=Departement.objects.all()
    )

    class Meta(Filtres.Meta):
        model = Intercommunalite
        fields = []

    def offered(self):
        """Offer the départements of the programme on the day."""
        return {"departement": departements_du_programme(self.jour)}

    def filter_queryset(self, queryset):
        chosen = self.form.cleaned_data
        laureates = communes_with_statut(None, chosen["departement"], self.jour)
        members = Rattachement.objects.as_of(self.jour).filter(commune__in=laureates.values("pk"))
        kept = queryset.filter(pk__in=members.values("intercommunalite"))
        return kept.search(chosen["q"]) if chosen["q"].strip() else kept


def communes_of_france(text, jour):
    """Return the communes of France, in the programme or not, named by `text` on `jour`, nearest first."""
    key = search_key(text)
    if not key:
        return Commune.objects.none()
    nearest = Case(
        When(nom_recherche=key, then=Value(0)),
        When(nom_recherche__startswith=key, then=Value(1)),
        default=Value(2),
    )
    found = Commune.objects.as_of(jour).search(text).select_related("departement")
    return found.order_by(nearest, "nom_recherche", "pk").prefetch_related("anciens_noms")
