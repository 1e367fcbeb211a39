"""Providers: the only rooms that know Twilio, Telegram or the simulator."""
