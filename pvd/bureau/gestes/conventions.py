"""What happens to a convention: it is signed, then avenants add, remove communes or extend it."""

from django import forms
from django.contrib import admin

from communes.models import Commune
from ort.models import Avenant, CommuneCouverte, Convention
from ort.models.droits import Plume
from ort.regles import date_fin_au, duree_au
from pvd.bureau.gestes.base import CasesField, Geste, GesteForm, save
from socle.admin.portee import CommunesField, CommunesSelect
from socle.dates import add_years, in_words, last_day
from socle.francais import liste, pluriel
from socle.sources import Affirmation, record_type

# What the national list says of a commune whose ORT is not known.
ENTREE_ORT = "date_entree_ort"


OTHERS_ARE_PROPOSED = (
    "Celles de vos départements ; la sortie des autres se propose, sur la fiche de la convention."
)


class GesteDeConvention(Geste):
    model = Convention

    def communes(self, record, data):
        covered = CommuneCouverte.objects.filter(convention=record).values_list("commune")
        added = [commune.pk for commune in data.get("communes") or []]
        return [*(pk for (pk,) in covered), *added]


class ConventionForm(GesteForm):
    duree_annees = forms.IntegerField(
        label="Durée, en années", min_value=1, max_value=99, required=False
    )
    field_order = ["date", "precision", "duree_annees"]

    def prepare(self):
        self.fields["date"].label = "Signée le"
        self.fields["duree_annees"].initial = self.record.duree_annees


class SignerConvention(GesteDeConvention):
    slug = "signer-convention"
    titre = "Signer la convention"
    fait = "Convention signée"
    form = ConventionForm
    impossible = "Cette convention est déjà signée."

    def candidates(self, records, jour):
        """Keep the conventions that are not signed."""
        return records.filter(date_signature__isnull=True)

    def phrases(self, record, data):
        phrases = [f"{record} est signée {in_words(data['date'], data['precision'])}."]
        if data["duree_annees"]:
            phrases.append(f"Elle vaut pour {pluriel(data['duree_annees'], 'an,ans')}.")
        covered = Commune.objects.filter(
            couvertures__convention=record, couvertures__entree__isnull=True
        )
        if names := liste(covered):
            return [*phrases, f"Communes couvertes dès ce jour-là : {names}."]
        return [*phrases, "Aucune commune n'y est enregistrée : ajoutez-les sur sa fiche."]

    def write(self, record, form, reason):
        data = form.cleaned_data
        record.date_signature, record.precision_signature = data["date"], data["precision"]
        record.duree_annees = data["duree_annees"] or record.duree_annees
        save(record, reason)
        return record, [(record, "date_signature", data["date"], data["precision"])]


class AvenantForm(GesteForm):
    numero = forms.IntegerField(
        label="Numéro de l'avenant",
        min_value=1,
        max_value=999,
        required=False,
        help_text="Celui que porte l'acte ; vide s'il n'est pas connu.",
    )
    field_order = ["date", "precision", "numero"]

    def prepare(self):
        self.fields["date"].label = "Avenant signé le"

    def clean(self):
        data = super().clean()
        signed, jour = self.record.date_signature, data.get("date")
        if jour and signed and last_day(jour, data.get("precision")) < signed:
            self.add_error(
                "date",
                "Un avenant ne peut pas être signé avant sa convention, "
                f"signée {in_words(signed, self.record.precision_signature)}.",
            )
        return data


class GesteParAvenant(GesteDeConvention):
    """What an avenant does to a signed convention: the avenant and its effects, in one go."""

    adds = [Avenant]
    impossible = "Cette convention n'est pas signée : elle ne peut pas avoir d'avenant."

    def candidates(self, records, jour):
        """Keep the conventions that are signed."""
        return records.signees(jour)

    def head(self, record, data):
        """Say which avenant will be written."""
        number = f" n° {data['numero']}" if data["numero"] else ""
        jour = in_words(data["date"], data["precision"])
        return f"Un avenant{number} à la convention « {record} » est signé {jour}."

    def write(self, record, form, reason):
        data = form.cleaned_data
        avenant = Avenant(
            convention=record,
            numero=data["numero"],
            date_signature=data["date"],
            precision_signature=data["precision"],
            duree_annees=data.get("duree_annees"),
        )
        save(avenant, reason)
        self.write_effects(avenant, form, reason)
        return record, [(avenant, "date_signature", data["date"], data["precision"])]

    def write_effects(self, avenant, form, reason):
        """Write what the avenant does besides being signed."""


class AjoutForm(AvenantForm):
    communes = CommunesField(
        label="Communes ajoutées",
        queryset=Commune.objects.none(),
        help_text="Tapez le début d'un nom ou un code INSEE ; plusieurs communes sont possibles.",
    )
    field_order = ["communes", "date", "precision", "numero"]

    def prepare(self):
        super().prepare()
        field = self.fields["communes"]
        field.widget = CommunesSelect(CommuneCouverte, admin.site, self.record)
        field.queryset = self.record.communes_within_reach(self.user)
        field.widget.choices = field.choices

    def clean_communes(self):
        """Refuse a commune that the convention covers already: an exit not signed is no exit."""
        chosen = self.cleaned_data["communes"]
        covered = chosen.filter(
            couvertures__convention=self.record, couvertures__sortie__date_signature__isnull=True
        )
        if names := liste(covered.distinct()):
            raise forms.ValidationError(f"Déjà dans cette ORT : {names}.")
        return chosen


class AjouterCommunes(GesteParAvenant):
    slug = "avenant-ajouter-communes"
    titre = "Avenant : ajouter des communes"
    fait = "Avenant qui ajoute des communes"
    form = AjoutForm
    adds = [Avenant, CommuneCouverte]

    def phrases(self, record, data):
        communes = data["communes"]
        verb = "Y entrent" if len(communes) > 1 else "Y entre"
        return [self.head(record, data), f"{verb} : {liste(communes)}."]

    def write(self, record, form, reason):
        """Settle besides what a source said, and nobody retained, of the entry of these communes."""
        shown, sayings = super().write(record, form, reason)
        data = form.cleaned_data
        doubted = Affirmation.objects.ecartees().filter(
            content_type=record_type(Commune), champ=ENTREE_ORT
        )
        for commune in data["communes"].filter(pk__in=doubted.values("object_id")):
            sayings.append((commune, ENTREE_ORT, data["date"], data["precision"]))
        return shown, sayings

    def write_effects(self, avenant, form, reason):
        for commune in form.cleaned_data["communes"]:
            entree = CommuneCouverte(convention=avenant.convention, commune=commune, entree=avenant)
            save(entree, reason)


class RetraitForm(AvenantForm):
    couvertures = CasesField(label="Communes retirées", queryset=CommuneCouverte.objects.none())
    field_order = ["couvertures", "date", "precision", "numero"]

    def prepare(self):
        super().prepare()
        inside = CommuneCouverte.objects.filter(convention=self.record, sortie__isnull=True)
        field, plume = self.fields["couvertures"], Plume(self.user)
        if not plume.tient(self.record.departement_reference_id):
            inside = inside.filter(commune__departement__in=plume.departements)
            field.help_text = OTHERS_ARE_PROPOSED
        field.queryset = inside.select_related("commune", "convention", "entree")
        field.label_from_instance = lambda couverture: str(couverture.commune)

    def clean(self):
        """Refuse that a commune leaves before it has come in, or on that very day."""
        data = super().clean()
        for couverture in data.get("couvertures") or []:
            entered = couverture.acte_entree.date_signature
            if data.get("date") and (entered is None or data["date"] <= entered):
                self.add_error("couvertures", f"{couverture.commune} n'y était pas encore entrée.")
        return data


class RetirerCommunes(GesteParAvenant):
    slug = "avenant-retirer-communes"
    titre = "Avenant : retirer des communes"
    fait = "Avenant qui retire des communes"
    form = RetraitForm
    adds = [Avenant]

    def phrases(self, record, data):
        names = liste(couverture.commune for couverture in data["couvertures"])
        verb = "En sortent" if len(data["couvertures"]) > 1 else "En sort"
        return [self.head(record, data), f"{verb} : {names}."]

    def write_effects(self, avenant, form, reason):
        for couverture in form.cleaned_data["couvertures"]:
            couverture.sortie = avenant
            save(couverture, reason)


class ProlongationForm(AvenantForm):
    duree_annees = forms.IntegerField(
        label="Nouvelle durée totale, en années",
        min_value=1,
        max_value=99,
        help_text="Depuis la signature de la convention.",
    )
    field_order = ["duree_annees", "date", "precision", "numero"]

    def clean_duree_annees(self):
        """Refuse a duration that does not extend the one in force."""
        duration, current = self.cleaned_data["duree_annees"], duree_au(self.record, self.jour)
        if current and duration <= current:
            raise forms.ValidationError(
                f"La durée est déjà de {pluriel(current, 'an,ans')} : un avenant qui prolonge "
                "la porte à davantage."
            )
        return duration


class Prolonger(GesteParAvenant):
    slug = "avenant-prolonger"
    titre = "Avenant : prolonger"
    fait = "Avenant qui prolonge"
    form = ProlongationForm

    def phrases(self, record, data):
        before = date_fin_au(record, data["date"])
        after = add_years(record.date_signature, data["duree_annees"])
        ended = f", au lieu d'être échue {in_words(before)}" if before else ""
        return [
            self.head(record, data),
            f"Sa durée totale est portée à {pluriel(data['duree_annees'], 'an,ans')} : "
            f"elle vaut jusqu'à être échue {in_words(after)}{ended}.",
        ]
