"""Campaigns, on both databases: who is asked, once, when; what a coordinator changes under way; what is told of it."""
