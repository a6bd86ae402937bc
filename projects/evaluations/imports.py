"""The reviews, and what was presented to the assemblies, from files: one row each."""

from django.utils import timezone

from communes.models import Intercommunalite
from communes.programme.lecture import ouverture
from communes.territoire.champs import champ_commune
from ort.models import Convention
from projects.evaluations.models import Bilan, Presentation
from projects.evaluations.regles import NatureBilan, autre_point, proposee
from socle.fichiers.champs import (
    Champ,
    DateWidget,
    champ_choix_nomme,
    champ_date,
    champ_fiche,
    champ_precision,
    champ_texte,
)
from socle.fichiers.cle import Cle, cle_interne
from socle.fichiers.lignes import moved
from socle.fichiers.ressource import Ressource

DEUX_ECHEANCES = (
    "un bilan répond à une seule échéance : gardez-en une, et enregistrez à part l'autre bilan"
)
SANS_ECHEANCE = (
    "Ce bilan ne dit pas à quelle échéance il répond : ce sera un autre point. Pour celle du {0}, "
    "écrivez « {0} » dans « periode »."
)
DEJA_TENUE = (
    "Un autre bilan, tenu avant lui, répond déjà à cette échéance : celui-ci est un autre point."
)


class EcheanceWidget(DateWidget):
    """The due date that a review answers: one, and no more."""

    def clean(self, value, row=None, **kwargs):
        if any(sign in str(value or "") for sign in "|;,&+") or " et " in str(value or ""):
            raise ValueError(DEUX_ECHEANCES)
        return super().clean(value, row, **kwargs)


class BilanRessource(Ressource):
    """One row per review: its ORT, its nature and its day tell which."""

    titre = "Bilans et évaluations des ORT"
    cle = Cle("bilan", ("convention",), "bilan_identifiant", "identifiant")
    une_par_une = True
    autres_noms = {"ORT": "ort_identifiant", "date": "tenu_le", "echeance": "periode"}
    informatives = ("ort_intitule",)
    temoins = {"ort_identifiant": ("ort_intitule",)}
    exemple = {
        "ort_identifiant": "ort-exemple",
        "nature": "annuel",
        "tenu_le": "12/09/2024",
        "periode": "06/07/2024",
        "comite": "Comité de projet",
    }

    convention = champ_fiche("ort_identifiant", "convention", Convention, "identifiant")
    nature = champ_choix_nomme("nature", NatureBilan, facultatif=False)
    tenu_le = champ_date("tenu_le")
    precision = champ_precision("precision")
    periode = Champ(column_name="periode", attribute="periode", widget=EcheanceWidget())
    comite = champ_texte("comite")
    decisions = champ_texte("decisions")
    note_interne = champ_texte("note_interne")

    dated_sources = {"source": ("tenu_le", "tenu_le", "precision")}

    class Meta(Ressource.Meta):
        model = Bilan
        import_id_fields = ["convention", "nature", "tenu_le"]
        fields = [*import_id_fields, "precision", "periode", "comite", "decisions"]
        fields += ["note_interne"]

    def warn(self, lignes):
        """Tell, of the reviews that a row makes and that hold no due date, what they are."""
        made = moved(lignes, {"tenu_le", "nature", "periode"})
        conventions = Convention.objects.filter(
            pk__dans={ligne.objet.convention_id for ligne in made}
        ).prefetch_related("avenants", "bilans")
        by_key = {convention.pk: convention for convention in conventions}
        for ligne in made:
            ligne.remarques += autrement(ligne.objet, by_key[ligne.objet.convention_id])


def autrement(bilan, convention):
    """Yield why a review is another point: another holds its due date, or it names none of those near."""
    today, bilans = timezone.localdate(), list(convention.bilans.all())
    if bilan.periode:
        if autre_point(bilan, bilans, today):
            yield DEJA_TENUE
        return
    others = [other for other in bilans if other.pk != bilan.pk]
    if due := proposee(convention, bilan.nature, bilan.tenu_le, others, today):
        yield SANS_ECHEANCE.format(f"{due:%d/%m/%Y}")


class PresentationRessource(Ressource):
    """One row per presentation: what is presented, the assembly and the day tell which."""

    titre = "Présentations aux assemblées"
    cle = cle_interne("presentation", "convention")
    une_par_une = True
    loose_keys = ("bilan", "commune", "intercommunalite")
    codes = {"code_insee": 5, "siren_epci": 9}
    autres_noms = {"ORT": "ort_identifiant", "bilan": "bilan_identifiant", "date": "jour"}
    informatives = ("ort_intitule", "nom_assemblee")
    temoins = {"ort_identifiant": ("ort_intitule",)}
    exemple = {
        "ort_identifiant": "ort-exemple",
        "bilan_identifiant": "ort-exemple-bilan-1",
        "code_insee": "01004",
        "jour": "25/09/2024",
        "deliberation": "2024-112",
    }

    convention = champ_fiche("ort_identifiant", "convention", Convention, "identifiant")
    bilan = champ_fiche("bilan_identifiant", "bilan", Bilan, "identifiant")
    commune = champ_commune("code_insee", "commune", "jour", ouverture)
    intercommunalite = champ_fiche("siren_epci", "intercommunalite", Intercommunalite)
    jour = champ_date("jour")
    precision = champ_precision("precision")
    deliberation = champ_texte("deliberation")

    dated_sources = {"source": ("jour", "jour", "precision")}

    class Meta(Ressource.Meta):
        model = Presentation
        import_id_fields = ["convention", "bilan", "commune", "intercommunalite", "jour"]
        fields = [*import_id_fields, "precision", "deliberation"]

    def in_reach(self, field, record, instance, user):
        """Let an assembly be of any commune: the ORT of the row says whose it is to write."""
        return True if field in ("commune", "intercommunalite") else None

    def closest(self, records, values):
        """Keep the presentations of the row's own review, and to its own assembly."""
        named = ("bilan", "commune", "intercommunalite")
        wanted = [values.get(name) for name in named]
        return [r for r in records if [getattr(r, name) for name in named] == wanted]
