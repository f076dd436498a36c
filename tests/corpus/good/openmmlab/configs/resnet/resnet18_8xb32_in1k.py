# A configuration.
