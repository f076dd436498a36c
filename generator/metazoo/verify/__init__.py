"""Declared against measured: verdicts, tolerances, names, and what explains a difference."""
