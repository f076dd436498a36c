"""Where a declared number comes from that is not what was measured."""
