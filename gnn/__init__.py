"""Graph models and their training; torch is imported only here."""
