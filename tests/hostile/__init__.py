"""Projects that a stranger may send, and what each command must say about them."""
