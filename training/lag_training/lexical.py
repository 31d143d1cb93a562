"""The runtime's lexical index (src/retrieve/lexical-index.ts with MiniSearch's BM25+) in Python, and its check against the original."""
from __future__ import annotations

import argparse
import json
import math
import re
import subprocess
import tempfile
import unicodedata
from collections import Counter, defaultdict
from itertools import groupby
from pathlib import Path

from .wordings import FIXTURES, ROOT

K, B, D = 1.2, 0.7, 0.5      # MiniSearch's
NAMED, IMAGINED = 3, 100
FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i"})
ACCENTS = re.compile("[\u0300-\u036f]")


def words_of(text: str) -> list[str]:
    t = unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFKD", text))).lower()
    t = re.sub(r"(?<=[^\W_])['’ʼ]s(?![^\W_])", "", ACCENTS.sub("", t)).translate(FOLDED)
    out: list[str] = []
    for kind, letters in groupby(t, _kind):
        if kind:
            out += letters if kind == 2 else ["".join(letters)]
    return out


def _kind(ch: str) -> int:
    """0 between words, 1 of a word, 2 a word of its own."""
    if unicodedata.category(ch)[0] not in "LNM":
        return 0
    return 2 if ch > "\u2e7f" and unicodedata.name(ch, "").startswith(("CJK", "HIRAGANA", "KATAKANA")) else 1


class LexicalIndex:
    """Documents {"title", "text"}; logs have no title."""

    def __init__(self, docs: list[dict]):
        self.n = len(docs)
        fields = [[Counter(words_of(d.get(f, ""))) for d in docs] for f in ("title", "text")]
        self.mean = [sum(map(len, bags)) / self.n for bags in fields]
        self.length = [[len(b) for b in bags] for bags in fields]             # MiniSearch counts different words
        self.where: list[dict[str, dict[int, int]]] = [defaultdict(dict), defaultdict(dict)]
        for where, bags in zip(self.where, fields):
            for i, b in enumerate(bags):
                for t, f in b.items():
                    where[t][i] = f
        self.texts = [_phrase([*words_of(d.get("title", "")), *words_of(d.get("text", ""))]) for d in docs]
        self.phrases = [_phrase(words_of(re.sub(r"\s*\([^()]*\)\s*$", "", d.get("title", "")) or d.get("title", ""))) for d in docs]

    def _holders(self, word: str) -> set[int]:
        return self.where[0].get(word, {}).keys() | self.where[1].get(word, {}).keys()

    def _weigh(self, word: str) -> float:
        return _idf(self.n, len(self._holders(word)))

    def similarities(self, query: str) -> dict[int, float]:
        """Share of the query's weight, its words' and its pairs of neighbours', that each entry holds; those that hold none of its words are left out."""
        held: dict[int, float] = defaultdict(float)
        total = 0.0
        words = words_of(query)
        pairs = [(self._holders(a) & self._holders(b), _phrase([a, b])) for a, b in dict.fromkeys(zip(words, words[1:]))]
        for holders in [self._holders(w) for w in dict.fromkeys(words)] + [[i for i in both if t in self.texts[i]] for both, t in pairs]:
            weight = _idf(self.n + IMAGINED, len(holders)) ** 2
            total += weight
            for i in holders:
                held[i] += weight
        return {i: min(1.0, x / total) for i, x in held.items()}

    def rank(self, query: str) -> list[int]:
        in_order = words_of(query)
        weights = {w: self._weigh(w) for w in dict.fromkeys(in_order)}
        rarest = max(weights.values(), default=1.0)
        score: dict[int, float] = defaultdict(float)
        for w, weight in weights.items():
            here: dict[int, float] = defaultdict(float)
            for where, length, mean in zip(self.where, self.length, self.mean):
                found = where.get(w, {})
                worth = weight / rarest * _idf(self.n, len(found))
                for i, f in found.items():
                    here[i] += worth * (D + f * (K + 1) / (f + K * (1 - B + B * length[i] / mean)))
            for i, s in here.items():
                score[i] += s
        for i in self._named(_phrase(in_order), score):
            score[i] += NAMED * sum(weights[w] for w in set(self.phrases[i].split()))
        return sorted(score, key=lambda i: (-score[i], i))

    def _named(self, query: str, found) -> list[int]:
        named, rest = set(), query
        for t in sorted({self.phrases[i] for i in found if self.phrases[i] and self.phrases[i] in query}, key=lambda t: -len(t)):
            if t in rest:
                named.add(t)
                rest = rest.replace(t, " | ")
        return [i for i in found if self.phrases[i] in named]


def _idf(n: int, holders: int) -> float:
    return math.log(1 + (n - holders + 0.5) / (holders + 0.5))


def _phrase(words: list[str]) -> str:
    return f" {' '.join(words)} " if words else ""


RUNTIME = """import {{ readFileSync, writeFileSync }} from "node:fs";
import {{ LexicalIndex }} from {index};
const {{ docs, queries }} = JSON.parse(readFileSync({file}, "utf8"));
const index = new LexicalIndex();
docs.forEach((doc, i) => index.add(String(i), doc));
const found = [];
for (const query of queries) found.push((await index.search(query, {{ k: 10 }})).map(({{ id, similarity }}) => [Number(id), similarity]));
writeFileSync({file}, JSON.stringify(found));
"""


def from_runtime(docs: list[dict], queries: list[str]) -> list[list[tuple[int, float]]]:
    """The first ten of each query, and how similar they are, found by the runtime's own source (needs npm's packages)."""
    with tempfile.TemporaryDirectory() as folder:
        file, script = Path(folder) / "io.json", Path(folder) / "run.mts"
        file.write_text(json.dumps({"docs": docs, "queries": queries}), "utf-8")
        script.write_text(RUNTIME.format(index=json.dumps(str(ROOT / "src/retrieve/lexical-index.ts")), file=json.dumps(str(file))), "utf-8")
        subprocess.run([str(ROOT / "node_modules/.bin/tsx"), str(script)], check=True, cwd=ROOT)
        return json.loads(file.read_text("utf-8"))


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    docs = [json.loads(x) for x in (FIXTURES / "generated/generated-corpus.jsonl").read_text("utf-8").splitlines()]
    records = json.loads((FIXTURES / "generated/generated-questions.json").read_text("utf-8"))
    queries = [x["question"] for x in records] + [v for x in records for _, _, v in x["evidences"]]
    want = from_runtime(docs, queries)
    index = LexicalIndex(docs)
    got = [index.rank(q)[:10] for q in queries]
    for k in (3, 10):
        print(f"the runtime's first {k} in its order for {sum(g[:k] == [i for i, _ in w[:k]] for g, w in zip(got, want))} of {len(queries)} queries")
    far = max(abs(index.similarities(q)[i] - x) for q, w in zip(queries, want) for i, x in w)
    print(f"similarities differ by {far:.1e} at most")


if __name__ == "__main__":
    main()
