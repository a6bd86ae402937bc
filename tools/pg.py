"""A throw-away PostgreSQL: `python -m tools.pg -- pytest` runs a command on it, then it is gone."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tools.debian import install_or_exit

# Nothing here survives the run: safety on a power cut only costs time.
SETTINGS = (
    "-c listen_addresses='' -c fsync=off -c synchronous_commit=off -c full_page_writes=off "
    "-c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=8GB -c checkpoint_timeout=1h "
    "-c autovacuum=off"
)


def candidates():
    """List the folders where a server may be installed, the preferred ones first."""
    debian = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    found = sorted(debian, key=lambda bindir: float(bindir.parent.name), reverse=True)
    if pg_config := shutil.which("pg_config"):
        found.append(Path(subprocess.check_output([pg_config, "--bindir"], text=True).strip()))
    if initdb := shutil.which("initdb"):
        found.append(Path(initdb).resolve().parent)
    return found


def find_bindir():
    """Return the folder of the server's programs that PG_BINDIR names, else one found, or None."""
    if chosen := os.environ.get("PG_BINDIR"):
        if not Path(chosen, "initdb").exists():
            sys.exit(f"PG_BINDIR : pas de serveur PostgreSQL dans « {chosen} ».")
        return Path(chosen)
    return next((bindir for bindir in candidates() if (bindir / "initdb").exists()), None)


def unprivileged():
    """Return whom to run the server as: PostgreSQL refuses root, so root lends it another name."""
    if os.geteuid() != 0:
        return {}
    names = {user.pw_name for user in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def throw_away_server():
    """Start a server of our own, reached by a socket only, and yield its DATABASE_URL."""
    bindir = find_bindir()
    if not bindir:
        install_or_exit("postgresql", "un serveur PostgreSQL")
        bindir = find_bindir()
    identity = unprivileged()
    # The path of a socket is limited to some 100 bytes, which a TMPDIR may exceed.
    folder = Path(tempfile.mkdtemp(prefix="pvd-pg-", dir="/tmp"))

    def run(program, *arguments, check=True):
        command = [bindir / program, *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, **identity)
        if check and done.returncode:
            sys.exit(f"{program} a échoué :\n{done.stdout}{done.stderr}{log(folder)}")

    try:
        if identity:
            os.chown(folder, identity["user"], identity["group"])
        run("initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        options = f"{SETTINGS} -c unix_socket_directories={folder}"
        run("pg_ctl", "-D", "data", "-w", "-l", "journal", "-o", options, "start")
        run("createdb", "-h", folder, "-U", "postgres", "pvd")
        yield f"postgres://postgres@/pvd?host={quote(str(folder), safe='')}"
    finally:
        run("pg_ctl", "-D", "data", "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder)


def log(folder):
    """Return what the server wrote before it died, if it lived."""
    journal = folder / "journal"
    return journal.read_text() if journal.exists() else ""


def main(arguments):
    """Run a command with the DATABASE_URL of a throw-away server and return its exit code."""
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        sys.exit("Usage : python -m tools.pg -- commande [argument…]")
    # A polite kill must stop the server too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with throw_away_server() as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
