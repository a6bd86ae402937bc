from functools import cached_property

from django.db import models
from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from communes.models import Commune, Intercommunalite, Rattachement
from communes.territoire.du_jour import answering_for
from communes.territoire.lieux import DepartementsFilter, LieuFiltres, RegionsFilter
from ort.faits import ort_datees
from ort.models import Avenant, CommuneCouverte, Convention
from ort.regles import date_fin_au, en_vigueur, signe
from socle.recherche import search_key
from socle.web.bornes import LimiteFilter
from socle.web.choix import ChoixFilter, FicheFilter
from socle.web.filtres import RechercheFilter


class StatutOrt(models.TextChoices):
    """Where an ORT stands on a day, told by its dates."""

    EN_VIGUEUR = "en_vigueur", "en vigueur"
    TERMINEE = "terminee", "terminée"


def counted(rows, what="pk"):
    """Return the number of `rows` of each convention, to be added to a queryset of conventions."""
    of_convention = rows.filter(convention=OuterRef("pk")).order_by().values("convention")
    number = Count(what, distinct=True)
    return Coalesce(Subquery(of_convention.annotate(n=number).values("n")), 0)


def by_communes(conventions, jour):
    """Sort by the number of communes covered on `jour`, of any département."""
    communes = answering_for("commune", jour)
    return conventions.alias(ordre=counted(CommuneCouverte.objects.as_of(jour), communes))


def by_avenants(conventions, jour):
    """Sort by the number of avenants signed by `jour`."""
    return conventions.alias(ordre=counted(Avenant.objects.signes(jour)))


def finissant_avant(limite, jour):
    """Return the keys of the ORT whose first day out of force, as known on `jour`, is before `limite`."""
    ends = ((ort.pk, date_fin_au(ort, jour)) for ort in ort_datees())
    return [pk for pk, end in ends if end is not None and end < limite]


class OrtFiltres(LieuFiltres):
    """The ORT of the programme on a day: those in force, unless `statut` asks for those that ended."""

    q = RechercheFilter(label="Nom d'une commune ou de l'ORT")
    departement = DepartementsFilter()
    region = RegionsFilter()
    epci = FicheFilter(label="Intercommunalité", queryset=Intercommunalite.objects.all())
    statut = ChoixFilter(label="Statut", choices=StatutOrt)
    programme = ChoixFilter(
        label="Périmètre",
        choices=[("tous", "toutes les ORT, avec ou sans commune lauréate")],
        empty_label="celles du programme",
    )
    fin_avant = LimiteFilter(label="Se terminant avant le")

    tris = {
        "nom": "identifiant",
        "signature": "date_signature",
        "communes": by_communes,
        "avenants": by_avenants,
        "fin": "jour_fin",
    }

    class Meta(LieuFiltres.Meta):
        model = Convention
        fields = []

    @cached_property
    def en_vigueur(self):
        """The keys of the ORT in force on the day."""
        return [ort.pk for ort in ort_datees() if en_vigueur(ort, self.jour)]

    @cached_property
    def terminees(self):
        """The keys of the ORT that have ended by the day."""
        signed = [ort for ort in ort_datees() if signe(ort, self.jour)]
        return [ort.pk for ort in signed if not en_vigueur(ort, self.jour)]

    def de_statut(self, statuts):
        """Return the keys of the ORT of these `StatutOrt`: in force, unless others are asked for."""
        running = not statuts or StatutOrt.EN_VIGUEUR in statuts
        ended = StatutOrt.TERMINEE in statuts
        return [*(self.en_vigueur if running else ()), *(self.terminees if ended else ())]

    def offered(self):
        """Offer the départements and intercommunalités of the communes that an ORT covers."""
        covered = CommuneCouverte.objects.as_of(self.jour)
        covered = covered.filter(convention__dans=self.en_vigueur)
        return self.lieux_de(Commune.objects.filter(pk__in=covered.communes_du_jour(self.jour)))

    def premier_jour(self):
        """Return the day when the first ORT was signed that covers a commune of the département."""
        signed = Convention.objects.ort()
        if departement := self.departement_choisi:
            covered = CommuneCouverte.objects.filter(commune__departement=departement)
            signed = signed.filter(pk__in=covered.values("convention"))
        return signed.aggregate(first=Min("date_signature"))["first"]

    @property
    def toutes(self):
        """Tell whether the ORT without a commune lauréate are asked for too."""
        return bool(self.chosen("programme"))

    @property
    def autre_perimetre(self):
        """Return the query string of the same list, with the other perimeter."""
        return self.adresses.changed(programme=None if self.toutes else "tous")

    def du_perimetre(self, queryset):
        """Keep the ORT of a commune lauréate of the place; with `programme=tous`, of any of its communes."""
        if not self.toutes:
            return queryset.du_programme(self.departements, self.jour)
        kept = queryset.ort().signees(self.jour)
        if self.departements is None:
            return kept
        return kept.covering(Commune.objects.filter(departement__in=self.departements), self.jour)

    def filter_queryset(self, queryset):
        chosen = self.form.cleaned_data
        kept = self.du_perimetre(queryset).with_jour_fin(self.jour)
        kept = kept.filter(pk__dans=self.de_statut(chosen["statut"]))
        if chosen["fin_avant"]:
            kept = kept.filter(pk__dans=finissant_avant(chosen["fin_avant"], self.jour))
        covered = CommuneCouverte.objects.as_of(self.jour)
        if chosen["epci"]:
            members = Rattachement.objects.communes_de(chosen["epci"], self.jour)
            of_members = covered.des(members, self.jour)
            kept = kept.filter(pk__in=of_members.values("convention"))
        if key := search_key(chosen["q"]):
            bearing = Commune.objects.search(chosen["q"]).order_by().values("pk")
            named = covered.filter(commune__in=bearing) | covered.des(bearing, self.jour)
            kept = kept.filter(
                Q(pk__in=named.values("convention"))
                | Q(identifiant__contains=key.replace(" ", "-"))
                | Q(intitule__icontains=chosen["q"].strip())
            )
        return kept
