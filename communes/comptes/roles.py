"""What each role may do: in code, so that two sites cannot drift apart."""

from functools import cache

from django.contrib.auth.backends import ModelBackend

from communes.models import Agent, Role
from socle.web.connexion import essai_compte, une_verification_a_la_fois

# The records of the départements: their agents write and delete them.
RECORDS = {
    "communes.interlocuteur",
    "communes.relecture",
    "communes.labellisation",
    "ort.convention",
    "ort.avenant",
    "ort.communecouverte",
    "ort.partie",
    "ort.secteur",
    "ort.document",
    "projects.poste",
    "projects.desserte",
    "projects.occupation",
    "projects.recrutement",
    "projects.cofinancementposte",
    "projects.action",
    "projects.actionadhesion",
    "projects.actioncommune",
    "projects.actionpartenaire",
    "projects.actionsecteur",
    "projects.actiontheme",
    "projects.alerteacceptee",
    "projects.attenteacceptee",
    "projects.axe",
    "projects.bilan",
    "projects.cible",
    "projects.cout",
    "projects.derogation",
    "projects.echeanceacceptee",
    "projects.effetavenant",
    "projects.etude",
    "projects.etudeaction",
    "projects.etudecommune",
    "projects.evenementclub",
    "projects.evenementdepartement",
    "projects.evenementorganisateur",
    "projects.faitaction",
    "projects.faitetude",
    "projects.faitfinancement",
    "projects.financement",
    "projects.indicateur",
    "projects.participation",
    "projects.piece",
    "projects.presentation",
    "projects.prevision",
    "projects.releve",
    "projects.ressourceclub",
    "socle.affirmation",
}
# What all départements name in their records: agents write it, the national level alone deletes it.
SHARED = {
    "ort.organisme",
    "socle.source",
}
# What comes to the agents from outside: they answer it, and neither add nor delete any.
ANSWERED = {
    "suivi.signalement",
}
# What one DDT asks of another, and what the other answers.
PROPOSED = {
    "ort.proposition",
}
# What agents keep for themselves, persons included: a lecteur does not read it.
CARNET = {
    "projects.contact",
    "projects.note",
}
# What agents did, which they read and take back; each its own.
OWN = {
    "socle.import",
}
# What agents read: the territory comes from the official files, the rest is the national level's.
REFERENCE = {
    "communes.commune",
    "communes.intercommunalite",
    "communes.departement",
    "communes.programme",
    "communes.rattachement",
    "projects.dispositif",
    "projects.regleperiode",
    "projects.theme",
    "suivi.chiffrepublie",
}


@cache
def role_permissions(role):
    """Return the permissions of a role, as `app.action_model`; a page asks for them a hundred times."""
    actions = {name: ["view"] for name in RECORDS | SHARED | ANSWERED | PROPOSED | REFERENCE}
    if role in {Role.AGENT, Role.REFERENT}:
        actions |= {name: ["view", "add", "change", "delete"] for name in RECORDS | CARNET}
        actions |= {name: ["view", "add", "change"] for name in SHARED}
        actions |= {name: ["view", "change"] for name in ANSWERED}
        actions |= {name: ["view", "add", "change"] for name in PROPOSED}
        actions |= {name: ["view"] for name in OWN}
    if role == Role.REFERENT:
        actions["communes.agent"] = ["view", "add", "change"]
        actions["communes.journaldroits"] = ["view"]
    return frozenset(
        f"{app}.{action}_{model}"
        for (app, model), verbs in ((name.split("."), verbs) for name, verbs in actions.items())
        for action in verbs
    )


class RoleBackend(ModelBackend):
    """Permissions follow from the role: there is no table of groups.

    Whoever is of no département, and is not national, may nothing.
    """

    def get_user(self, user_id):
        """Read the account of a session with whether it has a département, in one query."""
        rows = Agent.objects.with_a_departement()
        user = rows.filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def authenticate(self, request, username=None, password=None, **kwargs):
        """Check a password; too many are refused before the hash, which is what they cost."""
        if username is None or password is None:
            return None
        with essai_compte(request, username) as forget_failures:
            with une_verification_a_la_fois():
                agent = super().authenticate(request, username, password, **kwargs)
            if agent:
                forget_failures()
        return agent

    def get_all_permissions(self, user_obj, obj=None):
        """Return what `user_obj` may do: nothing for the inactive, by role for the others."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        if user_obj.is_superuser:
            return super().get_all_permissions(user_obj)
        return role_permissions(user_obj.role) if user_obj.a_un_departement else set()
