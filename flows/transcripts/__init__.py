"""Transcripts: conversations written as a coordinator would read them, played through the engine."""

from flows.transcripts.cases import Case, CaseResult, Failure, Line, Turn
from flows.transcripts.running import Play, run_case
from flows.transcripts.source import parse_cases

__all__ = ["Case", "CaseResult", "Failure", "Line", "Play", "Turn", "parse_cases", "run_case"]
