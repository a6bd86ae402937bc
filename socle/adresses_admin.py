"""The addresses of the back office, by the model or the record that they are about."""

from django.db.models import Model
from django.urls import reverse


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
