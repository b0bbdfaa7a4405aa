"""Papers, reports, manuals, bibliographies and foreign graphs: read, extract, resolve, load."""
