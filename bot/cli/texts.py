"""Texts in several languages as a coordinator types them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.errors import WrongUsage


def by_language(texts: Sequence[str], languages: Sequence[str], option: str = "--text") -> dict[str, str]:
    """`fr=La neige…` under its language, a text without one under the community's first; raises `WrongUsage`."""
    found: dict[str, str] = {}
    for text in texts:
        head, equals, rest = text.partition("=")
        language, said = (head.strip(), rest) if equals and head.strip() in languages else (languages[0], text)
        if language in found:
            raise WrongUsage(
                f"There are two texts in {language}. Write the others with their language: {option} 'fr=…'"
            )
        found[language] = said.strip()
    return found
