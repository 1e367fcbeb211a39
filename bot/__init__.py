"""Everything that touches the world: channels, the database's use cases, pages and commands."""
