"""How a coordinator writes audiences, samples, quotas and arms on the command line, read into what campaigns are made of."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import Connection, Row

from bot.campaigns.audience import Comparison, Operator, PastAnswer, Sample
from bot.campaigns.launch import find_revision, require_campaign
from bot.campaigns.settings import Arm, Quota
from bot.errors import WrongUsage

_COMPARISON = re.compile(r"([^=<>!]+?)\s*(!=|<=|>=|=|<|>)\s*(.+)", re.DOTALL)
_OPERATORS: dict[str, Operator] = {"=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


def read_comparison(text: str, option: str = "--where") -> Comparison:
    """`area=north end|south`, `area!=north`, `age>=30`; raises `WrongUsage`."""
    found = _COMPARISON.fullmatch(text.strip())
    if found is None:
        raise WrongUsage(f"{option} {text}: write an attribute and a value, such as area=north or 'age>=30'.")
    name, operator, written = found[1].strip(), _OPERATORS[found[2]], found[3].strip()
    values = tuple(value for part in written.split("|") if (value := part.strip()))
    if not values or any(letter in name for letter in '"\\'):
        raise WrongUsage(f"{option} {text}: write an attribute and a value, such as area=north or 'age>=30'.")
    if operator not in ("=", "!=") and not re.fullmatch(r"-?\d+(\.\d+)?", values[0]):
        raise WrongUsage(f"{option} {text}: {operator} compares with a number, such as 'age{operator}30'.")
    return Comparison(attribute=name, operator=operator, values=values)


def read_past_answer(connection: Connection, community: Row[object], text: str, option: str = "--said") -> PastAnswer:
    """`spring` (took part), `spring:focus` (answered it), `spring:focus=housing|food`; raises `WrongUsage` or `NotFound`."""
    name, _, rest = text.strip().partition(":")
    question, _, written = rest.partition("=")
    if rest and not question.strip():
        raise WrongUsage(
            f"{option} {text}: write a campaign, its question and an answer, such as spring:focus=housing."
        )
    campaign = require_campaign(connection, community, name.strip())
    return PastAnswer(
        campaign=campaign.id,
        question=question.strip() or None,
        values=tuple(value for part in written.split("|") if (value := part.strip())),
    )


def read_sample(text: str | None, by: str | None, equal: bool, seed: str) -> Sample | None:
    """`500` people or `10%` of them, drawn in strata `by` something; raises `WrongUsage`."""
    if text is None:
        if by is not None or equal:
            raise WrongUsage("--strata and --equal say how a sample is drawn: give its size with --sample 500 or 10%.")
        return None
    if equal and by is None:
        raise WrongUsage("--equal wants to know parts of what: give --strata language, channel or an attribute.")
    share = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", text.strip())
    if share is not None and 0 < float(share[1]) <= 100:
        return Sample(share=float(share[1]) / 100, by=by, equal=equal, seed=seed)
    if text.strip().isdecimal() and int(text) > 0:
        return Sample(size=int(text), by=by, equal=equal, seed=seed)
    raise WrongUsage(f"--sample {text}: write a number of people or a share of them, such as 500 or 10%.")


def read_quota(text: str) -> Quota:
    """`area=north: 50`, `area=north,language=fr: 20`, `*: 100` for everybody else; raises `WrongUsage`."""
    name, _, number = text.rpartition(":")
    if not number.strip().isdecimal() or int(number) < 1 or not name.strip():
        raise WrongUsage(
            f"--quota {text}: write of whom and how many, such as 'area=north: 50', or '*: 100' for the others."
        )
    parts = [part for part in name.split(",") if part.strip() != "*"]
    where = tuple(read_comparison(part, "--quota") for part in parts)
    return Quota(name=" ".join(name.split()), where=where, most=int(number))


def read_arms(connection: Connection, community: Row[object], flow: str, against: Sequence[str]) -> tuple[Arm, ...]:
    """The flow itself and those that it is tried `against`: `check-in-short`, `check-in@2`, `check-in@2: 30%`; the flow has the
    share that the others leave. None without others; raises `WrongUsage`."""
    others = []
    for number, text in enumerate(against, 2):
        name, _, share = text.partition(":")
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*%", share.strip()) if share.strip() else None
        if share.strip() and (found is None or not 0 < float(found[1]) < 100):
            raise WrongUsage(f"--against {text}: write a flow and a share, such as 'check-in-short: 50%'.")
        part = float(found[1]) / 100 if found else 1 / (len(against) + 1)
        others.append(Arm(key=_key(number), revision=find_revision(connection, community, name.strip()), share=part))
    rest = 1 - sum(arm.share for arm in others)
    if others and rest <= 0:
        raise WrongUsage("--against: the shares of the others leave nothing for the flow itself.")
    if not others:
        return ()
    return (Arm(key=_key(1), revision=find_revision(connection, community, flow), share=rest), *others)


def _key(number: int) -> str:
    return chr(ord("a") + number - 1)


__all__ = ["read_arms", "read_comparison", "read_past_answer", "read_quota", "read_sample"]
