import django_filters
from django.db import models
from django.db.models import Q

from communes.models import Departement, Intercommunalite, Rattachement
from ort.models import CommuneCouverte, Convention
from pvd.socle.demande import Filtres, RechercheFilter
from pvd.socle.recherche import search_key


class StatutOrt(models.TextChoices):
    """Where an ORT stands on a day, told by its dates."""

    EN_VIGUEUR = "en_vigueur", "en vigueur"
    TERMINEE = "terminee", "terminée"


class OrtFiltres(Filtres):
    """The ORT of the programme on a day: those in force, unless `statut` asks for those that ended."""

    q = RechercheFilter(label="Nom d'une commune ou de l'ORT")
    departement = django_filters.ModelChoiceFilter(
        label="Département", queryset=Departement.objects.all()
    )
    epci = django_filters.ModelChoiceFilter(
        label="Intercommunalité", queryset=Intercommunalite.objects.all()
    )
    statut = django_filters.ChoiceFilter(label="Statut", choices=StatutOrt)

    class Meta(Filtres.Meta):
        model = Convention
        fields = []

    def offered(self):
        """Offer the départements and intercommunalités of the communes that an ORT covers."""
        covered = CommuneCouverte.objects.en_vigueur(self.jour)
        departements = Departement.objects.filter(pk__in=covered.values("commune__departement"))
        if departement := self.chosen("departement"):
            covered = covered.filter(commune__departement=departement)
        members = Rattachement.objects.as_of(self.jour).filter(
            commune__in=covered.values("commune")
        )
        epci = Intercommunalite.objects.filter(pk__in=members.values("intercommunalite"))
        return {"departement": departements, "epci": epci.prefetch_related("anciens_noms")}

    def filter_queryset(self, queryset):
        chosen = self.form.cleaned_data
        kept = queryset.du_programme(chosen["departement"], self.jour)
        if chosen["statut"] == StatutOrt.TERMINEE:
            kept = kept.filter(pk__in=Convention.objects.ended(self.jour).values("pk"))
        else:
            kept = kept.en_vigueur(self.jour)
        covered = CommuneCouverte.objects.as_of(self.jour)
        if chosen["epci"]:
            members = Rattachement.objects.as_of(self.jour).filter(intercommunalite=chosen["epci"])
            of_members = covered.filter(commune__in=members.values("commune"))
            kept = kept.filter(pk__in=of_members.values("convention"))
        if key := search_key(chosen["q"]):
            named = covered.filter(commune__nom_recherche__contains=key)
            kept = kept.filter(
                Q(pk__in=named.values("convention"))
                | Q(identifiant__contains=key.replace(" ", "-"))
                | Q(intitule__icontains=chosen["q"].strip())
            )
        return kept
