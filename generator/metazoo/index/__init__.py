"""From text to typed objects: what a zoo says of its models, and where it says it."""
