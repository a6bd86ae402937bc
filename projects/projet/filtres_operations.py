"""The filters of the file of what the State grants: a place, and a year."""

from functools import reduce
from operator import or_

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q

from communes.models import Commune
from communes.territoire.lieux import DepartementsFilter, LieuFiltres, RegionsFilter
from projects.financements.models import FaitFinancement, Financement, Forme, NatureFinanceur
from projects.projet.publiques import publiques
from socle.web.choix import Plusieurs

FIRST_YEAR, LAST_YEAR = 2000, 2100


class AnneesField(Plusieurs, forms.IntegerField):
    """Some years."""


class AnneeFilter(django_filters.Filter):
    field_class = AnneesField


class OperationFiltres(LieuFiltres):
    """The grants of the State given by a day, of a département and of a year."""

    departement = DepartementsFilter()
    region = RegionsFilter()
    annee = AnneeFilter(label="Année", min_value=FIRST_YEAR, max_value=LAST_YEAR)

    class Meta(LieuFiltres.Meta):
        model = Financement
        fields = []

    def filter_queryset(self, queryset):
        annees = self.form.cleaned_data["annee"]
        actions = publiques(self.jour)
        if self.departements is not None:
            there = Commune.objects.order_by().filter(departement__in=self.departements)
            actions = actions.concernant(there.values("pk"), self.jour)
        granted = FaitFinancement.objects.filter(
            financement=OuterRef("pk"), nature="accord", jour__lte=self.jour
        )
        kept = queryset.filter(
            Exists(granted),
            action__in=actions.order_by().values("pk"),
            dispositif__nature=NatureFinanceur.ETAT,
            forme=Forme.SUBVENTION,
        )
        if annees:
            in_years = reduce(or_, (Q(jour__year=annee) for annee in annees))
            that_year = Exists(granted.filter(in_years))
            kept = kept.filter(Q(annee__in=annees) | Q(that_year, annee__isnull=True))
        return kept
