"""A service that goes on from an old copy of its database."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import desk
from mailserver import mail_server

from monitor.storage import Database


@pytest.mark.fault("OP05", "DB09")
async def test_what_was_told_since_the_copy_is_told_again_under_the_same_id(tmp_path: Path) -> None:
    """So a receiver that honours ids tells it nobody twice, and what was told before it stays told."""
    file, copy = tmp_path / "data" / "monitor.db", tmp_path / "copy.db"
    async with mail_server() as server:
        async with desk(tmp_path, server.port, "ryu@example.org") as service:
            await service.learns()
            await service.app.deliver()
            service.app.parts.database.backup(copy)
            await service.learns()
            await service.app.deliver()
        before = list(server.seen)
        for old in file.parent.glob("monitor.db*"):
            old.unlink()
        copy.rename(file)
        Database(f"sqlite:///{file}").close()
        async with desk(tmp_path, server.port) as service:
            await service.learns(2)
            await service.app.deliver()
    assert len(before) == 2
    assert server.seen == [*before, before[1]]
