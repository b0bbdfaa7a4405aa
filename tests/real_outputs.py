"""What must be found in every real output of smartctl that we have."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

THEN = date(2009, 2, 13)  # the time that the samples of smartctl_exporter were given


@dataclass(frozen=True)
class Expected:
    """What a file holds: its drive, some readings, and some raw values as smartctl's own text decodes them."""

    model: str
    protocol: str
    medium: str
    readings: dict[str, float]
    serial: str = "REDACTED"
    day: date = THEN
    capacity_bytes: int | None = None
    decoded: dict[str, tuple[float, str]] = field(default_factory=dict)
    num_errors: int = 0
    num_self_tests: int = 0
    firmware: str | None = None


SMARTCTL = {
    "HITACHI_H109060SESUN600G_10.json": Expected(
        "HITACHI H109060SESUN600G",
        "scsi",
        "disk",
        {
            "scsi_read_corrected_errors": 40247,
            "scsi_write_corrected_errors": 26762907,
            "scsi_read_gigabytes": 162438.759,
            "scsi_grown_defects": 0,
            "scsi_start_stop_cycles": 70,
            "scsi_load_unload_cycles": 3472,
            "scsi_temperature_trip": 85,
            "device_temperature": 26,
            "scsi_power_on_hours": 22364,
        },
        capacity_bytes=600127266816,
        firmware="A31A",
    ),
    "KXG60ZNV512G_TOSHIBA_2.json": Expected(
        "KXG60ZNV512G TOSHIBA",
        "nvme",
        "flash",
        {"nvme_temperature": 37, "nvme_percentage_used": 1, "nvme_unsafe_shutdowns": 15, "nvme_media_errors": 0},
        capacity_bytes=512110190592,
        decoded={"smart:nvme:data_units_written": (3861802 * 512000.0, "bytes")},
    ),
    "MB0500EBNCR_13.json": Expected(
        "MB0500EBNCR",
        "ata",
        "disk",
        {"ata_1": 341, "ata_1_threshold": 51, "ata_9": 89214, "ata_187_worst": 99, "device_power_on_hours": 89214},
        capacity_bytes=500107862016,
    ),
    "SEAGATE_ST373453LC_26.json": Expected(
        "SEAGATE ST373453LC",
        "scsi",
        "disk",
        {
            "scsi_write_uncorrected_errors": 535,
            "scsi_read_uncorrected_errors": 1,
            "scsi_grown_defects": 260,
            "device_overall_failed": 0,
            "device_power_on_hours": 102880,
        },
        capacity_bytes=73407820800,
        firmware="DX10",
    ),
    "ST3500418AS_12.json": Expected(
        "ST3500418AS",
        "ata",
        "disk",
        {"ata_5": 304, "ata_5_normalized": 93, "ata_5_threshold": 36, "ata_7": 12834215976973, "ata_194": 81604378657},
        capacity_bytes=500107862016,
        decoded={
            "smart:ata:7": (12834215976973 >> 32, "errors"),
            "smart:ata:194": (33, "°C"),
            "smart:ata:190": (33, "°C"),
        },
    ),
    "nvme-null-Micron_7450_MTFDKCC3T8TFR-nvme11.json": Expected(
        "Micron_7450_MTFDKCC3T8TFR",
        "nvme",
        "flash",
        {"nvme_temperature_sensor_1": 29, "nvme_temperature_sensor_2": 26, "nvme_temperature_sensor_3": 25},
        capacity_bytes=3840755982336,
    ),
    "nvme-null-SAMSUNG_MZWLL3T2HAJQ-00005-nvme0.json": Expected(
        "SAMSUNG MZWLL3T2HAJQ-00005",
        "nvme",
        "flash",
        {"nvme_critical_warning": 16, "device_overall_failed": 1, "device_exit_status": 8, "nvme_temperature": 40},
        capacity_bytes=3200631791616,
    ),
    "sat-HGST_Ultrastar_He10-HGST_HUH721008ALE604-sde.json": Expected(
        "HGST HUH721008ALE604",
        "ata",
        "disk",
        {"ata_22": 100, "ata_22_threshold": 25, "ata_192": 1064},
        capacity_bytes=8001563222016,
        decoded={"smart:ata:194": (25, "°C")},
    ),
    "sat-Intel_S4510_S4610_S4500_S4600_Series_SSDs-INTEL_SSDSC2KB240G7-sdd.json": Expected(
        "INTEL SSDSC2KB240G7",
        "ata",
        "flash",
        {"ata_233_normalized": 55, "ata_226": 46141, "ata_5": 4, "device_temperature": 23},
        capacity_bytes=240057409536,
        decoded={"smart:ata:225": (4149381 * 32.0, "MiB"), "smart:ata:226": (46141 / 1024, "%")},
    ),
    "sat-Micron_5100_Pro___52x0___5300_SSDs-Micron_5300_MTFDDAK1T9TDS-sda.json": Expected(
        "Micron_5300_MTFDDAK1T9TDS",
        "ata",
        "flash",
        {"ata_173": 83, "ata_199": 24, "ata_202": 0, "ata_202_normalized": 100, "ata_184": 1},
        capacity_bytes=1920383410176,
        decoded={"smart:ata:194": (24, "°C"), "smart:ata:202": (0, "%")},
    ),
    "sat-Phison_Driven_SSDs-KINGSTON_SKC400S371T-sda.json": Expected(
        "KINGSTON SKC400S371T",
        "ata",
        "flash",
        {"ata_231": 74, "ata_5": 1, "ata_9": 54450},
        capacity_bytes=1024209543168,
        decoded={"smart:ata:173": (888, "erases"), "smart:ata:231": (74, "%"), "smart:ata:194": (31, "°C")},
    ),
    "sat-Seagate_Constellation_ES.3-ST3000NM0033-9ZM178-sdc.json": Expected(
        "ST3000NM0033-9ZM178",
        "ata",
        "disk",
        {"ata_188": 17180131332, "ata_188_worst": 99, "ata_5": 1},
        capacity_bytes=3000592982016,
        decoded={"smart:ata:188": (4, "timeouts"), "smart:ata:194": (22, "°C"), "smart:ata:7": (0, "errors")},
    ),
    "sat-Seagate_Exos_X16-ST16000NM001G-2KK103-sda.json": Expected(
        "ST16000NM001G-2KK103",
        "ata",
        "disk",
        {"ata_240": 4417953684533483, "ata_18": 0, "ata_18_threshold": 50},
        capacity_bytes=16000900661248,
        decoded={"smart:ata:188": (12, "timeouts"), "smart:ata:240": (12523, "h"), "smart:ata:194": (26, "°C")},
    ),
    "sat-Toshiba_MG05ACA..._Enterprise_Capacity_HDD-TOSHIBA_MG05ACA800E-sdw.json": Expected(
        "TOSHIBA MG05ACA800E",
        "ata",
        "disk",
        {"device_error_log_entries": 2, "device_exit_status": 64, "ata_9": 37603},
        capacity_bytes=8001563222016,
        decoded={"smart:ata:194": (24, "°C")},
        num_errors=2,
    ),
    "sat-Western_Digital_RE3_Serial_ATA-WDC_WD5002ABYS-02B1B0-sda.json": Expected(
        "WDC WD5002ABYS-02B1B0",
        "ata",
        "disk",
        {"device_error_log_entries": 9, "device_exit_status": 64, "ata_9": 66857},
        capacity_bytes=500107862016,
        num_errors=5,
    ),
    "sat-Western_Digital_RE4-WDC_WD2003FYYS-02W0B1-sdi.json": Expected(
        "WDC WD2003FYYS-02W0B1",
        "ata",
        "disk",
        {"ata_199": 3118119, "ata_199_normalized": 200, "device_temperature": 24},
        capacity_bytes=2000398934016,
    ),
    "sat-Western_Digital_Ultrastar_DC_HC550-WDC__WUH721816ALE6L4-sdx.json": Expected(
        "WDC  WUH721816ALE6L4",
        "ata",
        "disk",
        {"ata_199": 1, "ata_22": 100, "device_error_log_entries": 1},
        capacity_bytes=16000900661248,
        decoded={"smart:ata:194": (26, "°C")},
        num_errors=1,
    ),
    "telegraf-megaraid.json": Expected(
        "ST6000NM0115-1YZ110",
        "ata",
        "disk",
        {"device_exit_status": 4, "ata_191": 3295, "device_failed_self_tests": 0, "collected_at_seconds": 1711639509},
        serial="ZAD2C11G",
        day=date(2024, 3, 28),
        capacity_bytes=6001175126016,
        decoded={"smart:ata:240": (44299, "h"), "smart:ata:188": (0, "timeouts"), "smart:ata:194": (25, "°C")},
        firmware="SN04",
    ),
    "telegraf-scsi_extended.json": Expected(
        "SEAGATE ST0000000",
        "scsi",
        "disk",
        {
            "scsi_write_corrected_errors": 20,
            "scsi_verify_gigabytes": 1467.278,
            "device_failed_self_tests": 0,
            "device_last_self_test_failed": 0,
        },
        serial="XYZZZZ",
        day=date(2024, 4, 11),
        capacity_bytes=13715978079776,
        num_self_tests=4,
        firmware="RSL5",
    ),
    "telegraf-usb.json": Expected(
        "SanDisk pSSD",
        "ata",
        "flash",
        {"ata_173": 3, "ata_9": 11, "device_power_on_hours": 11, "device_failed_self_tests": 0},
        serial="06c9f4c44",
        day=date(2024, 3, 25),
        capacity_bytes=15693664256,
        firmware="3",
    ),
}
