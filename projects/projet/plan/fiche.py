"""What a row of a plan does to the records of its action, compared with what is already known of it."""

from collections import Counter

from projects.actions import coherence
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
from projects.actions.regles import (
    TERMINEES,
    EtatAction,
    dernier_cout,
    etat_des_faits,
    in_order,
)
from projects.financements.models import FaitFinancement, Financement
from projects.projet.plan.argent import ArgentDUneAction
from projects.projet.plan.connues import last_by
from projects.projet.plan.mots import MOTS_DE_LA_MATURITE
from socle.dates import Precision, first_day, in_words
from socle.fichiers.lignes import CelluleChangee, LigneRefusee, Sort, as_read, refused, shown
from socle.francais import euros
from socle.recherche import search_key

TEXTES = {
    "numero": "numero",
    "intitule": "intitule",
    "sous_action": "sous_intitule",
    "description": "description",
    "indicateurs": "indicateurs_texte",
}
# What is to be recorded before an action may be of another state than of one of these.
SUITES = {
    EtatAction.ABANDONNEE: "enregistrez une relance",
    EtatAction.ACHEVEE: "enregistrez une relance",
    EtatAction.BLOQUEE: "enregistrez la levée du blocage",
    EtatAction.EN_PAUSE: "enregistrez une reprise",
}
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
COUT_DEFINITIF = (
    "coût de {} dans le fichier, définitif de {} sur la fiche : rien n'en est écrit ; corrigez-le sur la "
    "fiche s'il est faux"
)
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
        ArgentDUneAction(self).compare()
        if self.ecrits:
            # Of one that the user only reads, nothing but what is written already.
            self.refuse_others()
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
        if not self.lu.axe or self.is_its_axe(*self.lu.axe):
            return
        axe = self.axe_of(*self.lu.axe)
        if axe != self.action.axe:
            before = shown(self.action.axe)
            change = CelluleChangee("axe", before, shown(axe), herite=self.lu.axe_herite)
            self.changements.append(change)
            self.action.axe = axe
        if axe.pk is None and not any(axe is each for each in self.ecrits):
            self.put(axe)

    def is_its_axe(self, code, text):
        """Tell whether a code and words are those of its own axe, which may be of an adhésion."""
        axe = self.action.axe
        if axe is None or code not in ("", as_read(axe.code)):
            return False
        return search_key(text) in ("", search_key(axe.intitule))

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
            wanted = self.passage.lecteur.ref.places_of(lu)
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
            if self.changements or self.ecrits or self.action.pk not in self.connues.du_plan:
                raise refused("intitule", self.action.intitule, HORS_DE_PORTEE)
        elif of_others:
            for change in self.changements:
                if change.colonne in ("maitre_ouvrage", "communes"):
                    raise refused(change.colonne, change.apres, A_UN_AUTRE)

    def compare_cost(self):
        montant, base = self.lu.cout, self.lu.base
        if montant is None:
            return
        last = dernier_cout(self.connues.couts[self.action.pk], self.jour)
        base = base or (last.base if last else BaseMontant.INCONNUE)
        if last and (last.montant, last.base) == (montant, base):
            return
        if last and last.nature == NatureCout.DEFINITIF:
            said = told_cost(Cout(montant=montant, base=base))
            self.lu.remarques.append(COUT_DEFINITIF.format(said, told_cost(last)))
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
        before = len(self.changements)
        self.compare_days()
        # What the action has already is not said anew.
        if self.lu.fin_avant_debut and len(self.changements) > before:
            raise LigneRefusee([self.lu.fin_avant_debut])

    def compare_days(self):
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
        fait = self.told_fact()
        if fait is None:
            return
        held = self.connues.faits[self.action.pk]
        by_then = [f for f in held if f.jour <= fait.jour]
        if self.says(by_then, fait) or self.contradicts(by_then, fait) or told_later(held, fait):
            return
        if why := coherence.refus([fait, *held]):
            raise refused("etat", str(fait), why)
        self.tell("etat", "", f"{fait}, {in_words(fait.jour, fait.precision)}")
        self.put(fait)

    def told_fact(self):
        """Return the fact that the status of the row tells, None if it tells none."""
        dit = self.lu.fait
        if dit is None:
            return None
        return FaitAction(
            action=self.action,
            nature=dit.nature,
            phase=dit.phase or (self.action.aboutissement if dit.nature == "fin" else ""),
            jour=self.lu.etat_le,
            precision=Precision.AU_PLUS_TARD,
        )

    def state_of(self, faits):
        """Return the state that facts give, whatever their order; None when nothing has begun."""
        return etat_des_faits(self.action.aboutissement, sorted(faits, key=in_order))

    def says(self, faits, fait):
        """Tell whether facts give the state that a fact gives alone, and its phase come as far."""
        return self.state_of(faits) == self.state_of([fait]) and reached(faits, fait)

    def contradicts(self, faits, fait):
        """Tell, and say, whether the state is another with a fact than the one that it gives alone.

        A phase that has come farther is a fact none the less while the action is paused, or blocked.
        """
        said, after = self.state_of([fait]), self.state_of([*faits, fait])
        if said == after:
            return False
        self.lu.remarques.append(contradicted(self.state_of(faits), fait.jour))
        return said != EtatAction.EN_COURS or after in TERMINEES or reached(faits, fait)


def reached(faits, fait):
    """Tell whether facts bring the phase of a fact, if it has one, as far: an end has begun it."""
    as_far = [f for f in faits if f.nature in (fait.nature, "fin")]
    return not fait.phase or any(f.phase == fait.phase for f in as_far)


def told_later(faits, fait):
    """Tell whether the same fact is known of a later day: that it had come before teaches nothing."""
    same = [f for f in faits if (f.nature, f.phase) == (fait.nature, fait.phase)]
    return any(f.jour > fait.jour for f in same)


def contradicted(etat, jour):
    """Say which state is known on the day of a status, and what would let it be another."""
    label, suite = (etat or EtatAction.A_VENIR).label, SUITES.get(etat, "rien n'en est écrit")
    return f"la fiche dit l'action {label} {in_words(jour)} : {suite}"


def told_cost(cout):
    return f"{euros(cout.montant)} {cout.base}".strip() if cout else ""
