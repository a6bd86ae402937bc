"""The communes of which a vintage may change the record, found before any record is read.

Ninety-nine communes in a hundred are from a year to the next what they were: plain rows tell it, in
a fraction of the time that reading their history takes.
"""

from datetime import date

from communes.models import (
    AncienCode,
    AncienNomCommune,
    CodePostal,
    Commune,
    Mouvement,
    Rattachement,
)
from communes.territoire.decoupage.ecriture import Seulement

# The fields of a commune that are those of a `CommuneLue`, which begins with them.
COMMUNE = ("code_insee", "nom", "type_liaison", "siren", "departement")


def part_concernee(decoupage):
    """Return the part of the territory that the vintage may change: all of its codes, for their communes.

    A commune is of it when the base and the vintage differ by anything else than its population on
    1 January of the year, when an agent recorded something of it by hand, or when another such
    commune comes from it or passes to it. Ten queries, whatever their number.
    """
    codes = changed(decoupage, date(decoupage.annee, 1, 1)) | by_hand() | unnamed(decoupage)
    return Seulement(codes | relatives(decoupage, codes), None, None)


def changed(decoupage, jour):
    """Return the codes of the communes that the vintage does not tell as the base does on `jour`.

    What it leaves out, as a SIREN, counts as a difference: reading one commune too many costs little.
    """
    lues = decoupage.communes.values()
    communes, memberships = Commune.objects.as_of(jour), Rattachement.objects.as_of(jour)
    told = {lue.code: lue[: len(COMMUNE)] for lue in lues}
    members = {lue.code: (lue.code, lue.intercommunalite) for lue in lues if lue.intercommunalite}
    postcodes = {(lue.code, postal) for lue in lues for postal in lue.codes_postaux}
    return {
        *otherwise(told, read(communes, *COMMUNE)),
        *otherwise(members, read(memberships, "commune", "intercommunalite")),
        *firsts(postcodes.symmetric_difference(read(CodePostal.objects, "commune", "code"))),
        *firsts(read(Commune.objects.filter(fin=jour), "pk")),
        *firsts(read(AncienNomCommune.objects.filter(fin__gt=jour), "commune")),
    }


def otherwise(told, found):
    """Yield the codes of the rows `found` that are not those `told`, by code; and of those not found."""
    for row in found:
        if told.pop(row[0], None) != row:
            yield row[0]
    yield from told


def firsts(found):
    return {row[0] for row in found}


def read(found, *fields):
    """Return rows, read as they come: a table is never held whole."""
    return found.order_by().values_list(*fields).iterator(chunk_size=10_000)


def by_hand():
    """Return the codes of the communes of which an agent recorded something by hand."""
    told = Mouvement.objects.a_la_main().order_by().values_list("ecart", flat=True)
    return {
        code for ecart in told for table in ("communes", "codes") for code in ecart.get(table, ())
    }


def unnamed(decoupage):
    """Return the communes of which a code that nobody names takes the name: it is theirs."""
    named = firsts(read(AncienCode.objects.exclude(nom=""), "code"))
    unnamed = {code for code, fiche in decoupage.codes.items() if not fiche.nom} - named
    return firsts(read(Commune.objects.filter(pk__dans=list(unnamed)), "pk"))


def relatives(decoupage, codes):
    """Return the communes that these codes come from, or pass to, by the base or by the vintage."""
    asked = list(codes)
    successeurs = Commune.objects.filter(pk__dans=asked, successeur__isnull=False)
    anciens = AncienCode.objects.filter(pk__dans=asked)
    told = {decoupage.codes[code].commune for code in codes if code in decoupage.codes}
    return told | firsts(read(successeurs, "successeur")) | firsts(read(anciens, "commune"))
