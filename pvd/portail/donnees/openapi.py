"""« /donnees/openapi.json »: what programs may ask of the site, in OpenAPI 3.1, made from the code.

The tables, their filters and their columns are those of `TELECHARGEMENTS`; what the twins hold is read
from the contract of their profiles.
"""

from django.conf import settings
from django.http import JsonResponse
from django.urls import reverse

from communes.models import Tenue
from communes.territoire import codes
from pvd.portail.donnees.geojson import CODES, GEOMETRIES, TYPE
from pvd.portail.donnees.pages import PAR_PAGE_AU_PLUS, TOTAL
from pvd.portail.donnees.telechargements import EXTENSIONS, MEDIA_TYPES, TELECHARGEMENTS
from pvd.portail.partage.liens import LICENCE
from socle.web.jour import jour_of
from socle.web.refus import lecture_seule, refuse_others

TEXTE = {"type": "string"}
DATE = {"type": "string", "format": "date"}
BOOLEEN = {"type": "boolean"}
OBJET = {"type": "object"}
LISTE = {"type": "array", "items": {"type": "object"}}
PRESENTATION = (
    "Toutes les données publiques du programme Petites villes de demain, telles qu'elles sont connues "
    "un jour donné (au). Une valeur nulle n'est pas connue : ce n'est ni zéro, ni non."
)
AU = {
    "name": "au",
    "in": "query",
    "description": "Jour dont on veut la situation, AAAA-MM-JJ ; sans lui, aujourd'hui ; jamais à venir.",
    "schema": {"type": "string"},
    "example": "2023-07-06",
}
DESCRIPTIONS = {
    "du": "Premier jour de la série, AAAA-MM-JJ ; sans lui, le lancement du programme.",
    "tri": "Colonne de la liste par laquelle trier, précédée de « - » pour l'ordre inverse.",
    "tableur": "1 : un CSV que les tableurs réglés en français ouvrent.",
    "colonnes": "Colonnes à garder, par leurs noms, dans cet ordre, séparées par des virgules.",
    "geometrie": "points, ou contours là où ils sont chargés.",
}
# A list in JSON may be asked for by pages.
PAGES = {
    "par_page": ({"maximum": PAR_PAGE_AU_PLUS}, "Lignes d'une page ; sans lui, la liste entière."),
    "page": (
        {},
        "Numéro de la page, à partir de 1, la première sans lui ; lu avec par_page seulement.",
    ),
}
EN_TETES = {
    TOTAL: ("integer", "Avec par_page, nombre de lignes de la liste entière."),
    "Link": (
        "string",
        "Où la liste est décrite ; avec par_page, ses pages : first, prev, next, last.",
    ),
}
ERREURS = {
    "400": "La demande ne peut pas être lue : le message dit ce qui était attendu.",
    "404": "Rien n'est à cette adresse.",
    "405": "Cette adresse se lit seulement.",
}


def nullable(schema):
    """Return a schema that also takes null: what is not known."""
    found = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        found["enum"] = [*schema["enum"], None]
    return found


# What each twin holds besides what all begin with, by the name of its address.
JUMELLES = {
    "commune_json": (
        "/communes/{code}.json",
        "Ce que dit la page d'une commune",
        {"code": f"^{codes.CODE_INSEE}$"},
        "pvd-commune-1",
        {
            "code_insee": TEXTE,
            "nom": TEXTE,
            "code_departement": TEXTE,
            "tenue": {"type": "string", "enum": Tenue.values},
            "phrase": nullable(TEXTE),
            "commune": {"type": ["object", "null"]},
            **dict.fromkeys(("dates_cles", "ort", "non_confirmees", "chronologie"), LISTE),
            **dict.fromkeys(("a_venir", "postes", "secteurs", "sources"), LISTE),
            "effets_ouverts": BOOLEEN,
            **dict.fromkeys(("effets", "aides", "changements", "bilans", "interlocuteurs"), LISTE),
            **dict.fromkeys(("projet", "club"), OBJET),
        },
    ),
    "ort_json": (
        "/ort/{identifiant}.json",
        "Ce que dit la page d'une ORT",
        {"identifiant": "^[-a-zA-Z0-9_]+$"},
        "pvd-ort-1",
        {
            "ort_identifiant": TEXTE,
            "intitule": TEXTE,
            "vaut_ort": BOOLEEN,
            "statut": TEXTE,
            "phrase": TEXTE,
            "ort": {"type": ["object", "null"]},
            "remarques": {"type": "array", "items": TEXTE},
            **dict.fromkeys(("communes", "actes", "secteurs", "documents", "sources"), LISTE),
            **dict.fromkeys(("bilans", "interlocuteurs"), LISTE),
            "projet": OBJET,
        },
    ),
    "intercommunalite_json": (
        "/intercommunalites/{siren}.json",
        "Ce que dit la page d'une intercommunalité",
        {"siren": f"^{codes.SIREN}$"},
        "pvd-intercommunalite-1",
        {
            "siren_epci": TEXTE,
            "nom": TEXTE,
            "nature": TEXTE,
            "fin": nullable(DATE),
            "departements": {"type": "array", "items": TEXTE},
            "nb_communes": {"type": "integer"},
            **dict.fromkeys(("communes", "ort", "sources"), LISTE),
            "projet": OBJET,
        },
    ),
    "departement_json": (
        "/departements/{code}.json",
        "Ce que dit la page d'un département",
        {"code": f"^({codes.CODE_DEPARTEMENT})$"},
        "pvd-departement-1",
        {
            "code_departement": TEXTE,
            "nom": TEXTE,
            "tenue": {"type": "string", "enum": Tenue.values},
            "tenue_postes": {"type": "string", "enum": Tenue.values},
            **dict.fromkeys(("chiffres", "communes", "sorties", "ort_a_signer"), LISTE),
            **dict.fromkeys(("ort_par_avenant", "chiffres_publies", "sources"), LISTE),
            "tenue_plans": {"type": "string", "enum": Tenue.values},
            **dict.fromkeys(("bilans", "interlocuteurs"), LISTE),
            "projet": OBJET,
        },
    ),
}


@lecture_seule
def openapi(request):
    """Send the description of what programs may ask; it has no day, and reads nothing."""
    refuse_others(request, (), "cette description")
    described = description(request)
    return JsonResponse(described, json_dumps_params={"ensure_ascii": False, "indent": 1})


def description(request):
    """Return the whole description: the filters offered are those that the tables read."""
    paths, schemas, jour = {}, {"Erreur": erreur()}, jour_of(request)
    for nom, found in TELECHARGEMENTS.items():
        schemas[nom] = row_schema(found.table)
        choices = parameters(found.filtres(request, found.model.objects.none(), jour))
        for extension in EXTENSIONS:
            address = reverse("telecharger", args=[nom, extension])
            paths[address] = table_path(found.table, extension, choices)
        if nom in CODES:
            paths[reverse("geojson", args=[nom])] = geojson_path(found.table, choices)
        paths[reverse("schema", args=[nom])] = path(
            f"Table Schema : {found.table.titre}", [], "application/json", {"type": "object"}
        )
    for address, titre, keys, profil, properties in JUMELLES.values():
        schemas[profil] = twin_schema(profil, properties)
        where = [*(in_path(name, pattern) for name, pattern in keys.items()), AU]
        paths[address] = path(titre, where, "application/json", reference(profil))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Petites villes de demain, données ouvertes",
            "version": settings.PVD_VERSION,
            "description": PRESENTATION,
            "license": {"name": "Licence Ouverte 2.0", "url": LICENCE},
        },
        "servers": [{"url": request.build_absolute_uri("/").rstrip("/")}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def reference(nom):
    return {"$ref": f"#/components/schemas/{nom}"}


def erreur():
    return {
        "type": "object",
        "required": ["erreur"],
        "properties": {"erreur": {"type": "string", "description": "En français."}},
        "additionalProperties": False,
    }


def in_path(name, pattern):
    schema = {"type": "string", "pattern": pattern}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def parameters(filtres):
    """Return the parameters that a table reads: its filters with their values, the day, the order."""
    fields, tris = filtres.form.fields, filtres.tris
    return [
        AU if name == "au" else parameter(name, fields.get(name), tris)
        for name in filtres.lus
        if name != "tri" or tris
    ]


def parameter(name, field, tris):
    schema = {"type": "string"}
    if name == "tri":
        schema["enum"] = [f"{sign}{nom}" for nom in tris for sign in ("", "-")]
    elif hasattr(field, "choices") and not hasattr(field, "queryset"):
        # An empty criterion is none: forms send it so.
        schema["enum"] = ["", *(key for key, _ in field.choices if key)]
    told = DESCRIPTIONS.get(name) or (field and str(field.label)) or name
    return {"name": name, "in": "query", "description": told, "schema": schema}


def table_path(table, extension, choices):
    colonnes = {"name": "colonnes", "in": "query", "schema": TEXTE}
    choices = [*choices, colonnes | {"description": DESCRIPTIONS["colonnes"]}]
    if extension == "csv":
        schema = {"type": "string", "enum": ["", "0", "1"]}
        tableur = {"name": "tableur", "in": "query", "schema": schema}
        choices = [*choices, tableur | {"description": DESCRIPTIONS["tableur"]}]
    titre = f"{table.titre}. {table.ligne}"
    if extension != "json":
        return path(titre, choices, MEDIA_TYPES[extension], {"type": "string"})
    listed = {"type": "array", "items": reference(table.nom)}
    found = path(titre, [*choices, *pages()], MEDIA_TYPES[extension], listed)
    found["get"]["responses"]["200"]["headers"] = {
        name: {"description": told, "schema": {"type": type}}
        for name, (type, told) in EN_TETES.items()
    }
    return found


def pages():
    """Return the parameters of a page of a list."""
    return [
        {
            "name": name,
            "in": "query",
            "description": told,
            "schema": {"type": "integer", "minimum": 1} | rules,
        }
        for name, (rules, told) in PAGES.items()
    ]


def geojson_path(table, choices):
    schema = {"type": "string", "enum": ["", *GEOMETRIES]}
    geometrie = {"name": "geometrie", "in": "query", "schema": schema}
    choices = [*choices, geometrie | {"description": DESCRIPTIONS["geometrie"]}]
    collection = {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"const": "FeatureCollection"},
            "features": {"type": "array", "items": feature_schema(table.nom)},
        },
    }
    return path(f"{table.titre}, en GeoJSON", choices, TYPE, collection)


def feature_schema(nom):
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"const": "Feature"},
            "id": TEXTE,
            "geometry": {"type": ["object", "null"]},
            "properties": reference(nom),
        },
    }


def path(titre, choices, media_type, schema):
    """Return a path that is read, with its errors: in JSON where its address is of JSON, else in text."""
    is_json = media_type.endswith("json")
    told = {"application/json": {"schema": reference("Erreur")}} if is_json else None
    errors = {
        status: {"description": why, "content": told or error_content(status)}
        for status, why in ERREURS.items()
    }
    if not any(parameter["in"] == "path" for parameter in choices):
        del errors["404"]
    answers = {
        "200": {"description": titre, "content": {media_type: {"schema": schema}}},
        **errors,
    }
    return {"get": {"summary": titre, "parameters": choices, "responses": answers}}


def error_content(status):
    kinds = ("text/plain",) if status == "400" else ("text/plain", "text/html")
    return {kind: {"schema": TEXTE} for kind in kinds}


def row_schema(table):
    """Return what a row of a table is in JSON: its columns, all there unless some are asked for."""
    properties = {colonne.nom: column_schema(colonne) for colonne in table.colonnes}
    return {
        "type": "object",
        "description": table.ligne,
        "properties": properties,
        "additionalProperties": False,
    }


def column_schema(colonne):
    schema = (
        {"type": "string", "format": "date"} if colonne.type == "date" else {"type": colonne.type}
    )
    schema["description"] = colonne.description
    kept = {
        name: colonne.contraintes[name]
        for name in ("enum", "pattern")
        if name in colonne.contraintes
    }
    found = schema | kept
    return found if colonne.contraintes.get("required") else nullable(found)


def twin_schema(profil, properties):
    """Return what a twin is: what is new may be added to it, and nothing leaves it."""
    first = {
        "profil": {"const": profil},
        "date_situation": DATE,
        "annee_cog": {"type": ["integer", "null"]},
        "page": {"type": "string", "format": "uri"},
        "licence": {"type": "string", "format": "uri"},
    }
    return {"type": "object", "properties": first | properties, "required": [*first, *properties]}
