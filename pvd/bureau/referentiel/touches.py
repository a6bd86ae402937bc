"""Which records of the programme a change of the territory touches: lauréates, ORT, posts."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Q

from communes.models import Labellisation
from communes.territoire.faits import successions_lues
from ort.models import CommuneCouverte, Convention
from ort.regles import date_fin_au
from projects.postes.models import Desserte, Poste
from socle.admin.page_d_agent import page_url
from socle.dates import ONE_DAY, in_words


class Touche(NamedTuple):
    """A record that a change touches, in words, and its page of the back office."""

    texte: str
    adresse: str

    def __str__(self):
        return self.texte


def touches(communes, intercommunalites, jour):
    """Return, by code of commune and by SIREN, what is recorded of each, in a few queries.

    What runs on the eve of `jour`, or later: it passes to whoever answers from that day on.
    """
    eve = jour - ONE_DAY
    asked = dict.fromkeys(communes)
    successions = successions_lues()
    owner = {fiche: code for code in asked for fiche in {code, *successions.fiches(code, eve)}}
    found = defaultdict(list)
    for code, touche in of_communes(list(owner), eve):
        found[owner[code]].append(touche)
    for siren, touche in of_intercommunalites(list(dict.fromkeys(intercommunalites)), eve):
        found[siren].append(touche)
    return {key: list(dict.fromkeys(rows)) for key, rows in found.items()}


def of_communes(codes, eve):
    """Yield the code of each commune with what is recorded of it: the programme, its ORT, its posts."""
    if not codes:
        return
    running = Q(fin__isnull=True) | Q(fin__gt=eve)
    labels = Labellisation.objects.filter(running, commune__dans=codes)
    for label in labels.select_related("commune").order_by("debut"):
        since = in_words(label.debut, label.precision_debut)
        yield label.commune_id, Touche(f"lauréate, retenue {since}", page_url(label.commune))
    covered = CommuneCouverte.objects.with_dates().filter(
        Q(date_sortie__isnull=True) | Q(date_sortie__gt=eve), commune__dans=codes
    )
    covered = covered.select_related("convention").prefetch_related("convention__avenants")
    for row in covered.order_by("convention__intitule", "pk"):
        if goes_on(row.convention, eve):
            yield row.commune_id, of_convention("couverte par", row.convention)
    served = Desserte.objects.filter(running, open_posts("poste__", eve), commune__dans=codes)
    for row in served.select_related("poste").order_by("poste__identifiant"):
        yield row.commune_id, of_post("desservie par", row.poste)
    for poste in employed("employeur_commune", codes, eve):
        yield poste.employeur_commune_id, of_post("emploie", poste)


def of_intercommunalites(sirens, eve):
    """Yield the SIREN of each intercommunalité with what it bears: its ORT, its posts."""
    if not sirens:
        return
    borne = Convention.objects.filter(porteur__in=sirens).prefetch_related("avenants")
    for convention in borne.order_by("intitule", "pk"):
        if goes_on(convention, eve):
            yield convention.porteur_id, of_convention("porte", convention)
    for poste in employed("employeur_intercommunalite", sirens, eve):
        yield poste.employeur_intercommunalite_id, of_post("emploie", poste)


def goes_on(convention, eve):
    fin = date_fin_au(convention, eve)
    return fin is None or fin > eve


def open_posts(path, eve):
    return Q(**{f"{path}date_fermeture__isnull": True}) | Q(**{f"{path}date_fermeture__gt": eve})


def employed(employer, keys, eve):
    rows = Poste.objects.filter(open_posts("", eve), **{f"{employer}__in": keys})
    return rows.order_by("identifiant")


def of_convention(verb, convention):
    return Touche(f"{verb} « {convention.intitule} »", page_url(convention))


def of_post(verb, poste):
    return Touche(f"{verb} le poste « {poste} »", page_url(poste))


class LigneDeRevue(NamedTuple):
    """A change of the territory as it is shown, with the records that it touches."""

    texte: str
    touches: list


def with_touches(changes, jour):
    """Return the changes of `compare`, by kind, each with what it touches: the touched first."""
    every = [change for lignes in changes.values() for change in lignes]
    found = touches(
        [code for change in every for code in change.communes],
        [siren for change in every for siren in change.intercommunalites],
        jour,
    )
    told = {}
    for titre, lignes in changes.items():
        rows = [LigneDeRevue(change.texte, touched_by(change, found)) for change in lignes]
        told[titre] = sorted(rows, key=lambda ligne: not ligne.touches)
    return told


def touched_by(change, found):
    keys = (*change.communes, *change.intercommunalites)
    return list(dict.fromkeys(touche for key in keys for touche in found.get(key, ())))
