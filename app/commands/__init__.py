"""One module a command group of `atoll`."""
