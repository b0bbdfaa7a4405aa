// Serial numbers of all drives, to name the nearest where one is not known.
// name: serials
// mode: read
// returns: serial
// example: {}
MATCH (d:Drive)
WHERE NOT d.run IN $hidden_runs
RETURN DISTINCT d.serial AS serial
ORDER BY serial
