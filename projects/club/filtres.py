"""The filters of the events of the Club and of their file."""

from django.db.models import Min, Q

from communes.models import Commune, Departement
from communes.territoire.lieux import DepartementsFilter, LieuFiltres, RegionsFilter
from projects.actions.models import Theme
from projects.club.faits import communes_venues
from projects.club.models import EvenementClub, EvenementDepartement, NatureEvenement
from socle.recherche import search_key
from socle.web.choix import ChoixFilter, FicheFilter
from socle.web.filtres import RechercheFilter


class EvenementFiltres(LieuFiltres):
    """The events known on a day: begun, or announced."""

    q = RechercheFilter(label="Intitulé, thème, lieu ou commune")
    departement = DepartementsFilter()
    region = RegionsFilter()
    nature = ChoixFilter(label="Nature", choices=NatureEvenement)
    theme = FicheFilter(label="Thème", queryset=Theme.objects.all(), to_field_name="cle")

    tris = {"date": "debut", "intitule": "intitule"}

    class Meta(LieuFiltres.Meta):
        model = EvenementClub
        fields = []

    def offered(self):
        """Offer the départements and the themes of the events known on the day."""
        known = EvenementClub.objects.connus(self.jour).order_by()
        links = EvenementDepartement.objects.filter(evenement__in=known.values("pk")).order_by()
        return {
            "departement": Departement.objects.select_related("region").filter(
                pk__in=links.values("departement")
            ),
            "theme": Theme.objects.filter(pk__in=known.values("theme")),
        }

    def premier_jour(self):
        """Return the first day of the first event of the département chosen."""
        evenements = EvenementClub.objects.all()
        if departement := self.departement_choisi:
            evenements = evenements.des_departements([departement])
        return evenements.order_by().aggregate(first=Min("debut"))["first"]

    def filter_queryset(self, queryset):
        chosen = self.form.cleaned_data
        kept = queryset.connus(self.jour)
        if self.departements is not None:
            kept = kept.des_departements(self.departements)
        if chosen["nature"]:
            kept = kept.filter(nature__in=chosen["nature"])
        if chosen["theme"]:
            of_ressources = Q(ressources__theme__in=chosen["theme"])
            found = EvenementClub.objects.filter(Q(theme__in=chosen["theme"]) | of_ressources)
            kept = kept.filter(pk__in=found.order_by().values("pk"))
        if chosen["q"].strip():
            kept = kept.filter(pk__dans=self.found(kept, chosen["q"]))
        return kept

    def found(self, kept, text):
        """Return the keys of the events whose title, place or theme, or a commune that came, is named so."""
        key = search_key(text)
        told = kept.order_by().values_list(
            "pk", "intitule", "lieu", "theme_libre", "theme__libelle"
        )
        found = {pk for pk, *words in told if key in search_key(" ".join(filter(None, words)))}
        named = set(Commune.objects.search(text).values_list("pk", flat=True))
        keys = kept.order_by().values_list("pk", flat=True)
        came = communes_venues(keys, self.jour)
        return found | {pk for pk, communes in came.items() if not named.isdisjoint(communes)}
