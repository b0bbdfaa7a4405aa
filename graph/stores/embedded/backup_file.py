"""The file that a backup of the embedded store is: a zip of the database's files, written by ArcadeDB."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from graph.errors import InputError

BACKUP_FILE = "graph.zip"


def unpack(backup: Path, target: Path) -> None:
    """Unpack a backup into the new folder ``target``; every file's checksum is compared.

    Args:
        backup: The zip file, or the folder it lies in.
        target: Folder to create; on an error what was unpacked stays there.

    Raises:
        InputError: There is no backup, it is damaged or it is something else.
    """
    path = backup / BACKUP_FILE if backup.is_dir() else backup
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            if "schema.json" not in names or any("/" in name or "\\" in name for name in names):
                raise InputError(f"{path}: not a backup of the embedded store (no 'schema.json' at its top).")
            archive.extractall(target)
    except FileNotFoundError as error:
        raise InputError(
            f"{path}: there is no such backup. Expected a folder that 'atoll store backup' wrote."
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise InputError(f"{path}: the backup is damaged ({error}). The store was left as it is.") from error
    except OSError as error:
        raise InputError(f"{path}: the backup cannot be unpacked to {target} ({error.strerror}).") from error
