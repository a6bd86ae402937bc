"""What is already recorded of the actions that a file speaks of, read in a constant number of queries."""

from collections import defaultdict

from django.db.models import Q

from ort.models.droits import Plume
from projects.actions.models import (
    MAITRES_D_OUVRAGE,
    Action,
    ActionCommune,
    ActionPartenaire,
    Axe,
    Cout,
    FaitAction,
    Prevision,
)
from projects.financements.models import FaitFinancement, Financement
from socle.fichiers.lignes import refused
from socle.identifiants import bare_key, identifiant_de, libre
from socle.recherche import search_key


class Connues:
    """The actions of a plan, with all that hangs on them, and those that the rows name otherwise."""

    def __init__(self, plan, user):
        self.plan, self.user = plan, user

    def load(self, identifiants):
        """Read the actions of the plan, and those of these identifiers."""
        actions = Action.objects.filter(
            Q(pk__in=self.of_plan().order_by().values("pk")) | Q(identifiant__dans=identifiants)
        )
        self.actions = list(actions.select_related("axe", "theme", *MAITRES_D_OUVRAGE))
        keys = [action.pk for action in self.actions]
        self.du_plan = set(self.of_plan().values_list("pk", flat=True))
        self.communes = self.by_action(ActionCommune.objects.select_related("commune"), keys)
        self.partenaires = self.by_action(ActionPartenaire.objects, keys)
        self.couts = self.by_action(Cout.objects, keys)
        self.previsions = self.by_action(Prevision.objects, keys)
        self.faits = self.by_action(FaitAction.objects, keys)
        lines = Financement.objects.select_related("dispositif").order_by("rang", "pk")
        self.lignes = self.by_action(lines, keys)
        self.faits_d_argent = defaultdict(list)
        for fait in FaitFinancement.objects.filter(financement__action__dans=keys).order_by(
            "jour", "pk"
        ):
            self.faits_d_argent[fait.financement_id].append(fait)
        self.axes = {axe.code: axe for axe in self.axes_of_plan()}
        self.load_names()
        self.load_rights(keys)

    def of_plan(self):
        """Return the actions of the plan, those that left it included."""
        if self.plan.convention:
            return Action.objects.filter(convention=self.plan.convention)
        signed = [adhesion.pk for adhesion in self.plan.adhesions]
        return Action.objects.filter(
            convention=None, entree_par="adhesion", adhesions__labellisation__in=signed
        ).distinct()

    def axes_of_plan(self):
        if self.plan.convention:
            return Axe.objects.filter(convention=self.plan.convention)
        return Axe.objects.filter(labellisation__in=[a.pk for a in self.plan.adhesions])

    @staticmethod
    def by_action(rows, keys):
        """Return the rows of the actions of these keys, by the key of their action."""
        found = defaultdict(list)
        for row in rows.filter(action__dans=keys):
            found[row.action_id].append(row)
        return found

    def load_names(self):
        """Read what the identifiers of new actions, and of new lines, may not be."""
        self.prefixe = identifiant_de(self.plan.prefixe, "plan")
        taken = Action.objects.filter(identifiant__startswith=self.prefixe)
        self.taken = {bare_key(key) for key in taken.values_list("identifiant", flat=True)}
        lines = Financement.objects.filter(identifiant__startswith=self.prefixe)
        self.taken_lines = {bare_key(key) for key in lines.values_list("identifiant", flat=True)}
        self.by_identifiant = {bare_key(action.identifiant): action for action in self.actions}
        self.by_numero, self.by_title = defaultdict(list), defaultdict(list)
        for action in self.actions:
            if action.pk in self.du_plan:
                self.remember(action)

    def load_rights(self, keys):
        """Read which actions the user writes, and whether it keeps the plan whole."""
        self.plume = Plume(self.user)
        convention = self.plan.convention
        self.tient = self.plume.national or bool(
            convention and self.plume.tient(convention.departement_reference_id)
        )
        writable = Action.objects.a_ecrire(self.user).filter(pk__dans=keys)
        self.a_ecrire = set(writable.values_list("pk", flat=True))

    def remember(self, action):
        """Let the rows below be about an action."""
        below = search_key(action.sous_intitule)
        if action.numero:
            self.by_numero[action.numero, below].append(action)
        self.by_title[search_key(action.intitule), below].append(action)

    def action_of(self, lu):
        """Return the action that a row is about, None for a new one; raises `LigneRefusee`."""
        textes = lu.textes
        if key := textes["identifiant"]:
            action = self.by_identifiant.get(bare_key(key))
            if action and action.pk and action.pk not in self.du_plan:
                why = (
                    "cet identifiant est celui d'une action d'un autre plan : est-ce le bon plan ?"
                )
                raise refused("identifiant", key, why)
            return action
        below = search_key(textes["sous_action"])
        if textes["numero"] and (found := self.by_numero[textes["numero"], below]):
            return self.only(found, "numero", textes["numero"])
        alike = self.by_title[search_key(textes["intitule"]), below]
        alike = [a for a in alike if not (a.numero and textes["numero"])]
        return self.only(alike, "intitule", textes["intitule"]) if alike else None

    @staticmethod
    def only(found, column, text):
        if len(found) > 1:
            keys = ", ".join(action.identifiant for action in found)
            raise refused(
                column, text, f"plusieurs actions répondent : écrivez l'identifiant, {keys}"
            )
        return found[0]

    def name_of_new(self, lu):
        """Return the identifier of a new action: its plan, then its number or else its words."""
        textes = lu.textes
        if textes["identifiant"]:
            return textes["identifiant"]
        number = textes["numero"].replace(".", "-")
        words = " ".join(filter(None, (number or textes["intitule"], textes["sous_action"])))
        named = libre(f"{self.prefixe}-{identifiant_de(words, 'action')}", self.taken)
        self.taken.add(bare_key(named))
        return named

    def name_of_line(self, action, cle):
        """Return the identifier of a new line of money: its action, then its scheme."""
        named = libre(f"{action.identifiant}-{cle}", self.taken_lines)
        self.taken_lines.add(bare_key(named))
        return named


def last_by(rows, name, jour):
    """Return the last of `rows` by the date `name`, of `jour` or before."""
    come = [row for row in rows if getattr(row, name) <= jour]
    return max(come, key=lambda row: getattr(row, name), default=None)
