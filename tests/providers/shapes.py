"""Derives the shape tables from the providers' own specifications: names, types, enums and limits, and none of their sentences.

python -m tests.providers.shapes TWILIO.openapi.json TELEGRAM.json   writes both tables beside this file.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TWILIO_TABLE = HERE / "twilio_messages.json"
TELEGRAM_TABLE = HERE / "telegram_methods.json"

#: The methods that Soundings uses, or may come to use, of some 180.
TELEGRAM_METHODS = (
    "answerCallbackQuery",
    "deleteWebhook",
    "getFile",
    "getMe",
    "getUpdates",
    "getWebhookInfo",
    "sendChatAction",
    "sendDocument",
    "sendMessage",
    "sendPhoto",
    "setMyCommands",
    "setMyDescription",
    "setWebhook",
)
#: The types that requests and updates of ours are made of; others pass as objects whose inside is not looked at.
TELEGRAM_TYPES = (
    "Animation",
    "Audio",
    "BotCommand",
    "CallbackQuery",
    "Chat",
    "ChatMemberBanned",
    "ChatMemberLeft",
    "ChatMemberMember",
    "ChatMemberUpdated",
    "Contact",
    "Dice",
    "Document",
    "File",
    "ForceReply",
    "InaccessibleMessage",
    "InlineKeyboardButton",
    "InlineKeyboardMarkup",
    "KeyboardButton",
    "LinkPreviewOptions",
    "Location",
    "Message",
    "MessageEntity",
    "PhotoSize",
    "ReplyKeyboardMarkup",
    "ReplyKeyboardRemove",
    "ResponseParameters",
    "Sticker",
    "Update",
    "User",
    "Venue",
    "Video",
    "VideoNote",
    "Voice",
    "WebhookInfo",
)
_KEPT_OF_SCHEMA = ("type", "format", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "nullable")

Table = dict[str, Any]


def twilio_table(specification: Table) -> Table:
    """`{"path", "parameters": {name: shape}, "required", "response": {name: shape}}` of creating a message.

    A shape has `type`, and where they exist `format`, `enum`, `pattern`, lengths, `nullable`, `items`.
    """
    schemas = specification["components"]["schemas"]
    path = next(path for path in specification["paths"] if path.endswith("/Messages.json"))
    post = specification["paths"][path]["post"]
    form = post["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    response = schemas["api.v2010.account.message"]
    return {
        "path": path,
        "account": _shape(post["parameters"][0]["schema"], schemas),
        "required": sorted(form["required"]),
        "parameters": {name: _parameter(form["properties"][name], schemas) for name in sorted(form["properties"])},
        "response": {name: _shape(response["properties"][name], schemas) for name in sorted(response["properties"])},
        "statuses": sorted(schemas["message_enum_status"]["enum"]),
    }


def _parameter(schema: Table, schemas: Table) -> Table:
    """A parameter's shape with the limits that stand in its description alone."""
    shape, words = _shape(schema, schemas), schema.get("description", "")
    if found := re.search(r"up to ([\d,]+) characters in length", words):
        shape["maxLength"] = int(found[1].replace(",", ""))
    if found := re.search(r"integers from `(\d+)` to `(\d+)`", words):
        shape["minimum"], shape["maximum"] = int(found[1]), int(found[2])
    return shape


def _shape(schema: Table, schemas: Table) -> Table:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rsplit("/", 1)[1]]
    shape = {key: schema[key] for key in _KEPT_OF_SCHEMA if key in schema}
    if "items" in schema:
        shape["items"] = _shape(schema["items"], schemas)
    return shape


def telegram_table(specification: Table) -> Table:
    """`{"version", "methods": {name: {field: shape}}, "types": {name: {field: shape}}}`.

    A shape has `types` and `required`, and where the specification tells them `length` [least, most], `unit`
    (`characters` or `bytes`), `values` [least, most], `enum`, `pattern`.
    """
    return {
        "version": specification["version"],
        "methods": {name: _fields(specification["methods"][name]) for name in TELEGRAM_METHODS},
        "types": {name: _fields(specification["types"][name]) for name in TELEGRAM_TYPES},
    }


def _fields(described: Table) -> Table:
    return {field["name"]: _field(field) for field in described.get("fields", [])}


def _field(field: Table) -> Table:
    words = field.get("description", "")
    shape: Table = {"types": field["types"], "required": field["required"]}
    if found := re.search(r"(\d+)-(\d+) (characters|bytes)", words):
        shape["length"] = [int(found[1]), int(found[2])]
        shape["unit"] = found[3]
    if found := re.search(r"[Vv]alues between (\d+)-(\d+)|webhook for update delivery, (\d+)-(\d+)", words):
        shape["values"] = [int(number) for number in found.groups() if number]
    if found := re.search(r'always "(\w+)"', words):
        shape["enum"] = [found[1]]
    if found := re.search(r'can be either ((?:"\w+"(?:, | or )?)+)', words):
        shape["enum"] = re.findall(r'"(\w+)"', found[1])
    if found := re.search(r"Only characters A-Z, a-z, 0-9, _ and - are allowed", words):
        shape["pattern"] = "^[A-Za-z0-9_-]*$"
    return shape


def write(table: Table, path: Path) -> None:
    """Write a table so that a difference of versions reads well: a field a line."""
    path.write_text(json.dumps(table, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write("Give two files: Twilio's OpenAPI description, and the Bot API's methods as JSON.\n")
        return 2
    twilio, telegram = (json.loads(Path(name).read_text(encoding="utf-8")) for name in arguments)
    write(twilio_table(twilio), TWILIO_TABLE)
    write(telegram_table(telegram), TELEGRAM_TABLE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
