"""Readers of papers, manuals, web pages and bibliographies: a file becomes stored text with blocks and pages."""
