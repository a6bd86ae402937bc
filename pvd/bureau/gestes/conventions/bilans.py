"""A review of an ORT is held, which freezes what is known that day; an assembly hears of it."""

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst

from communes.models import Commune, Intercommunalite
from ort.avertissements import Avertissement
from ort.models import Convention
from projects.evaluations.models import Bilan, Presentation
from projects.evaluations.regles import (
    BASE_LEGALE,
    MOIS_AVANT,
    NatureBilan,
    bilan_de,
    echeances,
    proposee,
)
from projects.pieces.models import Piece
from projects.projet.resume import LieuDuProjet, Projet
from projects.projet.revues import etat_en_mots, lire
from pvd.bureau.bilans import plus_dues
from pvd.bureau.gestes.acte_joint import ActeForm, AvecActe, JoindreEnsuite, JointEnsuite
from pvd.bureau.gestes.base import Geste
from pvd.bureau.gestes.conventions.commun import ActeDeConventionForm, GesteDeConvention
from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.formulaire import GesteForm
from pvd.bureau.gestes.projet.commun import texte_court, texte_long
from socle.admin.evenements import Chapitre
from socle.admin.page_d_agent import page_url
from socle.dates import add_months, bare, in_french, in_words
from socle.francais import datee, liste

AUTRE_POINT = "autre-point"
DOCUMENT_DU_BILAN = (
    "Joint au bilan ; il en est aussi la source, si vous n'en nommez pas d'autre ci-dessous : son "
    "éditeur est le porteur de l'ORT si vous ne dites rien."
)


class BilanForm(ActeDeConventionForm):
    joint_titre = "Le document, en PDF"
    nature = forms.ChoiceField(label="Ce qui est tenu", choices=NatureBilan)
    periode = forms.ChoiceField(
        label="Échéance à laquelle il répond",
        required=False,
        help_text="Un anniversaire de la signature de l'ORT ; un bilan répond à une seule échéance.",
    )
    comite = texte_court("Devant", "Le comité de projet, par exemple.", max_length=200)
    decisions = texte_long("Ce qui a été décidé", "Public.", max_length=4000)
    note_interne = texte_long("Note")
    field_order = ["nature", "date", "precision", "periode", "comite", "decisions", "note_interne"]
    textes_publics = (*GesteForm.textes_publics, "comite", "decisions")

    def prepare(self):
        self.fields["acte_pdf"].help_text = DOCUMENT_DU_BILAN
        due = plus_dues(self.record, self.jour)
        if due:
            self.fields["nature"].initial = due[0].nature
        self.fields["periode"].choices = [
            ("", "la plus proche à laquelle rien ne répond encore"),
            *self.periodes(due),
            (AUTRE_POINT, "aucune : un autre point"),
        ]

    def periodes(self, due):
        """Return the due dates to choose from: those of `due` first, then the others, the last first."""
        until = add_months(self.jour, MOIS_AVANT)
        days = echeances(self.record, NatureBilan.ANNUEL, self.jour, until)
        awaited = {}
        for echeance in due:
            awaited.setdefault(echeance.jour, []).append(echeance.nature.label)
        return [
            *(
                (day.isoformat(), f"{dite(self.record, day)} (attendu : {liste(natures)})")
                for day, natures in awaited.items()
            ),
            *(
                (day.isoformat(), dite(self.record, day))
                for day in reversed(days)
                if day not in awaited
            ),
        ]

    def nom_de_l_acte(self, data):
        return nom_du_bilan(data["nature"], data["date"], data["precision"], self.record)

    def clean(self):
        data = super().clean()
        if data.get("date") and data.get("nature"):
            data["echeance"] = self.echeance(data)
        return data

    def echeance(self, data):
        """Return the due date that is answered: the one chosen, else the nearest; None: another point."""
        chosen = data.get("periode")
        if chosen == AUTRE_POINT:
            return None
        if chosen:
            return forms.DateField().clean(chosen)
        held = list(self.record.bilans.all())
        return proposee(self.record, data["nature"], data["date"], held, self.jour)


def dite(convention, echeance):
    """Write a due date of an ORT as closely as its signature is known."""
    return bare(echeance, convention.precision_signature)


def nom_du_bilan(nature, jour, precision, convention):
    """Return the title of a review, as its document and its source bear it."""
    what = capfirst(NatureBilan(nature).label)
    return f"{what} {datee(jour, precision)}, {convention.intitule}"


class GesteDeBilan(GesteDeConvention):
    """A geste that changes no figure of the programme, and rests on the reviews of the ORT."""

    def chiffres(self, departement, jour):
        return {}

    def appuis(self, record):
        return [
            Chapitre(model.history.filter(convention=record.pk)) for model in (Bilan, Presentation)
        ]


class TenirBilan(AvecActe, GesteDeBilan):
    slug = "tenir-un-bilan"
    titre = "Tenir un bilan"
    fait = "Bilan tenu"
    form = BilanForm
    adds = (Bilan, Piece)
    joint_a = "au bilan"
    impossible = "Cette convention n'est pas une ORT signée : un bilan est celui d'une ORT."

    def candidates(self, records, jour):
        return records.ort().signees(jour)

    def document_de(self, acte):
        return Piece(bilan=acte)

    def etats(self, record, jour):
        return echeances_en_mots(record, jour)

    def phrases(self, record, data):
        what = capfirst(NatureBilan(data["nature"]).label)
        told = [f"{what} : tenu {in_words(data['date'], data['precision'])}."]
        if data["echeance"]:
            due = datee(data["echeance"], record.precision_signature)
            told.append(f"Répond à l'échéance {due} ({BASE_LEGALE}).")
        else:
            told.append("C'est un autre point : il ne répond à aucune échéance.")
        told.append(fige(record, data["date"]))
        if data["note_interne"]:
            told.append("La note est gardée pour les services, et n'est pas publiée.")
        return told

    def warnings(self, record, data):
        if data["echeance"] is None:
            return
        this = (data["nature"], data["date"])
        held = [b for b in record.bilans.all() if (b.nature, b.tenu_le) != this]
        today = timezone.localdate()
        if answered := bilan_de(held, data["nature"], data["echeance"], today):
            yield Avertissement(
                f"{capfirst(str(answered))} : répond déjà à cette échéance.",
                "Des deux, le premier tenu la tient ; l'autre est un autre point.",
            )

    def write(self, record, form, reason):
        data = form.cleaned_data
        bilan = Bilan(
            convention=record,
            nature=data["nature"],
            tenu_le=data["date"],
            precision=data["precision"],
            periode=data["echeance"],
            comite=data["comite"],
            decisions=data["decisions"],
            note_interne=data["note_interne"],
        )
        save(bilan, reason)
        return record, [(bilan, "tenu_le", bilan.tenu_le, bilan.precision)]


class JoindreDocumentForm(JointEnsuite, ActeForm):
    """The PDF of a review that is recorded already."""

    joint_titre = "Le document, en PDF"

    def prepare(self):
        super().prepare()
        self.fields["acte_pdf"].help_text = DOCUMENT_DU_BILAN

    @property
    def connu(self):
        return self.record, "tenu_le", self.record.tenu_le, self.record.precision

    def nom_de_l_acte(self, data):
        bilan = self.record
        return nom_du_bilan(bilan.nature, bilan.tenu_le, bilan.precision, bilan.convention)

    def auteur(self, data):
        porteur = self.record.convention.porteur
        return porteur.nom if porteur else ""


class JoindreAuBilan(JoindreEnsuite, Geste):
    slug = "bilan-joindre-le-document"
    titre = "Joindre son document, en PDF"
    fait = "Document joint"
    model = Bilan
    form = JoindreDocumentForm
    adds = (Piece,)
    joint_a = "au bilan"

    def candidates(self, records, jour):
        return records

    def chiffres(self, departement, jour):
        return {}

    def communes(self, record, data):
        return record.convention.couvertures.order_by().values("commune")

    def name(self, record):
        return f"{capfirst(str(record))}, {record.convention}"

    def address(self, record):
        """Return the page of the ORT, which lists the documents of its reviews."""
        return page_url(record.convention)

    def phrases(self, record, data):
        return [f"{self.name(record)} : ce jour ne change pas, et sa copie figée non plus."]

    def document_de(self, acte):
        return Piece(bilan=acte)


def echeances_en_mots(record, jour):
    """Return where each due date of an ORT stands on `jour`, by what it is."""
    lues = lire(Convention.objects.filter(pk=record.pk), jour)
    return {
        f"{e.nature.label} {datee(e.jour, e.precision)}": etat_en_mots(e)
        for revue in lues
        for e in revue.echeances
    }


def fige(record, jour):
    """Say what of the plan is frozen by a review held on `jour`."""
    projet = Projet(LieuDuProjet("ort", record.identifiant), jour)
    told = f"{projet.etats_dits} ; {projet.argent_dit}" if projet.nombre else "aucune action connue"
    return f"Est figé ce que l'on sait du plan au {in_french(jour)} : {told}. Cette copie ne change plus."


class PresentationForm(GesteForm):
    bilan = forms.ModelChoiceField(
        label="Ce qui est présenté",
        queryset=Bilan.objects.none(),
        required=False,
        empty_label="la convention elle-même",
    )
    assemblee = forms.ChoiceField(label="À quelle assemblée")
    deliberation = texte_court("Numéro de la délibération", "Public.", max_length=60)
    field_order = ["bilan", "assemblee", "date", "precision", "deliberation"]

    def prepare(self):
        held = self.record.bilans.order_by("-tenu_le")
        self.fields["bilan"].queryset = held
        if latest := held.first():
            self.fields["bilan"].initial = latest.pk
        self.assemblees = assemblees(self.record)
        self.fields["assemblee"].choices = [
            (key, nom_de_l_assemblee(place)) for key, place in self.assemblees.items()
        ]


def assemblees(convention):
    """Return the assemblies that may hear of an ORT, by key: its communes, their intercommunalités."""
    communes = Commune.objects.filter(couvertures__convention=convention).distinct()
    epci = Intercommunalite.objects.filter(
        Q(conventions=convention) | Q(rattachements__commune__in=communes.order_by().values("pk"))
    ).distinct()
    found = {f"epci-{one.pk}": one for one in epci.order_by("nom")}
    return found | {f"commune-{one.pk}": one for one in communes.order_by("nom_recherche")}


def nom_de_l_assemblee(place):
    """Return how the council of a commune, or of an intercommunalité, is called."""
    if isinstance(place, Commune):
        return f"conseil municipal {place.avec_de}"
    return f"conseil communautaire : {place.nom}"


class PresenterAUneAssemblee(GesteDeBilan):
    slug = "presenter-a-une-assemblee"
    titre = "Présenter à une assemblée"
    fait = "Présentation à une assemblée"
    form = PresentationForm
    adds = (Presentation,)
    impossible = "Cette convention n'est pas signée : il n'y a rien à présenter encore."

    def candidates(self, records, jour):
        return records.signees(jour)

    def phrases(self, record, data):
        where = nom_de_l_assemblee(assemblees(record)[data["assemblee"]])
        what = str(data["bilan"]) if data["bilan"] else "la convention"
        day = in_words(data["date"], data["precision"])
        numbered = f", délibération n° {data['deliberation']}" if data["deliberation"] else ""
        return [f"{capfirst(what)} : présentation au {where}, {day}{numbered}."]

    def write(self, record, form, reason):
        data = form.cleaned_data
        place = form.assemblees[data["assemblee"]]
        presentation = Presentation(
            convention=record,
            bilan=data["bilan"],
            jour=data["date"],
            precision=data["precision"],
            deliberation=data["deliberation"],
            **{place._meta.model_name: place},
        )
        save(presentation, reason)
        return record, [(presentation, "jour", presentation.jour, presentation.precision)]
