"""The pages of an import: the file and its reason, what each row would do, and the confirmation."""

import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET

from socle.admin.colonnes import ColonnesForm
from socle.admin.envoi import FichierForm
from socle.adresses_admin import admin_name, admin_url
from socle.colonnes_retenues import ColonneRetenue, retain
from socle.fichiers import depot as depots
from socle.fichiers.classeur import Classeur
from socle.fichiers.correspondance import REFUS, all_sure, correspondance, known_columns
from socle.fichiers.deroulement import Depasse, preview, read_sent, write
from socle.fichiers.entetes import read_table
from socle.fichiers.formats import FORMATS
from socle.fichiers.lignes import Sort
from socle.fichiers.provenance import Provenance
from socle.fichiers.tableau.fichier import FichierRefuse
from socle.fichiers.tableau.noms import bare_name
from socle.francais import pluriel
from socle.sources import Source

NO_LONGER = "Cet import est terminé, annulé ou expiré : envoyez de nouveau le fichier."
CHANGED = (
    "Rien n'a été écrit : des fiches ont changé depuis l'aperçu. En voici un nouveau, à confirmer."
)


class ImportAdmin(admin.ModelAdmin):
    """A list into which files are imported: `imports` gives the Resource of each sort of file."""

    imports = {}
    change_list_template = "admin/import_liste.html"

    def get_urls(self):
        name = admin_name(self.model, "import")
        view = self.admin_site.admin_view
        return [
            path("importer/", view(self.import_file), name=name),
            path(
                "importer/modele/<slug:sorte>.<slug:extension>",
                view(require_GET(self.import_template)),
                name=f"{name}_modele",
            ),
            path(
                "importer/<slug:sorte>/<str:jeton>/colonnes/",
                view(self.import_columns),
                name=f"{name}_colonnes",
            ),
            path(
                "importer/<slug:sorte>/<str:jeton>/",
                view(self.import_preview),
                name=f"{name}_apercu",
            ),
            path(
                "importer/<slug:sorte>/<str:jeton>/refus.csv",
                view(require_GET(self.import_refused)),
                name=f"{name}_refus",
            ),
            *super().get_urls(),
        ]

    def import_url(self, page="", **kwargs):
        return admin_url(self.model, f"import{page}", **kwargs)

    def changelist_url(self):
        return admin_url(self.model, "changelist")

    def changelist_view(self, request, extra_context=None):
        allowed = self.allowed_imports(request)
        context = {"import_url": self.import_url() if allowed else None}
        return super().changelist_view(request, context | (extra_context or {}))

    def allowed_imports(self, request):
        """Return the sorts of files that the user may import: those whose rows it may add and change."""
        return {
            sort: ressource
            for sort, ressource in self.imports.items()
            if may_write(request.user, ressource())
        }

    def ressource_for(self, request, sorte):
        """Return the Resource of a sort of file; refuses whoever may not write its records."""
        if sorte not in self.imports:
            raise Http404
        allowed = self.allowed_imports(request)
        if sorte not in allowed:
            raise PermissionDenied
        return allowed[sorte]()

    def import_page(self, request, template, **context):
        common = {**self.admin_site.each_context(request), "opts": self.opts}
        common["changelist_url"] = self.changelist_url()
        return TemplateResponse(request, template, common | context)

    def import_file(self, request):
        """Ask for the file, keep it aside, then show what it would do."""
        ressources = self.allowed_imports(request)
        if not ressources:
            raise PermissionDenied
        form = FichierForm(ressources, request.user, request.POST or None, request.FILES or None)
        if form.is_valid():
            sorte, ressource = form.cleaned_data["sorte"], ressources[form.cleaned_data["sorte"]]()
            try:
                depot = self.read_deposit(request, form.cleaned_data, ressource)
            except FichierRefuse as refusal:
                form.add_error("feuille" if refusal.feuilles else "fichier", str(refusal))
                form.ask_again(refusal.feuilles)
            else:
                page = "_apercu" if depot.colonnes else "_colonnes"
                url = self.import_url(page, sorte=sorte, jeton=depots.keep(depot))
                return HttpResponseRedirect(url)
        elif form.is_bound:
            form.ask_again()
        return self.import_page(
            request,
            "admin/import_fichier.html",
            title=f"Importer : {self.opts.verbose_name_plural}",
            form=form,
            sortes=[self.explained(sort, ressource()) for sort, ressource in ressources.items()],
        )

    def read_deposit(self, request, asked, ressource):
        """Return what the agent sends, its columns told when none is to be asked; raises `FichierRefuse`."""
        upload = asked["fichier"]
        sent = upload.read(), upload.name
        fichier = read_sent(ressource, *sent, request.user, asked["feuille"], asked["autre_jour"])
        depot = depots.Depot(
            agent=request.user.pk,
            sorte=asked["sorte"],
            raison=asked["raison"],
            source=asked["source"] and asked["source"].pk,
            fichier=fichier,
            connaissance=timezone.localdate().isoformat() if asked["connaissance"] else "",
            detail=asked["detail"],
        )
        columns = self.columns_of(request, depot, ressource)
        if not ressource.questions and all_sure(columns, ressource):
            depot.colonnes = {found.entete: found.colonne for found in columns}
            read_table(fichier, ressource, depot.colonnes)
        return depot

    def columns_of(self, request, depot, ressource):
        """Return the columns of a file, by their names and by what was said before."""
        said = ColonneRetenue.objects.of_sort(request.user, depot.sorte)
        return correspondance(depot.fichier, ressource, said)

    def import_columns(self, request, sorte, jeton):
        """Ask what each column of a file is, and keep the answer for the next time; then show the preview."""
        ressource = self.ressource_for(request, sorte)
        depot = depots.find(jeton, request.user, sorte)
        if depot is None:
            return self.import_over(request)
        if "oublier" in request.POST:
            self.forget_columns(request, depot)
            depots.keep(depot, jeton)
            return HttpResponseRedirect(request.path)
        ressource.prepare(depot.fichier)
        columns = self.columns_of(request, depot, ressource)
        for found in columns:
            found.colonne = depot.colonnes.get(found.entete, found.colonne)
            found.unite = depot.unites.get(found.entete, "")
        form = ColonnesForm(columns, ressource, request.POST or None)
        asked = self.questions_of(request, ressource, depot)
        if form.is_valid() and (asked is None or asked.is_valid()) and "relire" not in request.POST:
            depot.colonnes, depot.unites = form.choix, form.unites
            depot.reponses = asked.reponses if asked else {}
            try:
                ressource.hear(depot)
                read_table(depot.fichier, ressource, form.choix)
            except FichierRefuse as refusal:
                form.add_error(None, str(refusal))
            else:
                retain(request.user, sorte, unknown_names(depot, ressource))
                depots.keep(depot, jeton)
                url = self.import_url("_apercu", sorte=sorte, jeton=jeton)
                return HttpResponseRedirect(url)
        return self.import_page(
            request,
            "admin/import_colonnes.html",
            title="Vos colonnes",
            form=form,
            questions=asked,
            depot=depot,
            retenues=any(found.retenue for found in columns),
        )

    def questions_of(self, request, ressource, depot):
        """Return the form of what the sort of file asks once, None if it asks nothing."""
        if not ressource.questions:
            return None
        return ressource.questions(
            request.user, request.POST or None, initial={**ressource.proposees, **depot.reponses}
        )

    def forget_columns(self, request, depot):
        """Forget what was said of the headers of a file, for all who share a reach with the agent."""
        names = [bare_name(header) for header in depot.fichier.entetes]
        said = ColonneRetenue.objects.for_user(request.user).filter(sorte=depot.sorte)
        said.filter(entete__in=names).delete()
        depot.colonnes = {}

    def explained(self, sort, ressource):
        """Return what the page says of a sort of file: its templates and its columns."""
        others, keys = {}, [ressource.cle.colonne] if ressource.cle else []
        for alias, column in ressource.autres_noms.items():
            others.setdefault(column, []).append(alias)
        return {
            "titre": ressource.titre,
            "modeles": [
                (kind.upper(), self.import_url("_modele", sorte=sort, extension=kind))
                for kind in TEMPLATES
            ],
            "colonnes": [
                (column, column in ressource.required_columns, ", ".join(others.get(column, [])))
                for column in (*ressource.modele, *keys)
            ],
        }

    def import_template(self, request, sorte, extension):
        """Send the columns of a sort of file, and a row to imitate."""
        ressource = self.ressource_for(request, sorte)
        if extension not in TEMPLATES:
            raise Http404
        columns = ressource.modele
        rows = [[ressource.exemple.get(column, "") for column in columns]]
        guide = Classeur(notice=ressource.guide, nom_notice="mode d'emploi")
        return TEMPLATES[extension].answer(columns, rows, f"modele-{sorte}", guide)

    def deposited(self, request, sorte, jeton):
        """Return the Resource, what the agent asked, the rows and who says them, or None if it is over."""
        ressource = self.ressource_for(request, sorte)
        depot = depots.find(jeton, request.user, sorte)
        if depot is None:
            return None
        ressource.prepare(depot.fichier)
        ressource.hear(depot)
        table = read_table(depot.fichier, ressource, depot.colonnes)
        return ressource, depot, table, ressource.provenance or provenance_of(depot)

    def import_over(self, request):
        self.message_user(request, NO_LONGER, messages.WARNING)
        return HttpResponseRedirect(self.import_url())

    def import_preview(self, request, sorte, jeton):
        """Show what each row would do; on confirmation, do it."""
        deposited = self.deposited(request, sorte, jeton)
        if deposited is None:
            return self.import_over(request)
        ressource, depot, table, provenance = deposited
        if "annuler" in request.POST:
            depots.forget(jeton)
            self.message_user(request, "Import fermé : aucune autre ligne n'a été écrite.")
            return HttpResponseRedirect(self.changelist_url())
        if "retirer" in request.POST:
            taken_out = set(request.POST.getlist("ligne"))
            depot.keep_rows(
                {number for number, _ in depot.fichier.lignes if str(number) not in taken_out}
            )
            depots.keep(depot, jeton)
            return HttpResponseRedirect(request.path)
        if request.method == "POST":
            try:
                mark = request.POST.get("empreinte", "")
                apercu, fait = write(ressource, table, request.user, provenance, depot, mark)
            except Depasse as passed:
                self.message_user(request, CHANGED, messages.WARNING)
                apercu = passed.apercu
            else:
                return self.import_written(request, depot, jeton, apercu, fait)
        else:
            apercu = preview(ressource, table, request.user, provenance)
        empreinte = apercu.empreinte
        apercu.in_words_of(depot.colonnes)
        return self.import_page(
            request,
            "admin/import_apercu.html",
            empreinte=empreinte,
            colonnes_url=self.import_url("_colonnes", sorte=sorte, jeton=jeton),
            title=f"Aperçu de l'import : {depot.fichier.nom}",
            apercu=apercu,
            groupes=[(sort, apercu.of(sort)) for sort in Sort],
            dits=ressource.groupes_de_l_apercu(apercu),
            depot=depot,
            provenance=provenance,
            ignorees=table.ignorees,
            remarques=ressource.remarques,
            refus_url=self.import_url("_refus", sorte=sorte, jeton=jeton),
        )

    def import_written(self, request, depot, jeton, apercu, fait):
        """Say what was written; what was refused stays aside, to be downloaded and corrected."""
        refused = {ligne.numero for ligne in apercu.of(Sort.REFUSEE)}
        told = pluriel(apercu.a_ecrire, "ligne importée,lignes importées")
        if refused:
            left = pluriel(len(refused), "reste refusée,restent refusées")
            told = f"{told} ; {left}"
        self.message_user(request, with_undo(told, fait), messages.SUCCESS)
        if not refused:
            depots.forget(jeton)
            return HttpResponseRedirect(self.changelist_url())
        depot.keep_rows(refused)
        depots.keep(depot, jeton)
        return HttpResponseRedirect(request.path)

    def import_refused(self, request, sorte, jeton):
        """Send the refused rows as they were written, each with why: a file to correct and send again."""
        deposited = self.deposited(request, sorte, jeton)
        if deposited is None:
            return self.import_over(request)
        ressource, depot, table, provenance = deposited
        apercu = preview(ressource, table, request.user, provenance)
        apercu.in_words_of(depot.colonnes)
        fichier = depot.fichier
        kept = [i for i, header in enumerate(fichier.entetes) if header != REFUS]
        cells = dict(fichier.lignes)
        rows = [
            [*(cells[ligne.numero][i] for i in kept), " ; ".join(map(str, ligne.refus))]
            for ligne in apercu.of(Sort.REFUSEE)
            # What a list has not has no row, and is not sent back.
            if ligne.numero in cells
        ]
        headers = [*(fichier.entetes[i] for i in kept), REFUS]
        return FORMATS["tableur"].answer(headers, rows, f"refus-{sorte}")


def unknown_names(depot, ressource):
    """Return what was said of the headers that are not known by their own name."""
    known = known_columns(depot.fichier, ressource)
    return {
        header: column
        for header, column in depot.colonnes.items()
        if known.get(bare_name(header)) != column
    }


def provenance_of(depot):
    """Return who says the dates of a file, as its agent told, or None."""
    if depot.connaissance:
        jour = datetime.date.fromisoformat(depot.connaissance)
        return Provenance(Source.connaissance_du_service(jour), depot.detail)
    source = Source.objects.filter(pk=depot.source).first()
    return source and Provenance(source)


def with_undo(told, fait):
    """Return what an import did, with the link that takes it back."""
    if fait is None:
        return f"{told}."
    url = admin_url(fait, "undo")
    return format_html('{}. <a href="{}">Annuler cet import</a>', told, url)


def may_write(user, ressource):
    """Tell whether `user` may add and change the records that the rows of `ressource` are."""
    return all(
        user.has_perm(f"{model._meta.app_label}.{action}_{model._meta.model_name}")
        for model in ressource.models
        for action in ("add", "change")
    )


# A row to imitate, in the formats of an office.
TEMPLATES = {"csv": FORMATS["tableur"], "xlsx": FORMATS["xlsx"]}
