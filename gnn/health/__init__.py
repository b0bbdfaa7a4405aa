"""Failure risk of drives: examples at landmarks, models behind one port, calibration, honest evaluation."""
