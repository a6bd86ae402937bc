"""The filters of the public file of readings."""

from communes.models import Commune, Departement
from ort.models import CommuneCouverte, Convention
from projects.actions.models import Theme
from projects.indicateurs.models import Indicateur, Releve
from projects.indicateurs.models.droits import de
from projects.indicateurs.publics import releves_publics
from projects.projet.publiques import publiques
from socle.web.choix import FicheFilter
from socle.web.filtres import Filtres


class ReleveFiltres(Filtres):
    """The readings known on a day: of the actions, conventions and communes of a place."""

    departement = FicheFilter(label="Département", queryset=Departement.objects.all())
    commune = FicheFilter(label="Commune", queryset=Commune.objects.all())
    ort = FicheFilter(label="ORT", queryset=Convention.objects.ort(), to_field_name="identifiant")
    indicateur = FicheFilter(
        label="Indicateur", queryset=Indicateur.objects.all(), to_field_name="identifiant"
    )

    theme = FicheFilter(
        label="Thème des actions", queryset=Theme.objects.all(), to_field_name="cle"
    )

    class Meta(Filtres.Meta):
        model = Releve
        fields = []

    def filter_queryset(self, queryset):
        chosen = self.form.cleaned_data
        kept = releves_publics(self.jour)
        if departement := chosen["departement"]:
            there = Commune.objects.order_by().filter(departement=departement)
            kept = kept.filter(self.of_communes(there.values("pk")))
        if commune := chosen["commune"]:
            kept = kept.filter(self.of_communes([commune.pk]))
        if ort := chosen["ort"]:
            actions = publiques(self.jour).filter(convention=ort).order_by()
            kept = kept.filter(de(actions.values("pk"), [ort.pk], []))
        if chosen["indicateur"]:
            kept = kept.filter(indicateur=chosen["indicateur"])
        if chosen["theme"]:
            actions = publiques(self.jour).du_theme(chosen["theme"]).order_by()
            kept = kept.filter(action__in=actions.values("pk"))
        return kept

    def of_communes(self, communes):
        """Return the condition that a reading is of one of `communes`, keys, or of what is done there."""
        covered = CommuneCouverte.objects.as_of(self.jour).des(communes, self.jour).order_by()
        actions = publiques(self.jour).concernant(communes, self.jour).order_by()
        return de(actions.values("pk"), covered.values("convention"), communes)
