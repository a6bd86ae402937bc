# `make` alone lists the commands. All of them work in .venv, which they build
# themselves and refresh only when a lock of requirements/ has changed.

PORT ?= 8000
JOBS ?= auto
export PVD_DEPARTEMENT ?= 34

PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py

.PHONY: help run site demo site-demo test test-sqlite test-navigateur test-postgresql test-au-hasard couverture donnees textes lint format bench audit captures lock sauvegarde restauration

help: ## Cette liste
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## Prépare la base puis ouvre le site (PORT=8000, PVD_DEPARTEMENT=34, PVD_DEBUG=0)
	@sh tools/preparer.sh site "$(PORT)" $(MAKE) --no-print-directory site

site: .venv/.prod
	@echo "1/6 Mise à jour de la structure de la base"
	@$(MANAGE) migrate --verbosity 0
	@echo "2/6 Chargement des communes et des intercommunalités"
	@$(MANAGE) charger_territoire
	@echo "3/6 Chargement des contours des cartes"
	@$(MANAGE) charger_contours
	@echo "4/6 Chargement du programme : adhésions, ORT, chefs de projet"
	@$(MANAGE) charger_programme
	@echo "5/6 Création des comptes qui manquent"
	@$(MANAGE) creer_comptes --afficher
	@echo "6/6 Site ouvert sur http://127.0.0.1:$(PORT)/ (Ctrl-C pour l'arrêter)"
	@DJANGO_RUNSERVER_HIDE_WARNING=true $(MANAGE) runserver 127.0.0.1:$(PORT)

# Never the base nor the documents of the true site, even when the environment names them.
demo site-demo: export PVD_DEMO := 1
demo site-demo: export DATABASE_URL :=
demo site-demo: export PVD_DOCUMENTS_DIR :=
demo: ## Ouvre le site de démonstration : postes et plans inventés, base à part (PORT=8000)
	@sh tools/preparer.sh site "$(PORT)" $(MAKE) --no-print-directory site-demo

site-demo: .venv/.prod
	@echo "1/6 Mise à jour de la structure de la base de démonstration"
	@$(MANAGE) migrate --verbosity 0
	@echo "2/6 Chargement des communes et des intercommunalités"
	@$(MANAGE) charger_territoire
	@echo "3/6 Chargement des contours des cartes"
	@$(MANAGE) charger_contours
	@echo "4/6 Chargement du programme : adhésions, ORT"
	@$(MANAGE) charger_programme
	@echo "5/6 Chargement des postes et des plans inventés, création des comptes qui manquent"
	@$(MANAGE) charger_demonstration --jour $$(date +%F)
	@$(MANAGE) creer_comptes --afficher
	@echo "6/6 Démonstration ouverte sur http://127.0.0.1:$(PORT)/ (Ctrl-C pour l'arrêter)"
	@DJANGO_RUNSERVER_HIDE_WARNING=true $(MANAGE) runserver 127.0.0.1:$(PORT)

sauvegarde: .venv/.prod ## Écrit l'archive du site dans DOSSIER et dit son chemin (CLE=1 : avec la clé secrète)
	@test -n "$(DOSSIER)" || { echo "Donnez un dossier : make sauvegarde DOSSIER=/srv/sauvegardes" >&2; exit 1; }
	@$(MANAGE) sauvegarder "$(DOSSIER)" $(if $(filter 1,$(CLE)),--cle)

restauration: .venv/.prod ## Refait le site d'une ARCHIVE (FORCE=1 : remplace la base et les documents qui sont là)
	@test -n "$(ARCHIVE)" || { echo "Donnez une archive : make restauration ARCHIVE=/srv/sauvegardes/pvd-….tar.gz" >&2; exit 1; }
	@$(MANAGE) restaurer "$(ARCHIVE)" $(if $(filter 1,$(FORCE)),--force)

# The browser waits a lot, and leaves its core to another suite; two suites that do not only get in each
# other's way, and PostgreSQL comes after.
test: .venv/.dev ## Tous les tests : SQLite, vrai navigateur, vrai PostgreSQL (JOBS=auto : un processus par cœur)
	@$(PYTHON) -m tools.navigateur
	@$(PYTHON) -m tools.bureautique
	@$(PYTHON) -m tools.mandataire
	@echo "Trois suites, dont chacune s'affiche à sa fin : SQLite et navigateur, puis PostgreSQL"
	@$(MAKE) --no-print-directory -j 2 $(if $(filter output-sync,$(.FEATURES)),--output-sync) \
		test-sqlite test-navigateur
	@$(MAKE) --no-print-directory test-postgresql

# Whoever runs out of tests takes those of another.
PYTEST := $(PYTHON) -m pytest -q
PARALLEL := --numprocesses $(JOBS) --dist worksteal
# Eight processes read the same modules: the first compiles them, even where the machine says not to.
test test-% couverture: export PYTHONDONTWRITEBYTECODE :=

test-sqlite: .venv/.dev ## Les tests sur SQLite, sans ceux du navigateur
	@echo "SQLite"
	@$(PYTHON) -m tools.bureautique
	@$(PYTHON) -m tools.mandataire
	@env -u DATABASE_URL $(PYTEST) $(PARALLEL) -m "not e2e"

test-navigateur: .venv/.dev ## Les tests du navigateur, sur SQLite
	@$(PYTHON) -m tools.navigateur
	@$(PYTHON) -m tools.bureautique
	@env -u DATABASE_URL $(PYTEST) tests/e2e

# Rules, constraints, imports, sorts, rights, races: what a database may answer otherwise.
test-postgresql: .venv/.dev ## Les tests que la base peut changer, sur un PostgreSQL jetable
	@echo "PostgreSQL"
	@$(PYTHON) -m tools.bureautique
	@$(PYTHON) -m tools.pg -- $(PYTEST) $(PARALLEL) -m "deux_bases and not une_base"

test-au-hasard: .venv/.dev ## Les tests qui inventent leurs exemples, tirés au hasard et plus nombreux
	env -u DATABASE_URL $(PYTHON) -m pytest -m hypothesis --hypothesis-profile au_hasard

couverture: .venv/.dev ## Ce que les tests parcourent du code, sur SQLite ; refuse de descendre sous le plancher de pyproject.toml
	@rm -f .coverage .coverage.*
	@env -u DATABASE_URL $(PYTHON) -m coverage run -m pytest -q $(PARALLEL) -m "not e2e"
	@$(PYTHON) -m coverage combine --quiet
	@$(PYTHON) -m coverage report

# Those who read our data have tools of their own: neither the site nor its tests know them.
donnees: .venv/.prod .venv-donnees/.donnees ## Relit les données ouvertes du vrai Hérault par frictionless, pandas, DuckDB, rdflib et pyshacl
	@$(PYTHON) -m tools.donnees

textes: .venv/.dev ## Refait les textes des pages auxquels les tests les comparent (tests/livre/textes), à relire
	env -u DATABASE_URL ECRIRE_TEXTES=1 $(PYTHON) -m pytest -q tests/livre/test_textes.py

# What tells time, French, what a file holds, the facts and the rules: each has its types.
TYPED = socle/dates.py socle/periodes.py socle/francais.py socle/recherche.py \
	$(addprefix socle/fichiers/,a_part.py classeur.py colonnes.py enfant.py formats.py lecture.py nombres.py ods.py pdf.py xlsx.py) \
	$(wildcard socle/fichiers/tableau/*.py) \
	$(wildcard */regles.py */*/regles.py */faits.py */*/faits.py) \
	$(addprefix projects/,actions/coherence.py club/coherence.py etudes/coherence.py projet/plan/export.py \
	$(addprefix financements/,coherence.py delais.py)) $(wildcard projects/financements/alertes/*.py)

lint: .venv/.dev ## Format, style, gabarits, sens des imports, migrations, réglages de production
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy $(TYPED)
	$(PYTHON) -m djlint --lint --quiet templates
	.venv/bin/lint-imports --no-logo
	$(MANAGE) makemigrations --check --dry-run
	PVD_ENV=production PVD_ALLOWED_HOSTS=exemple.fr PVD_MANDATAIRE=aucun DATABASE_URL=sqlite:///:memory: \
	PVD_EDITEUR=x PVD_EDITEUR_ADRESSE=x PVD_EDITEUR_SIRET=00000000000000 PVD_EDITEUR_CONTACT=x \
	PVD_EDITEUR_DIRECTEUR=x PVD_EDITEUR_HEBERGEUR=x PVD_EDITEUR_DPO=x \
	PVD_SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(60))') \
	$(MANAGE) check --deploy --fail-level WARNING

format: .venv/.dev ## Corrige ce que « make lint » sait corriger
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

bench: .venv/.prod ## Compare le temps des pages à celui d'une page vide (OPTIONS=--france, --x10 ou --millesime)
	$(PYTHON) -m tools.bench $(OPTIONS)

audit: .venv/.dev ## Mesure les pages servies comme en production : Lighthouse et poids (LIGHTHOUSE=chemin)
	$(PYTHON) -m tools.navigateur
	$(PYTHON) -m tools.audit

captures: export ECRANS := $(ECRANS)
captures: .venv/.dev ## Refait les captures du guide et du README (docs/captures) ; ECRANS=dossier : dix écrans, trois largeurs, deux thèmes
	$(PYTHON) -m tools.navigateur
	$(PYTHON) -m tools.captures

lock: $(PYTHON) ## Recalcule requirements/*.txt (OPTIONS=--upgrade pour tout rajeunir)
	@tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; set -e; \
	uv=$$(command -v uv) || { \
		$(PYTHON) -m venv "$$tmp"; "$$tmp/bin/python" -m pip install -qq uv; uv="$$tmp/bin/uv"; }; \
	for list in prod dev donnees; do \
		"$$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header $(OPTIONS) requirements/$$list.in -o requirements/$$list.txt; \
	done

.venv/.%: requirements/%.txt
	@sh tools/preparer.sh venv $*

.venv-donnees/.donnees: requirements/donnees.txt
	@VENV=.venv-donnees sh tools/preparer.sh venv donnees

$(PYTHON):
	@sh tools/preparer.sh venv
