"""The guided actions: who may do them, what they refuse, and all that they write at once."""

import datetime

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from communes.models import Agent, Labellisation, Mouvement
from communes.programme.liste.connues import ABSENTE
from ort.models import Avenant, CommuneCouverte, Convention, Document
from ort.regles import date_fin_au
from projects.postes.models import Poste, Recrutement
from pvd.bureau.gestes import GESTES
from pvd.bureau.gestes.base import Geste
from pvd.bureau.gestes.ecriture import free_key
from pvd.bureau.perimetre import Perimetre
from pvd.suivi.verifications import constats
from socle.courriels import send_mail
from socle.fichiers.stockage import MARQUE
from socle.models import Affirmation, Source
from socle.sources import record_type
from tests import factories
from tests.vues import SansLaPage


def address(slug, record):
    return reverse("admin:geste", args=[slug, record.pk])


def typed(**fields):
    """Return what an agent types, with a new source, in the words of the form."""
    source = {"source_titre": "Convention signée", "source_editeur": "Préfecture"}
    return {"date": "06/07/2023", "precision": "jour"} | source | fields


def do(client, slug, record, **fields):
    """Fill in the form and confirm what it shows; return the page that follows."""
    return fill_and_confirm(client, address(slug, record), typed(**fields))


def fill_and_confirm(client, url, data):
    """Send a form, then confirm the preview that it shows; a form that is refused is the answer."""
    shown = client.post(url, data)
    if not (shown.context and "apercu" in shown.context):
        return shown
    return client.post(url, data | confirming(shown))


def confirming(shown):
    """Return what the button « Confirmer » of a preview sends besides its fields."""
    return {"apercu": shown.context["apercu"], "_confirmer": "Confirmer"}


def refusal(client, slug, record, **fields):
    """Return every error that the form shows; nothing must have been confirmed."""
    answer = do(SansLaPage(client), slug, record, **fields)
    assert answer.status_code == 200
    return " ".join(str(e) for errors in answer.context["form"].errors.values() for e in errors)


def laureate(code="34142", **fields):
    town = factories.commune(code, epci=factories.intercommunalite("200000001"))
    return factories.labellisation(town, **fields)


@pytest.fixture
def shared(db):
    """Return the ORT of La Salvetat: communes of the Hérault and of the Tarn, kept by the Hérault."""
    epci = factories.intercommunalite("200066553", nom="CC du Haut-Languedoc")
    towns = [factories.commune(code, epci=epci) for code in ("34293", "81124")]
    factories.commune("81192", epci=epci)
    return factories.convention("2022-07-28", towns, porteur=epci, duree_annees=5)


def one_of_each(code="34"):
    """Return, for each geste, a record of a département to which it can happen."""
    town = factories.commune(f"{code}142", epci="new")
    departement = town.departement
    signed = factories.convention(communes=[town], departement_reference=departement)
    held, vacant, offered = (factories.poste([town]) for _ in range(3))
    factories.occupation(held, "2022-01-01")
    Recrutement.objects.create(poste=offered, date_publication="2023-01-01")
    left = factories.labellisation(factories.commune(f"{code}002"), fin="2022-01-01")
    running = factories.labellisation(town)
    shared = factories.poste([town, factories.commune(f"{code}003")])
    return {
        "signer-adhesion": running,
        "quitter-le-programme": running,
        "garder-dans-le-programme": absent_of_a_list(running),
        "revenir-dans-le-programme": left,
        "signer-convention": factories.convention(None, departement_reference=departement),
        "avenant": signed,
        "completer-la-convention": signed,
        "confirmer-le-regroupement": grouped_by_rule(signed),
        "separer-ou-reunir": signed,
        "tenir-un-bilan": signed,
        "presenter-a-une-assemblee": signed,
        "bilan-joindre-le-document": factories.bilan(signed, "2024-07-06"),
        "changer-de-chef-de-projet": held,
        "arrivee": vacant,
        "depart": held,
        "publier-une-offre": vacant,
        "issue-de-l-offre": offered,
        "fermer-le-poste": vacant,
        "prolonger-un-contrat": held,
        "poste-ajouter-communes": vacant,
        "poste-retirer-communes": shared,
        "ajouter-un-cofinancement": vacant,
        **one_of_each_action(town, signed, running),
    }


def grouped_by_rule(convention):
    """Return a convention, once a national list is made to say how it was put together."""
    factories.regroupement(convention)
    return convention


def absent_of_a_list(labellisation):
    """Return a time in the programme, once a national list is made to say nothing of it."""
    said = {"champ": "fin", "valeur_brute": ABSENTE, "retenue": False}
    Affirmation.objects.create(fiche=labellisation, source=factories.source(), **said)
    return labellisation


def one_of_each_action(town, signed, running):
    """Return, for each geste of a plan, a record of a commune to which it can happen."""
    new, paused, blocked, dropped = (factories.action([town], signed) for _ in range(4))
    factories.fait(paused, "pause", "2024-01-01")
    factories.fait(blocked, "blocage", "2024-01-01")
    factories.fait(dropped, "abandon", "2024-01-01")
    asked, granted = factories.financement(new), factories.financement(new, "dsil")
    factories.fait_financement(asked, "demande", "2024-01-01", 1000)
    factories.fait_financement(granted, "accord", "2024-01-01", 1000)
    factories.avenant(signed, "2024-01-01")
    factories.action([town], adhesions=[running])
    to_action = ("demarrer", "signaler-un-blocage", "mettre-en-pause", "achever", "abandonner")
    to_action += ("reviser-le-calendrier", "reviser-le-cout", "deposer-une-demande")
    to_action += ("enregistrer-un-accord", "enregistrer-un-versement")
    to_asked = ("deposer-la-demande", "enregistrer-un-accord", "refus-ou-sans-suite")
    to_granted = ("enregistrer-un-versement", "modifier-l-accord", "proroger", "retirer")
    to_granted += ("joindre-la-decision",)
    asked_for, ordered, delivered = (factories.etude([town], signed) for _ in range(3))
    for study, nature in ((asked_for, "demandee"), (ordered, "commandee"), (delivered, "rendue")):
        factories.fait_etude(study, nature, "2024-01-01")
    to_study = ("commander", "abandonner", "reviser-le-cout", "deposer-une-demande")
    to_study += ("enregistrer-un-accord", "enregistrer-un-versement")
    return {
        **{f"etude-{slug}": asked_for for slug in to_study},
        "etude-rendre": ordered,
        "etude-valider": delivered,
        "etude-joindre-le-rapport": delivered,
        "noter-qui-est-venu": factories.evenement("2024-02-29", [town.departement]),
        **{f"action-{slug}": new for slug in to_action},
        "action-lever-le-blocage": blocked,
        "action-reprendre": paused,
        "action-relancer": dropped,
        **{f"financement-{slug}": asked for slug in to_asked},
        **{f"financement-{slug}": granted for slug in to_granted},
        "action-situer": new,
        "action-relever-un-indicateur": new,
        "action-fixer-une-cible": new,
        "ort-relever-un-indicateur": signed,
        "ort-fixer-une-cible": signed,
        "commune-relever-un-indicateur": running,
        "commune-fixer-une-cible": running,
        "attacher-les-actions-de-l-adhesion": signed,
        "appliquer-un-avenant-au-plan": signed,
    }


# Those that happen to a record, and those that make one.
DONE_TO_A_RECORD = [slug for slug, geste in GESTES.items() if not geste.creates]
MAKING = [slug for slug, geste in GESTES.items() if geste.creates]


def statuses(client, url, sent, asked=("get", "post")):
    answers = {"get": lambda: client.get(url), "post": lambda: client.post(url, sent)}
    return {answers[method]().status_code for method in asked}


def listed(client, slug):
    """Return what the list of the records of a geste answers, and the keys that it names."""
    answer = client.get(reverse("admin:gestes", args=[slug]))
    named = answer.context["named"] if answer.status_code == 200 else []
    return answer.status_code, {pk for pk, _ in named}


def test_who_may_open_a_geste(agent_34, agent_81, lecteur_34, referent_34, national):
    records = one_of_each()
    # One role reads each page, and sends a form that is filled in: what it changes is shown to all alike.
    roles = {agent_34: (200, typed())}
    refused = {lecteur_34: 403, agent_81: 404}
    for client, status in {referent_34: 200, national: 200, **refused}.items():
        roles[SansLaPage(client)] = (status, {})
    for number, slug in enumerate(DONE_TO_A_RECORD):
        record = records[slug]
        for rank, (client, (usual, sent)) in enumerate(roles.items()):
            # Any agent notes its own communes at any event.
            anybody = slug == "noter-qui-est-venu" and client.agent == agent_81.agent
            status = 200 if anybody else usual
            case = (slug, client.agent.username)
            # What opens for two others is read by one and sent by the other, in turn.
            asked = (
                {"get", "post"} if sent or status != 200 else {("get", "post")[(number + rank) % 2]}
            )
            assert statuses(client, address(slug, record), sent, asked) == {status}, case
            opened, keys = listed(client, slug)
            assert opened == (403 if status == 403 else 200), case
            assert (record.pk in keys) == (status == 200), case
        assert Client().get(address(slug, record)).status_code == 302, slug
    # And a refusal is the page of one.
    for client, status in refused.items():
        assert statuses(client, address("avenant", records["avenant"]), {}) == {status}


def test_who_may_open_a_geste_that_makes_a_record(agent_34, lecteur_34, referent_34, national):
    roles = (agent_34, referent_34, national, lecteur_34)
    homes = {client.agent: client.get("/admin/").content.decode() for client in roles}
    poste = factories.poste([factories.commune("34142")])
    # The one role that may do all of them reads their pages.
    agents = [client if client == national else SansLaPage(client) for client in roles]
    for slug in MAKING:
        url = reverse("admin:gestes", args=[slug])
        theirs = 403 if GESTES[slug].model is Mouvement else 200
        expected = dict(zip(agents, (theirs, theirs, 200, 403), strict=True))
        for client, status in expected.items():
            case = (slug, client.agent.username)
            assert statuses(client, url, typed()) == {status}, case
            assert (url in homes[client.agent]) == (status == 200), case
        assert Client().get(url).status_code == 302, slug
        # It happens to no record that is already there, even by an address made by hand.
        answer = national.post(address(slug, poste), typed() | {"_confirmer": "Confirmer"})
        assert (answer.status_code, Poste.objects.count()) == (404, 1), slug


def test_an_unknown_geste_or_record_is_not_there(agent_34):
    for url in ("/admin/gestes/detruire/", "/admin/gestes/arrivee/999/"):
        assert agent_34.get(url).status_code == 404


def test_a_post_without_its_token_is_refused(db):
    agent = factories.agent("a34", [factories.departement("34")])
    client = Client(enforce_csrf_checks=True)
    client.force_login(agent)
    assert do(client, "signer-adhesion", laureate()).status_code == 403


def test_the_button_is_on_the_page_while_the_geste_is_possible(agent_34, lecteur_34):
    record = laureate()
    page = reverse("admin:communes_labellisation_change", args=[record.pk])
    link = address("signer-adhesion", record)
    assert link in agent_34.get(page).content.decode()
    assert link not in lecteur_34.get(page).content.decode()
    do(agent_34, "signer-adhesion", record)
    assert link not in agent_34.get(page).content.decode()


def test_what_changes_is_shown_and_nothing_is_written_before_confirming(agent_34):
    record = laureate()
    answer = agent_34.post(
        address("quitter-le-programme", record), typed(date="01/12/2023", motif="Choix du conseil")
    )
    page = answer.content.decode()
    assert "quitte le programme le 1er décembre 2023" in page
    changed = {c.chiffre: (c.avant, c.apres) for c in answer.context["effects"].changements}
    assert changed["communes lauréates"] == (1, 0)
    record.refresh_from_db()
    assert record.fin is None
    assert not Source.objects.exists()
    assert record.history.count() == 1


class DeposerEtPrevenir(Geste):
    """Writes all that an act may leave outside of the base: a file, a mail, a mail after the commit."""

    slug = "deposer-et-prevenir"
    model = Convention

    def candidates(self, records, jour):
        return records

    def communes(self, record, data):
        return record.couvertures.values("commune")

    def phrases(self, record, data):
        return []

    def write(self, record, form, reason):
        document = factories.document(record)
        send_mail("Acte déposé", str(document), ["prefecture@exemple.fr"])
        transaction.on_commit(lambda: send_mail("Écrit", "", ["prefecture@exemple.fr"]))
        return record, []


def test_a_geste_previewed_writes_no_row_sends_no_mail_and_leaves_no_file(
    agent_34, shared, documents_folder, mailoutbox, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setitem(GESTES, DeposerEtPrevenir.slug, DeposerEtPrevenir())
    with django_capture_on_commit_callbacks(execute=True) as put_off:
        shown = agent_34.post(address(DeposerEtPrevenir.slug, shared), typed())
    assert shown.context["effects"]
    assert not Document.objects.exists()
    assert not Document.history.exists()
    assert not Source.objects.exists()
    assert (mailoutbox, put_off) == ([], [])
    # The folder bears its mark, and no document.
    left = [path for path in documents_folder.rglob("*") if path.is_file()]
    assert [path for path in left if path.name != MARQUE] == []
    with django_capture_on_commit_callbacks(execute=True):
        do(agent_34, DeposerEtPrevenir.slug, shared)
    document = Document.objects.get()
    assert [mail.subject for mail in mailoutbox] == ["Acte déposé", "Écrit"]
    assert document.fichier.storage.exists(document.fichier.name)


def test_a_confirmation_clicked_twice_leads_to_what_it_did(agent_34, poste):
    """It is its own work that the page would tell its user, and offer to do again."""
    url = address("arrivee", poste)
    data = typed(titulaire="Dominique") | confirming(
        agent_34.post(url, typed(titulaire="Dominique"))
    )
    answers = [agent_34.post(url, data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert poste.occupations.count() == 1
    told = [str(message) for message in get_messages(answers[1].wsgi_request)]
    assert any("vous avez enregistré : « Arrivée d'un chef de projet »" in each for each in told)


def test_a_preview_overtaken_is_shown_again_with_who_wrote(agent_34, referent_34, poste):
    url, data = address("arrivee", poste), typed(titulaire="Dominique")
    data |= confirming(agent_34.post(url, data))
    do(referent_34, "arrivee", poste, titulaire="Camille")
    again = agent_34.post(url, data)
    assert (again.status_code, poste.occupations.count()) == (200, 1)
    told = [str(message) for message in again.context["messages"]]
    name = referent_34.agent.get_username()
    assert told[0].startswith(f"Depuis votre aperçu, {name} a enregistré : « Arrivée")
    assert agent_34.post(url, data | confirming(again)).status_code == 302


def test_a_preview_whose_figures_moved_is_shown_again(agent_34, shared):
    """Someone else wrote elsewhere: nothing of this record, but what it changes is not the same."""
    town = shared.couvertures.get(commune="34293").commune
    url, data = address("avenant", shared), typed(communes=["81192"])
    data |= confirming(agent_34.post(url, data))
    factories.convention("2023-01-01", [factories.commune("81192")], intitule="ORT de l'autre")
    again = agent_34.post(url, data)
    assert (again.status_code, town.couvertures.count()) == (200, 1)
    assert any("n'est plus le même" in str(message) for message in again.context["messages"])
    assert not shared.avenants.exists()


@pytest.mark.une_base
def test_what_was_not_shown_is_not_confirmed(agent_34):
    record = laureate()
    url = address("signer-adhesion", record)
    for forged in ({}, {"apercu": ""}, {"apercu": "0-0.abc"}):
        answer = agent_34.post(url, typed() | {"_confirmer": "Confirmer"} | forged)
        assert "effects" in answer.context
    record.refresh_from_db()
    assert record.date_signature_adhesion is None


@pytest.mark.une_base
def test_one_may_go_back_to_the_form(agent_34):
    record = laureate()
    answer = agent_34.post(address("signer-adhesion", record), typed(_modifier="Modifier"))
    assert "06/07/2023" in answer.content.decode()
    assert "form" in answer.context
    assert "effects" not in answer.context


def test_signing_the_adhesion_writes_its_date_its_source_and_its_reason(agent_34):
    record = laureate()
    answer = do(agent_34, "signer-adhesion", record, commentaire="Reçue par courrier")
    assert answer.url == reverse("admin:communes_commune_page", args=[record.commune_id])
    record.refresh_from_db()
    assert record.date_signature_adhesion == datetime.date(2023, 7, 6)
    said = Affirmation.objects.get()
    assert (said.fiche, said.champ) == (record, "date_signature_adhesion")
    assert (said.valeur, said.retenue) == ("2023-07-06", True)
    assert (said.source.titre, said.source.editeur) == ("Convention signée", "Préfecture")
    version = record.history.latest()
    assert version.history_change_reason == "Convention d'adhésion signée : Reçue par courrier"
    assert version.history_user == agent_34.agent


def test_a_date_known_to_the_month_is_kept_on_its_first_day(agent_34):
    record = laureate()
    do(agent_34, "quitter-le-programme", record, date="15/12/2023", precision="mois", motif="Voté")
    record.refresh_from_db()
    assert (record.fin, record.precision_fin) == (datetime.date(2023, 12, 1), "mois")
    assert record.motif_sortie == "Voté"


def test_a_commune_that_left_comes_back_with_a_record_of_its_own(agent_34):
    left = laureate(fin="2022-01-01", id_pvd="pvd-76-34-1")
    early = refusal(agent_34, "revenir-dans-le-programme", left, date="31/12/2021")
    assert "déjà dans le programme à ces dates" in early
    do(agent_34, "revenir-dans-le-programme", left, date="01/01/2022")
    back = Labellisation.objects.get(fin__isnull=True)
    assert (back.debut, back.id_pvd) == (datetime.date(2022, 1, 1), "pvd-76-34-1")
    again = do(agent_34, "revenir-dans-le-programme", left, date="01/01/2023")
    assert again.status_code == 302
    assert Labellisation.objects.count() == 2


@pytest.mark.une_base
def test_a_day_to_come_is_refused_and_today_is_not(agent_34):
    record = laureate()
    today = timezone.localdate()
    tomorrow = f"{today + datetime.timedelta(days=1):%d/%m/%Y}"
    assert "à venir" in refusal(agent_34, "signer-adhesion", record, date=tomorrow)
    assert do(agent_34, "signer-adhesion", record, date=f"{today:%d/%m/%Y}").status_code == 302


@pytest.mark.une_base
def test_a_source_is_asked_for_one_and_only_one(agent_34):
    record, source = laureate(), factories.source()
    none = {"source_titre": "", "source_editeur": ""}
    assert "Indiquez la source" in refusal(agent_34, "signer-adhesion", record, **none)
    assert "pas les deux" in refusal(agent_34, "signer-adhesion", record, source=source.pk)
    unsigned = refusal(agent_34, "signer-adhesion", record, source_editeur="")
    assert "qui a écrit" in unsigned
    do(agent_34, "signer-adhesion", record, source=source.pk, **none)
    assert Affirmation.objects.get().source == source


def test_two_sources_of_one_title_have_two_keys(db):
    factories.source("avenant-no-1")
    assert free_key("Avenant no 1") == "avenant-no-1-2"
    assert free_key("« »") == "source"


def test_signing_a_convention_brings_its_communes_in(agent_34):
    record = factories.convention(None, [laureate().commune])
    answer = agent_34.post(address("signer-convention", record), typed(duree_annees=5))
    changed = {c.chiffre: (c.avant, c.apres) for c in answer.context["effects"].changements}
    assert changed["ORT"] == (0, 1)
    do(agent_34, "signer-convention", record, duree_annees=5)
    record.refresh_from_db()
    assert (record.date_signature, record.duree_annees) == (datetime.date(2023, 7, 6), 5)
    assert record.affirmations.get().champ == "date_signature"


def test_an_avenant_adds_communes_in_one_go(agent_81, shared):
    fields = {"communes": ["81192"], "date": "11/01/2023", "numero": 1}
    assert do(agent_81, "avenant", shared, **fields).status_code == 302
    avenant = Avenant.objects.get()
    assert (avenant.convention, avenant.numero) == (shared, 1)
    assert avenant.affirmations.get().valeur == "2023-01-11"
    entered = CommuneCouverte.objects.get(entree=avenant)
    assert (entered.commune_id, entered.convention) == ("81192", shared)
    assert {avenant.history.get().history_change_reason} == {"Avenant qui ajoute des communes"}
    twice = refusal(agent_81, "avenant", shared, **fields)
    assert "Déjà dans cette ORT" in twice


def test_an_avenant_settles_what_a_source_said_of_the_entry(agent_34, shared):
    town = factories.commune("34194", nom="Paulhan")
    doubted = Affirmation.objects.create(
        content_type=record_type(town),
        object_id=town.pk,
        champ="date_entree_ort",
        valeur_brute="2026-10-03",
        source=factories.source(),
        retenue=False,
    )
    perimetre = Perimetre(agent_34.agent)
    assert constats(perimetre, timezone.localdate(), "ecartee").count() == 1
    do(agent_34, "avenant", shared, communes=["34194"], date="10/03/2026")
    assert Affirmation.objects.ecartees().get() == doubted
    assert constats(perimetre, timezone.localdate(), "ecartee").count() == 0


@pytest.mark.parametrize(("month", "status"), [("30/06/2022", 200), ("01/07/2022", 302)])
def test_an_avenant_known_to_the_month_may_be_of_that_of_its_convention(
    agent_34, shared, month, status
):
    """The convention was signed on 28 July 2022: « juillet 2022 » may be after it."""
    fields = {"communes": ["81192"], "date": month, "precision": "mois"}
    assert do(agent_34, "avenant", shared, **fields).status_code == status
    assert Avenant.objects.count() == (status == 302)


def test_a_commune_out_of_reach_is_refused_to_a_hand_made_request(agent_34, agent_81, shared):
    factories.commune("12001")
    for client in (agent_34, agent_81):
        assert "12001" in refusal(client, "avenant", shared, communes=["12001"])
    assert not Avenant.objects.exists()


def test_an_avenant_before_its_convention_is_refused(agent_34, shared):
    fields = {"communes": ["81192"], "date": "27/07/2022"}
    told = refusal(agent_34, "avenant", shared, **fields)
    assert "avant sa convention, signée le 28 juillet 2022" in told
    fields["date"] = "28/07/2022"
    assert do(agent_34, "avenant", shared, **fields).status_code == 302


def test_an_avenant_of_a_number_already_taken_is_refused(agent_34, shared):
    factories.avenant(shared, numero=1)
    told = refusal(agent_34, "avenant", shared, duree_annees=6, numero=1)
    assert "déjà un avenant de ce numéro" in told
    assert Avenant.objects.count() == 1


def test_a_commune_whose_exit_is_not_signed_is_not_added_again(agent_34, shared):
    inside = CommuneCouverte.objects.get(commune="81124")
    inside.sortie = factories.avenant(shared, None)
    inside.save()
    told = refusal(agent_34, "avenant", shared, communes=["81124"])
    assert "Déjà dans cette ORT" in told


def test_an_avenant_removes_communes_that_had_come_in(agent_34, shared):
    inside = CommuneCouverte.objects.get(commune="81124")
    late = factories.avenant(shared, "2024-01-01", [factories.commune("34001")])
    newcomer = CommuneCouverte.objects.get(entree=late)
    told = refusal(agent_34, "avenant", shared, couvertures=[newcomer.pk])
    assert "n'y était pas encore entrée" in told
    do(agent_34, "avenant", shared, couvertures=[inside.pk])
    inside.refresh_from_db()
    assert inside.sortie.date_signature == datetime.date(2023, 7, 6)
    assert inside.history.latest().history_change_reason == "Avenant qui retire des communes"


def test_a_commune_of_another_convention_cannot_be_removed(agent_34, shared):
    other = factories.convention(communes=[factories.commune("12001")])
    row = CommuneCouverte.objects.get(convention=other)
    refusal(agent_34, "avenant", shared, couvertures=[row.pk])
    row.refresh_from_db()
    assert row.sortie is None


def test_an_avenant_extends_and_never_shortens(agent_34, shared):
    assert "déjà de 5 ans" in refusal(agent_34, "avenant", shared, duree_annees=5)
    do(agent_34, "avenant", shared, duree_annees=7)
    assert date_fin_au(shared, timezone.localdate()) == datetime.date(2029, 7, 28)


def test_an_unsigned_convention_has_no_avenant(agent_34):
    unsigned = factories.convention(None)
    answer = do(agent_34, "avenant", unsigned, duree_annees=7)
    assert answer.status_code == 302
    assert not Avenant.objects.exists()


@pytest.fixture
def poste(db):
    return factories.poste([factories.commune("34142")])


def test_a_chef_de_projet_follows_another(agent_34, poste):
    leaving = factories.occupation(poste, "2022-01-01", titulaire="Camille")
    fields = {"occupation": leaving.pk, "depart": "31/08/2023", "date": "15/09/2023"}
    do(agent_34, "changer-de-chef-de-projet", poste, titulaire="Dominique", **fields)
    leaving.refresh_from_db()
    assert leaving.fin == datetime.date(2023, 9, 1)
    came = poste.occupations.get(fin__isnull=True)
    assert (came.titulaire, came.debut) == ("Dominique", datetime.date(2023, 9, 15))
    said = {(a.champ, a.valeur) for a in Affirmation.objects.all()}
    assert said == {("fin", "2023-09-01"), ("debut", "2023-09-15")}


def test_nobody_leaves_before_arriving_nor_after_today(agent_34, poste):
    holder = factories.occupation(poste, "2022-01-01")
    for day, told in (("31/12/2021", "est arrivée"), ("01/01/2099", "à venir")):
        assert told in refusal(agent_34, "depart", poste, occupation=holder.pk, depart=day)
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert do(agent_34, "depart", poste, occupation=holder.pk, depart=today).status_code == 302


def test_the_holder_of_another_post_cannot_be_made_to_leave(agent_34, poste):
    factories.occupation(poste, "2022-01-01")
    theirs = factories.occupation(factories.poste([factories.commune("12001")]), "2022-01-01")
    refusal(agent_34, "depart", poste, occupation=theirs.pk, depart="31/08/2023")
    theirs.refresh_from_db()
    assert theirs.fin is None


def test_an_offer_is_published_then_has_an_outcome(agent_34, poste):
    do(agent_34, "publier-une-offre", poste, date_cloture="01/01/2099")
    offer = Recrutement.objects.get()
    assert offer.date_cloture == datetime.date(2099, 1, 1)
    assert do(agent_34, "publier-une-offre", poste).status_code == 302
    assert Recrutement.objects.count() == 1
    fields = {"recrutement": offer.pk, "issue": "recrute"}
    assert "précéder" in refusal(agent_34, "issue-de-l-offre", poste, date="05/07/2023", **fields)
    do(agent_34, "issue-de-l-offre", poste, date="07/07/2023", **fields)
    offer.refresh_from_db()
    assert (offer.issue, offer.date_issue) == ("recrute", datetime.date(2023, 7, 7))


def test_closing_a_post_ends_the_time_of_who_holds_it(agent_34, poste):
    holder = factories.occupation(poste, "2022-01-01")
    do(agent_34, "fermer-le-poste", poste)
    holder.refresh_from_db()
    poste.refresh_from_db()
    assert holder.fin == poste.date_fermeture == datetime.date(2023, 7, 6)


def test_someone_who_loses_the_right_is_refused_at_once(agent_34):
    record = laureate()
    Agent.objects.get(pk=agent_34.agent.pk).departements.clear()
    assert do(agent_34, "signer-adhesion", record).status_code == 403


# What the service knows by itself.

CALL = {"source_titre": "", "source_editeur": "", "connaissance": "on"}


def test_a_call_is_a_source_in_one_click_and_how_it_is_known_stays_inside(agent_34, client):
    town = factories.commune("34142", epci="new", nom="Lodève")
    record = factories.labellisation(town)
    known = CALL | {"connaissance_jour": "10/07/2023", "connaissance_detail": "appel de Mme Durand"}
    assert do(agent_34, "signer-adhesion", record, **known).status_code == 302
    said = Affirmation.objects.get(champ="date_signature_adhesion")
    assert (said.source.titre, said.source.genre) == (
        "Connaissance du service, 10 juillet 2023",
        Source.Genre.SERVICE,
    )
    assert said.detail_interne == "appel de Mme Durand"
    page = client.get("/communes/34142/").content.decode()
    assert "Connaissance du service, 10 juillet 2023" in page
    assert "Durand" not in page


def test_a_call_of_today_needs_no_day(agent_34):
    record = factories.labellisation(factories.commune("34142", epci="new"))
    assert do(agent_34, "signer-adhesion", record, **CALL).status_code == 302
    assert Source.objects.get().date_document == timezone.localdate()


@pytest.mark.une_base
@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (CALL | {"source_titre": "Une lettre"}, "Choisissez un document ou le service"),
        (CALL | {"connaissance": "", "connaissance_detail": "un appel"}, "Cochez pour que"),
        (CALL | {"connaissance": ""}, "Indiquez la source, le service"),
        (CALL | {"connaissance_jour": "01/01/2099"}, "Cette date est à venir"),
    ],
)
def test_one_source_is_told(fields, told, agent_34):
    record = factories.labellisation(factories.commune("34142", epci="new"))
    assert told in refusal(agent_34, "signer-adhesion", record, **fields)
