"""What is asked of a plan with its columns: which plan, the day of the file, what bare amounts are."""

from django import forms
from django.utils import timezone

from communes.models import Labellisation
from ort.models import Avenant, Convention, Organisme
from projects.actions.models import EntreePar
from socle.dates import in_words

CONVENTION, AVENANT, ADHESION = "convention", "avenant", "adhesion"
BARE = (("", "prévus"), ("demande", "demandés"))


class PlanChoisi:
    """The plan of a file: a convention, what an avenant adds to it, or adhésions signed together."""

    def __init__(self, convention=None, avenant=None, adhesions=()):
        self.convention, self.avenant, self.adhesions = convention, avenant, list(adhesions)

    @classmethod
    def of(cls, text, together=(), user=None):
        """Return the plan that an answer names, among those that `user` sees; None if there is none."""
        sort, _, key = text.partition(":")
        if sort == CONVENTION:
            convention = Convention.objects.for_user(user).filter(pk=key).first()
            return convention and cls(convention)
        if sort == AVENANT:
            avenant = Avenant.objects.filter(
                pk=key, convention__in=Convention.objects.for_user(user)
            ).select_related("convention")
            return cls(avenant[0].convention, avenant[0]) if avenant else None
        wanted = [key, *together] if sort == ADHESION else []
        found = Labellisation.objects.for_user(user).filter(pk__in=wanted).order_by("pk")
        adhesions = list(found.select_related("commune"))
        return cls(adhesions=adhesions) if adhesions else None

    @property
    def entree_par(self):
        if self.avenant:
            return EntreePar.AVENANT
        return EntreePar.CONVENTION if self.convention else EntreePar.ADHESION

    @property
    def nom(self):
        if self.convention:
            return str(self.convention)
        return "adhésion de " + ", ".join(str(adhesion.commune) for adhesion in self.adhesions)

    @property
    def prefixe(self):
        """Return the words that begin the identifiers of its new actions."""
        if self.convention:
            return self.convention.identifiant.removeprefix("ort-")
        return self.adhesions[0].commune.nom

    @property
    def jour_d_entree(self):
        """Return the day of the act that brings the new actions; None for one not yet signed."""
        if self.convention:
            return (self.avenant or self.convention).date_signature
        return self.adhesions[0].date_signature_adhesion


class QuestionsDuPlan(forms.Form):
    """What an agent says once of the whole file."""

    plan = forms.ChoiceField(
        label="Plan",
        help_text="L'acte qui porte ces actions : elles y entrent le jour de sa signature.",
    )
    ensemble = forms.MultipleChoiceField(
        label="Adhésions signées ensemble",
        required=False,
        help_text="Si l'adhésion choisie a été signée avec d'autres communes.",
    )
    jour = forms.DateField(
        label="Jour du fichier",
        help_text="Le jour dont le fichier dit la situation : ses coûts, ses prévisions, ses états.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    nus = forms.ChoiceField(
        label="Les montants des financeurs sont",
        choices=BARE,
        required=False,
        help_text="Ceux dont la colonne ne dit ni « demandé », ni « accordé », ni « versé ».",
    )
    region = forms.ModelChoiceField(
        Organisme.objects.filter(nature=Organisme.Nature.REGION),
        label="« Région », c'est",
        required=False,
        empty_label="non précisé",
    )
    departement = forms.ModelChoiceField(
        Organisme.objects.filter(nature=Organisme.Nature.DEPARTEMENT),
        label="« Département », c'est",
        required=False,
        empty_label="non précisé",
    )

    def __init__(self, user, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.user = user
        adhesions = choices_of_adhesions(user)
        self.fields["plan"].choices = [("", "choisissez"), *choices_of_plans(user, adhesions)]
        self.fields["ensemble"].choices = adhesions
        self.fields["jour"].initial = timezone.localdate()
        for name in ("region", "departement"):
            only = list(self.fields[name].queryset[:2])
            self.fields[name].initial = only[0].pk if len(only) == 1 else None

    def clean_jour(self):
        jour = self.cleaned_data["jour"]
        if jour > timezone.localdate():
            raise forms.ValidationError("Un fichier ne dit pas la situation d'un jour à venir.")
        return jour

    def clean(self):
        """Refuse adhésions that were not signed on one day: an action comes by one act."""
        data = super().clean()
        if data.get("ensemble") and data.get("plan"):
            plan = PlanChoisi.of(data["plan"], data["ensemble"], self.user)
            if plan is None or not plan.adhesions:
                self.add_error("ensemble", "Seule une adhésion se signe avec d'autres.")
            elif len({adhesion.date_signature_adhesion for adhesion in plan.adhesions}) > 1:
                self.add_error("ensemble", "Ces adhésions n'ont pas été signées le même jour.")
        return data

    @property
    def reponses(self):
        """Return what was answered, as a deposit keeps it."""
        data = self.cleaned_data
        return {
            "plan": data["plan"],
            "ensemble": data["ensemble"],
            "jour": data["jour"].isoformat(),
            "nus": data["nus"],
            "region": data["region"] and data["region"].pk,
            "departement": data["departement"] and data["departement"].pk,
        }


def choices_of_adhesions(user):
    """Return the adhésions that `user` may name, each by its commune."""
    rows = Labellisation.objects.for_user(user).order_by("commune__nom_recherche", "debut")
    return [(str(pk), nom) for pk, nom in rows.values_list("pk", "commune__nom")]


def choices_of_plans(user, adhesions):
    """Return the plans of `user`, by sort of act."""
    conventions = Convention.objects.for_user(user).order_by("intitule")
    avenants = Avenant.objects.filter(convention__in=conventions.order_by()).order_by(
        "convention__intitule", "date_signature"
    )
    return [
        ("Conventions", [(f"{CONVENTION}:{c.pk}", str(c)) for c in conventions]),
        (
            "Avenants",
            [
                (f"{AVENANT}:{avenant.pk}", f"{avenant.convention} : {named(avenant)}")
                for avenant in avenants.select_related("convention")
            ],
        ),
        (
            "Conventions d'adhésion",
            [(f"{ADHESION}:{pk}", f"Adhésion de {n}") for pk, n in adhesions],
        ),
    ]


def named(avenant):
    """Return the name of an avenant, with the day of its signature."""
    if avenant.date_signature is None:
        return f"{avenant.nom}, non signé"
    return f"{avenant.nom}, signé {in_words(avenant.date_signature, avenant.precision_signature)}"
