"""Invented names of persons, works, organisations and towns.

Names are drawn from syllable inventories of many language styles, so that the
tokenizer and the model see very varied strings and must learn to *copy*, not to
remember.  A name part (one word) is held out for evaluation iff
fnv1a32(lower case part) % 8 == 0: training never draws such a part, evaluation
draws only such parts.
"""
from __future__ import annotations

import json
import random
import re
from functools import cache
from pathlib import Path


def fnv1a32(text: str) -> int:
    """32-bit FNV-1a of the UTF-8 bytes (the TypeScript side has the same function)."""
    h = 0x811C9DC5
    for byte in text.encode("utf-8"):
        h = ((h ^ byte) * 0x01000193) & 0xFFFFFFFF
    return h


def held_out(part: str) -> bool:
    """True when this word belongs to the evaluation names only."""
    return fnv1a32(part.lower()) % 8 == 0


@cache
def pieces() -> tuple[str, ...]:
    """Letters that the tokenizer knows as one token; empty before there is a tokenizer."""
    from .wordings import MODEL_DIR
    path = MODEL_DIR / "tokenizer.json"
    if not path.exists():
        return tuple("abcdefghijklmnopqrstuvwxyz")
    from tokenizers import Tokenizer
    tok = Tokenizer.from_file(str(path))
    texts = (tok.decode([i], skip_special_tokens=True).strip() for i in range(tok.get_vocab_size()))
    return tuple(sorted({t for t in texts if t.isalpha() and len(t) <= 8 and "\ufffd" not in t}))


def _s(text: str) -> list[str]:
    return text.split()


# style: (onsets, nuclei, codas of inner syllables, endings of first names, endings of last names); "-" is empty
STYLES: dict[str, tuple[list[str], list[str], list[str], list[str], list[str]]] = {
    "english": (_s("B Br C Ch Cl D E F G Gr H J K L M N P R S St T Th W Wh Al Ed Har Wil"), _s("a e i o u ea oo ai"), _s("- - l n r s m t rd ck"), _s("y an en er ah ine ard ie on a"), _s("ton son er ley ford well man worth ham s field by wood more")),
    "german": (_s("B D F G H K L M R S Sch St W Z Fr Gr Kl Ul"), _s("a e i o u ei au ü ö ie"), _s("- - l n r st rn ch tz"), _s("a e ich ard helm gard hilde mar o ine"), _s("mann berg er stein bach hof ler feld ner hauer ing sch")),
    "french": (_s("B C D F G J L M P R S T V Ch Gu Ph"), _s("a e i o ou é eu au oi è"), _s("- - n r l s ss v"), _s("e ette ine ien ois el ie ard ain"), _s("eau ard ier et ault in ois elle ac on ère and")),
    "italian": (_s("B C D F G L M N P R S T V Gi Fr Br"), _s("a e i o u ia io"), _s("- - l n r nn ll tt zz"), _s("o a io ia ino ella etta ano"), _s("i ini etti ucci oni ello aro azzi esi one anti")),
    "spanish": (_s("B C D F G J L M P R S T V Al Gu X"), _s("a e i o u ue ia é á ó"), _s("- - l n r s rr ñ"), _s("o a ito elia ando ina ín ión"), _s("ez es ado era illo ales ano ón ega oza ín")),
    "slavic": (_s("B D G K L M N P R S T V Z Vl Mir Bor Č Š Zd Br"), _s("a e i o u y á í ě"), _s("- - l n r s sk v č"), _s("slav mir an ko a ena ka ek ina ija"), _s("ov ić ský enko czyk ova ák ek ich in owski uk")),
    "hungarian": (_s("B D F G Gy H K L M N P S Sz T V Zs"), _s("a e i o ö á é ó ü"), _s("- - l n r s gy k"), _s("a ó án or ás el ka ella"), _s("i y ás ó ányi os er és fi ai")),
    "turkish": (_s("A B C D E G H K M N O S T Y Ç Ş"), _s("a e ı i o u ü ö"), _s("- - l n r m k y"), _s("an et a e il ay in ür"), _s("oğlu can kaya er lı demir taş gil ak")),
    "arabic": (_s("A B F H J K M N R S T Y Z Kh Sh Al Ab"), _s("a i u aa ee ou"), _s("- - l m n r d h b"), _s("ir a ah ed an im een oud"), _s("i awi ani ullah zadeh eh an ari our ayn")),
    "indian": (_s("A B Bh Ch D G H J K M N P R S Sh V"), _s("a aa i u ee o"), _s("- - l n r m v nd sh"), _s("a an esh i it endra inda aj"), _s("kar ia an war nath appa rao ani ji mal deh asan")),
    "chinese": (_s("B Ch D F G H J L M P Q S Sh T W X Y Zh Z Cai"), _s("a ai ao an ang en eng i ia ian iu o ong ou u uan ui un"), _s("-"), _s("- ming wei ling hua yu ping jun"), _s("- - - -")),
    "japanese": (_s("A H I K M N O R S Sh T Y Ch Ts"), _s("a i u e o"), _s("- - n k t m s r"), _s("ko ro o mi ki shi ka e suke"), _s("moto yama da mura ta no hara kawa shima zaki oka")),
    "korean": (_s("B Ch D G H J K M N P S Y Ky"), _s("a ae eo eu i o u ye oo ung yun"), _s("- n ng k m"), _s("- hee jin soo min ho young"), _s("- - n ng k")),
    "vietnamese": (_s("B C Đ H L M N Ng Ph Qu T Th Tr V X"), _s("a ă â ê i ô ơ u ư ạ ế ồ ị"), _s("n ng nh m c -"), _s("- h ng nh"), _s("- n ng nh")),
    "nordic": (_s("A B E F G H K L M N O R S T Sv Bj Kr"), _s("a e i o u ø å ä ö y"), _s("- - l n r g nd rs"), _s("a e en ar rid ulf ild ik ine"), _s("sen sson gren lund berg dal vik ström strand sdottir gaard")),
    "finnish": (_s("A E H I J K L M N O P R S T V"), _s("a e i o u aa ii uo ä yö"), _s("- - l n s tt kk r"), _s("o a i u ri ja kka mo"), _s("nen la lä maa ainen inen salo niemi")),
    "greek": (_s("A D E G K L M N P S T Th Ch Ph X Kl"), _s("a e i o ou y ia eo"), _s("- - l n r s m k"), _s("os is a ios es ia ides on"), _s("opoulos akis idis ou ades atos elis iou")),
    "african": (_s("A B Ch D E K L M N Ng O S T W Mb Nd Z Kw"), _s("a e i o u aa ia wa"), _s("- - n m l b k"), _s("a o e i wa nde si bo"), _s("eke wu ola ba ngo we ango ade ile mba")),
    "welsh": (_s("B C D G Gw H Ll M N P Rh T W Br"), _s("a e i o u w y ae"), _s("- - l n r dd s th"), _s("yn wen ys an fed eth ael wyn"), _s("ydd an yn well ow ell och es art")),
    "baltic": (_s("A B D G J K L M P R S V Z Ž"), _s("a ai e ie i ā ū au"), _s("- - l n r s t v"), _s("is as a ija us e"), _s("aitis ius auskas ņš iņa evics s ētis ane")),
    "latin": (_s("A C D F G L M O P S T V Qu"), _s("a e i o u ae iu"), _s("- - l n r s c nt"), _s("us a ius ia inus illa o"), _s("us ius anus inus ensis or ax")),
}
STYLE_NAMES = sorted(STYLES)

FIRST_NAMES = _s("""James John Robert Michael William David Richard Joseph Thomas Charles Daniel Matthew Anthony Mark Donald Steven Paul Andrew
Kenneth George Joshua Kevin Brian Edward Ronald Timothy Jason Jeffrey Ryan Jacob Gary Nicholas Eric Stephen Jonathan Larry Justin Scott Frank Benjamin Samuel Gregory
Raymond Patrick Alexander Jack Dennis Jerry Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Nancy Lisa Margaret Betty Sandra Ashley Dorothy
Kimberly Emily Donna Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Laura Sharon Cynthia Kathleen Amy Angela Shirley Anna Ruth Brenda Pamela Nicole Katherine
Virginia Catherine Christine Helen Debra Rachel Carolyn Janet Maria Heather Diane Julie Joyce Victoria Kelly Lauren Christina Joan Evelyn Olivia Martha Henri Louis Pierre
Jean François Marcel René Giovanni Luigi Carlo Franco Mario Pedro Juan Carlos Luis Miguel José Jorge Hans Karl Otto Friedrich Heinrich Wilhelm Ludwig Ivan Boris Sergei
Dmitri Nikolai Mikhail Vladimir Jan Josef Pavel Petr Lars Erik Olaf Nils Gustav Ahmed Mohammed Ali Hassan Omar Fatima Aisha Raj Vijay Anil Sunil Hiroshi Kenji Akira
Yuki Wei Ming Li Zhang Kim Park Nguyen Arthur Alton Frederick Harold Walter Ernest Alfred Herbert Leonard Clarence Theodore Edgar Oscar Hugo Victor Albert""")

TITLE_WORDS = _s("""Silent Golden Lost Dark Broken Hidden Burning Last First Second Wild Secret Little Great Bitter Sweet Crimson Winter Summer Autumn Spring Midnight
Morning Evening River Mountain Valley Ocean Island Desert Forest Garden House Castle Tower Bridge Road Street City Village Kingdom Empire Throne Crown Sword Shield Arrow
Horse Wolf Tiger Lion Eagle Raven Swan Fox Bear Serpent Dragon Ghost Shadow Mirror Window Door Key Letter Book Song Dance Music Dream Memory Promise Journey Return Escape
Stranger Soldier Captain Doctor Teacher Widow Bride Daughter Son Mother Father Brother Sister Child King Queen Prince Princess Duke Thief Hunter Sailor Farmer Dancer
Singer Poet Painter Judge Witness Prisoner Enemy Friend Lover Angel Devil Heaven Hell Fire Water Earth Wind Rain Snow Storm Thunder Star Moon Sun Sky Night Day Hour Year
Century Blood Heart Hand Eye Voice Face Bone Stone Iron Silver Gold Diamond Pearl Rose Lily Orchid Tree Leaf Seed Harvest Bread Wine Salt Sugar Honey Poison Money Fortune
War Peace Battle Victory Defeat Honor Glory Justice Mercy Truth Lie Love Hate Fear Hope Faith Sorrow Joy Laughter Tears Silence Whisper Scream Echo Train Ship Boat Plane
Car Wheel Station Harbor Border Frontier Paris London Berlin Texas Broadway Hotel Palace Prison School Circus Theatre Carnival Wedding Funeral Birthday Holiday Sunday Monday
Friday Christmas Easter Red Blue Green White Black Yellow Purple Scarlet Happy Lonely Crazy Mad Blind Naked Young Old Brave Strange Perfect Innocent Guilty Dangerous Beautiful
Forbidden Eternal Final Seven Three Four Five Nine Twelve Hundred Thousand Double Single Running Falling Rising Dancing Sleeping Waiting Dying Living Loving Flying Walking
Games Tales Chronicles Affair Case Mystery Adventure Legend Curse Spell Magic Wonder Paradise Stranger Trouble Danger Murder Crime Passion Temptation Vengeance Revenge Destiny""")

ORG_WORDS = _s("University College School Academy Institute Press Company Records Studios Club Society Foundation Museum Theatre Laboratories Industries Group Bank Airlines Motors Films Media Publishing House Orchestra Hospital Church")
PARTICLES = _s("von de of van da di del la al bin ibn der")
NOBLE = ["Duke of", "Count of", "Prince of", "Earl of", "Margrave of", "Baron", "Landgrave of", "Lord"]
ROMAN = _s("I II III IV V VI VII VIII IX X")
NTH = _s("1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th")
PEERS = ["Earl of", "Viscount", "Baron", "Baronet", "Duke of", "Marquess of"]      # in training only
SURNAME_TAGS = ["(director)", "(actor)", "(musician)", "(politician)", "(film director)", "(singer)", "(writer)", "(footballer)"]
PLACE_NOUNS = ["Abbey", "Cemetery", "Castle", "Cathedral", "Church", "Island", "Lake", "River", "County"]
PARTY_NOUNS = ["Party", "League", "Movement", "Union", "Front"]
AWARD_NOUNS = ["Prize", "Award", "Medal", "Order", "Trophy"]
TOWN_FIRST, TOWN_ON = ["New", "Saint", "Port", "North", "San", "Upper"], ["am", "sur", "on"]
OF_TOWN = ["University", "College", "Institute", "Academy"]
# words of names that belong to both sides: what kind of thing it is, titles, articles, what ties two parts together
FIXED = {w for group in (ORG_WORDS, PARTICLES, NOBLE, ROMAN, NTH, PEERS, SURNAME_TAGS, PLACE_NOUNS, PARTY_NOUNS, AWARD_NOUNS, TOWN_FIRST, TOWN_ON, OF_TOWN,
                         ["the a in and for with of film song magazine novel book jr s"]) for text in group for w in re.findall(r"\w+", text.lower())}


def parts(name: str) -> list[str]:
    """The words of a name that make it the one it is: without fixed words, numbers and initials."""
    return [w for w in re.findall(r"\w+", name.lower()) if w not in FIXED and not w.isdigit() and len(w) > 1]


class Names:
    """Draws names with one random generator; ``held`` chooses the evaluation parts."""

    def __init__(self, rng: random.Random, held: bool = False):
        self.rng, self.held = rng, held

    def _ok(self, word: str) -> bool:
        return held_out(word) == self.held

    def _pick(self, words: list[str]) -> str:
        while True:
            w = self.rng.choice(words)
            if self._ok(w):
                return w

    def word(self, style: str, last: bool) -> str:
        """One invented word of a style, 2-8 letters, from the allowed hash class."""
        on, nu, co, first_end, last_end = STYLES[style]
        r = self.rng
        if not self.held and r.random() < 0.15:
            return self.pieced()
        while True:
            n = r.choice((1, 1, 1, 2)) if style not in ("chinese", "korean", "vietnamese") else 1
            w = ""
            for i in range(n):
                o = r.choice(on)
                w += (o if i == 0 else o.lower()) + r.choice(nu) + r.choice(co).replace("-", "")
            w += r.choice(last_end if last else first_end).replace("-", "")
            w = w[0].upper() + w[1:]
            if 2 <= len(w) <= 8 and self._ok(w):
                return w

    def pieced(self) -> str:
        """A word put together from pieces of the vocabulary, so that every piece is met, and copied, in training."""
        r = self.rng
        while True:
            w = "".join(r.choice(pieces()) for _ in range(r.choice((1, 2, 2, 3)))).lower()
            w = w[:1].upper() + w[1:]
            if 3 <= len(w) <= 12 and self._ok(w):
                return w

    def near(self, name: str) -> str:
        """A name that shares words with another one: what lexical retrieval brings beside what was asked for."""
        words = name.split(" ")
        i = self.rng.randrange(len(words))
        new = self._pick(TITLE_WORDS) if self.rng.random() < 0.3 else self.word(self.rng.choice(STYLE_NAMES), self.rng.random() < 0.5)
        if len(words) == 1:
            return f"{name} {new}" if self.rng.random() < 0.5 else f"{new} {name}"
        return " ".join(words[:i] + [new] + words[i + 1:])

    def namesake(self, name: str) -> str:
        """``name`` with another ordinal or number where it has one ("Louis X of Sovend", "Louis IV of Sovend"), else as ``near``."""
        words = name.split(" ")
        for i, word in enumerate(words):
            bare = word.strip(",")
            for series in (ROMAN, NTH, [str(n) for n in range(2, 10)]):
                if i and bare in series and self.rng.random() < 0.8:
                    other = self.rng.choice([x for x in series if x != bare])
                    return " ".join(words[:i] + [word.replace(bare, other)] + words[i + 1:])
        return self.near(name)

    def surname(self, style: str | None = None) -> str:
        return self.word(style or self.rng.choice(STYLE_NAMES), True)

    def person(self, surname: str | None = None, style: str | None = None) -> str:
        """A person's name in text, 1-4 parts."""
        r = self.rng
        style = style or r.choice(STYLE_NAMES)
        first = self._pick(FIRST_NAMES) if r.random() < 0.35 else self.word(style, False)
        last = surname or self.surname(style)
        x = r.random()
        if x < 0.66:
            return f"{first} {last}"
        if x < 0.70:
            return f"{first} {r.choice('ABCDEFGHIJKLMNOPRSTVWZ')}. {last}"
        if x < 0.76:
            return f"{first} {self.word(style, False)} {last}"
        if x < 0.83:
            return f"{first} {r.choice(PARTICLES)} {last}"
        if x < 0.88:
            return f"{first} {r.choice(ROMAN)} of {last}"
        if x < 0.91:
            if not self.held and r.random() < 0.5:
                peer = r.choice(PEERS)
                return f"{first} {last}, {r.choice(NTH)} {peer}" + ("" if peer == "Baronet" else f" {r.choice((last, self.word(style, True)))}")
            return f"{first} {r.choice(ROMAN)}, {r.choice(NOBLE)} {last}"
        if x < 0.94:
            return f"{first}-{self.word(style, False)} {last}"
        if x < 0.96:
            return f"{first} {last}-{self.surname()}"
        if x < 0.98:
            return f"{first} {last} Jr."
        return self.word(style, True) if surname is None else f"{first} {last}"

    def work(self) -> str:
        """Title of a film, song or magazine."""
        r = self.rng
        w = lambda: self._pick(TITLE_WORDS)
        f = lambda: self.word(r.choice(STYLE_NAMES), r.random() < 0.5)
        x = r.random()
        if x < 0.12:
            return f"The {w()} {w()}"
        if x < 0.22:
            return f"{w()} of the {w()}"
        if x < 0.30:
            return f"The {w()} of {f()}"
        if x < 0.38:
            return f"{w()} {w()} {w()}"
        if x < 0.46:
            return f"{f()} {f()}"
        if x < 0.52:
            return f"{f()} {f().lower()} {f().lower()}" if not self.held else f"{f()} {f()}"
        if x < 0.58:
            return f"A {w()} in {f()}"
        if x < 0.64:
            return f"{w()} and {w()}"
        if x < 0.70:
            return f"{w()}'s {w()} {w()}"
        if x < 0.76:
            return f"The {f()} {w()}"
        if x < 0.82:
            return f"{w()} for {f()}"
        if x < 0.86:
            return f"{f()}: {w()} {w()}"
        if x < 0.90:
            return f"{f()} {r.randint(2, 9)}"
        if x < 0.95:
            return f"The {w()} with the {w()} {w()}"
        return f"{f()}"

    def town(self) -> str:
        r = self.rng
        a = self.word(r.choice(STYLE_NAMES), True)
        x = r.random()
        if x < 0.6:
            return a
        if x < 0.7:
            return f"{r.choice(TOWN_FIRST)} {a}"
        if x < 0.8:
            return f"{a}-{r.choice(TOWN_ON)}-{self.surname()}"
        return f"{a} {self.surname()}"

    def place(self) -> str:
        """A place with a document of its own or a burial place."""
        return f"{self.town()} {self.rng.choice(PLACE_NOUNS)}"

    def organisation(self) -> str:
        r = self.rng
        if r.random() < 0.3:
            return f"{r.choice(OF_TOWN)} of {self.town()}"
        return f"{self.surname()} {self.surname() + ' ' if r.random() < 0.3 else ''}{r.choice(ORG_WORDS)}"

    def party(self) -> str:
        return f"{self.surname()} {self.rng.choice(PARTY_NOUNS)}"

    def award(self) -> str:
        return f"{self.surname()} {self.rng.choice(AWARD_NOUNS)}"


# country, demonyms: both forms occur as values in 2WikiMultiHop
COUNTRIES: list[tuple[str, ...]] = [tuple(x.split("/")) for x in """France/French;Germany/German;Italy/Italian;Spain/Spanish;Portugal/Portuguese;Netherlands/Dutch;Belgium/Belgian;Switzerland/Swiss;Austria/Austrian;Hungary/Hungarian;Poland/Polish;Czech Republic/Czech;Slovakia/Slovak;Romania/Romanian;Bulgaria/Bulgarian;Greece/Greek;Turkey/Turkish;Russia/Russian;Ukraine/Ukrainian;Sweden/Swedish;Norway/Norwegian;Denmark/Danish;Finland/Finnish;Iceland/Icelandic;Ireland/Irish;United Kingdom/British/UK;England/English;Scotland/Scottish;Wales/Welsh;United States/American/US;Canada/Canadian;Mexico/Mexican;Brazil/Brazilian;Argentina/Argentine;Chile/Chilean;Peru/Peruvian;Colombia/Colombian;Cuba/Cuban;Egypt/Egyptian;Nigeria/Nigerian;South Africa/South African;Kenya/Kenyan;Israel/Israeli;Iran/Iranian;Iraq/Iraqi;India/Indian;Pakistan/Pakistani;China/Chinese;Japan/Japanese;South Korea/South Korean;Vietnam/Vietnamese;Thailand/Thai;Philippines/Filipino;Indonesia/Indonesian;Australia/Australian;New Zealand/New Zealander;Serbia/Serbian;Croatia/Croatian;Estonia/Estonian;Latvia/Latvian;Lithuania/Lithuanian;Albania/Albanian;Soviet Union/Soviet;Hong Kong;Taiwan/Taiwanese;Malaysia/Malaysian;Sri Lanka/Sri Lankan;Nepal/Nepalese""".split(";")]
OCCUPATIONS = "actor,painter,novelist,politician,lawyer,architect,composer,journalist,farmer,sculptor,poet,engineer,diplomat,physicist,footballer,conductor,historian,bishop,banker,photographer,teacher,soldier,merchant,dancer".split(",")
CAUSES = "cancer,tuberculosis,heart attack,stroke,pneumonia,car accident,plane crash,drowning,suicide,typhus,cholera,leukemia,lung cancer,heart failure,assassination,malaria,decapitation,smallpox".split(",")
AWARDS = "Nobel Prize,Academy Award,Pulitzer Prize,Grammy,Order of Lenin,Guggenheim Fellowship,Legion of Honour,Golden Bear,Victoria Cross,Booker Prize,Iron Cross,Padma Shri".split(",")
MONTHS = "January February March April May June July August September October November December".split()
