"""The public files on what the acts of the ORT bring: parties, secteurs d'intervention, documents."""

from django.urls import reverse

from communes.territoire.colonnes import a_la_saisie, colonne_precision, colonne_tenue
from ort.exports import CODE_INSEE, OU_D_UNE_ORT, TERMINEES, tenues_des_ort
from ort.models import Document, Organisme, Partie, Secteur
from socle.fichiers.colonnes import Colonne, Table

TYPES_DE_PARTIE = ["commune", "intercommunalite", *Organisme.Nature.values]


def of_conventions(rows, conventions):
    """Keep the rows of `conventions`, a queryset, in the order of the public files."""
    kept = rows.filter(convention__in=conventions.order_by().values("pk"))
    return kept.select_related("convention", "avenant").order_by("convention__identifiant", "pk")


def of_the_day(rows, conventions, jour):
    """Yield `rows`, each with the day of the file, and how far its ORT is kept then."""
    tenues = tenues_des_ort("tenue", conventions, jour)
    for row in rows:
        row.jour, row.tenue = jour, tenues[row.convention_id]
        yield row


def nom_du_jour(territoire, jour):
    """Return the name of whoever it is on a day: a body has only one."""
    return territoire.nom_au(jour) if hasattr(territoire, "nom_au") else territoire.nom


def avenant_of(row):
    return row.avenant and row.avenant.identifiant


# Which ORT these tables follow, as the list of the ORT does.
DES_ORT = (
    "Les ORT sont celles qui couvrent alors au moins une commune du programme ; avec programme=tous, "
    f"toutes celles qui sont enregistrées. {TERMINEES}"
)
IDENTIFIANT = Colonne(
    "ort_identifiant",
    lambda row: row.convention.identifiant,
    "Identifiant de l'ORT, celui du fichier des ORT.",
    contraintes={"required": True},
)


def partie_rows(conventions, jour):
    """Yield who had signed or supported by `jour` each of `conventions`, a queryset. Six queries."""
    rows = of_conventions(Partie.objects.connues(jour), conventions)
    named = rows.select_related("commune", "intercommunalite", "organisme", "convention", "avenant")
    named = named.prefetch_related("commune__anciens_noms", "intercommunalite__anciens_noms")
    yield from of_the_day(named, conventions, jour)


def type_de_partie(partie):
    if partie.commune_id:
        return "commune"
    return "intercommunalite" if partie.intercommunalite_id else partie.organisme.nature


def come(attribute):
    """Return how to read a date of a row, if it had come by the day of the file."""

    def read(row):
        jour = getattr(row, attribute)
        return jour if jour and jour <= row.jour else None

    return read


PARTIES = Table(
    "parties",
    "Parties aux ORT",
    "Une ligne par signataire ou partenaire d'une ORT, connu ce jour-là ; les personnes n'y sont pas. "
    f"{DES_ORT}",
    (
        IDENTIFIANT,
        Colonne(
            "role",
            lambda p: p.role,
            "Signataire de l'ORT, ou partenaire, qui la soutient.",
            contraintes={"enum": Partie.RolePartie.values},
        ),
        Colonne(
            "partie_type",
            type_de_partie,
            "Sorte de partie : commune, intercommunalite, etat, region, petr…",
            contraintes={"enum": TYPES_DE_PARTIE},
        ),
        Colonne(
            "partie_code",
            lambda p: p.commune_id or p.intercommunalite_id or p.organisme.siren,
            "Code INSEE de la commune, sinon SIREN ; vide s'il n'est pas connu.",
        ),
        Colonne("partie_nom", lambda p: nom_du_jour(p.qui, p.jour), "Nom de la partie ce jour-là."),
        Colonne(
            "avenant_identifiant",
            avenant_of,
            "Avenant par lequel elle est entrée, celui du fichier des avenants ; vide : la convention.",
        ),
        Colonne(
            "date_deliberation",
            come("date_deliberation"),
            "Délibération qui a autorisé la signature ; vide si elle n'est pas connue.",
            "date",
        ),
        Colonne(
            "date_signature",
            come("date_signature"),
            "Signature de cette partie ; vide si elle n'est pas connue à part de celle de l'acte.",
            "date",
        ),
        colonne_tenue("tenue", OU_D_UNE_ORT),
        colonne_precision(
            "precision_deliberation", a_la_saisie(come("date_deliberation")), "la délibération"
        ),
        colonne_precision(
            "precision_signature", a_la_saisie(come("date_signature")), "cette signature"
        ),
    ),
)


def secteur_rows(conventions, jour):
    """Yield the secteurs d'intervention known on `jour` of `conventions`, a queryset. Five queries."""
    rows = of_conventions(Secteur.objects.delimites(jour), conventions)
    named = rows.select_related("commune", "convention", "avenant")
    yield from of_the_day(named.prefetch_related("commune__anciens_noms"), conventions, jour)


SECTEURS = Table(
    "secteurs",
    "Secteurs d'intervention des ORT",
    "Une ligne par secteur d'intervention d'une ORT, dans une commune qu'elle couvre, connu ce jour-là. "
    f"{DES_ORT}",
    (
        IDENTIFIANT,
        Colonne(
            "code_insee",
            lambda s: s.commune_id,
            "Code INSEE de la commune, telle que l'acte la nomme.",
            contraintes={"required": True, **CODE_INSEE},
        ),
        Colonne(
            "nom_commune",
            lambda s: nom_du_jour(s.commune, s.jour),
            "Nom de la commune ce jour-là.",
        ),
        Colonne("secteur", lambda s: s.nom, "Nom du secteur.", contraintes={"required": True}),
        Colonne(
            "avenant_identifiant",
            avenant_of,
            "Avenant qui l'a créé, celui du fichier des avenants ; vide : la convention.",
        ),
        colonne_tenue("tenue", OU_D_UNE_ORT),
    ),
)


def document_rows(conventions, jour):
    """Yield the public documents of the acts, signed by `jour`, of `conventions`, a queryset."""
    rows = of_conventions(Document.objects.publics(jour), conventions)
    yield from of_the_day(rows, conventions, jour)


DOCUMENTS = Table(
    "documents",
    "Documents publics des ORT",
    f"Une ligne par document public d'un acte, convention ou avenant, signé ce jour-là ou avant. {DES_ORT}",
    (
        IDENTIFIANT,
        Colonne(
            "avenant_identifiant",
            avenant_of,
            "Avenant dont c'est l'acte, celui du fichier des avenants ; vide : la convention.",
        ),
        Colonne("titre", lambda d: d.titre, "Titre du document."),
        Colonne(
            "date_signature",
            lambda d: d.acte.date_signature,
            "Signature de cet acte.",
            "date",
        ),
        Colonne("taille_octets", lambda d: d.taille, "Taille du fichier PDF.", "integer"),
        Colonne(
            "chemin",
            lambda d: reverse("ort_document", args=[d.convention.identifiant, d.pk]),
            "Où se télécharge le document, à la suite de l'adresse de ce site.",
            contraintes={"required": True},
        ),
        colonne_tenue("tenue", OU_D_UNE_ORT),
        colonne_precision(
            "precision_signature", lambda d: d.acte.precision_signature, "cette signature"
        ),
    ),
)
