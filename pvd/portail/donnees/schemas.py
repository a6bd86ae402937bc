"""The Table Schema of a file: its columns, what its values mean, its key, and what it points to."""

from pvd.portail.donnees.valeurs import mots_de

TABLE_SCHEMA = "https://specs.frictionlessdata.io/schemas/table-schema.json"
# What tells a row apart where no column does alone.
CLES = {
    "ort-communes": ("code_insee", "ort_identifiant"),
    "recrutements": ("poste_identifiant", "rang"),
    "versements": ("financement_identifiant", "rang"),
    # Of what always begins on a day that is known: a name or a post may have none, and a key is never empty.
    "historique-communes": ("code_insee", "debut"),
    "historique-ort": ("ort_identifiant", "debut"),
    "historique-ort-communes": ("code_insee", "ort_identifiant", "debut"),
    "historique-rattachements": ("code_insee", "siren_epci", "debut"),
}
# Where a column of one table finds its row in another. An ORT may be borne by an intercommunalité without
# any commune of the programme, and money told of an ORT that has ended: these point nowhere for sure.
RENVOIS = {
    ("communes", "siren_epci"): ("intercommunalites", "siren_epci"),
    ("communes", "ort_identifiant"): ("ort", "ort_identifiant"),
    ("ort-communes", "ort_identifiant"): ("ort", "ort_identifiant"),
    ("ort-communes", "avenant_identifiant"): ("avenants", "avenant_identifiant"),
    ("avenants", "ort_identifiant"): ("ort", "ort_identifiant"),
    ("bilans", "ort_identifiant"): ("ort", "ort_identifiant"),
    ("recrutements", "poste_identifiant"): ("postes", "poste_identifiant"),
    ("versements", "financement_identifiant"): ("financements", "financement_identifiant"),
}


def cle_de(table):
    """Return the names of the columns that tell a row of a table apart, or nothing."""
    alone = [c.nom for c in table.propres if {"required", "unique"} <= c.contraintes.keys()]
    return alone[:1] or list(CLES.get(table.nom, ()))


def schema_of(choix):
    """Return the Table Schema of the columns chosen of a table, as a dictionary."""
    table, cle = choix.table, cle_de(choix.table)
    schema = {
        "$schema": TABLE_SCHEMA,
        "name": table.nom,
        "title": table.titre,
        "description": table.ligne,
        "fields": list(map(field_of, choix.colonnes)),
        "missingValues": [""],
    }
    return schema | ({"primaryKey": cle} if cle and set(cle) <= set(choix.noms) else {})


def renvois_de(table):
    """Return the foreign keys of a table: of a package alone, for a schema by itself has no other table."""
    return [
        {"fields": [nom], "reference": {"resource": resource, "fields": [field]}}
        for (of, nom), (resource, field) in RENVOIS.items()
        if of == table.nom
    ]


def field_of(colonne):
    """Return a field: each value that it may have is explained, where they are few."""
    field = {
        "name": colonne.nom,
        "title": colonne.titre,
        "description": colonne.description,
        "type": colonne.type,
    }
    if colonne.contraintes:
        field["constraints"] = colonne.contraintes
    if colonne.type == "boolean":
        field |= {"trueValues": ["true"], "falseValues": ["false"]}
    if words := mots_de(colonne):
        field["categories"] = [{"value": value, "label": word} for value, word in words.items()]
    return field
