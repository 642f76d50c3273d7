"""compose.yaml: who runs in it, with which rights, and what it lets out."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor import config as config_file
from monitor.cli.worker import app
from monitor.storage.jobs import Work

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("scheduler", "worker", "web")
KEYS = {  # of a service, that this file uses; another is a slip of the pen, or belongs in here
    *(
        "build",
        "cap_add",
        "cap_drop",
        "command",
        "depends_on",
        "deploy",
        "environment",
        "healthcheck",
        "image",
    ),
    *("network_mode", "ports", "read_only", "restart", "secrets", "security_opt", "shm_size"),
    *("stop_grace_period", "tmpfs", "user", "volumes"),
}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_only_the_rights_that_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert set(service) <= KEYS
    user, group = service["user"].split(":")
    assert "0" not in (user, group)
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])


def test_there_is_a_database_one_scheduler_workers_and_the_pages() -> None:
    assert set(SERVICES) == {"postgres", *OURS, "proxy"}
    assert "deploy" not in SERVICES["scheduler"]
    assert SERVICES["worker"]["deploy"]["replicas"] >= 2
    roles = {name: SERVICES[name]["command"][-1] for name in OURS}
    assert roles == {"scheduler": "timer", "worker": ",".join(Work), "web": "web"}


@pytest.mark.parametrize("name", OURS)
def test_what_it_calls_is_a_command_of_ours(name: str) -> None:
    command, option, _ = SERVICES[name]["command"]
    assert command == "worker"
    (callback,) = app.registered_commands
    assert callback.callback is not None
    assert option.removeprefix("--") in callback.callback.__annotations__


def test_secrets_come_by_file_and_each_is_there_for_who_asks() -> None:
    listed = COMPOSE["secrets"]
    assert all(set(each) == {"file"} for each in listed.values())
    for service in SERVICES.values():
        assert set(service.get("secrets", [])) <= set(listed)
        told = json.dumps(service.get("environment", {})).lower()
        assert "password" not in told.replace("postgres_password_file", "").replace("postgres_password", "")
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "/secrets/" in ignored


def test_only_this_machine_reaches_the_pages_and_nobody_the_database() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8700:8080"]}
    assert SERVICES["proxy"]["network_mode"] == "service:web"


def test_named_volumes_are_declared_and_images_have_a_version() -> None:
    named = {
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }
    assert named == set(COMPOSE["volumes"])
    foreign = [service["image"] for service in SERVICES.values() if "build" not in service]
    assert all(":" in image and not image.endswith(":latest") for image in foreign)


def test_the_config_that_the_page_on_workers_shows_is_taken(tmp_path: Path) -> None:
    page = (ROOT / "docs/workers.md").read_text(encoding="utf-8")
    (shown,) = [part.partition("```")[0] for part in page.split("```toml\n")[1:]]
    secrets = tmp_path / "run"
    secrets.mkdir()
    for name in COMPOSE["secrets"]:
        (secrets / name).write_text("postgresql://bongsu:word@postgres/bongsu\n", encoding="utf-8")
    text = shown.replace("/run/secrets", str(secrets))
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    assert config_file.load(tmp_path / "config.toml").database_url.endswith("@postgres/bongsu")
    assert shlex.split(TEXT.split("MONITOR_CONFIG: ")[1].splitlines()[0]) == ["/config/config.toml"]
