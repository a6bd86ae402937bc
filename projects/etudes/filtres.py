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
        return etudes_de(self.form.cleaned_data, self.jour)


def etudes_de(chosen, jour):
    """Return the studies known on `jour` of the places chosen; of an ORT, once it is signed."""
    kept = Etude.objects.connues(jour)
    if chosen["departement"]:
        there = Commune.objects.order_by().filter(departement=chosen["departement"])
        kept = kept.concernant(there.values("pk"), jour)
    if chosen["epci"]:
        members = Rattachement.objects.as_of(jour).filter(intercommunalite=chosen["epci"])
        kept = kept.concernant(members.order_by().values("commune"), jour)
    if chosen["commune"]:
        kept = kept.concernant([chosen["commune"].pk], jour)
    if chosen["ort"]:
        kept = kept.filter(convention=chosen["ort"], convention__date_signature__lte=jour)
    return kept
