"""Reports and mailing lists over HTTP, so that artifacts on Prefect's page can link to them.

Lists hold personal data: they are served only where a password guards them, the same as that of the page. A browser
asks for it anew, since the files have a port of their own; for the same reason nothing in them can use the page.
"""

import base64
import hmac
import mimetypes
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from flows.address import USER, page_url
from segmentation.errors import MailworthError
from segmentation.run import lists_folder, replays_folder
from segmentation.settings import ServeSettings, Settings
from segmentation.warehouse.publishing import building_path

VARIABLE = "MAILWORTH_FILES"  # of runs: the address of the files
UNFINISHED = building_path(Path("x")).suffix
OF_REPORTS = (".html", ".css", ".js")
Folders = dict[str, Path]


def served_folders(settings: Settings) -> Folders:
    """Folders that are served, by the first part of their address."""
    warehouse = settings.warehouse.path
    folders = {"reports": settings.reports.path.absolute(), "replays": replays_folder(warehouse).absolute()}
    if settings.serve.password is not None:
        folders["lists"] = lists_folder(warehouse).absolute()
    return folders


def find_link(file: Path, settings: Settings) -> str | None:
    """The address of a file; None where it is not served."""
    address = os.environ.get(VARIABLE)
    for name, folder in served_folders(settings).items():
        if address and file.absolute().is_relative_to(folder) and _may_be_read(name, file):
            return f"{address}/{name}/{quote(file.absolute().relative_to(folder).as_posix())}"
    return None


@contextmanager
def serving_files(settings: Settings) -> Iterator[None]:
    """Serve the files meanwhile, and let runs know where.

    Raises:
        MailworthError: the port is taken.
    """
    where = settings.serve
    try:
        server = _Server(
            (where.host, files_port(where)), partial(_Answer, served_folders(settings), _credentials(where))
        )
    except OSError as error:
        raise MailworthError(
            f"port {files_port(where)}, for reports and lists, is taken ({error.strerror}); set serve.files_port"
        ) from error
    os.environ[VARIABLE] = where.files_url or page_url(where.model_copy(update={"port": files_port(where)}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def files_port(where: ServeSettings) -> int:
    """serve.files_port, or the one after that of the page."""
    return where.files_port or where.port + 1


def _credentials(where: ServeSettings) -> bytes | None:
    if where.password is None:
        return None
    return b"Basic " + base64.b64encode(f"{USER}:{where.password.get_secret_value()}".encode())


def _may_be_read(name: str, file: Path) -> bool:
    """Of replays only the reports; of nothing what is still being written, such as pages in a folder of that ending."""
    is_unfinished = any(part.endswith(UNFINISHED) for part in file.parts)
    return not is_unfinished and (name != "replays" or file.suffix in OF_REPORTS)


class _Server(ThreadingHTTPServer):
    daemon_threads = True


class _Answer(BaseHTTPRequestHandler):
    """One request for one file; folders are not listed."""

    def __init__(self, folders: Folders, credentials: bytes | None, *args: object) -> None:
        self.folders, self.credentials = folders, credentials
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        if not self._is_known():
            self.send_response(HTTPStatus.UNAUTHORIZED)
            self.send_header("WWW-Authenticate", 'Basic realm="Mailworth"')
            self.end_headers()
        elif (file := self._find()) is None:
            self.send_error(HTTPStatus.NOT_FOUND, "No such file")
        else:
            self._send(file)

    def _is_known(self) -> bool:
        given = self.headers.get("Authorization", "").encode()
        return self.credentials is None or hmac.compare_digest(given, self.credentials)

    def _find(self) -> Path | None:
        name, _, rest = unquote(urlsplit(self.path).path).lstrip("/").partition("/")
        if name not in self.folders or "\0" in rest:
            return None
        folder = self.folders[name].resolve()
        file = (folder / rest).resolve()
        is_inside = file.is_relative_to(folder) and file.is_file()
        return file if is_inside and _may_be_read(name, file) else None

    def _send(self, file: Path) -> None:
        with file.open("rb") as content:
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", mimetypes.guess_type(file.name)[0] or "application/octet-stream")
            self.send_header("Content-Length", str(os.fstat(content.fileno()).st_size))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.end_headers()
            shutil.copyfileobj(content, self.wfile)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the terminal of the server is for its runs."""
