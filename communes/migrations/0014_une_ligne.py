import socle.lignes
from django.db import migrations
from socle.migrations._lignes import put_on_one_line


def on_one_line(apps, schema_editor):
    put_on_one_line(apps, "communes", Migration.operations)


class Migration(migrations.Migration):

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('communes', '0013_journal_des_comptes'),
    ]

    operations = [
        migrations.RunPython(on_one_line, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name='agent',
            constraint=socle.lignes.UneLigne(fields=('password', 'username', 'first_name', 'last_name', 'email', 'role'), name='communes_agent_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='anciencode',
            constraint=socle.lignes.UneLigne(fields=('code', 'nature', 'nom'), name='communes_anciencode_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='anciennomcommune',
            constraint=socle.lignes.UneLigne(fields=('nom',), name='communes_anciennomcommune_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='anciennomintercommunalite',
            constraint=socle.lignes.UneLigne(fields=('nom',), name='communes_anciennomintercommunalite_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='commune',
            constraint=socle.lignes.UneLigne(fields=('nom', 'nom_recherche', 'code_insee', 'siren'), name='communes_commune_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='contourcommune',
            constraint=socle.lignes.UneLigne(fields=('attribution',), name='communes_contourcommune_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='contourdepartement',
            constraint=socle.lignes.UneLigne(fields=('attribution',), name='communes_contourdepartement_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='departement',
            constraint=socle.lignes.UneLigne(fields=('code', 'nom', 'tenue', 'tenue_postes', 'courriel_service'), name='communes_departement_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='fonddecarte',
            constraint=socle.lignes.UneLigne(fields=('attribution', 'empreinte'), name='communes_fonddecarte_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='fonddefrance',
            constraint=socle.lignes.UneLigne(fields=('attribution', 'empreinte'), name='communes_fonddefrance_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='intercommunalite',
            constraint=socle.lignes.UneLigne(fields=('nom', 'nom_recherche', 'siren', 'nature'), name='communes_intercommunalite_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='journaldroits',
            constraint=socle.lignes.UneLigne(fields=('par_nom', 'agent_nom', 'droit'), name='communes_journaldroits_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='labellisation',
            constraint=socle.lignes.UneLigne(fields=('id_pvd', 'precision_debut', 'precision_adhesion', 'precision_fin', 'motif_sortie'), name='communes_labellisation_une_ligne'),
        ),
        migrations.AddConstraint(
            model_name='region',
            constraint=socle.lignes.UneLigne(fields=('code', 'nom'), name='communes_region_une_ligne'),
        ),
    ]
