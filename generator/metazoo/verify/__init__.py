"""Compare declared facts with measured ones: verdicts, tolerances, names, settings."""
