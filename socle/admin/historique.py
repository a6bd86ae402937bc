"""The history of a record in the back office: read in French, asked for a reason, never overwritten."""

from dataclasses import replace

from django.contrib import admin, messages
from django.contrib.admin.exceptions import DisallowedModelAdminToField
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.admin import GenericInlineModelAdmin
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.forms.models import _get_foreign_key
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.text import capfirst

from socle.admin.correction import CorrectionForm, MotifForm, RefusForm, lock
from socle.admin.evenements import (
    Annuaire,
    Chapitre,
    gather,
    last_versions,
    links,
    tell,
    tell_version,
)
from socle.admin.page import PageEnvoyee, asked_field
from socle.adresses_admin import admin_name, admin_url, undo_url, with_undo
from socle.contraintes import sentence
from socle.coordonnees import coordonnees_cachees
from socle.fichiers.imports import Import
from socle.francais import at_hour
from socle.historique import ONGOING, Historisee, author, name_of, one_act
from socle.retablissement import removed_together, restore

PER_PAGE = 50


class HistoriqueAdmin(admin.ModelAdmin):
    """The pages of a record whose versions are kept; a plain admin for the other models."""

    # Whether a correction says why: of what is published nowhere, it need not.
    motif_demande = True

    @property
    def historisee(self):
        return issubclass(self.model, Historisee)

    def chapitres(self, request, record):
        """Return the chapters of the story of `record`: its own versions, then those of its rows."""
        own = self.model.history.filter(**{self.opts.pk.attname: record.pk})
        hidden = coordonnees_cachees(request.user, self.model)
        chapters = [Chapitre(own, labels_of(self), hidden, own=True)]
        for inline in self.get_inlines(request, record):
            if issubclass(inline.model, Historisee):
                link = link_of(inline, record)
                versions = inline.model.history.naming(**link)
                hidden = (*link, *coordonnees_cachees(request.user, inline.model))
                chapter = Chapitre(versions, labels_of(inline), hidden)
                if hasattr(inline, "version_values"):
                    chapter.values = inline(self.model, self.admin_site).version_values()
                chapters.append(chapter)
        return chapters

    def get_urls(self):
        if not self.historisee:
            return super().get_urls()
        view = self.admin_site.admin_view
        removed, restored = admin_name(self.model, "removed"), admin_name(self.model, "restore")
        pages = [
            path("supprimees/", view(self.removed_view), name=removed),
            path("supprimees/<int:numero>/", view(self.restore_view), name=restored),
        ]
        return [*pages, *super().get_urls()]

    # The page of a record: what it changes is signed by one act, and checked before it is saved.

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Let Django show a page and add a record; correct what is kept by our own sequence.

        What the base refuses of a page was right when it was checked: the page is judged a second
        time, and sees what someone else has written in between; what it still does not see is told
        by the name of the constraint.
        """
        page = (request, object_id, form_url, extra_context)
        sent_back = request.method == "POST" and object_id is not None
        corrects = sent_back and self.historisee and "_saveasnew" not in request.POST
        view = self.correct if corrects else super().changeform_view
        with one_act(request.POST.get("motif_correction", "")):
            try:
                return view(*page)
            except IntegrityError as error:
                request.refus = [sentence(error)]
            except ValidationError as error:
                request.refus = error.messages
            return view(*page)

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Put before the form of a page that the base has refused what it says of it."""
        if getattr(request, "refus", ()):
            form = kwargs.get("form", self.form)
            kwargs["form"] = type(form.__name__, (RefusForm, form), {"request": request})
        return super().get_form(request, obj, change=change, **kwargs)

    def correct(self, request, object_id, form_url, extra_context):
        """Save the page of an existing record, or show it again with why it is refused.

        The place of Django's view is taken whole, so that its forms stay plain and that one sees
        when the record is locked: once its forms are made, before anyone is told of anything.
        """
        to_field = asked_field(request)
        if to_field and not self.to_field_allowed(request, to_field):
            raise DisallowedModelAdminToField(f"Le champ {to_field} ne désigne aucune fiche.")
        with transaction.atomic():
            record = self.get_object(request, unquote(object_id), to_field)
            if not self.has_change_permission(request, record):
                raise PermissionDenied
            if record is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            page = PageEnvoyee(self, request, record)
            page.make_forms()
            page.make_rows()
            lock(record)
            refused = page.is_stale() or any([page.lacks_a_reason(), page.contradicts_a_source()])
            if page.is_valid() and not refused:
                return page.save()
            return page.show(form_url, extra_context)

    def render_change_form(self, request, context, *args, change=False, obj=None, **kwargs):
        """Ask why, and on what version, of whoever may correct the record."""
        asked = change and self.historisee and self.has_change_permission(request, obj)
        if asked and "correction" not in context:
            version = last_versions(self.chapitres(request, obj))
            context["correction"] = CorrectionForm(initial={"version_lue": version})
        return super().render_change_form(request, context, *args, change=change, obj=obj, **kwargs)

    def save_model(self, request, obj, form, change):
        """Save only a record that its form changes: no version of its history says nothing."""
        if not (change and self.historisee) or form.changed_data:
            super().save_model(request, obj, form, change)

    def message_user(self, request, message, level=messages.INFO, *args, **kwargs):
        """Offer, with what says that an act is done, to take it back."""
        if level == messages.SUCCESS:
            message = with_undo(message, ONGOING.get())
        super().message_user(request, message, level, *args, **kwargs)

    def delete_queryset(self, request, queryset):
        """Remove the chosen records, each with its version."""
        queryset.delete_each() if self.historisee else queryset.delete()

    # The story of a record.

    def history_view(self, request, object_id, extra_context=None):
        if not self.historisee:
            return super().history_view(request, object_id, extra_context)
        record = self.get_object(request, unquote(object_id))
        if record is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, record):
            raise PermissionDenied
        actes = Paginator(gather(tell(self.chapitres(request, record))), PER_PAGE)
        page = actes.get_page(request.GET.get("p"))
        tell_imports(page, request.user)
        if self.has_change_permission(request, record):
            tell_undo(page)
        context = {"object": record, "page": page, "title": f"Historique : {record}"}
        return self.page(request, "admin/historique.html", context | (extra_context or {}))

    def page(self, request, template, context):
        """Answer with a page of this model, in the frame of the back office."""
        request.current_app = self.admin_site.name
        frame = {"opts": self.opts, "preserved_filters": self.get_preserved_filters(request)}
        frame |= self.admin_site.each_context(request)
        return TemplateResponse(request, template, frame | {"subtitle": None} | context)

    # What was removed, and can come back.

    def changelist_view(self, request, extra_context=None):
        if self.historisee and self.has_add_permission(request):
            removed = {"removed_url": admin_url(self.model, "removed")}
            extra_context = removed | (extra_context or {})
        return super().changelist_view(request, extra_context)

    def removed_versions(self, request):
        """Return the removals that `request` may undo: of a model that all départements share, all."""
        return self.model.history.removed()

    def removed_view(self, request):
        """List the records that were removed, the latest first."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        versions = self.removed_versions(request).select_related("history_user")
        page = Paginator(versions.order_by("-history_id"), PER_PAGE).get_page(request.GET.get("p"))
        annuaire = Annuaire([Chapitre(versions, own=True)], [list(page)])
        for version in page:
            version.nom = name_of(annuaire.attach(version.instance))
            version.auteur = author(version)
            version.quand = at_hour(version.history_date)
        title = f"{capfirst(self.opts.verbose_name_plural)} : fiches supprimées"
        return self.page(request, "admin/supprimees.html", {"page": page, "title": title})

    def restore_view(self, request, numero):
        """Show a removed record and what was removed with it; bring them back once told why."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        version = get_object_or_404(self.removed_versions(request), history_id=numero)
        motif = MotifForm(request.POST or None)
        if motif.is_valid() and (record := self.bring_back(request, motif, version)):
            return HttpResponseRedirect(admin_url(record, "change"))
        removals = removed_together(version)
        shown = {c.model: c for c in self.chapitres(request, version.instance)}
        chapters = [
            replace(
                shown.get(v.instance_type) or Chapitre(v.instance_type.history.all()),
                hidden=links_between(v, version),
                own=False,
            )
            for v in removals
        ]
        annuaire = Annuaire(chapters, [[v] for v in removals])
        evenements = [
            tell_version(rang, chapter, None, removal, annuaire)
            for rang, (chapter, removal) in enumerate(zip(chapters, removals, strict=True))
        ]
        nom = name_of(annuaire.attach(version.instance))
        context = {"motif": motif, "evenements": evenements, "title": f"Rétablir : {nom}"}
        return self.page(request, "admin/retablir.html", context | {"version": version, "nom": nom})

    def bring_back(self, request, motif, version):
        """Restore the record of `version`, or say on the form why it cannot be."""
        try:
            with one_act(motif.cleaned_data["motif"]):
                record = restore(version)
                self.message_user(request, f"« {record} » est rétablie.", messages.SUCCESS)
                return record
        except ValidationError as error:
            reasons = error.messages
        except IntegrityError as error:
            reasons = [sentence(error)]
        motif.add_error(None, [f"Rien n'est rétabli : {reason}" for reason in reasons])
        return None


def tell_imports(actes, user):
    """Give each act the import that it was, with its address if `user` may read it."""
    found = Import.objects.filter(moment__in={acte.cle[0] for acte in actes})
    imports = {(fait.moment, fait.auteur_id, fait.motif): fait for fait in found}
    read = set(found.for_user(user)) if user.has_perm("socle.view_import") else ()
    for acte in actes:
        acte.importe = imports.get(acte.cle)
        if acte.importe in read:
            acte.importe.url = admin_url(acte.importe, "change")


def tell_undo(actes):
    """Give each act the address that takes it back; an import has its own, what nobody signed has none."""
    for acte in actes:
        version = acte.evenements[0].version
        if version.history_user_id and acte.importe is None:
            acte.annuler = undo_url(version.instance_type, version.history_id)


def labels_of(shown):
    """Return the names that an admin, or an inline, gives to its fields on the screen."""
    meta = getattr(shown.form, "_meta", None)
    return {name: str(label) for name, label in (getattr(meta, "labels", None) or {}).items()}


def link_of(inline, record):
    """Return what links the rows of `inline` to `record`, as a filter."""
    if issubclass(inline, GenericInlineModelAdmin):
        sort = ContentType.objects.get_for_model(record)
        return {inline.ct_field: sort, inline.ct_fk_field: str(record.pk)}
    fk = _get_foreign_key(type(record), inline.model, fk_name=inline.fk_name)
    return {fk.name: record.pk}


def links_between(row, version):
    """Return the fields that link a removed row to the record of `version`, whose page names it already."""
    if row is version:
        return ()
    linked = [f.name for f in links(row.instance_type) if f.related_model is version.instance_type]
    generic = [
        f for f in row.instance_type._meta.private_fields if isinstance(f, GenericForeignKey)
    ]
    return (*linked, *(name for f in generic for name in (f.ct_field, f.fk_field)))
