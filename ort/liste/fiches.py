"""What the groups of the national list write: conventions, avenants, communes that enter by them."""

import datetime
from collections import Counter
from collections.abc import Iterable

from communes.models import Commune, Intercommunalite
from ort.imports import AvenantRessource, ConventionRessource
from ort.imports_couvertures import ActeWidget, ChampActe, CouvertureRessource
from ort.liste.groupes import CommuneEntrante, ConventionTenue, LigneDOrt, OrtRegroupee
from ort.models import Convention
from socle.dates import parse_date
from socle.fichiers.composition import Composition, Volet
from socle.fichiers.entetes import LigneLue, TableLue
from socle.francais import liste
from socle.identifiants import bare_key, identifiant_de, libre

# Beyond, the communes that sign together do not make a title.
MOST_NAMES = 2
# « la CC du Haut-Languedoc »; the others say their kind elsewhere in their name, if they do.
FEMININE = ("CC ", "CA ", "CU ", "Communauté ")


class AvenantDeListe(AvenantRessource):
    """An avenant that is not signed is known by the day that is planned."""

    def closest(self, records, values):
        planned = values.get("date_signature_prevue")
        if values.get("date_signature") or planned is None:
            return records
        return [record for record in records if record.date_signature_prevue == planned]


class ActeDeListe(ActeWidget):
    """The avenant of a day, signed or else planned: the list gives one or the other, and no identifier."""

    def clean(self, value, row=None, **kwargs):
        jour = value and parse_date(value)
        acts = self.acts_of(row["ort_identifiant"])
        planned = [a for a in acts if a.date_signature is None and a.date_signature_prevue == jour]
        signed = any(avenant.date_signature == jour for avenant in acts)
        if not jour or signed or len(planned) != 1:
            return super().clean(value, row, **kwargs)
        return planned[0]


class CouvertureDeListe(CouvertureRessource):
    entree = ChampActe("entree", ActeDeListe)

    class Meta(CouvertureRessource.Meta):
        pass


class OrtDeListe(Composition):
    """A row a commune: its convention, the avenant that brings it in, and its place in the ORT."""

    titre = "ORT de la liste nationale"
    volets = (
        Volet("conventions", ConventionRessource),
        Volet(
            "avenants",
            AvenantDeListe,
            {
                "date_avenant": "date_signature",
                "date_avenant_prevue": "date_signature_prevue",
                # The list itself says the day: no row fills in the column of another source.
                "source_avenant": "source_signature",
            },
        ),
        Volet(
            "communes des ORT",
            CouvertureDeListe,
            {
                "code_insee": "code_insee",
                "date_avenant_entree": "date_avenant_entree",
                "remarques": "remarques_enquete",
            },
        ),
    )

    def __init__(self):
        super().__init__()
        for ressource in self.ressources:
            # A row of a convention that is held says its name alone: the rest is ours.
            ressource.vide_efface = False


class Redaction:
    """The rows of `OrtDeListe` for some entries: what names a new convention is read once for all."""

    def __init__(self, entrees: Iterable[CommuneEntrante]) -> None:
        self.entrees = list(entrees)
        groups = dict.fromkeys(
            e.convention for e in self.entrees if isinstance(e.convention, OrtRegroupee)
        )
        communes = {ligne.commune for group in groups for ligne in group.lignes}
        self.communes = {c.pk: c for c in Commune.objects.filter(pk__dans=communes)}
        carriers = {group.porteur for group in groups}
        self.porteurs = {
            porteur.pk: porteur for porteur in Intercommunalite.objects.filter(pk__dans=carriers)
        }
        known = Convention.objects.order_by().values_list("identifiant", flat=True)
        self.taken = {bare_key(identifiant) for identifiant in known}
        self.conventions = {group: self.cells_of_new(group) for group in groups}

    def table(
        self, nom: str, signees: dict[int, tuple[ConventionTenue, datetime.date]]
    ) -> TableLue:
        """Return the rows of all the entries, and of `signees`: conventions that only take their day."""
        lignes = [LigneLue(e.ligne.numero, self.cells_of(e)) for e in self.entrees]
        lignes += [
            LigneLue(numero, self.cells_of_held(convention) | {"date_signature": jour.isoformat()})
            for numero, (convention, jour) in signees.items()
        ]
        columns = dict.fromkeys(column for ligne in lignes for column in ligne.cellules)
        for ligne in lignes:
            ligne.cellules = {column: ligne.cellules.get(column, "") for column in columns}
        return TableLue(nom, list(columns), sorted(lignes, key=lambda li: li.numero), [])

    def cells_of(self, entree: CommuneEntrante) -> dict[str, str]:
        """Return the cells of the row of a commune; of a convention that is held, what names it."""
        avenant = entree.avenant.isoformat() if entree.avenant else ""
        commune = {
            "code_insee": entree.ligne.commune,
            "date_avenant": "" if entree.avenant_prevu else avenant,
            "date_avenant_prevue": avenant if entree.avenant_prevu else "",
            "date_avenant_entree": avenant,
            "remarques": entree.ligne.remarques,
        }
        if isinstance(entree.convention, ConventionTenue):
            return self.cells_of_held(entree.convention) | commune
        return self.conventions[entree.convention] | commune

    def cells_of_held(self, convention: ConventionTenue) -> dict[str, str]:
        """Return what a row says of a convention that is held: a choice has no empty value."""
        return {"ort_identifiant": convention.identifiant, "origine": convention.origine}

    def identifiant(self, convention: ConventionTenue | OrtRegroupee) -> str:
        """Return the identifier of a convention that is held, or that the list makes."""
        if isinstance(convention, ConventionTenue):
            return convention.identifiant
        return self.conventions[convention]["ort_identifiant"]

    def cells_of_new(self, group: OrtRegroupee) -> dict[str, str]:
        """Return the cells of a convention that the list makes."""
        intitule = self.title_of(group)
        identifiant = libre(identifiant_de(intitule, "ort"), self.taken)
        self.taken.add(bare_key(identifiant))
        first, hosts = group.lignes[0], group.hotes
        return {
            "ort_identifiant": identifiant,
            "intitule": intitule,
            "siren_epci": group.porteur,
            "departement_reference": departement_of(group.lignes),
            "origine": origine_of(group),
            "date_signature": first.jour.isoformat() if first.jour else "",
            "date_signature_prevue": first.prevue.isoformat() if first.prevue else "",
            "duree_annees": str(*group.durees) if len(group.durees) == 1 else "",
            "ville_principale": hosts[0].commune if len(hosts) == 1 else "",
            "vaut_ort": "oui",
        }

    def title_of(self, group: OrtRegroupee) -> str:
        """Return « ORT de Sète » of its hosts, else of the laureates that sign, else of who carries it."""
        for named in (group.hotes, group.laureates, group.lignes):
            communes = [self.communes[ligne.commune] for ligne in named]
            if 0 < len(communes) <= MOST_NAMES:
                return f"ORT {liste(commune.avec_de for commune in communes)}"
        porteur = str(self.porteurs[group.porteur])
        return f"ORT de la {porteur}" if porteur.startswith(FEMININE) else f"ORT ({porteur})"


def departement_of(lignes: Iterable[LigneDOrt]) -> str:
    """Return the département of the host, else that of most communes, else the first by its code."""
    rows = list(lignes)
    counted = Counter(ligne.departement for ligne in [li for li in rows if li.hote] or rows)
    return min(counted, key=lambda code: (-counted[code], code))


def origine_of(group: OrtRegroupee) -> str:
    """Return the programme by which the convention came: that of its host first."""
    if group.hotes:
        return Convention.Origine.ACV.value
    return (Convention.Origine.PVD if group.laureates else Convention.Origine.AUTRE).value
