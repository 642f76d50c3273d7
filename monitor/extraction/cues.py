"""The words that decide whether an event happened: who denies, plans, threatens, doubts, remembers, tells.

As governors ("plans to launch") and, where status.py says so, as modifiers ("a planned launch").
"""

from __future__ import annotations

import re


def _words(*stems: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?:{'|'.join(stems)})(?:e|s|es|d|ed|ing|ned|ning|ped|ping|led|ling|ted|ting)?", re.IGNORECASE
    )


MODALS = frozenset({"may", "might", "could", "would", "should", "can", "must", "ca", "'d"})
FUTURE = frozenset({"will", "wo", "shall", "'ll"})
ANNOUNCED = FUTURE | {"would", "to"}  # what governs them tells whether that is a plan, a threat or a fear
CONDITIONS = frozenset({"if", "unless", "whether", "should", "in case"})
PERHAPS = frozenset({"possibly", "perhaps", "potentially", "maybe", "likely", "whenever"})
NONE = frozenset({"no", "neither", "none", "nobody", "nothing", "not"})
NEVER = frozenset({"never", "neither", "nor"})
# A phrase of time stands beside the clause, not under it.
BESIDE = frozenset({"after", "since", "following", "despite", "amid", "over", "before", "due"})

DENYING = _words(
    "den(?:y|ie)", "refut", "dismiss", "rul(?:e|ing) out", "refus", "fail", "declin", "avoid",
    "prevent", "forgo", "forgone", "abandon", "cancel", "call(?:s|ed|ing)? off", "halt", "suspend",
    "stop", "ceas", "postpon", "delay", "forsak", "renounc", "give up", "lack", "deter", "ban", "end",
    "freez", "froze", "moratorium", "scrap", "shelv", "refrain", "thwart", "foil", "abort", "disput", "contest",
    "contradict", "forbid", "forbidden", "spar",
)  # fmt: skip
THREATENING = _words("threat", "threaten", "vow", "pledg", "warn", "warning", "sw(?:ea|o)r", "promis")
PLANNING = _words(
    "plan(?!e)", "prepar", "intend", "schedul", "read(?:y|ie)", "aim", "seek", "sought", "want", "hop(?:e|ing)",
    "propos", "offer", "consider", "mull", "weigh", "urg", "call(?:s|ed|ing)? for", "demand", "request", "ask",
    "preparation", "slat",
    "set", "gear", "due", "about", "poised", "intention", "interest", "order", "agree", "decid", "vot", "upcoming",
    "forthcoming", "project", "planned-for", "pending", "announc(?:e|ing) plan", "eye", "try", "tr(?:y|ie)", "attempt",
    "need", "authoriz", "authoris", "allow",
)  # fmt: skip
DOUBTING = _words(
    "doubt", "fear", "expect", "think", "thought", "predict",
    "speculat", "worr(?:y|ie)", "suspicion", "anticipat", "possib(?:le|ly|ility)", "potential",
    "potentially", "likely", "likelihood", "unlikely", "capab(?:le|ility|ilitie)", "able", "ability", "risk",
    "prospect", "chance", "imminent", "hypothetical", "scenario", "concern", "brac(?:e|ing)", "imagin",
    "wonder", "guess", "forecast", "brink", "verge", "danger", "await", "future", "next", "hint", "aspir",
    "tout", "perhaps", "maybe", "perceiv", "rumou?r", "would-be", "looming",
)  # fmt: skip
# Who does this does it to what was done at another time: "restore lines severed in 2020".
UNDOING = re.compile(
    r"(?:restor|reopen|re-open|resum|reviv|restart|lift|end|withdr[ae]w|scrap|cancel|rejoin|return|free|releas|revers|repeal|"
    r"reinstat|unblock|reconnect|normali[sz])\w*",
    re.IGNORECASE,
)
PAST = _words(
    "anniversary", "anniversarie", "recall", "remember", "commemorat", "past", "previou", "earlier", "former",
    "histor(?:y|ical)", "recent", "decade-old", "year-old", "infamou",
)  # fmt: skip
SAYING = re.compile(
    r"(?:sa(?:y|ys|id|ying)|report(?:s|ed|ing)?|announc\w+|confirm\w*|claim\w*|stat(?:es|ed|ing)|tell|tells|told|"
    r"show\w*|reveal\w*|detect\w*|believ\w+|accus\w+|alleg\w+|not(?:es|ed|ing)|add(?:s|ed|ing)|declar\w+|boast\w*|"
    r"find|found|know\w*|maintain\w*|insist\w*|contend\w*|assert\w*|brag\w*|tout\w*|notif\w*|describ\w*|vow\w*|warn\w*|"
    r"stress\w*|admit\w*|acknowledg\w*|conced\w*|confess\w*|pledg\w*|conclud\w*|determin\w*|assess\w*|"
    r"establish\w*|learn\w*|discover\w*|verif\w*)",
    re.IGNORECASE,
)
CLAIMING = re.compile(
    r"(?:claim\w*|sa(?:y|ys|id)|announc\w+|declar\w+|boast\w*|maintain\w*|insist\w*|assert\w*|brag\w*|report\w*|"
    r"contend\w*|reveal\w*|confirm\w*|tell|told|describ\w*)",
    re.IGNORECASE,
)
# Who tells of a deed in these words tells of his own: "the rocket blew up, Pyongyang admits".
CONFESSING = re.compile(r"(?:admit|acknowledg|conced|confess|boast|brag)\w*", re.IGNORECASE)
VOICING = re.compile(r"(?:voice|voicing|express|convey|shar|lodg|register|relay)\w*", re.IGNORECASE)
REJECTING = re.compile(
    r"(?:den(?:y|ies|ied|ial)|refut|reject|dismiss|rebut|disput|rebuff|debunk)\w*", re.IGNORECASE
)  # a charge that
SHRUGGING = re.compile(r"(?:shrug|brush|wav|laugh|sweep|swept)\w*", re.IGNORECASE)  # off, or aside
# What makes a plan of "that he would halt the drills".
ANNOUNCEMENT = re.compile(
    r"(?:announcement|decision|pledge|promise|order|commitment|agreement)s?", re.IGNORECASE
)
# Words that rank: what is the first or the most since something happened came after it.
RANKING = (
    r"first|most|worst|record|(?:larg|bigg|great|high|strong|heavi|long|b|lat|new|clos|low|few|deadli|tough|harsh|sharp|"
    r"tight|bold|wid|deep|farth|furth|fierc|bloodi|busi|grav)est"
)
# What a report is called by whoever denies it: "claims that it fired were groundless".
UNTRUE = re.compile(
    r"false|untrue|groundless|baseless|unfounded|bogus|fake|fabricated|fabrications?|fiction|nonsense|lies?|hype|hoax|absurd|"
    r"wrong|incorrect|inaccurate|disinformation|slander|propaganda",
    re.IGNORECASE,
)
# What answers a deed that is known: the answer is the news.
ANSWERING = re.compile(
    r"(?:condemn|slam|denounc|protest|deplor|criticis|criticiz|blast|decr|regret|rebuk|lament|rap|welcom|prais|hail|applaud)\w*",
    re.IGNORECASE,
)
# What comes to pass, said of the deed itself: "the test could come soon".
COMING = re.compile(
    r"(?:com|happen|occur|tak|begin|start|resum|follow|proceed|go|continu|arriv|last)(?:e|es|s)?",
    re.IGNORECASE,
)
# Talks to come about what has come: "to meet on the launch", "will discuss it".
TALKING = re.compile(
    r"(?:meet|meeting|session|talk|talks|briefing|vote|conven|respond|react|statement)(?:e|es|s|ed|ing)?",
    re.IGNORECASE,
)
DISCUSSING = re.compile(
    r"(?:discuss|debat|address|condemn|denounc|protest|review|investigat|prob|punish|answer)(?:e|es|s|ed|ing)?",
    re.IGNORECASE,
)
STOPPING = re.compile(
    r"(?:stop(?:s|ped)?|halt(?:s|ed)?|ceas(?:e|es|ed)|end(?:s|ed)?|suspend(?:s|ed)?|abandon(?:s|ed)?|freez(?:e|es)|"
    r"froze|renounc(?:e|es|ed)|scrap(?:s|ped)?|forgo|forsak(?:e|es)|giv(?:e|es)|gave|hesitat(?:e|es|ed))",
    re.IGNORECASE,
)
DECIDING = re.compile(r"(?:decid|opt|vot|rul|advis|choos|cho[sz]e|argu|counsel)\w*", re.IGNORECASE)
UNEASY = re.compile(r"concerned|worried|alarmed|disturbed|troubled", re.IGNORECASE)
REFUSING = re.compile(r"(?:refus|declin|fail)(?:e|es|ed|s)?", re.IGNORECASE)
RESPONSE = re.compile(r"(?:response|reaction|answer|retaliation|reply|replie)s?", re.IGNORECASE)
BOASTING = re.compile(r"(?:claim|boast|brag)\w*", re.IGNORECASE)
# A verb and the particle that turn a deed down: "calls off the exercise".
TURNING_DOWN = frozenset(
    {"call off", "hold off", "put off", "rule out", "back down", "back out", "pull out", "stop short", "turn down",
     "stop from", "give up", "walk away", "back away", "back off", "stand down"}
)  # fmt: skip
SIMULATING = re.compile(
    r"(?:simulat|rehears|practi[cs]|mock|tabletop|pretend)\w*|war ?games?|scenarios?", re.IGNORECASE
)
# "Sanctions for", "an apology for": what follows was long known.
PENALTY = re.compile(
    r"sanction(?:s|ed)?|embargo|blacklist(?:ed)?|apolog(?:y|ies)|apologi[sz](?:e|es|ed|ing)", re.IGNORECASE
)
