"""Tree-packed training examples.

One tree = a trunk (logs in front, begin-of-text, instruction, document groups)
and many branches (question + ideal response), each hanging on the end of one
group.  A branch sees the trunk up to its group and itself.  So the documents,
which are most of a prompt, are computed once for a dozen responses.  Branches
are packed into lanes (rows of equal length) that share the trunk.
"""
from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

from . import questions as Q
from .compose import ASSISTANT, BOS, EOT, PAD, USER, group, head
from .policy import LogKnowledge, Response, learn, respond, walk
from .world import Entity, World

TRUNK_MAX = 832     # tokens, logs included
LANE = 128          # tokens of a lane; a longer branch is dropped
LANES = 5           # lanes of every tree: equal numbers let all lanes of a batch share their trunks' keys in one product
SIDE_WEIGHT = 0.1   # loss weight of documents, logs and questions: helps copying to appear early


@dataclass
class Branch:
    g: int
    question: Q.Question
    response: Response
    log: bool = False      # a log in front completes it


@dataclass
class Tree:
    mode: str
    groups: list[list[Entity]]
    branches: list[Branch]
    logs: list[list[str]]      # responses of each log
    world: World


def any_question(w: World, e: Entity, others: list[Entity]) -> Q.Question | None:
    """A random question in which e's document plays a part (subject or bridge)."""
    r = w.rng
    x = r.random()
    w.facts(e)
    if x < 0.07:
        return Q.one_hop(w, e)
    if x < 0.085:
        return Q.three_hop(w, e)
    if x < 0.36:                                    # one chain of two hops
        want = r.random() < 0.6
        parents = [p for p in w.parents.get(e.id, []) if p[1] in Q.FIRST_HOPS.get(p[0].kind, [])]
        subject, hop = (e, None)
        if parents and r.random() < 0.7:            # e as the bridge
            subject, hop = r.choice(parents)
        if subject.kind == "person" and want:
            return Q.inference(w, subject)
        return Q.compositional(w, subject, hop)
    if x < 0.56:                                    # comparison
        kinds = [k for k, s in Q.KIND_OF_SUBJECT.items() if s == e.kind and not k.startswith("director") and Q.COMPARE[k]["relations"][0] in e.facts]
        if not kinds:
            return None
        kind = r.choice(kinds)
        rel = Q.COMPARE[kind]["relations"][0]
        pool = [o for o in list(others) if o.made and o.id != e.id and o.kind == e.kind and rel in w.facts(o)]
        if not pool and r.random() < 0.8:
            return None
        b = r.choice(pool) if pool and r.random() < 0.85 else w.new(e.kind, must=(rel,))
        return Q.comparison(w, e, b, kind)
    # bridge comparison: e is a film, or the director of one
    films = [e] if e.kind == "film" else [p for p, rel in w.parents.get(e.id, []) if rel == "director"]
    films = [f for f in films if "director" in w.facts(f)]
    if not films:
        return None
    a = r.choice(films)
    pool = [o for o in list(others) if o.made and o.kind == "film" and o.id != a.id and "director" in w.facts(o)]
    if not pool and r.random() < 0.6:
        return None
    b = r.choice(pool) if pool and r.random() < 0.85 else w.new("film", must=("director",))
    da = w.facts(w.facts(a)["director"].entity)
    w.facts(w.facts(b)["director"].entity)
    kinds = [k for k in Q.COMPARE if k.startswith("director") and Q.COMPARE[k]["relations"][1] in da]
    return Q.comparison(w, a, b, r.choice(kinds)) if kinds else None


def main_question(w: World, type_: str | None = None) -> Q.Question:
    """A question of one of the four types in equal parts whose facts all exist."""
    r = w.rng
    type_ = type_ or r.choices(("compositional", "inference", "comparison", "bridge_comparison"), (1, 1, 1, 2.5))[0]
    while True:
        q = None
        if type_ == "compositional":
            kind = r.choice(["film"] * 5 + ["person"] * 3 + ["song", "magazine", "org"])
            e = w.new(kind)
            w.facts(e, (r.choice(Q.FIRST_HOPS[kind]),))
            q = Q.compositional(w, e)
        elif type_ == "inference":
            rels = r.choice(list(Q.INFERENCE)) if r.random() < 0.5 else r.choice([("father", "father"), ("mother", "father"), ("spouse", "father"), ("father", "mother")])
            e = w.new("person")
            w.facts(e, (rels[0],))
            w.facts(e.facts[rels[0]].entity, (rels[1],))
            q = Q.inference(w, e)
        elif type_ == "comparison":
            kind = r.choice([k for k in Q.COMPARE if not k.startswith("director")])
            rel = Q.COMPARE[kind]["relations"][0]
            a, b = w.new(Q.KIND_OF_SUBJECT[kind], must=(rel,)), w.new(Q.KIND_OF_SUBJECT[kind], must=(rel,))
            q = Q.comparison(w, a, b, kind)
        else:
            kind = r.choice([k for k in Q.COMPARE if k.startswith("director")])
            rel = Q.COMPARE[kind]["relations"][1]
            a, b = w.new("film", must=("director",)), w.new("film", must=("director",))
            for x in (a, b):
                w.facts(x.facts["director"].entity, (rel,))
            q = Q.comparison(w, a, b, kind)
        if q is not None and all(Q._end(w, c.subject, c.relations) for c in q.chains):
            return Q.word(q, r)


def trace(w: World, q: Q.Question) -> tuple[list[Response], dict[int, int]]:
    """Solves q with ideal retrieval (now and then a step brings nothing): its responses and what was known when."""
    r = w.rng
    groups: dict[int, int] = {}
    out: list[Response] = []
    need = [c.subject for c in q.chains]
    for g in range(1, 9):
        for e in need:
            w.facts(e)
            if r.random() < 0.93:
                groups.setdefault(e.id, g)
        a = respond(q, groups, g)
        out.append(a)
        if a.kind != "keywords":
            break
        need = a.needs
    return out, groups


def build(rng: random.Random, mode: str, held: bool = False, short: bool = False) -> Tree:
    w = World(rng, held)
    r = rng
    n_groups = 1 if short else r.choices((1, 2, 3, 4, 5), (10, 58, 22, 7, 3))[0]
    mains = [main_question(w) for _ in range(r.choice((1, 1, 2, 2, 3)) if not short else 2)]
    knowledge = LogKnowledge()
    logs: list[list[str]] = []
    asked: list[Q.Question] = []
    groups_of: dict[int, int] = {}

    if mode != "none":
        n_logs = r.choices((1, 2, 3, 4, 5, 6), (24, 24, 34, 7, 5, 6))[0]
        for i in range(n_logs):
            x = r.random()
            if x < 0.5 or i == 0:
                q = r.choice(mains) if r.random() < 0.7 else main_question(w)
                if q not in asked:
                    asked.append(q)
                q = Q.again(q, r)
            elif x < 0.75:                      # near miss: the same entity, another question
                e = r.choice(r.choice(mains).chains).subject
                q = any_question(w, e, w.entities)
            else:
                q = main_question(w)
            if q is None:
                continue
            q = Q.word(q, r) if not q.text else q
            responses, known = trace(w, q)
            if responses[-1].kind != "answer":
                continue
            learn(knowledge, q, responses[-1], known, len(responses))
            logs.append([x.text for x in responses])

    # documents: what the main questions need next, plus distractors; some documents never come
    withheld: set[int] = set()
    groups: list[list[Entity]] = []
    for g in range(1, n_groups + 1):
        need: list[Entity] = []
        for q in mains:
            need += respond(q, groups_of, g, LogKnowledge() if r.random() < 0.5 else knowledge).needs if g > 1 else [c.subject for c in q.chains]
        need = [e for e in {e.id: e for e in need}.values() if e.id not in groups_of and e.id not in withheld]
        if r.random() < 0.35:
            r.shuffle(need)                        # else the first question's needs come first
        for e in need:
            if g > 1 and r.random() < (0.15 if mode == "none" else 0.3):
                withheld.add(e.id)
        need = [e for e in need if e.id not in withheld]
        n = r.choices((0, 1, 2, 3), (5, 38, 55, 2))[0]
        if len(need) >= 2 and r.random() < 0.6:
            n = max(n, 2)
        if r.random() < 0.12:
            need = []                              # a wrong retrieval
        here = need[: n if r.random() < 0.75 else max(1, n - 1)][:n]
        while len(here) < n:                       # distractors: relatives of what is there, or strangers
            pool = [e for e in w.entities if e.id not in groups_of and e not in here and e.id not in withheld]
            x = r.random()
            if pool and x < 0.22:
                here.append(r.choice(pool))
            elif need and x < 0.85:                # what lexical retrieval brings too: the same kind, words in common
                here.append(w.new(r.choice(need).kind, near=0.85))
            else:
                here.append(w.new(r.choice(("film", "film", "film", "person", "person", "song", "org", "place", "magazine"))))
        r.shuffle(here)
        for e in here:
            w.facts(e)
            groups_of[e.id] = g
        groups.append(here)

    branches: list[Branch] = []
    seen: set[tuple] = set()

    def add(q: Q.Question, g: int, log: bool = False) -> bool:
        k = (q.key(), g, q.text if log else "")
        if k in seen:
            return False
        # the loop would have ended before this step
        if g > 1 and respond(q, groups_of, g - 1, knowledge).kind != "keywords" and r.random() < (0.6 if log else 0.95):
            return False
        seen.add(k)
        branches.append(Branch(g, q, respond(q, groups_of, g, knowledge), log))
        return True

    for q in asked:                                # a log answers these: at once, or when it comes at a later step
        for g in range(1, n_groups + 1):
            add(Q.again(q, r) if r.random() < 0.7 else q, g, True)
        add(Q.again(q, r), r.randint(1, n_groups), True)
    for q in mains:
        if q not in asked:
            for g in range(1, n_groups + 1):
                add(Q.again(q, r) if r.random() < 0.5 else q, g)
    docs = [e for grp in groups for e in grp]
    want = 9 if short else 13
    for _ in range(170):
        if len(branches) >= want or not docs:
            break
        g = r.randint(1, n_groups) if r.random() < 0.6 else n_groups
        near = groups[g - 1] if r.random() < 0.8 else [e for grp in groups[:g] for e in grp]
        if not near:
            continue
        q = any_question(w, r.choice(near), [e for grp in groups[:g] for e in grp])
        if q is None:
            continue
        q = Q.word(q, r)
        a = respond(q, groups_of, g, knowledge)
        if not a.added and r.random() < 0.75:
            continue
        # states that the loop meets: the first hop came before this step, the second one with it
        hops = len(q.chains[0].relations)
        before = [len(walk(c, groups_of, g - 1, knowledge).facts) for c in q.chains]
        if g > 1 and (min(before) == 0 if hops > 1 else max(before) == 0) and r.random() < 0.85:
            continue
        if g == 1 and hops > 1 and a.kind == "answer" and r.random() < 0.6:
            continue
        answers = sum(b.response.kind == "answer" and len(b.question.chains[0].relations) > 1 or bool(b.question.compare) for b in branches)
        if (a.kind == "keywords" or q.type == "one") and answers < 0.6 * len(branches) and r.random() < 0.88:
            continue                               # whole answers are rarer than first steps
        add(q, g)
    return Tree(mode, groups, branches, logs, w)


# -- token ids --------------------------------------------------------------------
def pack(tree: Tree, tok) -> dict | None:
    """Token ids, positions and masks of one tree; None when it is too long.

    trunk: ids, pos [T]; seg [T] (-1 main, i = log i); hid [T] (1 = only its own log sees it); tw [T] (weight of predicting the NEXT trunk token)
    lanes: ids, pos, branch (index, -1 = padding), vis (trunk length that it sees), target, weight: [LANES, LANE]
    """
    w = tree.world
    texts: list[str] = []
    for responses in tree.logs:
        texts += [x + "\n\n" for x in responses]
    n_log_texts = len(texts)
    texts += [head()] + [group(i + 1, [w.document(e) for e in g]) for i, g in enumerate(tree.groups)]
    n_trunk = len(texts)
    for b in tree.branches:
        texts += [f"Question: {b.question.text}", b.response.text]
    enc = [x.ids for x in tok.encode_batch(texts, add_special_tokens=False)]
    lead = tok.encode("\n\n", add_special_tokens=False).ids

    ids: list[int] = []; pos: list[int] = []; seg: list[int] = []; hid: list[int] = []; tw: list[float] = []
    p, k = 0, 0
    for i, responses in enumerate(tree.logs):
        parts = enc[k: k + len(responses)]
        k += len(responses)
        last = parts[-1]
        if tree.mode == "kv":
            hidden = lead + [t for x in parts[:-1] for t in x]
            ids += hidden; pos += range(p - len(hidden), p); seg += [i] * len(hidden); hid += [1] * len(hidden)
            tw += [SIDE_WEIGHT] * len(hidden)
            seg += [i] * len(last)
        else:
            seg += [-1] * len(last)
        ids += last; pos += range(p, p + len(last)); hid += [0] * len(last)
        tw += [SIDE_WEIGHT] * (len(last) - 1) + [0.0]       # what follows is another log: nothing to predict
        p += len(last)
    main: list[int] = [BOS, USER] + enc[n_log_texts]
    ends = []
    for e in enc[n_log_texts + 1: n_trunk]:
        main = main + e
        ends.append(len(ids) + len(main))
    n0 = len(ids)
    ids += main; pos += range(p, p + len(main)); seg += [-1] * len(main); hid += [0] * len(main)
    tw += [0.0] * (len(enc[n_log_texts]) + 1) + [SIDE_WEIGHT] * (len(main) - len(enc[n_log_texts]) - 2) + [0.0]
    if len(ids) > TRUNK_MAX:
        return None
    shift = -min(pos)
    lanes: list[list[tuple]] = []
    room: list[int] = []
    items = []
    for j, b in enumerate(tree.branches):
        q, a = enc[n_trunk + 2 * j], enc[n_trunk + 2 * j + 1]
        full = q + [EOT, ASSISTANT] + a + [EOT]
        wt = [SIDE_WEIGHT if t else 0.0 for t in range(len(q) - 1)] + [0.0, 0.0] + response_weights(a, b, tok)
        if len(full) - 1 <= LANE:
            items.append((full[:-1], full[1:], wt, ends[b.g - 1], p + ends[b.g - 1] - n0, j))
    tree.world.rng.shuffle(items)      # first come, first served: no kind of branch is left out more than another
    for it in items:
        n = len(it[0])
        for l in range(len(lanes)):
            if room[l] >= n:
                lanes[l].append(it); room[l] -= n
                break
        else:
            if len(lanes) < LANES:
                lanes.append([it]); room.append(LANE - n)
    R = LANES
    out = {k: np.zeros((R, LANE), np.int32) for k in ("ids", "pos", "vis", "target")}
    out["branch"] = np.full((R, LANE), -1, np.int32)
    out["weight"] = np.zeros((R, LANE), np.float32)
    for l, lane in enumerate(lanes):
        at = 0
        for x, y, wt, vis, start, j in lane:
            s = slice(at, at + len(x))
            out["ids"][l, s] = x; out["target"][l, s] = y; out["weight"][l, s] = wt
            out["pos"][l, s] = np.arange(start, start + len(x)) + shift
            out["vis"][l, s] = vis; out["branch"][l, s] = j
            at += len(x)
    return {"t_ids": np.array(ids, np.int32), "t_pos": np.array(pos, np.int32) + shift, "t_seg": np.array(seg, np.int32), "t_hid": np.array(hid, np.int32),
            "t_w": np.array(tw, np.float32), "lanes": out}


def response_weights(a: list[int], b: Branch, tok) -> list[float]:
    """Loss weights of a response and its end-of-turn: decisions (how a sentence begins, which years are compared) count
    more than the letters of a copied name, and comparisons and answers from logs, which are rarer, more than the rest."""
    base = 1.5 if b.question.compare or b.log else 1.0
    out, since, decided = [], 99, True
    for i in range(len(a) + 1):
        before = _piece(tok, a[i - 1]) if i else "."
        here = _piece(tok, a[i]) if i < len(a) else ""
        since = 0 if before == " Since" else since + 1
        w = base * (3.0 if i < 2 or before.endswith(".") or since < 9 and b.question.compare else 1.0)
        if b.question.compare:
            if before == " Since":
                decided = False
            # which name wins hangs on the order of the years AND on the question's word: one token in forty says it
            if here in (" before", " after", " matches", " differs") or (not decided and before == ","):
                w = 12.0
                decided = decided or before == ","
            if before == ">" and i > 4:
                w = max(w, 4.0)
        out.append(w)
    return out


_PIECES: dict[int, str] = {}


def _piece(tok, i: int) -> str:
    if i not in _PIECES:
        _PIECES[i] = tok.decode([i], skip_special_tokens=False)
    return _PIECES[i]


def collate(packed: list[dict], multiple: int = 64) -> dict:
    """Trees of one batch, trunks padded to one length;  Numpy arrays."""
    B = len(packed)
    T = -(-max(len(x["t_ids"]) for x in packed) // multiple) * multiple
    t = {k: np.zeros((B, T), np.int32) for k in ("t_ids", "t_pos", "t_hid")}
    t["t_seg"] = np.full((B, T), -2, np.int32)
    t["t_w"] = np.zeros((B, T), np.float32)
    for i, x in enumerate(packed):
        n = len(x["t_ids"])
        for k in t:
            t[k][i, :n] = x[k]
    lanes = {k: np.stack([x["lanes"][k] for x in packed]) for k in packed[0]["lanes"]}
    return {**t, **{"l_" + k: v for k, v in lanes.items()}}


MODES = ("none", "text", "kv")


def batches(tok, seed: int, tokens: int, short, pool: int = 48):
    """Endless batches of about ``tokens`` tokens; trees of like trunk length go together. ``short()`` tells the curriculum's part of short trees."""
    rng = random.Random(seed)
    while True:
        packed = []
        for i in range(pool):
            t = build(rng, MODES[i % 3], short=rng.random() < short())
            if t.branches:
                x = pack(t, tok)
                if x:
                    packed.append(x)
        packed.sort(key=lambda x: len(x["t_ids"]))
        out, cur, size = [], [], 0
        for x in packed:
            n = x["lanes"]["ids"].size + len(x["t_ids"])
            if cur and size + n > tokens:
                out.append(cur); cur, size = [], 0
            cur.append(x); size += n
        out.append(cur)
        rng.shuffle(out)
        for b in out:
            yield collate(b)
