"""On PYTHONPATH, this makes the user one whom the system doesn't know, and who has no home."""

import pwd


def _unknown(number):
    raise KeyError(f"getpwuid(): uid not found: {number}")


pwd.getpwuid = _unknown
