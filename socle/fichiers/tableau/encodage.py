"""The text of a file of text, whose code is recognised and named; a doubt is refused with its line.

A code that is guessed wrong writes « RetirŽe » in a record. So one is taken only when all that it
gives is French, and the others are told apart by the letters that they would give.
"""

import re

from socle.fichiers.tableau.fichier import FichierRefuse

AS_UTF8 = "Enregistrez-le de nouveau en « CSV UTF-8 » ou en .xlsx."
LETTERS = "éèêëàâäçôöîïûùüÿœæ"
# All that French and its neighbours write beyond ASCII, in a table.
PLAUSIBLE = set(
    f"{LETTERS}{LETTERS.upper()}áíóúñãõåøìòáÁÍÓÚÑß’‘“”«»–—…•°ºª²³½¼¾€£§·×©®™µ¹±\xa0\xad"
)
# UTF-8 read as Windows-1252, then written again: « Ã© » for « é ».
TWICE = re.compile(
    "Ã[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[\u0080-\u00bf™œ\u009d˜“”¦¢]|Â[\u00a0«»°²]|Å“"
)
# Letters of no table of ours: bytes of another code that UTF-8 could read by chance.
UNLIKELY = re.compile("[\u0250-\u02ae\u0530-\u1dff\u2e80-\ufaff]")
MARK = b"\xef\xbb\xbf"
# Tab, new lines, and the end of file of DOS.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
OTHERS = {"mac_roman": "Mac (Mac OS Roman)", "cp850": "MS-DOS (850)"}


def decoded(content: bytes, remarques: list[str]) -> str:
    """Return the text of `content`, and say in `remarques` when it is not UTF-8.

    Raises `FichierRefuse` for another code, naming it, and for a letter that is lost, with its line.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or looks_utf16(content):
        text = utf16(content)
        remarques.append("Le texte est lu en UTF-16 (« Texte Unicode » d'Excel).")
    else:
        known = utf8(content)
        text = single_byte(content) if known is None else known
        if known is None:
            remarques.append("Le texte est lu en Windows-1252, le code habituel d'Excel.")
    text = text.removesuffix("\x1a")
    if control := CONTROL.search(text):
        where = line_of(text, control.start())
        raise FichierRefuse(f"ligne {where} : ce n'est pas un texte, ni aucun tableau connu.")
    refuse_lost_letters(text)
    return text


def line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def looks_utf16(content: bytes) -> bool:
    """Tell whether every other byte is null, as in UTF-16 without its mark."""
    head = content[:200]
    return len(head) > 8 and head[1::2].count(0) > len(head) * 0.4


def utf16(content: bytes) -> str:
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return content.decode("utf-16" if marked else "utf-16-le").removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise FichierRefuse(f"texte UTF-16 abîmé. {AS_UTF8}") from None


def refuse_lost_letters(text: str) -> None:
    if lost := re.search("\ufffd", text):
        raise FichierRefuse(
            f"ligne {line_of(text, lost.start())} : « � » est à la place d'une lettre perdue. "
            "Reprenez le fichier d'origine."
        )
    if twice := TWICE.search(text):
        raise FichierRefuse(
            f"ligne {line_of(text, twice.start())} : « {twice[0]} » est une lettre codée deux fois en "
            f"UTF-8. Reprenez le fichier d'origine. {AS_UTF8}"
        )


def utf8(content: bytes) -> str | None:
    """Return a text of UTF-8; None when it is not, or would hold signs of far away without its mark."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return None if UNLIKELY.search(text) and not content.startswith(MARK) else text


def single_byte(content: bytes) -> str:
    """Return a text of one byte a letter, when it is Windows-1252 and can be nothing else."""
    line = doubtful_line(content)
    if any(sign in PLAUSIBLE for sign in content.decode("utf-8", "ignore")):
        raise FichierRefuse(
            f"ligne {line} : un octet n'est pas de l'UTF-8, alors que le reste l'est. {AS_UTF8}"
        )
    scores = {code: french_letters(content, code) for code in ("cp1252", *OTHERS)}
    best = max(scores, key=lambda code: scores[code])
    if best in OTHERS:
        raise FichierRefuse(f"ligne {line} : le texte est codé comme sur {OTHERS[best]}. {AS_UTF8}")
    text = content.decode("cp1252", "replace")
    for position, sign in enumerate(text):
        if ord(sign) > 127 and sign not in PLAUSIBLE:
            raise FichierRefuse(
                f"ligne {line_of(text, position)} : code de texte non reconnu « {sign} ». {AS_UTF8}"
            )
    return text


def doubtful_line(content: bytes) -> int:
    """Return the first line that UTF-8 does not explain."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return content.count(b"\n", 0, error.start) + 1
    found = UNLIKELY.search(text)
    return line_of(text, found.start() if found else 0)


def french_letters(content: bytes, code: str) -> int:
    """Return how many small accented letters of French a code gives."""
    return sum(sign in LETTERS for sign in content.decode(code, "replace"))
