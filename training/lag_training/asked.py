"""Asked relations: questions of any words, put together by chance, as the sub-questions of MuSiQue are.

No noun phrase says what such a relation is, so documents and responses state it as the question and its answer
("Which team did X join after the Brelton War? Y."), and longer questions take its words over ("the team that X joined
after the Brelton War").  A relation is its parts, joined by "|"; the subject stands at {x} in one of them.
"""
from __future__ import annotations

import random
from functools import cache

from . import free
from .forbidden import fresh
from .names import Names

MARK = "asked"
# base form:past
VERBS = {b: p for b, p in (x.split(":") for x in """build:built lead:led win:won rule:ruled name:named open:opened invade:invaded found:founded sell:sold buy:bought sign:signed join:joined
leave:left write:wrote make:made hold:held start:started end:ended attack:attacked defend:defended capture:captured replace:replaced defeat:defeated settle:settled explore:explored
design:designed invent:invented discover:discovered paint:painted film:filmed record:recorded publish:published create:created own:owned visit:visited govern:governed free:freed
burn:burned crown:crowned follow:followed marry:married train:trained hire:hired beat:beat divide:divided unite:united claim:claimed cross:crossed support:supported oppose:opposed
finance:financed establish:established adopt:adopted allow:allowed appear_in:appeared_in arrive_in:arrived_in ask:asked become:became begin:began believe:believed belong_to:belonged_to
bring:brought broadcast:broadcast call:called carry:carried cause:caused change:changed choose:chose close:closed come_to:came_to control:controlled cover:covered cut:cut
decide:decided declare:declared deliver:delivered destroy:destroyed develop:developed die_in:died_in draw:drew drive:drove elect:elected enter:entered expel:expelled export:exported
fall_to:fell_to fight:fought find:found fly_to:flew_to force:forced form:formed gain:gained get:got give_up:gave_up go_to:went_to grow:grew help:helped host:hosted import:imported
include:included influence:influenced inspire:inspired introduce:introduced keep:kept kill:killed know:knew land_in:landed_in last:lasted launch:launched lay:laid learn:learned
let:let live_in:lived_in lose:lost meet:met merge_with:merged_with move_to:moved_to need:needed offer:offered order:ordered pass:passed pay:paid perform:performed plan:planned
plant:planted play_for:played_for print:printed produce:produced promise:promised protect:protected prove:proved provide:provided push:pushed raise:raised reach:reached
read:read receive:received refuse:refused reject:rejected release:released remove:removed rename:renamed return_to:returned_to save:saved say:said see:saw seize:seized
send:sent separate:separated serve:served share:shared show:showed sing:sang speak:spoke spend:spent split:split spread_to:spread_to star_in:starred_in stop:stopped study:studied
surrender_to:surrendered_to take:took teach:taught tell:told test:tested tour:toured trade_with:traded_with transfer:transferred treat:treated turn_into:turned_into use:used
vote_for:voted_for want:wanted wear:wore work_for:worked_for""".split())}
VERB_NAMES = sorted(VERBS)
THINGS = """anthem army ball bank battle bill bomb book border bowl bread bridge building camp canal capital car castle cathedral cause cell century charter church circuit city coal coast
code coin college colony company conference constitution contest contract council country coup court crew crisis crop crown cup dam deal death debt decree disease dispute document dog
drug duty earthquake economy edition election empire energy engine estate event factory fair fall family farm festival field final fire flag fleet flight flood food force forest fort
fund game garden gas gate glass goal gold government grain grant group growth hall harbor health hill home horse hospital hotel house independence industry invasion iron island jazz
job journal journey judge jury kingdom lake land language law league letter library license light line link list loan machine magazine majority map march market mass match media
medal meeting member metal milk mill mine mission model monastery money monument movement mountain movie museum music nation navy network news night north office oil opera orchestra order
palace paper parade park parliament part party patent peace people period plague plan plane plant play player poem police port post power press price prison prize program project
protest province rail rain rebellion reform region reign religion republic revolt revolution rice rights river road rocket role route sale salt satellite school science sea season seat
series service ship show siege silver site slave society soil soldier son song south space speech stage star state station stone storm story strike student style sugar summit supply
surface survey system tax team temple tennis territory theater theory throne tower town trade tradition train treaty trial tribe troop tunnel union university valley vehicle version
victory village voyage wall war water wave way weapon west wheat wine winter wood word work world year zone""".split()
KINDS = ("person", "org", "place", "work", None)
NOUN_OF = {"When": "date", "Why": "reason", "How": "way", "How many": "number", "Where": "place"}


def is_asked(relation: str) -> bool:
    return relation.startswith(MARK + "|")


def relation(r: random.Random, names: Names) -> str:
    """A new asked relation.  Parts: the mark, what it leads to, its noun, its form, the verb, what stands before the verb and behind it."""
    form = r.choices(("did", "whom", "When", "Where", "Why", "How", "How many"), (34, 26, 13, 9, 5, 5, 8))[0]
    verb = r.choice(VERB_NAMES)
    kind = r.choices(KINDS, (30, 18, 26, 6, 20))[0] if form in ("did", "whom") else "place" if form == "Where" else None
    noun = _noun(r, kind, names) if form in ("did", "whom") else f"{_thing(r, names)}s" if form == "How many" else NOUN_OF[form]
    if form == "did" and kind == "person" and r.random() < 0.5:
        noun = "person"
    x = _subject(r, names)
    tail = _tail(r, names)
    if form == "did":
        before, behind = "", f"{x}{tail}"
    elif form == "whom" or r.random() < 0.5:
        before, behind = x, tail.strip() if form == "whom" else f"{_other(r, names)}{tail}"
    else:
        before, behind = _other(r, names), f"{x}{tail}"
    return "|".join((MARK, kind or "", noun, form, verb, before, behind))


def leads_to(relation: str) -> str | None:
    return _parts(relation)[1] or None


def noun(relation: str) -> str:
    """The noun by which a response takes up what was found by it."""
    _, _, noun, form, *_ = _parts(relation)
    return "number" if form == "How many" else noun.split(" ")[-1]


@cache
def outer(relation: str) -> list[str]:
    """Questions for it; documents state the first of them."""
    _, kind, noun, form, verb, before, behind = _parts(relation)
    past, base = _said(VERBS[verb]), _said(verb)
    if form == "did":
        if noun == "person":
            return _all(f"Who {past} {behind}?", f"Who was it that {past} {behind}?", f"Who is the person who {past} {behind}?")
        return _all(f"Which {noun} {past} {behind}?", f"What {noun} {past} {behind}?", f"What was the {noun} that {past} {behind}?", f"The {noun} that {past} {behind} is what?")
    if form == "whom":
        return _all(f"Which {noun} did {before} {base} {behind}?", f"What {noun} did {before} {base} {behind}?", f"What is the {noun} that {before} {past} {behind}?", f"{before} {past} which {noun} {behind}?")
    if form == "How many":
        return _all(f"How many {noun} did {before} {base} {behind}?", f"What is the number of {noun} that {before} {past} {behind}?")
    other = {"When": "In what year", "Where": "In which place", "Why": "For what reason", "How": "In what way"}[form]
    return _all(f"{form} did {before} {base} {behind}?", f"{other} did {before} {base} {behind}?", f"{form} was it that {before} {past} {behind}?")


@cache
def inner(relation: str) -> list[str]:
    """Phrases for what it leads to; empty when that is no entity."""
    _, kind, noun, form, verb, before, behind = _parts(relation)
    if not kind:
        return []
    past, who = _said(VERBS[verb]), "who" if kind == "person" else "that"
    out = []
    for rest in (behind, _short(form, behind)):
        if form == "did":
            out += [f"the {noun} {who} {past} {rest}", f"the {noun} {who} {past} {rest}", f"{'the one who' if kind == 'person' else 'what'} {past} {rest}"]
        elif form == "Where":
            out += [*(f"the {place} where {before} {past} {rest}" for place in ("place", "city", "country", "region")), f"where {before} {past} {rest}", f"the place {before} {past} {rest} in"]
        else:
            out += [f"the {noun} {who} {before} {past} {rest}", f"the {noun} {before} {past} {rest}"]
    return [" ".join(x.replace("{x}", "{a}").split()) for x in out]


def stated(relation: str, subject: str, value: str) -> str:
    """The question and its answer, as documents and responses say it."""
    asked = outer(relation)[0].replace("{x}", subject)
    return f"{asked[0].upper()}{asked[1:]} {value.removesuffix('.')}."


def value(relation: str, r: random.Random) -> str:
    """A plain value for what leads to no entity."""
    _, _, noun, form, *_ = _parts(relation)
    if form == "Why":
        return r.choice(("because of ", "to end ", "for ", "")) + f"the {r.choice(free.MODIFIERS)} {r.choice(THINGS)}" + r.choice(("", f" of the {r.choice(THINGS)}", f" and the {r.choice(THINGS)}"))
    if form == "How":
        return r.choice(("by ", "with ", "through ", "")) + f"{r.choice(('a', 'the', 'its'))} {r.choice(free.MODIFIERS)} {r.choice(THINGS)}"
    if form in ("did", "whom"):
        return r.choice(("the ", "a ", "")) + (f"{r.choice(free.MODIFIERS)} {r.choice(THINGS)}" if r.random() < 0.6 else f"{r.choice(THINGS)} {r.choice(THINGS)}")
    return free.value("date" if form == "When" else "number", r)


def _short(form: str, behind: str) -> str:
    """What stands behind the verb without what a longer question may leave out."""
    at = behind.find("{x}")
    return behind[: at + 3] if at >= 0 else "" if form == "whom" else behind


def _parts(relation: str) -> list[str]:
    return relation.split("|")


def _all(*questions: str) -> list[str]:
    plain = [" ".join(x.split()).replace(" ?", "?") for x in questions]
    return [*plain, plain[0][0].lower() + plain[0][1:-1]]


def _said(verb: str) -> str:
    return verb.replace("_", " ")


def _thing(r: random.Random, names: Names) -> str:
    """A common noun; now and then a word that nobody knows, so that words must be compared and not remembered."""
    return names.word("english", True).lower() if r.random() < 0.12 else fresh(lambda: r.choice(THINGS), plain=True)


def _noun(r: random.Random, kind: str | None, names: Names) -> str:
    head = fresh(lambda: r.choice(free.HEADS[kind]), plain=True) if kind or r.random() < 0.4 else _thing(r, names)
    return f"{r.choice(free.MODIFIERS)} {head}" if r.random() < 0.35 else head


def _phrase(r: random.Random, names: Names) -> str:
    return f"{r.choice(free.MODIFIERS)} {_thing(r, names)}" if r.random() < 0.6 else f"{_thing(r, names)} {r.choice(THINGS)}" if r.random() < 0.4 else _thing(r, names)


def _subject(r: random.Random, names: Names) -> str:
    x = r.random()
    if x < 0.62:
        return "{x}"
    return f"the {_phrase(r, names)} {r.choice(('of', 'of', 'in', 'from', 'for', 'by'))} {{x}}" if x < 0.92 else "the people of {x}"


def _other(r: random.Random, names: Names) -> str:
    """Something else that the question speaks of."""
    x = r.random()
    return f"the {_phrase(r, names)}" if x < 0.5 else fresh(names.town) if x < 0.65 else fresh(names.person) if x < 0.85 else f"the {fresh(names.town)} {r.choice(THINGS)}"


def _tail(r: random.Random, names: Names) -> str:
    x = r.random()
    if x < 0.35:
        return ""
    if x < 0.6:
        return f" {r.choice(('in', 'during', 'after', 'before', 'at', 'on', 'for', 'with', 'under', 'against', 'from'))} the {_phrase(r, names)}"
    if x < 0.85:
        return f" {r.choice(('in', 'during', 'after', 'along with', 'with', 'for', 'against', 'from', 'near'))} {_other(r, names)}"
    return f" {r.choice(('in', 'since', 'before', 'after'))} {r.randint(1500, 2020)}"
