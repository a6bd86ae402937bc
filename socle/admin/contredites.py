"""A date that is corrected asks what becomes of what a source was made to say of it.

Asked of every date, at whatever form, beside its field: a page would else name a source for a day
that it does not say.
"""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.utils import timezone

from socle.admin.choix import SearchedSelect
from socle.francais import liste
from socle.sources import (
    Affirmation,
    Source,
    affirm,
    precision_of,
    read_again,
    said_by,
    set_aside,
)

TO_ANSWER = "Cette date avait une source : dites ci-dessous ce qu'elle devient."


class Devenir(models.TextChoices):
    """What becomes of what a source was made to say."""

    RELUE = "relue", "Erreur de saisie : cette source dit bien la nouvelle date"
    AUTRE = "autre", "Une autre source dit la nouvelle date : nommez-la"
    SERVICE = "service", "Le service le sait par lui-même, à la date d'aujourd'hui"
    ECARTEE = "ecartee", "Cette source dit l'ancienne : le désaccord reste montré aux agents"
    RETIREE = "retiree", "Erreur de saisie : cette source n'en dit rien"


# A date that is emptied leaves nothing that a source could say.
OF_ANOTHER_DAY = [Devenir.RELUE, Devenir.AUTRE, Devenir.SERVICE, Devenir.ECARTEE]
OF_NO_DAY = [Devenir.RETIREE, Devenir.ECARTEE]


class DateContredite(forms.Form):
    """Asks what becomes of `dires`, the affirmations that say the day which a record held until now."""

    devenir = forms.ChoiceField(
        widget=forms.RadioSelect(attrs={"class": "radiolist"}),
        error_messages={"required": "Choisissez une réponse."},
    )
    source = forms.ModelChoiceField(
        label="Autre source", queryset=Source.objects.all(), required=False
    )

    def __init__(self, form, champ, dires, request, answered=False):
        prefix = f"dite-{form.add_prefix(champ)}"
        sent = {f"{prefix}-devenir": Devenir.ECARTEE} if answered else request.POST
        super().__init__(sent, prefix=prefix, label_suffix="")
        self.fiche, self.champ, self.dires = form.instance, champ, dires
        self.jour = getattr(self.fiche, champ)
        offered = OF_ANOTHER_DAY if self.jour else OF_NO_DAY
        self.fields["devenir"].choices = [(devenir.value, devenir.label) for devenir in offered]
        self.fields["source"].widget = searched_source(self.fields["source"], request)

    @property
    def question(self):
        """Say which day the date was until now, and by which source."""
        titles = liste(f"« {dire.source} »" for dire in self.dires)
        return f"L'ancienne date, {self.dires[0].dit}, a pour source {titles}. Qu'en est-il ?"

    def clean(self):
        data = super().clean()
        if data.get("devenir") == Devenir.AUTRE and "source" not in self.errors:
            if data["source"] is None:
                self.add_error("source", "Nommez la source qui dit la nouvelle date.")
            elif data["source"] in [dire.source for dire in self.dires]:
                self.add_error("source", "C'est elle qui dit l'ancienne date : nommez l'autre.")
        return data

    def write(self):
        """Do what was answered, once the record is saved."""
        devenir, precision = self.cleaned_data["devenir"], precision_of(self.fiche, self.champ)
        if devenir == Devenir.RETIREE:
            for dire in self.dires:
                dire.delete()
        elif devenir == Devenir.RELUE:
            for dire in self.dires:
                read_again(dire, self.jour, precision)
        else:
            set_aside(self.dires)
            if source := self.source_named():
                affirm(self.fiche, self.champ, f"{self.jour:%d/%m/%Y}", source, precision)

    def source_named(self):
        """Return the source that says the new date, by the answer, or None."""
        if self.cleaned_data["devenir"] == Devenir.SERVICE:
            return Source.connaissance_du_service(timezone.localdate()).kept()
        answered = self.cleaned_data["devenir"] == Devenir.AUTRE
        return self.cleaned_data["source"] if answered else None


def searched_source(field, request):
    """Return what chooses a source by its title, and lets one that is missing be added."""
    link = Affirmation._meta.get_field("source")
    searched = SearchedSelect(link, admin.site, choices=field.choices)
    may_add = admin.site.get_model_admin(Source).has_add_permission(request)
    return RelatedFieldWidgetWrapper(
        searched, link.remote_field, admin.site, can_add_related=may_add
    )


def contredites(form, page, request):
    """Return a `DateContredite` for each date that `form` changes while a source says the old one.

    `page` is what the page writes itself of what sources say of this record, by its key, None for
    what it removes. Where it has another one say the new date, it has answered.
    """
    found = []
    for champ in date_names(form):
        old, new = form.initial.get(champ), getattr(form.instance, champ)
        if not old or old == new:
            continue
        said = [page.get(dire.pk, dire) for dire in said_by(form.instance, champ, old)]
        dires = [dire for dire in said if dire and says(dire, champ, old)]
        answered = any(dire and says(dire, champ, new) for dire in page.values())
        if dires:
            found.append(DateContredite(form, champ, dires, request, answered))
    return found


def says(dire, champ, jour):
    """Tell whether an affirmation is retained, and says `jour` of a field."""
    return (dire.champ, dire.retenue, dire.valeur) == (champ, True, str(jour))


def date_names(form):
    """Return the names of the dates of a record that its form shows."""
    fields = form.instance._meta.concrete_fields
    return [f.name for f in fields if isinstance(f, models.DateField) and f.name in form.fields]


def written_by(formsets):
    """Return what a page writes of what sources say of its record: see `contredites`."""
    page = {}
    for formset in formsets:
        if formset.model is Affirmation and formset.is_valid():
            removed = formset.deleted_forms
            kept = [form for form in formset.forms if form.has_changed() or form.instance.pk]
            for form in kept:
                page[form.instance.pk or form.prefix] = None if form in removed else form.instance
    return page
