"""One reading of a list of grants: which action each of them funds."""

from collections import Counter, defaultdict
from functools import cached_property

from django.db.models import Q

from communes.models import Commune, Intercommunalite
from projects.actions.models import MAITRES_D_OUVRAGE, Action, Cout
from projects.financements.models import Dispositif, FaitFinancement, Financement
from projects.projet.plan.colonnes import funder_of
from projects.projet.plan.fiche import HORS_DE_PORTEE
from projects.projet.plan.passage import PassageEnMemoire
from projects.projet.plan.subventions.fiche import Subvention
from projects.projet.plan.subventions.lecture import SubventionLue
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.lignes import LigneRefusee, passed, refused
from socle.fichiers.temoins import telling_words
from socle.francais import liste
from socle.identifiants import bare_key

SANS_ACTION = (
    "cette subvention n'est rattachée à aucune action : {} ; aucune action n'est créée d'ici"
)
MOST_PROPOSED = 3
ENOUGH_WORDS = 0.5


class PassageDesSubventions(PassageEnMemoire):
    """One reading of a list of grants, each beside the action that it funds."""

    def lignes(self):
        rows = self.table.lignes
        self.load(rows)
        return [passed(lue, self.pass_row) for lue in rows]

    def load(self, rows):
        """Read the actions that the rows may be about, in a constant number of queries."""
        dossiers = {r.cellules.get("numero_dossier", "").strip() for r in rows} - {""}
        self.theirs = Action.objects.a_ecrire(self.user)
        named = Financement.objects.filter(numero_dossier__dans=dossiers, action__isnull=False)
        self.actions = list(
            Action.objects.filter(
                Q(pk__in=self.theirs.order_by().values("pk"))
                | Q(pk__in=named.order_by().values("action"))
            ).select_related(*MAITRES_D_OUVRAGE)
        )
        keys = [action.pk for action in self.actions]
        self.a_ecrire = set(self.theirs.values_list("pk", flat=True))
        self.by_key = {bare_key(action.identifiant): action for action in self.actions}
        self.by_pk = {action.pk: action for action in self.actions}
        self.lines, self.by_dossier = defaultdict(list), defaultdict(list)
        lines = Financement.objects.filter(action__dans=keys).order_by("rang", "pk")
        if self.for_good:
            lines = lines.select_for_update(of=["self"])
        for line in lines.select_related("dispositif"):
            self.lines[line.action_id].append(line)
            if line.numero_dossier:
                self.by_dossier[line.numero_dossier].append(line)
        self.faits = defaultdict(list)
        for fait in FaitFinancement.objects.filter(financement__action__dans=keys):
            self.faits[fait.financement_id].append(fait)
        self.couts = defaultdict(list)
        for cout in Cout.objects.filter(action__dans=keys):
            self.couts[cout.action_id].append(cout)
        self.dispositifs = {scheme.cle: scheme for scheme in Dispositif.objects.all()}
        self.taken = {bare_key(line.identifiant) for lines in self.lines.values() for line in lines}
        self.met = Counter()

    @cached_property
    def libelles(self):
        return {key: scheme.libelle for key, scheme in self.dispositifs.items()}

    def pass_row(self, ligne):
        lu = SubventionLue(self.ressource, ligne.lue.cellules)
        dispositif = self.scheme_of(lu)
        if lu.refus:
            raise LigneRefusee(lu.refus)
        action = self.action_of(lu)
        if action.pk not in self.a_ecrire:
            raise refused("action_identifiant", action.identifiant, HORS_DE_PORTEE)
        subvention = Subvention(self, lu, action, dispositif)
        subvention.compare()
        if self.for_good and subvention.ecrits:
            self.write(subvention)
        ligne.objet, ligne.fiche = subvention.financement, f"{dispositif} : {action}"
        ligne.sort, ligne.changements = subvention.sort, subvention.changements
        ligne.remarques, ligne.faites = lu.remarques, subvention.faites

    def scheme_of(self, lu):
        text = lu.row.get("dotation", "").strip()
        key = funder_of(text, self.libelles) if text else None
        if key is None:
            why = "dotation inconnue : écrivez DETR, DSIL, DPV, FNADT, Fonds vert…"
            lu.refus.append(CelluleRefusee("dotation", text, why))
        return self.dispositifs.get(key)

    def action_of(self, lu):
        """Return the action of a grant: that of its identifier, of its dossier, else it is asked."""
        if key := lu.row.get("action_identifiant", "").strip():
            if bare_key(key) not in self.by_key:
                raise refused(
                    "action_identifiant", key, "aucune de vos actions n'a cet identifiant"
                )
            return self.by_key[bare_key(key)]
        known = {line.action_id for line in self.by_dossier[lu.dossier]} if lu.dossier else set()
        if len(known) == 1:
            return self.by_pk[known.pop()]
        proposed = self.proposed(lu)
        told = (
            "écrivez dans une colonne « action_identifiant » "
            + liste(f"« {a.identifiant} » ({a})" for a in proposed)
            if proposed
            else "inscrivez d'abord l'action, ou écrivez son « action_identifiant »"
        )
        raise LigneRefusee([ValueError(SANS_ACTION.format(told))])

    def proposed(self, lu):
        """Return the actions of the same owner that have the cost, or the words, of a grant: best first."""
        owners = self.owners_of(lu)
        words = telling_words(lu.row.get("intitule", "")) if lu.row.get("intitule") else set()
        scored = []
        for action in self.actions:
            owner = action.maitre_ouvrage
            if owners and owner is not None and owner not in owners:
                continue
            own = telling_words(action.intitule)
            shared = len(words & own) / len(words | own) if words else 0
            costs = {cout.montant for cout in self.couts[action.pk]}
            same_cost = lu.montants["cout_total"] in costs
            if same_cost or (shared >= ENOUGH_WORDS and (owner in owners or not owners)):
                scored.append((same_cost + shared, action.identifiant, action))
        scored.sort(key=lambda found: (-found[0], found[1]))
        return [action for *_, action in scored[:MOST_PROPOSED]]

    def owners_of(self, lu):
        """Return who asks, among the owners of the actions: by its code, its SIREN or its name."""
        code, name = lu.row.get("code_insee", "").strip(), lu.row.get("demandeur", "").strip()
        found = []
        for action in self.actions:
            owner = action.maitre_ouvrage
            if isinstance(owner, Commune):
                same = owner.pk == code
            elif isinstance(owner, Intercommunalite):
                same = owner.pk == lu.siren
            else:
                same = bool(owner and lu.siren and owner.siren == lu.siren)
            if owner and (same or (name and telling_words(name) == telling_words(str(owner)))):
                found.append(owner)
        return found
