"""The page that adds a record is saved once: a click too many, or « back » then « save », adds nothing."""

import secrets

from django.contrib import admin, messages
from django.contrib.messages.storage import default_storage
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpResponseRedirect

from socle.adresses_admin import admin_url
from socle.web.places import give_back, key_of, take

KEPT = 24 * 3600
ALREADY = (
    "Ce formulaire était déjà enregistré : rien de plus n'est écrit. Pour une autre fiche, ouvrez un "
    "nouveau formulaire."
)


def sent_once(request, answer, already):
    """Answer to a form that was sent: what it writes is written once, by the token that its page bears.

    `answer` returns its answer and the record that it made, None when the form was refused;
    `already` is given the key of the record that the first sending has made.

    The token is taken in the transaction that writes: a second sending waits for the first, then
    finds it taken if the first has written, free if it was refused.
    """
    key = key_of("ajout", request.user.pk, request.path, request.POST["jeton"])
    with transaction.atomic():
        place = take(key, 1, KEPT)
        if place is None:
            return already(caches["compteurs"].get(f"{key}:0"))
        answered, made = answer()
        if made:
            caches["compteurs"].set(place, str(made.pk), KEPT)
        else:
            give_back([place])
        return answered


def jeton_of(request):
    """Return the token of a page to be sent once; that of a form that was refused is still good."""
    return request.POST.get("jeton") or secrets.token_urlsafe(16)


class AjoutAdmin(admin.ModelAdmin):
    """The blank form of a record, or the page of its own that makes it."""

    # The address of the page that makes such a record, where a plain form may not: see
    # `socle.publication`.
    ajout = ""

    def add_view(self, request, form_url="", extra_context=None):
        """Lead to the page that makes such a record, if it has one of its own."""
        if not self.ajout:
            return super().add_view(request, form_url, extra_context)
        if not self.has_add_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(self.ajout)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Save a blank form once: see `sent_once`."""
        page = (request, object_id, form_url, extra_context)
        once = object_id is None and request.POST.get("jeton")
        if not once or not self.has_add_permission(request):
            return super().changeform_view(*page)
        try:
            return self.save_once(page)
        except IntegrityError:
            # What the form names was removed between its choice and the writing: read again, it says
            # so. Nothing is written, and the success that was about to be told is not.
            request.added, request._messages = None, default_storage(request)
            return self.save_once(page)

    def save_once(self, page):
        """Show the answer to a blank form: written, refused, or already there."""
        request = page[0]

        def answer():
            answered = super(AjoutAdmin, self).changeform_view(*page)
            return answered, getattr(request, "added", None)

        return sent_once(request, answer, lambda key: self.already_added(request, key))

    def response_add(self, request, obj, post_url_continue=None):
        request.added = obj
        return super().response_add(request, obj, post_url_continue)

    def already_added(self, request, key):
        """Lead to the record that the first sending of a form has made, and say that it is the only one."""
        messages.warning(request, ALREADY)
        added = self.get_object(request, key)
        page = admin_url(added, "change") if added else admin_url(self.model, "changelist")
        return HttpResponseRedirect(page)

    def render_change_form(self, request, context, add=False, **kwargs):
        """Give a blank form its token."""
        if add:
            context["jeton"] = jeton_of(request)
        return super().render_change_form(request, context, add=add, **kwargs)
