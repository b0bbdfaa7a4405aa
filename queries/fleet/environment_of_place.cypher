// The environment of one place, newest window first: temperature, humidity, vibration and power over its last days.
// name: environment_of_place
// mode: read
// param: place string, key of a Host, Rack, Room or Site
// returns: window, place, first_day, last_day, window_days, num_readings, temperature_min, temperature_mean, temperature_max, humidity_mean, humidity_max, vibration_rms, power_mean
// example: {"place": "rack:demo:R1"}
MATCH (w:EnvironmentWindow {place: $place})
WHERE NOT w.run IN $hidden_runs
RETURN w.key AS window, w.place AS place, w.first_day AS first_day, w.last_day AS last_day,
  w.window_days AS window_days, w.num_readings AS num_readings, w.temperature_min AS temperature_min,
  w.temperature_mean AS temperature_mean, w.temperature_max AS temperature_max, w.humidity_mean AS humidity_mean,
  w.humidity_max AS humidity_max, w.vibration_rms AS vibration_rms, w.power_mean AS power_mean
ORDER BY last_day DESC, window
