"""ModelIndex and measurements in, pages of Markdown out.

Nothing here knows of MkDocs, and nothing here imports torch or timm: what was measured comes from
the records.
"""
