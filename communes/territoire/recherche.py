"""The communes that a person may mean by what it typed, on a day: in order, and which one if it is certain.

The pages, their lists and the back office ask it alike. Which communes answer at all is told by
`CommuneQuerySet.search`.
"""

from enum import IntEnum
from functools import cached_property
from typing import NamedTuple

from django.db.models import Case, Prefetch, Q, Value, When
from django.utils import timezone

from communes.territoire.designations import coded, meant_by, named
from communes.territoire.models import Commune, Succession, saisie_of
from communes.territoire.populations import Population
from socle.recherche import bare_key, search_key

# More than the communes of any one name, or of any one postcode.
MOST = 100


class Niveau(IntEnum):
    """How much of a commune was typed."""

    NOM = 0
    AUTRE_NOM = 1
    MOTS = 2
    MORCEAU = 3


# Those of the département asked for (True) first, then the very names elsewhere; a mere piece of a
# name says little, wherever it is.
ORDRE = [
    *((True, niveau) for niveau in (Niveau.NOM, Niveau.AUTRE_NOM, Niveau.MOTS)),
    *((False, niveau) for niveau in (Niveau.NOM, Niveau.AUTRE_NOM)),
    (True, Niveau.MORCEAU),
    *((False, niveau) for niveau in (Niveau.MOTS, Niveau.MORCEAU)),
]


class Candidat(NamedTuple):
    """A commune that may be meant: `ici`, in the département asked for; `strict`, to the article.

    `habitants` is its population, which parts homonyms and the communes of a postcode. `pourquoi`
    says what leads to it when its name of the day does not.
    """

    commune: Commune
    habitants: int
    ici: bool
    niveau: Niveau
    strict: bool
    pourquoi: str

    @property
    def exact(self):
        return self.niveau <= Niveau.AUTRE_NOM

    @property
    def ordre(self):
        rang = ORDRE.index((self.ici, self.niveau))
        largest = -self.habitants if self.exact else 0
        return rang, not self.strict, largest, self.commune.nom_recherche, self.commune.pk


class Recherche:
    """What `text` may mean on `jour`; of homonyms, those of `departement`, a code, come first.

    `parmi` are the communes that may be told, all of them without it.
    """

    def __init__(self, text, jour, departement="", parmi=None):
        self.saisie = saisie_of(text)
        self.jour = jour
        self.departement = self.saisie.departement or departement
        self.parmi = Commune.objects.all() if parmi is None else parmi

    @cached_property
    def _found(self):
        """Return the candidates, and whether they answer all that was typed."""
        found = self._answering(self.saisie)
        if found or not self.saisie.nom or self.saisie == self.saisie.nom_seul:
            return found, True
        return self._answering(self.saisie.nom_seul), False

    @property
    def candidats(self):
        """Return the communes that may be meant, the likeliest first."""
        return self._found[0]

    @property
    def entiere(self):
        """Tell whether the candidates answer all that was typed, and not its name alone."""
        return self._found[1]

    @cached_property
    def certaine(self):
        """Return the one commune that is meant, or None when there is a doubt."""
        candidats = self.candidats
        if not self.entiere:
            return None
        if not self.saisie.cle:
            return candidats[0].commune if len(candidats) == 1 else None
        return the_one(candidats)

    def _answering(self, saisie):
        """Return the candidates of a reading of what was typed, each commune once."""
        hits = self.parmi.filter(meant_by(saisie)).order_by(*self._nearest(saisie))
        hits = hits.select_related("departement").prefetch_related(
            *(self._populations("populations"), "anciens_noms", "anciens_codes"),
            *("codes_postaux", "interruptions"),
        )
        hits = list(hits[:MOST])
        self._read_the_day(hits)
        best = {}
        for candidat in filter(None, (self._candidat(commune, saisie) for commune in hits)):
            former = best.get(candidat.commune.pk)
            if former is None or candidat.ordre < former.ordre:
                best[candidat.commune.pk] = candidat
        return sorted(best.values(), key=lambda candidat: candidat.ordre)

    def _populations(self, path):
        return Prefetch(path, Population.objects.en_usage(self.jour))

    def _nearest(self, saisie):
        """Return the order that keeps, of too many, those that come first."""
        whole = named(f"|{saisie.cle}|") if saisie.cle else coded(saisie.code)
        here, words = Q(departement=self.departement), Q(cles__contains=f"|{saisie.cle} ")
        near = [whole, here & words, here, words]
        rang = Case(*(When(near_by, then=Value(n)) for n, near_by in enumerate(near)), default=9)
        return rang, "nom_recherche", "code_insee"

    def _read_the_day(self, hits):
        """Read who answers on the day for those that are not there, and which codes are communes then."""
        gone = [commune.pk for commune in hits if not commune.holds_on(self.jour)]
        running = Succession.objects.as_of(self.jour).filter(commune__dans=gone)
        running = running.select_related("devient__departement")
        running = running.prefetch_related(
            self._populations("devient__populations"), "devient__anciens_noms"
        )
        self._devient = {row.commune_id: row.devient for row in running}
        codes = {code.pk for commune in hits for code in commune.anciens_codes.all()}
        there = Commune.objects.as_of(self.jour).filter(pk__dans=codes)
        self._communes_alors = set(there.order_by().values_list("pk", flat=True))

    def _candidat(self, commune, saisie):
        """Return a commune, or the one that answers for it on the day, as a candidate; None if none does."""
        there = commune.holds_on(self.jour)
        shown = commune if there else self._devient.get(commune.pk)
        if shown is None:
            return None
        meant = self._by_name(commune, saisie) if saisie.cle else self._by_code(commune, saisie)
        if meant is None:
            return None
        niveau, strict, pourquoi = meant
        if not there:
            niveau = max(niveau, Niveau.AUTRE_NOM)
            pourquoi = pourquoi or f"{commune.nom}, qui en fait partie"
        population = shown.population_lue
        habitants = population.valeur if population else 0
        ici = shown.departement_id == self.departement
        return Candidat(shown, habitants, ici, niveau, strict, pourquoi)

    def _by_name(self, commune, saisie):
        """Return how near the nearest of the names of a commune is: level, strictness, which one."""
        name_of_day = commune.nom_au(self.jour)
        names = [(name_of_day, Niveau.NOM, "")]
        others = [commune.nom, *(ancien.nom for ancien in commune.anciens_noms.all())]
        names += [
            (nom, Niveau.AUTRE_NOM, f"{nom}, son nom à une autre date")
            for nom in others
            if nom != name_of_day
        ]
        names += [
            (code.nom, Niveau.AUTRE_NOM, en_clair(code))
            for code in self._codes_alors(commune)
            if code.nom
        ]
        levels = [
            (max(level, near), search_key(nom) != saisie.nom, told)
            for nom, level, told in names
            if (near := nearness(nom, saisie)) is not None
        ]
        if not levels:
            return None
        niveau, loose, told = min(levels, key=lambda level: level[:2])
        return niveau, not loose, told

    def _by_code(self, commune, saisie):
        """Return what a code is of a commune."""
        code = saisie.code
        if any(postal.code == code for postal in commune.codes_postaux.all()):
            return Niveau.NOM, True, f"code postal {code}"
        if commune.pk == code:
            return Niveau.NOM, False, f"code INSEE {code}"
        leading = (ancien for ancien in self._codes_alors(commune) if ancien.pk == code)
        if ancien := next(leading, None):
            return Niveau.AUTRE_NOM, True, f"code {code}, {en_clair(ancien)}"
        return None

    def _codes_alors(self, commune):
        """Return the codes that lead to a commune, but those that are, on the day, another one."""
        codes = commune.anciens_codes.all()
        return [c for c in codes if c.pk == commune.pk or c.pk not in self._communes_alors]


def en_clair(ancien):
    """Say what a code is: « Champtoceaux, commune déléguée », « ancien code »."""
    return ", ".join(filter(None, [ancien.nom, ancien.get_nature_display()]))


def nearness(nom, saisie):
    """Return how much of a name was typed, or None for nothing of it."""
    cle = bare_key(nom)
    if cle in (saisie.cle, saisie.sinon):
        return Niveau.NOM
    if f" {saisie.cle} " in f" {cle} ":
        return Niveau.MOTS
    return Niveau.MORCEAU if saisie.cle in cle else None


def the_one(candidats):
    """Return the commune that is meant by its name, or None when there is a doubt.

    Of homonyms, the one of the département asked for. Else the only one that bears the name, or bore
    it, unless another commune of that département comes near it. An article that was not typed is
    one of the doubts that a near name gives.
    """
    exacts = [candidat for candidat in candidats if candidat.exact]
    here = [candidat for candidat in exacts if candidat.ici and candidat.niveau == Niveau.NOM]
    chosen = alone(here or exacts)
    if chosen is None:
        return None
    rivals = [c for c in candidats if c.niveau <= Niveau.MOTS and c is not chosen]
    if chosen.strict:
        doubt = not chosen.ici and any(rival.ici for rival in rivals)
    else:
        doubt = any(rival.strict or rival.ici == chosen.ici for rival in rivals)
    return None if doubt else chosen.commune


def alone(candidats):
    """Return the only candidate, or the only one whose name was typed to the article, or None."""
    strict = [candidat for candidat in candidats if candidat.strict] or candidats
    return strict[0] if len(strict) == 1 else None


def autres_noms(commune, jour):
    """Return what else a commune is found by: its names of other days, the codes that lead to it.

    A name to come, which a decision gives it from a later day, is told from that day on.
    """
    latest = max(jour, timezone.localdate())
    borne = (a.nom for a in commune.anciens_noms.all() if a.debut is None or a.debut <= latest)
    names = dict.fromkeys([commune.nom_au(latest), *borne])
    told = [f"{nom}, son nom à une autre date" for nom in names if nom != commune.nom_au(jour)]
    codes = commune.anciens_codes.order_by("nom", "code")
    there = Commune.objects.as_of(jour).exclude(pk=commune.pk).values("pk")
    for ancien in codes.exclude(code__in=there):
        if ancien.pk != commune.pk:
            told.append(f"{en_clair(ancien)} (code {ancien.pk})")
        elif ancien.nom not in names:
            told.append(en_clair(ancien))
    return told
