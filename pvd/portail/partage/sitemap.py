"""The addresses that search engines are told of: `sitemap.xml`. No page at a past date, no filter."""

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.urls import reverse

from communes.models import Intercommunalite, Labellisation, Rattachement
from ort.models import Convention
from projects.projet.publiques import communes_des_publiques, publiques
from pvd.suivi.chiffres import departements_du_programme
from pvd.suivi.fraicheur import jours_connus
from pvd.suivi.situation import situations


class PartieDuSitemap(Sitemap):
    """The pages of today; `jour` is the day of the request."""

    def __init__(self, jour):
        self.jour = jour


class Pages(PartieDuSitemap):
    """The pages that are always there."""

    NOMS = (
        "accueil",
        "departements",
        "communes",
        "intercommunalites",
        "ort_liste",
        "actions",
        "resultats",
        "postes",
        "club",
        "donnees",
        "comprendre_les_chiffres",
        "plan_du_site",
        "accessibilite",
        "mentions_legales",
    )

    def items(self):
        """Return the names of the pages; without a département of the site, home is the page of France."""
        home_of_france = not settings.PVD_DEPARTEMENT
        return [nom for nom in self.NOMS if not (home_of_france and nom == "departements")]

    def location(self, nom):
        return reverse(nom)


class Departements(PartieDuSitemap):
    def items(self):
        """Return the départements of which something is recorded, but that of the home page."""
        found = departements_du_programme(self.jour).exclude(pk=settings.PVD_DEPARTEMENT)
        return found.order_by("code")

    def location(self, departement):
        return reverse("departement", args=[departement.pk])


class Communes(PartieDuSitemap):
    def items(self):
        """Return the communes that are, or have been, in the programme."""
        known = Labellisation.objects.filter(debut__lte=self.jour).communes(self.jour)
        self.known = jours_connus(list(situations(known, self.jour)), self.jour)
        return known.order_by("code_insee")

    def location(self, commune):
        return reverse("commune", args=[commune.pk])

    def lastmod(self, commune):
        """Return the last day of which the page of the commune knows anything, as it tells it."""
        return self.known.get(commune.pk)


class Intercommunalites(PartieDuSitemap):
    def items(self):
        """Return the intercommunalités of today that have a commune in the programme."""
        laureates = Labellisation.objects.laureates(self.jour)
        members = Rattachement.objects.as_of(self.jour).filter(commune__in=laureates)
        found = Intercommunalite.objects.filter(pk__in=members.values("intercommunalite"))
        return found.order_by("siren")

    def location(self, intercommunalite):
        return reverse("intercommunalite", args=[intercommunalite.pk])


class Conventions(PartieDuSitemap):
    def items(self):
        """Return the ORT signed, ended ones included: their pages stay."""
        return Convention.objects.signees(self.jour).order_by("identifiant")

    def location(self, convention):
        return reverse("ort", args=[convention.identifiant])


class Actions(PartieDuSitemap):
    def items(self):
        """Return the actions that anybody reads today, out of their plan included."""
        return publiques(self.jour).order_by("identifiant")

    def location(self, action):
        return reverse("action", args=[action.identifiant])


class Projets(PartieDuSitemap):
    """The actions of each commune, ORT and département that has some, on one page."""

    def items(self):
        """Return the names of the addresses with the code, or the identifier, of each place."""
        shown = publiques(self.jour).order_by()
        communes = communes_des_publiques(self.jour)
        ort = Convention.objects.ort().filter(pk__in=shown.values("convention"))
        return [
            *(("departement_projet", code) for code in sorted(set(communes.values()))),
            *(("commune_projet", code) for code in sorted(communes)),
            *(("ort_projet", found) for found in ort.values_list("identifiant", flat=True)),
        ]

    def location(self, place):
        nom, cle = place
        return reverse(nom, args=[cle])


def sections(jour):
    """Return the parts of the sitemap as of `jour`."""
    parts = (Pages, Departements, Communes, Intercommunalites, Conventions, Actions, Projets)
    return {part.__name__.lower(): part(jour) for part in parts}
