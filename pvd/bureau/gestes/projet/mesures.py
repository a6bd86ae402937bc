"""What is measured of an action, of a commune or of an ORT: a reading, a target."""

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.text import capfirst

from communes.models import Labellisation
from ort.models import Convention, Secteur
from projects.actions.models import Action
from projects.indicateurs import coherence, regles
from projects.indicateurs.faits import CleMesure, MesureDatee, ReleveDate, mesures_de
from projects.indicateurs.models import (
    Cible,
    EtatReleve,
    Indicateur,
    PerimetreIndicateur,
    Releve,
    Unite,
)
from projects.indicateurs.mots import ecart_en_mots, refuse_l_ecriture, valeur_en_mots
from pvd.bureau.gestes.base import Geste
from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.formulaire import GesteForm, JourField, SansPrecisionForm, offer
from pvd.bureau.gestes.labellisations import GesteDeLabellisation
from pvd.bureau.gestes.projet.champs import NombreEcrit
from pvd.bureau.gestes.projet.commun import GesteDAction, texte_court
from socle.admin.champs import DayField
from socle.admin.choix import SearchedSelect
from socle.dates import Precision, in_words
from socle.francais import depuis

OUI_NON = {"oui": "1", "non": "0"}
AVEC_SA_VALEUR = "Écrivez la valeur, ou dites qu'elle est secrète ou non disponible."
SANS_VALEUR = (
    "Une valeur secrète ou non disponible n'est pas écrite : effacez-la, ou corrigez l'état."
)
# Where each sort of record is measured: an action is, whatever the perimeter.
PERIMETRES = {
    Action: list(PerimetreIndicateur),
    Convention: [PerimetreIndicateur.ORT, PerimetreIndicateur.SECTEUR],
    Labellisation: [PerimetreIndicateur.COMMUNE, PerimetreIndicateur.SECTEUR],
}


class ValeurField(NombreEcrit):
    """A value as people write it, with its unit or not: « 27 façades », « 62,5 % », « oui »."""

    def to_python(self, value):
        if isinstance(value, str):
            text = value.strip()
            unite = next((u for u in Unite.values if text.endswith(u)), "")
            value = OUI_NON.get(text.casefold(), text.removesuffix(unite))
        return super().to_python(value)


def objet_de(record):
    """Return what is measured of a record, as its field: the commune of a time in the programme."""
    if isinstance(record, Labellisation):
        return {"commune": record.commune}
    return {type(record)._meta.model_name: record}


class MesureForm(GesteForm):
    """An indicator, where the perimeter of the record allows it, and a value in its unit."""

    indicateur = forms.ModelChoiceField(label="Indicateur", queryset=Indicateur.objects.none())
    secteur = forms.ModelChoiceField(
        label="Secteur",
        queryset=Secteur.objects.none(),
        required=False,
        help_text="Si l'indicateur se relève par secteur.",
    )
    valeur = ValeurField(label="Valeur", required=False, help_text="« 27 », « 62,5 % », « oui ».")
    textes_publics = (*GesteForm.textes_publics, "serie")

    def prepare(self):
        link = Releve._meta.get_field("indicateur")
        allowed = Indicateur.objects.for_user(self.user)
        allowed = allowed.filter(perimetre__in=PERIMETRES[type(self.record)])
        offer(self, "indicateur", allowed, SearchedSelect(link, admin.site))
        there = {k: v for k, v in objet_de(self.record).items() if k != "action"}
        secteurs = Secteur.objects.filter(**there) if there else Secteur.objects.none()
        if secteurs.exists():
            self.fields["secteur"].queryset = secteurs
        else:
            del self.fields["secteur"]

    def clean(self):
        data = super().clean()
        if indicateur := data.get("indicateur"):
            for name in ("valeur", "reference_valeur"):
                self.check_value(name, indicateur, data.get(name))
        return data

    def check_value(self, name, indicateur, valeur):
        """Refuse a value that is of another unit, or that the unit does not have."""
        try:
            refuse_l_ecriture(indicateur.unite, self.data.get(self.add_prefix(name), ""))
        except ValueError as error:
            self.add_error(name, f"{capfirst(str(error))}.")
            return
        if refused := coherence.refus_de_la_valeur(indicateur, valeur):
            self.add_error(name, refused)


class ReleveForm(MesureForm):
    etat = forms.ChoiceField(label="État", choices=EtatReleve, initial=EtatReleve.CONNUE)
    publie_le = JourField(
        label="Publié le", required=False, help_text="Vide : connu dès le jour dont il parle."
    )
    serie = texte_court(
        "Série",
        "Millésime ou méthode, si ce n'est pas la même que d'habitude : deux relevés ne se comparent que "
        "dans la même.",
        max_length=60,
    )
    rupture = forms.BooleanField(
        label="Rupture de série", required=False, help_text="Ne se compare à aucun relevé d'avant."
    )
    field_order = [
        *("indicateur", "secteur", "etat", "valeur", "date", "precision"),
        *("publie_le", "serie", "rupture"),
    ]

    def prepare(self):
        super().prepare()
        self.fields["date"].label = "Jour dont le relevé parle"

    def clean(self):
        data = super().clean()
        known, valeur = data.get("etat") == EtatReleve.CONNUE, data.get("valeur")
        if "valeur" not in self.errors and known == (valeur is None):
            self.add_error("valeur", AVEC_SA_VALEUR if known else SANS_VALEUR)
        if data.get("publie_le") and data.get("date") and data["publie_le"] < data["date"]:
            self.add_error("publie_le", "Un relevé n'est pas publié avant le jour dont il parle.")
        return data


class CibleForm(SansPrecisionForm, MesureForm):
    echeance_prevue = DayField(label="À atteindre pour le", required=False)
    reference_valeur = ValeurField(
        label="Valeur de référence", required=False, help_text="D'où l'on part."
    )
    reference_jour = JourField(label="Jour de la référence", required=False)
    serie = texte_court("Série de la référence", max_length=60)
    field_order = [
        *("indicateur", "secteur", "valeur", "date", "echeance_prevue"),
        *("reference_valeur", "reference_jour", "serie"),
    ]

    def prepare(self):
        super().prepare()
        self.fields["valeur"].required = True
        self.fields["valeur"].label = "Cible"
        self.fields["date"].label = "Fixée le"

    def clean(self):
        data = super().clean()
        reference, jour = data.get("reference_valeur"), data.get("reference_jour")
        if not self.errors and (reference is None) != (jour is None):
            self.add_error("reference_jour", "Une référence a une valeur et un jour.")
        fixee, echeance = data.get("date"), data.get("echeance_prevue")
        if fixee and echeance and echeance <= fixee:
            self.add_error("echeance_prevue", coherence.CIBLE_AVANT)
        if fixee and jour and jour > fixee:
            self.add_error("reference_jour", coherence.REFERENCE_APRES)
        return data


def mesure_de(record, data):
    """Return what is already known of what a form speaks of."""
    ((name, objet),) = objet_de(record).items()
    secteur = data.get("secteur")
    held = dict.fromkeys(CleMesure._fields) | {name: objet.pk, "secteur": secteur and secteur.pk}
    cle = CleMesure(**held | {"indicateur": data["indicateur"].pk})
    return mesures_de(name, [objet.pk]).get(cle, MesureDatee(cle, [], []))


class Relever(Geste):
    """A reading of the record: what it is a geste of says which."""

    fait = "Indicateur relevé"
    form = ReleveForm
    adds = (Releve,)

    def candidates(self, records, jour):
        return records

    def phrases(self, record, data):
        unite = data["indicateur"].unite
        told = valeur_en_mots(unite, data["valeur"], data["etat"])
        when = in_words(data["date"], data["precision"])
        return [f"{data['indicateur']} : {told}, {when}.", self.compared(record, data)]

    def compared(self, record, data):
        """Say how the reading differs from what it compares with, if it does."""
        mesure = mesure_de(record, data)
        read = ReleveDate(
            *(data["date"], data["precision"], data["publie_le"], data["etat"], data["valeur"]),
            *(data["serie"], data["rupture"]),
        )
        jour = timezone.localdate()
        mesure.releves.append(read)
        if regles.dernier_releve(mesure, jour) != read:
            return "Un relevé plus récent est déjà connu : celui-ci complète la série."
        change, start = regles.evolution(mesure, jour), regles.reference(mesure, jour)
        if change is None:
            return "Il ne se compare à aucun autre relevé de cette série."
        return f"{ecart_en_mots(data['indicateur'].unite, change)} {depuis(start.jour, start.precision)}."

    def write(self, record, form, reason):
        data = form.cleaned_data
        read = Releve(
            **objet_de(record),
            indicateur=data["indicateur"],
            secteur=data.get("secteur"),
            jour=data["date"],
            precision=data["precision"],
            **{name: data[name] for name in ("etat", "valeur", "publie_le", "serie", "rupture")},
        )
        save(read, reason)
        said = [(read, "jour", read.jour, read.precision)]
        if read.publie_le:
            said.append((read, "publie_le", read.publie_le, Precision.JOUR))
        return record, said


class FixerUneCible(Geste):
    """A target of the record; one set before is kept, and known of the days before this one."""

    fait = "Cible fixée"
    form = CibleForm
    adds = (Cible,)
    annonce = True

    def candidates(self, records, jour):
        return records

    def phrases(self, record, data):
        unite, before = (
            data["indicateur"].unite,
            regles.cible_au(mesure_de(record, data), data["date"]),
        )
        when = f" pour le {data['echeance_prevue']:%d/%m/%Y}" if data["echeance_prevue"] else ""
        instead = f", au lieu de {valeur_en_mots(unite, before.valeur)}" if before else ""
        told = [f"{data['indicateur']} : {valeur_en_mots(unite, data['valeur'])}{when}{instead}."]
        if data["reference_jour"]:
            start = valeur_en_mots(unite, data["reference_valeur"])
            told.append(f"En partant de {start}, le {data['reference_jour']:%d/%m/%Y}.")
        return told

    def write(self, record, form, reason):
        data = form.cleaned_data
        names = ("valeur", "echeance_prevue", "reference_valeur", "reference_jour", "serie")
        cible = Cible(
            **objet_de(record),
            indicateur=data["indicateur"],
            secteur=data.get("secteur"),
            fixee_le=data["date"],
            **{name: data[name] for name in names},
        )
        save(cible, reason)
        said = [(cible, "fixee_le", cible.fixee_le, Precision.JOUR)]
        if cible.reference_jour:
            said.append((cible, "reference_jour", cible.reference_jour, Precision.JOUR))
        return record, said


class DUneOrt(Geste):
    model = Convention

    def communes(self, record, data):
        return record.couvertures.order_by().values("commune")


class DUneCommune(GesteDeLabellisation):
    def candidates(self, records, jour):
        """Keep the communes of the programme: one that has left is measured by files alone."""
        return records.filter(fin__isnull=True)


class ReleverDAction(Relever, GesteDAction):
    slug = "action-relever-un-indicateur"
    titre = "Relever un indicateur"


class FixerUneCibleDAction(FixerUneCible, GesteDAction):
    slug = "action-fixer-une-cible"
    titre = "Fixer une cible"


class ReleverDOrt(Relever, DUneOrt):
    slug = "ort-relever-un-indicateur"
    titre = "Relever un indicateur de l'ORT"


class FixerUneCibleDOrt(FixerUneCible, DUneOrt):
    slug = "ort-fixer-une-cible"
    titre = "Fixer une cible de l'ORT"


class ReleverDeCommune(DUneCommune, Relever):
    slug = "commune-relever-un-indicateur"
    titre = "Relever un indicateur de la commune"


class FixerUneCibleDeCommune(DUneCommune, FixerUneCible):
    slug = "commune-fixer-une-cible"
    titre = "Fixer une cible de la commune"


MESURES = (
    *(ReleverDAction(), FixerUneCibleDAction()),
    *(ReleverDOrt(), FixerUneCibleDOrt()),
    *(ReleverDeCommune(), FixerUneCibleDeCommune()),
)
