"""A mail server and a web server of this machine that keep what they are sent."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any


class Hooks(HTTPServer):
    """Takes JSON posts; answers with `answers`, the last of them for ever."""

    def __init__(self, answers: list[int]) -> None:
        super().__init__(("127.0.0.1", 0), Taker)
        self.answers = answers
        self.posts: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/services/T0/SECRET"


class Taker(BaseHTTPRequestHandler):
    server: Hooks

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        if answer == 200:
            self.server.posts.append(json.loads(body))
        self.send_response(answer)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@contextmanager
def web_server(*answers: int) -> Iterator[Hooks]:
    with _running(Hooks(list(answers or (200,)))) as server:
        yield server


class Mailbox(socketserver.TCPServer):
    """Takes e-mail by the commands of RFC 5321; without encryption, and signing in by AUTH PLAIN."""

    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Postman)
        self.messages: list[str] = []
        self.recipients: list[str] = []
        self.signed_in: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Postman(socketserver.StreamRequestHandler):
    server: Mailbox

    def handle(self) -> None:
        self._say("220 test")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "EHLO":
                self._say("250-test")
                self._say("250 AUTH PLAIN")
            elif verb == "AUTH":
                self.server.signed_in.append(line.split()[2])
                self._say("235 welcome")
            elif verb == "STARTTLS":
                self._say("502 cannot")
            elif verb == "DATA":
                self._say("354 go on")
                self.server.messages.append("".join(iter(self._line, ".\n")))
                self._say("250 taken")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                if verb == "RCPT":
                    self.server.recipients.append(line)
                self._say("250 fine")

    def _line(self) -> str:
        return self.rfile.readline().decode().replace("\r\n", "\n")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    with _running(Mailbox()) as server:
        yield server


@contextmanager
def _running(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
