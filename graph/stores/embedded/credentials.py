"""Generated passwords of the embedded server's two users and the key of its control channel."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from graph.errors import InputError


@dataclass(frozen=True, slots=True)
class Credentials:
    """A user of the server; the password stays out of every repr."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Secrets:
    """Everything secret about one store.

    Args:
        writer: User of the adapter's own statements.
        reader: User of free queries; the server refuses it every change.
        control_key: Authenticates both ends of the control channel.
    """

    writer: Credentials
    reader: Credentials
    control_key: bytes = field(repr=False)


def read_or_create(path: Path) -> Secrets:
    """Read the secrets at ``path``; generate them (file mode 0600) where there are none.

    Call it only while the store's lock is held: two writers would invent two sets.

    Raises:
        InputError: The file is there but is no secrets file.
    """
    if not path.exists():
        fresh = {name: secrets.token_urlsafe(24) for name in ("writer_password", "reader_password", "control_key")}
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump({"writer": "atoll_writer", "reader": "atoll_reader", **fresh}, file, indent=1)
        temporary.replace(path)
    return read(path)


def read(path: Path) -> Secrets:
    """Read the secrets at ``path``.

    Raises:
        InputError: There is none, or it is no secrets file.
    """
    try:
        content = json.loads(path.read_text())
        return Secrets(
            Credentials(content["writer"], content["writer_password"]),
            Credentials(content["reader"], content["reader_password"]),
            content["control_key"].encode(),
        )
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path}: not a secrets file of Atoll's embedded store ({type(error).__name__}). "
            "Stop the server and delete the file: new passwords are generated at the next start."
        ) from error
    except OSError as error:
        raise InputError(f"{path}: the store's secrets cannot be read ({error.strerror}).") from error
