"""The pages of proposals: made from a convention that another DDT keeps, read and answered by that DDT."""

from collections import defaultdict

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone

from communes.models import Commune, Departement
from ort.models import Avenant, CommuneCouverte, Convention, Proposition
from ort.models.droits import Plume
from ort.models.propositions import change_of
from ort.propositions import phrases, tell_author, tell_recipient
from socle.admin.ajout import jeton_of, sent_once
from socle.admin.base import PerimetreAdmin
from socle.admin.champs import DayField
from socle.admin.suppression import counters_of, figures_moved
from socle.admin.touchees import refusals
from socle.adresses_admin import admin_name, admin_url
from socle.dates import Precision
from socle.francais import at_hour, pluriel
from socle.historique import agent_name, signed_by

OF_CONVENTION = ("date_signature", "precision_signature", "duree_annees", "departement_reference")
ALREADY = "Cette proposition était déjà envoyée : rien de plus n'est proposé."
NOTHING_TO_ASK = "Vous pouvez écrire vous-même dans cette convention : il n'y a rien à proposer."


class PropositionForm(forms.Form):
    """What an agent asks of the DDT that keeps a convention, or one of its communes."""

    sorties = forms.ModelMultipleChoiceField(
        label="Communes à faire sortir",
        queryset=CommuneCouverte.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    entrees = forms.CharField(
        label="Communes à faire entrer",
        required=False,
        help_text="Leurs codes INSEE, séparés par des virgules.",
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    avenant = forms.ModelChoiceField(
        label="Par l'avenant",
        queryset=Avenant.objects.none(),
        required=False,
        help_text="Celui qui les fait entrer ou sortir ; enregistrez-le d'abord.",
    )
    date_signature = DayField(label="Autre date de signature", required=False)
    precision_signature = forms.ChoiceField(
        label="Précision", choices=[("", "la même"), *Precision.choices], required=False
    )
    duree_annees = forms.IntegerField(
        label="Autre durée, en années", min_value=1, max_value=99, required=False
    )
    departement_reference = forms.ModelChoiceField(
        label="Autre département de référence", queryset=Departement.objects.none(), required=False
    )
    texte = forms.CharField(
        label="Pourquoi, ou ce qu'il faudrait changer d'autre",
        max_length=2000,
        help_text="Lu par l'autre DDT, jamais publié.",
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
    )

    def __init__(self, convention, user, *args, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.convention, own = convention, Plume(user).departements
        inside = convention.couvertures.filter(sortie__isnull=True).select_related("commune")
        self.fields["sorties"].queryset = inside.exclude(commune__departement__in=own)
        self.fields["sorties"].label_from_instance = lambda row: str(row.commune)
        self.fields["avenant"].queryset = convention.avenants.all()
        self.fields["avenant"].label_from_instance = lambda avenant: avenant.nom
        touched = convention.couvertures.values("commune__departement")
        self.fields["departement_reference"].queryset = Departement.objects.filter(pk__in=touched)

    def clean_entrees(self):
        """Return the communes of the codes that are typed."""
        codes = [code.strip() for code in self.cleaned_data["entrees"].split(",") if code.strip()]
        found = Commune.objects.in_bulk(codes)
        if unknown := [code for code in codes if code not in found]:
            raise ValidationError(f"Code inconnu du référentiel : {', '.join(unknown)}.")
        return list(found.values())

    def clean(self):
        data = super().clean()
        if (data.get("sorties") or data.get("entrees")) and not data.get("avenant"):
            self.add_error("avenant", "Dites par quel avenant.")
        return data

    def changes(self):
        """Return the changes that are asked, by the département of key that is asked."""
        data, asked = self.cleaned_data, defaultdict(list)
        avenant = data["avenant"] and str(data["avenant"].pk)
        for row in data["sorties"]:
            asked[row.commune.departement_id].append(change_of(row, "sortie", avenant))
        for commune in data["entrees"]:
            row = CommuneCouverte(convention=self.convention)
            asked[commune.departement_id] += [
                change_of(row, champ, after, nouvelle=commune.pk)
                for champ, after in (("commune", commune.pk), ("entree", avenant))
            ]
        for name in OF_CONVENTION:
            if data[name]:
                after = str(getattr(data[name], "pk", data[name]))
                change = change_of(self.convention, name, after)
                asked[self.convention.departement_reference_id].append(change)
        return asked or {self.convention.departement_reference_id: []}


def proposer(request, convention, destinataire, texte, changements):
    """Make a proposal to the DDT of a département, by its key, and tell it; return the proposal."""
    proposition = Proposition.objects.create(
        convention=convention,
        destinataire_id=destinataire,
        auteur=request.user,
        moment=timezone.now(),
        texte=texte,
        changements=changements,
    )
    tell_recipient(proposition, request.build_absolute_uri(admin_url(proposition, "change")))
    return proposition


def effects_of(proposition):
    """Return why a proposal could not be accepted any more, and the public figures that it would change.

    It is written as by nobody, whoever reads it, and all is put back.
    """
    moved = []
    if not proposition.changements:
        return [], moved
    counters = counters_of(proposition.fiches())
    with signed_by(None):
        refused = refusals(lambda: moved.extend(figures_moved(counters, proposition.write_changes)))
    return refused, moved


class SuiteForm(forms.Form):
    suite = forms.CharField(
        label="Motif de la réponse",
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"}),
    )


class ProposableAdmin(admin.ModelAdmin):
    """Offers, on the page of a convention that another DDT keeps, to propose what one may not write."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.propose_view)
        return [
            path("<path:object_id>/proposer/", view, name=admin_name(self.model, "propose")),
            *super().get_urls(),
        ]

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and self.may_propose(request, obj):
            context["propose_url"] = admin_url(obj, "propose")
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def may_propose(self, request, convention):
        """Tell whether the agent may write in a convention, and another DDT keeps it."""
        return self.has_change_permission(request, convention) and not convention.tenue

    def propose_view(self, request, object_id):
        """Ask what is proposed, and why; then make one proposal for each DDT that is asked."""
        convention = self.get_object(request, unquote(object_id))
        if convention is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_change_permission(request, convention):
            raise PermissionDenied
        if not self.may_propose(request, convention):
            messages.info(request, NOTHING_TO_ASK)
            return HttpResponseRedirect(admin_url(convention, "change"))
        if not request.POST.get("jeton"):
            return self.ask_what_to_propose(request, convention)[0]
        return sent_once(
            request,
            lambda: self.ask_what_to_propose(request, convention),
            lambda key: self.already_proposed(request, key),
        )

    def ask_what_to_propose(self, request, convention):
        """Return the page that asks, or the one that follows, and the first of the proposals made."""
        form = PropositionForm(convention, request.user, request.POST or None)
        if form.is_valid():
            with transaction.atomic():
                made = [
                    proposer(request, convention, to, form.cleaned_data["texte"], changes)
                    for to, changes in form.changes().items()
                ]
            told = pluriel(len(made), "proposition envoyée,propositions envoyées")
            messages.success(request, f"{told} : rien n'est changé avant la réponse.")
            return HttpResponseRedirect(admin_url(made[0], "change")), made[0]
        context = {"object": convention, "form": form, "title": f"Proposer : {convention}"}
        context["jeton"] = jeton_of(request)
        return self.page(request, "admin/ort/convention/proposer.html", context), None

    def already_proposed(self, request, key):
        """Lead to what the first sending of the page has proposed."""
        messages.warning(request, ALREADY)
        return HttpResponseRedirect(admin_url(Proposition, "change", key))


@admin.register(Proposition)
class PropositionAdmin(PerimetreAdmin):
    """The proposals about the conventions of an agent: those to answer, and those that it made."""

    list_display = ["objet", "destinataire", "faite", "etat"]
    list_display_links = ["objet"]
    list_filter = ["reponse"]
    list_select_related = ["convention", "destinataire", "auteur", "repondu_par"]
    search_fields = ["convention__intitule"]
    search_help_text = "Intitulé de la convention"

    def has_add_permission(self, request, *args):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        view = self.admin_site.admin_view(self.answer_view)
        name = admin_name(self.model, "answer")
        return [path("<int:numero>/repondre/", view, name=name), *super().get_urls()]

    @admin.display(description="convention", ordering="convention__intitule")
    def objet(self, proposition):
        return str(proposition.convention)

    @admin.display(description="faite le", ordering="moment")
    def faite(self, proposition):
        return at_hour(proposition.moment)

    @admin.display(description="réponse", ordering="reponse")
    def etat(self, proposition):
        return proposition.get_reponse_display() or "en attente"

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Show what is proposed, what was answered, and the answers that the agent may give."""
        proposition = self.get_object(request, unquote(object_id))
        if proposition is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, proposition) or request.method == "POST":
            raise PermissionDenied
        return self.show(request, proposition, SuiteForm())

    def show(self, request, proposition, form):
        may_answer = self.has_change_permission(request, proposition)
        refused, moved = ([], []) if proposition.reponse else effects_of(proposition)
        context = {
            "impossible": refused,
            "consequences": moved,
            "proposition": proposition,
            "phrases": phrases(proposition),
            "auteur": agent_name(proposition.auteur),
            "faite": at_hour(proposition.moment),
            "repondue": proposition.repondu_le and at_hour(proposition.repondu_le),
            "repondu_par": agent_name(proposition.repondu_par),
            "form": form,
            "repond": may_answer and proposition.may_be_answered_by(request.user),
            "retire": may_answer and self.may_withdraw(request, proposition),
            "answer_url": admin_url(proposition, "answer"),
            "convention_url": self.convention_url(request, proposition.convention),
            "title": str(proposition),
        }
        return self.page(request, "admin/ort/proposition/fiche.html", context)

    def convention_url(self, request, convention):
        """Return the page of a convention, or None for a DDT that sees it only by what is asked of it."""
        seen = self.choices_for(request, Convention).filter(pk=convention.pk).exists()
        return admin_url(convention, "change") if seen else None

    def may_withdraw(self, request, proposition):
        return not proposition.reponse and proposition.auteur_id == request.user.pk

    def answer_view(self, request, numero):
        """Write the answer of the DDT that is asked, or the withdrawal by the author."""
        proposition = self.get_object(request, str(numero))
        if proposition is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(numero))
        reponse, form = self.asked_answer(request, proposition), SuiteForm(request.POST)
        if form.is_valid():
            try:
                answered = proposition.answer(reponse, request.user, form.cleaned_data["suite"])
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                if answered.reponse != Proposition.Reponse.RETIREE:
                    tell_author(answered, request.build_absolute_uri(admin_url(answered, "change")))
                messages.success(request, f"Proposition {answered.get_reponse_display()}.")
                return HttpResponseRedirect(admin_url(answered, "change"))
        return self.show(request, proposition, form)

    def asked_answer(self, request, proposition):
        """Return the answer that is pressed, if the agent may give it; raises `PermissionDenied`."""
        if request.method != "POST" or not self.has_change_permission(request, proposition):
            raise PermissionDenied
        pressed = next((r for r in Proposition.Reponse if r.value in request.POST), None)
        allowed = {
            Proposition.Reponse.RETIREE: self.may_withdraw(request, proposition),
            None: False,
        }
        if not allowed.get(pressed, proposition.may_be_answered_by(request.user)):
            raise PermissionDenied
        return pressed
