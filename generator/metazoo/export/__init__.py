"""An index for others: as JSON, CSV, one canonical YAML file, or a list in a terminal."""
