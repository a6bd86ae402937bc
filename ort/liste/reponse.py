"""The answer of a département to the national survey: what we know, on a day, in the words of the list.

A row is a commune and an ORT: one that covers it, that covered it until it ended, or that is to
cover it and is not signed. A commune of the programme without any has a row too. What we do not hold
is empty: nothing is guessed to fill a column.
"""

import datetime
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter

from django.conf import settings
from django.db.models import Max
from django.utils import timezone

from communes.models import Commune, Departement, Intercommunalite, Labellisation
from communes.territoire.contours.centroides import centroides
from communes.territoire.du_jour import reunies, with_successions
from communes.territoire.faits import intercommunalites_au
from ort.liste.colonnes import (
    FORMAT_ACTUALISATION,
    ColonneNationale,
    SigneeNationale,
    StatutNational,
    commune_prefixee,
)
from ort.models import Avenant, CommuneCouverte, Convention
from ort.regles import couverte, date_fin_au, duree_au, en_vigueur, signe
from socle.dates import Precision, known_by
from socle.fichiers.colonnes import Colonne


@dataclass
class LigneNationale:
    """A commune of `departement` on `jour`, and its coverage by an ORT, signed or not; None: by none."""

    commune: Commune
    departement: Departement
    jour: datetime.date
    couverture: CommuneCouverte | None = None
    labellisation: Labellisation | None = None
    epci: Intercommunalite | None = None
    lieu: tuple[float | None, float | None] = (None, None)
    actualisee: datetime.datetime | None = None

    @property
    def convention(self):
        return self.couverture and self.couverture.convention

    @property
    def acte(self):
        """Return the act by which the commune enters: the convention, until it is signed, or an avenant."""
        if self.couverture is None:
            return None
        return self.couverture.acte_entree if signe(self.convention, self.jour) else self.convention

    @property
    def records(self):
        """Return the records that the row is made of."""
        made_of = (self.couverture, self.convention, self.acte, self.labellisation)
        return {record for record in made_of if record is not None}

    @property
    def entree(self):
        """Return the day when the commune entered the ORT, if it had by then, or None."""
        signed = self.acte and signe(self.acte, self.jour)
        return self.acte.date_signature if signed else None

    @cached_property
    def signee(self):
        if self.entree is None:
            return SigneeNationale.NON_SIGNEE
        running = en_vigueur(self.convention, self.jour)
        return SigneeNationale.SIGNEE if running else SigneeNationale.TERMINEE

    @property
    def statut(self):
        """Return what the commune is; of ACV, all that we hold is the main town of an ORT born of it."""
        if self.labellisation:
            return StatutNational.PVD
        ort = self.convention
        if ort.origine == Convention.Origine.ACV and ort.ville_principale_id == self.commune.pk:
            return StatutNational.ACV
        return StatutNational.AUTRE

    @property
    def date_signature(self):
        """Return the day of the act of entry, or None: the list has no way to say « in January 2023 »."""
        return self.entree if self.entree and exact(self.acte) else None

    @property
    def date_envisagee(self):
        """Return the day planned for the act of entry, while it is not signed, or None."""
        waits = self.couverture and self.entree is None
        return self.acte.date_signature_prevue if waits else None

    @property
    def duree(self):
        """Return the duration as the day knows it: that of a convention to be signed, if it still is."""
        known = self.couverture and (
            self.convention.date_signature is None or signe(self.convention, self.jour)
        )
        return duree_au(self.convention, self.jour) if known else None

    @property
    def date_fin(self):
        """Return the first day out of force, or None: it is as exact as the signature is."""
        known = self.couverture and signe(self.convention, self.jour) and exact(self.convention)
        return date_fin_au(self.convention, self.jour) if known else None

    @property
    def remarques(self):
        """Return what is remarked of the commune in its ORT, or in the programme while it has none."""
        told_by = self.couverture or self.labellisation
        return told_by.remarques_enquete if told_by else ""

    @property
    def derniere_actualisation(self):
        """Write when an agent last changed something of the row, as the list does."""
        if self.actualisee is None:
            return None
        return f"{timezone.localtime(self.actualisee):{FORMAT_ACTUALISATION}}"


def exact(acte):
    """Tell whether the signature of an act is known to the day."""
    return acte.precision_signature == Precision.JOUR


def nothing(ligne):
    """Leave a column empty: what the list puts there is not held here."""
    return None


NOM = ColonneNationale
# In the order of the list; the descriptions are read by agents, on the page of the answer.
COLONNES = (
    Colonne(
        NOM.COMMUNE,
        lambda ligne: commune_prefixee(ligne.departement.pk, ligne.commune.nom_au(ligne.jour)),
        "Numéro du département et nom de la commune ce jour-là.",
    ),
    Colonne(
        NOM.EPCI,
        lambda ligne: ligne.epci and ligne.epci.nom_au(ligne.jour),
        "Intercommunalité de la commune ce jour-là.",
    ),
    Colonne(NOM.DEPARTEMENT, lambda ligne: ligne.departement.nom, "Nom du département."),
    Colonne(NOM.REGION, lambda ligne: ligne.departement.region.nom, "Nom de la région."),
    Colonne(NOM.CODE_COMMUNE, lambda ligne: ligne.commune.pk, "Code INSEE."),
    Colonne(
        NOM.STATUT_COMMUNE,
        lambda ligne: ligne.statut.value,
        "2 : commune du programme ce jour-là. 1 : ville principale d'une ORT née d'Action cœur de ville, "
        "seul signe que nous en ayons. 3 : les autres.",
    ),
    Colonne(
        NOM.SIGNEE,
        lambda ligne: ligne.signee.value,
        "« Terminée » : l'ORT qui couvrait la commune a pris fin. « En cours » n'est jamais écrit : la "
        "liste ne dit pas ce qu'il veut dire.",
    ),
    Colonne(
        NOM.DATE_SIGNATURE,
        lambda ligne: ligne.date_signature,
        "Signature de l'acte d'entrée : l'avenant, pour une commune ajoutée par avenant. Vide si le jour "
        "n'est pas connu.",
        "date",
    ),
    Colonne(
        NOM.DATE_ENVISAGEE,
        lambda ligne: ligne.date_envisagee,
        "Signature prévue de l'acte d'entrée, tant qu'il n'est pas signé.",
        "date",
    ),
    Colonne(
        NOM.DUREE,
        lambda ligne: ligne.duree,
        "Durée de l'ORT depuis la signature de la convention, prolongations comprises.",
        "integer",
    ),
    Colonne(
        NOM.DATE_FIN,
        lambda ligne: ligne.date_fin,
        "Signature de la convention, plus cette durée.",
        "date",
    ),
    Colonne(
        NOM.REMARQUES,
        lambda ligne: ligne.remarques,
        "Ce que vous écrivez de la commune, pour l'enquête seulement : sur la fiche de l'ORT, ou tant "
        "qu'elle n'en a pas, sur celle de la labellisation.",
    ),
    Colonne(NOM.AVANCEMENT, nothing, "Non tenu ici."),
    Colonne(
        NOM.ACV, nothing, "Valeurs inconnues ; le statut de la commune dit ce que nous savons."
    ),
    Colonne(NOM.PVD, nothing, "Valeurs inconnues ; le statut de la commune le dit."),
    Colonne(
        NOM.LONGITUDE,
        lambda ligne: ligne.lieu[0],
        "Centroïde du contour de la commune d'aujourd'hui, en degrés (WGS 84).",
        "number",
    ),
    Colonne(NOM.LATITUDE, lambda ligne: ligne.lieu[1], "De même.", "number"),
    Colonne(
        NOM.ACTUALISATION,
        lambda ligne: ligne.derniere_actualisation,
        "Dernier changement, par un agent, de ce que dit la ligne ; vide si nul n'y a touché depuis le "
        "chargement des données.",
    ),
    Colonne(NOM.ACTUALISE_PAR, lambda ligne: settings.PVD_EDITEUR, "Le service qui tient ce site."),
)
ENTETE = [colonne.nom.value for colonne in COLONNES]


def cellules(ligne):
    """Return the cells of a row, in the order of the columns; None is an empty cell."""
    return [None if (cell := c.valeur(ligne)) == "" else cell for c in COLONNES]


def lignes_nationales(departement, jour):
    """Return the rows of `departement` on `jour`, by commune: a constant number of queries."""
    laureates = {label.commune.pk: label for label in laureates_de(departement, jour)}
    told, later = [], {}
    for couverture in couvertures_de(departement, jour):
        if dite(couverture, jour):
            told.append((couverture.commune, couverture))
        elif not known_by(couverture.date_entree, jour):
            later.setdefault(couverture.commune.pk, couverture)
    without = laureates.keys() - {commune.pk for commune, _ in told}
    told += [(laureates[code].commune, later.get(code)) for code in without]
    lignes = [
        LigneNationale(commune, departement, jour, couverture, laureates.get(commune.pk))
        for commune, couverture in told
    ]
    complete(lignes, jour)
    return sorted(lignes, key=rang)


def dite(couverture, jour):
    """Tell whether a coverage is a row of `jour`: it holds that day, or its act waits to be signed.

    An act signed since is told of no other day: that of a commune of the programme, which awaits an
    ORT whatever happens, is found by `lignes_nationales`.
    """
    return couverture.date_entree is None or couverte(couverture, jour)


def rang(ligne):
    """Order the rows by commune, then by entry: what is not signed comes last."""
    entered = ligne.entree or datetime.date.max
    return (
        ligne.commune.nom_recherche,
        ligne.commune.pk,
        entered,
        ligne.couverture.pk if ligne.couverture else 0,
    )


def laureates_de(departement, jour):
    """Return the labellisations of `departement` that run on `jour`, one a commune of that day."""
    running = Labellisation.objects.as_of(jour).counted_in(departement, jour)
    return reunies(in_the_names_of(running.order_by("debut", "pk"), jour))


def couvertures_de(departement, jour):
    """Return the coverages by ORT, signed or not, of the communes of `departement` on `jour`.

    The first to enter come first. Of a commune that regroups several which an ORT covers, its first.
    """
    there = Commune.objects.order_by().filter(departement=departement)
    recorded = CommuneCouverte.objects.with_dates().des(there.values("pk"), jour)
    rows = recorded.filter(convention__in=Convention.objects.ort().order_by().values("pk"))
    rows = rows.select_related("convention", "entree__convention")
    rows = rows.prefetch_related("convention__avenants").order_by("convention", "date_entree", "pk")
    found = []
    for _, of_convention in groupby(in_the_names_of(rows, jour), attrgetter("convention_id")):
        of_convention = list(of_convention)
        # A commune that left and came back has two rows: what holds or waits is told before what is over.
        of_convention.sort(key=lambda c: (not dite(c, jour), c.date_entree or jour, c.pk))
        found += reunies(of_convention)
    return sorted(found, key=lambda c: (c.date_entree or datetime.date.max, c.pk))


def in_the_names_of(rows, jour):
    """Read with each of `rows` its commune, and the one that answers for it on `jour`."""
    rows = rows.select_related("commune")
    return rows.prefetch_related("commune__anciens_noms", with_successions(jour))


def complete(lignes, jour):
    """Give each row its intercommunalité, its place and the moment of its last change."""
    codes = {ligne.commune.pk for ligne in lignes}
    epcis, places = intercommunalites_au(codes, jour), centroides(codes)
    changed = last_changes({record for ligne in lignes for record in ligne.records})
    for ligne in lignes:
        ligne.epci = epcis.get(ligne.commune.pk)
        ligne.lieu = places.get(ligne.commune.pk, (None, None))
        moments = [changed[record] for record in ligne.records if record in changed]
        ligne.actualisee = max(moments, default=None)


def last_changes(records):
    """Return, by record, when an agent last changed each of `records`: a query a model.

    What was loaded from a file was read by nobody: its day says nothing of what the row tells.
    """
    found = {}
    for model in (CommuneCouverte, Convention, Avenant, Labellisation):
        by_key = {record.pk: record for record in records if isinstance(record, model)}
        versions = model.history.filter(id__dans=list(by_key), history_user__isnull=False)
        versions = versions.order_by().values_list("id")
        found |= {by_key[key]: moment for key, moment in versions.annotate(Max("history_date"))}
    return found
