"""What the benchmarks make for themselves: poisoned chats, and chats in the vendors' shapes."""
