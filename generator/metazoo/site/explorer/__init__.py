"""The model explorer: its script, written as ES modules, and what makes them into files of a site."""
