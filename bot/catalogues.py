"""The translators' round trip: what there is to translate, and how it is merged into each language's catalogue."""

from __future__ import annotations

import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import IO, Final

from babel import UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import write_po

import bot.texts
import flows.phrases
from bot import i18n
from flows.checks.review import Said, texts_of
from flows.definition import Flow
from flows.loader import library_names, library_source, load
from flows.segments import ONE_MESSAGE
from flows.texts import placeholders

LIMIT: Final = f"At most {ONE_MESSAGE['GSM-7']} characters, or {ONE_MESSAGE['UCS-2']} where one is outside the letters of plain SMS"
#: Kind of text -> what a translator should know about it.
_ABOUT: Final[Mapping[str, str]] = {
    "title": "The flow's title, for coordinators.",
    "say": f"Said to a resident. {LIMIT}.",
    "otherwise": f"Said to a resident instead, where a value is missing. {LIMIT}.",
    "text": f"A question to a resident. {LIMIT}, the options or scale that follow it included.",
    "invalid": f"Said when a reply was not understood. {LIMIT}.",
    "notify": "A note to coordinators.",
    "option": "An option of a question; two or three words, as all options go into one message.",
    "label": "The words for a point of a scale; one to three words: 'Reply 1 (not at all) to 5 (very).'",
    "unit": "What a number counts, such as 'hours a week'.",
}
#: Read by coordinators, who have long messages.
_FOR_COORDINATORS: Final = ("tell_", "by_", "failed_")


@dataclass(frozen=True, slots=True)
class Translatable:
    """One text to translate. `context` is unique in its domain; `comments` go to the translator with it."""

    context: str
    english: str
    comments: tuple[str, ...] = ()
    place: tuple[str, int] = ("", 0)
    limited: bool = True


def program_texts() -> Iterator[Translatable]:
    """The program's own texts and the engine's phrases, with the comments that stand above them in the code."""
    for module, texts in ((bot.texts, bot.texts.TEXTS), (flows.phrases, flows.phrases.PHRASES)):
        path = Path(str(module.__file__))
        said = _comments(path)
        for key, english in texts.items():
            comments, line = said.get(key, ((), 0))
            limited = not key.startswith(_FOR_COORDINATORS)
            limit = (f"{LIMIT}.",) if limited else ()
            place = (f"{path.parent.name}/{path.name}", line)
            yield Translatable(key, english, (*comments, *_named(english), *limit), place, limited)


def flow_texts(flow: Flow, file: str = "") -> Iterator[Translatable]:
    """Every text of a flow, in its first language."""
    for said in texts_of(flow):
        if said.context != "flow:title" or said.context in flow.lines:
            yield _of_flow(flow, said, file)


def library_texts() -> Iterator[Translatable]:
    """Every text of the library's flows."""
    for name in library_names():
        yield from flow_texts(load(library_source(name), name=name), f"flows/library/{name}.yaml")


def extract_flow(
    fileobj: IO[bytes], keywords: object, comment_tags: object, options: object
) -> Iterator[tuple[int, str, tuple[str, str], list[str]]]:
    """Babel's extraction method for flow files: `[extractors] flow = bot.catalogues:extract_flow` in a babel.cfg.

    Yields (line, "pgettext", (context, text), comments), the context with the flow's name in front.
    """
    del keywords, comment_tags, options
    for each in flow_texts(load(fileobj.read(), name=str(getattr(fileobj, "name", "<flow>")))):
        yield each.place[1], "pgettext", (each.context, each.english), list(each.comments)


def template(texts: Iterable[Translatable], before: Catalog | None = None) -> Catalog:
    """The .pot of some texts. It keeps the creation date of `before` where nothing has changed."""
    made = _empty(None)
    for each in texts:
        made.add(
            each.english,
            context=each.context,
            auto_comments=each.comments,
            locations=[each.place] if each.place[0] else [],
        )
    if before is not None and _ids(before) == _ids(made):
        made.creation_date = before.creation_date
    return made


def merge(known: Catalog | None, wanted: Catalog, language: str) -> Catalog:
    """A language's catalogue brought up to date with a template.

    A translation whose English has changed stays, marked fuzzy (not used until somebody looks), with the English it was
    made for; one whose text is gone is kept aside as obsolete. Texts of flows that the template does not speak of at
    all (a community's own, when the library's are updated) stay as they are.
    """
    merged = _empty(language)
    merged.header_comment = known.header_comment if known else _first_comment(language)
    merged.creation_date = wanted.creation_date
    if known is not None:
        merged.revision_date, merged.last_translator = known.revision_date, known.last_translator
        merged.language_team = known.language_team
    old = _by_context(known) if known is not None else {}
    for message in wanted:
        if message.id:
            _carry_over(merged, message, old.pop(message.context or "", None))
    spoken_of = {part_of(message) for message in wanted}
    for message in old.values():
        if part_of(message) not in spoken_of:
            _carry_over(merged, message, message)
    for message in (*old.values(), *(known.obsolete.values() if known is not None else ())):
        english, context = str(message.id), message.context or ""
        if message.string and merged.get(english, context) is None:
            merged.obsolete[english, context] = message
    return merged


def write(catalogue: Catalog, path: Path) -> bool:
    """Writes a .po or .pot, sorted as extracted, and tells whether the file has changed."""
    for message in (*catalogue, *catalogue.obsolete.values()):
        # Babel takes ICU's braces for Python's, and translators' tools would then refuse plurals.
        message.flags.discard("python-brace-format")
    made = BytesIO()
    write_po(made, catalogue, width=120, include_previous=True, include_lineno=False)
    text = made.getvalue()
    if path.is_file() and path.read_bytes() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    return True


def _of_flow(flow: Flow, said: Said, file: str) -> Translatable:
    english = said.text[flow.languages[0]]
    state = f"State {said.state.name}. " if said.state is not None else ""
    about = f"{state}{_ABOUT[said.kind]}"
    line = flow.lines.get(said.context, (0, 0))[0]
    limited = said.kind in ("say", "otherwise", "text", "invalid")
    return Translatable(f"{flow.name}:{said.context}", english, (about, *_named(english)), (file, line), limited)


def _named(english: str) -> tuple[str, ...]:
    names = sorted(placeholders(english))
    return (f"Keep as they are: {', '.join(f'{{{name}}}' for name in names)}.",) if names else ()


def _comments(path: Path) -> dict[str, tuple[tuple[str, ...], int]]:
    """Key of a dictionary in a Python file -> the comment right above it, and its line."""
    found: dict[str, tuple[tuple[str, ...], int]] = {}
    above: list[str] = []
    with tokenize.open(path) as file:
        tokens = [token for token in tokenize.generate_tokens(file.readline) if token.type != tokenize.NL]
    for token, following in pairwise(tokens):
        if token.type == tokenize.COMMENT:
            above.append(token.string.lstrip("# ").strip())
            continue
        if token.type == tokenize.STRING and following.string == ":":
            found[token.string.strip("\"'")] = ((" ".join(above),) if above else (), token.start[0])
        above = []
    return found


def _empty(language: str | None) -> Catalog:
    made = Catalog(project="Soundings", version="1", charset="utf-8", fuzzy=False, creation_date=datetime.now(UTC))
    made.header_comment = "# Texts of Soundings."
    if language is not None:
        try:
            made.locale = language
        except (UnknownLocaleError, ValueError):
            made.header_comment += f" {language}"
    made.last_translator = made.language_team = made.msgid_bugs_address = ""
    return made


def _first_comment(language: str) -> str:
    return f"# Texts of Soundings in {i18n.name_of(language)}.\n# {i18n.UNREVIEWED}."


def part_of(message: Message) -> str:
    """The flow that a text belongs to; "" for the program's own."""
    return (message.context or "").rpartition(":")[0].partition(":")[0]


def _ids(catalogue: Catalog) -> list[tuple[str, str]]:
    return [(message.context or "", str(message.id)) for message in catalogue if message.id]


def _by_context(catalogue: Catalog) -> dict[str, Message]:
    return {message.context or "": message for message in catalogue if message.id}


def _carry_over(merged: Catalog, message: Message, old: Message | None) -> None:
    changed = old is not None and bool(old.string) and old.id != message.id
    flags = (set(old.flags) - {"fuzzy"} if old.id == message.id and not old.fuzzy else set(old.flags)) if old else set()
    merged.add(
        message.id,
        old.string if old is not None else "",
        context=message.context,
        locations=message.locations,
        flags=flags | ({"fuzzy"} if changed else set()),
        auto_comments=message.auto_comments,
        user_comments=old.user_comments if old is not None else (),
        previous_id=(old.previous_id or [str(old.id)]) if old is not None and changed else (),
    )
