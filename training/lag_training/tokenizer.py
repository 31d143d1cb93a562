"""Trains the byte-level BPE tokenizer on generated text and writes it in Hugging Face layout."""
from __future__ import annotations

import argparse
import json
import random

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

from . import examples
from .compose import group, head
from .wordings import MODEL_DIR

CONTROL = ["<|pad|>", "<|begin_of_text|>", "<|user|>", "<|assistant|>", "<|end_of_turn|>"]
SPLIT = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,2}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
TEMPLATE = ("{{ '<|begin_of_text|>' }}{% for message in messages %}{% if message['role'] == 'assistant' %}{{ '<|assistant|>' }}{% else %}{{ '<|user|>' }}{% endif %}"
            "{{ message['content'] }}{{ '<|end_of_turn|>' }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}")


def texts(seed: int, n: int):
    """Text of n generated trees, in the shape in which it will be tokenised."""
    rng = random.Random(seed)
    for i in range(n):
        t = examples.build(rng, examples.MODES[i % 3])
        yield head()
        for responses in t.logs:
            yield from (x + "\n\n" for x in responses)
        for j, g in enumerate(t.groups):
            yield group(j + 1, [t.world.document(e) for e in g])
        for b in t.branches:
            yield f"Question: {b.question.text}"
            yield b.response.text


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--seed", type=int, default=7)
    ap.add_argument("--trees", type=int, default=3000)
    ap.add_argument("--vocab", type=int, default=2048)
    args = ap.parse_args()
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
        "model_max_length": 4096, "chat_template": TEMPLATE}, indent=2) + "\n", "utf-8")
    for s in ("- Mei Lanfang: Mei Lanfang was the father of X.\n\n", " Knappenberger Đrưnh Hauksdottir 20 September 1817", "<ans> Peking </ans>"):
        print(tok.encode(s).tokens)


if __name__ == "__main__":
    main()
