"""Access to the shared data files: wordings and the short instruction."""
from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORDINGS: dict = json.loads((ROOT / "src/evaluation/wordings.json").read_text("utf-8"))
RELATIONS: dict = WORDINGS["relations"]
QUESTIONS: dict = WORDINGS["questions"]
INSTRUCTION: str = (ROOT / "src/compose/instruction-short.txt").read_text("utf-8")
MODEL_DIR = ROOT / "public/models/embedded"
SPELL = Path(__file__).resolve().parents[1] / "spell.npy"     # the head that reads silent names in training
FIXTURES = ROOT / "tests/fixtures"
