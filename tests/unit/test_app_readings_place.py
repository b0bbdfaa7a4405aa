"""ATOLL_READINGS says where the readings lie; without it they lie in the workspace."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.settings import Settings, load
from app.wiring import Workspace
from graph.errors import InputError


def lake_root(settings: Settings) -> object:
    return Workspace(settings.workspace, "workspace-1", None, settings).lake.root  # type: ignore[arg-type]


def test_readings_lie_where_the_environment_says(tmp_path: Path) -> None:
    def root(**environment: str) -> object:
        return lake_root(load(workspace=tmp_path, environment=environment))

    assert root() == tmp_path / "readings"
    assert root(ATOLL_READINGS=str(tmp_path / "other")) == tmp_path / "other"
    assert root(ATOLL_READINGS="s3://bucket/folder/") == "s3://bucket/folder"
    with pytest.raises(InputError, match="Did you mean 's3://'"):
        root(ATOLL_READINGS="s33://bucket")


def test_a_folder_under_home_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    assert lake_root(load(workspace=tmp_path, environment={"ATOLL_READINGS": "~/lake"})) == tmp_path / "lake"


def test_the_spark_master_is_a_setting(tmp_path: Path) -> None:
    assert load(workspace=tmp_path, environment={}).spark_master == "local[*]"
    assert load(workspace=tmp_path, environment={"ATOLL_SPARK_MASTER": "yarn"}).spark_master == "yarn"
