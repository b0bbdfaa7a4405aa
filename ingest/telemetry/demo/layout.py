"""Where the drives of the demo fleet stand: models, hosts, racks, rooms, sites and applications, all invented."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

DRIVES_PER_HOST = 10
HOSTS_PER_RACK = 5
RACKS_PER_ROOM = 10
ROOMS_PER_SITE = 2


@dataclass(frozen=True, slots=True)
class Model:
    """One invented drive model.

    Args:
        name: Says that it is synthetic.
        vendor: The same.
        protocol: ``nvme`` or ``ata``.
        terabytes: Capacity in TB.
        dwpd: Rated drive writes per day over five years.
        reserve_blocks: Spare blocks of a new drive.
        heat: Its temperature above the air in °C at usual load.
        firmware: Versions, oldest first.
        share: Share of the fleet's hosts.
        wear_attribute: ATA attribute that tells the wear; None for NVMe.
    """

    name: str
    vendor: str
    protocol: str
    terabytes: float
    dwpd: float
    reserve_blocks: int
    heat: float
    firmware: tuple[str, ...]
    share: float
    wear_attribute: int | None = None


MODELS = (
    Model("SYNTH-NVME-A 3.84TB", "Synthetic Alpha", "nvme", 3.84, 1.0, 2400, 17.0, ("A1.02", "A1.05"), 0.22),
    Model("SYNTH-NVME-B 7.68TB", "Synthetic Alpha", "nvme", 7.68, 1.0, 4800, 20.0, ("B2.00", "B2.10", "B2.11"), 0.20),
    Model("SYNTH-NVME-C 1.6TB", "Synthetic Beta", "nvme", 1.6, 3.0, 1600, 15.0, ("C7.1", "C7.3"), 0.13),
    Model("SYNTH-SATA-D 1.92TB", "Synthetic Beta", "ata", 1.92, 1.0, 1500, 8.0, ("D03", "D04"), 0.20, 177),
    Model("SYNTH-SATA-E 0.96TB", "Synthetic Gamma", "ata", 0.96, 0.8, 900, 7.0, ("E100", "E110"), 0.13, 233),
    Model("SYNTH-SATA-F 3.84TB", "Synthetic Gamma", "ata", 3.84, 0.8, 3000, 9.0, ("F5", "F6"), 0.12, 231),
)
BUGGY_MODEL = 1
BUGGY_FIRMWARE = 2


@dataclass(frozen=True, slots=True)
class Application:
    """What a host does.

    Args:
        name: As shown.
        utilisation: Usual writes as a share of the rated writes per day.
        read_share: Bytes read for each byte written.
        weekend: Load on Saturdays and Sundays against other days.
        share: Share of the fleet's hosts.
    """

    name: str
    utilisation: float
    read_share: float
    weekend: float
    share: float


APPLICATIONS = (
    Application("object-store", 0.08, 3.0, 0.95, 0.28),
    Application("analytics", 0.18, 5.0, 0.45, 0.20),
    Application("virtual-machines", 0.22, 2.0, 0.70, 0.22),
    Application("database", 0.35, 2.5, 0.80, 0.18),
    Application("message-queue", 0.50, 1.1, 0.85, 0.12),
)


def lay_out(num_drives: int, random: np.random.Generator) -> pd.DataFrame:
    """Give each drive a model, a place and an application.

    Args:
        num_drives: Number of drives.
        random: Source of randomness.

    Returns:
        One row a drive: ``serial``, ``model`` and ``application`` (positions in ``MODELS`` and ``APPLICATIONS``),
        ``host``, ``rack``, ``room``, ``site`` (numbers from 0) and ``slot`` in the host.
    """
    number = np.arange(num_drives)
    host = number // DRIVES_PER_HOST
    num_hosts = int(host.max()) + 1
    host_model = _shared_out(num_hosts, [model.share for model in MODELS], random)
    host_application = _shared_out(num_hosts, [application.share for application in APPLICATIONS], random)
    rack = host // HOSTS_PER_RACK
    room = rack // RACKS_PER_ROOM
    serials = [f"SYN{MODELS[m].name.split('-')[2][0]}{n:05d}" for n, m in zip(number, host_model[host], strict=True)]
    return pd.DataFrame(
        {
            "serial": serials,
            "model": host_model[host],
            "application": host_application[host],
            "host": host,
            "rack": rack,
            "room": room,
            "site": room // ROOMS_PER_SITE,
            "slot": number % DRIVES_PER_HOST,
        }
    )


def _shared_out(count: int, shares: list[float], random: np.random.Generator) -> np.ndarray:
    """Positions in ``shares``, each as often as its share says, in random order."""
    ends = np.round(np.cumsum(shares) / np.sum(shares) * count).astype(int)
    return random.permutation(np.searchsorted(ends, np.arange(count), side="right"))
