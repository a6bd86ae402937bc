"""The filters of a list and of its download, and its order."""

import django_filters
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F
from dsfr.forms import DsfrBaseForm

from socle.recherche import search_key
from socle.web.adresses import AdressesDeListe
from socle.web.choix import Plusieurs
from socle.web.ordre import Calcule, sorted_by
from socle.web.refus import DemandeInvalide, quoted
from socle.web.sorties import sorties_possibles

DEPARTEMENT_FIRST = "D'abord un département"
# Longer than any name; SQLite refuses to search for a text of fifty thousand characters.
LONGEST_SEARCH = 100
SANS_LETTRE = "sans_lettre"
# Of the values of a filter that is refused, those that the refusal repeats.
MOST_TOLD = 3


def refuse_repeated(data, name):
    """Refuse what is asked for twice and can have one value: the last one would hold, unseen.

    Raises `DemandeInvalide`.
    """
    asked = data.getlist(name) if hasattr(data, "getlist") else []
    if len(asked) > 1:
        told = " » et « ".join(f"{name}={quoted(value)}" for value in asked[:2])
        raise DemandeInvalide(f"Le critère « {told} » n'est demandé qu'une fois : gardez-en un.")


def searchable(text):
    """Refuse a text without letter or digit: every name would contain its empty search key."""
    if not search_key(text):
        raise ValidationError("Aucun nom ne peut correspondre.", SANS_LETTRE)


class RechercheFilter(django_filters.CharFilter):
    """A text typed by a visitor; one that no name can match is refused before any search."""

    def __init__(self, **kwargs):
        super().__init__(max_length=LONGEST_SEARCH, validators=[searchable], **kwargs)


class Filtres(django_filters.FilterSet):
    """The filters of a list and of its download: the same names, the same rows, at a day."""

    # The columns that the list can be sorted by (`?tri=nom`, `?tri=-nom`), each with its field, or
    # with a function of (queryset, jour) that adds what to sort by to the queryset, as `ordre`, or
    # with a `Calcule`.
    tris = {}
    # Filters that a file reads by the name of its column, and that the page has by another name.
    autres_noms = ()

    class Meta:
        form = DsfrBaseForm

    def __init__(self, request, queryset, jour, data=None):
        self.jour = jour
        super().__init__(
            data=request.GET if data is None else data, queryset=queryset, request=request
        )

    @property
    def rows(self):
        """Return the rows kept, sorted if `?tri=` asks for it; see `refuse_unknown`."""
        self.refuse_unknown()
        return self.in_order_asked(self.qs) if self.tri else self.qs

    def refuse_unknown(self):
        """Raise `DemandeInvalide`, naming the filter and its value, if it asks for what is not there."""
        for name, field in self.form.fields.items():
            if not isinstance(field, Plusieurs):
                refuse_repeated(self.data, name)
        refuse_repeated(self.data, "tri")
        if not self.is_valid():
            field, (refusal, *_) = next(iter(self.form.errors.as_data().items()))
            why = getattr(self.form.fields[field], "refus", "ne correspond à rien de connu.")
            if refusal.code == SANS_LETTRE:
                why = "n'a ni lettre ni chiffre : écrivez un bout du nom que vous cherchez."
            asked = (
                self.data.getlist(field) if hasattr(self.data, "getlist") else [self.data[field]]
            )
            told = " », « ".join(f"{field}={quoted(value)}" for value in asked[:MOST_TOLD])
            raise DemandeInvalide(f"Le filtre « {told} » {why}")

    @property
    def tri(self):
        """Return the column asked for, with « - » before it to go down, or an empty text.

        Raises `DemandeInvalide` for a column that the list cannot be sorted by.
        """
        self.refuse_tri()
        return self.data.get("tri", "").strip()

    def refuse_tri(self):
        """Raise `DemandeInvalide` for a column that the list cannot be sorted by."""
        asked = self.data.get("tri", "").strip()
        if asked and asked.removeprefix("-") not in self.tris:
            known = f"se trie par {', '.join(self.tris)}" if self.tris else "n'a qu'un ordre"
            raise DemandeInvalide(
                f"Le tri « tri={quoted(asked)} » n'existe pas : cette liste {known}."
            )

    def in_order_asked(self, queryset):
        """Sort by the column asked for; what is not known comes last both ways, and no tie is left."""
        column, descending = self.tri.removeprefix("-"), self.tri.startswith("-")
        field = self.tris[column]
        if isinstance(field, Calcule):
            return sorted_by(queryset, field.valeurs(queryset, self.jour), descending)
        if callable(field):
            queryset, field = field(queryset, self.jour), "ordre"
        ordre = F(field).desc if descending else F(field).asc
        return queryset.order_by(ordre(nulls_last=True), *queryset.model._meta.ordering, "pk")

    def chosen(self, name):
        """Return the valid value of a filter, or None; a list where several may be asked for."""
        return self.form.cleaned_data.get(name) or None if self.is_valid() else None

    def seul(self, name):
        """Return the value of a filter when it is the only one asked for, or None."""
        found = self.chosen(name)
        if isinstance(found, list):
            return found[0] if len(found) == 1 else None
        return found

    def offered(self):
        """Return, by filter, the records worth offering on the day; any other is still accepted.

        None for what is offered once a département is chosen: see `departement_of_choices`.
        """
        return {}

    def departement_of_choices(self, departements):
        """Return the département whose territories and ORT are offered, or None.

        It is the one chosen, that of the site, or the only one there is: of all France they would be
        thousands.
        """
        of_site = (d for d in departements if d.pk == settings.PVD_DEPARTEMENT)
        only = departements[0] if len(departements) == 1 else None
        return self.departement_choisi or next(of_site, only)

    def choices_offered(self):
        """Return what the lists of the form are filled with, in a dictionary of its own."""
        return dict(self.offered())

    def offer(self):
        """Fill the lists of the form with what is `offered`, and with what is already chosen."""
        for name, records in self.choices_offered().items():
            field, chosen = self.form.fields[name], self.chosen(name) or []
            nothing = field.empty_label if records is not None else DEPARTEMENT_FIRST
            records = list(records or [])
            records += [record for record in chosen if record not in records]
            options = [(field.prepare_value(record), self.option(record)) for record in records]
            field.widget.choices = [("", nothing), *options]
        return self

    def option(self, record):
        """Return the name of a record in a list, the one it bore on the day if it has changed."""
        return record.nom_au(self.jour) if hasattr(record, "nom_au") else str(record)

    @property
    def departement_choisi(self):
        """Return the only département asked for, or None."""
        return self.seul("departement")

    @property
    def premiers(self):
        """Return the two fields that a visitor sees at once: the name, and the département."""
        return list(self.form)[:2]

    @property
    def autres(self):
        """Return the fields one click away; another name of one is there only in use."""
        return [field for field in list(self.form)[2:] if self.shown(field.name)]

    def shown(self, name):
        """Tell whether the page shows a filter."""
        return name not in self.autres_noms or bool(self.chosen(name))

    @property
    def autres_actifs(self):
        """Tell whether one of them is in use, and must then be seen."""
        return any(self.chosen(field.name) for field in self.autres)

    @property
    def actifs(self):
        """Return the filters in use, a value at a time: (name, label, what it says, address without it)."""
        return [
            (name, label, said, self.adresses.changed(**{name: others}))
            for name, label, said, others in self.criteres
        ]

    @property
    def criteres(self):
        """Return the values asked for, each as (name, label, what it says, the others of that filter)."""
        found = []
        for name, field in self.form.fields.items():
            chosen = self.chosen(name) or []
            values = chosen if isinstance(chosen, list) else [chosen]
            written = [str(field.prepare_value(value)) for value in values]
            for place, value in enumerate(values):
                others = written[:place] + written[place + 1 :]
                found.append((name, field.label, self.said(name, value), others or None))
        return found

    @property
    def valeurs_demandees(self):
        """Return the values asked for as addresses write them, in the order of the filters."""
        found = []
        for name, field in self.form.fields.items():
            chosen = self.form.cleaned_data.get(name)
            values = chosen if isinstance(chosen, list) else [chosen]
            kept = (value for value in values if value not in (None, ""))
            found += [str(field.prepare_value(value)) for value in kept]
        return found

    def said(self, name, value):
        """Return how a value of a filter reads to a visitor."""
        field = self.form.fields[name]
        if hasattr(field, "queryset"):
            return self.option(value)
        return dict(getattr(field, "choices", [])).get(value, value)

    @property
    def lus(self):
        """Return the names that the list and its download read: the filters, the day, the order."""
        return [*self.form.fields, "au", "tri"]

    @property
    def adresses(self):
        return AdressesDeListe(self.data, self.lus, list(self.form.fields))

    def premier_jour(self):
        """Return the first day of which the list has a row, whatever the filters, or None."""
        return None

    def rows_for(self, data, jour):
        """Return the rows that the same list would have for another query and another day."""
        return type(self)(self.request, self.queryset, jour, data).rows

    @property
    def sorties_possibles(self):
        """Return what would fill an empty list, at a query each: to be read when nothing is found."""
        return sorties_possibles(self)
