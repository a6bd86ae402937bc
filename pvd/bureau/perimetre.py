"""The records that an agent keeps: those of all its départements, or of the one it has chosen."""

from dataclasses import dataclass, field

from django.http import Http404

from communes.models import Agent, Commune, Departement, Interlocuteur, Labellisation, Relecture
from ort.models import Avenant, Convention, Proposition
from projects.actions.models.droits import VOIES
from projects.models import (
    Action,
    Bilan,
    Cible,
    Etude,
    EvenementClub,
    Financement,
    Indicateur,
    Note,
    Presentation,
    Releve,
)
from projects.postes.models import Poste
from pvd.signalements.models import Signalement
from socle.cles import par_une_voie

# The ways from what hangs on a convention.
PAR_LA_CONVENTION = [
    "convention__couvertures__commune__departement",
    "convention__departement_reference",
]
# And from what is measured, of a commune, of a convention or of an action, itself by `VOIES`.
PAR_L_OBJET = [
    "commune__departement",
    *PAR_LA_CONVENTION,
    *(f"action__{path}" for path in VOIES),
]
# From each sort of record, the ways to the départements that it is of.
PATHS = {
    Commune: ["departement"],
    Interlocuteur: ["departement"],
    Labellisation: ["commune__departement"],
    Relecture: ["commune__departement"],
    Convention: ["couvertures__commune__departement", "departement_reference"],
    Avenant: PAR_LA_CONVENTION,
    Proposition: ["destinataire", "convention__couvertures__commune__departement"],
    Poste: ["dessertes__commune__departement"],
    Action: VOIES,
    Etude: VOIES,
    Bilan: PAR_LA_CONVENTION,
    Presentation: PAR_LA_CONVENTION,
    Financement: [f"{objet}__{path}" for objet in ("action", "etude") for path in VOIES],
    EvenementClub: ["departements_lies__departement"],
    Indicateur: ["departement"],
    Cible: PAR_L_OBJET,
    Releve: PAR_L_OBJET,
    Note: [
        "commune__departement",
        "intercommunalite__rattachements__commune__departement",
        *PAR_LA_CONVENTION,
    ],
    Signalement: ["departement", "convention__couvertures__commune__departement"],
}


@dataclass(frozen=True)
class Perimetre:
    """Where `user` looks: `departement`, one of its own, or all of them when it is None."""

    user: Agent
    departement: Departement | None = None
    # A home and a page of data to check ask for each sort of record some ten times.
    queries: dict = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def everywhere(self):
        """Tell whether nothing is left out: the national level looking at all of France."""
        return self.user.is_superuser and self.departement is None

    def of(self, model):
        """Return the records of `model` that `user` keeps there, by the `for_user` of the model."""
        if model not in self.queries:
            self.queries[model] = self.query(model)
        # A copy each time: what one caller has read is not read by another.
        return self.queries[model].all()

    def query(self, model):
        """Return the query of the records of `model`, which takes longer to build than to run."""
        records = model._default_manager.all()
        if not self.user.is_superuser:
            records = records.for_user(self.user)
        if self.departement is None:
            return records
        return records.filter(par_une_voie(model, PATHS[model], [self.departement.pk]))


def asked_perimetre(request):
    """Return where the agent looks, and the départements that it may choose from.

    A département that is not one of its own is a 404.
    """
    own = list(Departement.objects.for_user(request.user))
    code = request.GET.get("departement")
    if not code:
        return Perimetre(request.user), own
    chosen = {departement.pk: departement for departement in own}
    if code not in chosen:
        raise Http404
    return Perimetre(request.user, chosen[code]), own
