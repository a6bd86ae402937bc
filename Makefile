# `make` alone lists the commands. All of them work in .venv, which they build
# themselves and refresh only when a lock of requirements/ has changed.

PORT ?= 8000
export PVD_DEPARTEMENT ?= 34

PYTHON := .venv/bin/python
MANAGE := $(PYTHON) manage.py

.PHONY: help run demo test test-sqlite test-postgresql test-au-hasard lint format bench audit captures lock

help: ## Cette liste
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/.prod ## Prépare la base puis ouvre le site (PORT=8000, PVD_DEPARTEMENT=34, PVD_DEBUG=0)
	@echo "1/6 Mise à jour de la structure de la base"
	@$(MANAGE) migrate --verbosity 0
	@echo "2/6 Chargement des communes et des intercommunalités"
	@$(MANAGE) charger_territoire
	@echo "3/6 Chargement des contours des cartes"
	@$(MANAGE) charger_contours
	@echo "4/6 Chargement du programme : adhésions, ORT, chefs de projet"
	@$(MANAGE) charger_programme
	@echo "5/6 Création des comptes qui manquent"
	@$(MANAGE) creer_comptes
	@echo "6/6 Site ouvert sur http://127.0.0.1:$(PORT)/ (Ctrl-C pour l'arrêter)"
	@DJANGO_RUNSERVER_HIDE_WARNING=true $(MANAGE) runserver 127.0.0.1:$(PORT)

# Never the base nor the documents of the true site, even when the environment names them.
demo: export PVD_DEMO := 1
demo: export DATABASE_URL :=
demo: export PVD_DOCUMENTS_DIR :=
demo: .venv/.prod ## Ouvre le site de démonstration : postes inventés, base à part (PORT=8000)
	@echo "1/6 Mise à jour de la structure de la base de démonstration"
	@$(MANAGE) migrate --verbosity 0
	@echo "2/6 Chargement des communes et des intercommunalités"
	@$(MANAGE) charger_territoire
	@echo "3/6 Chargement des contours des cartes"
	@$(MANAGE) charger_contours
	@echo "4/6 Chargement du programme : adhésions, ORT"
	@$(MANAGE) charger_programme
	@echo "5/6 Chargement des postes inventés, création des comptes qui manquent"
	@$(MANAGE) charger_demonstration --jour $$(date +%F)
	@$(MANAGE) creer_comptes
	@echo "6/6 Démonstration ouverte sur http://127.0.0.1:$(PORT)/ (Ctrl-C pour l'arrêter)"
	@DJANGO_RUNSERVER_HIDE_WARNING=true $(MANAGE) runserver 127.0.0.1:$(PORT)

test: test-sqlite test-postgresql ## Tous les tests : SQLite et vrai navigateur, puis vrai PostgreSQL

test-sqlite: .venv/.dev ## Les tests sur SQLite, ceux du navigateur compris
	$(PYTHON) -m tools.navigateur
	env -u DATABASE_URL $(PYTHON) -m pytest

# The browser tests ran on SQLite: a page does not change with the database behind it.
test-postgresql: .venv/.dev ## Les tests sur un PostgreSQL jetable, sans le navigateur
	$(PYTHON) -m tools.pg -- $(PYTHON) -m pytest -m "not e2e"

test-au-hasard: .venv/.dev ## Les tests qui inventent leurs exemples, tirés au hasard et plus nombreux
	env -u DATABASE_URL $(PYTHON) -m pytest -m hypothesis --hypothesis-profile au_hasard

lint: .venv/.dev ## Format, style, gabarits, sens des imports, migrations, réglages de production
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m djlint --lint --quiet templates
	.venv/bin/lint-imports --no-logo
	$(MANAGE) makemigrations --check --dry-run
	PVD_ENV=production PVD_ALLOWED_HOSTS=exemple.fr DATABASE_URL=sqlite:///:memory: \
	PVD_SECRET_KEY=$$($(PYTHON) -c 'import secrets; print(secrets.token_urlsafe(60))') \
	$(MANAGE) check --deploy --fail-level WARNING

format: .venv/.dev ## Corrige ce que « make lint » sait corriger
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

bench: .venv/.prod ## Compare le temps de quelques pages à celui d'une page vide
	$(PYTHON) -m tools.bench

audit: .venv/.dev ## Mesure les pages servies comme en production : Lighthouse et poids (LIGHTHOUSE=chemin)
	$(PYTHON) -m tools.navigateur
	$(PYTHON) -m tools.audit

captures: .venv/.dev ## Refait les captures du guide des agents (docs/captures)
	$(PYTHON) -m tools.navigateur
	$(PYTHON) -m tools.captures

lock: $(PYTHON) ## Recalcule requirements/*.txt (OPTIONS=--upgrade pour tout rajeunir)
	@tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; set -e; \
	uv=$$(command -v uv) || { \
		$(PYTHON) -m venv "$$tmp"; "$$tmp/bin/python" -m pip install -qq uv; uv="$$tmp/bin/uv"; }; \
	for list in prod dev; do \
		"$$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-emit-index-url --no-header $(OPTIONS) requirements/$$list.in -o requirements/$$list.txt; \
	done

# One stamp per lock: newer than the lock, there is nothing to install and no network to ask.
.venv/.%: requirements/%.txt | $(PYTHON)
	@echo "Installation de $<"
	@if command -v uv >/dev/null; \
	then uv pip install --quiet --python $(PYTHON) --no-deps --require-hashes -r $<; \
	else $(PYTHON) -m pip install -qq --disable-pip-version-check --no-deps --require-hashes -r $<; fi
	@touch $@

$(PYTHON):
	@for python in python3.11 python3 none; do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; done; \
	test $$python != none || { echo "Il faut Python 3.11 ou plus récent (paquet Debian : python3)."; exit 1; }; \
	$$python -c 'import ensurepip' 2>/dev/null || { echo "Il manque le paquet Debian python3-venv."; exit 1; }; \
	$$python -m venv .venv || { rm -rf .venv; exit 1; }
