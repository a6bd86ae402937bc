"""What hangs on an action, from files, and the tables that actions name: themes and axes."""

from django.db.models import Q

from communes.models import Commune, Intercommunalite, Labellisation
from ort.models import Avenant, Convention, Organisme
from projects.actions.champs import CLE_D_AXE, AdhesionDAxeWidget, champ_action
from projects.actions.models import (
    ANCIENS,
    Action,
    Axe,
    BaseMontant,
    Cout,
    Derogation,
    EffetAvenant,
    FaitAction,
    NatureCout,
    NatureFait,
    Phase,
    Prevision,
    Theme,
)
from socle.fichiers.champs import (
    Champ,
    champ_choix_nomme,
    champ_date,
    champ_fiche,
    champ_precision,
    champ_texte,
)
from socle.fichiers.champs_nombres import champ_entier, champ_montant
from socle.fichiers.cle import cle_interne
from socle.fichiers.rapprochement import readable
from socle.fichiers.ressource import Ressource


class NationaleRessource(Ressource):
    """Rows that are the same for all of France: whom the roles let write them writes them all."""

    class Meta(Ressource.Meta):
        abstract = True

    def writable(self, records, user):
        return records


class ThemeRessource(NationaleRessource):
    """One row per theme, the same for all of France."""

    titre = "Thèmes des actions"
    exemple = {"theme": "exemple", "libelle": "Un thème d'exemple", "ordre": "99"}

    cle_du_theme = champ_texte("theme", "cle")
    libelle = champ_texte("libelle")
    ordre = champ_entier("ordre")

    class Meta(Ressource.Meta):
        model = Theme
        import_id_fields = ["cle_du_theme"]
        fields = ["cle_du_theme", "libelle", "ordre"]


class AxeRessource(Ressource):
    """One row per axe of a convention, or of an adhésion that its commune names."""

    titre = "Axes des plans d'action"
    cle = CLE_D_AXE
    loose_keys = ("convention", "labellisation")
    codes = {"adhesion": 5}
    autres_noms = {"axe_code": "code", "axe": "intitule", "ORT": "ort_identifiant"}
    informatives = ("ort_intitule",)
    temoins = {"ort_identifiant": ("ort_intitule",)}
    exemple = {
        "ort_identifiant": "ort-exemple",
        "code": "A",
        "intitule": "Habiter le centre",
        "ordre": "1",
    }

    convention = champ_fiche("ort_identifiant", "convention", Convention, "identifiant")
    labellisation = Champ(
        column_name="adhesion", attribute="labellisation", widget=AdhesionDAxeWidget()
    )
    code = champ_texte("code")
    intitule = champ_texte("intitule")
    ordre = champ_entier("ordre")

    class Meta(Ressource.Meta):
        model = Axe
        import_id_fields = ["convention", "labellisation", "code"]
        fields = [*import_id_fields, "intitule", "ordre"]

    def resembling(self, rows):
        """Keep the axes of the adhésions that `rows` name: such rows name no convention."""
        named = {readable(self.fields["labellisation"], row) for row in rows} - {None}
        return Q(labellisation__in=[adhesion.pk for adhesion in named]) if named else Q()

    def closest(self, records, values):
        """Keep the axes of the plan of the row, and of no other that has the same code."""
        plan = values.get("convention"), values.get("labellisation")
        return [axe for axe in records if (axe.convention, axe.labellisation) == plan]

    def in_reach(self, field, record, instance, user):
        """Tell whether the plan of an axe is one that `user` keeps."""
        if not isinstance(record, Labellisation):
            return None
        return Labellisation.objects.for_user(user).filter(pk=record.pk).exists()


class DunObjetRessource(Ressource):
    """Rows of actions, or of studies: an agent reads those that it sees, and writes its own."""

    objet = "action"
    une_par_une = True

    class Meta(Ressource.Meta):
        abstract = True

    @property
    def modele_de_l_objet(self):
        """Return the model of what the rows are of: `Action`, or `Etude`."""
        return self._meta.model._meta.get_field(self.objet).related_model

    def load_named(self, rows, user):
        super().load_named(rows, user)
        keys = self.fields[self.objet].widget.keys()
        self.theirs = written_by(user, keys, self.modele_de_l_objet)

    def writable(self, records, user):
        if user.is_superuser:
            return records
        return records.filter(**{f"{self.objet}__in": of_user(user, self.modele_de_l_objet)})

    def in_reach(self, field, record, instance, user):
        return record.pk in self.theirs if field == self.objet else None


class DeLActionRessource(DunObjetRessource):
    """Rows of actions."""

    informatives = ("action_intitule",)
    temoins = {"action_identifiant": ("action_intitule",)}
    autres_noms = {"identifiant": "action_identifiant", "action": "action_identifiant"}

    class Meta(Ressource.Meta):
        abstract = True


def of_user(user, model=Action):
    """Return the actions, or the studies, whose facts `user` writes."""
    return model.objects.all() if user.is_superuser else model.objects.a_ecrire(user)


def written_by(user, keys, model=Action):
    """Return the keys, of `keys`, of the actions whose facts `user` writes; a command writes all."""
    return (
        set(keys)
        if user is None
        else set(of_user(user, model).filter(pk__dans=keys).values_list("pk", flat=True))
    )


class FaitActionRessource(DeLActionRessource):
    """One row per fact: the action, the nature, the phase and the day tell which."""

    titre = "Faits des actions : débuts, fins, blocages…"
    cle = cle_interne("fait", "action")
    autres_noms = {**DeLActionRessource.autres_noms, "date": "jour", "fait": "nature"}
    exemple = {
        "action_identifiant": "action-exemple",
        "jour": "03/2025",
        "precision": "mois",
        "nature": "debut",
        "phase": "operation",
    }

    action = champ_action()
    jour = champ_date("jour")
    precision = champ_precision("precision")
    nature = champ_choix_nomme("nature", NatureFait, facultatif=False)
    phase = champ_choix_nomme("phase", Phase)
    texte = champ_texte("texte")

    dated_sources = {"source": ("jour", "jour", "precision")}

    class Meta(Ressource.Meta):
        model = FaitAction
        import_id_fields = ["action", "nature", "phase", "jour"]
        fields = ["action", "jour", "precision", "nature", "phase", "texte"]


class PrevisionRessource(DeLActionRessource):
    """One row per forecast: what is expected, and the day that it was announced, tell which."""

    titre = "Calendrier prévu des actions"
    cle = cle_interne("prevision", "action")
    precisions = {"date_prevue": "precision"}
    exemple = {
        "action_identifiant": "action-exemple",
        "objet": "fin",
        "date_prevue": "06/2027",
        "precision": "mois",
        "etablie_le": "15/01/2025",
    }

    action = champ_action()
    objet = champ_choix_nomme("objet", Prevision.Objet, facultatif=False)
    date_prevue = champ_date("date_prevue")
    precision = champ_precision("precision")
    etablie_le = champ_date("etablie_le")

    dated_sources = {"source": ("etablie_le", "etablie_le", "")}

    class Meta(Ressource.Meta):
        model = Prevision
        import_id_fields = ["action", "objet", "etablie_le"]
        fields = ["action", "objet", "date_prevue", "precision", "etablie_le"]


class DeCoutRessource(DunObjetRessource):
    """One row per cost: what it is the cost of has one a day."""

    jour = champ_date("jour")
    precision = champ_precision("precision")
    nature = champ_choix_nomme("nature", NatureCout, facultatif=False)
    montant = champ_montant("montant")
    base = champ_choix_nomme("base", BaseMontant)

    dated_sources = {"source": ("jour", "jour", "precision")}

    class Meta(Ressource.Meta):
        abstract = True


# The columns of a cost, after what it is the cost of.
COUT = ["jour", "precision", "nature", "montant", "base"]
COUT_AUTREMENT = {"cout": "montant", "base_cout": "base"}
UN_COUT = {"jour": "15/01/2025", "nature": "estime", "montant": "1240000", "base": "HT"}


class CoutRessource(DeLActionRessource, DeCoutRessource):
    """One row per cost of an action."""

    titre = "Coûts des actions"
    cle = cle_interne("cout", "action")
    autres_noms = DeLActionRessource.autres_noms | COUT_AUTREMENT
    exemple = {"action_identifiant": "action-exemple", **UN_COUT}

    action = champ_action()

    class Meta(Ressource.Meta):
        model = Cout
        import_id_fields = ["action", "jour"]
        fields = ["action", *COUT]


class EffetAvenantRessource(DeLActionRessource):
    """One row per effect: the action, the avenant and what it does tell which."""

    titre = "Effets des avenants sur les actions"
    cle = cle_interne("effet", "action")
    codes = {"ancien_commune": 5, "ancien_siren_epci": 9}
    exemple = {
        "action_identifiant": "action-exemple",
        "avenant_identifiant": "ort-exemple-avenant-1",
        "nature": "transferee",
        "texte": "La commune reprend l'opération",
        "ancien_siren_epci": "200000172",
    }

    action = champ_action()
    avenant = champ_fiche("avenant_identifiant", "avenant", Avenant, "identifiant")
    nature = champ_choix_nomme("nature", EffetAvenant.Nature, facultatif=False)
    texte = champ_texte("texte")
    ancien_commune = champ_fiche("ancien_commune", "ancien_commune", Commune)
    ancien_intercommunalite = champ_fiche(
        "ancien_siren_epci", "ancien_intercommunalite", Intercommunalite
    )
    ancien_organisme = champ_fiche("ancien_organisme", "ancien_organisme", Organisme, "nom")

    class Meta(Ressource.Meta):
        model = EffetAvenant
        import_id_fields = ["action", "avenant", "nature"]
        fields = [*import_id_fields, "texte", *ANCIENS]


class DerogationRessource(DeLActionRessource):
    """One row per waiver of the préfet: what it allows, and its day, tell which."""

    titre = "Dérogations du préfet (interne)"
    cle = cle_interne("derogation", "action")
    exemple = {
        "action_identifiant": "action-exemple",
        "objet": "participation",
        "jour": "15/01/2025",
        "reference": "2025-001",
        "motif": "Patrimoine non protégé, urgence",
    }

    action = champ_action()
    objet = champ_choix_nomme("objet", Derogation.Objet, facultatif=False)
    jour = champ_date("jour")
    reference = champ_texte("reference")
    motif = champ_texte("motif")

    dated_sources = {"source": ("jour", "jour", "")}

    class Meta(Ressource.Meta):
        model = Derogation
        import_id_fields = ["action", "objet", "jour"]
        fields = ["action", "objet", "jour", "reference", "motif"]
