"""A Markdown extension that knows ``caption`` as a block, so that tables may have one."""

from __future__ import annotations

from typing import Any

from markdown.extensions import Extension  # type: ignore[import-untyped]


class CaptionExtension(Extension):  # type: ignore[misc]
    """Without it, a caption in a table with Markdown inside ends up in a paragraph.

    Must come before ``md_in_html``, which looks at the list of blocks when it is set up.
    """

    def extendMarkdown(self, md: Any) -> None:  # noqa: N802 - Python-Markdown's name
        """Add the element to the blocks."""
        md.block_level_elements.append("caption")
