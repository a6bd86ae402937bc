"""The acts of an ORT as a day knows them: what each did, who came in by it, who went out."""

from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from django.db.models import Prefetch

from communes.territoire.du_jour import au_nom_de, noms_du_jour, reunies, with_successions
from ort.models import Avenant, CommuneCouverte, Convention, Partie
from ort.regles import couverte, date_fin_au, duree_au, signe, temps_en_vigueur
from socle.dates import in_french
from socle.francais import date_en_phrase, depuis, liste, nombre, pluriel
from socle.sources import Affirmation


def sourced():
    """Return the prefetch of what sources say, and the records hold, as `dits` on each record."""
    said = Affirmation.objects.retenues().select_related("source")
    return Prefetch("affirmations", said, to_attr="dits")


def with_actes(conventions, jour):
    """Prefetch on `conventions` all that `OrtDuJour` and their pages read: a constant number of queries.

    Nothing signed after `jour` is read.
    """
    return read_actes(conventions, jour, noms_du_jour(jour), sourced).prefetch_related(sourced())


def with_actes_seuls(conventions, jour):
    """Prefetch what `with_actes` does, but what sources say and what names the communes.

    A page that shows other records reads these at once for all: see `nommer`.
    """
    return read_actes(conventions, jour)


def read_actes(conventions, jour, noms=(), dits=None):
    avenants = Avenant.objects.signes(jour)
    entered = CommuneCouverte.objects.with_dates().filter(date_entree__lte=jour)
    read = entered.select_related("commune__departement", "entree", "sortie")
    return conventions.select_related("porteur", "departement_reference").prefetch_related(
        "porteur__anciens_noms",
        Prefetch("avenants", avenants.prefetch_related(dits()) if dits else avenants),
        Prefetch("couvertures", read.prefetch_related(*noms), to_attr="entrees_connues"),
        Prefetch(
            "parties",
            Partie.objects.connues(jour)
            .select_related("commune", "intercommunalite", "organisme", "avenant")
            .prefetch_related("commune__anciens_noms", "intercommunalite__anciens_noms"),
            to_attr="parties_connues",
        ),
    )


def with_ville(conventions, jour):
    """Add to what `with_actes` reads the names of the ville principale, which the page of an ORT tells."""
    ville = "ville_principale"
    return conventions.select_related(f"{ville}__departement").prefetch_related(
        f"{ville}__anciens_noms", with_successions(jour, ville)
    )


@dataclass
class Acte:
    """The convention itself, or one of its avenants; `record` tells which."""

    record: Convention | Avenant
    entrees: list
    sorties: list
    parties: list

    @property
    def is_avenant(self):
        return isinstance(self.record, Avenant)

    @property
    def nom(self):
        return self.record.nom if self.is_avenant else "convention"

    @property
    def date(self):
        return self.record.date_signature

    @property
    def precision(self):
        return self.record.precision_signature

    @property
    def dits(self):
        """Return what the sources say of the day of the act."""
        return [dit for dit in self.record.dits if dit.champ == "date_signature"]

    @property
    def dits_des_parties(self):
        """Return what the sources say of those who sign or support it."""
        return [dit for dit in self.record.dits if dit.champ == "parties"]

    @property
    def texte(self):
        """Say what the act does: in its own words if they are recorded, else as the records tell it."""
        if self.is_avenant and self.record.objet:
            return self.record.objet[0].lower() + self.record.objet[1:]
        parts = []
        if self.entrees:
            parts.append(f"entrée {liste(c.commune.avec_de for c in self.entrees)}")
        if self.sorties:
            parts.append(f"sortie {liste(c.commune.avec_de for c in self.sorties)}")
        if duree := self.record.duree_annees:
            how = "durée portée à" if self.is_avenant else "durée de"
            parts.append(f"{how} {pluriel(duree, 'an,ans')}")
        return " ; ".join(parts) or "objet non renseigné"


@dataclass
class OrtDuJour:
    """What is true of `convention`, read by `with_actes`, on `jour`; nothing that came after shows."""

    convention: Convention
    jour: object

    @property
    def signee(self):
        return signe(self.convention, self.jour)

    @cached_property
    def actes(self):
        """Return the acts signed by the day, in order; none if the convention was not signed."""
        if not self.signee:
            return []
        entered = self.convention.entrees_connues
        founders = [c for c in entered if c.entree_id is None]
        return [
            Acte(self.convention, founders, [], self.parties_par(None)),
            *(
                Acte(
                    avenant,
                    [c for c in entered if c.entree_id == avenant.pk],
                    [c for c in entered if c.sortie_id == avenant.pk],
                    self.parties_par(avenant.pk),
                )
                for avenant in self.convention.avenants_au(self.jour)
            ),
        ]

    @cached_property
    def couvertes(self):
        """Return the coverages that hold on the day, in the name of the communes of that day.

        Of those of a commune that regroups several, the first that entered; of an ORT that is over, those
        that it covered until its end.
        """
        if not self.signee:
            return []
        held = [c for c in self.convention.entrees_connues if couverte(c, self.jour)]
        held.sort(key=lambda couverture: (couverture.date_entree, couverture.pk))
        return sorted(reunies(held), key=lambda couverture: couverture.commune.nom_recherche)

    @cached_property
    def departements(self):
        """Return the départements of the communes covered, each once."""
        return list(dict.fromkeys(c.commune.departement for c in self.couvertes))

    @property
    def parties(self):
        """Return who had signed or supported by the day."""
        return self.convention.parties_connues if self.signee else []

    def parties_par(self, avenant):
        """Return those of the parties that the avenant of this key names; None: the convention itself."""
        return [
            partie for partie in self.convention.parties_connues if partie.avenant_id == avenant
        ]

    @property
    def sources(self):
        """Return the documents that tell its acts, each once."""
        told = chain.from_iterable((*acte.dits, *acte.dits_des_parties) for acte in self.actes)
        return list(dict.fromkeys(dit.source for dit in told))

    @property
    def duree(self):
        return duree_au(self.convention, self.jour)

    @property
    def fin(self):
        return date_fin_au(self.convention, self.jour)

    @property
    def terminee(self):
        return self.fin is not None and self.fin <= self.jour

    @property
    def temps(self):
        """Return its times in force: several if an avenant prolonged it once it had ended."""
        return temps_en_vigueur(self.convention, self.jour)

    def told_force(self):
        """Say since when it is in force: since the act that prolonged it, if it had ended before."""
        *before, last = self.temps
        since = depuis(last.acte.date_signature, last.acte.precision_signature)
        return f"de nouveau en vigueur {since}" if before else f"en vigueur {since}"

    @property
    def avenants(self):
        return [acte for acte in self.actes if acte.is_avenant]

    @property
    def phrase(self):
        """Say in one sentence where the ORT stands on the day."""
        convention, au = self.convention, f"Au {in_french(self.jour)}, cette convention"
        if not self.signee:
            return f"{au} n'est pas signée."
        if self.terminee:
            return f"{au} est terminée {depuis(self.fin, convention.precision_signature)}."
        if not convention.vaut_ort:
            signed = date_en_phrase(convention.date_signature, convention.precision_signature)
            return (
                f"{au}, signée {signed}, {self.tell_communes('réunit')} ; elle ne vaut pas opération "
                "de revitalisation de territoire (ORT)."
            )
        where = liste(departement.avec_de for departement in self.departements)
        covers = f"elle {self.tell_communes('couvre')} {where}".strip()
        return (
            f"{au} est une opération de revitalisation de territoire (ORT), {self.told_force()} ; "
            f"{covers}."
        )

    def tell_communes(self, verb):
        """Write how many communes it holds, after `verb`, as a sentence says it."""
        number = len(self.couvertes)
        if number > 1:
            return f"{verb} {nombre(number)} communes"
        return f"{verb} une seule commune" if number else f"ne {verb} aucune commune"

    @property
    def remarques(self):
        """Return what a reader must know of the ORT, as plain facts: none of them is an alarm.

        Nothing is told of one that is not signed: it covers no commune yet.
        """
        if not self.signee:
            return []
        return [fact for fact in (self.told_ville(), self.told_departements()) if fact]

    def told_ville(self):
        """Tell what is not ordinary about the ville principale (article L. 303-2 of the CCH)."""
        if self.convention.derogation_l303_3:
            return (
                "Le préfet a permis que la ville principale n'en soit pas signataire (article "
                "L. 303-3 du code de la construction et de l'habitation)."
            )
        ville = self.convention.ville_principale
        if (
            ville
            and not self.terminee
            and au_nom_de(ville).pk not in [c.commune_id for c in self.couvertes]
        ):
            return f"Sa ville principale, {ville.nom_au(self.jour)}, n'est pas parmi les communes couvertes."
        return ""

    def told_departements(self):
        """Tell how an ORT in force over several départements is counted."""
        counted = self.convention.vaut_ort and not self.terminee
        if len(self.departements) < 2 or not counted:
            return ""
        where = liste(departement.avec_de for departement in self.departements)
        return (
            f"Elle couvre des communes {where} : elle compte une fois dans chacun de ces "
            "départements, et une seule fois en France."
        )
