"""The reports of visitors, as the agents of their départements read and answer them."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.html import format_html

from communes.territoire.filtres import DepartementFilter
from pvd.signalements.courriels import answer_visitor
from pvd.signalements.models import Signalement
from socle.admin.base import NOTHING, PerimetreAdmin
from socle.admin.choix import PerimetreForm
from socle.admin.correction import lock
from socle.dates import in_french

SENT = "La réponse est partie, et l'adresse du visiteur est effacée."
NOT_SENT = (
    "La réponse est enregistrée, mais le courriel n'est pas parti. L'adresse du visiteur est gardée : "
    "enregistrez de nouveau cette fiche pour l'envoyer."
)
ALREADY_CLOSED = "Un collègue a clos ce signalement pendant que vous l'aviez ouvert."
NOTHING_TO_SEND = "Le visiteur attend une réponse : écrivez-la avant de clore."


class StatutDeSignalementFilter(admin.SimpleListFilter):
    title = parameter_name = "statut"

    def lookups(self, request, model_admin):
        return [("a_traiter", "à traiter"), *Signalement.Statut.choices]

    def queryset(self, request, queryset):
        if self.value() == "a_traiter":
            return queryset.ouverts()
        known = self.value() in Signalement.Statut.values
        return queryset.filter(statut=self.value()) if known else queryset


class ReponseForm(PerimetreForm):
    def clean(self):
        """Refuse to close twice, which would answer twice, and to close without a due answer."""
        data = super().clean()
        lock(self.instance)
        held = Signalement.objects.get(pk=self.instance.pk)
        if held.clos and not held.reponse_a_envoyer:
            raise ValidationError(ALREADY_CLOSED)
        closing = data.get("statut") in Signalement.CLOS
        if closing and held.courriel and not data.get("reponse"):
            self.add_error("reponse", NOTHING_TO_SEND)
        return data


@admin.register(Signalement)
class SignalementAdmin(PerimetreAdmin):
    """Nobody adds a report nor rewrites what its visitor wrote: an agent answers, and closes it."""

    form = ReponseForm
    list_display = ["recu_le", "page_en_lien", "jour", "departement", "statut", "age"]
    list_filter = [
        StatutDeSignalementFilter,
        DepartementFilter.through("departement", "convention__couvertures__commune__departement"),
    ]
    list_select_related = ["departement", "commune", "convention", "answered_by"]
    search_fields = ["page", "message", "reponse"]
    search_help_text = "Adresse de la page, ou mot du signalement ou de la réponse"
    date_hierarchy = "created_at"
    empty_value_display = NOTHING
    visitor_fields = ["recu_le", "page_en_lien", "jour", "departement", "message", "correction"]
    fieldsets = [
        ("Ce que dit le visiteur", {"fields": [*visitor_fields, "courriel"]}),
        ("Votre réponse", {"fields": ["statut", "reponse", "clos_le"]}),
    ]
    readonly_fields = [*visitor_fields, "courriel", "clos_le"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        """Leave a closed report as it is, unless its answer is still to be sent."""
        done = obj is not None and obj.clos and not obj.reponse_a_envoyer
        return not done and super().has_change_permission(request, obj)

    def save_model(self, request, obj, form, change):
        """Say who closed it and when; the visitor is answered once all is written."""
        obj.answered_at = timezone.now() if obj.clos else None
        obj.answered_by = request.user if obj.clos else None
        super().save_model(request, obj, form, change)
        if obj.reponse_a_envoyer:
            transaction.on_commit(lambda: self.answer(request, obj))

    def answer(self, request, signalement):
        """Send the answer, then erase the address; keep both when the mail does not leave."""
        adresse = request.build_absolute_uri(signalement.adresse)
        recu = in_french(timezone.localdate(signalement.created_at))
        if answer_visitor(signalement, adresse, recu):
            Signalement.objects.filter(pk=signalement.pk).update(courriel="")
            messages.success(request, SENT)
        else:
            messages.error(request, NOT_SENT)

    @admin.display(description="reçu le", ordering="created_at")
    def recu_le(self, signalement):
        return in_french(timezone.localdate(signalement.created_at))

    @admin.display(description="page", ordering="page")
    def page_en_lien(self, signalement):
        return format_html('<a href="{}">{}</a>', signalement.adresse, signalement.objet)

    @admin.display(description="attend depuis", ordering="created_at")
    def age(self, signalement):
        """Say for how many days a report awaits its answer."""
        if signalement.clos:
            return NOTHING
        return signalement.attente(timezone.localdate())

    @admin.display(description="clos")
    def clos_le(self, signalement):
        if not signalement.clos:
            return NOTHING
        day = in_french(timezone.localdate(signalement.answered_at))
        return f"le {day}, par {signalement.answered_by or 'un compte supprimé'}"
