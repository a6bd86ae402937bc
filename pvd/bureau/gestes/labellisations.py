"""What happens to a commune in the programme: it enters, signs its adhésion, leaves, comes back."""

from django import forms
from django.contrib import admin
from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from communes.models import Commune, Departement, Labellisation
from communes.programme.liste.connues import absences_de, absences_en_attente
from communes.programme.regles import MONTHS_FROM_ADHESION_TO_ORT
from pvd.bureau.gestes.base import Geste, GesteQuiCree
from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.formulaire import (
    SOURCE_FIELDS,
    GesteForm,
    JourField,
    SansPrecisionForm,
    offer,
)
from socle.admin.choix import SearchedSelect
from socle.admin.page_d_agent import page_url
from socle.dates import Precision, add_months, first_day, in_french, in_words
from socle.francais import liste


class GesteDeLabellisation(Geste):
    model = Labellisation

    def name(self, record):
        return str(record.commune)

    def communes(self, record, data):
        return [record.commune_id]

    def address(self, record):
        """Lead to the page of the commune, where its times in the programme are told."""
        return page_url(record.commune)


class EntreeForm(GesteForm):
    commune = forms.ModelChoiceField(label="Commune", queryset=Commune.objects.none())
    id_pvd = forms.CharField(
        label="Identifiant PVD",
        required=False,
        max_length=20,
        help_text="Celui de l'ANCT : pvd-76-34-1. Vide s'il n'est pas connu.",
    )
    date_signature_adhesion = JourField(
        label="Convention d'adhésion signée le",
        required=False,
        help_text="Vide si elle n'est pas signée, ou si une autre source le dit.",
    )
    precision_adhesion = forms.ChoiceField(
        label="Précision de l'adhésion",
        choices=Precision,
        initial=Precision.JOUR,
        required=False,
    )
    field_order = ["commune", "date", "precision", "id_pvd"]

    def prepare(self):
        self.fields["date"].label = "Retenue le"
        self.fields["date"].help_text = "Jour où la commune a été retenue dans le programme."
        link = Labellisation._meta.get_field("commune")
        own = Commune.objects.for_user(self.user)
        offer(self, "commune", own, SearchedSelect(link, admin.site))

    def clean_commune(self):
        """Lead a commune that was in the programme to its return."""
        commune = self.cleaned_data["commune"]
        known = commune.labellisations.order_by("debut").last()
        if known and known.fin is None:
            raise forms.ValidationError(f"{commune} est déjà dans le programme.")
        if known:
            raise forms.ValidationError(
                f"{commune} y a déjà été : enregistrez « {RevenirProgramme.titre} »."
            )
        return commune

    def clean(self):
        data = super().clean()
        data["precision_adhesion"] = data.get("precision_adhesion") or Precision.JOUR
        if signed := data.get("date_signature_adhesion"):
            data["date_signature_adhesion"] = first_day(signed, data["precision_adhesion"])
        return data


class EntrerDansLeProgramme(GesteQuiCree, GesteDeLabellisation):
    slug = "entrer-dans-le-programme"
    titre = "Entrer dans le programme"
    fait = "Entrée dans le programme"
    form = EntreeForm
    adds = [Labellisation]
    par_commune = Labellisation

    def communes(self, record, data):
        return [data["commune"].pk]

    def phrases(self, record, data):
        entered = in_words(data["date"], data["precision"])
        told = [f"{data['commune']} est retenue dans le programme {entered}."]
        if signed := data["date_signature_adhesion"]:
            jour = in_words(signed, data["precision_adhesion"])
            told.append(f"Sa convention d'adhésion est signée {jour}.")
        else:
            told.append("Sa convention d'adhésion s'enregistrera à part.")
        return told

    def write(self, record, form, reason):
        data = form.cleaned_data
        record.debut, record.precision_debut = data["date"], data["precision"]
        for name in ("commune", "id_pvd", "date_signature_adhesion", "precision_adhesion"):
            setattr(record, name, data[name])
        save(record, reason)
        said = [(record, "debut", data["date"], data["precision"])]
        if signed := data["date_signature_adhesion"]:
            said.append((record, "date_signature_adhesion", signed, data["precision_adhesion"]))
        return record, said


class SignerAdhesion(GesteDeLabellisation):
    slug = "signer-adhesion"
    titre = "Signer la convention d'adhésion"
    fait = "Convention d'adhésion signée"
    impossible = "La convention d'adhésion de cette commune est déjà signée, ou elle est sortie."

    def candidates(self, records, jour):
        """Keep the communes in the programme whose adhésion is not signed."""
        return records.filter(date_signature_adhesion__isnull=True, fin__isnull=True)

    def phrases(self, record, data):
        jour = in_words(data["date"], data["precision"])
        expected = add_months(data["date"], MONTHS_FROM_ADHESION_TO_ORT)
        return [
            f"La convention d'adhésion {record.commune.avec_de} est signée {jour}.",
            f"L'ORT est attendue {in_words(expected)} au plus tard (18 mois).",
        ]

    def write(self, record, form, reason):
        data = form.cleaned_data
        record.date_signature_adhesion = data["date"]
        record.precision_adhesion = data["precision"]
        save(record, reason)
        return record, [(record, "date_signature_adhesion", data["date"], data["precision"])]


class SortieForm(GesteForm):
    motif = forms.CharField(
        label="Motif de la sortie",
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Publié avec la date de sortie. Vide s'il n'est pas connu.",
    )
    field_order = ["date", "precision", "motif"]
    textes_publics = (*GesteForm.textes_publics, "motif")

    def prepare(self):
        self.fields["date"].label = "Sortie le"
        self.fields["date"].help_text = "Premier jour où la commune n'est plus dans le programme."
        for absence in absences_de(self.record)[:1]:
            # The first list that has the commune no more says by when it had left.
            self.fields["date"].initial = absence.source.date_document
            self.fields["precision"].initial = Precision.AU_PLUS_TARD
            self.fields["source"].initial = absence.source


class QuitterProgramme(GesteDeLabellisation):
    slug = "quitter-le-programme"
    titre = "Quitter le programme"
    fait = "Sortie du programme"
    form = SortieForm
    impossible = "Cette commune est déjà sortie du programme."

    def candidates(self, records, jour):
        """Keep the communes that have not left."""
        return records.filter(fin__isnull=True)

    def phrases(self, record, data):
        jour = in_words(data["date"], data["precision"])
        return [
            f"{record.commune} quitte le programme {jour}.",
            f"Motif : {data['motif'] or 'non renseigné'}.",
            "Ses dates et ses ORT restent enregistrées ; elle peut revenir.",
        ]

    def write(self, record, form, reason):
        data = form.cleaned_data
        record.fin, record.precision_fin = data["date"], data["precision"]
        record.motif_sortie = data["motif"]
        save(record, reason)
        return record, [(record, "fin", data["date"], data["precision"])]


class GarderForm(SansPrecisionForm):
    """How the service knows: it denies what a list says, and nothing of the record changes."""

    date = None
    HOW = "connaissance_detail"

    def prepare(self):
        for name in SOURCE_FIELDS:
            if name != self.HOW:
                del self.fields[name]
        self.fields[self.HOW].label = "Comment vous le savez"
        self.fields[self.HOW].required = True

    @property
    def unasked(self):
        return [name for name in SOURCE_FIELDS if name != self.HOW]

    def ask_for_one_source(self, data):
        """Ask for none: it is the list that is spoken of."""

    def get_source(self, reason):
        return absences_de(self.record)[0].source


class GarderAuProgramme(GesteDeLabellisation):
    """A list has the commune no more, and the service knows that it stays: it is not asked again."""

    slug = "garder-dans-le-programme"
    titre = "Garder dans le programme"
    fait = "Gardée dans le programme"
    form = GarderForm
    impossible = "Aucune liste nationale ne dit cette commune absente, ou quelqu'un y a répondu."

    def candidates(self, records, jour):
        """Keep the communes in the programme that a list has no more, and about which nobody answered."""
        waiting = absences_en_attente().filter(object_id=Cast(OuterRef("pk"), CharField()))
        return records.filter(Exists(waiting), fin__isnull=True)

    def departements(self, record, data):
        """Return none: no figure can move."""
        return Departement.objects.none()

    def phrases(self, record, data):
        days = liste(in_french(a.source.date_document) for a in absences_de(record))
        return [
            f"{record.commune} reste dans le programme, bien qu'absente de la liste nationale du {days}.",
            "Elle n'est plus montrée dans « Données à vérifier » pour cette absence.",
        ]

    def write(self, record, form, reason):
        for absence in absences_de(record):
            absence.detail_interne = form.cleaned_data[form.HOW]
            save(absence, reason)
        return record, []


class RevenirProgramme(GesteDeLabellisation):
    slug = "revenir-dans-le-programme"
    titre = "Revenir dans le programme"
    fait = "Retour dans le programme"
    adds = [Labellisation]
    impossible = "Cette commune est déjà dans le programme."

    def candidates(self, records, jour):
        """Keep the last time in the programme of each commune that has left it."""
        inside = Labellisation.objects.filter(fin__isnull=True)
        return records.filter(fin__lte=jour).exclude(commune__in=inside.values("commune"))

    def phrases(self, record, data):
        jour = in_words(data["date"], data["precision"])
        return [
            f"{record.commune} est de nouveau dans le programme, {jour}.",
            "Sa nouvelle convention d'adhésion s'enregistrera à part.",
        ]

    def write(self, record, form, reason):
        data = form.cleaned_data
        back = Labellisation(
            commune=record.commune,
            id_pvd=record.id_pvd,
            debut=data["date"],
            precision_debut=data["precision"],
        )
        save(back, reason)
        return back, [(back, "debut", data["date"], data["precision"])]
