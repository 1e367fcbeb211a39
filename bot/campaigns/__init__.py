"""Campaigns: audience, launch, reminders, hours, status."""
