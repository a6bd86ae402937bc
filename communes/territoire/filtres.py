"""The filters of the back office by territory, for the lists of every app."""

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone

from communes.models import (
    Departement,
    Intercommunalite,
    Labellisation,
    Rattachement,
)
from communes.territoire.du_jour import fiches_des


class DepartementFilter(admin.SimpleListFilter):
    """Offers the départements of the user; nothing to whoever has only one."""

    title = "département"
    parameter_name = "departement"
    paths = ("departement",)

    @classmethod
    def through(cls, *paths):
        """Return the filter of records whose départements are at the end of one of `paths`."""
        return type(cls.__name__, (cls,), {"paths": paths})

    def lookups(self, request, model_admin):
        departements = list(Departement.objects.for_user(request.user))
        return [(d.pk, str(d)) for d in departements] if len(departements) > 1 else []

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        found = Q()
        for path in self.paths:
            found |= Q(**{path: self.value()})
        return queryset.filter(pk__in=queryset.model._base_manager.filter(found).values("pk"))


class IntercommunaliteFilter(admin.SimpleListFilter):
    """Offers the intercommunalités of today with a member commune in the départements of the user.

    For the national level, those of the département chosen beside it, else those of the programme.
    `communes` are the paths to the communes of a record, `direct` those to an intercommunalité.
    """

    title = "intercommunalité"
    parameter_name = "epci"
    communes = ("commune",)
    direct = ()

    @classmethod
    def through(cls, *communes, direct=()):
        """Return the filter of records whose communes are at the end of one of `communes`."""
        return type(cls.__name__, (cls,), {"communes": communes, "direct": direct})

    def lookups(self, request, model_admin):
        today = timezone.localdate()
        members = Rattachement.objects.as_of(today)
        if chosen := request.GET.get(DepartementFilter.parameter_name):
            members = members.filter(commune__departement=chosen)
        elif request.user.is_superuser:
            members = members.filter(commune__in=Labellisation.objects.communes_du_jour(today))
        if not request.user.is_superuser:
            members = members.for_user(request.user)
        offered = Intercommunalite.objects.filter(pk__in=members.values("intercommunalite"))
        return [(epci.pk, epci.nom) for epci in offered]

    def queryset(self, request, queryset):
        """Keep the records of the communes that are members today, and of those that they regroup."""
        if not self.value():
            return queryset
        today = timezone.localdate()
        communes = fiches_des(Rattachement.objects.communes_de(self.value(), today), today)
        found = Q()
        for path in self.communes:
            found |= Q(**{f"{path}__in": communes})
        for path in self.direct:
            found |= Q(**{path: self.value()})
        return queryset.filter(pk__in=queryset.model._base_manager.filter(found).values("pk"))
