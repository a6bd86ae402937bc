"""The actions that anybody reads on a day: an act signed by then, or a fact told by then, brings them."""

from django.db.models import Exists, OuterRef

from communes.models import Commune, Departement, Succession
from communes.territoire.faits import successions_lues
from ort.models import CommuneCouverte
from projects.actions.models import Action, ActionCommune, Cout, Etendue, FaitAction, Prevision
from projects.financements.models import FaitFinancement

# What an agent alone reads of an action and of its money: no source of it is ever cited.
INTERNES = ("texte", "motif", "numero_dossier", "note_interne")


def publiques(jour):
    """Return the actions come by an act signed by `jour`, be they out since, and the « relevées »."""
    return Action.objects.connues(jour) | relevees_connues(jour)


def relevees_connues(jour):
    """Return the « opérations relevées » of which something public is known on `jour`."""
    money = FaitFinancement.objects.publics(jour)
    return Action.objects.relevees().filter(
        Exists(FaitAction.objects.filter(action=OuterRef("pk"), jour__lte=jour))
        | Exists(Prevision.objects.filter(action=OuterRef("pk"), etablie_le__lte=jour))
        | Exists(Cout.objects.filter(action=OuterRef("pk"), jour__lte=jour))
        | Exists(money.filter(financement__action=OuterRef("pk")))
    )


def references(cles, objet="action"):
    """Return the number of the act that grants each line of the actions, or studies, of these keys."""
    granted = FaitFinancement.objects.filter(nature="accord").order_by()
    granted = granted.filter(**{f"financement__{objet}__dans": cles})
    return dict(granted.values_list("financement", "reference"))


def communes_des_publiques(jour):
    """Return the communes, on `jour`, of the actions that anybody reads: the département of each, by code."""
    # Of each commune that any action names, one such action is enough: the others are not read.
    named = Commune.objects.order_by().filter(
        Exists(publiques(jour).filter(communes_liees__commune=OuterRef("pk"))),
        pk__in=ActionCommune.objects.order_by().values("commune"),
    )
    covered = couvertes_en_entier(Action.objects.connues(jour), jour)
    return answering([*named.values_list("pk", flat=True), *covered], jour)


def departements_des_publiques(jour):
    """Return the codes of the départements where an action that anybody reads is done on `jour`."""
    if Succession.objects.as_of(jour).d_un_autre_departement().exists():
        return set(communes_des_publiques(jour).values())
    # One action of each is enough: to read their communes, by the thousand, took three times as long.
    named = Departement.objects.order_by().filter(
        Exists(publiques(jour).filter(communes_liees__commune__departement=OuterRef("pk")))
    )
    covered = couvertes_en_entier(Action.objects.connues(jour), jour, "commune__departement")
    return {*named.values_list("pk", flat=True), *covered}


def communes_des_actions(cles, jour, successions=None):
    """Return the communes, on `jour`, of the actions of these keys: the département of each, by code."""
    named = ActionCommune.objects.order_by().filter(action__dans=cles)
    covered = couvertes_en_entier(Action.objects.filter(pk__dans=cles), jour)
    return answering([*named.values_list("commune", flat=True), *covered], jour, successions)


def couvertes_en_entier(actions, jour, field="commune"):
    """Return the communes that the ORT of which `actions` are, whole, cover on `jour`, or a field of them."""
    # A « relevée » is of no ORT.
    whole = actions.order_by().filter(etendue=Etendue.ORT).values_list("convention", flat=True)
    # Few actions are of a whole ORT: where none is, what it covers is not asked for.
    if not (conventions := set(whole.distinct())):
        return []
    covered = CommuneCouverte.objects.as_of(jour).filter(convention__dans=conventions)
    return covered.order_by().values_list(field, flat=True).distinct()


def answering(recorded, jour, successions=None):
    """Return the communes that answer on `jour` for the codes `recorded`: its département, by code."""
    successions = successions or successions_lues()
    codes = {successions.commune_du_jour(code, jour) for code in recorded}
    found = Commune.objects.order_by().filter(pk__dans=codes)
    return dict(found.values_list("pk", "departement"))
