"""What a password may not be made of: the words that anyone would try first on this site."""

import re

from django.core.exceptions import ValidationError
from django.utils import timezone

from communes.territoire.departements import Departement, Region
from communes.territoire.models import Commune
from socle.recherche import search_key

TRADE = """
    petites villes, petite ville, ville de demain, villes de demain, programme, convention, avenant,
    préfecture, préfet, sous-préfecture, direction départementale, ministère, cohésion, république,
    territoire, revitalisation, commune, mairie, intercommunalité, agglomération, département, région,
    référent, administrateur, marianne, gouv, mot de passe, password, azerty, qwerty,
    pvd, ort, acv, ddt, ddtm, dreal, dgaln, anct, epci, admin, agent, lecteur, national
"""
# The programme began in 2020.
FIRST_YEAR = 2020
# « ort » is found in « porte », « le » everywhere; Rouet, of the Hérault, in « brouette ».
LONG, SHORT = 5, 3
LONG_PLACE = 8
WRITTEN_AS = str.maketrans("01345789@$!€", "oleastbgasie")
MESSAGE = (
    "Ce mot de passe contient « %(mot)s », que l'on essaierait d'abord ici. Évitez les mots du "
    "programme, les lieux, les années, votre nom et votre identifiant : quatre mots sans rapport "
    "entre eux conviennent."
)


class MotsDevinablesValidator:
    """Refuse the words of the trade, of the places and of the years, and the names of the account."""

    def validate(self, password, user=None):
        words = [*TRADE.split(","), *years(timezone.localdate()), *names_of(user)]
        places = {letters(place) for place in places_of(user)}
        found = first_of({letters(word) for word in words}, password, places)
        if found:
            raise ValidationError(MESSAGE, code="mot_devinable", params={"mot": found})

    def get_help_text(self):
        return (
            "Votre mot de passe ne peut contenir ni mot du programme, ni lieu de vos départements, "
            "ni année, ni votre nom ou votre identifiant."
        )


def years(jour):
    """Return the years that people put in a password on `jour`: those of the programme, and the next."""
    return map(str, range(FIRST_YEAR, jour.year + 2))


def names_of(user):
    """Return what names the account `user`, which may be none."""
    values = (getattr(user, name, "") for name in ("username", "first_name", "last_name", "email"))
    return [part for value in values for part in (value, *re.split(r"[\W_]+", value))]


def places_of(user):
    """Return the names of all départements and régions, and of the communes of those of `user`.

    The page that opens an account tells its départements before they are saved.
    """
    own = getattr(user, "departements_choisis", None)
    if own is None:
        own = user.departements.all() if user and user.pk else ()
    for places in (Departement, Region):
        yield from places.objects.values_list("nom", flat=True)
    yield from Commune.objects.filter(departement__in=own).values_list("nom", flat=True)


def letters(text):
    """Return the letters and digits of a text alone, without case nor accent."""
    return search_key(text).replace(" ", "")


def is_long(word):
    """Tell whether a word is refused anywhere in a password: a shorter one is found in many others."""
    return len(word) >= LONG or (len(word) == len("2026") and word.isdigit())


def first_of(words, password, places=()):
    """Return the longest of `words` and of `places` that a password holds, or None.

    A short one is sought where no other letter touches it, but for other short ones.
    """
    readings = [password, password.translate(WRITTEN_AS)]
    anywhere = {*filter(is_long, words), *(place for place in places if len(place) >= LONG_PLACE)}
    for word in sorted(anywhere, key=len, reverse=True):
        if any(word in letters(text) for text in readings):
            return word
    others = {*words, *places} - anywhere
    short = sorted(re.escape(word) for word in others if len(word) >= SHORT)
    alone = re.compile(f"(?:{'|'.join(short)})+")
    runs = [run for text in readings for run in re.findall("[a-z]+", search_key(text))]
    return next((run for run in runs if alone.fullmatch(run)), None)
