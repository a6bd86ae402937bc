"""Whose an action is: what hangs on it is reached, and written, through it."""

from django.db.models import CheckConstraint, Exists, OuterRef, Q

from communes.models import Commune, Departement
from communes.territoire.departements import plusieurs
from communes.territoire.du_jour import fiches_des
from ort.models import CommuneCouverte, Convention
from socle.cles import par_une_voie
from socle.historique import HistoriseeQuerySet


def of_communes(model, communes):
    """Return the condition that an action is of one of `communes`, at any date.

    Those that it names, or, when it is of its whole ORT, those that the convention ever covered.
    """
    named = model._meta.get_field("communes_liees").related_model.objects.order_by()
    covered = CommuneCouverte.objects.filter(commune__in=communes).order_by()
    return Q(pk__in=named.filter(commune__in=communes).values("action")) | Q(
        etendue="ort", convention__in=covered.values("convention")
    )


# From an action, or a study, the ways to the départements of those who read it.
DES_COMMUNES = "communes_liees__commune__departement"
DU_DEPARTEMENT = "convention__departement_reference"
VOIES = (DES_COMMUNES, "convention__couvertures__commune__departement", DU_DEPARTEMENT)


def lisible(model, user):
    """Return the condition that an action, or a study, is read by `user`: by one of its ways."""
    return par_une_voie(model, VOIES, Departement.objects.for_user(user))


class ActionQuerySet(HistoriseeQuerySet):
    def for_user(self, user):
        """Keep the actions that `user` reads: of its communes, or of the conventions that it sees."""
        return self.filter(pk__in=self.cles_lues(user))

    def cles_lues(self, user):
        """Return the keys of the actions that `user` reads, of all, as a subquery.

        By joins, and not by the `for_user` of what each names: one within another, they would be more
        than SQLite parses when the same is asked of what hangs on the actions.
        """
        return self.model.objects.filter(lisible(self.model, user)).order_by().values("pk")

    def a_ecrire(self, user):
        """Keep the actions whose facts `user` writes: of its communes, or whose convention it keeps."""
        kept = par_une_voie(self.model, [DU_DEPARTEMENT], Departement.objects.for_user(user))
        theirs = of_communes(self.model, Commune.objects.for_user(user))
        return self.filter(pk__in=self.model.objects.filter(theirs | kept).order_by().values("pk"))

    def du_theme(self, theme):
        """Keep the actions of which `theme`, or one of several, is the main one, or another."""
        themes = plusieurs(theme)
        others = self.model._meta.get_field("themes_lies").related_model.objects
        linked = others.filter(theme__in=themes).order_by().values("action")
        return self.filter(Q(theme__in=themes) | Q(pk__in=linked))

    def connues(self, jour):
        """Keep the actions that an act signed on `jour` or before brings, be they out since.

        The act is the adhésion, the convention itself or the avenant of entry. The « opérations
        relevées », which no act brings, are `relevees`.
        """
        adhesions = self.model._meta.get_field("adhesions").related_model.objects
        signed = adhesions.filter(
            action=OuterRef("pk"), labellisation__date_signature_adhesion__lte=jour
        )
        return self.filter(
            # In this order: the adhésions are not looked for where another act brings the action.
            Q(entree_par="adhesion") & Q(Exists(signed))
            | Q(entree_par="convention", convention__date_signature__lte=jour)
            | Q(entree_par="avenant", entree__date_signature__lte=jour)
        )

    def au_plan(self, jour):
        """Keep the actions in their plan on `jour`: come by an act, and that no avenant took out by then."""
        return self.connues(jour).exclude(sortie__date_signature__lte=jour)

    def du_plan(self, conventions, jour):
        """Keep the actions of the plans of `conventions`, once signed: on `jour` or before.

        An adhésion may have brought them before their ORT was signed: they were of no ORT then.
        """
        return self.filter(convention__in=conventions, convention__date_signature__lte=jour)

    def relevees(self):
        """Keep the « opérations relevées », which documents tell and no act known brings."""
        return self.filter(entree_par="")

    def concernant(self, communes, jour):
        """Keep the actions done on `jour` in one of `communes`, as keys to choose by.

        Those that name one, or whose convention covers one on that day when they are of the whole
        ORT. The commune is the one that answers that day for the one recorded.
        """
        return self.des_fiches(fiches_des(communes, jour), jour)

    def des_fiches(self, codes, jour):
        """Keep the actions of `codes`, keys of the communes recorded: see `concernant`."""
        links = self.model._meta.get_field("communes_liees").related_model.objects
        named = links.filter(commune__in=codes)
        covered = CommuneCouverte.objects.as_of(jour).filter(commune__in=codes)
        return self.filter(
            Q(etendue="communes", pk__in=named.order_by().values("action"))
            | Q(etendue="ort", convention__in=covered.order_by().values("convention"))
        )

    def removed_for_user(self, user):
        """Return the removals of actions of the conventions that `user` sees, or that named its communes."""
        removals = self.model.history.removed()
        link = self.model._meta.get_field("communes_liees").related_model
        named = link.history.filter(commune__in=Commune.objects.for_user(user))
        return removals.filter(
            Q(convention__in=Convention.objects.for_user(user)) | Q(id__in=named.values("action"))
        )


class DeLActionQuerySet(HistoriseeQuerySet):
    """The rows that name an `action`."""

    @property
    def actions(self):
        """Return all the actions, which the link of the rows leads to."""
        return self.model._meta.get_field("action").related_model.objects

    def for_user(self, user):
        """Keep the rows of the actions that `user` reads."""
        return self.filter(action__in=self.actions.all().cles_lues(user))

    def removed_for_user(self, user):
        """Return the removals of rows of the actions of `user`, themselves still there."""
        return self.model.history.removed().filter(action__in=self.actions.for_user(user))


class DunObjetQuerySet(HistoriseeQuerySet):
    """The rows that name an `action` or an `etude`, one of the two: what costs, what is funded."""

    def linked(self, name):
        """Return all the actions, or all the studies."""
        return self.model._meta.get_field(name).related_model.objects

    def for_user(self, user):
        """Keep the rows of the actions, and of the studies, that `user` reads."""
        return self.filter(
            Q(action__in=self.linked("action").all().cles_lues(user))
            | Q(etude__in=self.linked("etude").all().cles_lues(user))
        )

    def removed_for_user(self, user):
        """Return the removals of rows of the actions and of the studies of `user`, still there."""
        return self.model.history.removed().filter(
            Q(action__in=self.linked("action").for_user(user))
            | Q(etude__in=self.linked("etude").for_user(user))
        )


def d_un_seul_objet(model, message):
    """Return the constraint that a row is of an action or of a study."""
    return CheckConstraint(
        condition=Q(action__isnull=False, etude__isnull=True)
        | Q(action__isnull=True, etude__isnull=False),
        name=f"projects_{model}_un_objet",
        violation_error_message=message,
    )
