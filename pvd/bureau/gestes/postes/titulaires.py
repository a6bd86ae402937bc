"""People arrive in a post, leave it, follow each other, and have their contract extended."""

from django import forms
from django.db.models import Q

from projects.postes.models import Alerte, MotifDepart, Occupation, Recrutement, TypeContrat
from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.formulaire import DernierJourField, SansPrecisionForm
from pvd.bureau.gestes.postes.commun import (
    QUOTITE,
    GesteDePoste,
    last_day,
    named,
    running,
    said_of,
    until,
)
from socle.admin.champs import LastDayField
from socle.dates import Precision, in_words

NOT_SAID = [("", "non précisé")]
ARRIVAL = [
    "titulaire",
    "courriel",
    "telephone",
    "type_contrat",
    "quotite",
    "fin_contrat_prevue",
    "recrutement",
]


class ArriveeForm(SansPrecisionForm):
    titulaire = forms.CharField(
        label="Nom de la personne", max_length=150, required=False, help_text="Interne."
    )
    courriel = forms.EmailField(label="Courriel", required=False, help_text="Interne.")
    telephone = forms.CharField(
        label="Téléphone", max_length=30, required=False, help_text="Interne."
    )
    type_contrat = forms.ChoiceField(
        label="Type de contrat", choices=NOT_SAID + TypeContrat.choices, required=False
    )
    quotite = forms.IntegerField(
        label="Quotité de temps sur ce poste, en %", help_text="100 : temps plein.", **QUOTITE
    )
    fin_contrat_prevue = LastDayField(
        label="Dernier jour du contrat",
        required=False,
        help_text="Vide : sans terme, ou non connu.",
    )
    recrutement = forms.ModelChoiceField(
        label="Offre qui l'a recrutée",
        queryset=Recrutement.objects.none(),
        required=False,
        empty_label="aucune, ou non connue",
        help_text="Une offre encore en cours prend fin par cette arrivée.",
    )
    field_order = ["date", *ARRIVAL]

    def prepare(self):
        self.fields["date"].label = "Arrivée le"
        self.fields["titulaire"].widget.attrs["class"] = "vTextField"
        recruited = Q(issue=Recrutement.Issue.RECRUTE, occupation__isnull=True)
        field = self.fields["recrutement"]
        field.queryset = Recrutement.objects.filter(
            recruited | Q(issue=""), poste=self.record
        ).order_by("-date_publication", "-pk")
        field.label_from_instance = offer_named
        field.initial = self.likely_offer()

    def likely_offer(self):
        """Return the last offer of the post, if nobody has arrived since it was published, or None."""
        last = self.record.recrutements.order_by("date_publication", "pk").last()
        if last is None or last not in self.fields["recrutement"].queryset:
            return None
        since = self.record.occupations.filter(debut__gte=last.date_publication)
        return None if since.exists() else last

    def clean(self):
        """Refuse someone recruited by an offer that was not published yet."""
        data = super().clean()
        offer, came = data.get("recrutement"), data.get("date")
        if offer and came and came < offer.date_publication:
            self.add_error(
                "recrutement", f"Cette offre a été publiée {in_words(offer.date_publication)}."
            )
        return data

    def arrival(self):
        """Return the arrival, as a record."""
        data = self.cleaned_data
        names = [name for name in ARRIVAL if name != "recrutement"]
        fields = {name: data[name] for name in names}
        return Occupation(poste=self.record, debut=data["date"], **fields)


def offer_named(offer):
    """Name an offer by its publication, and say where it stands."""
    if offer.issue:
        return f"publiée {in_words(offer.date_publication)}, personne recrutée"
    return f"publiée {in_words(offer.date_publication)}, encore en cours"


class Arrivee(GesteDePoste):
    slug = "arrivee"
    titre = "Arrivée d'un chef de projet"
    fait = "Arrivée d'un chef de projet"
    form = ArriveeForm
    adds = [Occupation]

    def phrases(self, record, data):
        phrases = [f"{data['titulaire'] or 'Une personne'} arrive {in_words(data['date'])}."]
        terms = [TypeContrat(data["type_contrat"]).label] if data["type_contrat"] else []
        if data["quotite"]:
            terms.append(f"{data['quotite']} % d'un temps plein")
        if data["fin_contrat_prevue"]:
            terms.append(f"jusqu'au {until(data['fin_contrat_prevue'])}")
        if terms:
            phrases.append(f"Contrat : {', '.join(terms)}.")
        if offer := data["recrutement"]:
            days = (data["date"] - offer.date_publication).days
            phrases.append(f"Recrutement en {days} jours, par l'{offer}.")
            if not offer.issue:
                phrases.append("Cette offre prend fin : personne recrutée.")
        return phrases

    def warnings(self, record, data):
        """Tell that several people hold the post at once: it happens, and may be a mistake."""
        held = Occupation.objects.filter(poste=record)
        arrived = held.filter(debut=data["date"]).order_by("pk").last()
        others = held.as_of(data["date"]).exclude(pk=arrived.pk)
        return [
            Alerte(
                "simultanees",
                f"Deux personnes tiennent le poste en même temps : {named(other)}.",
                "Si elle est partie, enregistrez d'abord son départ.",
            )
            for other in others
        ]

    def write(self, record, form, reason):
        arrived = save(form.arrival(), reason)
        said = [said_of(arrived, "debut")]
        if chosen := form.cleaned_data["recrutement"]:
            # Read again: the form has already been tried, and what it holds was changed then.
            offer = Recrutement.objects.get(pk=chosen.pk)
            if not offer.issue:
                offer.issue, offer.date_issue = Recrutement.Issue.RECRUTE, arrived.debut
                # Recruited on the day of arrival at the latest: no other day is known.
                said.append((offer, "date_issue", arrived.debut, Precision.AU_PLUS_TARD))
            offer.occupation = arrived
            save(offer, reason)
        return record, said


class HolderForm(forms.Form):
    """Asks which of those in post it is about."""

    occupation = forms.ModelChoiceField(
        label="Qui part", queryset=Occupation.objects.none(), empty_label=None
    )

    def prepare(self):
        super().prepare()
        field = self.fields["occupation"]
        field.queryset = Occupation.objects.as_of(self.jour).filter(poste=self.record)
        field.label_from_instance = named


class LeaverForm(HolderForm):
    """Asks who leaves, until when and why."""

    depart = DernierJourField(label="Dernier jour en poste")
    motif_depart = forms.ChoiceField(
        label="Motif du départ",
        choices=NOT_SAID + MotifDepart.choices,
        required=False,
        help_text="Interne.",
    )

    def departure(self):
        """Return the occupation that ends, with its end."""
        leaving = self.cleaned_data["occupation"]
        leaving.fin = self.cleaned_data["depart"]
        leaving.motif_depart = self.cleaned_data["motif_depart"]
        return leaving

    def clean(self):
        """Refuse that someone leaves before the day of arrival."""
        data = super().clean()
        leaving, fin = data.get("occupation"), data.get("depart")
        if leaving and fin and fin <= leaving.debut:
            self.add_error("depart", f"Cette personne est arrivée {in_words(leaving.debut)}.")
        return data


class DepartForm(LeaverForm, SansPrecisionForm):
    date = None
    field_order = ["occupation", "depart", "motif_depart"]


class GesteDeTitulaire(GesteDePoste):
    """What happens to someone in post."""

    impossible = "Personne n'occupe ce poste aujourd'hui."

    def candidates(self, records, jour):
        """Keep the open posts that someone holds."""
        return super().candidates(records, jour).filter(running(jour))


class GesteDeDepart(GesteDeTitulaire):
    def phrases(self, record, data):
        gone = f"Dernier jour en poste ({named(data['occupation'])}) : {last_day(data['depart'])}."
        if not data["motif_depart"]:
            return [gone]
        return [gone, f"Motif : {MotifDepart(data['motif_depart']).label}."]

    def warnings(self, record, data):
        """Tell that someone left after the last day of the contract: it was perhaps extended."""
        ended = data["occupation"].fin_contrat_prevue
        if ended is None or data["depart"] <= ended:
            return []
        told = f"Le départ est après le dernier jour du contrat, {last_day(ended)}."
        return [Alerte("apres_le_contrat", told, "S'il a été prolongé, enregistrez-le d'abord.")]

    def write(self, record, form, reason):
        gone = save(form.departure(), reason)
        return record, [said_of(gone, "fin")]


class Depart(GesteDeDepart):
    slug = "depart"
    titre = "Départ du chef de projet"
    fait = "Départ du chef de projet"
    form = DepartForm

    def phrases(self, record, data):
        """Say besides what the post is from the next day on: vacant, unless someone else holds it."""
        others = Occupation.objects.as_of(data["depart"]).filter(poste=record)
        if others.exclude(pk=data["occupation"].pk).exists():
            return [
                *super().phrases(record, data),
                "Le poste reste pourvu : une autre personne l'occupe.",
            ]
        day = in_words(data["depart"])
        return [*super().phrases(record, data), f"Personne ne l'occupe plus, dès {day}."]


class ChangementForm(LeaverForm, ArriveeForm):
    field_order = ["occupation", "depart", "motif_depart", "date", *ARRIVAL]

    def prepare(self):
        super().prepare()
        self.fields["date"].label = "Arrivée du suivant le"
        self.fields["titulaire"].label = "Nom de la personne qui arrive"


class ChangerTitulaire(GesteDeDepart):
    slug = "changer-de-chef-de-projet"
    titre = "Changer de chef de projet"
    fait = "Changement de chef de projet"
    form = ChangementForm
    adds = [Occupation]

    def phrases(self, record, data):
        return [*super().phrases(record, data), *Arrivee().phrases(record, data)]

    def warnings(self, record, data):
        return [*super().warnings(record, data), *Arrivee().warnings(record, data)]

    def write(self, record, form, reason):
        _, left = super().write(record, form, reason)
        _, came = Arrivee().write(record, form, reason)
        return record, left + came


class ContratForm(HolderForm, SansPrecisionForm):
    date = None
    fin_contrat_prevue = LastDayField(
        label="Nouveau dernier jour du contrat", help_text="Peut être à venir."
    )
    field_order = ["occupation", "fin_contrat_prevue"]

    def prepare(self):
        super().prepare()
        self.fields["occupation"].label = "Contrat de"

    def clean(self):
        """Refuse an end that does not extend the one that is known."""
        data = super().clean()
        holder, fin = data.get("occupation"), data.get("fin_contrat_prevue")
        known = holder and holder.fin_contrat_prevue
        if fin and known and fin <= known:
            self.add_error("fin_contrat_prevue", f"Le contrat va déjà jusqu'au {until(known)}.")
        elif fin and holder and fin <= holder.debut:
            self.add_error(
                "fin_contrat_prevue", f"Cette personne est arrivée {in_words(holder.debut)}."
            )
        return data


class ProlongerContrat(GesteDeTitulaire):
    slug = "prolonger-un-contrat"
    titre = "Prolonger un contrat"
    fait = "Contrat prolongé"
    form = ContratForm

    def phrases(self, record, data):
        holder = Occupation.objects.get(pk=data["occupation"].pk)
        phrase = (
            f"Dernier jour du contrat ({named(holder)}) : {last_day(data['fin_contrat_prevue'])}"
        )
        if holder.fin_contrat_prevue:
            return [f"{phrase}, au lieu du {until(holder.fin_contrat_prevue)}."]
        return [f"{phrase}."]

    def write(self, record, form, reason):
        holder = form.cleaned_data["occupation"]
        holder.fin_contrat_prevue = form.cleaned_data["fin_contrat_prevue"]
        save(holder, reason)
        return record, [said_of(holder, "fin_contrat_prevue")]
