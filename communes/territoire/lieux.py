"""Where a public list and its file speak of: some départements, or those of some régions, else all France."""

from communes.territoire.departements import Departement, Region
from communes.territoire.models import Intercommunalite, Rattachement
from socle.web.choix import FicheFilter
from socle.web.filtres import Filtres


class DepartementsFilter(FicheFilter):
    """Some départements, by their codes: « 2a » is « 2A », as it is in the addresses of the pages."""

    def __init__(self, **kwargs):
        kwargs = {"queryset": Departement.objects.all(), "ecrit": str.upper} | kwargs
        super().__init__(label="Département", **kwargs)


class RegionsFilter(FicheFilter):
    """Some régions, by their codes."""

    def __init__(self, **kwargs):
        super().__init__(label="Région", queryset=Region.objects.all(), **kwargs)


class LieuFiltres(Filtres):
    """The filters of what is somewhere: those that inherit it declare `departement` and `region`."""

    class Meta(Filtres.Meta):
        pass

    @property
    def departements(self):
        """Return the départements asked for, as a list; None when the list speaks of France.

        Those that are both asked for and of a région asked for, when both are: there may be none.
        """
        asked, regions = self.chosen("departement"), self.chosen("region")
        if not regions:
            return asked
        codes = {region.pk for region in regions}
        if asked:
            return [departement for departement in asked if departement.region_id in codes]
        return list(Departement.objects.filter(region__in=codes))

    @property
    def departement_choisi(self):
        """Return the only département asked for, or None."""
        found = self.departements
        return found[0] if found and len(found) == 1 else None

    def choices_offered(self):
        """Offer, with what is `offered`, the régions of its départements, which are read with them."""
        found = super().choices_offered()
        if "region" in self.form.fields and "departement" in found:
            found["departement"] = list(found["departement"])
            regions = {departement.region for departement in found["departement"]}
            found["region"] = sorted(regions, key=str)
        return found

    def lieux_de(self, communes):
        """Return the départements of `communes`, and the intercommunalités of the day in the one chosen."""
        communes = communes.order_by()
        of_communes = Departement.objects.filter(pk__in=communes.values("departement"))
        departements = list(of_communes.select_related("region"))
        departement = self.departement_of_choices(departements)
        if departement is None:
            return {"departement": departements, "epci": None}
        there = communes.filter(departement=departement)
        members = Rattachement.objects.as_of(self.jour).filter(commune__in=there.values("pk"))
        epci = Intercommunalite.objects.filter(pk__in=members.values("intercommunalite"))
        return {"departement": departements, "epci": epci.prefetch_related("anciens_noms")}
