"""A removal says what public figures it would change, and asks why."""

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse

from socle.admin.correction import MotifForm
from socle.adresses_admin import admin_url
from socle.contraintes import sentence
from socle.essai import essai
from socle.francais import UNKNOWN, accord
from socle.historique import Historisee, one_act
from socle.retablissement import rows_of

# What an app above adds: functions that take some records and return the function that counts the
# public figures of their territories, `{name: value}`, or None when they count in no figure.
FIGURES_AT_STAKE = []


def consequences(records):
    """Return in French the figures that removing `records`, all of one model, would change.

    The records are removed, the figures counted again, and everything is put back as it was.
    """
    counters = counters_of([records])
    rows = type(records[0])._base_manager.filter(pk__in=[r.pk for r in records])
    return figures_moved(counters, rows.delete_each) if counters else []


def counters_of(groups):
    """Return what counts the figures of the territories of some records, in groups of one model each."""
    found = [find(records) for records in groups for find in FIGURES_AT_STAKE]
    return [count for count in found if count is not None]


def figures_moved(counters, write):
    """Return in French the figures that `write` would change; it is done, then undone."""
    before = [count() for count in counters]
    with essai():
        write()
        after = [count() for count in counters]
    moved = [
        f"{name} : {figure(value)} → {figure(there[name])}"
        for here, there in zip(before, after, strict=True)
        for name, value in here.items()
        if value != there[name]
    ]
    # Two sorts of records may count in the figures of one territory.
    return list(dict.fromkeys(moved))


def figure(value):
    """Write a figure, or say that it is not known."""
    return UNKNOWN if value is None else value


def remove_selected(model_admin, request, queryset):
    """Remove the chosen records once told why: Django's own action, with a reason."""
    confirmed = "post" in request.POST
    motif = MotifForm(request.POST if confirmed else None)
    if confirmed and not motif.is_valid():
        request.POST = request.POST.copy()
        del request.POST["post"]
    records = list(queryset)
    if refused := model_admin.refus_de_la_selection(request, records):
        messages.error(request, refused)
        return None
    try:
        with transaction.atomic(), one_act(request.POST.get("motif", "")):
            answer = delete_selected(model_admin, request, queryset)
        return with_reason(answer, motif, records)
    except (ValidationError, IntegrityError) as error:
        tell_refusal(request, error)
        return None


def tell_refusal(request, error):
    """Say why what was asked to be removed stays."""
    reasons = [sentence(error)] if isinstance(error, IntegrityError) else error.messages
    messages.error(request, f"Rien n'est supprimé : {' '.join(reasons)}")


def with_reason(answer, motif, records):
    """Complete the page of confirmation, if it is one, with the reason and the consequences."""
    if isinstance(answer, TemplateResponse) and not answer.is_rendered:
        stopped = answer.context_data.get("protected") or answer.context_data.get("perms_lacking")
        answer.context_data["motif"] = motif
        answer.context_data["consequences"] = [] if stopped else consequences(records)
    return answer


def spaced(told):
    """Write « Avenant : » in what Django tells of records, lists in lists, as « Avenant: »."""
    if isinstance(told, list):
        return [spaced(each) for each in told]
    return type(told)(told.replace(": ", " : ", 1))


class SuppressionAdmin(admin.ModelAdmin):
    """The admin of records removed for a reason, kept by their versions and those of their rows."""

    def get_actions(self, request):
        actions = super().get_actions(request)
        if "delete_selected" in actions:
            remove, name, _ = actions["delete_selected"]
            told = (
                f"Supprimer les {self.opts.verbose_name_plural} {accord('sélectionné', self.model)}"
            )
            removes = remove_selected if issubclass(self.model, Historisee) else remove
            actions["delete_selected"] = (removes, name, told)
        return actions

    def refus_de_la_selection(self, request, records):
        """Say why what was chosen in a list is not removed from there, and what to do; empty: it may be."""
        return ""

    def get_deleted_objects(self, objs, request):
        """Judge the rows that go with a record by the right to remove it: they are written with it.

        Read alone, on a page of their own, they may well be removed by nobody. What only names the
        record is no row of it, and is still judged by its own right.
        """
        told, counts, lacking, protected = super().get_deleted_objects(objs, request)
        rows = {str(row._meta.verbose_name) for row in rows_of(self.model)}
        lacking = {name for name in lacking if str(name) not in rows}
        return spaced(told), counts, lacking, spaced(protected)

    def delete_view(self, request, object_id, extra_context=None):
        if not issubclass(self.model, Historisee):
            return super().delete_view(request, object_id, extra_context)
        motif = MotifForm(request.POST if request.method == "POST" else None)
        record = self.get_object(request, unquote(object_id))
        if motif.is_bound and not motif.is_valid():
            # Without its data the request shows the page of confirmation again.
            request.POST = QueryDict()
        try:
            with one_act(request.POST.get("motif", "")):
                answer = super().delete_view(request, object_id, extra_context)
            return with_reason(answer, motif, [record])
        except (ValidationError, IntegrityError) as error:
            tell_refusal(request, error)
            return HttpResponseRedirect(admin_url(record, "change"))
