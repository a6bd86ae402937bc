"""What rows are given besides their situation, for the columns that ask for it: a few queries each."""

from collections import defaultdict

from django.db.models import Max, Q

from projects.carnet.models import Fonction
from projects.models import Contact, Note, Occupation
from projects.postes.models import Poste
from pvd.suivi.nouveautes import FaitsConnus
from socle.models import Affirmation
from socle.sources import record_type


def completer(found, colonnes, user):
    """Give the rows of `found`, all of one day, what the cells of `colonnes` are read with."""
    if found:
        for name in {colonne.complement for colonne in colonnes if colonne.complement}:
            COMPLEMENTS[name](found, user)
    return found


def read_titulaires(found, user):
    """Give the names of those who hold the posts of the day, as `user` may read them."""
    holders = defaultdict(list)
    postes = {poste.pk for ligne in found for poste in ligne.situation.postes}
    rows = Occupation.objects.nommees_pour(user).as_of(day_of(found)).exclude(titulaire="")
    for poste, name in rows.filter(poste__in=postes).values_list("poste", "titulaire"):
        holders[poste].append(name)
    for ligne in found:
        ligne.titulaires = [name for p in ligne.situation.postes for name in holders[p.pk]]


def read_contacts(found, user):
    """Give, by function, whom to call on the day: of the commune, else of its intercommunalité or ORT.

    A mayor is that of the commune alone: the other two have a president.
    """
    held = {"commune_id": defaultdict(list), "intercommunalite_id": defaultdict(list)}
    held["convention_id"] = defaultdict(list)
    for contact in contacts_of(found, user):
        for sujet, rows in held.items():
            rows[getattr(contact, sujet)].append(contact)
    for ligne in found:
        epci = ligne.situation.intercommunalite
        near = [[c for code in ligne.situation.fiches for c in held["commune_id"][code]]]
        near.append(held["intercommunalite_id"][epci.pk] if epci else [])
        near.append(held["convention_id"][ligne.ort.pk] if ligne.ort else [])
        ligne.contacts = {fonction: nearest(near, fonction) for fonction in Fonction}


def contacts_of(found, user):
    """Return the contacts in office of the communes, intercommunalités and ORT of the rows."""
    situations = [ligne.situation for ligne in found]
    about = Q(commune__in={code for s in situations for code in s.fiches})
    about |= Q(
        intercommunalite__in={s.intercommunalite.pk for s in situations if s.intercommunalite}
    )
    about |= Q(convention__in={ligne.ort.pk for ligne in found if ligne.ort})
    return Contact.objects.for_user(user).as_of(day_of(found)).filter(about).par_fonction()


def nearest(near, fonction):
    """Return the contacts of a function in the first group that has some."""
    groups = near[:1] if fonction == Fonction.MAIRE else near
    told = ([c for c in group if c.fonction == fonction] for group in groups)
    return next(filter(None, told), [])


def read_dernieres_nouvelles(found, user):
    """Give the last day, up to that of the rows, on which something is known of each commune.

    The day of a fact, in the programme, an ORT or a post; of a document that tells one; of a note,
    for those who read notes.
    """
    jour, known = day_of(found), defaultdict(set)
    for fact, situation in FaitsConnus([x.situation for x in found], jour).faits():
        known[situation.commune.pk] |= {fact.jour, *(d.source.date_document for d in fact.dits)}
    noted, said = last_notes(found, user, jour), last_said_of_postes(found, jour)
    for ligne in found:
        days = set(known[ligne.situation.commune.pk])
        days |= {noted.get(code) for code in ligne.situation.fiches}
        for poste in ligne.situation.postes:
            days |= {said.get(f"{poste.pk}"), *days_of(poste)}
        ligne.dernieres_nouvelles = max((d for d in days if d and d <= jour), default=None)


def days_of(poste):
    """Yield the days on which something happened to a post."""
    yield poste.date_ouverture
    for occupation in poste.occupations:
        yield from (occupation.debut, occupation.fin)
    for offre in poste.recrutements:
        yield from (offre.date_publication, offre.date_issue)


def last_notes(found, user, jour):
    """Return the day of the last note about each commune, by code, as `user` may read them."""
    codes = {code for ligne in found for code in ligne.situation.fiches}
    notes = Note.objects.for_user(user).filter(commune__in=codes, jour__lte=jour)
    return dict(notes.order_by().values_list("commune").annotate(Max("jour")))


def last_said_of_postes(found, jour):
    """Return the day of the last document that tells a date of each post, by its key, a text."""
    keys = {f"{poste.pk}" for ligne in found for poste in ligne.situation.postes}
    said = Affirmation.objects.retenues().filter(
        content_type=record_type(Poste), object_id__in=keys, source__date_document__lte=jour
    )
    return dict(said.order_by().values_list("object_id").annotate(Max("source__date_document")))


def day_of(found):
    return found[0].situation.jour


COMPLEMENTS = {
    "titulaires": read_titulaires,
    "contacts": read_contacts,
    "dernieres_nouvelles": read_dernieres_nouvelles,
}
