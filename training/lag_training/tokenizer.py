"""Trains the byte-level BPE tokenizer on generated text and writes it in Hugging Face layout."""
from __future__ import annotations

import argparse
import json
import random
from collections import Counter

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from . import examples
from .compose import group, head
from .model import Config
from .wordings import MODEL_DIR

CONTROL = ["<|pad|>", "<|begin_of_text|>", "<|user|>", "<|assistant|>", "<|end_of_turn|>"]
SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,2}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
TEMPLATE = ("{{ '<|begin_of_text|>' }}{% for message in messages %}{% if message['role'] == 'assistant' %}{{ '<|assistant|>' }}{% else %}{{ '<|user|>' }}{% endif %}"
            "{{ message['content'] }}{{ '<|end_of_turn|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}")


def texts(seed: int, n: int):
    """Text of n generated trees, in the shape in which it will be tokenised."""
    rng = random.Random(seed)
    for i in range(n):
        t = examples.build(rng, examples.MODES[i % len(examples.MODES)])
        yield head()
        for responses in t.logs:
            yield from (x + "\n\n" for x in responses)
        for j, g in enumerate(t.groups):
            yield group(j + 1, [t.world.document(e) for e in g])
        for b in t.branches:
            yield f"Question: {b.question.text}"
            yield b.response.text


def extend(spec: dict, texts_, n: int) -> dict:
    """The last ``n`` merges make room for every two-digit number and for what new text says most; other ids stay as they are.

    A year is then always two tokens, so that two years are compared by comparing two tokens.
    """
    merges = [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in spec["model"]["merges"]][:-n]
    vocab = spec["model"]["vocab"]
    size = len(vocab)
    vocab = {t: i for t, i in vocab.items() if i < size - n}
    for pair in (f"{i:02d}" for i in range(100)):
        if pair not in vocab:
            merges.append((pair[0], pair[1]))
            vocab[pair] = len(vocab)
    spec = {**spec, "model": {**spec["model"], "vocab": vocab, "merges": merges}}
    tok = Tokenizer.from_str(json.dumps(spec))
    words: Counter = Counter()                         # the tokens of each piece of text that merges may not cross
    for t in texts_:
        for piece, _ in tok.pre_tokenizer.pre_tokenize_str(t):
            words[piece] += 1
    parts = {w: tok.model.tokenize(w) for w in words}
    split = {w: [x.value for x in p] for w, p in parts.items()}
    while len(vocab) < size:
        pairs: Counter = Counter()
        for w, p in split.items():
            for x in zip(p, p[1:]):
                pairs[x] += words[w]
        best = next(x for x, _ in pairs.most_common() if "".join(x) not in vocab)
        merges.append(best)
        vocab["".join(best)] = len(vocab)
        for w, p in split.items():
            i = 0
            while i < len(p) - 1:
                if (p[i], p[i + 1]) == best:
                    p[i:i + 2] = ["".join(best)]
                i += 1
    return {**spec, "model": {**spec["model"], "vocab": vocab, "merges": [list(m) for m in merges]}}


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--seed", type=int, default=7)
    ap.add_argument("--trees", type=int, default=3000)
    ap.add_argument("--vocab", type=int, default=2048)
    ap.add_argument("--extend", type=int, default=0, help="replace this many of the last merges of the tokenizer that is there, keep all other ids")
    args = ap.parse_args()
    if args.extend:
        path = MODEL_DIR / "tokenizer.json"
        path.write_text(json.dumps(extend(json.loads(path.read_text("utf-8")), texts(args.seed, args.trees), args.extend), ensure_ascii=False, indent=2), "utf-8")
        Tokenizer.from_file(str(path))
        return
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(SPLIT), "isolated"),
                                                 pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    tok.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=args.vocab, special_tokens=CONTROL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tok.train_from_iterator(texts(args.seed, args.trees), trainer)
    assert tok.get_vocab_size() == args.vocab
    MODEL_DIR.mkdir(parents=True, exist_ok=True)
    tok.save(str(MODEL_DIR / "tokenizer.json"))
    (MODEL_DIR / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": False, "add_eos_token": False, "add_prefix_space": False,
        "bos_token": CONTROL[1], "eos_token": CONTROL[4], "pad_token": CONTROL[0], "clean_up_tokenization_spaces": False,
        "model_max_length": Config.max_positions, "chat_template": TEMPLATE}, indent=2) + "\n", "utf-8")
    for s in ("- Mei Lanfang: Mei Lanfang was the father of X.\n\n", " Knappenberger Đrưnh Hauksdottir 20 September 1817", "<ans> Peking </ans>"):
        print(tok.encode(s).tokens)


if __name__ == "__main__":
    main()
