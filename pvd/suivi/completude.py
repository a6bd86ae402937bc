"""How far the data go, in words: every page and every figure repeats it."""

from communes.models import Departement, Tenue
from pvd.suivi.models import Chiffre
from socle.francais import liste

# More names than this tell nothing: their number does.
NAMES_AT_MOST = 6
WHAT = {
    "tenue": "Les données du programme",
    "tenue_postes": "Les données des chefs de projet",
    "tenue_plans": "Les données des plans d'actions",
    "tenue_bilans": "Les données des bilans",
}


def champ_de(chiffre):
    """Return the field of a département that says how far what a figure counts is kept."""
    return "tenue_postes" if chiffre == Chiffre.CHEFS_DE_PROJET else "tenue"


def en_entier(departement, champ="tenue"):
    """Tell whether the data of `departement`, of every département when None, are kept in full."""
    if departement is not None:
        return getattr(departement, champ) == Tenue.COMPLETE
    return not Departement.objects.exclude(**{champ: Tenue.COMPLETE}).exists()


def completude(departement, champ="tenue"):
    """Say how far the data of `departement` (None: France) go; an empty text when nothing is missing."""
    if departement is None:
        return completude_of_france(champ)
    where = departement.avec_article
    return {
        Tenue.COMPLETE: "",
        Tenue.PARTIELLE: f"{WHAT[champ]} sont tenues en partie pour {where} : il peut en manquer.",
        Tenue.LISTES: (
            f"{WHAT[champ]} sont connues d'après les listes nationales pour {where} : "
            "ce qu'elles ne disent pas n'est pas connu."
        ),
        Tenue.AUCUNE: (
            f"{WHAT[champ]} ne sont pas tenues pour {where} : "
            "ce qui n'est pas affiché n'est pas renseigné."
        ),
    }[getattr(departement, champ)]


def completude_of_france(champ):
    """Say for which départements the data are kept, in full or in part."""
    kept = list(Departement.objects.exclude(**{champ: Tenue.AUCUNE}))
    complete = [d for d in kept if getattr(d, champ) == Tenue.COMPLETE]
    partial = [d for d in kept if getattr(d, champ) == Tenue.PARTIELLE]
    listed = [d for d in kept if getattr(d, champ) == Tenue.LISTES]
    parts = []
    if complete:
        alone = " seulement" if len(complete) == 1 else ""
        parts.append(f"en entier pour {names(complete)}{alone}")
    if partial:
        parts.append(f"en partie pour {names(partial)}")
    if listed:
        parts.append(f"{Tenue.LISTES.label} pour {names(listed)}")
    known = Departement.objects.count()
    if len(complete) == known:
        return ""
    if not parts:
        return f"{WHAT[champ]} ne sont tenues pour aucun département."
    elsewhere = "" if len(kept) == known else " ; elles ne le sont pas ailleurs"
    return f"{WHAT[champ]} sont tenues {', '.join(parts)}{elsewhere}."


def names(departements):
    """Write « l'Hérault et le Tarn », or « 23 départements » when they are many."""
    if len(departements) > NAMES_AT_MOST:
        return f"{len(departements)} départements"
    return liste(departement.avec_article for departement in departements)
