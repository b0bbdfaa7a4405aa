// Drives on which an attribute rose in the latest window, steepest first.
// name: drives_with_rising_attribute
// mode: read
// param: attribute string, SmartAttribute.key
// param: rise float = 1, least rise in the window, in the attribute's unit
// param: limit int = 100, most rows returned (1..10000)
// returns: drive, model, rise, last, last_change_day, window
// example: {"attribute": "smart:ata:5", "rise": 10, "limit": 25}
MATCH (a:SmartAttribute {key: $attribute})<-[r:READS]-(w:TelemetryWindow)<-[:HAS_WINDOW]-(d:Drive)
WHERE r.rise >= $rise AND NOT r.run IN $hidden_runs AND NOT w.run IN $hidden_runs AND NOT d.run IN $hidden_runs
RETURN d.key AS drive, d.model AS model, r.rise AS rise, r.last AS last, r.last_change_day AS last_change_day,
  w.key AS window
ORDER BY rise DESC, drive
LIMIT $limit
