"""What a rule put together wrongly is corrected: communes leave for another convention."""

import datetime
from itertools import groupby

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from ort.models import Avenant, CommuneCouverte, Convention
from ort.models.validations import ModificationExterieure, Validation
from pvd.bureau.gestes.conventions.nouvelle import intitule_usuel
from pvd.bureau.gestes.conventions.regroupement import GesteDeRegroupement, day_of
from pvd.bureau.gestes.ecriture import save, unused
from pvd.bureau.gestes.formulaire import CasesField, SansPrecisionForm, offer
from socle.admin.choix import SearchedSelect
from socle.dates import Precision, in_words
from socle.francais import liste, pluriel
from socle.sources import Affirmation

ONLY_AVENANTS = (
    "Il ne resterait à « {} » que des communes entrées par avenant : déplacez plutôt celles-là."
)
SIGNED_AFTER = (
    "« {} » est signée {} : des communes dont l'acte est signé avant n'y entrent pas ; déplacez plutôt "
    "les siennes ici."
)
OTHERS_REST = "« {} » n'aurait plus de commune, et porte encore : {}. Déplacez-les d'abord."
# What goes with a record, and is no reason to keep it.
GOES_WITH_IT = (CommuneCouverte, Avenant, Affirmation, Validation, ModificationExterieure)


class DeplacementForm(SansPrecisionForm):
    date = None

    couvertures = CasesField(
        label="Communes qui n'y ont pas signé",
        queryset=CommuneCouverte.objects.none(),
        help_text="Toutes, pour réunir cette ORT à une autre : sa fiche disparaît alors.",
    )
    vers = forms.ModelChoiceField(
        label="Elles sont de l'ORT",
        queryset=Convention.objects.none(),
        required=False,
        help_text="Vide : une convention à part, signée le jour de leur acte.",
    )
    duree_annees = forms.IntegerField(
        label="Durée de cette convention à part, en années",
        min_value=1,
        max_value=99,
        required=False,
    )

    def prepare(self):
        rows = CommuneCouverte.objects.filter(convention=self.record, sortie__isnull=True)
        field = self.fields["couvertures"]
        field.queryset = rows.select_related("commune", "convention", "entree")
        field.label_from_instance = lambda row: f"{row.commune} ({day_of(row.acte_entree).lower()})"
        others = Convention.objects.ort().tenues_par(self.user).exclude(pk=self.record.pk)
        link = CommuneCouverte._meta.get_field("convention")
        offer(self, "vers", others, SearchedSelect(link, admin.site))

    def clean(self):
        """Refuse to make apart what would be the same convention, and to leave avenants alone behind."""
        data = super().clean()
        if self.errors:
            return data
        kept = CommuneCouverte.objects.filter(convention=self.record)
        kept = kept.exclude(pk__in=data["couvertures"].values("pk"))
        if not (kept or data["vers"]):
            self.add_error("vers", "Dites à quelle ORT, ou laissez ici une commune au moins.")
        elif kept and not any(row.entree_id is None for row in kept):
            self.add_error("couvertures", ONLY_AVENANTS.format(self.record))
        elif data["vers"] and data["duree_annees"]:
            self.add_error("duree_annees", "Cette durée est celle d'une convention à part.")
        elif data["vers"]:
            self.refuse_twice(data)
        return data

    def refuse_twice(self, data):
        communes = data["couvertures"].values("commune")
        there = CommuneCouverte.objects.filter(convention=data["vers"], commune__in=communes)
        if names := liste(row.commune for row in there.select_related("commune")):
            self.add_error("vers", f"Déjà dans cette ORT : {names}.")


class DeplacerCommunes(GesteDeRegroupement):
    """The acts go with their communes: of the same day in the other convention, they are one act."""

    slug = "separer-ou-reunir"
    titre = "Séparer ou réunir des communes"
    fait = "Communes d'une ORT regroupée par règle, déplacées"
    form = DeplacementForm
    adds = [Convention, Avenant]

    def phrases(self, record, data):
        rows = moved_rows(data)
        where = f"« {data['vers']} »" if data["vers"] else f"« {title_of(rows)} », à part"
        told = [
            f"{day_of(acte)} : {liste(row.commune for row in of_act)} → {where}."
            for acte, of_act in by_act(rows)
        ]
        if data["duree_annees"]:
            told.append(f"Elle vaut pour {pluriel(data['duree_annees'], 'an,ans')}.")
        left = record.couvertures.exclude(pk__in=[row.pk for row in rows])
        if not left.exists():
            told.append(f"« {record} » n'a plus de commune : sa fiche est supprimée.")
        elif record.secteurs.exists() or record.parties.exists():
            told.append(f"Les secteurs et les parties enregistrés restent à « {record} ».")
        return told

    def write(self, record, form, reason):
        data = form.cleaned_data
        rows, said = moved_rows(data), []
        left = {row.entree_id for row in rows if row.entree_id}
        there = data["vers"] and Convention.objects.get(pk=data["vers"].pk)
        there = there or self.apart(record, rows, data["duree_annees"], reason)
        for acte, of_act in by_act(rows):
            entry = entry_into(there, acte, reason)
            for row in of_act:
                row.convention, row.entree = there, entry
                save(row, reason)
            said += sayings(entry or there)
        self.leave(record, left)
        return there, said

    def apart(self, record, rows, duree, reason):
        """Return the convention that communes make by themselves, of the day of their first act."""
        acte, communes = rows[0].acte_entree, [row.commune for row in rows]
        made = Convention(
            intitule=title_of(rows),
            porteur=record.porteur,
            departement_reference=record.departement_reference,
            date_signature=acte.date_signature,
            precision_signature=acte.precision_signature,
            date_signature_prevue=acte.date_signature_prevue,
            duree_annees=duree,
        )
        made.identifiant = unused(Convention, "identifiant", made.intitule, "ort")
        if record.ville_principale in communes:
            made.ville_principale, made.origine = record.ville_principale, record.origine
            record.ville_principale = None
            save(record, reason)
        return save(made, reason)

    def leave(self, record, entrees):
        """Remove the avenants that do nothing any more, and the convention itself when it covers nobody."""
        for avenant in Avenant.objects.filter(pk__in=entrees):
            if not (avenant.objets() or avenant.objet or resting_on(avenant)):
                avenant.delete()
        if record.couvertures.exists():
            return
        if rest := resting_on(record):
            raise ValidationError(OTHERS_REST.format(record, liste(rest)))
        record.delete()


def moved_rows(data):
    """Return the rows that are ticked, as they are now, in the order of the acts by which they came in."""
    keys = list(data["couvertures"].values_list("pk", flat=True))
    rows = CommuneCouverte.objects.filter(pk__in=keys)
    return sorted(rows.select_related("commune", "convention", "entree"), key=rank)


def rank(row):
    acte = row.acte_entree
    signed = acte.date_signature or datetime.date.max
    return (
        signed,
        acte.date_signature_prevue or datetime.date.max,
        row.entree_id or 0,
        row.commune_id,
    )


def by_act(rows):
    """Return the acts by which these rows came in, each with its rows."""
    return [
        (of_act[0].acte_entree, of_act)
        for _, found in groupby(rows, key=lambda row: row.entree_id)
        if (of_act := list(found))
    ]


def title_of(rows):
    return intitule_usuel({"communes": [row.commune for row in rows], "nature": "oui"})


def of_day(acte):
    """Return what two acts have in common to be one: their day, signed or planned, as it is known."""
    if acte.date_signature:
        return acte.date_signature, acte.precision_signature
    return None, acte.date_signature_prevue


def entry_into(there, acte, reason):
    """Return the act of `there` that is of the day of `acte`: None for the convention, else an avenant."""
    if of_day(there) == of_day(acte):
        return None
    for avenant in there.avenants.order_by("pk"):
        if of_day(avenant) == of_day(acte):
            return avenant
    signed = there.date_signature
    if signed and acte.date_signature and acte.date_signature < signed:
        told = in_words(signed, there.precision_signature)
        raise ValidationError(SIGNED_AFTER.format(there, told))
    avenant = Avenant(convention=there, date_signature=acte.date_signature)
    avenant.precision_signature = acte.precision_signature
    avenant.date_signature_prevue = acte.date_signature_prevue
    return save(avenant, reason)


def sayings(acte):
    """Return what the source says of an act: the day when it is signed, or when it is to be."""
    if acte.date_signature:
        return [(acte, "date_signature", acte.date_signature, acte.precision_signature)]
    planned = acte.date_signature_prevue
    return [(acte, "date_signature_prevue", planned, Precision.JOUR)] if planned else []


def resting_on(fiche):
    """Return, by their names, the sorts of records that name a record, besides what goes with it."""
    return [
        str(link.related_model._meta.verbose_name_plural)
        for link in fiche._meta.related_objects
        if link.related_model not in GOES_WITH_IT
        and link.related_model._base_manager.filter(**{link.field.name: fiche}).exists()
    ]
