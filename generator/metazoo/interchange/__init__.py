"""The index in other forms: JSON, CSV, and one canonical YAML file."""
