"""``python -m metazoo`` is the same as ``metazoo``."""

from metazoo import safepath

safepath.leave_working_directory()  # before anything else is imported: it stands first there

from metazoo.cli import main  # noqa: E402

main()
