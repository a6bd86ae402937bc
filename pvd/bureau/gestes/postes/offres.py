"""An offer is published for a post, and something comes of it."""

from django import forms

from projects.postes.models import Recrutement
from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.formulaire import JourField, SansPrecisionForm
from pvd.bureau.gestes.postes.commun import GesteDePoste, offers, said_of
from socle.admin.champs import DayField
from socle.dates import in_words


class OffreForm(SansPrecisionForm):
    date_cloture = DayField(
        label="Clôture des candidatures",
        required=False,
        help_text="Peut être à venir. Vide : non précisée.",
    )
    adresse_offre = forms.URLField(
        label="Adresse de l'offre",
        max_length=400,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"class": "vTextField"}),
        help_text="La page où elle se lit. Publique.",
    )
    field_order = ["date", "date_cloture", "adresse_offre"]

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

    def phrases(self, record, data):
        phrases = [f"Une offre est publiée {in_words(data['date'])}."]
        if data["date_cloture"]:
            phrases.append(f"Les candidatures sont closes {in_words(data['date_cloture'])}.")
        if data["adresse_offre"]:
            phrases.append(f"Elle se lit à l'adresse {data['adresse_offre']}")
        return phrases

    def write(self, record, form, reason):
        data = form.cleaned_data
        offer = Recrutement(
            poste=record,
            date_publication=data["date"],
            date_cloture=data["date_cloture"],
            adresse_offre=data["adresse_offre"],
        )
        save(offer, reason)
        return record, [said_of(offer, "date_publication")]


class IssueForm(SansPrecisionForm):
    recrutement = forms.ModelChoiceField(
        label="Offre", queryset=Recrutement.objects.none(), empty_label=None
    )
    date_entretiens = JourField(
        label="Entretiens le", required=False, help_text="Le premier jour ; vide : non connu."
    )
    issue = forms.ChoiceField(label="Issue", choices=Recrutement.Issue)
    field_order = ["recrutement", "date_entretiens", "issue", "date"]

    def prepare(self):
        self.fields["date"].label = "Date de l'issue"
        of_poste = Recrutement.objects.under_way(self.jour).filter(poste=self.record)
        self.fields["recrutement"].queryset = of_poste
        if (offer := of_poste.first()) and offer.date_entretiens:
            self.fields["date_entretiens"].initial = offer.date_entretiens


class IssueOffre(GesteDePoste):
    slug = "issue-de-l-offre"
    titre = "Issue de l'offre"
    fait = "Issue de l'offre"
    form = IssueForm
    impossible = "Aucune offre n'est en cours pour ce poste."

    def candidates(self, records, jour):
        """Keep the posts for which an offer is under way."""
        return records.filter(offers(jour))

    def phrases(self, record, data):
        issue = Recrutement.Issue(data["issue"])
        phrases = [f"Issue {in_words(data['date'])} : {issue.label} ({data['recrutement']})."]
        if data["date_entretiens"]:
            phrases.insert(0, f"Les entretiens ont lieu {in_words(data['date_entretiens'])}.")
        if issue == Recrutement.Issue.RECRUTE:
            phrases.append("L'arrivée de la personne s'enregistrera à part, à son premier jour.")
        return phrases

    def write(self, record, form, reason):
        data = form.cleaned_data
        offer = data["recrutement"]
        offer.issue, offer.date_issue = data["issue"], data["date"]
        said = ["date_issue"]
        if data["date_entretiens"]:
            offer.date_entretiens = data["date_entretiens"]
            said.append("date_entretiens")
        save(offer, reason)
        return record, [said_of(offer, champ) for champ in said]
