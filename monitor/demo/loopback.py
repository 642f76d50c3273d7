"""A small HTTP server on this machine: an application on 127.0.0.1, in a thread of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

HOST = "127.0.0.1"


def listen(port: int = 0) -> socket.socket:
    """A listening socket on the port; on any free one when it is 0 or taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError:
        listener.bind((HOST, 0))
    listener.listen()  # who comes before the server runs waits, and is not refused
    return listener


def port_of(listener: socket.socket) -> int:
    """The port that the socket is bound to."""
    return int(listener.getsockname()[1])


def uvicorn_server(app: ASGIApp) -> uvicorn.Server:
    """A quiet server that waits for no open connection when it stops."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    return uvicorn.Server(config)


@contextlib.contextmanager
def serve(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Serve while the block runs; gives the base URL, without a slash at its end."""
    listener = listen(port)
    server = uvicorn_server(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://{HOST}:{port_of(listener)}"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listener.close()
