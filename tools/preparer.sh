#!/bin/sh
# What the Makefile needs before Python can run, and a sentence for what would fail halfway:
#   sh tools/preparer.sh venv [prod|dev]        makes .venv and installs a lock of requirements/
#   VENV=.venv-donnees sh tools/preparer.sh venv donnees    the same, in a folder of its own
#   sh tools/preparer.sh site PORT COMMANDE…    runs a command alone on its data, its port free
set -eu

refuse() {
    echo "$1" >&2
    exit 1
}

for python in python3.11 python3 aucun; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break
done
[ "$python" != aucun ] || refuse "Il faut Python 3.11 ou plus récent (paquet Debian : python3)."

# Hold a file until the last process that inherits its number ends, however it ends.
hold() {
    "$python" -c 'import fcntl, sys; fcntl.flock(int(sys.argv[1]), int(sys.argv[2]))' "$@" 2>/dev/null
}
NOW=6  # LOCK_EX | LOCK_NB
WAIT=2 # LOCK_EX
venv=${VENV:-.venv}

prepare_venv() {
    [ -w . ] || refuse "Impossible d'écrire dans $PWD : il faut y créer $venv. Travaillez sur une copie à vous."
    "$python" -c 'import ensurepip' 2>/dev/null || refuse "Il manque le paquet Debian python3-venv."
    exec 9<Makefile
    hold 9 $NOW || { echo "Une autre commande prépare $venv : attente de sa fin."; hold 9 $WAIT; }
    # Cut short, whatever was being written is not to be trusted.
    if [ -e "$venv/.en-cours" ] || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
        "$python" -m venv --clear --without-pip "$venv"
        touch "$venv/.en-cours"
        "$venv/bin/python" -m ensurepip --default-pip >/dev/null
    fi
    [ $# -gt 0 ] && install_lock "$1"
    rm -f "$venv/.en-cours"
}

# One stamp per lock: newer than the lock, there is nothing to install and no network to ask.
install_lock() {
    lock=requirements/$1.txt
    [ ! "$venv/.$1" -nt "$lock" ] || return 0
    echo "Installation de $lock"
    touch "$venv/.en-cours"
    if command -v uv >/dev/null; then
        set -- "$1" uv pip install --quiet --python "$venv/bin/python"
    else
        set -- "$1" "$venv/bin/python" -m pip install -qq --disable-pip-version-check
    fi
    list=$1
    shift
    # What could not be fetched has changed nothing: only what was killed is to be made again.
    "$@" --no-deps --require-hashes -r "$lock" || { rm -f "$venv/.en-cours"; exit 1; }
    touch "$venv/.$list"
}

run_site() {
    port=$1
    shift
    folder=${PVD_VAR_DIR:-var}
    [ "${PVD_DEMO:-0}" != 1 ] || folder=$folder/demonstration
    { mkdir -p "$folder" && [ -w "$folder" ]; } 2>/dev/null ||
        refuse "Impossible d'écrire dans « $folder », où le site garde ses données : travaillez sur une copie à vous, ou donnez un autre dossier par PVD_VAR_DIR."
    exec 8>"$folder/.verrou"
    hold 8 $NOW || refuse "Le site de « $folder » est déjà ouvert, ou se prépare, par une autre commande : arrêtez-la d'abord."
    "$python" - "$port" <<'CODE' || exit 1
import socket, sys
port = sys.argv[1]
if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
    sys.exit(f"PORT={port} : un nombre de 1 à 65535 est attendu.")
site = socket.socket()
site.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
try:
    site.bind(("127.0.0.1", int(port)))
except PermissionError:
    sys.exit(f"Le port {port} est réservé à l'administrateur de la machine : choisissez PORT=8000.")
except OSError:
    sys.exit(f"Le port {port} est déjà pris par un autre programme : choisissez-en un autre, PORT={int(port) + 1}.")
CODE
    exec "$@"
}

case $1 in
venv) shift && prepare_venv "$@" ;;
site) shift && run_site "$@" ;;
esac
