"""The addresses of the back office, by the model or the record that they are about."""

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html


def admin_name(model, page):
    """Return the name of a page of the back office about `model`, as `get_urls` gives it."""
    return f"{model._meta.app_label}_{model._meta.model_name}_{page}"


def admin_url(of, page, *args, **kwargs):
    """Return the address of a page about a model or a record, with what else the page takes.

    `admin_url(convention, "change")` and `admin_url(Convention, "change", 12)` are of one kind.
    """
    if isinstance(of, Model):
        args = (of.pk, *args)
    return reverse(f"admin:{admin_name(of, page)}", args=args, kwargs=kwargs)


def undo_url(model, numero):
    """Return the address that takes back the act that wrote a version of `model`, by its number."""
    return reverse("admin:acte_annuler", args=[model._meta.label_lower, numero])


def with_undo(told, acte):
    """Return what is told of an act just done, with the link that takes it back if it wrote anything."""
    if acte is None or acte.derniere is None:
        return told
    url = undo_url(acte.derniere.instance_type, acte.derniere.history_id)
    return format_html('{} <a href="{}">Annuler</a>', told, url)
