"""Indicators, targets and readings, from files: one row each."""

from collections import defaultdict

from django.db.models import Q

from communes.models import Commune, Departement
from ort.models import Convention, Secteur
from projects.actions.champs import ORT, champ_action
from projects.actions.imports import written_by
from projects.indicateurs.models import (
    Cible,
    EtatReleve,
    Indicateur,
    PerimetreIndicateur,
    Releve,
    Sens,
    Unite,
)
from projects.indicateurs.mots import refuse_l_ecriture
from socle.fichiers.champs import (
    CelluleRefusee,
    Champ,
    TextWidget,
    champ_choix_nomme,
    champ_date,
    champ_fiche,
    champ_oui_non,
    champ_precision,
    champ_texte,
)
from socle.fichiers.champs_nombres import DecimalWidget
from socle.fichiers.cle import cle_interne
from socle.fichiers.lignes import as_read
from socle.fichiers.nombres import written
from socle.fichiers.rapprochement import readable
from socle.fichiers.ressource import Ressource

DU_NATIONAL = "un indicateur sans département est tenu par le niveau national : dites le vôtre"
OUI_NON = {"oui": "1", "non": "0"}


class IndicateurRessource(Ressource):
    """One row per indicator; without a département, it is the same for all of France."""

    titre = "Indicateurs"
    codes = {"code_departement": 2}
    autres_noms = {"identifiant": "indicateur", "intitule": "libelle", "source": "source_usuelle"}
    exemple = {
        "indicateur": "exemple",
        "libelle": "Façades rénovées",
        "unite": "façades",
        "definition": "Façades dont les travaux sont reçus",
        "perimetre": "commune",
        "sens": "hausse",
        "code_departement": "34",
    }

    identifiant = champ_texte("indicateur", "identifiant")
    libelle = champ_texte("libelle")
    unite = champ_choix_nomme("unite", Unite, facultatif=False)
    evolution = champ_oui_non("evolution")
    definition = champ_texte("definition")
    perimetre = champ_choix_nomme("perimetre", PerimetreIndicateur, facultatif=False)
    sens = champ_choix_nomme("sens", Sens, facultatif=False)
    source_usuelle = champ_texte("source_usuelle")
    departement = champ_fiche("code_departement", "departement", Departement)

    class Meta(Ressource.Meta):
        model = Indicateur
        import_id_fields = ["identifiant"]
        fields = [
            "identifiant",
            "libelle",
            "unite",
            "evolution",
            "definition",
            "perimetre",
            "sens",
            "source_usuelle",
            "departement",
        ]

    def load_named(self, rows, user):
        super().load_named(rows, user)
        self.locale = user is not None and not user.is_superuser

    def writable(self, records, user):
        return records.a_ecrire(user)

    def refuse_twin(self, values, records):
        if self.locale and values.get("departement") is None:
            raise CelluleRefusee("code_departement", "", DU_NATIONAL)


CLE_DE_CIBLE = cle_interne("cible", "commune", "action", "convention", "indicateur")
CLE_DE_RELEVE = cle_interne("releve", "commune", "action", "convention", "indicateur")


class SecteurDObjetWidget(TextWidget):
    """A sector of the convention, or of the commune, of the row, by its name.

    A row that bears the key of its record leaves it to its own, whatever others have its name.
    """

    known = None

    def __init__(self, model, cle):
        super().__init__()
        self.model, self.cle = model, cle

    def load(self, column, rows, user=None):
        rows = [row for row in rows if row.get(column)]
        keys = {row[self.cle.colonne] for row in rows if row.get(self.cle.colonne)}
        records = self.model.objects.filter(self.cle.named(keys), secteur__isnull=False)
        records = records.select_related("secteur__convention")
        self.held = {self.cle.of(record): record.secteur for record in records}
        orts = {row[ORT] for row in rows if row.get(ORT)}
        communes = {row["code_insee"] for row in rows if row.get("code_insee")}
        theirs = Q(convention__identifiant__dans=orts) | Q(commune__dans=communes)
        self.known = defaultdict(list)
        for secteur in Secteur.objects.filter(theirs).select_related("convention"):
            self.known[as_read(secteur.nom)].append(secteur)

    def clean(self, value, row=None, **kwargs):
        nom = super().clean(value, row, **kwargs)
        if not nom:
            return None
        if self.known is None:
            self.load("secteur", [row])
        held = self.held.get(row.get(self.cle.colonne))
        if held and as_read(held.nom) == nom and is_there(held, row):
            return held
        there = [s for s in self.known[nom] if is_there(s, row)]
        if len(there) != 1:
            known = "plusieurs secteurs ont ce nom" if there else "aucun secteur n'a ce nom ici"
            raise ValueError(f"{known} : dites la commune, ou l'ORT, telle qu'elle l'a")
        return there[0]

    def as_written(self, value):
        return value and value.nom

    def render(self, value, obj=None, **kwargs):
        return value.nom if value else ""


def champ_secteur(model, cle):
    widget = SecteurDObjetWidget(model, cle)
    return Champ(column_name="secteur", attribute="secteur", widget=widget)


def is_there(secteur, row):
    """Tell whether a sector is of the convention, or of the commune, of a row."""
    if row.get(ORT):
        return secteur.convention.identifiant == row[ORT]
    return secteur.commune_id == row.get("code_insee")


class ValeurWidget(DecimalWidget):
    """A value in the unit of the indicator of its row, with its name or not: « 27 », « 27 façades ».

    A share of one or less is asked: « 0,8 » may be 80 %, and « 0,8 % » is said.
    """

    unit = ""
    unites = None

    def load(self, column, rows, user=None):
        named = {row["indicateur"] for row in rows if row.get("indicateur")}
        kept = Indicateur.objects.filter(identifiant__dans=named)
        self.unites = dict(kept.values_list("identifiant", "unite"))

    def clean(self, value, row=None, **kwargs):
        if not value or not value.strip():
            return None
        if self.unites is None:
            self.load("valeur", [row])
        text, unite = value.strip(), self.unites.get(row.get("indicateur"), "")
        if unite:
            refuse_l_ecriture(unite, text)
        if unite == Unite.OUI_NON:
            text = OUI_NON.get(text.casefold(), text)
        return super().clean(text.removesuffix(unite).strip(), row, **kwargs)

    def as_written(self, value):
        return None if value is None else written(value)


def champ_valeur(column):
    return Champ(column_name=column, attribute=column, widget=ValeurWidget())


class MesureRessource(Ressource):
    """Rows of an indicator, and of one of the three that is measured: an agent writes of its own."""

    informatives = ("action_intitule", "ort_intitule", "nom_commune", "libelle", "unite")
    temoins = {
        "action_identifiant": ("action_intitule",),
        "ort_identifiant": ("ort_intitule",),
        "code_insee": ("nom_commune",),
    }
    codes = {"code_insee": 5}
    autres_noms = {"commune": "code_insee", "action": "action_identifiant", "ort": ORT}
    # What is left of the key once the object is told: which one, a row says by the column that it fills.
    loose_keys = ("commune", "action", "convention", "secteur")

    class Meta(Ressource.Meta):
        abstract = True

    def load_named(self, rows, user):
        super().load_named(rows, user)
        self.theirs = written_by(user, self.fields["action"].widget.keys())

    def writable(self, records, user):
        return records.a_ecrire(user)

    def in_reach(self, field, record, instance, user):
        return record.pk in self.theirs if field == "action" else None

    def resembling(self, rows):
        """Keep the rows of the actions and of the conventions that `rows` name: such rows name no commune."""
        found = Q()
        for name in ("action", "convention"):
            records = (readable(self.fields[name], row) for row in rows)
            if keys := {record.pk for record in records if record is not None}:
                found |= Q(**{f"{name}__dans": sorted(keys)})
        return found


class CibleRessource(MesureRessource):
    """One row per target: what is measured, and the day that it was set, tell which."""

    titre = "Cibles des indicateurs"
    cle = CLE_DE_CIBLE
    autres_noms = {
        **MesureRessource.autres_noms,
        "cible": "valeur",
        "cible_jour": "echeance_prevue",
    }
    exemple = {
        "indicateur": "facades-renovees",
        "action_identifiant": "action-exemple",
        "fixee_le": "15/01/2025",
        "valeur": "40",
        "echeance_prevue": "31/12/2027",
        "reference_valeur": "0",
        "reference_jour": "01/01/2025",
    }

    commune = champ_fiche("code_insee", "commune", Commune)
    action = champ_action()
    convention = champ_fiche(ORT, "convention", Convention, "identifiant")
    indicateur = champ_fiche("indicateur", "indicateur", Indicateur, "identifiant")
    secteur = champ_secteur(Cible, CLE_DE_CIBLE)
    fixee_le = champ_date("fixee_le")
    valeur = champ_valeur("valeur")
    echeance_prevue = champ_date("echeance_prevue")
    reference_valeur = champ_valeur("reference_valeur")
    reference_jour = champ_date("reference_jour")
    serie = champ_texte("serie")

    dated_sources = {
        "source": ("fixee_le", "fixee_le", ""),
        "source_reference": ("reference_jour", "reference_jour", ""),
    }

    class Meta(Ressource.Meta):
        model = Cible
        import_id_fields = ["commune", "action", "convention", "indicateur", "secteur", "fixee_le"]
        fields = [
            *import_id_fields,
            "valeur",
            "echeance_prevue",
            "reference_valeur",
            "reference_jour",
            "serie",
        ]


class ReleveRessource(MesureRessource):
    """One row per reading: what is measured, the day and the series tell which."""

    titre = "Relevés des indicateurs"
    cle = CLE_DE_RELEVE
    loose_keys = (*MesureRessource.loose_keys, "serie")
    autres_noms = {**MesureRessource.autres_noms, "date": "jour", "millesime": "serie"}
    exemple = {
        "indicateur": "facades-renovees",
        "action_identifiant": "action-exemple",
        "jour": "30/06/2025",
        "etat": "connue",
        "valeur": "12",
    }

    commune = champ_fiche("code_insee", "commune", Commune)
    action = champ_action()
    convention = champ_fiche(ORT, "convention", Convention, "identifiant")
    indicateur = champ_fiche("indicateur", "indicateur", Indicateur, "identifiant")
    secteur = champ_secteur(Releve, CLE_DE_RELEVE)
    jour = champ_date("jour")
    precision = champ_precision("precision")
    publie_le = champ_date("publie_le")
    etat = champ_choix_nomme("etat", EtatReleve, facultatif=False)
    valeur = champ_valeur("valeur")
    serie = champ_texte("serie")
    rupture = champ_oui_non("rupture")

    dated_sources = {
        "source": ("jour", "jour", "precision"),
        "source_publication": ("publie_le", "publie_le", ""),
    }

    class Meta(Ressource.Meta):
        model = Releve
        import_id_fields = [
            "commune",
            "action",
            "convention",
            "indicateur",
            "secteur",
            "jour",
            "serie",
        ]
        fields = [
            *import_id_fields,
            "precision",
            "publie_le",
            "etat",
            "valeur",
            "rupture",
        ]

    def closest(self, records, values):
        """Keep the reading of the series of the row: without one, the one that has none."""
        return [releve for releve in records if releve.serie == (values.get("serie") or "")]
