from functools import cached_property

from django.db import models
from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from communes.models import Commune, Departement, Intercommunalite, Rattachement
from communes.territoire.du_jour import answering_for
from ort.faits import ort_datees
from ort.models import Avenant, CommuneCouverte, Convention
from ort.regles import en_vigueur, signe
from socle.recherche import search_key
from socle.web.choix import ChoixFilter, FicheFilter
from socle.web.filtres import Filtres, RechercheFilter


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


class OrtFiltres(Filtres):
    """The ORT of the programme on a day: those in force, unless `statut` asks for those that ended."""

    q = RechercheFilter(label="Nom d'une commune ou de l'ORT")
    departement = FicheFilter(label="Département", queryset=Departement.objects.all())
    epci = FicheFilter(label="Intercommunalité", queryset=Intercommunalite.objects.all())
    statut = ChoixFilter(label="Statut", choices=StatutOrt)

    tris = {
        "nom": "identifiant",
        "signature": "date_signature",
        "communes": by_communes,
        "avenants": by_avenants,
        "fin": "jour_fin",
    }

    class Meta(Filtres.Meta):
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

    def offered(self):
        """Offer the départements and intercommunalités of the communes that an ORT covers."""
        covered = CommuneCouverte.objects.as_of(self.jour)
        covered = covered.filter(convention__dans=self.en_vigueur)
        communes = Commune.objects.filter(pk__in=covered.communes_du_jour(self.jour)).order_by()
        departements = list(Departement.objects.filter(pk__in=communes.values("departement")))
        departement = self.departement_of_choices(departements)
        if departement is None:
            return {"departement": departements, "epci": None}
        there = communes.filter(departement=departement)
        members = Rattachement.objects.as_of(self.jour).filter(commune__in=there.values("pk"))
        epci = Intercommunalite.objects.filter(pk__in=members.values("intercommunalite"))
        return {"departement": departements, "epci": epci.prefetch_related("anciens_noms")}

    def premier_jour(self):
        """Return the day when the first ORT was signed that covers a commune of the département."""
        signed = Convention.objects.ort()
        if departement := self.departement_choisi:
            covered = CommuneCouverte.objects.filter(commune__departement=departement)
            signed = signed.filter(pk__in=covered.values("convention"))
        return signed.aggregate(first=Min("date_signature"))["first"]

    def filter_queryset(self, queryset):
        chosen = self.form.cleaned_data
        kept = queryset.du_programme(chosen["departement"], self.jour).with_jour_fin(self.jour)
        ended = chosen["statut"] == StatutOrt.TERMINEE
        kept = kept.filter(pk__dans=self.terminees if ended else self.en_vigueur)
        covered = CommuneCouverte.objects.as_of(self.jour)
        if chosen["epci"]:
            members = Rattachement.objects.as_of(self.jour).filter(intercommunalite=chosen["epci"])
            of_members = covered.des(members.order_by().values("commune"), self.jour)
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
