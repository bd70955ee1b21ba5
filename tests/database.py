"""A PostgreSQL server of the tests' own: on a free port, in a folder that is removed."""

import os
import pwd
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

PLACES = "/usr/lib/postgresql/*/bin"
PROGRAMS = ("initdb", "pg_ctl", "psql")
USER, PASSWORD = "mailworth", "s3cret-w0rd"


@dataclass(frozen=True)
class Server:
    """A running server; everything on it is thrown away with it."""

    programs: Path
    port: int

    def address(self, password: str = PASSWORD) -> str:
        return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/postgres"

    def run(self, sql: str) -> None:
        """Execute statements."""
        command = [str(self.programs / "psql"), "--quiet", "--set", "ON_ERROR_STOP=1", self.address()]
        subprocess.run(command, input=sql, text=True, check=True, capture_output=True)


def find_programs() -> Path | None:
    """Where initdb and its like are: on the path, or where Debian puts them; None where there are none."""
    found = shutil.which("initdb")
    places = [*sorted(Path("/").glob(PLACES.lstrip("/"))), *([Path(found).resolve().parent] if found else [])]
    return next((place for place in reversed(places) if all((place / name).exists() for name in PROGRAMS)), None)


@contextmanager
def running_server(programs: Path) -> Iterator[Server]:
    """Start a server and stop it at the end. PostgreSQL refuses to run as root, so then the user postgres runs it."""
    folder = Path(mkdtemp(prefix="mailworth-postgres-"))
    owner = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    (folder / "password").write_text(PASSWORD)
    if owner:
        ids = pwd.getpwnam("postgres")
        for path in (folder, folder / "password"):
            os.chown(path, ids.pw_uid, ids.pw_gid)
    data, port = folder / "data", _free_port()

    def call(program: str, *arguments: object) -> None:
        command = [str(programs / program), *map(str, arguments)]
        subprocess.run(command, check=True, capture_output=True, cwd=folder, timeout=120, **owner)

    try:
        call("initdb", "-D", data, "-A", "scram-sha-256", "-U", USER, f"--pwfile={folder / 'password'}", "--no-sync")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        call("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield Server(programs, port)
        finally:
            call("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
