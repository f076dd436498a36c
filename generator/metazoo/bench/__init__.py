"""How fast models run on real hardware, and how much memory they take there.

`record`, `files`, `spread` and `compare` need no torch: pages and comparisons read what was measured.
torch is imported only in the processes that measure.
"""
