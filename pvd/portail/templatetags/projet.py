"""« Le projet » on the page of a place, whatever the room that shows the page."""

from django import template
from django.utils.html import format_html, format_html_join

from projects.evaluations.regles import BASE_LEGALE, NatureBilan
from projects.indicateurs.mots import valeur_en_mots
from projects.projet import mots
from projects.projet.lecture import axe_du_plan
from projects.projet.resultats import Resultats, attendus_des_communes
from projects.projet.resume import LieuDuProjet, Projet
from projects.projet.revues import revues_de, revues_lues
from socle.francais import UNKNOWN, UNKNOWN_DATE
from socle.templatetags.francais import date_nue
from socle.web.adresses import adresse_de, avec_date

register = template.Library()

# The sorts of `Tiers` that the site has a page of, under the same name.
AVEC_PAGE = ("commune", "intercommunalite")
BADGE = '<span class="fr-badge fr-badge--sm fr-badge--no-icon {}">{}</span>'
LIEN = '<a href="{}{}">{}</a>'

register.filter(axe_du_plan)
register.filter(mots.plan_en_mots)
register.filter(mots.accorde_en_mots)
register.filter(mots.verse_en_mots)


@register.filter
def cout_en_mots(cout):
    """Write a cost announced and its base, or say that none is known."""
    return mots.cout_en_mots(cout.montant, cout.base) if cout else UNKNOWN


@register.filter
def etat_en_badges(du_jour):
    """Write the state of an action on a day as a badge, words first, colour second; late beside it."""
    etat = du_jour.etat
    colour = f"fr-badge--{etat.couleur}" if etat.couleur else ""
    badge = format_html(BADGE, colour, etat.label)
    if not du_jour.en_retard:
        return badge
    return format_html("{} {}", badge, format_html(BADGE, "", "en retard"))


@register.filter
def fin_en_mots(du_jour):
    """Write the end of an action, or the last one announced, or say that none is known."""
    if fin := du_jour.fin:
        return date_nue(fin.jour, fin.precision)
    if prevue := du_jour.fin_prevue:
        told = date_nue(prevue.date_prevue, prevue.precision)
        return format_html('<span class="pvd-prevu">prévue\xa0: {}</span>', told)
    return UNKNOWN_DATE


# Written in Python: a template for each link was a quarter of the time of a list.
@register.simple_tag(takes_context=True)
def lien(context, page, cle, texte):
    """Write the link to the page of a record, on the day asked for."""
    return format_html(LIEN, adresse_de(page, cle), avec_date(context), texte)


@register.simple_tag(takes_context=True)
def lien_du_tiers(context, tiers):
    """Write who has an action done, or pays, as a link where the site has a page of it."""
    if tiers and tiers.sorte in AVEC_PAGE:
        return lien(context, tiers.sorte, tiers.code, tiers.nom)
    return (tiers and tiers.nom) or UNKNOWN


@register.simple_tag(takes_context=True)
def liens_des_communes(context, communes, jour):
    """Write the links to the pages of communes, under the names that they bore on `jour`."""
    demande = avec_date(context)
    links = ((adresse_de("commune", c.pk), demande, c.nom_au(jour)) for c in communes)
    return format_html_join(", ", LIEN, links) or "non renseignées"


@register.simple_tag(takes_context=True)
def projet_de(context, critere, valeur, situation=None):
    """Return the `Projet` of a place on the day of the page: one query while nothing is recorded.

    `situation` is that of a commune, which its page has read.
    """
    lieu, jour = LieuDuProjet(critere, valeur), context["jour"]
    if not situation:
        return Projet(lieu, jour)
    return Projet(lieu, jour, situation.faits.successions, [situation.commune])


@register.simple_tag(takes_context=True)
def premieres_mesures(context, projet, laureates):
    """Return what a département is first asked: of its communes, `Situation`s, then sums of its actions."""
    codes = {situation.commune.pk for situation in laureates}
    of_actions = Resultats(projet).premieres_sommes if projet.nombre else []
    return [*attendus_des_communes(codes, context["jour"]), *of_actions]


@register.simple_tag(takes_context=True)
def revues_du_lieu(context, critere, valeur, ort=None):
    """Return the reviews of the ORT of a place on the day of the page; `ort`, if its page has read them."""
    jour = context["jour"]
    if isinstance(ort, list):
        return revues_lues(ort, jour)
    return revues_de(LieuDuProjet(critere, valeur), jour)


@register.simple_tag
def evaluations_proches(revues):
    """Keep the reviews of which the five-year evaluation is past, or near, the earliest due first."""
    told = [revue for revue in revues if revue.evaluation]
    return sorted(told, key=lambda revue: revue.derniere(NatureBilan.QUINQUENNAL).jour)


@register.simple_tag
def base_legale():
    """Return the text that asks for the reviews, and that it is to be checked."""
    return BASE_LEGALE


@register.simple_tag(takes_context=True)
def demande_des_actions(context, projet, **criteres):
    """Return the query string of the list of actions that opens the rows of a figure."""
    lieu = projet.territoire
    place = {lieu.critere: lieu.valeur} if lieu.critere else {}
    return avec_date(context, **place, **criteres)


@register.filter
def valeur_de(indicateur, valeur):
    """Write a value of an indicator with its unit: « 27 façades »."""
    return valeur_en_mots(indicateur.unite, valeur)


@register.filter
def nombre_dans_l_etat(etat, number):
    """Write « 2 achevées »."""
    return mots.etats_en_mots({etat: number})
