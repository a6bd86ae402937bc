"""The same graph as JSON-LD and as Turtle: nodes are dictionaries, whose keys are prefixed names.

A value is a text, a node, `{"@id": …}` or `{"@value": …, "@type": …}`, or a list of them.
"""

import json

ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t"})
# What an address may not hold between « < » and « > ».
UNSAFE = {ord(mark): f"%{ord(mark):02X}" for mark in '<>"{}|^`\\ '}


def as_json_ld(prefixes, graph):
    """Write a graph, a list of nodes, as JSON-LD."""
    document = {"@context": prefixes, "@graph": graph}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def as_turtle(prefixes, graph):
    """Write a graph, a list of nodes, as Turtle."""
    heads = [f"@prefix {prefix}: <{address}> ." for prefix, address in prefixes.items()]
    return "\n".join([*heads, "", *(f"{subject_of(node)} ." for node in graph), ""])


def subject_of(node):
    return f"{iri(node['@id'])}\n    {properties_of(node)}"


def properties_of(node):
    """Write what is said of a node, one property a line."""
    said = []
    for name, values in node.items():
        if name == "@id":
            continue
        values = values if isinstance(values, list) else [values]
        if name == "@type":
            said.append(f"a {', '.join(values)}")
        elif values:
            said.append(f"{name} {', '.join(map(object_of, values))}")
    return " ;\n    ".join(said)


def object_of(value):
    if isinstance(value, str):
        return literal(value)
    if "@value" in value:
        if "@language" in value:
            return f"{literal(value['@value'])}@{value['@language']}"
        return f"{literal(value['@value'])}^^{value['@type']}"
    if set(value) == {"@id"}:
        return iri(value["@id"])
    return f"[ {properties_of(value)} ]"


def literal(text):
    return f'"{text.translate(ESCAPES)}"'


def iri(address):
    return f"<{address.translate(UNSAFE)}>"
