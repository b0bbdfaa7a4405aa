"""The pages, one module each, and the parts they share."""
