"""What fails: a database that does not answer, a disk that is full or read-only."""

import socket
import subprocess
from contextlib import contextmanager, suppress

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connections

from pvd.settings import database


@contextmanager
def site_on(url):
    """Put the site on another database, for all the threads of this process.

    Django remembers the numbers of the sorts of records, which each database draws by itself.
    """
    kept, ours = connections["default"], connections.settings["default"]
    connections.settings["default"] = connections.configure_settings({"default": database(url)})[
        "default"
    ]
    del connections["default"]
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"], connections["default"] = ours, kept
        ContentType.objects.clear_cache()


@contextmanager
def silent_server():
    """Give the address of a PostgreSQL that takes calls and never answers, as a frozen one does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"postgres://role@127.0.0.1:{server.getsockname()[1]}/base?sslmode=disable"


@contextmanager
def disk(folder, size="1m"):
    """Mount a small disk of its own on `folder`; root alone may."""
    folder.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("Mounting a disk asks for more rights than those of this test.")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def make_read_only(folder):
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)


def fill(folder):
    """Write on the disk of `folder` until nothing more can be."""
    with (folder / "remplissage").open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 1024)
