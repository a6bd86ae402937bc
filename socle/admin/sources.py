"""Sources and what they say: on the page of each record, and in one list for what disagrees."""

from collections import defaultdict

from django import forms
from django.contrib import admin, messages
from django.contrib.contenttypes.admin import GenericInlineModelAdmin
from django.contrib.contenttypes.models import ContentType
from django.contrib.contenttypes.prefetch import GenericPrefetch
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, CharField, Q, When
from django.db.models.functions import Cast
from django.utils.html import format_html
from django.utils.text import capfirst

from socle.admin.base import PartageeAdmin, PerimetreAdmin, PlainChoices, PvdAdmin
from socle.admin.champs import date_column
from socle.admin.choix import PerimetreForm
from socle.adresses_admin import admin_url
from socle.dates import bare, parse_date
from socle.francais import liste
from socle.publication import made_public
from socle.sources import Affirmation, Source, Sourcee, sans_source

BY_ITS_GESTE = (
    "{quoi} : ce qui devient public dit sa source, et montre d'abord ce qu'il change. "
    'Enregistrez-le par « {geste} » : <a href="{url}">ouvrir ce geste, rempli</a>.'
)


def date_fields(model_admin):
    """Return the date fields of a record, each with its name on the screen: what a source speaks of."""
    labels = model_admin.form._meta.labels or {}
    return {
        f.name: labels.get(f.name, capfirst(f.verbose_name))
        for f in model_admin.model._meta.fields
        if isinstance(f, models.DateField)
    }


class AffirmationForm(PerimetreForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        choice, held = self.fields.get("champ"), self.instance.champ
        self.date_names = dict(choice.choices) if choice else {}
        # A file may have spoken of something else than a date: it stays as it is.
        if choice and held and held not in self.date_names:
            choice.choices = [*choice.choices, (held, held)]

    def clean(self):
        """Write the value as an ISO date, read from what the source writes when it was left empty."""
        data = super().clean()
        text = data.get("valeur") or data.get("valeur_brute")
        if text and data.get("champ") in self.date_names:
            try:
                data["valeur"] = parse_date(text).isoformat()
            except ValueError as error:
                if data.get("valeur"):
                    self.add_error("valeur", str(error))
        return data


class AffirmationInline(PlainChoices, GenericInlineModelAdmin):
    """What each source says of the dates of the record: written by whoever may write the record."""

    model = Affirmation
    form = AffirmationForm
    verbose_name = "source d'une date"
    verbose_name_plural = "sources des dates"
    fields = [
        *("champ", "valeur_brute", "valeur", "precision"),
        *("source", "retenue", "note", "detail_interne"),
    ]
    readonly_fields = ["champ_en_francais"]
    autocomplete_fields = ["source"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("source")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "champ":
            fields = date_fields(self.admin_site.get_model_admin(self.parent_model))
            return forms.ChoiceField(label="date", choices=[("", "---------"), *fields.items()])
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fields(self, request, obj=None):
        """Name the field in French for whoever only reads; for the others, the choice does."""
        champ = "champ" if self.may_write(request, obj) else "champ_en_francais"
        return [champ, *self.fields[1:]]

    @admin.display(description="date")
    def champ_en_francais(self, affirmation):
        fields = date_fields(self.admin_site.get_model_admin(self.parent_model))
        return fields.get(affirmation.champ, affirmation.champ)

    def version_values(self):
        """Name in French the field that a version of a row speaks of."""
        return {"champ": date_fields(self.admin_site.get_model_admin(self.parent_model))}

    def may_write(self, request, obj):
        return self.admin_site.get_model_admin(self.parent_model).has_change_permission(
            request, obj
        )

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and self.may_write(request, obj)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.may_write(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.may_write(request, obj)


def written_rows(formset):
    """Return the rows of a page that were added or changed."""
    return [*formset.new_objects, *(record for record, _ in formset.changed_objects)]


def sent_rows(formsets):
    """Return the rows of a page that stay, each as its form and whether it is new."""
    return [
        (form, form in formset.extra_forms)
        for formset in formsets
        for form in formset.forms
        if form.has_changed() and form not in formset.deleted_forms
    ]


class DitDeNouveau:
    """What a page says anew of its record, once saved: its fields, and its rows by model."""

    def __init__(self, form, formsets):
        self.champs = set(form.changed_data)
        self.ecrites = {f.model: written_rows(f) for f in formsets if f.has_changed()}

    def dit(self, *names):
        """Tell whether it says one of these fields, or adds, changes or removes a row of these models."""
        return not (self.champs | self.ecrites.keys()).isdisjoint(names)

    def rangees(self, model):
        """Return the rows of a model that were added or changed."""
        return self.ecrites.get(model, [])


class SourceeAdmin(PerimetreAdmin):
    """The admin of a record whose dates are sourced, on its own page."""

    # The address of a geste, by its title, filled in with facts: (record, field) each. Given by the roof.
    geste_url = None

    def get_inlines(self, request, obj):
        return [*super().get_inlines(request, obj), AffirmationInline]

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        self.refuse_to_publish(form, formsets, change)
        self.refuse_whole(form.instance, DitDeNouveau(form, formsets))
        self.warn_of_contradictions(request, form.instance)
        self.warn_of_remarks(request, form, formsets)

    def refuse_to_publish(self, form, formsets, change):
        """Refuse what would become public without its source nor a look at what it changes.

        Its rows are read once the record itself may stand: its own date may be what publishes them.
        """
        sent = [(form, not change)], sent_rows(formsets)
        found = next(filter(None, map(self.published, sent)), {})
        if found:
            raise ValidationError([self.by_its_geste(*published) for published in found.items()])

    def published(self, sent):
        """Return, by geste, the facts that forms, each new or not, make public: (form, field) each."""
        found = defaultdict(list)
        for form, new in sent:
            for champ, geste in made_public(form, new).items():
                found[geste].append((form, champ))
        return found

    def by_its_geste(self, geste, facts):
        """Say by which geste these facts are recorded, and lead there with what was typed of them."""
        quoi = liste(f"« {self.named(form, champ)} »" for form, champ in facts)
        url = self.geste_url(geste, [(form.instance, champ) for form, champ in facts])
        return format_html(BY_ITS_GESTE, quoi=quoi, geste=geste, url=url)

    def named(self, form, champ):
        """Name a fact of the record by its field, one of its rows by what it is."""
        of_record = isinstance(form.instance, self.model)
        return form.fields[champ].label if of_record else form.instance

    def refuse_whole(self, record, saisie):
        """Refuse, by `ValidationError`, what a record and its rows cannot be once all of them are saved.

        What was recorded before its rule, and of which `saisie`, a `DitDeNouveau`, says nothing, stays.
        """

    def warn_of_remarks(self, request, form, formsets):
        """Tell the agent what looks wrong in the record, and in the rows that were written with it."""
        rows = [row for formset in formsets for row in written_rows(formset)]
        for record in (form.instance, *rows):
            for remarque in record.remarques() if isinstance(record, Sourcee) else ():
                message = f"« {record} » : {remarque.texte} {remarque.explication}"
                self.message_user(request, message, messages.WARNING)

    def warn_of_contradictions(self, request, record):
        """Tell the agent which retained source gives another date than the record: allowed, not hidden."""
        labels = date_fields(self)
        for affirmation in (
            record.affirmations.retenues().filter(champ__in=labels).exclude(valeur="")
        ):
            held = getattr(record, affirmation.champ)
            if str(held) != affirmation.valeur:
                message = (
                    f"« {labels[affirmation.champ]} » : la source retenue dit "
                    f"{affirmation.dit}, la fiche dit {held and bare(held) or 'rien'}."
                )
                self.message_user(request, message, messages.WARNING)


# What was last said in the records of an agent: its sources come first.
MOST_RECENT = 200


@admin.register(Source)
class SourceAdmin(PartageeAdmin):
    list_display = ["titre", "editeur", "document", "cle"]
    list_filter = ["genre"]
    search_fields = ["titre", "editeur", "cle"]
    search_help_text = "Titre, éditeur ou clé"
    date_hierarchy = "date_document"
    frozen_fields = ["cle"]
    prepopulated_fields = {"cle": ["titre"]}
    fields = ["titre", "cle", "editeur", "genre", "date_document", "url"]
    document = date_column("date_document", description="date du document")

    def get_ordering(self, request):
        """Offer first, where one chooses a source, those that one's own records last named."""
        if request.resolver_match.url_name != "autocomplete":
            return super().get_ordering(request)
        said = self.admin_site.get_model_admin(Affirmation).get_queryset(request)
        lately = said.order_by("-pk").values_list("source", flat=True)[:MOST_RECENT]
        ranks = [When(pk=pk, then=rank) for rank, pk in enumerate(dict.fromkeys(lately))]
        return [*([Case(*ranks, default=len(ranks))] if ranks else []), "titre"]

    def get_readonly_fields(self, request, obj=None):
        """Leave what a service knows by itself what it is: it is no document."""
        fixed = ["genre"] if obj and obj.genre == Source.Genre.SERVICE else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """Offer the sorts of documents: what a service knows is written by what it enters."""
        if db_field.name == "genre":
            service = Source.Genre.SERVICE
            kwargs["choices"] = [choice for choice in Source.Genre.choices if choice[0] != service]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class SansSourceFilter(admin.SimpleListFilter):
    """Keeps the records that have a date of fact told by no retained source."""

    title = "source"
    parameter_name = "source"

    def lookups(self, request, model_admin):
        return [("manquante", "date sans source")]

    def queryset(self, request, queryset):
        return sans_source(queryset) if self.value() == "manquante" else queryset


class SorteFilter(admin.SimpleListFilter):
    title = "sorte de fiche"
    parameter_name = "sorte"

    def lookups(self, request, model_admin):
        sorts = [(a.opts.model_name, a.opts.verbose_name_plural) for a in model_admin.sourced()]
        return sorted(sorts, key=lambda sort: sort[1])

    def queryset(self, request, queryset):
        return queryset.filter(content_type__model=self.value()) if self.value() else queryset


class RetenueFilter(admin.SimpleListFilter):
    title = "valeur"
    parameter_name = "retenue"

    def lookups(self, request, model_admin):
        return [("non", "écartée : la fiche dit autre chose"), ("oui", "retenue")]

    def queryset(self, request, queryset):
        kept = {"oui": queryset.retenues, "non": queryset.ecartees}
        return kept.get(self.value(), queryset.all)()


@admin.register(Affirmation)
class AffirmationAdmin(PvdAdmin):
    """What sources say, across all records of the user: read here, written on the page of the record."""

    list_display = ["lien", "champ_en_francais", "valeur_brute", "source", "retenue", "note"]
    list_display_links = None
    fields = ["lien", "champ_en_francais", *AffirmationInline.fields[1:]]
    readonly_fields = ["lien", "champ_en_francais"]
    list_filter = [RetenueFilter, SorteFilter]
    list_select_related = ["source", "content_type"]
    search_fields = ["valeur_brute", "note", "source__titre", "source__cle"]
    search_help_text = "Valeur écrite, note ou source"

    def sourced(self):
        """Return the admins of the records that have sources."""
        return [a for a in self.admin_site._registry.values() if isinstance(a, SourceeAdmin)]

    def get_queryset(self, request):
        """Keep what is said of the records that the user sees, and nothing of any other sort."""
        theirs = Q(pk__in=[])
        for model_admin in self.sourced():
            said = Q(content_type=ContentType.objects.get_for_model(model_admin.model))
            if not request.user.is_superuser:
                records = model_admin.get_queryset(request).order_by()
                keys = records.annotate(cle=Cast("pk", CharField())).values("cle")
                said &= Q(object_id__in=keys)
            theirs |= said
        return super().get_queryset(request).filter(theirs)

    def list_prefetch(self):
        records = [
            a.model._default_manager.select_related(*(a.list_select_related or ()))
            for a in self.sourced()
        ]
        return [GenericPrefetch("fiche", records)]

    def removed_versions(self, request):
        """Offer nothing to bring back: a source is removed, and comes back, with its record."""
        return Affirmation.history.none()

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    @admin.display(description="fiche")
    def lien(self, affirmation):
        url = admin_url(affirmation.fiche, "change")
        return format_html('<a href="{}">{}</a>', url, affirmation.fiche)

    @admin.display(description="date", ordering="champ")
    def champ_en_francais(self, affirmation):
        model_admin = self.admin_site.get_model_admin(type(affirmation.fiche))
        return date_fields(model_admin).get(affirmation.champ, affirmation.champ)
