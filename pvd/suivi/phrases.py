"""Where a commune stands on a day, told in French."""

from collections import defaultdict

from communes.models import Commune, Tenue
from communes.programme.lecture import lance, ouverture
from communes.programme.regles import perhaps_begun
from pvd.suivi.non_suivi import SANS_LAUREATE, ort_non_suivies
from pvd.suivi.regles import Statut
from socle.dates import Precision, bare, in_french, in_words
from socle.francais import depuis, liste
from socle.periodes import holds_on

ORT = "opération de revitalisation de territoire (ORT)"
PROGRAMME = "le programme Petites villes de demain"
# What must be added when a commune is absent from the records of its département.
RESERVES = {
    Tenue.COMPLETE: "",
    Tenue.PARTIELLE: " ; les données de ce département sont tenues en partie",
    Tenue.LISTES: f" ; les données de ce département sont connues {Tenue.LISTES.label}",
    Tenue.AUCUNE: (
        " : les données de ce département ne sont pas tenues, et sa situation n'est pas renseignée"
    ),
}
# Where the lists alone tell, none in them is not none signed.
ORT_NON_CONNUE = f"{Tenue.LISTES.label}, aucune {ORT} n'est connue pour elle"


def subject(situation):
    """Return the name of the commune as the subject of a sentence: « Lodève », « la commune du Vigan ».

    A name with a masculine or plural article would not agree with « couverte » and « entrée ».
    """
    if situation.nom.startswith(("Le ", "Les ")):
        return f"la commune {situation.commune.avec_de}"
    return situation.nom


def sentence(situation):
    """Say in one sentence where the commune stands on the day, and since when."""
    tell = {
        None: tell_outsider,
        Statut.SORTIE: tell_sortie,
        Statut.ORT_SIGNEE: tell_couverte,
        Statut.ADHESION_SIGNEE: tell_adherente,
        Statut.LAUREATE: tell_laureate,
    }[situation.statut]
    reserve = f" ; {SANS_LAUREATE}" if perhaps_in_another_ort(situation) else ""
    return f"Au {in_french(situation.jour)}, {subject(situation)} {tell(situation)}{reserve}."


def perhaps_in_another_ort(situation):
    """Tell whether an ORT of which nothing is kept here may cover the commune, as its sentence has to say.

    Where nothing at all is kept, its sentence says so already.
    """
    if situation.laureate or situation.couvertures or uncertain_entry(situation):
        return False
    departement = situation.commune.departement
    return departement.tenue != Tenue.AUCUNE and ort_non_suivies(departement, situation.jour)


def named(convention):
    """Write the name of a convention inside a sentence: « l'ORT d'Agde »."""
    intitule = convention.intitule
    return f"l'{intitule}" if intitule.startswith("ORT ") else f"« {intitule} »"


def tell_couverte(situation):
    """Tell since when an ORT covers the commune, which one if it joined it by avenant, and all if several.

    The cover began before the ORT of the day if another covered the commune until it; after the
    entry, if that ORT had ended before an avenant prolonged it.
    """
    couverture, convention, begun = (
        situation.couverture,
        situation.convention,
        situation.debut_couverture,
    )
    since = depuis(begun.jour, begun.precision)
    phrase = f"est couverte par une {ORT} {since}"
    if len(situation.couvertures) > 1:
        names = liste(named(couverture.convention) for couverture in situation.couvertures)
        return f"{phrase} ; plusieurs la couvrent ce jour-là : {names}"
    if not couverture.entree:
        return phrase
    signature = in_words(convention.date_signature, convention.precision_signature)
    how = ":" if begun.jour == couverture.date_entree else ";"
    return f"{phrase} {how} un avenant l'a fait entrer dans {named(convention)}, signée {signature}"


def tell_adherente(situation):
    """Tell by which day the ORT is, or was, to be signed."""
    label = situation.labellisation
    adhesion = in_words(label.date_signature_adhesion, label.precision_adhesion)
    phrase = f"est dans {PROGRAMME} : elle a signé {adhesion} sa convention d'adhésion"
    if situation.ort_non_connue:
        return f"{phrase} ; {ORT_NON_CONNUE}"
    if situation.echeance_ort is None:
        return f"{phrase}, et n'est plus couverte par une {ORT}"
    due = "devait" if situation.en_retard else "doit"
    day = bare(situation.echeance_ort, situation.precision_echeance)
    le = "le " if situation.precision_echeance == Precision.JOUR else "en "
    latest = day if day.startswith("au plus tard") else f"au plus tard {le}{day}"
    phrase += f" ; son {ORT} {due} être signée {latest}, 18 mois après"
    return f"{phrase}, et ne l'est pas encore" if situation.en_retard else phrase


def tell_laureate(situation):
    """Tell since when a commune without act is in the programme."""
    label = situation.labellisation
    phrase = f"est dans {PROGRAMME} {depuis(label.debut, label.precision_debut)}"
    if label.date_signature_adhesion:
        return f"{phrase} ; elle n'a pas encore signé sa convention d'adhésion"
    return f"{phrase} ; la date de sa convention d'adhésion n'est pas renseignée"


def tell_sortie(situation):
    """Tell when the commune left, and the ORT that may still cover it."""
    label = situation.labellisation
    phrase = (
        f"n'est plus dans {PROGRAMME}, qu'elle a quitté {in_words(label.fin, label.precision_fin)}"
    )
    return f"{phrase} ; elle {tell_couverte(situation)}" if situation.couverture else phrase


def tell_outsider(situation):
    """Tell what can be told of a commune that no record places in the programme by that day."""
    if entree := uncertain_entry(situation):
        return (
            f"n'est pas encore enregistrée dans {PROGRAMME} : elle y est entrée "
            f"{in_words(entree.debut, entree.precision_debut)}, la date exacte n'est pas renseignée"
        )
    if not lance(situation.jour) and not situation.couverture:
        return f"n'est pas dans {PROGRAMME}, qui n'est pas encore lancé"
    tenue = situation.commune.departement.tenue
    recorded = "" if tenue == Tenue.COMPLETE else "enregistrée "
    absent = f"n'est pas {recorded}dans {PROGRAMME}"
    if situation.couverture:
        return f"{absent}, mais elle {tell_couverte(situation)}"
    return absent + RESERVES[tenue]


def reunion(situation):
    """Say which communes that are no more it regroups, since when, and the entry of each, if any."""
    others = [code for code in situation.fiches if code != situation.commune.pk]
    if not others:
        return ""
    gone = Commune.objects.filter(pk__dans=others).prefetch_related("interruptions")
    by_day = defaultdict(list)
    for commune in gone.order_by("nom_recherche", "pk"):
        if absence := commune.absence_au(situation.jour):
            by_day[absence.debut].append(tell_regrouped(commune, situation))
    return " ".join(
        f"Depuis le {in_french(day)}, {subject(situation)} réunit aussi {liste(names)}."
        for day, names in sorted(by_day.items())
    )


def tell_regrouped(commune, situation):
    """Name a commune that is no more, with its code, and its entry in the programme if it is in it."""
    name = f"{commune.nom} (code {commune.pk})"
    labels = situation.faits.labellisations.get(commune.pk, ())
    running = [label for label in labels if holds_on(label, situation.jour)]
    if not running:
        return name
    return f"{name}, lauréate {depuis(running[0].debut, running[0].precision_debut)}"


def uncertain_entry(situation):
    """Return the entry after the day that may in truth precede it, or None."""
    known = situation.faits.labellisations_de(situation.commune.pk, situation.jour)
    opened = ouverture()
    return next((label for label in known if perhaps_begun(label, situation.jour, opened)), None)


def statut_in_words(situation):
    """Return the status of the commune, or whether it is known to be outside the programme."""
    if situation.statut:
        return situation.statut.label
    known = situation.commune.departement.tenue == Tenue.COMPLETE and not uncertain_entry(situation)
    return "hors programme" if known or not lance(situation.jour) else "statut non renseigné"
