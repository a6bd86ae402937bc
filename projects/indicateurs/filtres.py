"""The filters of the public file of readings."""

from communes.models import Commune
from communes.territoire.lieux import DepartementsFilter, LieuFiltres, RegionsFilter
from ort.models import CommuneCouverte, Convention
from projects.actions.models import Theme
from projects.indicateurs.models import EtatReleve, Indicateur, Releve
from projects.indicateurs.models.droits import de
from projects.indicateurs.publics import releves_publics
from projects.projet.publiques import publiques
from socle.web.choix import ChoixFilter, FicheFilter


class ReleveFiltres(LieuFiltres):
    """The readings known on a day: of the actions, conventions and communes of a place."""

    departement = DepartementsFilter()
    region = RegionsFilter()
    commune = FicheFilter(label="Commune", queryset=Commune.objects.all())
    ort = FicheFilter(label="ORT", queryset=Convention.objects.ort(), to_field_name="identifiant")
    indicateur = FicheFilter(
        label="Indicateur", queryset=Indicateur.objects.all(), to_field_name="identifiant"
    )
    etat = ChoixFilter(label="État", choices=EtatReleve)
    theme = FicheFilter(
        label="Thème des actions", queryset=Theme.objects.all(), to_field_name="cle"
    )

    class Meta(LieuFiltres.Meta):
        model = Releve
        fields = []

    def filter_queryset(self, queryset):
        chosen = self.form.cleaned_data
        kept = releves_publics(self.jour)
        if self.departements is not None:
            there = Commune.objects.order_by().filter(departement__in=self.departements)
            kept = kept.filter(self.of_communes(there.values("pk")))
        if chosen["commune"]:
            kept = kept.filter(self.of_communes([commune.pk for commune in chosen["commune"]]))
        if chosen["ort"]:
            ort = [ort.pk for ort in chosen["ort"]]
            actions = publiques(self.jour).du_plan(ort, self.jour).order_by()
            kept = kept.filter(de(actions.values("pk"), ort, []))
        if chosen["indicateur"]:
            kept = kept.filter(indicateur__in=chosen["indicateur"])
        if chosen["etat"]:
            kept = kept.filter(etat__in=chosen["etat"])
        if chosen["theme"]:
            actions = publiques(self.jour).du_theme(chosen["theme"]).order_by()
            kept = kept.filter(action__in=actions.values("pk"))
        return kept

    def of_communes(self, communes):
        """Return the condition that a reading is of one of `communes`, keys, or of what is done there."""
        covered = CommuneCouverte.objects.as_of(self.jour).des(communes, self.jour).order_by()
        actions = publiques(self.jour).concernant(communes, self.jour).order_by()
        return de(actions.values("pk"), covered.values("convention"), communes)
