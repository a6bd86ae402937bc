"""What each commune and each post brings to the figures, over all days, from facts read once.

A mark is (département, what it counts for, key). A figure is how many keys are marked: an ORT over two
communes has one key, and counts once. What a commune brings on a day is told by the rules of that day.
"""

from collections import defaultdict
from functools import partial

from communes.models import Commune, Rattachement, Tenue
from communes.programme.lecture import ouverture
from communes.programme.regles import dernier_jour_echeance, perhaps_begun
from ort.regles import couvertures_en_vigueur
from projects.postes.series import with_dessertes
from pvd.suivi.models import Chiffre
from pvd.suivi.regles import DelaiOrt
from socle.dates import ONE_DAY, add_years
from socle.periodes import etapes, holds_on

# What is marked beside the figures themselves: the ORT that a commune lauréate founded, and a commune
# that may have been in the programme before its first recorded day.
FONDEE, PEUT_ETRE = "fondee", "peut_etre"
DELAIS = {DelaiOrt.TENU: Chiffre.DELAI_TENU, DelaiOrt.DEPASSE: Chiffre.DELAI_DEPASSE}
RIEN = frozenset()


class Marques:
    """The marks of the communes of `faits`, and of the posts that serve `departement` (None: France).

    Six queries beside those of the facts, whatever their number and that of the days.
    """

    def __init__(self, faits, departement):
        self.faits, self.departement = faits, departement
        self.ouverture = ouverture()
        self.codes = {
            code
            for labelled in faits.labellisations
            for code in [labelled, *self.devenues(labelled)]
            if faits.asked_for(code)
        }
        self.postes = with_dessertes(departement)
        self.departements = self.read_departements()
        self.rattachements = defaultdict(list)
        for membership in Rattachement.objects.filter(commune__dans=self.codes):
            self.rattachements[membership.commune_id].append(membership)

    def devenues(self, code):
        """Return the codes of the communes that answer, on some day, for what is recorded of `code`."""
        return [row.devient for row in self.faits.successions.of_commune.get(code, ())]

    def read_departements(self):
        """Return the département of each commune of the programme, or that a post serves, by its code."""
        served = {d.commune for _, dessertes in self.postes for d in dessertes}
        rows = Commune.objects.order_by().filter(pk__dans=self.codes | served)
        return dict(rows.values_list("pk", "departement"))

    def etapes(self, tenues):
        """Yield the `Etape` of each commune and of each post; `tenues` are those of the départements."""
        for code in self.codes:
            listed = tenues[self.departements[code]] == Tenue.LISTES
            yield etapes(self.jours(code), partial(self.au, code, listed))
        for poste, dessertes in self.postes:
            en_poste = partial(self.en_poste, poste, dessertes)
            yield etapes(jours_du_poste(poste, dessertes), en_poste)

    def au(self, code, listed, jour):
        """Return the marks of a commune on `jour`; `listed`: the national lists alone tell of it."""
        labels = self.faits.labellisations_de(code, jour)
        if not any(holds_on(label, jour) for label in labels):
            unsure = any(perhaps_begun(label, jour, self.ouverture) for label in labels)
            return self.signees([(PEUT_ETRE, code)], code) if unsure else RIEN
        found = [(Chiffre.COMMUNES, code)]
        found += [
            (Chiffre.INTERCOMMUNALITES, membership.intercommunalite_id)
            for membership in self.rattachements.get(code, ())
            if holds_on(membership, jour)
        ]
        couvertures = self.faits.couvertures_de(code, jour)
        for couverture in couvertures_en_vigueur(couvertures, jour):
            key = couverture.convention.pk
            found += [(Chiffre.ORT, key), (Chiffre.COMMUNES_COUVERTES, code)]
            found += [(Chiffre.PAR_AVENANT, code) if couverture.entree else (FONDEE, key)]
        if self.faits.adhesion(code, jour):
            found.append((Chiffre.ADHESIONS_SIGNEES, code))
        issue = None if listed else self.faits.delai_ort(code, jour)
        if issue:
            found.append((DELAIS[issue], code))
        return self.signees(found, code)

    def signees(self, found, code):
        return frozenset((self.departements[code], quoi, cle) for quoi, cle in found)

    def en_poste(self, poste, dessertes, jour):
        """Return the marks of the people in post on `jour`, in each département served."""
        if poste.date_fermeture and poste.date_fermeture <= jour:
            return RIEN
        there = {self.departements[d.commune] for d in dessertes if holds_on(d, jour)}
        running = [held.pk for held in poste.occupations if holds_on(held, jour)]
        return frozenset((d, Chiffre.CHEFS_DE_PROJET, pk) for d in there for pk in running)

    def jours(self, code):
        """Return the days on which what a commune brings may change; some change nothing."""
        successions = self.faits.successions
        rows = [*successions.of_commune.get(code, ()), *successions.of_devient.get(code, ())]
        fiches = {code, *(row.commune for row in successions.of_devient.get(code, ()))}
        days = {self.ouverture}
        for periode in (*rows, *self.rattachements.get(code, ())):
            days |= {periode.debut, periode.fin}
        for fiche in fiches:
            for label in self.faits.labellisations.get(fiche, ()):
                days |= jours_de_labellisation(label)
            for couverture in self.faits.couvertures.get(fiche, ()):
                days |= jours_de_couverture(couverture)
        return days


def jours_de_labellisation(label):
    last = dernier_jour_echeance(label)
    signed = label.date_signature_adhesion
    return {label.debut, label.fin, signed, last and last + ONE_DAY}


def jours_de_couverture(couverture):
    """Return the days of a coverage, with all those on which its convention may have ended."""
    convention = couverture.convention
    signed = convention.date_signature
    days = {couverture.date_entree, couverture.date_sortie, signed}
    durations = {convention.duree_annees, *(p.duree_annees for p in convention.prolongations)}
    if signed:
        days |= {add_years(signed, duration) for duration in durations if duration}
    return days | {p.date_signature for p in convention.prolongations}


def jours_du_poste(poste, dessertes):
    days = {poste.date_fermeture}
    for held in (*poste.occupations, *dessertes):
        days |= {held.debut, held.fin}
    return days
