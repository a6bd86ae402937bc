"""The files of one vintage of the official découpage, read and checked before anything is done.

The files are those of the package @etalab/decoupage-administratif: `regions.json`,
`departements.json`, `epci.json` and `communes.json`. A refusal names the file, the row by its
code, and the value.
"""

import json
import re
import tarfile
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from communes.models import AncienCode, Nature
from communes.territoire import codes

REGIONS, DEPARTEMENTS, EPCI, COMMUNES = FILES = (
    "regions.json",
    "departements.json",
    "epci.json",
    "communes.json",
)
# Under these numbers of rows a file is taken for a truncated one: France has had more than
# 34 000 communes and 1 200 intercommunalités since 2017.
MIN_COMMUNES = 30_000
MIN_EPCI = 1_000

CODE_TERRITOIRE = re.compile(r"\d[\dAB]\d?")
CODE_INSEE = re.compile(codes.CODE_INSEE)
ANCIEN_CODE = re.compile(codes.ANCIEN_CODE)
CODE_POSTAL = re.compile(codes.CODE_POSTAL)
SIREN = re.compile(codes.SIREN)

ACTUELLE = "commune-actuelle"
NATURE_BY_TYPE = {
    "commune-deleguee": AncienCode.NatureCode.DELEGUEE,
    "commune-associee": AncienCode.NatureCode.ASSOCIEE,
    "arrondissement-municipal": AncienCode.NatureCode.ARRONDISSEMENT,
}
TYPES = {ACTUELLE, *NATURE_BY_TYPE}
# INSEE has nine kinds of names.
MAX_LIAISON = 8
MAX_POPULATION = 10_000_000


class DecoupageError(Exception):
    """A vintage that cannot be applied; the message, in French, is for the person who asked."""


class FicheRegion(NamedTuple):
    code: str
    nom: str


class FicheDepartement(NamedTuple):
    code: str
    nom: str
    type_liaison: int
    region: str


class FicheCode(NamedTuple):
    """A code that leads to a commune: `AncienCode` in the database."""

    code: str
    nature: str
    nom: str
    commune: str


class IntercommunaliteLue(NamedTuple):
    siren: str
    nom: str
    nature: str


class CommuneLue(NamedTuple):
    code: str
    nom: str
    type_liaison: int
    siren: str
    departement: str
    population: int | None
    intercommunalite: str | None
    codes_postaux: tuple[str, ...]


class Decoupage(NamedTuple):
    """What one vintage says of the whole territory; each dict is keyed by code or SIREN.

    `ailleurs` are the communes of which nothing but the population may change: see `seulement`.
    """

    annee: int
    regions: dict
    departements: dict
    intercommunalites: dict
    communes: dict
    codes: dict
    ailleurs: dict = MappingProxyType({})

    def seulement(self, codes):
        """Return the vintage with the communes of these codes, all others being `ailleurs`."""
        asked, others = {}, {}
        for code, lue in self.communes.items():
            (asked if code in codes else others)[code] = lue
        return self._replace(communes=asked, ailleurs=others)


class LigneDeDecoupage:
    """One row of a file, that knows how to refuse itself."""

    __slots__ = ("fichier", "values", "code")

    def __init__(self, fichier, values, pattern):
        self.fichier, self.values, self.code = fichier, values, ""
        if not isinstance(values, dict):
            raise self.refusal(f"« {str(values)[:60]} » n'est pas une fiche")
        self.code = self.text("code", pattern)

    def refusal(self, message):
        row = f", ligne {self.code}" if self.code else ""
        return DecoupageError(f"{self.fichier}{row} : {message}.")

    def bad_value(self, key, problem):
        value = str(self.values.get(key, "(rien)"))
        shown = value if len(value) <= 60 else f"{value[:60]}…"
        return self.refusal(f"« {key} » vaut « {shown} », {problem}")

    def text(self, key, pattern=None, max_length=200):
        """Return the text under `key`, which is not empty and can be printed."""
        value = self.values.get(key)
        if (
            isinstance(value, str)
            and 0 < len(value) <= max_length
            and value.isprintable()
            and (pattern is None or pattern.fullmatch(value))
        ):
            return value
        expected = "un code valable" if pattern else f"un texte de {max_length} caractères au plus"
        raise self.bad_value(key, f"{expected} est attendu")

    def optional_text(self, key, pattern):
        """Return the text under `key`, or "" when it is missing."""
        return "" if self.values.get(key) is None else self.text(key, pattern)

    def number(self, key, maximum):
        """Return the whole number under `key`, or None when it is missing."""
        value = self.values.get(key)
        if value is None or (type(value) is int and 0 <= value <= maximum):
            return value
        raise self.bad_value(key, f"un nombre entier de 0 à {maximum} est attendu")

    def items(self, key):
        """Return the list under `key`, empty when it is missing."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            raise self.bad_value(key, "une liste est attendue")
        return value

    def known(self, key, known):
        """Return the text under `key`, which must be one of the `known`."""
        value = self.values.get(key)
        if not isinstance(value, str) or value not in known:
            raise self.bad_value(key, "valeur inconnue")
        return value


def read_folder(folder, annee, *, floors=True):
    """Return the vintage whose files are in `folder`, or in its `data` folder."""
    folder = Path(folder)
    if (folder / "data").is_dir():
        folder = folder / "data"
    contents = {}
    for name in FILES:
        try:
            contents[name] = (folder / name).read_bytes()
        except OSError as error:
            raise DecoupageError(f"{folder / name} : fichier introuvable ou illisible.") from error
    return read_decoupage(contents, annee, floors=floors)


def archive_annees(path):
    """Return the years that the archive holds; they are its first member, so nothing else is read."""
    with tarfile.open(path, "r|xz") as archive:
        return json.load(archive.extractfile(archive.next()))


def read_archive(path, annees, *, floors=True):
    """Yield, in order, the vintages of `annees` that the archive holds."""
    contents = {}
    with tarfile.open(path, "r|xz") as archive:
        for member in archive:
            annee, _, name = member.name.partition("/")
            if not name or int(annee) not in annees:
                continue
            contents[name] = archive.extractfile(member).read()
            if len(contents) == len(FILES):
                yield read_decoupage(contents, int(annee), floors=floors)
                contents = {}


def read_decoupage(contents, annee, *, floors=True):
    """Return the vintage of `annee` from the bytes of its files, by file name."""
    rows = {name: parse_rows(name, contents[name]) for name in FILES}
    regions = read_regions(rows[REGIONS])
    departements = read_departements(rows[DEPARTEMENTS], regions)
    lignes = [LigneDeDecoupage(COMMUNES, row, CODE_INSEE) for row in rows[COMMUNES]]
    add_collectivites_outremer(lignes, regions, departements)
    intercommunalites, membres = read_intercommunalites(rows[EPCI])
    communes = read_communes(lignes, departements, membres)
    refuse_unknown_members(membres, communes)
    if floors:
        refuse_truncated(COMMUNES, "communes actuelles", len(communes), MIN_COMMUNES)
        refuse_truncated(EPCI, "intercommunalités", len(intercommunalites), MIN_EPCI)
        refuse_truncated(EPCI, "communes membres", len(membres), MIN_COMMUNES)
    codes = {**read_anciens_codes(lignes), **read_sous_communes(lignes, communes)}
    codes = {code: fiche for code, fiche in codes.items() if leads_to(fiche, communes)}
    return Decoupage(annee, regions, departements, intercommunalites, communes, codes)


def leads_to(fiche, communes):
    """Tell whether a code leads somewhere: one that a commune bears does, by another name, to itself."""
    commune = communes.get(fiche.code)
    return commune is None or (fiche.commune == commune.code and fiche.nom not in ("", commune.nom))


def parse_rows(name, content):
    """Return the list that the JSON of a file holds."""
    try:
        rows = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DecoupageError(
            f"{name} : le JSON est illisible, le fichier est sans doute coupé ({error})."
        ) from error
    if not isinstance(rows, list):
        raise DecoupageError(f"{name} : une liste est attendue.")
    return rows


def refuse_truncated(name, label, count, floor):
    if count < floor:
        raise DecoupageError(
            f"{name} : {count} {label}, au moins {floor} attendues. Fichier tronqué ?"
        )


def add_unique(records, ligne, code, record):
    """Put `record` under `code`, which no other row may have taken."""
    if code in records:
        raise ligne.refusal(f"« {code} » est en double")
    records[code] = record


def read_regions(rows):
    regions = {}
    for row in rows:
        ligne = LigneDeDecoupage(REGIONS, row, CODE_TERRITOIRE)
        fiche = FicheRegion(ligne.code, ligne.text("nom", max_length=80))
        add_unique(regions, ligne, ligne.code, fiche)
    return regions


def read_departements(rows, regions):
    departements = {}
    for row in rows:
        ligne = LigneDeDecoupage(DEPARTEMENTS, row, CODE_TERRITOIRE)
        fiche = FicheDepartement(
            ligne.code,
            ligne.text("nom", max_length=80),
            ligne.number("typeLiaison", MAX_LIAISON) or 0,
            ligne.known("region", regions),
        )
        add_unique(departements, ligne, ligne.code, fiche)
    return departements


def add_collectivites_outremer(lignes, regions, departements):
    """Add the collectivités d'outre-mer, which the vintage of 2021 gives on their communes only.

    Later vintages give each as a région and a département of the same code: so does this.
    """
    for ligne in lignes:
        if "collectiviteOutremer" in ligne.values:
            outremer = LigneDeDecoupage(
                f"{COMMUNES}, ligne {ligne.code}, collectiviteOutremer",
                ligne.values["collectiviteOutremer"],
                CODE_TERRITOIRE,
            )
            nom = outremer.text("nom", max_length=80)
            regions.setdefault(outremer.code, FicheRegion(outremer.code, nom))
            departements.setdefault(
                outremer.code, FicheDepartement(outremer.code, nom, 0, outremer.code)
            )


def read_intercommunalites(rows):
    """Return the intercommunalités, and the SIREN of that of each member commune, and its own."""
    intercommunalites, membres = {}, {}
    for row in rows:
        ligne = LigneDeDecoupage(EPCI, row, SIREN)
        fiche = IntercommunaliteLue(
            ligne.code, ligne.text("nom"), ligne.known("type", Nature.values)
        )
        add_unique(intercommunalites, ligne, ligne.code, fiche)
        for membre in ligne.items("membres"):
            code, siren = read_membre(ligne, membre)
            add_unique(membres, ligne, code, (ligne.code, siren))
    return intercommunalites, membres


def read_membre(ligne, membre):
    """Return the code of a member commune, and its SIREN or ""."""
    code = membre.get("code") if isinstance(membre, dict) else None
    if not isinstance(code, str):
        raise ligne.refusal(f"« membres » contient « {str(membre)[:60]} », sans code de commune")
    siren = membre.get("siren") or ""
    if siren and not (isinstance(siren, str) and SIREN.fullmatch(siren)):
        raise ligne.refusal(f"le SIREN « {siren} » de la commune membre {code} n'est pas valable")
    return code, siren


def refuse_unknown_members(membres, communes):
    """Refuse an intercommunalité with a member that is not a commune of the vintage."""
    for code, (siren, _) in membres.items():
        if code not in communes:
            raise DecoupageError(
                f"{EPCI}, ligne {siren} : la commune membre « {code} » est inconnue de {COMMUNES}."
            )


def read_communes(lignes, departements, membres):
    """Return the communes of the vintage, each with its intercommunalité, if any."""
    communes = {}
    for ligne in lignes:
        if ligne.known("type", TYPES) != ACTUELLE:
            continue
        siren_epci, siren_commune = membres.get(ligne.code, (None, ""))
        fiche = CommuneLue(
            code=ligne.code,
            nom=ligne.text("nom"),
            type_liaison=ligne.number("typeLiaison", MAX_LIAISON) or 0,
            # The vintage of 2021 gives the SIREN of a commune among the members of its EPCI only.
            siren=ligne.optional_text("siren", SIREN) or siren_commune,
            departement=departement_of(ligne, departements),
            population=ligne.number("population", MAX_POPULATION),
            intercommunalite=siren_epci,
            codes_postaux=codes_postaux_of(ligne),
        )
        add_unique(communes, ligne, ligne.code, fiche)
    return communes


def departement_of(ligne, departements):
    """Return the code of the département of a commune, or of its collectivité d'outre-mer."""
    if "collectiviteOutremer" in ligne.values:
        return ligne.values["collectiviteOutremer"]["code"]
    return ligne.known("departement", departements)


def codes_postaux_of(ligne):
    """Return the postcodes of a commune, in order; those of Paris are not."""
    codes = ligne.items("codesPostaux")
    for code in codes:
        if not isinstance(code, str) or not CODE_POSTAL.fullmatch(code):
            raise ligne.refusal(f"« {str(code)[:60]} » n'est pas un code postal")
    return tuple(sorted(set(codes)))


def read_anciens_codes(lignes):
    """Return the codes that the communes bore before, or that merged into them."""
    codes = {}
    for ligne in lignes:
        if ligne.values["type"] != ACTUELLE:
            continue
        for code in ligne.items("anciensCodes"):
            if not isinstance(code, str) or not ANCIEN_CODE.fullmatch(code):
                raise ligne.refusal(f"l'ancien code « {code} » n'est pas un code valable")
            nature = AncienCode.NatureCode.ANCIENNE.value
            add_unique(codes, ligne, code, FicheCode(code, nature, "", ligne.code))
    return codes


def read_sous_communes(lignes, communes):
    """Return the communes déléguées and associées, and the arrondissements of the great cities."""
    codes = {}
    for ligne in lignes:
        if ligne.values["type"] == ACTUELLE:
            continue
        nature = NATURE_BY_TYPE[ligne.values["type"]].value
        key = "commune" if "commune" in ligne.values else "chefLieu"
        fiche = FicheCode(ligne.code, nature, ligne.text("nom"), ligne.known(key, communes))
        add_unique(codes, ligne, ligne.code, fiche)
    return codes
