"""What happens to a line of money: asked, granted, changed, paid, extended, refused, withdrawn."""

from django.db.models import Exists, OuterRef, Subquery

from ort.avertissements import Avertissement
from projects.etudes.models import RegimeEtude
from projects.etudes.models.etudes import SANS_ARGENT
from projects.financements.coherence import CLOTURES
from projects.financements.models import (
    FINANCEURS,
    FaitFinancement,
    Financement,
    SorteRetrait,
)
from projects.pieces.models import Piece
from pvd.bureau.gestes.acte_joint import AvecActe, JoindreEnsuite
from pvd.bureau.gestes.ecriture import save
from pvd.bureau.gestes.projet.commun import DuProjet, GesteDAction, GesteDeLigne, GesteDEtude
from pvd.bureau.gestes.projet.lignes import (
    AccordForm,
    DemandeForm,
    JoindreForm,
    ModificationForm,
    NouvelAccordForm,
    NouvelleDemandeForm,
    ProrogationForm,
    ReponseDuFinanceurForm,
    RetraitForm,
    accord_dit,
    plafond_accorde,
)
from socle.dates import Precision, in_french, in_words
from socle.francais import datee, euros, pour_cent


def avec(nature, **fields):
    """Keep, of each line of the outer query, the facts of that nature."""
    return Exists(
        FaitFinancement.objects.filter(financement=OuterRef("pk"), nature=nature, **fields)
    )


class FaitDeLigne:
    """One fact of a line of money: written in the same words, be the line there or not."""

    adds = (FaitFinancement,)
    nature = ""
    # The fields of the fact that the form asks for.
    champs = ()

    def nature_de(self, data):
        """Return what happens to the line."""
        return self.nature

    def faits(self, ligne, data):
        """Return the facts to write, in order, not saved."""
        fields = {name: data[name] for name in self.champs}
        return [self.fait_de(ligne, self.nature_de(data), data, **fields)]

    def fait_de(self, ligne, nature, data, **fields):
        asked = {"jour": data["date"], "precision": data["precision"]} | fields
        return FaitFinancement(financement=ligne, nature=nature, **asked)

    def write(self, record, form, reason):
        ligne = form.ligne(reason)
        written = [save(fait, reason) for fait in self.faits(ligne, form.cleaned_data)]
        shown = record if isinstance(record, Financement) else ligne.objet
        return shown, [(fait, "jour", fait.jour, fait.precision) for fait in written]

    def de_qui(self, record, data):
        """Name the line: its scheme and who pays."""
        if isinstance(record, Financement):
            return (
                f"{record.dispositif} ({record.financeur})"
                if record.financeur
                else record.dispositif
            )
        named = next((data[name] for name in FINANCEURS if data[name]), None)
        return f"{data['dispositif']} ({named})" if named else data["dispositif"]

    def quand(self, data):
        return in_words(data["date"], data["precision"])


class DeposerDemande(FaitDeLigne, GesteDeLigne):
    slug = "financement-deposer-la-demande"
    titre = "Déposer la demande"
    fait = "Demande déposée"
    nature = "demande"
    champs = ("montant",)
    form = DemandeForm
    impossible = "Ce financement est déjà accordé."

    def candidates(self, records, jour):
        return records.filter(~avec("accord"))

    def phrases(self, record, data):
        told = [
            f"{self.de_qui(record, data)} : {euros(data['montant'])} sont demandés {self.quand(data)}."
        ]
        if data["dossier_complet"]:
            told.append(f"Le dossier est complet le {in_french(data['dossier_complet'])}.")
        return [*told, "Une demande est interne : rien n'en est publié."]

    def faits(self, ligne, data):
        asked = super().faits(ligne, data)
        if data["dossier_complet"]:
            complete = self.fait_de(ligne, "dossier_complet", data)
            complete.jour, complete.precision = data["dossier_complet"], Precision.JOUR
            asked.append(complete)
        return asked


class SurNouvelleLigne(DuProjet):
    """The same, of a line that nobody has recorded yet: done to its action, or to its study."""

    adds = (Financement, FaitFinancement)

    def warnings(self, record, data):
        return deja(record, data)


class PourUneAction(SurNouvelleLigne, GesteDAction):
    def candidates(self, records, jour):
        """Keep them all: what was granted to an action that is over is still to be told."""
        return records


class PourUneEtude(SurNouvelleLigne, GesteDEtude):
    def candidates(self, records, jour):
        """Keep the studies that money may pass for."""
        return records.filter(regime=RegimeEtude.COFINANCEE)


class NouvelleDemande(PourUneAction, DeposerDemande):
    slug = "action-deposer-une-demande"
    titre = "Déposer une demande"
    form = NouvelleDemandeForm


class NouvelleDemandeDEtude(PourUneEtude, DeposerDemande):
    slug = "etude-deposer-une-demande"
    titre = "Déposer une demande"
    form = NouvelleDemandeForm
    impossible = SANS_ARGENT


def deja(objet, data):
    """Tell of a line of the same scheme that is already there: two grants, perhaps, or the same."""
    same = objet.financements.filter(
        dispositif=data["dispositif"], **{name: data[name] for name in FINANCEURS}
    )
    # The one just written, or just tried, is one of them.
    if same.count() < 2:
        return []
    return [
        Avertissement(
            f"Cette {objet._meta.verbose_name} a déjà une ligne « {data['dispositif']} ».",
            "Si c'est la même, enregistrez ce qui arrive à cette ligne-là ; sinon, les deux sont gardées.",
        )
    ]


class AvecDecision(AvecActe):
    """A geste that joins its PDF to the decision that grants a line."""

    def document_de(self, acte):
        return Piece(accord=acte)


class EnregistrerAccord(AvecDecision, FaitDeLigne, GesteDeLigne):
    slug = "financement-enregistrer-un-accord"
    titre = "Enregistrer un accord"
    fait = "Accord enregistré"
    nature = "accord"
    adds = (FaitFinancement, Piece)
    champs = (
        *("montant", "reference", "date_notification"),
        *("depense_subventionnable", "base", "taux", "motif"),
    )
    form = AccordForm
    impossible = "Ce financement est déjà accordé : enregistrez une modification."

    def candidates(self, records, jour):
        """Keep the lines that no decision grants: what a payment supposes is no decision."""
        return records.filter(~avec("accord", suppose=False))

    def phrases(self, record, data):
        amount = euros(data["montant"]) if data["montant"] else "un montant inconnu"
        told = [f"{self.de_qui(record, data)} : {amount} accordés {self.quand(data)}."]
        if data["depense_subventionnable"] and data["taux"]:
            base = f" {data['base']}" if data["base"] else ""
            spent = euros(data["depense_subventionnable"])
            told.append(f"Soit {pour_cent(data['taux'])} d'une dépense de {spent}{base}.")
        if data["date_notification"]:
            told.append(
                f"Notifié le {in_french(data['date_notification'])} : les délais en courent."
            )
        if isinstance(record, Financement) and record.faits.filter(suppose=True).exists():
            told.append("Cet accord remplace celui qu'un versement supposait.")
        return told

    def faits(self, ligne, data):
        """Write the decision in the place of the one that a payment supposed: a correction."""
        (told,) = super().faits(ligne, data)
        supposed = FaitFinancement.objects.filter(financement=ligne, suppose=True).first()
        if supposed is None:
            return [told]
        for name in ("jour", "precision", *self.champs):
            setattr(supposed, name, getattr(told, name))
        supposed.suppose = False
        return [supposed]


class NouvelAccord(PourUneAction, EnregistrerAccord):
    slug = "action-enregistrer-un-accord"
    titre = "Enregistrer un accord, sans demande connue"
    adds = (Financement, FaitFinancement, Piece)
    form = NouvelAccordForm


class NouvelAccordDEtude(PourUneEtude, EnregistrerAccord):
    slug = "etude-enregistrer-un-accord"
    titre = "Enregistrer un accord, sans demande connue"
    adds = (Financement, FaitFinancement, Piece)
    form = NouvelAccordForm
    impossible = SANS_ARGENT


class JoindreDecision(AvecDecision, JoindreEnsuite, GesteDeLigne):
    slug = "financement-joindre-la-decision"
    titre = "Joindre l'acte de l'accord, en PDF"
    fait = "Acte joint"
    adds = (Piece,)
    form = JoindreForm
    impossible = "Aucun acte connu n'accorde ce financement : enregistrez d'abord l'accord."

    def candidates(self, records, jour):
        return records.filter(avec("accord", suppose=False))

    def phrases(self, record, data):
        told = accord_dit(record)
        return [f"L'accord est celui {datee(told.jour, told.precision)}, {record}."]


class RefusOuSansSuite(FaitDeLigne, GesteDeLigne):
    slug = "financement-refus-ou-sans-suite"
    titre = "Refus ou sans suite"
    fait = "Réponse enregistrée"
    champs = ("motif",)
    form = ReponseDuFinanceurForm
    impossible = "Ce financement n'est pas en attente d'une réponse."

    def candidates(self, records, jour):
        """Keep the lines whose demand awaits an answer."""
        asked = FaitFinancement.objects.filter(
            financement=OuterRef("pk"), nature__in=["demande", "refus", "sans_suite"]
        ).order_by("-jour", "-nature")
        waiting = records.alias(derniere=Subquery(asked.values("nature")[:1]))
        return waiting.filter(~avec("accord"), derniere="demande")

    def nature_de(self, data):
        return data["nature"]

    def phrases(self, record, data):
        said = "refusé" if data["nature"] == "refus" else "classé sans suite"
        return [
            f"{self.de_qui(record, data)} : {said} {self.quand(data)}.",
            "Un refus et son motif sont internes : rien n'en est publié.",
        ]


class ModifierAccord(FaitDeLigne, GesteDeLigne):
    slug = "financement-modifier-l-accord"
    titre = "Modifier le montant accordé"
    fait = "Accord modifié"
    nature = "modification"
    champs = ("montant", "reference", "motif")
    form = ModificationForm
    impossible = "Ce financement n'est pas accordé, ou il est soldé."

    def candidates(self, records, jour):
        closed = avec("versement", sorte_versement__in=CLOTURES)
        return records.filter(avec("accord"), ~closed)

    def phrases(self, record, data):
        before = plafond_accorde(record)
        instead = f", au lieu de {euros(before)}" if before is not None else ""
        amount = euros(data["montant"])
        return [f"{self.de_qui(record, data)} : {amount} accordés{instead} {self.quand(data)}."]


class Proroger(FaitDeLigne, GesteDeLigne):
    slug = "financement-proroger"
    titre = "Proroger"
    fait = "Délai prorogé"
    nature = "prorogation"
    champs = ("delai", "date_limite_prevue", "reference")
    form = ProrogationForm
    impossible = "Ce financement n'est pas accordé : rien n'est à proroger."

    def candidates(self, records, jour):
        return records.filter(avec("accord"))

    def phrases(self, record, data):
        delay = FaitFinancement.Delai(data["delai"]).label
        limit = in_french(data["date_limite_prevue"])
        return [
            f"{self.de_qui(record, data)} : le délai {delay} va jusqu'au {limit}, prorogé {self.quand(data)}."
        ]


class Retirer(ModifierAccord):
    slug = "financement-retirer"
    titre = "Retirer"
    fait = "Financement retiré"
    nature = "retrait"
    champs = ("montant", "motif")
    form = RetraitForm

    def faits(self, ligne, data):
        (told,) = super().faits(ligne, data)
        told.sorte_retrait = data["sorte"]
        return [told]

    def phrases(self, record, data):
        sort = SorteRetrait(data["sorte"]).label
        left = f", {euros(data['montant'])} restent accordés" if data["montant"] else ""
        return [
            f"{self.de_qui(record, data)} : retiré {self.quand(data)} ({sort}){left}.",
            "Le motif est gardé pour les services, et n'est pas publié.",
        ]
