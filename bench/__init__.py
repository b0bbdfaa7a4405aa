"""Benchmarks, one module each, every figure against a named peer in the same run: ``python -m bench``."""
