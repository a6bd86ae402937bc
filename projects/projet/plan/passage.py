"""What each row of a plan does, tried or for good: the same comparison, written only when it is confirmed."""

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from communes.models import Labellisation
from ort.models import Convention
from projects.actions.models import Axe, BaseMontant
from projects.projet.plan.connues import Connues
from projects.projet.plan.fiche import Fiche
from projects.projet.plan.lecture import Lecteur
from projects.projet.plan.referentiel import Referentiel
from socle.dates import Precision
from socle.fichiers.lignes import LigneRefusee, LigneTraitee, Sort, located_cell, passed
from socle.fichiers.tableau.dire import quoted
from socle.francais import pluriel
from socle.sources import Affirmation, Sourcee, sourced_fields
from socle.verrou import lock

SANS_PLAN = "dites d'abord, avec les colonnes, de quel plan sont ces actions"


class PassageEnMemoire:
    """One reading of rows that give several records each: a preview compares, and writes nothing."""

    def __init__(self, ressource, table, user, provenance=None, for_good=False):
        self.ressource, self.table, self.user = ressource, table, user
        self.provenance, self.for_good = provenance, for_good
        self.aujourd_hui = timezone.localdate()

    def write(self, fiche):
        """Save the records of a row, all or none, each with who says its date."""
        new = [record for record in fiche.ecrits if record.pk is None]
        try:
            with transaction.atomic():
                for record in fiche.retires:
                    record.delete()
                for record in in_order(fiche):
                    record.save()
                    if any(record is each for each in new):
                        self.say(record)
        except (ValidationError, IntegrityError, DataError) as error:
            for record in new:
                record.pk, record._state.adding = None, True
            texts = getattr(error, "messages", None) or ["la base refuse cette ligne"]
            raise LigneRefusee([ValueError(text) for text in texts]) from None

    def say(self, record):
        """Write who says the dates of a new record."""
        if not isinstance(record, Sourcee) or self.provenance is None:
            return
        for champ in sourced_fields(type(record)):
            if jour := getattr(record, champ):
                told = record.precision if champ == "jour" else Precision.JOUR
                Affirmation.objects.create(
                    fiche=record,
                    champ=champ,
                    valeur=jour.isoformat(),
                    valeur_brute=jour.isoformat(),
                    source=self.provenance.source,
                    precision=told,
                    detail_interne=self.provenance.detail,
                )


class PassageDuPlan(PassageEnMemoire):
    """One reading of the rows of a plan."""

    def lignes(self):
        plan = self.ressource.plan_of(self.user)
        if plan is None:
            return [self.refused(lue) for lue in self.table.lignes]
        if self.for_good:
            self.lock_plan(plan)
        self.connues = Connues(plan, self.user)
        rows = self.table.lignes
        self.connues.load({r.cellules.get("identifiant", "") for r in rows} - {""})
        ref = Referentiel(
            plan,
            self.ressource.dispositifs,
            self.ressource.reponses,
            self.ressource.jour,
            self.user,
        )
        ref.load(rows)
        self.lecteur = Lecteur(self.ressource, ref, rows, self.connues.by_identifiant)
        self.met, self.axes_dits = {}, set()
        lignes = [passed(lue, self.pass_row) for lue in rows]
        self.ressource.remarques = [*self.ressource.totaux(rows), *self.told(plan)]
        return lignes

    def lock_plan(self, plan):
        """Have whoever imports the same plan wait: it then reads what was written."""
        if plan.convention:
            lock(Convention, plan.convention.pk)
        else:
            lock(Labellisation, *(adhesion.pk for adhesion in plan.adhesions))

    def refused(self, lue):
        ligne = LigneTraitee(lue)
        ligne.refuse([ValueError(SANS_PLAN)])
        return ligne

    def pass_row(self, ligne):
        lu = self.lecteur.read(ligne.lue)
        if lu.refus:
            raise LigneRefusee(lu.refus)
        fiche = Fiche(self, lu, self.connues.action_of(lu))
        action = fiche.action
        if above := self.met.get(id(action)):
            raise LigneRefusee([ValueError(f"la ligne {above} parle déjà de la même action")])
        fiche.compare()
        self.check(action, ligne.lue.cellules)
        if self.for_good and (fiche.ecrits or fiche.retires):
            self.write(fiche)
        self.met[id(action)] = ligne.numero
        if fiche.nouvelle:
            self.connues.remember(action)
        ligne.objet, ligne.fiche, ligne.sort = action, str(action), fiche.sort
        ligne.changements, ligne.faites = fiche.changements, fiche.faites
        ligne.remarques = lu.remarques
        self.count_axe(ligne, fiche)

    def count_axe(self, ligne, fiche):
        """Count a new axe with the first row that has it."""
        for axe in (record for record in fiche.ecrits if isinstance(record, Axe)):
            if axe.code not in self.axes_dits:
                self.axes_dits.add(axe.code)
                ligne.faites["Axes", Sort.NOUVELLE] += 1

    def check(self, action, row):
        """Refuse what the model refuses of the words of an action."""
        links = {field.name for field in action._meta.fields if field.is_relation}
        try:
            action.clean_fields(exclude=links)
        except ValidationError as error:
            raise LigneRefusee(
                [
                    located_cell(text, name, self.ressource, row)
                    for name, texts in error.message_dict.items()
                    for text in texts
                ]
            ) from None

    def told(self, plan):
        """Tell what the file leaves out of the plan, and costs of another base than those of the plan."""
        gone = [
            action
            for action in self.connues.actions
            if action.pk in self.connues.du_plan
            and action.sortie_id is None
            and id(action) not in self.met
        ]
        if gone:
            are = pluriel(
                len(gone),
                "action du plan n'est pas dans le fichier et ne change pas,"
                "actions du plan ne sont pas dans le fichier et ne changent pas",
            )
            yield f"{are} : {quoted(str(action) for action in gone)}."
        held = {c.base for couts in self.connues.couts.values() for c in couts if c.pk and c.base}
        base = self.ressource.base_of("cout")
        if base and held and base not in held:
            other = BaseMontant.TTC if base == BaseMontant.HT else BaseMontant.HT
            yield f"Ce fichier est en {base}, le plan en {other} : les deux ne s'additionnent pas."


def in_order(fiche):
    """Return the records of a row, what others hang on first: the axe, then the action."""
    first = [r for r in fiche.ecrits if isinstance(r, Axe)]
    action = [r for r in fiche.ecrits if r is fiche.action]
    return [*first, *action, *(r for r in fiche.ecrits if r not in first and r is not fiche.action)]
