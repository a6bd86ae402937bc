"""The national list of the ORT (DGALN and ANCT, fed by the DDT): a row a commune and an ORT."""

from communes.programme.liste.nationales import DOCUMENT_ORT, FORME_ORT, FORME_PVD
from communes.territoire.champs import NOMS_DU_CODE
from communes.territoire.liste import CODE, ListeDeCommunes
from ort.liste.colonnes import ColonneNationale
from ort.liste.fiches import OrtDeListe
from ort.liste.passage import PassageDeListe
from ort.liste.remarques import CHAMP, GARDEE, REPRISE
from ort.models import CommuneCouverte
from ort.regles import LOI_ELAN
from socle.fichiers.champs import champ_date, champ_texte
from socle.fichiers.champs_nombres import champ_duree
from socle.fichiers.ressource import Ressource
from socle.models import Affirmation

READ = {
    CODE: ColonneNationale.CODE_COMMUNE,
    "statut": ColonneNationale.STATUT_COMMUNE,
    "signee": ColonneNationale.SIGNEE,
    "date_signature": ColonneNationale.DATE_SIGNATURE,
    "date_signature_prevue": ColonneNationale.DATE_ENVISAGEE,
    "duree_annees": ColonneNationale.DUREE,
    "date_fin": ColonneNationale.DATE_FIN,
    "remarques": ColonneNationale.REMARQUES,
}


class ListeOrt(ListeDeCommunes, Ressource):
    """The rows are grouped into ORT by intercommunalité and day of signature: see `ort.liste.groupes`.

    What is grouped so says so, until an agent confirms it; what would be guessed is left to decide.
    """

    titre = "Liste nationale des ORT (DGALN, ANCT)"
    document = DOCUMENT_ORT
    forme, autres_formes = FORME_ORT, (FORME_PVD,)
    # A known reuser of the list takes none of fewer rows: one was for a time that of one département.
    plancher = 1500
    mots = {
        "nouvelle": "commune couverte de plus,communes couvertes de plus",
        "signee": "ORT signée,ORT signées",
        "difference": "date différente de la nôtre,dates différentes des nôtres",
        "impossible": "date impossible,dates impossibles",
        "remarque": "remarque reprise,remarques reprises",
        "remarque_gardee": "remarque différente de la nôtre,remarques différentes des nôtres",
        "duree": "durée non retenue,durées non retenues",
        "a_decider": "ligne à décider,lignes à décider",
        "ecartee": "ligne écartée,lignes écartées",
    }
    codes = {CODE: 5}
    autres_noms = {**NOMS_DU_CODE, **{name: column for column, name in READ.items()}}
    informatives = tuple(c for c in ColonneNationale if c not in READ.values()) + ("doublon",)
    temoins = {CODE: (ColonneNationale.COMMUNE,)}
    exemple = {}

    commune = champ_texte(CODE, "commune")
    statut = champ_texte("statut")
    signee = champ_texte("signee")
    date_signature = champ_date("date_signature")
    date_signature_prevue = champ_date("date_signature_prevue")
    duree_annees = champ_duree("duree_annees")
    date_fin = champ_date("date_fin")
    remarques = champ_texte("remarques", CHAMP)

    class Meta(Ressource.Meta):
        model = CommuneCouverte
        import_id_fields = ["commune"]
        fields = [
            *("commune", "statut", "signee", "date_signature", "date_signature_prevue"),
            *("duree_annees", "date_fin", "remarques"),
        ]

    @property
    def plus_ancienne(self):
        """Return the day of the law that made the ORT."""
        return LOI_ELAN

    @property
    def required_columns(self):
        return [CODE, "statut", "signee", "date_signature"]

    @property
    def models(self):
        return OrtDeListe().models

    @property
    def written_models(self):
        return (*OrtDeListe().written_models, Affirmation)

    def passage(self, table, user=None, provenance=None, for_good=False, **options):
        """Return what groups the rows, then writes the ORT that they make: see `PassageDeListe`."""
        return PassageDeListe(self, table, user, provenance or self.provenance, for_good)

    def is_read(self, ligne):
        """Read all the rows: which are asked for is known by their intercommunalité."""
        return True

    def sujet(self, ligne):
        return ligne.fiche

    def dits(self, ligne):
        yield from ligne.dits


class ListeOrtDAgents(ListeOrt):
    """The same, on the pages of agents: a remark, which a command leaves out, is shown before and after."""

    def dits(self, ligne):
        for group, sentence in ligne.dits:
            if sentence in (REPRISE, GARDEE):
                before = f"« {ligne.remarque.avant} » → " if ligne.remarque.avant else ""
                sentence = f"{sentence} : {before}« {ligne.remarque.apres} »"
            yield group, sentence
