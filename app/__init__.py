"""The application: analyses, pages and the command line."""
