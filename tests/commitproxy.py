"""A way to PostgreSQL that can lose the answer to a commit: all is stored, and the client hears of a fault."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import make_url

_COMMIT = b"COMMIT\x00"


class CommitProxy:
    """Passes all on; while `losing`, a connection that commits is cut before the server's answer."""

    def __init__(self, server: str) -> None:
        self._server = server  # path of its socket, or host:port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.losing = False
        self.lost = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes who waits in it
        self._thread.join(10)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        cut = threading.Event()
        with client, self._connect() as server:
            answers = threading.Thread(target=self._answers, args=(server, client, cut), daemon=True)
            answers.start()
            with suppress(OSError):
                while asked := client.recv(65_536):
                    if self.losing and _COMMIT in asked:
                        self.losing = False
                        self.lost += 1
                        cut.set()
                    server.sendall(asked)
                server.shutdown(socket.SHUT_WR)
            answers.join(10)

    def _answers(self, server: socket.socket, client: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while told := server.recv(65_536):
                if cut.is_set():  # the server has done it
                    break
                client.sendall(told)
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)

    def _connect(self) -> socket.socket:
        if self._server.startswith("/"):
            made = socket.socket(socket.AF_UNIX)
            made.connect(self._server)
            return made
        host, _, port = self._server.rpartition(":")
        return socket.create_connection((host, int(port)))


@contextmanager
def commit_proxy(url: str) -> Iterator[tuple[CommitProxy, str]]:
    """A proxy before that server, and the database's URL by way of it."""
    parsed = make_url(url)
    folder = parsed.query.get("host")
    port = parsed.port or 5432
    server = f"{folder}/.s.PGSQL.{port}" if folder else f"{parsed.host}:{port}"
    proxy = CommitProxy(server)
    through = parsed.set(host="127.0.0.1", port=proxy.port).difference_update_query(["host"])
    try:
        yield proxy, through.render_as_string(hide_password=False)
    finally:
        proxy.close()
