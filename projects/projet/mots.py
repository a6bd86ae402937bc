"""Sums, costs and counts in words: what is not known is said, and is never zero."""

from projects.actions.models import BaseMontant
from projects.financements.regles import au_cent
from socle.francais import UNKNOWN, euros, liste, pluriel

BASES = {BaseMontant.HT: "HT", BaseMontant.TTC: "TTC", BaseMontant.INCONNUE: "base non précisée"}


def somme_en_mots(somme, complete=False):
    """Write a sum, and how many lines it leaves out: « 2 580 195,23 € (1 accord sans montant) ».

    Of no line, it is zero where the plans are kept in full, and not known elsewhere.
    """
    if not somme.lignes:
        return euros(0) if complete else UNKNOWN
    known = euros(au_cent(somme.montant)) if somme.connue else UNKNOWN
    if not somme.sans_montant:
        return known
    return f"{known} ({pluriel(somme.sans_montant, 'accord,accords')} sans montant)"


def cout_en_mots(montant, base):
    """Write a cost and its base: « 612 000 € HT »."""
    return f"{euros(au_cent(montant))} {BASES[base]}"


def plan_en_mots(action, convention):
    """Name the plan of an action, that of `convention` if it has one: an adhésion has no name of its own."""
    if action.relevee:
        return "hors plan connu"
    return str(convention or "conventions d'adhésion")


def accorde_en_mots(action):
    """Write what is granted to an action; zero if all is withdrawn, or if the plans are kept in full."""
    sommes = action.du_jour.sommes
    return somme_en_mots(sommes.accorde, action.complete or bool(sommes.verse.lignes))


def verse_en_mots(action):
    """Write what is paid of the grants of an action."""
    return somme_en_mots(action.du_jour.sommes.verse, action.complete)


def subventions_en_mots(accorde, verse, complete):
    """Write what is granted and paid: « 372 000 € accordés, 1 accord sans montant, 111 600 € versés »."""
    if not (verse.lignes or complete):
        return "subventions accordées non renseignées"
    if accorde.lignes and not accorde.connue:
        granted = f"{pluriel(accorde.lignes, 'accord,accords')} sans montant"
    else:
        granted = f"{euros(au_cent(accorde.montant))} {participe('accordé', accorde.montant)}"
        if accorde.sans_montant:
            granted += f", {pluriel(accorde.sans_montant, 'accord,accords')} sans montant"
    return f"{granted}, {euros(au_cent(verse.montant))} {participe('versé', verse.montant)}"


def participe(word, montant):
    """Return a participle that agrees with an amount: « 0 € accordé », « 2 € accordés »."""
    return word if montant < 2 else f"{word}s"


def etats_en_mots(etats):
    """Write how many actions are in each state: « 1 achevée, 2 en cours et 1 à venir »."""
    return liste(pluriel(number, agreed(etat)) for etat, number in etats.items())


def agreed(etat):
    """Return a state for one action and for several: « achevée,achevées »; « en cours » does not change."""
    many = " ".join(
        f"{word}s" if word.endswith("e") and word != "pause" else word
        for word in etat.label.split()
    )
    return f"{etat.label},{many}"
