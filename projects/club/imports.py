"""The events of the Club from files: one row an event, a resource, or who came."""

from django.db.models import Q

from communes.models import Departement, Intercommunalite
from communes.programme.lecture import ouverture
from communes.territoire.champs import NOMS_DU_CODE, champ_commune
from ort.models import Organisme
from projects.actions.listes import Liste, ListesRessource
from projects.actions.models import Theme
from projects.club import coherence
from projects.club.models import (
    PARTICIPANTS,
    EvenementClub,
    EvenementDepartement,
    EvenementOrganisateur,
    NatureEvenement,
    NatureRessource,
    Participation,
    RessourceClub,
)
from projects.postes.models import Poste
from socle.ensembles import says_anew
from socle.fichiers.champs import (
    CelluleRefusee,
    RecordWidget,
    champ_choix_nomme,
    champ_date,
    champ_fiche,
    champ_oui_non,
    champ_precision,
    champ_texte,
)
from socle.fichiers.champs_nombres import champ_entier
from socle.fichiers.cle import cle_interne
from socle.fichiers.ressource import Ressource

EVENEMENT = "evenement_identifiant"
DEPARTEMENTS = "departements"


LISTES = (
    Liste(DEPARTEMENTS, EvenementDepartement, "departement"),
    Liste("organisateurs", EvenementOrganisateur, "organisme"),
)


class EvenementRessource(ListesRessource):
    """One row per event, named for good by its `evenement_identifiant`."""

    titre = "Événements du Club"
    listes = LISTES
    lien = "evenement"
    extra_columns = tuple(liste.colonne for liste in LISTES)
    dependent_models = tuple(liste.model for liste in LISTES)
    codes = {DEPARTEMENTS: 2}
    autres_noms = {
        "identifiant": EVENEMENT,
        "organisateur": "organisateurs",
        "date": "date_debut",
        "observations": "note_interne",
    }
    # What our downloads tell, computed of who came.
    informatives = ("nb_communes", "communes", "nb_elus", "nb_equipe")
    exemple = {
        EVENEMENT: "atelier-exemple",
        "intitule": "Construire un projet d'espace public",
        "nature": "atelier",
        "theme": "espaces-publics",
        "date_debut": "29/02/2024",
        "lieu": "Une ville d'exemple",
        DEPARTEMENTS: "01",
        "organisateurs": "DDT",
    }

    identifiant = champ_texte(EVENEMENT, "identifiant")
    intitule = champ_texte("intitule")
    nature = champ_choix_nomme("nature", NatureEvenement, facultatif=False)
    theme = champ_fiche("theme", "theme", Theme, "cle")
    theme_libre = champ_texte("theme_libre")
    debut = champ_date("date_debut", "debut")
    precision_debut = champ_precision("precision_debut")
    fin = champ_date("date_fin", "fin")
    precision_fin = champ_precision("precision_fin")
    annonce_le = champ_date("annonce_le")
    lieu = champ_texte("lieu")
    en_ligne = champ_oui_non("en_ligne")
    decisions = champ_texte("decisions")
    note_interne = champ_texte("note_interne")

    dated_sources = {
        "source_debut": ("debut", "date_debut", "precision_debut"),
        "source_fin": ("fin", "date_fin", "precision_fin"),
        "source_annonce": ("annonce_le", "annonce_le", ""),
    }

    class Meta(Ressource.Meta):
        model = EvenementClub
        import_id_fields = ["identifiant"]
        fields = [
            "identifiant",
            "intitule",
            "nature",
            "theme",
            "theme_libre",
            "debut",
            "precision_debut",
            "fin",
            "precision_fin",
            "annonce_le",
            "lieu",
            "en_ligne",
            "decisions",
            "note_interne",
        ]

    def widgets_of_lists(self):
        return {
            DEPARTEMENTS: RecordWidget(Departement),
            "organisateurs": RecordWidget(Organisme, "nom"),
        }

    def load_named(self, rows, user):
        super().load_named(rows, user)
        # The national level writes those of none, and a command writes all.
        everywhere = user is None or user.is_superuser
        own = Departement.objects.none() if everywhere else Departement.objects.for_user(user)
        self.own = None if everywhere else set(own.values_list("pk", flat=True))

    def writable(self, records, user):
        kept = EvenementClub.objects.a_ecrire(user).order_by().values("pk")
        return records.filter(pk__in=kept)

    def lists_changed(self, instance, row):
        found = super().lists_changed(instance, row)
        self.refuse_departements(instance, row, moved=DEPARTEMENTS in found)
        return found

    def dependants(self, instance, row, user):
        """Return what hangs on a new event, of a département of the agent at least."""
        self.refuse_departements(instance, row, moved=True)
        return super().dependants(instance, row, user)

    def refuse_departements(self, instance, row, moved):
        """Refuse départements that the nature of an event denies, or asks for; or none of the agent.

        `moved` tells whether the row gives it others.
        """
        held = set(self.held[DEPARTEMENTS][instance.pk])
        codes = {departement.pk for departement in self.in_list(DEPARTEMENTS, instance, row)}
        refused = coherence.refus_des_departements(instance.nature, codes)
        if refused and not moved and not says_anew(instance, "nature"):
            refused = None
        if not refused and moved and self.own is not None:
            refused = coherence.refus_hors_des_siens(codes, held, self.own)
        if refused:
            raise CelluleRefusee(DEPARTEMENTS, row.get(DEPARTEMENTS, ""), refused)


def champ_evenement():
    return champ_fiche(EVENEMENT, "evenement", EvenementClub, "identifiant")


class RessourceRessource(Ressource):
    """One row per resource, known by its address; of an event, or of the whole network."""

    titre = "Ressources du Club"
    une_par_une = True
    autres_noms = {"identifiant": EVENEMENT, "evenement": EVENEMENT, "url": "adresse"}
    informatives = ("evenement_intitule",)
    temoins = {EVENEMENT: ("evenement_intitule",)}
    exemple = {
        "adresse": "https://exemple.fr/supports.pdf",
        "titre": "Supports de l'atelier",
        "nature": "document",
        EVENEMENT: "atelier-exemple",
    }

    adresse = champ_texte("adresse")
    titre_de_la_ressource = champ_texte("titre")
    nature = champ_choix_nomme("nature", NatureRessource, facultatif=False)
    theme = champ_fiche("theme", "theme", Theme, "cle")
    evenement = champ_evenement()

    class Meta(Ressource.Meta):
        model = RessourceClub
        # Not by its address alone: two that differ by a hyphen, or a capital, are two.
        import_id_fields = ["evenement", "adresse"]
        fields = [*import_id_fields, "titre_de_la_ressource", "nature", "theme"]

    def resembling(self, rows):
        """Keep the resources of the network that `rows` name: such rows name no event."""
        return Q(evenement=None, adresse__in={row.get("adresse", "") for row in rows})

    def dependants(self, instance, row, user):
        """Refuse a new resource of the network, of whoever is not the national level."""
        if user and not user.is_superuser and instance.evenement is None:
            raise CelluleRefusee(EVENEMENT, "", coherence.DU_RESEAU)
        return []

    def writable(self, records, user):
        if user.is_superuser:
            return records
        return records.filter(evenement__in=EvenementClub.objects.a_ecrire(user).values("pk"))

    def in_reach(self, field, record, instance, user):
        """Tell whether the event of a resource is one that `user` keeps."""
        if field != "evenement":
            return None
        return EvenementClub.objects.a_ecrire(user).filter(pk=record.pk).exists()


class ParticipationRessource(Ressource):
    """One row per event and participant: a commune, an intercommunalité or a post, one of the three."""

    titre = "Participations aux événements du Club"
    cle = cle_interne("participation", "evenement")
    loose_keys = PARTICIPANTS
    codes = {"code_insee": 5, "siren_epci": 9}
    autres_noms = {
        **NOMS_DU_CODE,
        "identifiant": EVENEMENT,
        "evenement": EVENEMENT,
        "poste": "poste_identifiant",
        "nb_elus": "elus",
        "nb_equipe": "equipe",
    }
    informatives = ("evenement_intitule", "nom_commune", "nom_epci")
    temoins = {
        EVENEMENT: ("evenement_intitule",),
        "code_insee": ("nom_commune",),
        "siren_epci": ("nom_epci",),
    }
    exemple = {EVENEMENT: "atelier-exemple", "code_insee": "01004", "elus": "2", "equipe": "1"}

    evenement = champ_evenement()
    commune = champ_commune("code_insee", "commune", "", ouverture)
    intercommunalite = champ_fiche(
        "siren_epci", "intercommunalite", Intercommunalite, noms_courts=True
    )
    poste = champ_fiche("poste_identifiant", "poste", Poste, "identifiant")
    elus = champ_entier("elus")
    equipe = champ_entier("equipe")

    class Meta(Ressource.Meta):
        model = Participation
        import_id_fields = ["evenement", *PARTICIPANTS]
        fields = [*import_id_fields, "elus", "equipe"]

    def load_named(self, rows, user):
        super().load_named(rows, user)
        kept = EvenementClub.objects.a_ecrire(user) if user else EvenementClub.objects.all()
        named = self.fields["evenement"].widget.keys()
        self.kept = set(kept.filter(pk__dans=named).values_list("pk", flat=True))

    def closest(self, records, values):
        """Keep the participation of the one that the row names, and of nobody else."""
        who = [values.get(name) for name in PARTICIPANTS]
        return [r for r in records if [getattr(r, name) for name in PARTICIPANTS] == who]

    def in_reach(self, field, record, instance, user):
        """Tell whether `user` may note that `record` came: its own, or anybody at an event that it keeps."""
        if field == "evenement" or instance.evenement_id in self.kept:
            return True
        return None
