"""Cards as a site: the MkDocs plugin, and the styles and scripts that its pages use."""
