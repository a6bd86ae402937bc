"""What happens to a chef de projet post: people come and go, offers are published, it closes."""

import datetime

from django import forms
from django.contrib.admin.widgets import AdminDateWidget
from django.db.models import Exists, OuterRef, Q

from projects.models import Desserte, Occupation, Poste, Recrutement
from pvd.socle.dates import Precision, in_words
from pvd.suivi.gestes.base import (
    DernierJourField,
    Geste,
    GesteForm,
    SansPrecisionForm,
    save,
)


def last_day(fin):
    """Write the last day of what is over from `fin` on."""
    return in_words(fin - datetime.timedelta(days=1))


def running(jour):
    """Keep, of each post of the outer query, the people who hold it on `jour`."""
    return Exists(Occupation.objects.as_of(jour).filter(poste=OuterRef("pk")))


def offers(jour):
    """Keep, of each post of the outer query, the offers under way on `jour`."""
    return Exists(Recrutement.objects.under_way(jour).filter(poste=OuterRef("pk")))


def is_open(jour):
    return Q(date_fermeture__isnull=True) | Q(date_fermeture__gt=jour)


class GesteDePoste(Geste):
    model = Poste
    impossible = "Ce poste est fermé."

    def communes(self, record, data):
        return list(Desserte.objects.filter(poste=record).values_list("commune", flat=True))

    def candidates(self, records, jour):
        """Keep the posts that are not closed."""
        return records.filter(is_open(jour))


class ArriveeForm(SansPrecisionForm):
    titulaire = forms.CharField(
        label="Nom de la personne", max_length=150, required=False, help_text="Interne."
    )
    courriel = forms.EmailField(label="Courriel", required=False, help_text="Interne.")
    telephone = forms.CharField(
        label="Téléphone", max_length=30, required=False, help_text="Interne."
    )
    field_order = ["date", "titulaire", "courriel", "telephone"]

    def prepare(self):
        self.fields["date"].label = "Arrivée le"

    def arrival(self):
        """Return the arrival, as a record."""
        data = self.cleaned_data
        return Occupation(
            poste=self.record,
            debut=data["date"],
            titulaire=data["titulaire"],
            courriel=data["courriel"],
            telephone=data["telephone"],
        )


def said_of(occupation, champ):
    """Return what the source says of an end of an occupation."""
    jour = getattr(occupation, champ)
    return (occupation, champ, jour, Precision.JOUR)


class Arrivee(GesteDePoste):
    slug = "arrivee"
    titre = "Arrivée d'un chef de projet"
    fait = "Arrivée d'un chef de projet"
    form = ArriveeForm
    adds = [Occupation]

    def told(self, record, data):
        return [f"{data['titulaire'] or 'Une personne'} arrive {in_words(data['date'])}."]

    def write(self, record, form, reason):
        arrived = save(form.arrival(), reason)
        return record, [said_of(arrived, "debut")]


class HolderForm(forms.Form):
    """Asks who leaves, and until when."""

    occupation = forms.ModelChoiceField(
        label="Qui part", queryset=Occupation.objects.none(), empty_label=None
    )
    depart = DernierJourField(label="Dernier jour en poste")

    def prepare(self):
        super().prepare()
        field = self.fields["occupation"]
        field.queryset = Occupation.objects.as_of(self.jour).filter(poste=self.record)
        field.label_from_instance = named

    def departure(self):
        """Return the occupation that ends, with its end."""
        leaving = self.cleaned_data["occupation"]
        leaving.fin = self.cleaned_data["depart"]
        return leaving

    def clean(self):
        """Refuse that someone leaves before the day of arrival."""
        data = super().clean()
        leaving, fin = data.get("occupation"), data.get("depart")
        if leaving and fin and fin <= leaving.debut:
            self.add_error("depart", f"Cette personne est arrivée {in_words(leaving.debut)}.")
        return data


def named(occupation):
    """Name someone in post, by the day of arrival if the name is not recorded."""
    since = f"en poste depuis {in_words(occupation.debut)}"
    return f"{occupation.titulaire}, {since}" if occupation.titulaire else f"personne {since}"


class DepartForm(HolderForm, SansPrecisionForm):
    date = None
    field_order = ["occupation", "depart"]


class GesteDeDepart(GesteDePoste):
    impossible = "Personne n'occupe ce poste aujourd'hui."

    def candidates(self, records, jour):
        """Keep the open posts that someone holds."""
        return super().candidates(records, jour).filter(running(jour))

    def told(self, record, data):
        return [
            f"Dernier jour en poste ({named(data['occupation'])}) : {last_day(data['depart'])}."
        ]

    def write(self, record, form, reason):
        gone = save(form.departure(), reason)
        return record, [said_of(gone, "fin")]


class Depart(GesteDeDepart):
    slug = "depart"
    titre = "Départ du chef de projet"
    fait = "Départ du chef de projet"
    form = DepartForm

    def told(self, record, data):
        return [*super().told(record, data), "Le poste est vacant ensuite."]


class ChangementForm(HolderForm, ArriveeForm):
    field_order = ["occupation", "depart", "date", "titulaire", "courriel", "telephone"]

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

    def told(self, record, data):
        return [*super().told(record, data), *Arrivee().told(record, data)]

    def write(self, record, form, reason):
        _, left = super().write(record, form, reason)
        _, came = Arrivee().write(record, form, reason)
        return record, left + came


class OffreForm(SansPrecisionForm):
    date_cloture = forms.DateField(
        label="Clôture des candidatures",
        widget=AdminDateWidget,
        required=False,
        help_text="Peut être à venir. Vide : non précisée.",
    )
    field_order = ["date", "date_cloture"]

    def prepare(self):
        self.fields["date"].label = "Offre publiée le"


class PublierOffre(GesteDePoste):
    slug = "publier-une-offre"
    titre = "Publier une offre"
    fait = "Offre publiée"
    form = OffreForm
    adds = [Recrutement]
    impossible = "Ce poste est fermé, ou une offre est déjà en cours."

    def candidates(self, records, jour):
        """Keep the open posts for which no offer is under way."""
        return super().candidates(records, jour).exclude(offers(jour))

    def told(self, record, data):
        told = [f"Une offre est publiée {in_words(data['date'])}."]
        if data["date_cloture"]:
            told.append(f"Les candidatures sont closes {in_words(data['date_cloture'])}.")
        return told

    def write(self, record, form, reason):
        data = form.cleaned_data
        offer = Recrutement(
            poste=record, date_publication=data["date"], date_cloture=data["date_cloture"]
        )
        save(offer, reason)
        return record, [(offer, "date_publication", data["date"], Precision.JOUR)]


class IssueForm(SansPrecisionForm):
    recrutement = forms.ModelChoiceField(
        label="Offre", queryset=Recrutement.objects.none(), empty_label=None
    )
    issue = forms.ChoiceField(label="Issue", choices=Recrutement.Issue)
    field_order = ["recrutement", "issue", "date"]

    def prepare(self):
        self.fields["date"].label = "Date de l'issue"
        of_poste = Recrutement.objects.under_way(self.jour).filter(poste=self.record)
        self.fields["recrutement"].queryset = of_poste


class IssueOffre(GesteDePoste):
    slug = "issue-de-l-offre"
    titre = "Issue de l'offre"
    fait = "Issue de l'offre"
    form = IssueForm
    impossible = "Aucune offre n'est en cours pour ce poste."

    def candidates(self, records, jour):
        """Keep the posts for which an offer is under way."""
        return records.filter(offers(jour))

    def told(self, record, data):
        issue = Recrutement.Issue(data["issue"])
        told = [f"Issue {in_words(data['date'])} : {issue.label} ({data['recrutement']})."]
        if issue == Recrutement.Issue.RECRUTE:
            told.append("L'arrivée de la personne s'enregistrera à part, à son premier jour.")
        return told

    def write(self, record, form, reason):
        data = form.cleaned_data
        offer = data["recrutement"]
        offer.issue, offer.date_issue = data["issue"], data["date"]
        save(offer, reason)
        return record, [(offer, "date_issue", data["date"], Precision.JOUR)]


class FermetureForm(GesteForm):
    def prepare(self):
        self.fields["date"].label = "Fermé le"
        self.fields["date"].help_text = "Premier jour où le poste n'existe plus."


class FermerPoste(GesteDePoste):
    slug = "fermer-le-poste"
    titre = "Fermer le poste"
    fait = "Poste fermé"
    form = FermetureForm
    impossible = "Ce poste est déjà fermé, ou une offre est en cours : dites d'abord son issue."

    def candidates(self, records, jour):
        """Keep the open posts for which no offer is under way."""
        return records.filter(date_fermeture__isnull=True).exclude(offers(jour))

    def leaving(self, record, fin):
        """Return the people who would still hold the post on `fin`."""
        return Occupation.objects.filter(Q(fin__isnull=True) | Q(fin__gt=fin), poste=record)

    def told(self, record, data):
        told = [f"Le poste n'existe plus {in_words(data['date'], data['precision'])}."]
        for occupation in self.leaving(record, data["date"]):
            told.append(f"Prend fin la veille au plus tard : {named(occupation)}.")
        return told

    def write(self, record, form, reason):
        data = form.cleaned_data
        for occupation in self.leaving(record, data["date"]):
            occupation.fin = data["date"]
            save(occupation, reason)
        record.date_fermeture, record.precision_fermeture = data["date"], data["precision"]
        save(record, reason)
        return record, [(record, "date_fermeture", data["date"], data["precision"])]
