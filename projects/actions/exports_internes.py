"""What agents download of the actions: the columns of the files that come in, and nothing computed."""

from projects.actions.imports import (
    AxeRessource,
    CoutRessource,
    DerogationRessource,
    EffetAvenantRessource,
    FaitActionRessource,
    PrevisionRessource,
)
from projects.actions.models import (
    Axe,
    Cout,
    Derogation,
    EffetAvenant,
    FaitAction,
    Prevision,
    Theme,
)
from socle.fichiers.colonnes import Colonne, Export, colonne_champ, colonne_source, dits

LISTES_LUES = (
    "adhesions__labellisation",
    "communes_liees",
    "themes_lies__theme",
    "secteurs_lies__secteur",
    "partenaires_lies__organisme",
)


def action_rows(actions, jour):
    """Return `actions`, with all that their columns name."""
    return (
        actions.select_related(
            "convention",
            "axe",
            "theme",
            "entree",
            "sortie",
            "maitre_ouvrage_commune",
            "maitre_ouvrage_intercommunalite",
            "maitre_ouvrage_organisme",
        )
        .prefetch_related(*LISTES_LUES)
        .order_by("convention__identifiant", "identifiant")
    )


def of_link(link, attribute):
    """Return how to read an attribute of what a record names by `link`, if it names one."""
    return lambda record: getattr(getattr(record, link), attribute, None)


def joined(links, code):
    """Return how to read the codes of what hangs on an action, separated by « | »."""
    return lambda action: "|".join(sorted(code(link) for link in getattr(action, links).all()))


def yes_no(attribute):
    """Return how to write a yes, a no or an unknown."""
    return lambda record: {True: "oui", False: "non"}.get(getattr(record, attribute))


ACTIONS_INTERNES = Export(
    "Exporter cette liste",
    (
        colonne_champ("action_identifiant", "identifiant"),
        Colonne("ort_identifiant", of_link("convention", "identifiant"), "ORT."),
        Colonne("ort_intitule", of_link("convention", "intitule"), "ORT."),
        colonne_champ("numero"),
        colonne_champ("intitule"),
        colonne_champ("sous_intitule"),
        colonne_champ("description"),
        Colonne("axe_code", of_link("axe", "code"), "Axe."),
        Colonne("axe_intitule", of_link("axe", "intitule"), "Axe."),
        Colonne("theme", of_link("theme", "cle"), "Thème."),
        colonne_champ("maitre_ouvrage_commune", "maitre_ouvrage_commune_id"),
        colonne_champ("maitre_ouvrage_siren_epci", "maitre_ouvrage_intercommunalite_id"),
        Colonne("maitre_ouvrage_organisme", of_link("maitre_ouvrage_organisme", "nom"), "Interne."),
        Colonne(
            "maitre_ouvrage_nom",
            lambda action: action.maitre_ouvrage and str(action.maitre_ouvrage),
            "Interne.",
        ),
        colonne_champ("etendue"),
        colonne_champ("aboutissement"),
        Colonne("investissement", yes_no("investissement"), "Interne."),
        colonne_champ("plan_signe"),
        colonne_champ("indicateurs_texte"),
        colonne_champ("longitude"),
        colonne_champ("latitude"),
        colonne_champ("entree_par"),
        Colonne("avenant_entree", of_link("entree", "identifiant"), "Avenant d'entrée."),
        Colonne("avenant_sortie", of_link("sortie", "identifiant"), "Avenant de sortie."),
        Colonne(
            "adhesions",
            joined("adhesions", lambda link: link.labellisation.commune_id),
            "Communes dont l'adhésion porte l'action.",
        ),
        Colonne("communes", joined("communes_liees", lambda link: link.commune_id), "Communes."),
        Colonne(
            "themes_secondaires", joined("themes_lies", lambda link: link.theme.cle), "Thèmes."
        ),
        Colonne("secteurs", joined("secteurs_lies", lambda link: link.secteur.nom), "Secteurs."),
        Colonne(
            "partenaires",
            joined("partenaires_lies", lambda link: link.organisme.nom),
            "Partenaires.",
        ),
        colonne_champ("note_interne"),
    ),
    action_rows,
)


def rows_of(model, *order, objet="action"):
    """Return how to read the rows of `model` that hang on actions, or on studies, whatever their dates."""

    def read(objets, jour):
        rows = model.objects.filter(**{f"{objet}__in": objets.order_by().values("pk")})
        rows = rows.select_related(objet).prefetch_related(dits())
        return rows.order_by(f"{objet}__identifiant", *order, "pk")

    return read


def effet_rows(actions, jour):
    """Return what avenants did to `actions`, whatever their dates."""
    rows = EffetAvenant.objects.filter(action__in=actions.order_by().values("pk"))
    rows = rows.select_related("action", "avenant", "ancien_organisme")
    return rows.order_by("action__identifiant", "avenant__date_signature", "pk")


ACTION = (
    Colonne("action_identifiant", of_link("action", "identifiant"), "Action."),
    Colonne("action_intitule", of_link("action", "intitule"), "Action."),
)

FAITS = Export(
    "Leurs faits",
    (
        FaitActionRessource.cle.interne(),
        *ACTION,
        colonne_champ("jour"),
        colonne_champ("precision"),
        colonne_champ("nature"),
        colonne_champ("phase"),
        colonne_champ("texte"),
        colonne_source("source", "jour"),
    ),
    rows_of(FaitAction, "jour"),
)

PREVISIONS = Export(
    "Leur calendrier prévu",
    (
        PrevisionRessource.cle.interne(),
        *ACTION,
        colonne_champ("objet"),
        colonne_champ("date_prevue"),
        colonne_champ("precision"),
        colonne_champ("etablie_le"),
        colonne_source("source", "etablie_le"),
    ),
    rows_of(Prevision, "etablie_le"),
)

# A cost, after what it is the cost of.
COUT = (
    colonne_champ("jour"),
    colonne_champ("precision"),
    colonne_champ("nature"),
    colonne_champ("montant"),
    colonne_champ("base"),
    colonne_source("source", "jour"),
)

COUTS = Export("Leurs coûts", (CoutRessource.cle.interne(), *ACTION, *COUT), rows_of(Cout, "jour"))

DEROGATIONS = Export(
    "Leurs dérogations",
    (
        DerogationRessource.cle.interne(),
        *ACTION,
        colonne_champ("objet"),
        colonne_champ("jour"),
        colonne_champ("reference"),
        colonne_champ("motif"),
        colonne_source("source", "jour"),
    ),
    rows_of(Derogation, "jour"),
)

EFFETS = Export(
    "Les effets des avenants",
    (
        EffetAvenantRessource.cle.interne(),
        *ACTION,
        Colonne("avenant_identifiant", of_link("avenant", "identifiant"), "Avenant."),
        colonne_champ("nature"),
        colonne_champ("texte"),
        colonne_champ("ancien_commune", "ancien_commune_id"),
        colonne_champ("ancien_siren_epci", "ancien_intercommunalite_id"),
        Colonne("ancien_organisme", of_link("ancien_organisme", "nom"), "Organisme."),
    ),
    effet_rows,
)


def axe_rows(actions, jour):
    """Return the axes of the plans of `actions`, those of no action too."""
    of_conventions = Axe.objects.filter(
        convention__in=actions.order_by().filter(convention__isnull=False).values("convention")
    )
    of_adhesions = Axe.objects.filter(
        labellisation__in=actions.order_by()
        .filter(adhesions__isnull=False)
        .values("adhesions__labellisation")
    )
    return (
        (of_conventions | of_adhesions)
        .select_related("convention", "labellisation")
        .order_by("convention__identifiant", "labellisation__commune", "ordre", "code")
    )


AXES = Export(
    "Les axes de leurs plans",
    (
        AxeRessource.cle.interne(),
        Colonne("ort_identifiant", of_link("convention", "identifiant"), "ORT."),
        Colonne("adhesion", of_link("labellisation", "commune_id"), "Commune de l'adhésion."),
        colonne_champ("code"),
        colonne_champ("intitule"),
        colonne_champ("ordre"),
    ),
    axe_rows,
)

# The same for all of France, whatever the list that is downloaded.
THEMES = Export(
    "Les thèmes",
    (colonne_champ("theme", "cle"), colonne_champ("libelle"), colonne_champ("ordre")),
    lambda actions, jour: Theme.objects.all(),
)
