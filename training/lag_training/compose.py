"""The user message and its token ids: the same bytes as the runtime's composer."""
from __future__ import annotations

import json
import re
from pathlib import Path

from tokenizers import Tokenizer

from .wordings import INSTRUCTION

PAD, BOS, USER, ASSISTANT, EOT = 0, 1, 2, 3, 4
Document = dict  # {"title": str, "text": str}


def clean(text: str) -> str:
    """Newlines would open a line of their own, so they become spaces."""
    return re.sub(r"\r\n|[\r\n]", " ", text).strip()


def head(instruction: str = INSTRUCTION) -> str:
    return instruction + "\n\n"


def group(i: int, documents: list[Document]) -> str:
    """One step's documents; an empty group is kept. Always ends at a token boundary ("\\n\\n")."""
    return f"Documents, step {i}:\n" + "".join(f"- {clean(d['title'])}: {clean(d['text'])}\n" for d in documents) + "\n"


def message(steps: list[list[Document]], question: str, instruction: str = INSTRUCTION) -> str:
    return head(instruction) + "".join(group(i + 1, g) for i, g in enumerate(steps)) + f"Question: {question}"


def prompt_ids(tok, steps: list[list[Document]], question: str, instruction: str = INSTRUCTION) -> list[int]:
    """[bos, user, message, end-of-turn, assistant]: the template of tokenizer_config.json, generation prompt added."""
    return [BOS, USER, *encode(tok, message(steps, question, instruction)), EOT, ASSISTANT]


def plain_tokenizer(path: Path) -> Tokenizer:
    """The tokenizer without its control tokens: a text that spells one stays plain characters."""
    spec = json.loads(path.read_text("utf-8"))
    spec["added_tokens"] = []
    return Tokenizer.from_str(json.dumps(spec))


def encode(tok: Tokenizer, text: str) -> list[int]:
    """Plain text to ids; ``tok`` comes from plain_tokenizer."""
    return tok.encode(text, add_special_tokens=False).ids
