"""Files in and out: participants, answers."""
