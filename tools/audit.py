"""Lighthouse scores and weight of the true pages, served as in production: `make audit`.

The site of the Hérault is loaded in a folder of its own, its files are collected and compressed,
and gunicorn serves it, as its proxy would ask it to. Chromium does the rest.
"""

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from importlib import import_module
from pathlib import Path

from playwright.sync_api import sync_playwright

from tools.navigateur import find

HERE = Path(__file__).resolve().parent.parent
PAGES = ("/", "/communes/", "/communes/34142/", "/ort/ort-agde/", "/intercommunalites/200017341/")
# Least score, out of 100, of each category of Lighthouse.
SCORES = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
FIRST_VISIT, NEXT_PAGE = 200, 40
LOADS = ("migrate", "charger_territoire", "charger_contours", "charger_programme", "collectstatic")
# Chromium has no sandbox for root; it visits only our own pages.
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
QUIET = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]


def find_lighthouse():
    """Return the command of Lighthouse: what LIGHTHOUSE names, else the one found, else npx's."""
    if chosen := os.environ.get("LIGHTHOUSE"):
        return [shutil.which(chosen) or sys.exit(f"LIGHTHOUSE : « {chosen} » ne se lance pas.")]
    if found := shutil.which("lighthouse"):
        return [found]
    if shutil.which("npx"):
        command = ["npx", "--no-install", "lighthouse"]
        if subprocess.run([*command, "--version"], capture_output=True).returncode == 0:
            return command
    return sys.exit(
        "Lighthouse manque : « npm install lighthouse » dans un dossier de votre choix, puis "
        "LIGHTHOUSE=ce-dossier/node_modules/.bin/lighthouse make audit."
    )


def production(folder):
    """Return the variables of a site in production that keeps all it writes in `folder`."""
    return os.environ | {
        "PVD_ENV": "production",
        "PVD_SECRET_KEY": secrets.token_urlsafe(60),
        "PVD_ALLOWED_HOSTS": "127.0.0.1",
        "PVD_MANDATAIRE": "X-Forwarded-For",
        "PVD_EDITEUR": "Service d'essai",
        "PVD_EDITEUR_ADRESSE": "1 rue de l'Essai, 34000 Montpellier",
        "PVD_EDITEUR_SIRET": "00000000000000",
        "PVD_EDITEUR_CONTACT": "service@exemple.fr",
        "PVD_EDITEUR_DIRECTEUR": "le chef du service d'essai",
        "PVD_EDITEUR_HEBERGEUR": "Hébergeur d'essai, 2 rue de l'Essai, 34000 Montpellier",
        "PVD_EDITEUR_DPO": "dpo@exemple.fr",
        "PVD_VAR_DIR": folder,
        "PVD_DEPARTEMENT": "34",
        "DATABASE_URL": f"sqlite:///{folder}/pvd.sqlite3",
    }


def load(env):
    """Fill the base of the site, and collect its files."""
    known = subprocess.check_output([sys.executable, "manage.py", "help"], env=env, text=True)
    for command in LOADS:
        if command in known:
            options = ["--noinput"] if command == "collectstatic" else []
            subprocess.run(
                [sys.executable, "manage.py", command, "-v0", *options],
                env=env,
                check=True,
                stdout=subprocess.DEVNULL,
            )


def behind_a_proxy():
    """Return the site as gunicorn runs it, told like in production that its proxy ended TLS."""
    site = import_module("pvd.wsgi").application

    def application(environ, start_response):
        return site(environ | {"HTTP_X_FORWARDED_PROTO": "https"}, start_response)

    return application


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(address):
    """Tell whether the site answers at `address`."""
    try:
        urllib.request.urlopen(f"{address}/sante/").close()
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


@contextlib.contextmanager
def served(env):
    """Serve the site by gunicorn on a free port, and yield its address."""
    address = f"127.0.0.1:{free_port()}"
    site = ["tools.audit:behind_a_proxy()", "-b", address, "--threads", "8"]
    command = [sys.executable, "-m", "gunicorn", *site, "--log-level", "error"]
    with subprocess.Popen(command, env=env) as server:
        try:
            while not answers(f"http://{address}"):
                if server.poll() is not None:
                    sys.exit("Le site ne démarre pas.")
                time.sleep(0.2)
            yield f"http://{address}"
        finally:
            server.terminate()


def scores_of(lighthouse, address, folder):
    """Return the scores of a page, and the audits that take a point from them, as Lighthouse names them.

    Nothing of a page moves once it is there: its shift is nought, whatever the score makes of it.
    """
    report = Path(folder, "lighthouse.json")
    env = os.environ | {"CHROME_PATH": find()}
    flags = " ".join(["--headless=new", *CHROMIUM, *QUIET])
    options = [
        f"--only-categories={','.join(SCORES)}",
        f"--chrome-flags={flags}",
        "--output=json",
        f"--output-path={report}",
        "--quiet",
    ]
    # Chromium sometimes records nothing of a page: asked again, it does.
    if subprocess.run([*lighthouse, address, *options], env=env).returncode:
        subprocess.run([*lighthouse, address, *options], env=env, check=True)
    found = json.loads(report.read_text())
    shift = round(found["audits"]["cumulative-layout-shift"]["numericValue"], 3)
    scores, faults = {}, [f"décalage de {shift}"] if shift else []
    for name, category in found["categories"].items():
        scores[name] = round((category["score"] or 0) * 100)
        if scores[name] < SCORES[name]:
            faults.append(f"{name}, {scores[name]} sur 100, moins de {SCORES[name]}")
            weighing = [ref["id"] for ref in category["auditRefs"] if ref["weight"]]
            audits = [found["audits"][key] for key in weighing]
            faults += [a["title"] for a in audits if a["score"] is not None and a["score"] < 0.9]
    return scores, faults


def weights_of(address):
    """Return the kilobytes that each page makes the network carry, read one after the other."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=[*CHROMIUM, *QUIET])
        page = browser.new_context().new_page()
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        carried = []
        network.on(
            "Network.loadingFinished", lambda event: carried.append(event["encodedDataLength"])
        )
        weights = {}
        for path in PAGES:
            carried.clear()
            page.goto(address + path, wait_until="networkidle")
            weights[path] = sum(carried) / 1000
        browser.close()
    return weights


def report(lighthouse, address, folder):
    """Print the scores and the weights; return what falls short."""
    short = []
    print(f"{'page':<32}" + "".join(f"{name:>16}" for name in SCORES) + f"{'ko':>8}")
    weights = weights_of(address)
    for path in PAGES:
        scores, faults = scores_of(lighthouse, address + path, folder)
        print(
            f"{path:<32}"
            + "".join(f"{scores[name]:>16}" for name in SCORES)
            + f"{weights[path]:>8.0f}"
        )
        short += [f"{path} : {fault}" for fault in faults]
        most = FIRST_VISIT if path == PAGES[0] else NEXT_PAGE
        if weights[path] > most:
            short.append(f"{path} : {weights[path]:.0f} ko, plus de {most}")
    print("Ko : la première page sans rien en mémoire, puis chaque page à la suite.")
    return short


def main():
    """Load, serve, measure; fail if one page misses what is expected of it."""
    os.chdir(HERE)
    lighthouse = find_lighthouse()
    if not find():
        sys.exit("Aucun navigateur : « python -m tools.navigateur » l'installe.")
    with tempfile.TemporaryDirectory() as folder:
        env = production(folder)
        print("Préparation du site de l'Hérault, comme en production…", flush=True)
        load(env)
        with served(env) as address:
            short = report(lighthouse, address, folder)
    for fault in short:
        print(f"Insuffisant : {fault}")
    sys.exit(bool(short))


if __name__ == "__main__":
    main()
