"""The figures of a département, or of France, on a day, each counted by its written rule."""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from communes.models import Commune, Departement, Labellisation, Rattachement, Tenue
from communes.programme.regles import perhaps_begun
from ort.models import Convention
from ort.regles import couvertures_en_vigueur
from projects.postes.models import Occupation
from pvd.suivi.faits import Faits
from pvd.suivi.models import Chiffre
from pvd.suivi.regles import DelaiOrt


@dataclass(frozen=True)
class Regle:
    """How a figure is counted, for whoever reads it: two plain sentences, and an example."""

    compte: str
    precision: str
    exemple: str


# Told here alone: beside each figure, and on the page « Comprendre les chiffres ». docs/regles.md tells
# the agents the same in the words of the records.
REGLES = {
    Chiffre.COMMUNES: Regle(
        "On compte les communes qui sont dans le programme à la date choisie.",
        "Une commune compte du jour de son entrée à la veille de sa sortie.",
        "Une commune entrée le 22 janvier 2021 et sortie le 1er décembre 2023 compte encore le "
        "30 novembre 2023 ; le 1er décembre, elle ne compte plus.",
    ),
    Chiffre.INTERCOMMUNALITES: Regle(
        "On compte les intercommunalités dont les communes lauréates sont membres à la date choisie.",
        "Chacune compte une fois, quel que soit le nombre de ses communes lauréates.",
        "Trois communes lauréates d'une même communauté de communes : une intercommunalité.",
    ),
    Chiffre.ORT: Regle(
        "On compte les opérations de revitalisation de territoire (ORT) signées, et pas encore "
        "terminées, qui couvrent à la date choisie au moins une commune lauréate.",
        "Une ORT qui s'étend sur deux départements compte une fois dans chacun, et une seule fois en "
        "France : le total de la France n'est pas la somme des départements.",
        "Une ORT signée le 26 février 2021 pour cinq ans compte jusqu'au 25 février 2026, si aucun "
        "avenant ne la prolonge.",
    ),
    Chiffre.COMMUNES_COUVERTES: Regle(
        "On compte les communes lauréates qu'une de ces ORT couvre à la date choisie.",
        "Une commune est couverte dès que l'acte qui la fait entrer est signé : la convention "
        "elle-même, ou un avenant ; couverte par deux ORT, elle compte une fois.",
        "Une commune qu'un avenant du 11 janvier 2023 fait entrer compte le 11 janvier 2023, et pas "
        "le 10.",
    ),
    Chiffre.PAR_AVENANT: Regle(
        "Parmi les communes couvertes, on compte celles qu'un avenant a fait entrer dans leur ORT.",
        "Un avenant est signé après la convention, et la modifie. D'une commune que deux ORT couvrent, il "
        "suffit qu'un avenant l'ait fait entrer dans l'une d'elles.",
        "Une ORT est signée avec une commune lauréate, puis un avenant en fait entrer deux autres : "
        "ces deux-là comptent ici.",
    ),
    Chiffre.CONVENTIONS_PROPRES: Regle(
        "Parmi ces ORT, on compte celles où une commune lauréate au moins est entrée dès la signature "
        "de la convention.",
        "Les communes qu'un avenant y fait entrer plus tard n'y changent rien.",
        "Une ORT signée avec une commune lauréate, puis étendue à deux autres : elle compte ici.",
    ),
    Chiffre.ORT_PAR_AVENANT: Regle(
        "Parmi ces ORT, on compte celles où toutes les communes lauréates sont entrées par avenant, "
        "après la signature de la convention.",
        "La convention elle-même avait été signée sans elles.",
        "Une ORT signée en février 2021 sans commune lauréate, où trois sont entrées par un avenant de "
        "janvier 2023 : elle compte ici depuis janvier 2023.",
    ),
    Chiffre.CHEFS_DE_PROJET: Regle(
        "On compte les personnes en poste à la date choisie, sur un poste de chef de projet qui sert "
        "au moins une commune du département, ou de la France.",
        "Un poste fermé ne compte plus ; là où les postes ne sont pas tous enregistrés, le chiffre est "
        "celui des personnes enregistrées, ou « non renseigné ».",
        "Un poste partagé par deux personnes compte pour deux ; une personne dont le poste sert trois "
        "communes compte pour une, et une personne qui tient deux postes, sur chacun.",
    ),
    Chiffre.ADHESIONS_SIGNEES: Regle(
        "On compte les communes lauréates dont la convention d'adhésion au programme est signée à la "
        "date choisie.",
        "Une commune sortie du programme ne compte plus ; celle dont la date d'adhésion n'est pas "
        "connue ne compte pas.",
        "Une convention d'adhésion signée le 26 mars 2021 compte le 26 mars 2021, et pas le 25.",
    ),
    Chiffre.DELAI_TENU: Regle(
        "Parmi les communes dont la convention d'adhésion est signée, on compte celles qui sont entrées "
        "dans une ORT dans les 18 mois qui ont suivi, ou avant leur adhésion.",
        "Une commune compte du jour de son entrée dans l'ORT, et compte encore quand l'ORT a pris fin ; "
        "un département connu d'après les listes nationales n'en a pas, et ses communes ne comptent "
        "pas pour la France.",
        "Une adhésion du 26 mars 2021 laisse jusqu'au 26 septembre 2022, compris, pour signer l'ORT.",
    ),
    Chiffre.DELAI_DEPASSE: Regle(
        "Parmi les communes dont la convention d'adhésion est signée, on compte celles pour qui les "
        "18 mois ont passé sans ORT, qu'une ORT ait été signée depuis ou pas encore.",
        "D'une date connue au mois ou à l'année, le délai va jusqu'au dernier jour possible ; un "
        "département connu d'après les listes nationales n'en a pas, et ses communes ne comptent pas "
        "pour la France : une ORT peut y être signée sans être enregistrée ici.",
        "Une adhésion du 26 mars 2021, sans ORT signée : la commune compte ici dès le "
        "27 septembre 2022.",
    ),
}
# How a figure is named when there is one, or none: French has no plural of zero.
SINGULIERS = {
    Chiffre.COMMUNES: "commune lauréate",
    Chiffre.INTERCOMMUNALITES: "intercommunalité",
    Chiffre.COMMUNES_COUVERTES: "commune couverte par une ORT",
    Chiffre.CHEFS_DE_PROJET: "chef de projet en poste",
    Chiffre.ADHESIONS_SIGNEES: "convention d'adhésion signée",
}


def ort_comptees(departement, jour):
    """Return the ORT that count in `departement` (None: France) on `jour`: in force, and of the programme."""
    return Convention.objects.du_programme(departement, jour).en_vigueur(jour)


def count_chefs_de_projet(departement, jour):
    """Return the number of people in post, or None when too little is recorded to tell.

    Where the posts are not kept in full, no person recorded does not mean nobody in post.
    """
    found = Occupation.objects.en_poste(departement, jour).count()
    complete = departement is not None and departement.tenue_postes == Tenue.COMPLETE
    return found if found or complete else None


class Decompte:
    """The figures of `departement` (None: France) on `jour`, each counted when it is asked for.

    They are counted from `faits`, those of its communes, which serve for any day.
    """

    def __init__(self, departement, jour, faits=None):
        self.departement, self.jour = departement, jour
        self.faits = faits or Faits.du_programme(departement)

    @cached_property
    def laureates(self):
        """The codes of the communes in the programme."""
        return self.faits.dans_le_programme(self.jour)

    @cached_property
    def couvertures(self):
        """The coverages, by an ORT in force, of the communes in the programme, each with its code."""
        return [
            (code, couverture)
            for code in self.laureates
            for couverture in couvertures_en_vigueur(
                self.faits.couvertures_de(code, self.jour), self.jour
            )
        ]

    @property
    def couvertes(self):
        return {code for code, _ in self.couvertures}

    @property
    def par_avenant(self):
        return {code for code, couverture in self.couvertures if couverture.entree}

    @property
    def ort(self):
        """The keys of the ORT."""
        return {couverture.convention.pk for _, couverture in self.couvertures}

    @property
    def ort_fondees(self):
        """The keys of the ORT that a commune lauréate entered by the convention itself."""
        return {c.convention.pk for _, c in self.couvertures if not c.entree}

    @property
    def ort_par_avenant(self):
        """The keys of the ORT that every commune lauréate entered by avenant."""
        return self.ort - self.ort_fondees

    @property
    def adhesions_signees(self):
        """The codes of the communes in the programme whose convention d'adhésion is signed."""
        return [code for code in self.laureates if self.faits.adhesion(code, self.jour)]

    def count_delai(self, issue):
        """Return how many communes kept, or passed, the 18 months; None where an ORT may be unknown."""
        if self.departement is not None and self.departement.tenue == Tenue.LISTES:
            return None
        found = [code for code in self.laureates if self.faits.delai_ort(code, self.jour) == issue]
        if self.departement is not None:
            return len(found)
        told = Commune.objects.exclude(departement__tenue=Tenue.LISTES)
        return told.order_by().filter(pk__dans=found).count()

    def count_intercommunalites(self):
        members = Rattachement.objects.as_of(self.jour).filter(commune__dans=self.laureates)
        return members.order_by().values("intercommunalite").distinct().count()

    def __getitem__(self, chiffre):
        """Return the value of a `Chiffre`; None: not known."""
        return COMPTES[chiffre](self)


# How each figure is counted from the facts of its day.
COMPTES = {
    Chiffre.COMMUNES: lambda du_jour: len(du_jour.laureates),
    Chiffre.INTERCOMMUNALITES: Decompte.count_intercommunalites,
    Chiffre.ORT: lambda du_jour: len(du_jour.ort),
    Chiffre.COMMUNES_COUVERTES: lambda du_jour: len(du_jour.couvertes),
    Chiffre.PAR_AVENANT: lambda du_jour: len(du_jour.par_avenant),
    Chiffre.CONVENTIONS_PROPRES: lambda du_jour: len(du_jour.ort_fondees),
    Chiffre.ORT_PAR_AVENANT: lambda du_jour: len(du_jour.ort_par_avenant),
    Chiffre.CHEFS_DE_PROJET: lambda du_jour: count_chefs_de_projet(
        du_jour.departement, du_jour.jour
    ),
    Chiffre.ADHESIONS_SIGNEES: lambda du_jour: len(du_jour.adhesions_signees),
    Chiffre.DELAI_TENU: lambda du_jour: du_jour.count_delai(DelaiOrt.TENU),
    Chiffre.DELAI_DEPASSE: lambda du_jour: du_jour.count_delai(DelaiOrt.DEPASSE),
}


def absence_tells(decompte, ouverture):
    """Tell whether what is not recorded on a day, of a place kept in full, did not exist.

    No commune may have entered by then, since `ouverture`, that of the programme, without its day known.
    """
    labels = chain.from_iterable(decompte.faits.labellisations.values())
    return bool(decompte.laureates) or not any(
        perhaps_begun(label, decompte.jour, ouverture) for label in labels
    )


def chiffres(departement, jour):
    """Return the value of each `Chiffre` in `departement` (None: France) on `jour`; None: not known.

    An ORT over two départements counts once in each and once in France: the figure of France is
    not the sum of those of the départements. Eight queries at most.
    """
    du_jour = Decompte(departement, jour)
    return {chiffre: du_jour[chiffre] for chiffre in Chiffre}


def departements_du_programme(jour):
    """Return the départements of which something is recorded on `jour`."""
    laureates = Labellisation.objects.as_of(jour).communes(jour).order_by()
    return Departement.objects.filter(pk__in=laureates.values("departement"))
