"""The catalogue of the tables in DCAT-AP, which data portals harvest: one graph, in two writings."""

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from pvd.portail.donnees.lisez_moi import RYTHME
from pvd.portail.donnees.schemas import TABLE_SCHEMA
from pvd.portail.donnees.telechargements import MEDIA_TYPES, TABLES
from pvd.portail.donnees.turtle import as_json_ld, as_turtle
from pvd.portail.partage.etendue import etendue
from pvd.portail.partage.liens import LICENCE, SITE
from socle.web.demonstration import marked
from socle.web.refus import lecture_seule, refuse_others

PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
EUROPE = "http://publications.europa.eu/resource/authority/"
IANA = "https://www.iana.org/assignments/media-types/"
THEMES = {"GOVE": "Gouvernement et secteur public", "REGI": "Régions et villes"}
MOTS_CLES = ("Petites villes de demain", "PVD", "ORT", "revitalisation", "centre-ville", "communes")
SANS_EDITEUR = "Éditeur non renseigné sur ce site"
TITRE = f"Données du suivi du programme {SITE}"


def ref(address):
    return {"@id": address}


def french(text):
    return {"@value": text, "@language": "fr"}


def day(jour):
    return {"@value": jour.isoformat(), "@type": "xsd:date"}


def editeur(absolute):
    """Describe who publishes the site, by the name and the SIRET that its settings say."""
    told = {
        "@id": absolute(reverse("mentions_legales")),
        "@type": ["foaf:Agent", "foaf:Organization"],
        "foaf:name": french(settings.PVD_EDITEUR or SANS_EDITEUR),
        "foaf:homepage": ref(absolute("/")),
    }
    if siret := settings.PVD_EDITEUR_SIRET.replace(" ", ""):
        told["dct:identifier"] = siret
    return told


def contact():
    """Describe whom to write to: an address of mail, or of a page, or what the settings say."""
    kinds = ["vcard:Organization", "vcard:Kind"]
    told = {"@type": kinds, "vcard:fn": settings.PVD_EDITEUR or SANS_EDITEUR}
    said = settings.PVD_EDITEUR_CONTACT
    if "@" in said and " " not in said:
        told["vcard:hasEmail"] = ref(f"mailto:{said}")
    elif said.startswith(("http://", "https://")):
        told["vcard:hasURL"] = ref(said)
    elif said:
        told["vcard:note"] = said
    return told


def licence():
    return {
        "@id": LICENCE,
        "@type": ["dct:LicenseDocument"],
        "dct:title": french("Licence Ouverte / Open Licence version 2.0"),
    }


def noms_d_europe():
    """Say what each name of Europe and of IANA is, as the profile asks: who reads it may not have theirs."""
    yield {"@id": f"{EUROPE}language/FRA", "@type": ["dct:LinguisticSystem"]}
    yield {"@id": f"{EUROPE}frequency/IRREG", "@type": ["dct:Frequency"]}
    yield {
        "@id": f"{EUROPE}data-theme",
        "@type": ["skos:ConceptScheme"],
        "dct:title": {"@value": "Data theme", "@language": "en"},
    }
    for theme, nom in THEMES.items():
        yield {
            "@id": f"{EUROPE}data-theme/{theme}",
            "@type": ["skos:Concept"],
            "skos:prefLabel": french(nom),
            "skos:inScheme": ref(f"{EUROPE}data-theme"),
        }
    for extension, media_type in MEDIA_TYPES.items():
        yield {"@id": f"{EUROPE}file-type/{extension.upper()}", "@type": ["dct:MediaTypeOrExtent"]}
        yield {"@id": f"{IANA}{media_type}", "@type": ["dct:MediaType"]}


class Catalogue:
    """The graph of the tables of `jour`: the catalogue, its publisher, a dataset a table."""

    def __init__(self, jour, absolute):
        self.jour, self.absolute = jour, absolute
        self.etendue = etendue(jour)

    @property
    def modified(self):
        """Tell the day of the latest document that the data rest on, where there is one."""
        document = self.etendue.document
        return {"dct:modified": day(document)} if document else {}

    @property
    def page(self):
        return self.absolute(reverse("donnees"))

    @property
    def graph(self):
        """Return the nodes that have an address; what is said only of one of them is within it."""
        standard = {
            "@id": TABLE_SCHEMA,
            "@type": ["dct:Standard"],
            "dct:title": "Table Schema",
        }
        page = {"@id": self.page, "@type": ["foaf:Document"]}
        nodes = [self.catalogue, page, editeur(self.absolute), licence(), standard]
        nodes += noms_d_europe()
        for table in TABLES:
            nodes += [self.dataset(table), self.schema(table), *self.distributions(table)]
        return nodes

    @property
    def catalogue(self):
        return {
            "@id": f"{self.page}#catalogue",
            "@type": ["dcat:Catalog"],
            "dct:title": french(marked(TITRE)),
            "dct:description": french(
                "Communes, opérations de revitalisation de territoire, chefs de projet, plans d'actions et "
                "financements du programme, tels qu'ils étaient à la date demandée."
            ),
            "dct:publisher": ref(self.absolute(reverse("mentions_legales"))),
            "dct:license": ref(LICENCE),
            "dct:language": ref(f"{EUROPE}language/FRA"),
            "dcat:themeTaxonomy": ref(f"{EUROPE}data-theme"),
            "foaf:homepage": ref(self.page),
            **self.modified,
            "dcat:dataset": [ref(self.address(table)) for table in TABLES],
        }

    def address(self, table):
        return f"{self.page}#table-{table.nom}"

    def dataset(self, table):
        """Describe a table: what a row is, where and since when it is kept."""
        kept, first = self.etendue.tenus(table.nom), self.etendue.debut(table.nom)
        places = [
            {"@type": ["dct:Location"], "dct:identifier": d.pk, "skos:prefLabel": french(d.nom)}
            for d in kept
        ]
        period = {"@type": ["dct:PeriodOfTime"], "dcat:endDate": day(self.jour)}
        if first:
            period["dcat:startDate"] = day(first)
        names = ", ".join(d.nom for d in kept)
        where = f"Tenu pour : {names}." if kept else "Tenu pour aucun département."
        return {
            "@id": self.address(table),
            "@type": ["dcat:Dataset"],
            "dct:title": french(marked(f"{SITE} : {table.titre}")),
            "dct:description": french(
                f"{table.ligne} {where} Ailleurs, l'absence d'une ligne ne veut pas dire zéro. {RYTHME}"
            ),
            "dct:identifier": self.address(table),
            "dct:publisher": ref(self.absolute(reverse("mentions_legales"))),
            "dct:license": ref(LICENCE),
            "dct:language": ref(f"{EUROPE}language/FRA"),
            "dct:accrualPeriodicity": ref(f"{EUROPE}frequency/IRREG"),
            "dcat:contactPoint": contact(),
            "dcat:keyword": [french(word) for word in MOTS_CLES],
            "dcat:theme": [ref(f"{EUROPE}data-theme/{theme}") for theme in THEMES],
            "dcat:landingPage": ref(self.page),
            "dct:spatial": places,
            "dct:temporal": [period] if kept else [],
            "dct:conformsTo": ref(self.absolute(reverse("schema", args=[table.nom]))),
            **self.modified,
            "dcat:distribution": [ref(self.file(table, extension)) for extension in MEDIA_TYPES],
        }

    def schema(self, table):
        """Describe the schema of a table, itself written by a standard."""
        return {
            "@id": self.absolute(reverse("schema", args=[table.nom])),
            "@type": ["dct:Standard"],
            "dct:title": french(f"Schéma : {table.titre}"),
            "dct:isVersionOf": ref(TABLE_SCHEMA),
        }

    def file(self, table, extension):
        return self.absolute(reverse("telecharger", args=[table.nom, extension]))

    def distributions(self, table):
        """Describe a file a format."""
        for extension, media_type in MEDIA_TYPES.items():
            yield {
                "@id": self.file(table, extension),
                "@type": ["dcat:Distribution"],
                "dct:title": french(f"{table.titre} ({extension.upper()})"),
                "dcat:accessURL": ref(self.file(table, extension)),
                "dcat:downloadURL": ref(self.file(table, extension)),
                "dct:format": ref(f"{EUROPE}file-type/{extension.upper()}"),
                "dcat:mediaType": ref(f"{IANA}{media_type}"),
                "dct:license": ref(LICENCE),
                "dct:conformsTo": ref(self.absolute(reverse("schema", args=[table.nom]))),
                "dct:description": french(table.ligne),
                **self.modified,
            }


WRITINGS = {
    "jsonld": (as_json_ld, "application/ld+json"),
    "ttl": (as_turtle, "text/turtle; charset=utf-8"),
}


@lecture_seule
def catalogue(request, extension):
    """Send the catalogue, whose files are those of today."""
    refuse_others(request, (), "ce catalogue")
    write, content_type = WRITINGS[extension]
    graph = Catalogue(timezone.localdate(), request.build_absolute_uri).graph
    return HttpResponse(write(PREFIXES, graph), content_type=content_type)
