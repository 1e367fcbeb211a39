"""Conversations, on both databases, as a coordinator could read them."""
