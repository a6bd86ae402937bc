"""The back office of contacts and notes: one comes from the page of what they are about, and goes back."""

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import Truncator, capfirst
from django.views.decorators.http import require_POST

from projects.carnet.models import SUJETS, Contact, Note
from socle.admin.base import NOTHING, PerimetreAdmin
from socle.admin.champs import LastDayField, date_column
from socle.admin.choix import PerimetreForm
from socle.admin.page_d_agent import page_url
from socle.adresses_admin import admin_name


class CarnetForm(PerimetreForm):
    def __init__(self, *args, **kwargs):
        """Ask for what it is about; where the page has said it, nothing else is offered."""
        super().__init__(*args, **kwargs)
        asked = [name for name in SUJETS if name in self.fields]
        if len(asked) == 1:
            self.fields[asked[0]].required = True


class CarnetAdmin(PerimetreAdmin):
    """What is about a commune, an intercommunalité or an ORT, and does not move to another."""

    form = CarnetForm
    motif_demande = False
    empty_value_display = NOTHING
    autocomplete_fields = list(SUJETS)
    frozen_fields = list(SUJETS)
    list_select_related = list(SUJETS)
    territory_search = ["commune", "intercommunalite"]
    own_fields = ()

    def get_fields(self, request, obj=None):
        """Show what it is about alone: that of the record, or that of the page one comes from."""
        held = request.GET if obj is None else {name: getattr(obj, f"{name}_id") for name in SUJETS}
        named = [name for name in SUJETS if held.get(name)]
        return [*(named or SUJETS), *self.own_fields]

    def response_post_save_add(self, request, obj):
        return HttpResponseRedirect(page_url(obj.sujet))

    def response_post_save_change(self, request, obj):
        return HttpResponseRedirect(page_url(obj.sujet))

    @admin.display(description="de")
    def de(self, fiche):
        return fiche.sujet


class ContactForm(CarnetForm):
    fin = LastDayField(
        label="Dernier jour en fonction", required=False, help_text="Vide : toujours en fonction."
    )

    class Meta:
        labels = {"debut": "En fonction depuis le"}
        help_texts = {"debut": "Vide : on ne sait pas depuis quand."}
        error_messages = {
            "fonction": {
                "required": "Dites sa fonction : c'est par elle que l'on cherche quelqu'un."
            }
        }


@admin.register(Contact)
class ContactAdmin(CarnetAdmin):
    form = ContactForm
    list_display = ["en_tant_que", "de", "nom", "courriel", "telephone", "depart"]
    list_filter = ["fonction"]
    search_fields = ["nom", "courriel", "precision"]
    search_help_text = "Nom, courriel, fonction, commune ou intercommunalité"
    own_fields = [
        "fonction",
        "precision",
        "nom",
        ("telephone", "courriel"),
        ("debut", "fin"),
    ]
    depart = date_column("fin", description="parti", empty=NOTHING)

    @admin.display(description="fonction", ordering="fonction")
    def en_tant_que(self, contact):
        return capfirst(contact.en_tant_que)


class NoteForm(CarnetForm):
    def clean_jour(self):
        jour = self.cleaned_data["jour"]
        if jour > timezone.localdate():
            raise ValidationError(
                "Une note dit ce qui a eu lieu. Pour plus tard, il y a le rappel."
            )
        return jour

    def clean_rappel(self):
        """Refuse a reminder that would never be told: a day that is already over."""
        rappel = self.cleaned_data["rappel"]
        if rappel and "rappel" in self.changed_data and rappel < timezone.localdate():
            raise ValidationError("Ce jour est passé : choisissez aujourd'hui ou plus tard.")
        return rappel


@admin.register(Note)
class NoteAdmin(CarnetAdmin):
    form = NoteForm
    list_display = ["debut_du_texte", "de", "le", "rappel_le", "rappel_fait"]
    list_filter = ["rappel_fait"]
    search_fields = ["texte"]
    search_help_text = "Mot de la note, commune ou intercommunalité"
    date_hierarchy = "jour"
    own_fields = ["texte", "jour", "rappel"]
    le = date_column("jour", description="jour")
    rappel_le = date_column("rappel", description="rappel", empty=NOTHING)

    def get_fields(self, request, obj=None):
        """Ask whether a reminder is done once there may be one."""
        fields = super().get_fields(request, obj)
        return [*fields, "rappel_fait"] if obj else fields

    def get_changeform_initial_data(self, request):
        return {"jour": timezone.localdate()} | super().get_changeform_initial_data(request)

    def get_urls(self):
        done = self.admin_site.admin_view(self.done_view)
        name = admin_name(Note, "fait")
        return [path("<path:object_id>/fait/", done, name=name), *super().get_urls()]

    @method_decorator(require_POST)
    def done_view(self, request, object_id):
        """Note that one has come back to what a reminder was about."""
        note = self.get_object(request, unquote(object_id))
        if note is None or not self.has_change_permission(request, note):
            raise Http404
        note.rappel_fait = True
        note.save()
        messages.success(request, "Le rappel est fait.")
        return HttpResponseRedirect(page_url(note.sujet))

    @admin.display(description="note", ordering="texte")
    def debut_du_texte(self, note):
        return Truncator(note.texte).chars(80)
