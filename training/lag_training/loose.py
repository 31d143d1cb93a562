"""Further wordings of the listed relations, for training only: the words in which other hands ask for the same.

The evaluation's sets are asked in those of ``src/evaluation/wordings.json``; these keep a model from depending on them.
"""
from __future__ import annotations


def _read(text: str) -> dict[str, list[str]]:
    rows = (line.partition(":") for line in text.strip().splitlines())
    return {name.strip(): [x.strip() for x in rest.split("|")] for name, _, rest in rows}


# phrases for what stands in the relation to {a}
INNER = _read("""
director: the filmmaker behind {a} | whoever directed {a} | {a}'s director
producer: the person who produced {a} | {a}'s producer
performer: the band that performed {a} | the artist behind {a} | the artist who recorded {a} | {a}'s performer | the one who sang {a}
composer: the person who composed {a} | {a}'s composer | whoever wrote the music of {a}
publisher: {a}'s publisher | the publishing house of {a}
editor: {a}'s editor | the person who edited {a}
creator: {a}'s creator | the one who made {a}
founded by: {a}'s founder | whoever started {a} | the one who established {a}
father: {a}'s dad | the man whose child is {a}
mother: {a}'s mom | the woman whose child is {a}
spouse: the person {a} married | the husband of {a} | the wife of {a} | the one {a} is married to
child: {a}'s son | {a}'s daughter | the son of {a} | the daughter of {a}
sibling: {a}'s brother | {a}'s sister | the brother of {a} | the sister of {a}
place of birth: the town where {a} was born | the place of birth of {a} | where {a} was born | {a}'s hometown | the place {a} comes from
place of death: the town where {a} died | where {a} died | the city where {a} passed away | the place of {a}'s death
place of burial: where {a} is buried | the place where {a} was laid to rest
educated at: the university {a} attended | the university where {a} studied | where {a} studied | {a}'s university | the college that {a} went to
employer: the company {a} works for | the organization that employs {a} | where {a} works
cast member: an actor in {a} | the actor of {a}
screenwriter: the screenwriter for {a} | {a}'s screenwriter
author: {a}'s author | the one who wrote {a}
production company: the studio that made {a} | the company behind {a} | {a}'s production company
record label: {a}'s record label | the label {a} is signed to | the label of {a}
followed by: the follow-up to {a} | what came after {a}
headquarters location: the town where {a} is based | where {a} is headquartered | the city where {a}'s headquarters are
owned by: {a}'s owner | the one who owns {a}
located in the administrative territorial entity: the state where {a} is located | the district {a} is in | the area that contains {a} | where {a} is located | the territory where {a} is found | the municipality of {a}
capital: {a}'s capital
shares border with: the city bordering {a} | the place next to {a} | the county that borders {a}
member of sports team: {a}'s team | the club of {a} | the sports team that {a} played on
member of political party: {a}'s party | the political party of {a} | the party that {a} belongs to
residence: where {a} lived | the city where {a} lives | {a}'s home
""")

# questions for the relation of {x}
OUTER = _read("""
director: By whom was {x} directed? | Which filmmaker made {x}?
producer: By whom was {x} produced?
publication date: When was {x} published? | What year did {x} come out? | What is the release date of {x}?
country of origin: What country did {x} originate in? | In what country was {x} made?
performer: Which artist performed {x}? | What band performed {x}? | By whom was {x} performed?
composer: Which musician composed {x}? | By whom was {x} composed?
publisher: Who published {x}? | What is {x}'s publisher?
founded by: Who established {x}? | By whom was {x} founded? | Who was {x} founded by?
inception: When was {x} created? | What year was {x} formed? | When was {x} formed? | In what year was {x} started?
country: {x} is in what country? | What is the country of {x}? | What country contains {x}?
date of birth: What year was {x} born? | What is {x}'s date of birth?
date of death: What year did {x} die? | When was {x}'s death?
place of birth: In what city was {x} born? | What town was {x} born in? | {x} was born where? | What is {x}'s birthplace?
place of death: In what city did {x} die? | {x} died where? | What was the city of {x}'s death?
place of burial: Where is {x} buried? | In what place was {x} laid to rest?
father: Who was {x}'s dad? | Whose child is {x}?
mother: Who gave birth to {x}? | Who was {x}'s mom?
spouse: Who is {x}'s husband? | Who is {x}'s wife? | Who is {x} married to? | What is the name of {x}'s spouse?
child: Who is {x}'s son? | Who is {x}'s daughter? | What is the name of {x}'s child?
sibling: Who is {x}'s brother? | Who is the sister of {x}? | Who is the brother of {x}?
country of citizenship: What country did {x} come from? | Of what country is {x} a citizen? | What is {x}'s nationality?
educated at: What is the university of {x}? | What university did {x} attend? | What school did {x} attend? | What college did {x} go to?
employer: Who does {x} work for? | What company employs {x}? | What organization did {x} work for?
award received: What award did {x} receive? | What was {x} awarded?
cause of death: How did {x} die? | What did {x} die of?
occupation: What was {x}'s job? | What is {x}'s profession? | What did {x} work as?
cast member: Which actor is in {x}? | Who played in {x}?
screenwriter: Who wrote {x}'s script?
author: By whom was {x} written? | Who is {x}'s author?
production company: What company made {x}? | Which studio produced {x}?
record label: What record label is {x} signed to? | What is {x}'s record label? | Which label does {x} belong to?
followed by: What is the follow-up to {x}? | What came after {x}?
headquarters location: What city is {x} headquartered in? | What is the location of {x}'s headquarters?
owned by: What company owns {x}? | Who does {x} belong to?
located in the administrative territorial entity: What state is {x} located in? | What county is {x} in? | {x} is in which district? | What territorial entity does {x} belong to? | In which state is {x} found?
capital: What is {x}'s capital? | Which town serves as the capital of {x}?
shares border with: What does {x} share a border with? | Which town borders {x}?
member of sports team: What team did {x} belong to? | Which sports team is {x} on? | Who does {x} play for?
member of political party: Which political party does {x} belong to? | What is {x}'s party?
residence: Where does {x} live? | In which city did {x} live? | What city is {x}'s home?
""")
