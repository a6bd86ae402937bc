"""Hold « /donnees/openapi.json » to be true of a site that answers: `python -m tools.donnees_openapi URL`.

First each table and each twin is read at several days, and held to its schema; then schemathesis asks
for anything, allowed or not: no answer may be one that the description does not tell, and none an error
of the server. It needs schemathesis, whose lock is apart, and nothing of the application.
"""

import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

try:
    import jsonschema
except ImportError:  # Of the heavy tools, which have a lock of their own.
    jsonschema = None

JOURS = ("2019-01-01", "2021-01-22", "2023-07-06", "2024-12-31", "")
CHECKS = (
    "not_a_server_error",
    "unsupported_method",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)
# The column of a table that names the records whose twins are read; `DE_CHACUNE` of each are.
JUMELLES = {
    "/communes/{}.json": ("communes", "code_insee"),
    "/ort/{}.json": ("ort", "ort_identifiant"),
    "/intercommunalites/{}.json": ("intercommunalites", "siren_epci"),
    "/departements/{}.json": ("communes", "code_departement"),
}
DE_CHACUNE = 12


def read(url):
    """Return what an address answers, as JSON: its status, and its contents."""
    try:
        with urllib.request.urlopen(url, timeout=120) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def check(described, schema, told, address):
    """Tell what of `told` is not as its schema says; return how many faults there are."""
    whole = schema | {"components": described["components"]}
    faults = list(jsonschema.Draft202012Validator(whole).iter_errors(told))
    for fault in faults[:3]:
        print(f"{address} : {fault.json_path} {fault.message[:200]}")
    return len(faults)


def answer_schema(operation):
    [(_, content)] = operation["get"]["responses"]["200"]["content"].items()
    return content["schema"]


def known_answers(site, described):
    """Read the tables and the twins of what is recorded; return how many were read, and the faults."""
    count, faults, rows = 0, 0, {}
    for address, operation in described["paths"].items():
        if "{" in address or not address.endswith("json"):
            continue
        dated = any(asked["name"] == "au" for asked in operation["get"]["parameters"])
        for jour in JOURS if dated else JOURS[-1:]:
            asked = f"{address}?au={jour}" if jour else address
            status, told = read(f"{site}{asked}")
            count, faults = count + 1, faults + (status != 200)
            faults += check(described, answer_schema(operation), told, asked)
            rows[address] = told
    for pattern, (table, column) in JUMELLES.items():
        keys = dict.fromkeys(row[column] for row in rows[f"/donnees/{table}.json"])
        [operation] = [
            found
            for address, found in described["paths"].items()
            if "{" in address and address.split("/")[1] == pattern.split("/")[1]
        ]
        for key in list(keys)[:DE_CHACUNE]:
            for jour in JOURS:
                asked = pattern.format(key) + (f"?au={jour}" if jour else "")
                status, told = read(f"{site}{asked}")
                count, faults = count + 1, faults + (status != 200)
                faults += check(described, answer_schema(operation), told, asked)
    return count, faults


def anything(site, examples):
    """Have schemathesis ask for anything; return the status of its run."""
    command = [
        Path(sys.executable).with_name("schemathesis"),
        *("run", f"{site}/donnees/openapi.json", "--checks", ",".join(CHECKS)),
        *("--max-examples", examples, "--phases", "examples,coverage,fuzzing"),
        *("--generation-deterministic", "--no-color", "--continue-on-failure"),
    ]
    # It leaves what it has found where it runs.
    with tempfile.TemporaryDirectory() as elsewhere:
        return subprocess.run(command, check=False, cwd=elsewhere).returncode


def main(site, examples="10"):
    if jsonschema is None:
        sys.exit("Il faut schemathesis : il n'est pas parmi les outils de cet environnement.")
    status, described = read(f"{site}/donnees/openapi.json")
    if status != 200:
        sys.exit(f"{site}/donnees/openapi.json : {status}")
    count, faults = known_answers(site, described)
    print(f"{count} réponses lues, {faults} défauts")
    sys.exit(1 if anything(site, examples) or faults else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
