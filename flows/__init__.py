"""The engine of conversations: pure. A flow, a run and an event in; a new run and effects out."""
