"""Tables that come in, read: those of agents by a process apart, and those that we ship."""

import json
from collections.abc import Iterable

from socle.fichiers.a_part import LectureArretee, read_apart
from socle.fichiers.tableau.fichier import DES_AGENTS, Fichier, FichierRefuse, Limites
from socle.fichiers.tableau.lecteur import table

READER = "socle.fichiers.tableau.reponse"
TOO_MUCH = (
    "ce fichier demande trop de mémoire ou de temps pour être lu. Copiez le tableau seul dans un "
    "classeur neuf, puis envoyez celui-ci."
)


def read_file(
    content: bytes,
    nom: str,
    connues: Iterable[str] = (),
    feuille: str = "",
    limites: Limites = DES_AGENTS,
) -> Fichier:
    """Return the `Fichier` of `content`, bytes; its kind is told by what it holds, not by its name.

    `connues` are the bare names of the columns that are looked for, `feuille` the sheet that the
    agent names, `limites` what is too much of it. The file is read by a process apart: whatever becomes
    of it, the answer is a `Fichier` or `FichierRefuse`, which says in French why and what to do.
    """
    if len(content) > limites.octets:
        raise FichierRefuse(
            f"{nom} : le fichier dépasse {limites.taille}. Coupez-le en plusieurs fichiers."
        )
    asked = json.dumps(
        {
            "nom": nom,
            "connues": sorted(connues),
            "feuille": feuille,
            "au_plus": limites.lignes,
        }
    )
    try:
        answer = read_apart(READER, asked.encode() + b"\n" + content)
    except LectureArretee:
        raise FichierRefuse(f"{nom} : {TOO_MUCH}") from None
    if "refus" in answer:
        raise FichierRefuse(f"{nom} : {answer['refus']}", answer["feuilles"])
    return Fichier.restored(answer["fichier"])


def read_ours(content: bytes, nom: str) -> Fichier:
    """Return the `Fichier` of a file that the project ships: it needs no process apart."""
    try:
        return table(content, nom)
    except FichierRefuse as refusal:
        raise FichierRefuse(f"{nom} : {refusal}") from None
