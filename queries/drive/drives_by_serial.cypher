// Drives that bear a serial number.
// name: drives_by_serial
// mode: read
// param: serial string, Drive.serial
// returns: drive, serial, fleet, model
// example: {"serial": "S1"}
MATCH (d:Drive {serial: $serial})
WHERE NOT d.run IN $hidden_runs
RETURN d.key AS drive, d.serial AS serial, d.fleet AS fleet, d.model AS model
ORDER BY drive
