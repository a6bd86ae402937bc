"""What all guided actions share: to what they can happen, who may do them, how they are written down."""

from typing import NamedTuple

from django.contrib.auth import get_permission_codename

from communes.models import Departement
from pvd.bureau.gestes.formulaire import GesteForm, day_typed
from pvd.suivi.chiffres import chiffres
from socle.admin.evenements import Chapitre
from socle.admin.page_d_agent import page_url
from socle.historique import ActeEnCours, Historisee, one_act
from socle.models import Affirmation, Source
from socle.sources import Sourcee, affirm


class Ecrit(NamedTuple):
    """What a geste wrote: the record to show, and what its source says, as `Geste.write` gives it."""

    fiche: Historisee
    source: Source
    dires: list
    acte: ActeEnCours

    def remarques(self):
        """Return what looks wrong in the records written, each asked once."""
        written = {(type(record), record.pk): record for record in (self.fiche, *self.fiches_dites)}
        return [
            remarque
            for record in written.values()
            if isinstance(record, Sourcee)
            for remarque in record.remarques()
        ]

    @property
    def fiches_dites(self):
        return [fiche for fiche, *_ in self.dires]


class Geste:
    """Something that happens to a record of `model`: asked for by `form`, written by `apply`."""

    slug = ""
    # As a button says it, then as the history does.
    titre = ""
    fait = ""
    model = None
    form = GesteForm
    # What is added besides: whoever does the geste may add it by hand too.
    adds = ()
    impossible = "Ce n'est plus possible : la fiche a changé."
    # It tells what is decided for days to come, of which a document may well speak before them.
    annonce = False
    # It makes a record, and is not done to one: see `GesteQuiCree`.
    creates = False

    def candidates(self, records, jour):
        """Keep the records to which it can happen, as they are on `jour`."""
        raise NotImplementedError

    @classmethod
    def writable(cls, records, user):
        """Keep the records that `user` may write, of those that it reads: all, unless told otherwise."""
        return records

    def chiffres(self, departement, jour):
        """Return the public figures of a département that the geste may change, each with its label."""
        return chiffres(departement, jour)

    def etats(self, record, jour):
        """Return what anybody reads of the record itself, by label, where the geste changes it."""
        return {}

    def appuis(self, record):
        """Return, as chapters of history, what a preview rests on besides the record and its rows."""
        return []

    def allowed(self, user):
        """Tell whether `user` may do by hand, somewhere, all that the geste writes."""
        codes = [("change", self.model), ("view", Source), ("add", Source), ("add", Affirmation)]
        codes += [("add", model) for model in self.adds]
        return all(
            user.has_perm(f"{m._meta.app_label}.{get_permission_codename(action, m._meta)}")
            for action, m in codes
        )

    def name(self, record):
        """Return the name of the record, as the head of the page says it."""
        return str(record)

    def departements(self, record, data):
        """Return the départements whose figures may change."""
        return Departement.objects.filter(communes__in=self.communes(record, data)).distinct()

    def communes(self, record, data):
        """Return the keys of the communes that the geste may concern."""
        raise NotImplementedError

    def phrases(self, record, data):
        """Return, as sentences, what will be written."""
        raise NotImplementedError

    def warnings(self, record, data):
        """Return what to look at again once it is written, each a text and its explanation.

        Nothing is ever refused for it.
        """
        return []

    def told_document(self, data):
        """Return, as sentences, what becomes of the document that the form takes."""
        return []

    def deposit(self, form, sayings, reason):
        """Keep the document that the form takes, once what it says is written as `sayings`."""

    def address(self, record):
        """Return the page of the back office that the geste leads to."""
        return page_url(record)

    def current(self, record):
        """Return `record` as it is now, to try the geste on."""
        return self.model._base_manager.get(pk=record.pk)

    def typed_already(self, facts):
        """Return, by field of the form, what a page has typed of facts: (record, field) each."""
        return day_typed(*facts[0])

    def reason(self, data):
        """Return what was done, as the history says it."""
        return self.fait

    def write(self, record, form, reason):
        """Write the fact; return the record to show, and what the source says, for `affirm`."""
        raise NotImplementedError

    def say_besides(self, record, source, how):
        """Record what the source says of the record shown, that is no date."""

    def full_reason(self, data):
        """Return what was done, and what the agent says of it."""
        return " : ".join(filter(None, [self.reason(data), data["commentaire"]]))

    def apply(self, record, form, for_good=False):
        """Write the fact, its source and its reason; return what was written.

        What is only tried, and not `for_good`, leaves no file behind. Raises `ValidationError`, in
        French, for what the records cannot hold; the caller holds the transaction.
        """
        reason = self.full_reason(form.cleaned_data)
        with one_act(reason) as acte:
            source, how = form.get_source(reason), form.cleaned_data["connaissance_detail"]
            shown, sayings = self.write(record, form, reason)
            for fiche, champ, jour, precision in sayings:
                affirm(fiche, champ, f"{jour:%d/%m/%Y}", source, precision, how)
            self.say_besides(shown, source, how)
            if for_good:
                self.deposit(form, sayings, reason)
        return Ecrit(shown, source, sayings, acte)


class GesteQuiCree(Geste):
    """A geste that makes its record: asked for at its own address, with nothing to choose first."""

    creates = True
    # What it makes for each commune: another of the same commune was perhaps made in between.
    par_commune = None

    def candidates(self, records, jour):
        """Keep nothing: it happens to no record that is already there."""
        return records.none()

    def current(self, record):
        """Return a blank record: the one of the form is kept for the next try."""
        return self.model()

    def chapitres(self, data):
        """Return, as chapters of history, what of the same sort concerns the same communes."""
        made = self.par_commune.history.filter(commune__in=self.communes(None, data))
        return [Chapitre(made)]
