"""How a page is found and shared: its one address, its image, and what machines read of it."""

from django.conf import settings
from django.urls import reverse

from socle.dates import in_french

SCHEMA = "https://schema.org"
LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
SITE = "Petites villes de demain"


def canonical_path(request):
    """Return the address under which a page is known: today's, without filter, order or page number.

    The page of the département of the site is its home page; without one, that of France is.
    """
    match = request.resolver_match
    name, code = match.url_name, match.kwargs.get("code", "").upper()
    if name == "departement" and code == settings.PVD_DEPARTEMENT:
        return reverse("accueil")
    if name == "departements" and not settings.PVD_DEPARTEMENT:
        return reverse("accueil")
    return reverse(name, args=[code]) if code else request.path


def image_path(request):
    """Return the address, without its day, of the image that goes with a page."""
    match = request.resolver_match
    name, code = match.url_name, match.kwargs.get("code", "").upper()
    if name == "accueil" and settings.PVD_DEPARTEMENT:
        name, code = "departement", settings.PVD_DEPARTEMENT
    if name in {"commune", "departement"}:
        return reverse(f"vignette_{name}", args=[code])
    return reverse("vignette")


def ld_of_departement(departement, absolute):
    """Describe a département; `absolute` makes a full address of a path."""
    return {
        "@type": "AdministrativeArea",
        "name": departement.nom,
        "identifier": identifiant("Code officiel géographique (Insee)", departement.pk),
        "url": absolute(reverse("departement", args=[departement.pk])),
    }


def identifiant(nomenclature, value):
    return {"@type": "PropertyValue", "propertyID": nomenclature, "value": value}


def ld_of_commune(situation, connu_le, absolute):
    """Describe a commune: its name on the day, its code, where it is, and the page that speaks of it.

    That page is dated of the last day of which it knows anything, where there is one.
    """
    commune = situation.commune
    departement = commune.departement
    contained = ld_of_departement(departement, absolute) | {
        "containedInPlace": {
            "@type": "AdministrativeArea",
            "name": departement.region.nom,
            "containedInPlace": {"@type": "Country", "name": "France"},
        }
    }
    address = absolute(reverse("commune", args=[commune.pk]))
    page = {"@type": "WebPage", "url": address, "dateModified": connu_le and connu_le.isoformat()}
    return {
        "@context": SCHEMA,
        "@type": "City",
        "name": situation.nom,
        "identifier": identifiant("Code officiel géographique (Insee)", commune.pk),
        "url": address,
        "containedInPlace": contained,
    } | ({"subjectOf": page} if connu_le else {})


def ld_of_site(absolute):
    """Describe the site, and how it is searched."""
    search = absolute(reverse("communes")) + "?q={search_term_string}"
    return {
        "@context": SCHEMA,
        "@type": "WebSite",
        "name": SITE,
        "url": absolute(reverse("accueil")),
        "inLanguage": "fr",
        "license": LICENCE,
        **publisher(),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search},
            "query-input": "required name=search_term_string",
        },
    }


def publisher():
    """Describe who publishes the site, nothing while no setting names them."""
    name = getattr(settings, "PVD_EDITEUR", "")
    return {"publisher": {"@type": "GovernmentOrganization", "name": name}} if name else {}


def ld_of_etendue(table, etendue, jour, absolute):
    """Describe what a table covers: the départements where it is kept, from its first fact to `jour`.

    A table that is kept nowhere covers nothing that can be told.
    """
    modified = {"dateModified": etendue.document.isoformat()} if etendue.document else {}
    kept = etendue.tenus(table.nom)
    if not kept:
        return modified
    first = etendue.debut(table.nom)
    return modified | {
        "temporalCoverage": f"{first.isoformat() if first else '..'}/{jour.isoformat()}",
        "spatialCoverage": [ld_of_departement(departement, absolute) for departement in kept],
    }


def ld_of_tables(tables, formats, jour, etendue, demande, absolute):
    """Describe each table that can be downloaded, as of `jour`; `formats` gives their media types.

    `demande` returns the query string by which the address of a table keeps that day, empty for today's.
    """
    return {
        "@context": SCHEMA,
        "@type": "DataCatalog",
        "name": f"Données du suivi du programme {SITE}",
        "url": absolute(reverse("donnees")),
        "license": LICENCE,
        **publisher(),
        "dataset": [
            {
                "@type": "Dataset",
                "name": f"{SITE} : {table.titre}",
                "description": f"{dated(table, jour)}. {table.ligne}",
                "url": f"{absolute(reverse('donnees'))}#table-{table.nom}",
                "license": LICENCE,
                "isAccessibleForFree": True,
                "inLanguage": "fr",
                **publisher(),
                **ld_of_etendue(table, etendue, jour, absolute),
                "distribution": [
                    {
                        "@type": "DataDownload",
                        "encodingFormat": media_type,
                        "contentUrl": absolute(
                            reverse("telecharger", args=[table.nom, extension]) + demande(table)
                        ),
                    }
                    for extension, media_type in formats.items()
                ],
            }
            for table in tables
        ],
    }


def dated(table, jour):
    """Return the title of a table with its day; a history has none."""
    return f"{table.titre}, au {in_french(jour)}" if table.d_un_jour else table.titre


def ld_of_breadcrumb(steps, absolute):
    """Describe the way to a page: `steps` are (name, path), the last without a path, the page itself."""
    return {
        "@context": SCHEMA,
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": name}
            | ({"item": absolute(path)} if path else {})
            for position, (name, path) in enumerate(steps, 1)
        ],
    }
