"""What a row of a plan does to the records of its action, compared with what is already known of it."""

from collections import Counter

from projects.actions import coherence as coherence_des_faits
from projects.actions.models import (
    MAITRES_D_OUVRAGE,
    Action,
    ActionAdhesion,
    ActionCommune,
    ActionPartenaire,
    Axe,
    BaseMontant,
    Cout,
    Etendue,
    FaitAction,
    NatureCout,
    Prevision,
)
from projects.financements import coherence as coherence_de_l_argent
from projects.financements.coherence import plafond, verse
from projects.financements.models import FaitFinancement, Financement
from projects.projet.plan.colonnes import MOTS_DES_STADES
from projects.projet.plan.mots import MOTS_DE_LA_MATURITE
from socle.dates import Precision, first_day, in_words
from socle.fichiers.lignes import CelluleChangee, LigneRefusee, Sort, refused, shown
from socle.francais import euros
from socle.recherche import search_key

TEXTES = {
    "numero": "numero",
    "intitule": "intitule",
    "sous_action": "sous_intitule",
    "description": "description",
    "indicateurs": "indicateurs_texte",
}
# What opens, and what closes it: a status that is already true tells nothing new.
CLOSED_BY = {"pause": "reprise", "blocage": "levee", "abandon": "relance", "fin": "relance"}
SORTS = {
    Action: "Actions",
    ActionCommune: "Communes",
    ActionPartenaire: "Partenaires",
    Cout: "Coûts",
    Prevision: "Prévisions de calendrier",
    FaitAction: "Faits",
    Financement: "Financements",
    FaitFinancement: "Faits de financement",
}
A_UN_AUTRE = (
    "cette action est aussi d'une commune d'un autre département : demandez ce changement à la DDT qui "
    "tient sa convention"
)
HORS_DE_PORTEE = "cette action n'est d'aucune commune de vos départements : demandez-la à leur DDT"
SANS_SOURCE = "dates sans source : dites, à l'envoi du fichier, d'où elles viennent"


class Fiche:
    """The records that a row writes, in order, and what is told of each."""

    def __init__(self, passage, lu, action):
        self.passage, self.connues, self.lu = passage, passage.connues, lu
        self.jour = passage.ressource.jour
        self.nouvelle = action is None
        self.action = action or self.new_action()
        self.ecrits, self.retires, self.changements, self.faites = [], [], [], Counter()

    def new_action(self):
        plan = self.connues.plan
        return Action(
            identifiant=self.connues.name_of_new(self.lu),
            convention=plan.convention,
            entree_par=plan.entree_par,
            entree=plan.avenant,
        )

    @property
    def sort(self):
        if self.nouvelle:
            return Sort.NOUVELLE
        return Sort.MODIFIEE if self.ecrits or self.retires else Sort.INCHANGEE

    def tell(self, column, before, after):
        self.changements.append(CelluleChangee(column, shown(before), shown(after)))

    def put(self, record):
        """Write a record; one that is not yet in the base is new."""
        self.ecrits.append(record)
        what = SORTS.get(type(record))
        if what:
            self.faites[what, Sort.MODIFIEE if record.pk else Sort.NOUVELLE] += 1

    def compare(self):
        """Find what the row changes; raises `LigneRefusee`."""
        if self.lu.refus:
            raise LigneRefusee(self.lu.refus)
        self.compare_action()
        self.compare_places()
        self.compare_partners()
        self.refuse_others()
        self.compare_cost()
        self.compare_calendar()
        self.compare_status()
        for line in self.lu.argent:
            self.compare_line(line)
        self.tell_own_share()
        dated = any(
            hasattr(record, "affirmations") for record in self.ecrits if record != self.action
        )
        if dated and self.passage.provenance is None:
            raise LigneRefusee([ValueError(SANS_SOURCE)])

    def compare_action(self):
        action, lu = self.action, self.lu
        before = len(self.changements)
        for column, name in TEXTES.items():
            text = lu.textes[column]
            if text and text != getattr(action, name):
                self.tell(column, getattr(action, name), text)
                setattr(action, name, text)
        self.compare_axe()
        self.set_if_said("theme", "theme", lu.theme)
        self.set_if_said("maturite", "plan_signe", lu.plan_signe, MOTS_DE_LA_MATURITE.get)
        self.compare_owner()
        if lu.etendue == Etendue.ORT and action.etendue != Etendue.ORT:
            self.tell("communes", "", "toutes les communes de l'ORT")
            action.etendue = Etendue.ORT
        self.keep_notes()
        if self.nouvelle or len(self.changements) > before:
            self.put(action)

    def set_if_said(self, column, name, value, in_words=shown):
        known = getattr(self.action, name)
        if value and value != known:
            self.tell(column, in_words(known), in_words(value))
            setattr(self.action, name, value)

    def compare_owner(self):
        if self.lu.maitre_ouvrage is None:
            return
        attribute, record = self.lu.maitre_ouvrage
        if record != self.action.maitre_ouvrage:
            self.tell("maitre_ouvrage", self.action.maitre_ouvrage, record)
            for name in MAITRES_D_OUVRAGE:
                setattr(self.action, name, record if name == attribute else None)

    def keep_notes(self):
        """Keep, in the internal note, the cells that are not understood, each once."""
        action = self.action
        new = [note for note in self.lu.notes if note not in action.note_interne]
        if new:
            told = "\n".join(new)
            self.tell("note_interne", "", told)
            action.note_interne = "\n".join(filter(None, (action.note_interne, told)))

    def compare_axe(self):
        if not self.lu.axe:
            return
        axe = self.axe_of(*self.lu.axe)
        if axe != self.action.axe:
            before = shown(self.action.axe)
            change = CelluleChangee("axe", before, shown(axe), herite=self.lu.axe_herite)
            self.changements.append(change)
            self.action.axe = axe
        if axe.pk is None and not any(axe is each for each in self.ecrits):
            self.put(axe)

    def axe_of(self, code, text):
        """Return the axe of the plan of this code, else of these words, else a new one."""
        axes = self.connues.axes
        found = axes.get(code) or next(
            (a for a in axes.values() if not code and search_key(a.intitule) == search_key(text)),
            None,
        )
        if found is None:
            code = code or next(str(n) for n in range(1, 1000) if str(n) not in axes)
            plan = self.connues.plan
            found = Axe(
                convention=plan.convention,
                labellisation=None if plan.convention else plan.adhesions[0],
                code=code[:20],
                intitule=(text or f"Axe {code}")[:250],
                ordre=len(axes) + 1,
            )
            axes[found.code] = found
        elif text and search_key(text) != search_key(found.intitule):
            self.lu.remarques.append(
                f"axe {found.code} : « {found.intitule} » dans ce plan, « {text} » dans le fichier ; "
                "est-ce le bon plan ?"
            )
        return found

    def compare_places(self):
        """Compare where the action is; a new one that says nothing is of the one commune of its plan."""
        plan, lu = self.connues.plan, self.lu
        if self.nouvelle:
            for adhesion in plan.adhesions:
                self.put(ActionAdhesion(action=self.action, labellisation=adhesion))
        wanted = lu.communes
        if wanted is None and self.nouvelle and not lu.etendue:
            wanted = self.passage.lecteur.places_of(lu)
            if not wanted:
                lu.remarques.append("aucune commune n'est dite : à compléter sur la fiche")
        self.theirs = {row.commune_id: row.commune for row in self.connues.communes[self.action.pk]}
        if wanted is None:
            return
        held = self.connues.communes[self.action.pk]
        asked = {commune.pk: commune for commune in wanted}
        self.retires = [row for row in held if row.commune_id not in asked]
        added = [commune for key, commune in asked.items() if key not in self.theirs]
        if added or self.retires:
            names = " ; ".join(str(c) for c in self.theirs.values())
            self.tell("communes", names, " ; ".join(str(c) for c in asked.values()))
        for commune in added:
            self.put(ActionCommune(action=self.action, commune=commune))
        if self.action.etendue == Etendue.ORT and not lu.etendue and asked:
            self.action.etendue = Etendue.COMMUNES
            if self.action not in self.ecrits:
                self.put(self.action)
        self.theirs |= asked

    def compare_partners(self):
        held = {row.organisme_id for row in self.connues.partenaires[self.action.pk]}
        for organisme in self.lu.partenaires:
            if organisme.pk not in held:
                self.tell("partenaires", "", organisme)
                self.put(ActionPartenaire(action=self.action, organisme=organisme))

    def refuse_others(self):
        """Refuse what the user may not write: an action of others, or what takes something from them."""
        if self.connues.tient:
            return
        mine = self.connues.plume.departements
        of_others = [c for c in self.theirs.values() if c.departement_id not in mine]
        if self.nouvelle:
            if len(of_others) == len(self.theirs):
                raise refused("communes", "", HORS_DE_PORTEE)
        elif self.action.pk not in self.connues.a_ecrire:
            raise refused("intitule", self.action.intitule, HORS_DE_PORTEE)
        elif of_others:
            for change in self.changements:
                if change.colonne in ("maitre_ouvrage", "communes"):
                    raise refused(change.colonne, change.apres, A_UN_AUTRE)

    def compare_cost(self):
        montant, base = self.lu.cout, self.lu.base
        if montant is None:
            return
        last = last_by(self.connues.couts[self.action.pk], "jour", self.jour)
        base = base or (last.base if last else BaseMontant.INCONNUE)
        if last and (last.montant, last.base) == (montant, base):
            return
        if last and last.base and base and last.base != base:
            self.lu.remarques.append(
                f"coût {base} dans le fichier, {last.base} sur la fiche : les deux ne se comparent pas"
            )
        self.tell("cout", told_cost(last), told_cost(Cout(montant=montant, base=base)))
        if last and last.jour == self.jour:
            last.montant, last.base = montant, base
            self.put(last)
        else:
            self.put(
                Cout(
                    action=self.action,
                    jour=self.jour,
                    nature=NatureCout.ESTIME,
                    montant=montant,
                    base=base,
                )
            )

    def compare_calendar(self):
        for objet, column, dite in (
            ("debut", "debut_prevu", self.lu.debut),
            ("fin", "fin_prevue", self.lu.fin),
        ):
            if dite is None:
                continue
            jour = first_day(dite.jour, dite.precision)
            rows = [p for p in self.connues.previsions[self.action.pk] if p.objet == objet]
            last = last_by(rows, "etablie_le", self.jour)
            if last and (last.date_prevue, last.precision) == (jour, dite.precision):
                continue
            self.tell(
                column,
                last and in_words(last.date_prevue, last.precision),
                in_words(jour, dite.precision),
            )
            if last and last.etablie_le == self.jour:
                last.date_prevue, last.precision = jour, dite.precision
                self.put(last)
            else:
                self.put(
                    Prevision(
                        action=self.action,
                        objet=objet,
                        date_prevue=jour,
                        precision=dite.precision,
                        etablie_le=self.jour,
                    )
                )

    def compare_status(self):
        """Write the one fact that a status tells, unless it is known already, or contradicted."""
        dit, lu = self.lu.fait, self.lu
        if dit is None:
            return
        phase = dit.phase or (self.action.aboutissement if dit.nature == "fin" else "")
        held = self.connues.faits[self.action.pk]
        if still(held, dit.nature, phase):
            return
        over = next(
            (n for n in ("abandon", "fin") if n != dit.nature and still(held, n, None)), None
        )
        if dit.nature == "debut" and (over == "abandon" or still(held, "fin", phase)):
            lu.remarques.append(
                "la fiche dit l'action achevée ou abandonnée : enregistrez une relance"
            )
            return
        fait = FaitAction(
            action=self.action,
            nature=dit.nature,
            phase=phase,
            jour=lu.etat_le.jour,
            precision=Precision.AU_PLUS_TARD,
        )
        if why := coherence_des_faits.refus([fait, *held]):
            raise refused("etat", str(fait), why)
        self.tell("etat", "", f"{fait}, {in_words(fait.jour, fait.precision)}")
        self.put(fait)

    def compare_line(self, said):
        """Compare what a scheme gives with the line that tells it, or make one."""
        lines = [li for li in self.connues.lignes[self.action.pk] if self.is_of(li, said)]
        in_file = [o for o in self.lu.argent if o.dispositif == said.dispositif]
        if len(lines) > len(in_file):
            self.compare_sum(said, lines)
            return
        if said.rang <= len(lines):
            self.compare_facts(said, lines[said.rang - 1])
        elif any(said.montants.values()):
            ligne = Financement(
                identifiant=self.connues.name_of_line(self.action, said.dispositif.cle),
                action=self.action,
                dispositif=said.dispositif,
                rang=len(self.connues.lignes[self.action.pk])
                + self.faites["Financements", Sort.NOUVELLE]
                + 1,
            )
            if said.financeur:
                setattr(ligne, *said.financeur)
            self.put(ligne)
            self.compare_facts(said, ligne)

    def is_of(self, ligne, said):
        """Tell whether a line is the one that a column speaks of: its scheme, and who pays."""
        if ligne.dispositif_id != said.dispositif.pk:
            return False
        if not said.nomme:
            return True
        name, record = said.financeur
        held = getattr(ligne, f"{name}_id")
        return held in (None, record.pk)

    def compare_sum(self, said, lines):
        """Say that the file does not tell apart the lines of one scheme, where it says another sum."""
        for stade, montant in said.montants.items():
            known = [self.amount_at(ligne, stade) for ligne in lines]
            if sum(k for k in known if k is not None) != montant:
                header = self.passage.ressource.entete_de(said.colonnes[stade])
                self.lu.remarques.append(
                    f"{header} : {len(lines)} lignes de {said.dispositif} sur la fiche, que le fichier ne "
                    "distingue pas ; rien n'en est écrit"
                )

    def amount_at(self, ligne, stade):
        """Return the amount of a line at a stage, on the day of the file; None if unknown."""
        faits = [f for f in self.connues.faits_d_argent[ligne.pk] if f.jour <= self.jour]
        match stade:
            case "accorde":
                return plafond(faits, self.jour)
            case "verse":
                return verse(faits, self.jour)
        last = last_by([f for f in faits if f.nature == (stade or "prevision")], "jour", self.jour)
        return last.montant if last else None

    def compare_facts(self, said, ligne):
        held = list(self.connues.faits_d_argent[ligne.pk]) if ligne.pk else []
        new = []
        for stade, montant in said.montants.items():
            column = said.colonnes[stade]
            make = {"accorde": self.grant, "verse": self.payment}.get(stade, self.announced)
            faits = make(said, ligne, held + new, stade, montant)
            for fait in faits:
                if fait.pk is None:
                    new.append(fait)
                words = MOTS_DES_STADES[stade] or "prévu"
                if fait.montant is not None:
                    self.tell(
                        column, getattr(fait, "avant", ""), f"{euros(fait.montant)} ({words})"
                    )
                self.put(fait)
        if why := coherence_de_l_argent.refus([*held, *new]):
            column = next(iter(said.colonnes.values()))
            raise refused(column, self.passage.ressource.entete_de(column), why.texte)

    def announced(self, said, ligne, faits, stade, montant):
        """Return the forecast, or the request, that an amount is; none if it is the last one known."""
        nature = stade or "prevision"
        last = last_by([f for f in faits if f.nature == nature], "jour", self.jour)
        if last and last.montant == montant:
            return []
        if last and last.jour == self.jour:
            last.avant, last.montant = euros(last.montant), montant
            return [last]
        precision = Precision.AU_PLUS_TARD if nature == "demande" else Precision.JOUR
        return [
            FaitFinancement(
                financement=ligne,
                nature=nature,
                jour=self.jour,
                precision=precision,
                montant=montant,
            )
        ]

    def grant(self, said, ligne, faits, stade, montant):
        """Return the grant of a decision; one that is known already is never written again."""
        if any(f.nature == "accord" and not f.suppose for f in faits):
            known = plafond(faits, self.jour)
            if known != montant:
                told = euros(known) if known is not None else "un montant inconnu"
                self.lu.remarques.append(
                    f"{said.dispositif} : {euros(montant)} dans le fichier, {told} sur la fiche ; "
                    "enregistrez une modification, ou corrigez l'accord"
                )
            return []
        supposed = next((f for f in faits if f.nature == "accord"), None)
        if supposed:
            self.lu.remarques.append(
                f"{said.dispositif} : un versement suppose déjà un accord ; complétez-le sur la fiche"
            )
            return []
        if said.decision.jour > self.passage.aujourd_hui:
            column = said.colonnes[stade]
            raise refused(
                column, in_words(*said.decision), "une décision n'est pas d'un jour à venir"
            )
        jour = first_day(said.decision.jour, said.decision.precision)
        return [
            FaitFinancement(
                financement=ligne,
                nature="accord",
                jour=jour,
                precision=said.decision.precision,
                montant=montant,
            )
        ]

    def payment(self, said, ligne, faits, stade, montant):
        """Return the payment of a sum paid by the day of the file, with the grant that it supposes."""
        known = verse(faits, self.jour)
        if known == montant:
            return []
        if known:
            self.lu.remarques.append(
                f"{said.dispositif} : {euros(montant)} versés dans le fichier, {euros(known)} sur la fiche ; "
                "enregistrez les versements sur la fiche"
            )
            return []
        paid = FaitFinancement(
            financement=ligne,
            nature="versement",
            sorte_versement="acompte",
            jour=self.jour,
            precision=Precision.AU_PLUS_TARD,
            montant=montant,
        )
        if any(f.nature == "accord" for f in faits):
            return [paid]
        return [paid.accord_suppose(), paid]

    def tell_own_share(self):
        """Say by how much the share of the owner differs from what the others leave of the cost."""
        own = [li for li in self.lu.argent if li.dispositif.nature == "fonds_propres"]
        if not own or self.lu.cout is None:
            return
        others = [li for li in self.lu.argent if li not in own]
        given = sum(next(iter(li.montants.values())) for li in others)
        told = sum(next(iter(li.montants.values())) for li in own)
        if gap := told - (self.lu.cout - given):
            word = "de plus" if gap > 0 else "de moins"
            self.lu.remarques.append(
                f"{own[0].dispositif} : {euros(abs(gap))} {word} que le coût moins les autres financements"
            )


def last_by(rows, name, jour):
    """Return the last of `rows` by the date `name`, of `jour` or before."""
    come = [row for row in rows if getattr(row, name) <= jour]
    return max(come, key=lambda row: getattr(row, name), default=None)


def still(faits, nature, phase):
    """Tell whether a fact of this nature holds, that nothing closed since; any phase when it is None."""
    same = [f for f in faits if f.nature == nature and phase in (None, f.phase)]
    closing = CLOSED_BY.get(nature)
    closed = [f for f in faits if f.nature == closing] if closing else []
    return len(same) > len([f for f in closed if any(f.jour >= s.jour for s in same)])


def told_cost(cout):
    return f"{euros(cout.montant)} {cout.base}".strip() if cout else ""
