"""`soundings locale`: texts out to translators and their translations back in."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Annotated

import typer
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from bot import catalogues, i18n, translations
from bot.catalogues import Translatable
from bot.cli.output import Json, errors, print_json, print_table, screen
from bot.errors import BadFile, WrongUsage
from bot.translations import Fault
from flows.loader import load_file

app = typer.Typer(help="Translate the program and its flows.", no_args_is_help=True)

Flows = Annotated[
    list[Path] | None, typer.Argument(help="Flow files of your own, beside the library's.", show_default=False)
]
Languages = Annotated[
    list[str] | None,
    typer.Option(
        "--language",
        "-l",
        help="Only this language (may be repeated); a new one begins a catalogue.",
        show_default=False,
    ),
]
Folder = Annotated[Path, typer.Option("--locales", help="The folder of the catalogues.")]


@app.command()
def extract(flows: Flows = None, locales: Folder = i18n.LOCALES) -> None:
    """Write every text that there is to translate: soundings.pot and flows.pot."""
    for domain, texts in _texts(flows).items():
        path = locales / f"{domain}.pot"
        before = i18n.read_catalogue(path) if path.is_file() else None
        changed = catalogues.write(catalogues.template(texts, before), path)
        screen.print(f"{path}: {len(texts)} texts{'' if changed else ', nothing new'}")


@app.command()
def update(flows: Flows = None, language: Languages = None, locales: Folder = i18n.LOCALES) -> None:
    """Bring each language's catalogues up to date with the texts: new ones empty, changed ones marked fuzzy."""
    wanted = _texts(flows)
    tags = _tags(locales, language)
    if not tags:
        raise WrongUsage(f"There are no catalogues in {locales}. Begin one: soundings locale update --language es")
    for tag in tags:
        for domain, texts in wanted.items():
            path = i18n.path_of(tag, domain, locales)
            known = _known(path, tag)
            template = catalogues.template(texts, known)
            merged = catalogues.merge(known, template, tag)
            changed = catalogues.write(merged, path)
            left = sum(1 for message in merged if message.id and (not message.string or message.fuzzy))
            screen.print(
                f"{path}: {left} of {len(texts)} to translate{'' if changed else ', nothing new'}", markup=False
            )
    i18n.forget()


@app.command("compile")
def compile_(language: Languages = None, locales: Folder = i18n.LOCALES) -> None:
    """Check every translation and write .mo files, for tools that want them: Soundings reads the .po files themselves."""
    wanted = _by_context()
    wrong = 0
    for tag in _tags(locales, language):
        for domain in i18n.DOMAINS:
            path = i18n.path_of(tag, domain, locales)
            if not path.is_file():
                continue
            read = i18n.read_catalogue(path)
            found = [*translations.doubled(path), *translations.faults(read, tag, wanted[domain])]
            wrong += sum(fault.error for fault in found)
            for fault in found:
                errors.print(_in_words(tag, fault))
            for fault in found:
                _take_out(read, fault)
            made = BytesIO()
            write_mo(made, read)
            path.with_suffix(".mo").write_bytes(made.getvalue())
    if wrong:
        errors.print(f"{wrong} translations cannot be used and were left out. Mend them and compile again.")
        raise typer.Exit(1)
    screen.print("Every translation can be used.")


@app.command()
def status(as_json: Json = False, locales: Folder = i18n.LOCALES) -> None:
    """Show how complete each language is, by flow, and what is wrong in its translations."""
    report = [_state_of(tag, locales) for tag in _tags(locales, None)]
    if as_json:
        print_json([state.as_json() for state in report])
        return
    parts = list(dict.fromkeys(part for state in report for part in state.parts))
    columns = ["", *(state.language for state in report)]
    rows = [[part, *(_share(state.parts.get(part)) for state in report)] for part in parts]
    rows.append(["reviewed", *("yes" if state.reviewed else "not yet" for state in report)])
    print_table(columns, rows, empty=f"There are no catalogues in {locales}.")
    for state in report:
        for fault in state.faults:
            screen.print(_in_words(state.language, fault))


class Completeness:
    """How complete a language is. `parts`: the program or a flow -> (translated, all)."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.reviewed = True
        self.parts: dict[str, tuple[int, int]] = {}
        self.faults: list[Fault] = []

    def as_json(self) -> dict[str, object]:
        """The report of this language as plain JSON."""
        return {
            "language": self.language,
            "name": i18n.name_of(self.language),
            "reviewed": self.reviewed,
            "translated": sum(done for done, _ in self.parts.values()),
            "texts": sum(of for _, of in self.parts.values()),
            "parts": [{"part": part, "translated": done, "texts": of} for part, (done, of) in self.parts.items()],
            "faults": [
                {"context": fault.context, "error": fault.error, "message": fault.message, "fix": fault.fix}
                for fault in self.faults
            ],
        }


def _state_of(tag: str, locales: Path) -> Completeness:
    state = Completeness(tag)
    for domain, texts in _by_context().items():
        path = i18n.path_of(tag, domain, locales)
        read = i18n.read_catalogue(path) if path.is_file() else Catalog()
        state.reviewed &= path.is_file() and i18n.UNREVIEWED not in read.header_comment
        found = list(translations.faults(read, tag, texts))
        state.faults += [*(translations.doubled(path) if path.is_file() else ()), *found]
        unusable = {fault.context for fault in found if fault.error}
        done = {
            message.context
            for message in read
            if message.id and message.string and not message.fuzzy and message.context not in unusable
        }
        for context, each in texts.items():
            part = context.partition(":")[0] if domain == "flows" else "the program"
            translated, of = state.parts.get(part, (0, 0))
            usable = context in done and (read.get(each.english, context) is not None)
            state.parts[part] = (translated + usable, of + 1)
        for message in translations.of_other_flows(read, texts):
            part = catalogues.part_of(message)
            translated, of = state.parts.get(part, (0, 0))
            state.parts[part] = (translated + (message.context in done), of + 1)
    return state


def _texts(files: list[Path] | None) -> dict[str, list[Translatable]]:
    flows = list(catalogues.library_texts())
    for file in files or ():
        flows += catalogues.flow_texts(load_file(file), file.name)
    twice = (
        {each.context for each in flows if sum(other.context == each.context for other in flows) > 1}
        if files
        else set()
    )
    if twice:
        name = min(twice).partition(":")[0]
        raise WrongUsage(f"The library has a flow {name} already. Give yours another name.")
    return {"soundings": list(catalogues.program_texts()), "flows": flows}


def _by_context() -> dict[str, dict[str, Translatable]]:
    return {domain: {each.context: each for each in texts} for domain, texts in _texts(None).items()}


def _tags(locales: Path, only: list[str] | None) -> list[str]:
    there = sorted(folder.parent.name for folder in locales.glob("*/LC_MESSAGES") if folder.is_dir())
    for tag in only or ():
        if not tag.replace("_", "").isalnum() or not tag[:2].islower():
            raise WrongUsage(f"{tag!r} is no tag of a language. Write it like fr, fr_CA or mic.")
    return list(only) if only else there


def _known(path: Path, tag: str) -> Catalog | None:
    """A catalogue to bring up to date. One with a text twice is left alone: one of its translations would be lost."""
    if not path.is_file():
        return None
    twice = "\n".join(_in_words(tag, fault) for fault in translations.doubled(path))
    if twice:
        raise BadFile(twice)
    return i18n.read_catalogue(path)


def _take_out(read: Catalog, fault: Fault) -> None:
    for message in list(read):
        if fault.error and message.context == fault.context:
            read.delete(message.id, fault.context)


def _in_words(tag: str, fault: Fault) -> str:
    return f"{tag} {fault.context}: {fault.message} {fault.fix}"


def _share(counted: tuple[int, int] | None) -> str:
    if counted is None:
        return ""
    done, of = counted
    return "all" if done == of else f"{done} of {of}"
