"""The life of a study: it is written in, ordered, delivered, validated, or dropped."""

from django import forms
from django.db.models import Exists, OuterRef
from django.db.models.fields import BLANK_CHOICE_DASH

from communes.models import Commune, Intercommunalite
from ort.models import Convention, Organisme
from projects.actions.models import Action, BaseMontant, Cout
from projects.etudes.models import (
    BENEFICIAIRES,
    Etude,
    EtudeAction,
    EtudeCommune,
    FaitEtude,
    NatureEtude,
    NiveauEtude,
    RegimeEtude,
)
from projects.pieces.models import Piece
from pvd.bureau.gestes.acte_joint import ActeForm, AvecActe, JoindreEnsuite, JointEnsuite
from pvd.bureau.gestes.base import GesteQuiCree
from pvd.bureau.gestes.ecriture import save, unused
from pvd.bureau.gestes.formulaire import GesteForm
from pvd.bureau.gestes.projet.champs import MontantField
from pvd.bureau.gestes.projet.commun import (
    GesteDEtude,
    chercher,
    chercher_plusieurs,
    chercher_qui,
    communes_a_portee,
    texte_court,
    tient_une,
)
from pvd.bureau.gestes.projet.inscription import dire, one_owner, owner_field
from socle.admin.portee import CommunesField
from socle.dates import in_words
from socle.francais import euros, liste
from socle.models import Source

UN_SEUL = "Une étude a un bénéficiaire, un seul."
# What a study is when it is written in.
DEBUTS = {"demandee": "demandée", "commandee": "commandée"}


class EtudeForm(GesteForm):
    intitule = texte_court(
        "Intitulé", "Public : ce que l'étude étudie.", max_length=300, required=True
    )
    nature = forms.ChoiceField(label="Nature", choices=[*BLANK_CHOICE_DASH, *NatureEtude.choices])
    niveau = forms.ChoiceField(label="Niveau", choices=[*BLANK_CHOICE_DASH, *NiveauEtude.choices])
    regime = forms.ChoiceField(label="Régime", choices=[*BLANK_CHOICE_DASH, *RegimeEtude.choices])
    convention = forms.ModelChoiceField(
        label="Convention dont elle sert le projet",
        queryset=Convention.objects.none(),
        required=False,
    )
    communes = CommunesField(
        label="Communes",
        queryset=Commune.objects.none(),
        help_text="Celles que l'étude regarde. Tapez le début d'un nom ou un code INSEE.",
    )
    actions = forms.ModelMultipleChoiceField(
        label="Actions qu'elle prépare", queryset=Action.objects.none(), required=False
    )
    beneficiaire_commune = owner_field("Bénéficiaire : commune", Commune)
    beneficiaire_intercommunalite = owner_field("ou intercommunalité", Intercommunalite)
    beneficiaire_organisme = owner_field("ou autre organisme", Organisme)
    prestataire = owner_field("Prestataire, s'il est connu", Organisme)
    fait = forms.ChoiceField(label="Elle est", choices=list(DEBUTS.items()))
    montant = MontantField(
        label="Coût, ou valeur de ce qui est mis à disposition, en €", zero=True, required=False
    )
    base = forms.ChoiceField(label="Base", choices=BaseMontant, required=False)

    textes_publics = (*GesteForm.textes_publics, "intitule")
    parts = (
        ("L'étude", ["intitule", "nature", "niveau", "regime"]),
        ("Où, et pour quoi", ["communes", "convention", "actions"]),
        ("Pour qui, et par qui", [*BENEFICIAIRES, "prestataire"]),
        ("Ce qui s'est passé", ["fait", "date", "precision", "montant", "base"]),
    )

    def prepare(self):
        chercher(self, Etude, "prestataire")
        chercher_qui(self, Etude, BENEFICIAIRES)
        chercher(self, Etude, "convention", rows=Convention.objects.for_user(self.user))
        seen = Action.objects.for_user(self.user)
        chercher_plusieurs(self, "actions", EtudeAction._meta.get_field("action"), seen)
        commune = EtudeCommune._meta.get_field("commune")
        chercher_plusieurs(self, "communes", commune, communes_a_portee(self.user))

    def clean(self):
        data = super().clean()
        if one_owner(self, data, BENEFICIAIRES, UN_SEUL) is None and not self.errors:
            self.add_error("beneficiaire_commune", "Dites pour qui l'étude est faite.")
        if not self.errors:
            keys = {commune.pk for commune in data["communes"]}
            if not tient_une(self.user, data["convention"], keys):
                self.add_error("communes", "Dites au moins une commune de vos départements.")
        return data


class InscrireEtude(GesteQuiCree, GesteDEtude):
    slug = "inscrire-une-etude"
    titre = "Inscrire une étude"
    fait = "Étude inscrite"
    form = EtudeForm
    adds = (Etude, EtudeCommune, EtudeAction, FaitEtude, Cout)
    par_commune = EtudeCommune

    def communes(self, record, data):
        return [commune.pk for commune in data["communes"]]

    def phrases(self, record, data):
        day = in_words(data["date"], data["precision"])
        owner = next(data[name] for name in BENEFICIAIRES if data[name])
        told = [
            f"L'étude « {data['intitule']} » est {DEBUTS[data['fait']]} {day}.",
            f"Pour : {owner}. Par : {data['prestataire'] or 'non renseigné'}. "
            f"Où : {liste(data['communes'])}.",
        ]
        if data["actions"]:
            told.append(f"Elle prépare : {liste(data['actions'])}.")
        if data["montant"] is not None:
            told.append(f"Coût : {euros(data['montant'])} {data['base']}".strip() + ".")
        if data["regime"] == RegimeEtude.MISE_A_DISPOSITION:
            told.append("Mise à disposition : aucun financement ne s'y enregistre.")
        return told

    def write(self, record, form, reason):
        data = form.cleaned_data
        for name in ("intitule", "nature", "niveau", "regime", "prestataire", "convention"):
            setattr(record, name, data[name])
        for name in BENEFICIAIRES:
            setattr(record, name, data[name])
        record.identifiant = unused(Etude, "identifiant", data["intitule"], "etude")
        save(record, reason)
        for commune in data["communes"]:
            save(EtudeCommune(etude=record, commune=commune), reason)
        for action in data["actions"]:
            save(EtudeAction(etude=record, action=action), reason)
        dated = {"etude": record, "jour": data["date"], "precision": data["precision"]}
        written = [FaitEtude(nature=data["fait"], **dated)]
        if data["montant"] is not None:
            written.append(Cout(montant=data["montant"], base=data["base"], **dated))
        return record, [(save(told, reason), "jour", told.jour, told.precision) for told in written]

    def say_besides(self, record, source, how):
        dire(record, "intitule", record.intitule, source, how)


def avec(*natures):
    """Keep, of each study of the outer query, the facts of these natures."""
    return Exists(FaitEtude.objects.filter(etude=OuterRef("pk"), nature__in=natures))


class GesteDeFaitDEtude(GesteDEtude):
    """One fact of a study, of the nature that the geste is of."""

    nature = ""
    adds = (FaitEtude,)
    # What happens, before its day.
    phrase = ""
    # What a study must have, and what it may not, for it to happen.
    apres = ()
    sans = ()

    def candidates(self, records, jour):
        kept = records.filter(~avec(self.nature, *self.sans))
        return kept.filter(avec(*self.apres)) if self.apres else kept

    def phrases(self, record, data):
        return [f"{self.phrase} {in_words(data['date'], data['precision'])}."]

    def write(self, record, form, reason):
        data = form.cleaned_data
        fait = FaitEtude(
            etude=record, nature=self.nature, jour=data["date"], precision=data["precision"]
        )
        save(fait, reason)
        return record, [(fait, "jour", fait.jour, fait.precision)]


class CommandeForm(GesteForm):
    prestataire = forms.ModelChoiceField(
        label="Prestataire", queryset=Organisme.objects.all(), required=False
    )
    field_order = ["prestataire", "date", "precision"]

    def prepare(self):
        chercher(self, Etude, "prestataire")
        self.fields["prestataire"].initial = self.record.prestataire_id
        self.fields["date"].label = "Commandée le"


class CommanderEtude(GesteDeFaitDEtude):
    slug = "etude-commander"
    titre = "Commander"
    fait = "Étude commandée"
    nature = "commandee"
    form = CommandeForm
    phrase = "L'étude est commandée"
    sans = ("rendue", "validee", "abandonnee")
    impossible = "Cette étude est déjà commandée, rendue, ou abandonnée."

    def phrases(self, record, data):
        told = super().phrases(record, data)
        if data["prestataire"] and data["prestataire"] != record.prestataire:
            told.append(f"Elle est faite par {data['prestataire']}.")
        return told

    def write(self, record, form, reason):
        asked = form.cleaned_data["prestataire"]
        if asked and asked != record.prestataire:
            record.prestataire = asked
            save(record, reason)
        return super().write(record, form, reason)


class RenduForm(ActeForm):
    """The day a study is delivered, and what it delivers."""

    joint_titre = "Le rapport, en PDF"
    genre = Source.Genre.DOCUMENT

    def prepare(self):
        if "date" in self.fields:
            self.fields["date"].label = "Rendue le"
        self.fields["acte_pdf"].help_text = (
            "Joint à l'étude ; il en est aussi la source, si vous n'en nommez pas d'autre ci-dessous : "
            "son titre est celui de l'étude, son éditeur le prestataire si vous ne dites rien."
        )

    def nom_de_l_acte(self, data):
        return f"Rapport : {self.record}"

    def auteur(self, data):
        return str(self.record.prestataire or "")


class RendreEtude(AvecActe, GesteDeFaitDEtude):
    slug = "etude-rendre"
    titre = "Rendre une étude"
    fait = "Étude rendue"
    nature = "rendue"
    form = RenduForm
    adds = (FaitEtude, Piece)
    joint_a = "à l'étude"
    phrase = "L'étude est rendue"
    sans = ("validee", "abandonnee")
    impossible = "Cette étude est déjà rendue, ou elle est abandonnée."

    def document_de(self, acte):
        return Piece(etude=acte.etude)


class JoindreRapportForm(JointEnsuite, RenduForm):
    """What a study delivered already: the day is known."""

    @property
    def connu(self):
        told = rendu_de(self.record)
        return told, "jour", told.jour, told.precision


def rendu_de(etude):
    """Return the fact that a study was delivered."""
    return FaitEtude.objects.get(etude=etude.pk, nature="rendue")


class JoindreRapport(JoindreEnsuite, GesteDEtude):
    slug = "etude-joindre-le-rapport"
    titre = "Joindre ce qu'elle rend, en PDF"
    fait = "Rapport joint"
    form = JoindreRapportForm
    adds = (Piece,)
    joint_a = "à l'étude"
    impossible = (
        "Cette étude n'est pas rendue : le rapport se joint quand vous l'enregistrez rendue."
    )

    def candidates(self, records, jour):
        return records.filter(avec("rendue"))

    def phrases(self, record, data):
        told = rendu_de(record)
        return [
            f"L'étude est rendue {in_words(told.jour, told.precision)} : ce jour ne change pas."
        ]

    def document_de(self, acte):
        return Piece(etude=acte.etude)


class ValiderEtude(GesteDeFaitDEtude):
    slug = "etude-valider"
    titre = "Valider"
    fait = "Étude validée"
    nature = "validee"
    phrase = "L'étude est validée"
    apres = ("rendue",)
    sans = ("abandonnee",)
    impossible = "Cette étude n'est pas rendue, ou elle est déjà validée ou abandonnée."


class AbandonnerEtude(GesteDeFaitDEtude):
    slug = "etude-abandonner"
    titre = "Abandonner"
    fait = "Étude abandonnée"
    nature = "abandonnee"
    phrase = "L'étude est abandonnée"
    sans = ("validee",)
    impossible = "Cette étude est déjà validée ou abandonnée."
