"""Several machines on one: network namespaces, each with a link of its own that a test can cut.

Every machine reaches this one, and nothing else, at one address. Where the system does not let us make them,
`Unavailable` says why.
"""

from __future__ import annotations

import os
import shutil
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

HERE = "10.203.255.1"  # this machine, as the others know it
_LINKS = 4  # machines at most; each has two addresses of 10.203.N.0/30


class Unavailable(Exception):
    """This system makes no network namespaces for us."""


@dataclass(frozen=True)
class Machine:
    """A network namespace with one link to this one."""

    name: str
    link: str  # our end of it

    @property
    def within(self) -> list[str]:
        """The command that starts another command there."""
        return ["ip", "netns", "exec", self.name]

    def cut(self) -> None:
        """Let nothing through in either direction; nobody is told."""
        _ip("link", "set", self.link, "down")

    def mend(self) -> None:
        _ip("link", "set", self.link, "up")


@contextmanager
def machines(count: int) -> Iterator[list[Machine]]:
    """So many machines, taken away in the end."""
    if shutil.which("ip") is None or os.geteuid() != 0:
        raise Unavailable("network namespaces need root and the command ip")
    with ExitStack() as stack:
        _ip("address", "add", f"{HERE}/32", "dev", "lo")
        stack.callback(_ip, "address", "del", f"{HERE}/32", "dev", "lo")
        yield [stack.enter_context(_machine(number)) for number in range(min(count, _LINKS))]


@contextmanager
def _machine(number: int) -> Iterator[Machine]:
    machine = Machine(f"bongsu-{os.getpid()}-{number}", f"bongsu{number}")
    ours, theirs = f"10.203.{number}.1", f"10.203.{number}.2"
    _ip("netns", "add", machine.name)
    try:
        _ip("link", "add", machine.link, "type", "veth", "peer", "name", "up0", "netns", machine.name)
        _ip("address", "add", f"{ours}/30", "dev", machine.link)
        _ip("link", "set", machine.link, "up")
        inside = ("-n", machine.name)
        _ip(*inside, "address", "add", f"{theirs}/30", "dev", "up0")
        _ip(*inside, "link", "set", "lo", "up")
        _ip(*inside, "link", "set", "up0", "up")
        _ip(*inside, "route", "add", f"{HERE}/32", "via", ours)
        yield machine
    finally:
        _ip("netns", "del", machine.name)  # its link goes with it


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Unavailable(f"ip {' '.join(words)}: {done.stderr.strip()}")


@contextmanager
def relay(path: str) -> Iterator[int]:
    """A port at `HERE` that leads to a Unix socket: the database as other machines reach it."""
    held: list[socket.socket] = []

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            behind = socket.socket(socket.AF_UNIX)
            held.extend([self.request, behind])
            behind.connect(path)
            back = threading.Thread(target=_pump, args=(behind, self.request), daemon=True)
            back.start()
            _pump(self.request, behind)
            back.join()
            behind.close()

    server = socketserver.ThreadingTCPServer((HERE, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        for each in held:
            _end(each)
        server.server_close()  # waits for the handlers


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Hand on what comes until either side is closed; then close both."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    _end(source)
    _end(target)


def _end(each: socket.socket) -> None:
    with suppress(OSError):  # it is closed already
        each.shutdown(socket.SHUT_RDWR)
