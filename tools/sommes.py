"""What the plans of the demonstration come to, counted by hand from its files.

    python -m tools.sommes

It reads the files as they are, and shares no line with the application: the tests compare the two. Days
are told from the day of the demonstration, which is 0: « {J-30} » is -30.
"""

import csv
import re
from decimal import Decimal
from pathlib import Path

FILES = Path(__file__).resolve().parents[1] / "donnees" / "demonstration"


def rows(name):
    with (FILES / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def day(cell):
    return int(re.fullmatch(r"\{J([+-]\d+)?\}", cell).group(1) or 0)


def amount(cell):
    return Decimal(cell.replace(",", "."))


def costs():
    """Return the last cost of each action, by its identifier; one that is not known is not there."""
    told = {}
    for row in sorted(rows("couts"), key=lambda row: day(row["jour"])):
        told[row["action_identifiant"]] = amount(row["montant"])
    return told


def lines():
    """Return what each line of money is at: its action, then what is granted, paid, awaited, refused."""
    found = {}
    for row in rows("financements"):
        found[row["financement_identifiant"]] = {"action": row["action_identifiant"]}
    facts = rows("faits_financements")
    for row in sorted(facts, key=lambda row: day(row["jour"])):
        line = found[row["financement_identifiant"]]
        if row["nature"] == "demande":
            line["attendu"] = amount(row["montant"])
        if row["nature"] in ("accord", "retrait"):
            line["accorde"] = amount(row["montant"])
        if row["nature"] == "refus":
            line["refuse"] = line["attendu"]
        if row["nature"] in ("accord", "refus"):
            del line["attendu"]
    for row in rows("versements"):
        line = found[row["financement_identifiant"]]
        line["verse"] = line.get("verse", 0) + amount(row["montant"])
        if row["nature"] in ("solde", "unique"):
            line["accorde"] = line["verse"]
    return found.values()


def sums(kept):
    """Return the sums of the actions of which `kept` is true, given their communes."""
    actions = {
        row["action_identifiant"] for row in rows("actions") if kept(row["communes"].split("|"))
    }
    told = {name: cost for name, cost in costs().items() if name in actions}
    of_actions = [line for line in lines() if line["action"] in actions]
    stages = {
        stage: sum(line.get(stage, 0) for line in of_actions)
        for stage in ("accorde", "verse", "attendu", "refuse")
    }
    return {"actions": len(actions), "cout": sum(told.values()), "connus": len(told), **stages}


def of_departement(code):
    return lambda communes: any(commune.startswith(code) for commune in communes)


PERIMETRES = {
    "Hérault": of_departement("34"),
    "Tarn": of_departement("81"),
    "France": lambda communes: True,
    "Lodève": lambda communes: communes == ["34142"],
}


def main():
    for name, kept in PERIMETRES.items():
        print(name, " ".join(f"{what}={value}" for what, value in sums(kept).items()))


if __name__ == "__main__":
    main()
