"""The filters of the file of studies, which those of the money take up too."""

from communes.models import Commune, Intercommunalite, Rattachement
from communes.territoire.departements import plusieurs
from communes.territoire.lieux import DepartementsFilter, LieuFiltres, RegionsFilter
from ort.models import Convention
from projects.etudes.du_jour import EtudesDatees
from projects.etudes.models import Etude
from projects.etudes.regles import EtatEtude
from socle.web.choix import ChoixFilter, FicheFilter


class EtudeFiltres(LieuFiltres):
    """The studies that anybody reads on a day: those of which something is known by then."""

    departement = DepartementsFilter()
    region = RegionsFilter()
    epci = FicheFilter(label="Intercommunalité", queryset=Intercommunalite.objects.all())
    commune = FicheFilter(label="Commune", queryset=Commune.objects.all())
    ort = FicheFilter(label="ORT", queryset=Convention.objects.ort(), to_field_name="identifiant")
    etat = ChoixFilter(label="État", choices=EtatEtude)

    class Meta(LieuFiltres.Meta):
        model = Etude
        fields = []

    def filter_queryset(self, queryset):
        kept = etudes_du_lieu(self.jour, **lieu(self))
        if asked := self.form.cleaned_data["etat"]:
            days = EtudesDatees(kept.order_by().values_list("pk", flat=True)).du_jour(self.jour)
            kept = kept.filter(pk__dans=[cle for cle, day in days.items() if day.etat in asked])
        return kept


def lieu(filtres):
    """Return the places chosen, by their keys, as `etudes_du_lieu` asks for them."""
    chosen = filtres.form.cleaned_data
    keys = {"epci": "pk", "commune": "pk", "ort": "identifiant"}
    places = {
        name: [getattr(one, key) for one in chosen[name]] or None for name, key in keys.items()
    }
    departements = filtres.departements
    there = None if departements is None else [departement.pk for departement in departements]
    return {"departement": there, **places}


def etudes_du_lieu(jour, departement=None, epci=None, commune=None, ort=None):
    """Return the studies known on `jour` of some places, each a key or several; of an ORT, once signed."""
    kept = Etude.objects.connues(jour)
    if departement is not None:
        there = Commune.objects.order_by().filter(departement__in=plusieurs(departement))
        kept = kept.concernant(there.values("pk"), jour)
    if epci:
        kept = kept.concernant(Rattachement.objects.communes_de(epci, jour), jour)
    if commune:
        kept = kept.concernant(plusieurs(commune), jour)
    if ort:
        signed = {"convention__date_signature__lte": jour}
        kept = kept.filter(convention__identifiant__in=plusieurs(ort), **signed)
    return kept
