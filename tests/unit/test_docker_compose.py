"""`docker-compose.yml`: valid by the Compose specification, and safe as its page promises. No engine is at hand."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft201909Validator

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "tests" / "compose_spec" / "compose-spec.json"
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(TEXT)
    return loaded


@pytest.fixture(scope="module")
def validator() -> Draft201909Validator:
    return Draft201909Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_the_file_is_valid_by_the_compose_specification(
    compose: dict[str, Any], validator: Draft201909Validator
) -> None:
    assert [error.message for error in validator.iter_errors(compose)] == []


def test_the_schema_finds_a_mistake(compose: dict[str, Any], validator: Draft201909Validator) -> None:
    compose["services"]["app"]["healthchek"] = {}
    assert list(validator.iter_errors(compose))


def test_neo4j_has_the_version_that_the_tests_run_against(compose: dict[str, Any]) -> None:
    pom = (ROOT / "tests" / "neo4j_server" / "pom.xml").read_text(encoding="utf-8")
    (version,) = set(re.findall(r"<version>(5\.[0-9.]+)</version>", pom))
    assert {compose["services"][name]["image"] for name in ("neo4j", "secrets")} == {f"neo4j:{version}"}


def test_lasting_services_have_health_checks_and_wait_for_each_other(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["neo4j"]["depends_on"] == {"secrets": {"condition": "service_completed_successfully"}}
    assert services["app"]["depends_on"] == {"neo4j": {"condition": "service_healthy"}}
    for name in ("neo4j", "app"):
        assert services[name]["healthcheck"]["test"]
        assert services[name]["restart"] == "unless-stopped"


def test_only_the_app_is_published_and_only_on_loopback(compose: dict[str, Any]) -> None:
    published = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert published == {"app": ["127.0.0.1:8501:8501"]}
    assert compose["networks"]["store"] == {"internal": True}
    assert compose["services"]["neo4j"]["networks"] == ["store"]


def test_no_password_is_written_down(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            assert not re.search("PASSWORD|SECRET|TOKEN", name), name
            assert name != "NEO4J_AUTH", value
    command = "".join(compose["services"]["secrets"]["command"])
    assert "/dev/urandom" in command
    assert "0440" in command
    assert not re.search(r"ARG .*PASS|ENV .*PASS|NEO4J_PASSWORD=[^$\"]", DOCKERFILE)


def test_the_password_is_made_once_and_is_long(compose: dict[str, Any], tmp_path: Path) -> None:
    (script,) = compose["services"]["secrets"]["command"]
    script = script.replace("$$", "$").replace("/run/atoll", shlex.quote(str(tmp_path)))
    made = []
    for _ in range(2):
        subprocess.run(["/bin/sh", "-euc", f"chown() {{ :; }}\n{script}"], check=True)
        made.append((tmp_path / "neo4j_auth").read_text())
    assert made[0] == made[1]
    assert re.fullmatch(r"neo4j/[A-Za-z0-9]{38,}", made[0])
    assert (tmp_path / "neo4j_auth").stat().st_mode & 0o777 == 0o440


def test_the_app_gets_the_password_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "auth").write_text("neo4j/a/b$c")
    (line,) = re.findall(r"^ENTRYPOINT (.+)$", DOCKERFILE, re.MULTILINE)
    show = [*json.loads(line), "sh", "-c", 'printf %s "${NEO4J_PASSWORD-none}"']
    for environment, shown in (({"NEO4J_AUTH_FILE": str(tmp_path / "auth")}, "a/b$c"), ({}, "none")):
        done = subprocess.run(
            show, env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True, text=True, check=True
        )
        assert done.stdout == shown


def test_neo4j_reads_no_files_for_a_query(compose: dict[str, Any]) -> None:
    environment = compose["services"]["neo4j"]["environment"]
    assert environment["NEO4J_dbms_security_allow__csv__import__from__file__urls"] == "false"


def test_the_app_has_few_rights(compose: dict[str, Any]) -> None:
    app = compose["services"]["app"]
    assert app["read_only"] is True
    assert app["cap_drop"] == ["ALL"]
    assert re.search(r"^USER 10001:10001$", DOCKERFILE, re.MULTILINE)
    assert "chown 7474:10001 neo4j_auth" in "".join(compose["services"]["secrets"]["command"])


def test_the_image_gets_all_it_copies_and_the_lock_file() -> None:
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = {word for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE) for word in line.split()[:-1]}
    assert copied == kept
    assert {path for path in copied if not (ROOT / path).exists()} == set()
    assert re.search(r"uv pip sync .*requirements\.lock", DOCKERFILE)
