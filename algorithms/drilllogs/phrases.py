"""Turns of phrase from which `grammar` builds logs."""

LEVEL_WORDS = {
    1: ("weak", "weak", "slight", "minor", "trace", "very weak", "faint", "wk"),
    2: ("moderate", "moderate", "mod", "weak to moderate", "wk-mod", "mod."),
    3: ("strong", "strong", "str", "moderate to strong", "heavy", "medium-strong", "mod-str"),
    4: ("intense", "intense", "very strong", "int", "extreme", "complete"),
}
LEVEL_ADVERBS = {
    1: ("weakly", "slightly", "weakly", "wkly", "very weakly"), 2: ("moderately", "moderately", "mod", "partly"),
    3: ("strongly", "strongly", "highly", "heavily"), 4: ("intensely", "completely", "very strongly", "extremely"),
}
STRENGTHS = ("strongly", "weakly", "moderately", "mod", "wk", "str", "well", "poorly")
WEATHER_WORDS = (
    ("slightly", "weakly", "sl", "slight"), ("moderately", "mod", "partially", "partly"),
    ("highly", "strongly", "heavily", "very"), ("completely", "totally", "extremely", "fully"),
)
TRACES = ("trace", "tr", "tr.", "traces of", "trace of")
AND_MINOR = ("with minor", "with some", "with thin bands of", "minor", "with occasional", "with trace", "and minor",
             "with lenses of", "with fragments of", "with clasts of", "w", "with", "with rare", "with", "containing")
JOINED = (" and ", " & ", "/", ", ", " + ", " interbedded with ", " with interbeds of ")
CONTACTS = ("after", "in contact with", "over", "grading into", "derived from", "above")
FILLINGS = ("qtz", "quartz", "calcite", "carb", "quartz-carbonate", "thin", "white qtz", "epidote", "minor qtz", "few")
# Words that speak of a structure besides.
OF_WORDS = {"bands": "banded", "interbed": "bedded"}
HABITS = (
    ("disseminated", "disseminated", True), ("diss", "disseminated", True), ("in veinlets", "veined", False),
    ("on fractures", "fractured", False), ("fine grained", "", True), ("in veins", "veined", False),
    ("blebby", "disseminated", True), ("as patches", "", False), ("in matrix", "", False), ("fine", "", True),
    ("along fractures", "fractured", False), ("in places", "", False), ("locally", "", False),
)
NEGATIONS = ("no {}", "no visible {}", "{} absent", "no {} seen", "without {}", "nil {}", "no sign of {}", "{}: none",
             "{} not observed", "no obvious {}", "lacking {}", "not {}", "no vis {}", "no evidence of {}")
PARTS_WORDS = ("contact with {} below", "{} fragments", "rare {} clasts", "minor {} bands", "thin {} dykes",
               "few {} pebbles", "sharp contact with {}", "{} xenoliths", "occasional {} chips")
# Text, and the structure that it names all the same.
DISTRACTORS = (
    ("sharp lower contact at {small} deg", ""), ("core loss {number:.1f}m", ""), ("recovery {small}%", ""),
    ("{small}% recovery", ""), ("RQD {small}", ""), ("water at {number:.0f}m", ""), ("wet sample", ""),
    ("from {number:.1f}m", ""), ("EOH", ""), ("non-magnetic", ""), ("moderately magnetic", ""), ("weakly magnetic", ""),
    ("good recovery", ""), ("gradational contact", ""), ("hard drilling", "indurated"), ("sample wet", ""),
    ("qtz vein at {number:.1f}m", "veined"), ("white quartz veins", "veined"), ("reacts with HCl", ""),
    ("texture preserved", ""), ("texture destroyed", ""), ("contact at {small} deg to CA", ""), ("angular chips", ""),
    ("small chips", ""),
    ("@ {number:.1f}m", ""), ("poor return", ""), ("2 vns at {number:.1f}m", "veined"),
    ("broken core", "fractured"), ("unaltered", ""), ("no alteration", ""), ("no vis sulph", ""), ("barren", ""),
    ("no visible sulphides", ""), ("photo taken", ""), ("start of hole", ""), ("rounded clasts to {small}mm", ""),
    ("fining down hole", ""), ("unmineralised", ""), ("see photo", ""), ("same as above", ""),
    ("no reaction to acid", ""),
    ("joint at {small} deg", "jointed"), ("dip {small}", ""), ("mag sus {small}", ""), ("damp", ""), ("sticky", ""),
)
NOTHING = ("as above", "same as above", "as before", "a/a", "ditto", "continued", "no change", "EOH", "end of hole",
           "see previous", "-", "...", "?", "sample bag wet", "idem", "logged by JB", "difficult to tell", "check")
