"""The verbs that state a relation, each with its family and its inflected forms.

A family says what the verb does to its object: UP and DOWN change a quantity, GOOD and BAD change it for the better or
the worse, CAUSE brings a fault about, PREVENT works against one, HAVE needs a comparison to say anything, AFFECT counts
only when it is denied or when an adverb gives its sense, CORRELATE is symmetric, SHIFT is a quantity that moves by
itself ("latency rises with queue depth").
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from ingest.literature.extraction.wordlists import word_set

UP, DOWN, GOOD, BAD, CAUSE, PREVENT = "up", "down", "good", "bad", "cause", "prevent"
HAVE, AFFECT, CORRELATE, SHIFT_UP, SHIFT_DOWN = "have", "affect", "correlate", "shift_up", "shift_down"
SHIFT_GOOD, SHIFT_BAD = "shift_good", "shift_bad"

_FAMILIES = {
    UP: "increase raise elevate amplify inflate lengthen prolong extend enlarge double triple treble quadruple "
    "multiply "
    "accelerate heighten expand magnify intensify escalate maximise maximize quicken hasten augment bolster grow "
    "redouble lift swell widen bump bloat free ramp quintuple elongate pad propel dilate supplement stretch "
    "protract deepen steepen hike compound fuel upscale sextuple "
    "broaden thicken gain",
    DOWN: "reduce decrease lower cut diminish lessen shrink curtail curb trim shorten halve minimise minimize slash "
    "restrict constrain limit decimate dampen damp depress moderate attenuate narrow save spare weaken erode truncate "
    "drop compress lighten dent cap thin sap trim eat squeeze quarter contain reclaim pare chop clip crimp "
    "deplete drain dilute blunt prune whittle quell tame taper "
    "throttle crush flatten abate clamp shed mute subdue contract crop deflate compact gut restrain slacken "
    "nibble decelerate bisect abbreviate temper exhaust shave bound ration slim condense economise economize "
    "relax subtract downsize discourage offload",
    GOOD: "improve enhance boost strengthen benefit stabilise stabilize restore optimise optimize better speed "
    "sharpen fortify smooth streamline rescue revive upgrade refine reinforce ameliorate enrich enliven mend "
    "perfect steady solidify uplift recoup hone rejuvenate aid favour favor buoy help safeguard preserve secure "
    "salvage facilitate regain",
    BAD: "degrade worsen hurt harm impair hamper hinder deteriorate compromise undermine penalise penalize "
    "aggravate exacerbate cripple disrupt jeopardise jeopardize impede inhibit choke sacrifice slow delay threaten "
    "endanger disturb destabilise destabilize handicap tax mar spoil ruin "
    "wreck undercut hobble cramp stifle punish burden strain damage starve poison devastate encumber injure "
    "paralyse paralyze retard shatter tarnish wound scuttle downgrade foul plague afflict swamp overwhelm "
    "saturate strangle imperil destroy distort frustrate obstruct dull sabotage stall blight bog constrict "
    "forfeit fray squander waste skew "
    "disadvantage abrade bottleneck upset pollute complicate",
    CAUSE: "cause trigger induce produce provoke generate introduce incur precipitate promote foster entail spawn "
    "inject inflict elicit invite exert unleash dominate create add spark ignite kindle "
    "engender breed instigate prompt impose pose necessitate evoke drive underlie foment initiate stimulate "
    "wreak beget spur incite occasion catalyse catalyze feed",
    PREVENT: "prevent avoid mitigate alleviate eliminate remove suppress counter counteract combat eradicate avert "
    "preclude relieve ease mask hide absorb offset obviate forestall heal circumvent abolish neutralise neutralize "
    "avert overcome stop cure stave thwart amortise amortize soften cancel nullify negate banish dispel defuse remedy "
    "rectify repair fix resolve sidestep bypass evade dodge quench fend ward insulate conceal deter preempt correct "
    "tackle arrest deflect disarm expunge extinguish foil halt intercept parry purge repress dissipate quash "
    "postpone defer stem exclude undo reverse counterbalance contain close smother skip "
    "elude escape patch prohibit forbid "
    "withstand catch swallow plug eschew",
    HAVE: "have exhibit show deliver achieve provide offer see experience suffer yield reach attain display enjoy face "
    "sustain encounter observe produce require demonstrate report record incur need guarantee afford bring "
    "register post boast draw consume use mean add imply carry endure log clock enable allow permit ensure "
    "support give leave average undergo score grant confer buy earn lend "
    "maintain",
    AFFECT: "affect influence impact alter change shape modify matter bear interfere sway perturb modulate budge "
    "touch move",
    CORRELATE: "correlate associate link relate tie connect couple",
    SHIFT_UP: "increase rise grow climb surge jump soar escalate double triple treble quadruple lengthen balloon "
    "mount creep rocket skyrocket shoot "
    "accelerate swell widen expand explode spike inflate multiply deepen broaden quintuple snowball",
    SHIFT_DOWN: "decrease fall drop decline diminish shrink plummet plunge sink dwindle halve shorten collapse erode "
    "decay slip slide tumble taper wane crash reduce weaken vanish narrow contract disappear ebb subside recede "
    "abate evaporate dip",
    SHIFT_GOOD: "improve recover",
    SHIFT_BAD: "degrade deteriorate worsen suffer",
}
_IRREGULAR = {
    "rise": ("rose", "risen"),
    "grow": ("grew", "grown"),
    "fall": ("fell", "fallen"),
    "cut": ("cut", "cut"),
    "hurt": ("hurt", "hurt"),
    "shrink": ("shrank", "shrunk"),
    "sink": ("sank", "sunk"),
    "have": ("had", "had"),
    "see": ("saw", "seen"),
    "show": ("showed", "shown"),
    "hide": ("hid", "hidden"),
    "speed": ("sped", "sped"),
    "bear": ("bore", "borne"),
    "overcome": ("overcame", "overcome"),
    "bring": ("brought", "brought"),
    "lead": ("led", "led"),
    "give": ("gave", "given"),
    "stem": ("stemmed", "stemmed"),
    "eat": ("ate", "eaten"),
    "swell": ("swelled", "swollen"),
    "keep": ("kept", "kept"),
    "drive": ("drove", "driven"),
    "make": ("made", "made"),
    "arise": ("arose", "arisen"),
    "leave": ("left", "left"),
    "push": ("pushed", "pushed"),
    "cost": ("cost", "cost"),
    "take": ("took", "taken"),
    "send": ("sent", "sent"),
    "find": ("found", "found"),
    "hold": ("held", "held"),
    "think": ("thought", "thought"),
    "say": ("said", "said"),
    "know": ("knew", "known"),
    "come": ("came", "come"),
    "become": ("became", "become"),
    "get": ("got", "got"),
    "seek": ("sought", "sought"),
    "choose": ("chose", "chosen"),
    "breed": ("bred", "bred"),
    "spread": ("spread", "spread"),
    "foretell": ("foretold", "foretold"),
    "let": ("let", "let"),
    "set": ("set", "set"),
    "pay": ("paid", "paid"),
    "lose": ("lost", "lost"),
    "burn": ("burned", "burnt"),
    "feed": ("fed", "fed"),
    "buy": ("bought", "bought"),
    "rid": ("rid", "rid"),
    "lend": ("lent", "lent"),
    "forgo": ("forwent", "forgone"),
    "withstand": ("withstood", "withstood"),
    "catch": ("caught", "caught"),
    "upset": ("upset", "upset"),
    "forbid": ("forbade", "forbidden"),
    "begin": ("began", "begun"),
    "undergo": ("underwent", "undergone"),
    "undercut": ("undercut", "undercut"),
    "hit": ("hit", "hit"),
    "prove": ("proved", "proven"),
    "learn": ("learned", "learnt"),
    "strive": ("strove", "striven"),
    "underlie": ("underlay", "underlain"),
}
_DOUBLED = word_set(
    "cut drop trim cap slip stem stop plan sap thin spur chop clip quell slim mar get let begin hit permit log "
    "fit drag step plug bog dip ebb"
)  # fmt: skip
# What a small parser reads as a noun or not at all is parsed as one of these instead, in the same form.
_PLAIN = "provide"
_KEPT = word_set(
    "reduce improve provide have show see achieve offer reach experience suffer need require report observe grow "
    "bring give leave allow enable permit use mean add ensure support help make keep move change matter bear "
    "correct average record fall rise decline drop climb"
)
# Forms that are nouns as often as verbs.
NOUN_LIKE = word_set(
    "increase decrease drop cut boost cause trigger harm hurt double limit impact influence cost benefit gain "
    "lead result cap delay stress slow trim curb save spare ease counter lower halve triple spike dent rise fall "
    "climb surge jump decline decay collapse tax change shape bear matter experience link tie couple record "
    "report need cure quarter compress post squeeze lift mask offset stop face thin better contain change display "
    "surge jump swell produce speed yield hike fuel drain fix block prompt spark strain burden damage stall drive "
    "pose repair remedy carry log clock post help support upgrade bound clip"
)


class Form(NamedTuple):
    """One inflected form: its lemma and ``s``, ``ed``, ``en``, ``ing`` or ``base``."""

    lemma: str
    form: str


def inflect(lemma: str) -> dict[str, str]:
    """Forms of a verb: base, s, ed, en and ing."""
    if lemma == "have":
        return {"base": "have", "s": "has", "ed": "had", "en": "had", "ing": "having"}
    stem = lemma + lemma[-1] if lemma in _DOUBLED else lemma
    if lemma.endswith("ee"):
        s, ed, ing = lemma + "s", lemma + "d", lemma + "ing"
    elif lemma.endswith("e"):
        s, ed, ing = lemma + "s", lemma + "d", lemma[:-1] + "ing"
    elif lemma.endswith("y") and lemma[-2] not in "aeiou":
        s, ed, ing = lemma[:-1] + "ies", lemma[:-1] + "ied", lemma + "ing"
    else:
        s = lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x", "z")) else "s")
        ed, ing = stem + "ed", stem + "ing"
    past, participle = _IRREGULAR.get(lemma, (ed, ed))
    return {"base": lemma, "s": s, "ed": past, "en": participle, "ing": ing}


@cache
def families() -> dict[str, frozenset[str]]:
    """Families of each lemma; a verb may belong to several (``increase``: UP and SHIFT_UP)."""
    found: dict[str, set[str]] = {}
    for family, text in _FAMILIES.items():
        for lemma in text.split():
            found.setdefault(lemma, set()).add(family)
    return {lemma: frozenset(names) for lemma, names in found.items()}


@cache
def forms() -> dict[str, Form]:
    """Each inflected form with its lemma; where two share a form, the one that was listed first."""
    found: dict[str, Form] = {}
    others = (
        "lead result give contribute stem arise originate attribute ascribe depend keep make leave drive push cost "
    )
    others += "lose lag rid culminate derive root conduce relieve insulate end pay soak set "
    others += "help allow enable let tend fail serve manage succeed continue begin start seem appear protect guard "
    others += "shield defend outperform beat surpass exceed vary scale account explain translate trace owe blame spur "
    others += "interfere detract predict indicate signal precede compensate cope emanate come differ spread hold hit "
    others += "result bring hold resort concentrate track mirror follow foretell herald foreshadow find design aim "
    others += (
        "expect assume hypothesise hypothesize suppose hope wonder doubt imagine observe demonstrate reveal confirm "
    )
    others += "note conclude discover learn notice establish say state highlight underline verify emphasise emphasize "
    others += "point illustrate know measure warn document recognise recognize turn acknowledge argue determine remark "
    others += (
        "mention suggest imply believe think suspect speculate use employ apply leverage utilize want try attempt "
    )
    others += (
        "intend plan seek strive propose choose decide identify occur happen exist become get remain stay evaluate "
    )
    others += "manifest emerge take knock drag pull even iron step tear force hold stave fend ward precede track "
    others += "predict expose shield safeguard corrupt account matter stand "
    others += "compare attribute repair average equal amount claim consider study investigate examine ask"
    for lemma in [*families(), *others.split()]:
        for form, text in inflect(lemma).items():
            found.setdefault(text, Form(lemma, form))
    return found


@cache
def surrogates() -> dict[str, str]:
    """Form that is parsed in the place of a form that the parser misreads."""
    found: dict[str, str] = {}
    helping = inflect("help")
    for lemma in (
        "protect",
        "guard",
        "shield",
        "defend",
        "safeguard",
    ):  # "guards against" is parsed like "helps against"
        found.update({text: helping[form] for form, text in inflect(lemma).items()})
    for lemma, names in families().items():
        if lemma in _KEPT or not names & {UP, DOWN, GOOD, BAD, CAUSE, PREVENT, HAVE}:
            continue
        theirs = inflect(_PLAIN)
        for form, text in inflect(lemma).items():
            if forms()[text].lemma == lemma:
                found.setdefault(text, theirs[form])
    return found
