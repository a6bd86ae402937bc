"""What a préfecture lists of its grants: each joins the action that it funds, and makes none by itself."""

from collections import Counter, defaultdict
from decimal import Decimal
from functools import cached_property

from django.db.models import Q

from communes.models import Commune, Intercommunalite
from projects.actions.models import MAITRES_D_OUVRAGE, Action, Cout
from projects.financements import coherence
from projects.financements.coherence import plafond
from projects.financements.models import Dispositif, FaitFinancement, Financement
from projects.financements.regles import au_cent
from projects.projet.plan.colonnes import funder_of
from projects.projet.plan.fiche import HORS_DE_PORTEE, SANS_SOURCE, last_by
from projects.projet.plan.lecture import SIREN_ABIME
from projects.projet.plan.mots import DateDite, bare_words, is_unknown, read_day
from projects.projet.plan.passage import PassageEnMemoire
from socle.dates import Precision, first_day, in_words
from socle.fichiers.champs import CelluleRefusee
from socle.fichiers.champs_nombres import PercentWidget
from socle.fichiers.lignes import CelluleChangee, LigneRefusee, Sort, refused
from socle.fichiers.montants import SCIENTIFIC, read_amount, unite_de
from socle.fichiers.sorte import SorteDeFichier
from socle.fichiers.temoins import telling_words
from socle.francais import euros, liste
from socle.identifiants import bare_key, libre

COLONNES = (
    *("numero_dossier", "intitule", "demandeur", "siren", "code_insee", "dotation", "annee"),
    *("cout_total", "assiette", "montant_demande", "montant_accorde", "taux", "date_depot"),
    *("date_decision", "date_notification", "numero_arrete", "statut", "action_identifiant"),
)
AUTRES_NOMS = {
    "numero_dossier": ("N° dossier", "N° de dossier", "Dossier"),
    "intitule": ("Intitulé du projet", "Opération", "Objet"),
    "demandeur": ("Bénéficiaire", "Maître d'ouvrage", "Porteur"),
    "siren": ("SIREN", "SIRET", "siren_demandeur"),
    "code_insee": ("INSEE", "Code commune", "INSEECOM"),
    "dotation": ("Dispositif", "Double dotation", "DOT"),
    "annee": ("Année", "Exercice", "Millésime"),
    "cout_total": ("Coût total", "Coût", "COUT", "Coût HT"),
    "assiette": ("Assiette subventionnable", "Dépense subventionnable", "Dépense éligible"),
    "montant_demande": (
        "Montant demandé",
        "Montant sollicité",
        "Sollicité ou obtenu",
        "Montant sollicité ou obtenu",
    ),
    "montant_accorde": ("Montant accordé", "Subvention", "SUBVENTION", "Montant attribué"),
    "taux": ("Taux accordé", "Taux de subvention"),
    "date_depot": ("Date de dépôt",),
    "date_decision": ("Date d'arrêté", "Date de décision"),
    "date_notification": ("Date de notification", "Notifié le"),
    "numero_arrete": ("N° arrêté", "N° d'arrêté"),
    "statut": ("Statut du dossier", "État"),
    "action_identifiant": ("Action", "identifiant"),
}
MONTANTS = ("cout_total", "assiette", "montant_demande", "montant_accorde")
DATES = ("date_depot", "date_decision", "date_notification")
REFUS = {"refuse", "refusee", "rejete", "rejetee", "refus"}
SANS_SUITE = {"classe sans suite", "sans suite", "abandonne", "classee sans suite"}
# What is not decided: an amount beside it is no grant.
EN_ATTENTE = {
    "en traitement",
    "en instruction",
    "en construction",
    "en cours",
    "demande",
    "depose",
    "a generer",
    "a signer",
    "programme",
    "en attente",
}
SANS_ACTION = (
    "cette subvention n'est rattachée à aucune action : {} ; aucune action n'est créée d'ici"
)
MOST_PROPOSED = 3
ENOUGH_WORDS = 0.5


class ListeDesSubventions(SorteDeFichier):
    """One row a grant, known by its dossier, or by the identifier of its action."""

    titre = "Une liste de subventions : l'extrait d'une préfecture ou de Turgot"
    models = (Financement, FaitFinancement)
    written_models = ()
    columns = list(COLONNES)
    groupes = (("", list(COLONNES)),)
    brutes = frozenset(COLONNES)
    key_columns, required_columns = ("dotation",), ("dotation",)
    autres_noms = {name: column for column, names in AUTRES_NOMS.items() for name in names}
    informatives = ("Arrondissement", "Commentaire", "Budget vert", "Catégorie d'opération")
    codes, temoins, dated_sources, calculees, trompeuses, a_defaut = {}, {}, {}, {}, {}, {}
    precisions = {}
    cle, extra_columns = None, ()
    exemple = {
        "numero_dossier": "12345678",
        "intitule": "Requalification d'une place",
        "siren": "213401426",
        "code_insee": "34142",
        "dotation": "DETR",
        "annee": "2024",
        "cout_total": "612000,00",
        "assiette": "612000,00",
        "montant_accorde": "183600,00",
        "taux": "30",
        "date_decision": "12/03/2024",
        "numero_arrete": "2024-001",
        "action_identifiant": "lod-c1",
    }

    def __init__(self):
        self.entetes, self.unites = {}, {}

    def get_import_fields(self):
        return []

    def hear(self, depot):
        self.entetes = {column: header for header, column in depot.colonnes.items() if column}
        self.unites = {depot.colonnes[h]: unite for h, unite in depot.unites.items()}

    def unite_proposee(self, entete, column):
        return unite_de(entete) if column in MONTANTS else ""

    def unite_of(self, column):
        return self.unites.get(column) or unite_de(self.entetes.get(column, ""))

    def passage(self, table, user=None, provenance=None, for_good=False):
        return PassageDesSubventions(self, table, user, provenance, for_good)


class SubventionLue:
    """What a row says of a grant; all the cells that cannot be read are told."""

    def __init__(self, ressource, row):
        self.row, self.refus, self.remarques = row, [], []
        self.dossier = row.get("numero_dossier", "").strip()
        self.montants = {column: self.amount(ressource, column) for column in MONTANTS}
        self.dates = {column: self.day(column) for column in DATES}
        self.taux = self.rate()
        self.annee = self.year()
        for column in ("siren", "code_insee", "numero_dossier"):
            if SCIENTIFIC.fullmatch(row.get(column, "").strip()):
                self.refus.append(CelluleRefusee(column, row[column], SIREN_ABIME))

    def read(self, column, reader):
        text = self.row.get(column, "").strip()
        if is_unknown(text):
            return None
        try:
            return reader(text)
        except ValueError as error:
            self.refus.append(CelluleRefusee(column, text, error))
            return None

    def amount(self, ressource, column):
        """Return an amount; words without any are unknown."""
        return self.read(column, lambda text: read_amount(text, ressource.unite_of(column)).valeur)

    def day(self, column):
        return self.read(column, read_day)

    def rate(self):
        """Return a rate in percents; « 0,8 » is asked, and none is above 100."""

        def clean(text):
            rate = PercentWidget().clean(text)
            if not 0 < rate <= 100:
                raise ValueError("un taux va de 0 à 100 %")
            return rate

        return self.read("taux", clean)

    def year(self):
        def clean(text):
            if not (text.isdecimal() and 2000 <= int(text) <= 2100):
                raise ValueError("année attendue, de 2000 à 2100")
            return int(text)

        return self.read("annee", clean)

    @property
    def statut(self):
        return bare_words(self.row.get("statut", ""))

    @property
    def siren(self):
        """Return the SIREN of who asks; a SIRET begins with it."""
        digits = "".join(self.row.get("siren", "").split())
        return digits[:9] if digits.isdecimal() and len(digits) in (9, 14) else ""


class PassageDesSubventions(PassageEnMemoire):
    """One reading of a list of grants, each beside the action that it funds."""

    def lignes(self):
        rows = self.table.lignes
        self.load(rows)
        return [self.ligne(lue) for lue in rows]

    def load(self, rows):
        """Read the actions that the rows may be about, in a constant number of queries."""
        dossiers = {r.cellules.get("numero_dossier", "").strip() for r in rows} - {""}
        self.theirs = Action.objects.a_ecrire(self.user)
        named = Financement.objects.filter(numero_dossier__dans=dossiers, action__isnull=False)
        self.actions = list(
            Action.objects.filter(
                Q(pk__in=self.theirs.order_by().values("pk"))
                | Q(pk__in=named.order_by().values("action"))
            ).select_related(*MAITRES_D_OUVRAGE)
        )
        keys = [action.pk for action in self.actions]
        self.a_ecrire = set(self.theirs.values_list("pk", flat=True))
        self.by_key = {bare_key(action.identifiant): action for action in self.actions}
        self.by_pk = {action.pk: action for action in self.actions}
        self.lines, self.by_dossier = defaultdict(list), defaultdict(list)
        lines = Financement.objects.filter(action__dans=keys).order_by("rang", "pk")
        if self.for_good:
            lines = lines.select_for_update(of=["self"])
        for line in lines.select_related("dispositif"):
            self.lines[line.action_id].append(line)
            if line.numero_dossier:
                self.by_dossier[line.numero_dossier].append(line)
        self.faits = defaultdict(list)
        for fait in FaitFinancement.objects.filter(financement__action__dans=keys):
            self.faits[fait.financement_id].append(fait)
        self.couts = defaultdict(list)
        for cout in Cout.objects.filter(action__dans=keys):
            self.couts[cout.action_id].append(cout)
        self.dispositifs = {scheme.cle: scheme for scheme in Dispositif.objects.all()}
        self.taken = {bare_key(line.identifiant) for lines in self.lines.values() for line in lines}
        self.met = Counter()

    @cached_property
    def libelles(self):
        return {key: scheme.libelle for key, scheme in self.dispositifs.items()}

    def pass_row(self, ligne):
        lu = SubventionLue(self.ressource, ligne.lue.cellules)
        dispositif = self.scheme_of(lu)
        if lu.refus:
            raise LigneRefusee(lu.refus)
        action = self.action_of(lu)
        if action.pk not in self.a_ecrire:
            raise refused("action_identifiant", action.identifiant, HORS_DE_PORTEE)
        subvention = Subvention(self, lu, action, dispositif)
        subvention.compare()
        if self.for_good and subvention.ecrits:
            self.write(subvention)
        ligne.objet, ligne.fiche = subvention.financement, f"{dispositif} : {action}"
        ligne.sort, ligne.changements = subvention.sort, subvention.changements
        ligne.remarques, ligne.faites = lu.remarques, subvention.faites

    def scheme_of(self, lu):
        text = lu.row.get("dotation", "").strip()
        key = funder_of(text, self.libelles) if text else None
        if key is None:
            why = "dotation inconnue : écrivez DETR, DSIL, DPV, FNADT, Fonds vert…"
            lu.refus.append(CelluleRefusee("dotation", text, why))
        return self.dispositifs.get(key)

    def action_of(self, lu):
        """Return the action of a grant: that of its identifier, of its dossier, else it is asked."""
        if key := lu.row.get("action_identifiant", "").strip():
            if bare_key(key) not in self.by_key:
                raise refused(
                    "action_identifiant", key, "aucune de vos actions n'a cet identifiant"
                )
            return self.by_key[bare_key(key)]
        known = {line.action_id for line in self.by_dossier[lu.dossier]} if lu.dossier else set()
        if len(known) == 1:
            return self.by_pk[known.pop()]
        proposed = self.proposed(lu)
        told = (
            "écrivez dans une colonne « action_identifiant » "
            + liste(f"« {a.identifiant} » ({a})" for a in proposed)
            if proposed
            else "inscrivez d'abord l'action, ou écrivez son « action_identifiant »"
        )
        raise LigneRefusee([ValueError(SANS_ACTION.format(told))])

    def proposed(self, lu):
        """Return the actions of the same owner that have the cost, or the words, of a grant: best first."""
        owners = self.owners_of(lu)
        words = telling_words(lu.row.get("intitule", "")) if lu.row.get("intitule") else set()
        scored = []
        for action in self.actions:
            owner = action.maitre_ouvrage
            if owners and owner is not None and owner not in owners:
                continue
            own = telling_words(action.intitule)
            shared = len(words & own) / len(words | own) if words else 0
            costs = {cout.montant for cout in self.couts[action.pk]}
            same_cost = lu.montants["cout_total"] in costs
            if same_cost or (shared >= ENOUGH_WORDS and (owner in owners or not owners)):
                scored.append((same_cost + shared, action.identifiant, action))
        scored.sort(key=lambda found: (-found[0], found[1]))
        return [action for *_, action in scored[:MOST_PROPOSED]]

    def owners_of(self, lu):
        """Return who asks, among the owners of the actions: by its code, its SIREN or its name."""
        code, name = lu.row.get("code_insee", "").strip(), lu.row.get("demandeur", "").strip()
        found = []
        for action in self.actions:
            owner = action.maitre_ouvrage
            if isinstance(owner, Commune):
                same = owner.pk == code
            elif isinstance(owner, Intercommunalite):
                same = owner.pk == lu.siren
            else:
                same = bool(owner and lu.siren and owner.siren == lu.siren)
            if owner and (same or (name and telling_words(name) == telling_words(str(owner)))):
                found.append(owner)
        return found


class Subvention:
    """The line of money of a row, and its facts, compared with those known."""

    def __init__(self, passage, lu, action, dispositif):
        self.passage, self.lu, self.action, self.dispositif = passage, lu, action, dispositif
        self.jour = passage.aujourd_hui
        self.ecrits, self.retires, self.changements, self.faites = [], [], [], Counter()
        self.financement = self.known() or self.new()

    def known(self):
        """Return the line of the dossier, else the next one of its scheme and year."""
        mine = [li for li in self.passage.lines[self.action.pk] if li.dispositif == self.dispositif]
        of_dossier = [li for li in mine if self.lu.dossier and li.numero_dossier == self.lu.dossier]
        if of_dossier:
            return of_dossier[0]
        free = [
            li
            for li in mine
            if not (li.numero_dossier and self.lu.dossier) and li.annee in (None, self.lu.annee)
        ]
        key = (self.action.pk, self.dispositif.pk, self.lu.annee)
        rank = self.passage.met[key]
        self.passage.met[key] += 1
        return free[rank] if rank < len(free) else None

    def new(self):
        if not self.dispositif.financeur_id:
            why = "ce dispositif ne dit pas qui paie : enregistrez-le sur la fiche de l'action"
            raise refused("dotation", str(self.dispositif), why)
        named = libre(f"{self.action.identifiant}-{self.dispositif.cle}", self.passage.taken)
        self.passage.taken.add(bare_key(named))
        rang = len(self.passage.lines[self.action.pk]) + 1
        return Financement(
            identifiant=named, action=self.action, dispositif=self.dispositif, rang=rang
        )

    @property
    def sort(self):
        if self.financement.pk is None or self.financement in self.nouvelles:
            return Sort.NOUVELLE
        return Sort.MODIFIEE if self.ecrits else Sort.INCHANGEE

    def tell(self, column, after, before=""):
        self.changements.append(CelluleChangee(column, before, after))

    def put(self, record, what):
        self.ecrits.append(record)
        self.faites[what, Sort.MODIFIEE if record.pk else Sort.NOUVELLE] += 1

    def compare(self):
        line = self.financement
        self.nouvelles = [line] if line.pk is None else []
        changed = False
        for column, name, value in (
            ("numero_dossier", "numero_dossier", self.lu.dossier),
            ("annee", "annee", self.lu.annee),
        ):
            if value and getattr(line, name) != value:
                self.tell(column, str(value), str(getattr(line, name) or ""))
                setattr(line, name, value)
                changed = True
        if changed or self.nouvelles:
            self.put(line, "Financements")
        held = list(self.passage.faits[line.pk]) if line.pk else []
        new = [fait for fait in (self.request(held), self.decision(held)) if fait]
        for fait in new:
            self.put(fait, "Faits de financement")
        if why := coherence.refus([*held, *new]):
            raise LigneRefusee([ValueError(why.texte)])
        if new and self.passage.provenance is None:
            raise LigneRefusee([ValueError(SANS_SOURCE)])

    def dated(self, *columns):
        """Return the first day told in these columns; else « au plus tard » the day of the import."""
        found = next((self.lu.dates[column] for column in columns if self.lu.dates[column]), None)
        dite = found or DateDite(self.jour, Precision.AU_PLUS_TARD)
        if dite.jour > self.jour:
            raise refused(columns[0], in_words(*dite), "un fait n'est pas d'un jour à venir")
        return {"jour": first_day(dite.jour, dite.precision), "precision": dite.precision}

    def request(self, held):
        """Return the request of a row, unless it is the last one known."""
        amount = self.lu.montants["montant_demande"]
        last = last_by([f for f in held if f.nature == "demande"], "jour", self.jour)
        if not amount or (last and last.montant == amount):
            return None
        self.tell(
            "montant_demande", f"{euros(amount)} (demandé)", euros(last.montant) if last else ""
        )
        dated = self.dated("date_depot")
        return FaitFinancement(
            financement=self.financement, nature="demande", montant=amount, **dated
        )

    def decision(self, held):
        """Return the grant, the refusal or the filing of a row, unless it is known."""
        statut, amount = self.lu.statut, self.lu.montants["montant_accorde"]
        for nature, words in (("refus", REFUS), ("sans_suite", SANS_SUITE)):
            if statut in words:
                if any(fait.nature == nature for fait in held):
                    return None
                self.tell("statut", statut)
                dated = self.dated("date_decision", "date_notification")
                return FaitFinancement(financement=self.financement, nature=nature, **dated)
        if not amount:
            return None
        if statut in EN_ATTENTE:
            self.lu.remarques.append(
                f"{euros(amount)} : « {statut} » n'est pas une décision, rien d'accordé"
            )
            return None
        if any(fait.nature == "accord" for fait in held):
            self.tell_other_amount(held, amount)
            return None
        self.check_rate(amount)
        self.tell("montant_accorde", f"{euros(amount)} (accordé)")
        notified = self.lu.dates["date_notification"]
        return FaitFinancement(
            financement=self.financement,
            nature="accord",
            montant=amount,
            reference=self.lu.row.get("numero_arrete", "").strip()[:100],
            depense_subventionnable=self.lu.montants["assiette"] or None,
            taux=self.lu.taux,
            date_notification=notified.jour if notified else None,
            **self.dated("date_decision", "date_notification"),
        )

    def tell_other_amount(self, held, amount):
        known = plafond(held, self.jour)
        if known != amount:
            told = euros(known) if known is not None else "un montant inconnu"
            self.lu.remarques.append(
                f"{euros(amount)} dans le fichier, {told} sur la fiche : enregistrez une modification, ou "
                "corrigez l'accord"
            )

    def check_rate(self, amount):
        """Say that a rate of its base is not the amount, when it is not by more than a euro."""
        base, rate = self.lu.montants["assiette"], self.lu.taux
        if base and rate and abs((product := au_cent(base * rate / 100)) - amount) > Decimal(1):
            self.lu.remarques.append(
                f"{rate.normalize():f} % de {euros(base)} font {euros(product)}, et non {euros(amount)}"
            )
