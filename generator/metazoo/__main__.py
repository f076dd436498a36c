"""``python -m metazoo`` is the same as ``metazoo``."""

from metazoo.cli import main

main()
