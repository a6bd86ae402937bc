"""The filters of the file of studies, which those of the money take up too."""

from communes.models import Commune, Departement, Intercommunalite, Rattachement
from ort.models import Convention
from projects.etudes.models import Etude
from socle.web.choix import FicheFilter
from socle.web.filtres import Filtres


class EtudeFiltres(Filtres):
    """The studies that anybody reads on a day: those of which something is known by then."""

    departement = FicheFilter(label="Département", queryset=Departement.objects.all())
    epci = FicheFilter(label="Intercommunalité", queryset=Intercommunalite.objects.all())
    commune = FicheFilter(label="Commune", queryset=Commune.objects.all())
    ort = FicheFilter(label="ORT", queryset=Convention.objects.ort(), to_field_name="identifiant")

    class Meta(Filtres.Meta):
        model = Etude
        fields = []

    def filter_queryset(self, queryset):
        return etudes_du_lieu(self.jour, **lieu(self.form.cleaned_data))


def lieu(chosen):
    """Return the places chosen, by their keys, as `etudes_du_lieu` asks for them."""
    keys = {"departement": "pk", "epci": "pk", "commune": "pk", "ort": "identifiant"}
    return {name: chosen[name] and getattr(chosen[name], key) for name, key in keys.items()}


def etudes_du_lieu(jour, departement=None, epci=None, commune=None, ort=None):
    """Return the studies known on `jour` of some places, by their keys; of an ORT, once it is signed."""
    kept = Etude.objects.connues(jour)
    if departement:
        there = Commune.objects.order_by().filter(departement=departement)
        kept = kept.concernant(there.values("pk"), jour)
    if epci:
        members = Rattachement.objects.as_of(jour).filter(intercommunalite=epci)
        kept = kept.concernant(members.order_by().values("commune"), jour)
    if commune:
        kept = kept.concernant([commune], jour)
    if ort:
        kept = kept.filter(convention__identifiant=ort, convention__date_signature__lte=jour)
    return kept
