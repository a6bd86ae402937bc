"""The form of a PDF that is deposited, and the link by which it is downloaded."""

from django.contrib import admin
from django.forms import FileInput, Widget
from django.utils.html import format_html

from socle.admin.choix import PerimetreForm


def link_to_file(document):
    """Return the link by which a document is downloaded, through the view that checks who reads it."""
    url = document.get_absolute_url()
    return format_html('<a href="{}">{}</a> ({})', url, document.nom, document.poids)


class Deposited(Widget):
    """Shows the file that a document already has, and takes no other."""

    def __init__(self, document):
        super().__init__()
        self.document = document

    def render(self, name, value, attrs=None, renderer=None):
        return link_to_file(self.document)


class DocumentForm(PerimetreForm):
    """The file is chosen once: a better copy is another document."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if file := self.fields.get("fichier"):
            file.disabled = bool(self.instance.pk)
            file.widget = Deposited(self.instance) if file.disabled else FileInput()
            file.widget.attrs["accept"] = "application/pdf"


class DeposeAdmin:
    """Shows the file, last of the fields, to whoever may correct the record; its link to the others."""

    form = DocumentForm
    readonly_fields = ["lien"]

    def get_fields(self, request, obj=None):
        """Give the link instead of the field to whoever only reads."""
        fields = super().get_fields(request, obj)
        if self.has_change_permission(request, obj):
            return fields
        return [*fields[:-1], "lien"]

    @admin.display(description="fichier PDF")
    def lien(self, document):
        return link_to_file(document)
