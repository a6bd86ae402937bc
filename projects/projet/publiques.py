"""The actions that anybody reads on a day: an act signed by then, or a fact told by then, brings them."""

from django.db.models import Exists, OuterRef, Q

from communes.models import Commune
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


def communes_des(actions, jour):
    """Return the communes of `actions`, a queryset, on `jour`, each once and in no order."""
    named = ActionCommune.objects.filter(action__in=actions.values("pk"))
    whole = actions.filter(etendue=Etendue.ORT)
    covered = CommuneCouverte.objects.as_of(jour).filter(convention__in=whole.values("convention"))
    return Commune.objects.order_by().filter(
        Q(pk__in=named.communes_du_jour(jour)) | Q(pk__in=covered.communes_du_jour(jour))
    )
