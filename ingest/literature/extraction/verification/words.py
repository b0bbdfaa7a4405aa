"""Words of change, denial and caution: what a claim's own sentence must say."""

from __future__ import annotations

import re

from ingest.literature.extraction import verbs

_FLAGS = re.IGNORECASE


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _words(*patterns: str) -> str:
    return r"\b(?:" + "|".join(" ".join(patterns).split()) + r")\b"


RISE = _words(
    r"increas(?:e|es|ed|ing|ingly) ris(?:e|es|en|ing) rose rais(?:e|es|ed|ing) gr(?:ow|ows|ew|own|owing|owth)",
    r"elevat(?:e|es|ed|ing) boost(?:s|ed|ing)? doubl(?:e|es|ed|ing) tripl(?:e|es|ed|ing)",
    r"quadrupl(?:e|es|ed|ing) climb(?:s|ed|ing)? amplif(?:y|ies|ied|ying) inflat(?:e|es|ed|ing)",
    r"accelerat(?:e|es|ed|ing|ion) higher greater larger longer exceed(?:s|ed|ing)? escalat(?:e|es|ed|ing)",
    r"extend(?:s|ed|ing)? extension prolong(?:s|ed|ing)? lengthen(?:s|ed|ing)? multipl(?:y|ies|ied|ying)",
    r"surg(?:e|es|ed|ing) gain(?:s|ed|ing)? heighten(?:s|ed|ing)? intensif(?:y|ies|ied|ying)",
    r"expand(?:s|ed|ing)? enlarg(?:e|es|ed|ing) magnif(?:y|ies|ied|ying) maximi[sz](?:e|es|ed|ing)",
    r"widen(?:s|ed|ing)? spik(?:e|es|ed|ing) upwards? more\slikely jump(?:s|ed|ing)? soar(?:s|ed|ing)?",
    r"swell(?:s|ed|ing)? speed(?:s|ed|ing)?\sup aggravat(?:e|es|ed|ing) exacerbat(?:e|es|ed|ing)",
    r"push(?:es|ed|ing)?\sup driv(?:e|es|en|ing)\sup drove\sup bring(?:s|ing)?\sup restor(?:e|es|ed|ing)",
    r"lift(?:s|ed|ing)? bolster(?:s|ed|ing)? strengthen(?:s|ed|ing)? augment(?:s|ed|ing)? quicken(?:s|ed|ing)?",
    r"hik(?:e|es|ed|ing) twice\s(?:the|as) compound(?:s|ed|ing) double\sthe times\sthe times\sas\smany",
    r"times\smore",
)
FALL = _words(
    r"decreas(?:e|es|ed|ing) reduc(?:e|es|ed|ing|tion|tions) lower(?:s|ed|ing)? drop(?:s|ped|ping)?",
    r"fall(?:s|en|ing)? fell declin(?:e|es|ed|ing) cut(?:s|ting)? shrink(?:s|ing)? shrank shrunk",
    r"diminish(?:es|ed|ing)? lessen(?:s|ed|ing)? smaller shorter fewer shorten(?:s|ed|ing)? halv(?:e|es|ed|ing)",
    r"half\s(?:the|as) eliminat(?:e|es|ed|ing|ion) remov(?:e|es|ed|ing) avoid(?:s|ed|ing)?",
    r"prevent(?:s|ed|ing|ion)? suppress(?:es|ed|ing|ion)? mitigat(?:e|es|ed|ing|ion) alleviat(?:e|es|ed|ing)",
    r"minimi[sz](?:e|es|ed|ing) limit(?:s|ed|ing) curb(?:s|ed|ing)? curtail(?:s|ed|ing)?",
    r"damp(?:s|ed|ing|en|ens|ened) decay(?:s|ed|ing)? sav(?:e|es|ed|ing|ings) trim(?:s|med|ming) (?-i:trim)",
    r"reliev(?:e|es|ed|ing) weaken(?:s|ed|ing)? los(?:es|t|ing) eas(?:es|ed|ing) erod(?:e|es|ed|ing)",
    r"deplet(?:e|es|ed|ing) downwards? less\slikely tam(?:e|es|ed|ing) contain(?:s|ed) ",
    r"slash(?:es|ed|ing)? bound(?:s|ed) repair(?:s|ed|ing)? shav(?:e|es|ed|ing)",
    r"compress(?:es|ed) absorb(?:s|ed|ing)? mask(?:s|ed|ing)? hid(?:e|es|den|ing) narrow(?:s|ed|ing)?",
    r"counter(?:s|ed|acts?|acted)? offset(?:s|ting)? delay(?:s|ed|ing)? stop(?:s|ped|ping)? halt(?:s|ed|ing)?",
    r"bring(?:s|ing)?\sdown brought\sdown slow(?:s|ed|ing)?(?:\sdown)? collaps(?:e|es|ed|ing)",
    r"tolerat(?:e|es|ed|ing) correct(?:s|ed|ing) ",
    r"sacrific(?:e|es|ed|ing) plummet(?:s|ed|ing)? throttl(?:es|ed) starv(?:e|es|ed|ing) cost(?:s|ing)",
    r"forfeit(?:s|ed|ing)? par(?:es|ed|ing) hamper(?:s|ed|ing)? hinder(?:s|ed|ing)? truncat(?:e|es|ed|ing)",
    r"jeopardi[sz](?:e|es|ed|ing) forestall(?:s|ed|ing)? cur(?:es|ed|ing) clip(?:s|ped|ping) dent(?:s|ed)",
    r"undermin(?:e|es|ed|ing) compromis(?:e|es|ed|ing) thwart(?:s|ed|ing)? imped(?:e|es|ed|ing)",
    r"stifl(?:e|es|ed|ing) spar(?:es|ed) obviat(?:e|es|ed|ing) attenuat(?:e|es|ed|ing) blunt(?:s|ed)",
    r"defer(?:s|red|ring)? fix(?:es|ed|ing) resolv(?:e|es|ed|ing) eradicat(?:e|es|ed|ing) retard(?:s|ed|ing)?",
    r"dwindl(?:e|es|ed|ing) sink(?:s|ing)? sank sag(?:s|ged)? dip(?:s|ped)? subsid(?:e|es|ed) vanish(?:es|ed)?",
    r"disappear(?:s|ed)? inhibit(?:s|ed|ing)? combat(?:s|ed|ing)? neutrali[sz](?:e|es|ed|ing) cushion(?:s|ed)?",
    r"soften(?:s|ed|ing)? drain(?:s|ed|ing) defus(?:e|es|ed) contract(?:s|ed) quench(?:es|ed)?",
    r"sidestep(?:s|ped)? amorti[sz](?:e|es|ed|ing) bypass(?:es|ed)? block(?:ed|ing) endanger(?:s|ed)?",
)
BETTER = _words(
    r"improv(?:e|es|ed|ing|ement|ements) enhanc(?:e|es|ed|ing|ement) better benefit(?:s|ed|ing)?",
    r"optimi[sz](?:e|es|ed|ing) faster outperform(?:s|ed|ing)? help(?:s|ed|ing)? protect(?:s|ed|ing)?",
    r"guard(?:s|ed|ing)?",
    r"recover(?:s|ed|ing) rescu(?:e|es|ed|ing) preserv(?:e|es|ed|ing) safeguard(?:s|ed|ing)?",
)
WORSE = _words(
    r"worsen(?:s|ed|ing)? slower degrad(?:e|es|ed|ing|ation) deteriorat(?:e|es|ed|ing|ion) harm(?:s|ed|ing)?",
    r"hurt(?:s|ing)? impair(?:s|ed|ing|ment)? worse suffer(?:s|ed|ing)? penali[sz](?:e|es|ed|ing)",
    r"damag(?:e|es|ed|ing)",
)
CAUSE = _words(
    r"caus(?:e|es|ed|ing) lead(?:s|ing)?\sto led\sto result(?:s|ed|ing)?\s(?:in|from) trigger(?:s|ed|ing)?",
    r"induc(?:e|es|ed|ing) produc(?:e|es|ed|ing) creat(?:e|es|ed|ing) introduc(?:e|es|ed|ing)",
    r"generat(?:e|es|ed|ing) provok(?:e|es|ed|ing) driv(?:en|es|ing)\sby driver\sof contribut(?:e|es|ed|ing|or)",
    r"due\sto because owing\sto result\sof traced\sto blamed\son responsible\sfor reasons?\s(?:for|of|is)",
    r"attribut(?:ed|able) stem(?:s|med|ming)?",
    r"promot(?:e|es|ed|ing)",
    r"originat(?:e|es|ed|ing) bring(?:s|ing)?\son brings?\sabout explain(?:s|ed)? account(?:s|ed)?\sfor",
    r"aris(?:e|es|ing) arose set(?:s|ting)?\soff com(?:e|es)\sfrom invit(?:e|es|ed|ing) spawn(?:s|ed|ing)?",
    r"incur(?:s|red|ring)? giv(?:e|es|ing)\srise gave\srise precipitat(?:e|es|ed|ing) engender(?:s|ed)?",
    r"elicit(?:s|ed)? prompt(?:s|ed|ing) foster(?:s|ed)? culminat(?:e|es|ed)\sin entail(?:s|ed)?",
    r"fuel(?:s|led|ed) feed(?:s)? fed catalys(?:e|es|ed) source\sof root\sof dominat(?:e|es|ed)",
    r"translat(?:e|es|ed)\sinto spark(?:s|ed)? forc(?:e|es|ed|ing) impos(?:e|es|ed|ing)",
)
NEUTRAL = _words(
    r"mak(?:e|es|ing) made add(?:s|ed|ing)? contaminat(?:e|es|ed|ing) corrupt(?:s|ed|ing)?",
    r"interfer(?:e|es|ed|ing) disturb(?:s|ed|ing)? affect(?:s|ed|ing)? influenc(?:e|es|ed|ing)",
    r"impact(?:s|ed|ing)? fail(?:s|ed)? turn(?:s|ed)? expos(?:e|es|ed|ing) yield(?:s|ed|ing)?",
    r"chang(?:e|es|ed|ing) alter(?:s|ed|ing)? keep(?:s|ing)? kept hold(?:s|ing)? held get(?:s|ting)?",
    r"becom(?:e|es|ing) reach(?:es|ed|ing)? bring(?:s|ing)? put(?:s|ting)? more less lets?",
    r"allow(?:s|ed)? enabl(?:e|es|ed|ing) need(?:s|ed)? requir(?:e|es|ed|ing) struck leav(?:e|es|ing) left",
    r"handl(?:e|es|ed|ing)",
)
NO_VERBS_OF_CHANGE = _set(
    "drive inject grow stop trim cap block support help log mark record report thin better cost eat sap tax mar slim "
    "see compound condense bound clip chop drain save spare consume move fuel limit load clear cut fix restore release "
    "mask"
)
"""Verbs of the rules' vocabulary that are nouns, experiments or too common; those that change are listed above."""
NOUNS_OF_CHANGE = re.compile(
    r"\b(?P<up>increases?|rise|growth|surge|spike|jump|gain|acceleration)\s+(?:in|of)\b"
    r"|\b(?P<worse>degradation|deterioration|worsening)\s+(?:in|of)\b"
    r"|\b(?P<down>decreases?|reductions?|drop|fall|decline|cut|loss|savings?)\s+(?:in|of)\b",
    _FLAGS,
)
"""A change made a noun; after a verb like ``limits`` it says the reverse."""
COUNTERS = re.compile(
    _words(
        r"reduc\w+ limit\w* prevent\w* avoid\w* mitigat\w+ suppress\w* curb\w* slow\w* minimi[sz]\w+ damp\w+ halt\w*",
        r"counter\w* offset\w* delay\w* compensat\w+ stop\w* eliminat\w+ alleviat\w+",
    ),
    _FLAGS,
)
_BY_FAMILY = (
    (RISE, "up", (verbs.UP, verbs.SHIFT_UP)),
    (FALL, "down", (verbs.DOWN, verbs.PREVENT, verbs.SHIFT_DOWN)),
    (BETTER, "better", (verbs.GOOD,)),
    (WORSE, "worse", (verbs.BAD,)),
    (CAUSE, "cause", (verbs.CAUSE,)),
    (NEUTRAL, "neutral", ()),
)


def _change() -> re.Pattern[str]:
    """The words above and the verbs of the rules' vocabulary that they lack."""
    known = re.compile("|".join(pattern for pattern, _, _ in _BY_FAMILY), _FLAGS)
    parts = []
    for pattern, kind, families in _BY_FAMILY:
        forms = {
            form
            for lemma, named in verbs.families().items()
            if named & {*families} and lemma not in NO_VERBS_OF_CHANGE
            for form in verbs.inflect(lemma).values()
            if not known.fullmatch(form)
        }
        parts.append(rf"(?P<{kind}>{pattern}" + (rf"|\b(?:{'|'.join(sorted(forms))})\b)" if forms else ")"))
    return re.compile("|".join(parts), _FLAGS)


CHANGE = _change()
"""A word of change, its kind the name of the group that matched."""
TOGETHER = re.compile(
    r"\b(?:correlat\w+|uncorrelated|associat\w+|relat(?:es?|ed|ion|ionship)|link(?:s|ed)?|depend\w*|predict\w*|indicat\w+|"
    r"track(?:s|ed)?|coincid\w+|proportional\w*|trends?|precede\w*|accompan\w+|go(?:es)?\s+(?:hand|along|together)|signal\w*|independent|"
    r"coupl\w+|tied|symptom|foreshadow\w*|co-?occur\w*)\b|"
    r"\b(?:increas|ris|rose|grow|grew|climb|fall|fell|drop|declin|decreas|scal|var)\w*\W+(?:\w+ly\W+)?(?:in step )?"
    r"with\b",
    _FLAGS,
)
"""Words that state that two things go together."""
ONLY_TOGETHER = re.compile(
    r"\b(?:(?:is|are|was|were|be|been)\s+(?:\w+\s+){0,2}?(?:correlated|associated|linked)\s+(?:with|to)|"
    r"correlates?\s|correlat(?:ed|ion)\s+(?:with|between|to|of)|associat(?:ion|ed)\s+(?:with|between))",
    _FLAGS,
)
DENIAL = re.compile(
    r"\b(?:not(?!\s+only\b|\s+just\b|\s+merely\b)|never|neither|nor|cannot|no(?!\s+(?:more|fewer|less)\s+than\b|\.)|none|"
    r"hardly|barely|scarcely|fail(?:s|ed)?\s+to|little|negligibl[ey]|insensitive|unaffected|uncorrelated|unrelated|"
    r"unchanged|independent(?:ly)?\s+of|irrespective|without|unlikely|immune|leaves?\s+\w+\s+(?:\w+\s+)?untouched)\b"
    r"|n['’]t\b",
    _FLAGS,
)
NULL_EFFECT = re.compile(
    DENIAL.pattern + r"|\b(?:same|constant|indistinguishable|regardless|invariant|stable|flat|identical|comparable|"
    r"insignificant(?:ly)?|absent|zero|limited|minimal(?:ly)?|marginal(?:ly)?|unaltered|untouched|oblivious)\b",
    _FLAGS,
)
NO_FINDING = re.compile(
    r"\b(?:no\s+(?:\w+\s+)?(?:evidence|sign|indication|proof|support|reason)|myth|misconception|refut\w+|"
    r"disprov\w+|(?:not|n't)\s+(?:true|the\s+case|clear|find|found|observe\w*|see|seen|show|shown|confirm\w*)|"
    r"fail(?:s|ed)?\s+to\s+(?:show|find|confirm|see|observe|reproduce)|cannot\s+(?:conclude|confirm))\b",
    _FLAGS,
)
CAUTION = re.compile(
    r"\b(?:may|might|could|can|[Ss]uggest(?:s|ed|ing)?|"
    r"(?<!more )(?<!less )(?<!times as )(?<!as )(?<!equally )[Ll]ikely|"
    r"appear(?:s|ed)?|[Aa]pparently|[Pp]otential(?:ly)?|[Pp]ossibl[ey]|[Pp]erhaps|seem(?:s|ed|ingly)?|[Pp]resumabl[ey]|"
    r"[Pp]robabl[ey])\b"
)
ANY_CAUTION = re.compile(
    CAUTION.pattern + r"|\b(?:believe\w*|expect\w*|indicat\w+|tend(?:s|ed)?|unlikely|hint\w*|speculat\w+|assum\w+|"
    r"suspect\w*|should|would|likelihood|capable|plausibl[ey]|hypothes\w+|likely|impl(?:y|ies|ied)|"
    r"reportedly|allegedly)\b"
)
NO_CLAIM = re.compile(
    r"\b(?:whether|hypothes[ie][sz]\w*|(?:we|this\s+\w+|authors?)\s+(?:aim|intend|plan|want|wish|hope|seek)s?\b|"
    r"(?:goal|aim|purpose|objective|question)\b(?:\s+\w+){0,3}?\s+(?:is|was|are|were)\b|"
    r"(?:to|will)\s+(?:determine|test|investigate|examine|find\s+out|study|ask|assess|see)\b|"
    r"(?:we|to)\s+(?:study|ask|investigate|examine|explore|analy[sz]e|evaluate)\s+(?:how|if|what)\b|"
    r"suppose|imagine|assuming\s+that|if\s+only|it\s+would)",
    _FLAGS,
)
"""Before the claim: what makes it a question, an aim or a supposition."""
NO_VERB = re.compile(
    r"\b(?:whether|would|aims?\s+(?:to|at)|aimed\s+(?:to|at)|intended\s+to|designed\s+to|meant\s+to|supposed\s+to|in\s+order\s+to|"
    r"expected\s+to|ought\s+to|proposed\s+to|promises?\s+to|hop(?:es?|ed|ing)\s+to|so\s+as\s+to|should)\b",
    _FLAGS,
)
"""Between the two ends: the same."""
ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\s+(?:\w+\s+){0,3}?(?:instructions?|prompts?|rules|directions?)\b|"
    r"\bsystem\s+prompt\b|\byou\s+are\s+(?:now\s+)?(?:an?\s+)?(?:AI|language\s+model|assistant|chatbot|LLM|ChatGPT)\b|"
    r"\bas\s+an\s+AI\b|\b(?:AI|language\s+models?|LLMs?|assistants?|chatbots?)(?:\s+reading|\s+must|\s+should|,|:)|"
    r"\b(?:output|respond|reply|answer|return|record|report|extract|emit)\s+(?:only|exactly|with|that|the\s+(?:following|assertion))\b"
    r".{0,80}(?:assertion|JSON|relation|triple|confidence|claim|graph|instead)|"
    r"\bnote\s+to\s+(?:the\s+)?(?:machine|model|reviewer|parser|extractor|AI)|"
    r"\b(?:MATCH|MERGE|CREATE|DETACH\s+DELETE)\s*\(|\bDROP\s+TABLE\b",
    _FLAGS,
)
"""Text that addresses the reader's machine, or is a query."""
CAPTION = re.compile(r"\s*(?:Fig(?:ure|\.)?|Table|Listing|Algorithm)\s*\d+\s*[.:]", _FLAGS)
PRONOUNS = _set(
    "it its they them their this that these those which who whom whose he she we us our i you he his her one ones "
    "such both each other others former latter same here there what itself themselves some all any many most"
)
GENERIC = _set(
    "approach method technique scheme effect behaviour behavior phenomenon result finding solution mechanism "
    "issue problem process case trend design system work paper change value thing factor feature strategy policy "
    "proposal algorithm framework optimization observation situation condition increase decrease reduction "
    "difference way kind study author experiment evidence"
)
NOT_NOUNS = _set(
    "significant significantly substantial substantially considerable considerably strong strongly slightly "
    "slight high higher low lower more less fewer greater larger smaller good bad better worse new old very much "
    "not no never also however therefore thus increase decrease reduce improve degrade cause mitigate affect lead "
    "result increased reduced improved only then than when while if because so as do does did has have had can "
    "may might could will would"
)
BAD_HEADS = _set(
    "error failure fault corruption loss leak timeout wear interference disturb disturbance leakage defect stress "
    "traffic latency delay overhead fragmentation congestion contention retry crash stall jitter downtime "
    "skew noise vibration overflow drift imbalance outage "
    "reset upset"
)
"""Heads of what a drive is better without, where the lexicon knows no concept."""
GOOD_HEADS = _set(
    "throughput bandwidth iops lifetime lifespan endurance reliability durability availability performance capacity "
    "accuracy precision recall efficiency longevity retention resilience quality"
)
"""Heads of what a drive is better with."""
NO_EDGE = _set(
    "a an the of in on at for to from with by under and or but nor as is are was were be been being has have "
    "had do does "
    "did not no than that which who whose when where while if so because since can could may might will would "
    "should must "
    "it we they he she you this these those its their our into onto over per via also only even very more "
    "most instead "
    "however therefore thus hence such both either neither between among during after before until unless "
    "though although"
)
"""Words that no noun phrase begins or ends with, articles and words of change at its beginning set aside."""
MAY_BEGIN = _set(
    "a an the no more most both its their our this these such over under without lack not with being having"
)
CHANGE_BEFORE = re.compile(
    r"\b(?:rais|lower|increas|reduc|decreas|enabl|disabl|remov|add|limit|shorten|lengthen|tighten|relax|"
    r"doubl|halv|eliminat|avoid|skipp|extend|widen|narrow)ing\s+(?:of\s+)?(?:the\s+|an?\s+|its\s+)?$|"
    r"\b(?:higher|lower|increased|reduced|decreased|elevated|raised|fewer|less|more|larger|smaller|longer|shorter|greater|"
    r"frequent|excessive|insufficient|poor|without|no|low|high|(?:lack|absence|removal|loss|increases?|decreases?|rises?|"
    r"reductions?|drops?|growth)\s+(?:of|in))\s+(?:the\s+|an?\s+)?$",
    _FLAGS,
)
"""A word of change right before a subject, which belongs to it."""
CHANGE_AFTER = re.compile(
    r"\s+(?:is|are|was|were)\s+(?:disabled|absent|removed|(?:turned\s+)?off|missing|disconnected)\b", _FLAGS
)
