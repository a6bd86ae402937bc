"""The form and the removal of an action, for whoever has to ask another DDT: they become a proposal."""

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.contrib.messages.storage import default_storage
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, RestrictedError
from django.http import HttpResponseRedirect
from django.utils.html import format_html, format_html_join

from ort.admin_propositions import proposer
from ort.models import Convention, Proposition
from projects.projet.demandes import en_demande
from projects.projet.ecriture import keeps
from socle.admin.base import PvdAdmin
from socle.admin.correction import MotifForm
from socle.adresses_admin import admin_url
from socle.historique import one_act
from socle.verrou import lock

A_PROPOSER_UNE_A_UNE = (
    "Rien n'est supprimé. Ce qui est aussi d'une commune d'un autre département se supprime avec l'accord "
    "de la DDT qui tient sa convention : ouvrez chacune pour le lui proposer, puis choisissez les autres "
    "seules. À proposer :"
)


def proposer_la_demande(request, demande, texte):
    """Send what was asked to the DDT that keeps the convention, once; return the proposal."""
    convention, asked = demande.convention, demande.destinataire
    with transaction.atomic():
        # Of a page that is sent twice, the second reads what the first has proposed.
        lock(Convention, convention.pk)
        made = deja_proposee(request.user, convention, demande.changements)
        if made is None:
            made = proposer(request, convention, asked.pk, texte, demande.changements)
    told = f"Proposition envoyée à la DDT {asked.avec_de} : rien n'est changé avant sa réponse."
    messages.success(request, told)
    return made


def deja_proposee(user, convention, changements):
    """Return what `user` proposed of a convention with these changes, and awaits an answer; or None."""
    waiting = Proposition.objects.en_attente().filter(convention=convention, auteur=user)
    return next((made for made in waiting if made.changements == changements), None)


class ADemanderAdmin(PvdAdmin):
    """Proposes what an agent may not write alone of an action: it is tried, kept as changes, and sent."""

    def asked_of(self, request, action):
        """Return the département whose DDT decides of an action instead of the agent, or None."""
        if action is None or request.user.is_superuser or not action.convention_id:
            return None
        return None if keeps(request.user, action) else action.convention.departement_reference

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        if obj is not None and self.has_change_permission(request, obj):
            context["a_proposer"] = self.asked_of(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Try the page that is to be proposed; what needs no answer of another is saved."""
        view, page = super().changeform_view, (request, object_id, form_url, extra_context)
        if request.method != "POST" or object_id is None or "_proposer" not in request.POST:
            return view(*page)
        with en_demande() as demande:
            answer = view(*page)
            saved = isinstance(answer, HttpResponseRedirect)
            if saved:
                demande.retenir()
        if not saved:
            return answer
        # What the trial told is not true.
        request._messages = default_storage(request)
        if not demande:
            return view(*page)
        return self.proposed(request, demande, request.POST.get("motif_correction", ""))

    def delete_view(self, request, object_id, extra_context=None):
        """Propose the removal of an action that another DDT keeps, once told why."""
        action = self.get_object(request, unquote(object_id))
        asked = self.has_delete_permission(request, action) and self.asked_of(request, action)
        if not asked:
            return super().delete_view(request, object_id, extra_context)
        motif = MotifForm(request.POST)
        if request.method == "POST" and motif.is_valid() and (demande := self.removal(action)):
            return self.proposed(request, demande, motif.cleaned_data["motif"])
        extra_context = {"a_proposer": asked} | (extra_context or {})
        # The page tells the figures of a removal that is tried.
        with en_demande():
            return super().delete_view(request, object_id, extra_context)

    def refus_de_la_selection(self, request, records):
        """Lead to the page where the removal of each action that another DDT keeps is proposed to it."""
        asked = [(action, self.asked_of(request, action)) for action in records]
        shared = [(action, departement) for action, departement in asked if departement]
        if not shared:
            return ""
        named = format_html_join(
            ", ",
            '<a href="{}">{}</a> (DDT {})',
            ((admin_url(a, "delete"), a, d.avec_de) for a, d in shared),
        )
        return format_html("{} {}.", A_PROPOSER_UNE_A_UNE, named)

    def removal(self, action):
        """Return what asks the removal of an action; None when what depends on it forbids it."""
        try:
            with en_demande() as demande, one_act():
                type(action).objects.get(pk=action.pk).delete()
                demande.retenir()
        except (ValidationError, IntegrityError, ProtectedError, RestrictedError):
            return None
        return demande

    def proposed(self, request, demande, texte):
        """Lead to the proposal that was sent."""
        made = proposer_la_demande(request, demande, texte or "Correction de la fiche.")
        return HttpResponseRedirect(admin_url(made, "change"))
