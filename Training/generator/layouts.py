"""What plates of each jurisdiction look like: serial formats, colours, lettering, words around the serial.

In a format 'A' stands for a letter, '0' for a digit, '-' a hyphen, '.' a dot, ' ' a gap, '*' an emblem (crown, star,
outline of a state); any other capital after '!' stands for itself; '~' makes the next character smaller. 'vanity' is a
personalised text. ':3' at the end makes a format three times as frequent.
"""
import dataclasses

from .words import personalised

US_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
ALL_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclasses.dataclass(frozen=True)
class Layout:
    """One kind of plate. header: wordings to choose among, parted by commas; size: width and height in the generator's
    pixels; inks and grounds: RGB choices; die: a name of dies.DIES; fonts: share of plates lettered from fonts;
    letters: those issued in series; tall: serial's share of the plate's height; sided: share with an emblem or small
    letters beside the serial; emblems: kinds of emblems.blob in the gap (empty: any); gap: width of the emblem's place
    to a character's; vanity: share of personalised texts; banded: share with the state's name on a dark band;
    plain: share with a ground in one colour."""

    region: str
    header: str
    slogans: tuple
    formats: tuple
    inks: tuple
    grounds: tuple
    size: tuple = (320, 160)
    die: str = "state"
    fonts: float = .25
    band: str = ""
    letters: str = US_LETTERS
    sided: float = .3
    emblems: tuple = ()
    tall: tuple = (.39, .49)
    gap: tuple = (.4, 1.)
    vanity: float = .2
    banded: float = .1
    plain: float = .3


BLUE, NAVY, BLACK, RED, GREEN, WHITE = (30, 70, 160), (20, 30, 90), (25, 25, 25), (180, 30, 40), (20, 90, 50), \
    (240, 240, 240)
YELLOW, GOLD, CREAM, SKY, ORANGE = (250, 205, 20), (230, 170, 30), (245, 240, 215), (190, 215, 240), (235, 120, 40)
SILVER, MAROON, BROWN, PINK = (205, 208, 212), (110, 20, 40), (95, 60, 35), (250, 215, 215)

# Code, name, slogans, formats, inks, grounds; then the die, and what differs from Layout's own values.
_US = """
AL|ALABAMA|Heart of Dixie,Sweet Home,God Bless America|00AA000:4,0AA0000:3,0A00000,00A00AA,00A000A|NK|WS|state|
AK|ALASKA|The Last Frontier|AAA 000:6,AAA000|NB|YW|state|
AZ|ARIZONA|Grand Canyon State|AAA0000:6,000*AAA,A0A 0AA,ABA0000|GN|WSP|state|
AR|ARKANSAS|The Natural State|000 AAA:3,AAA*00A,AAA 00A|NKR|WS|state|
CO|COLORADO||AAA-000:2,000-AAA:4,000*AAA:2,AAA-A00:3|WG|GW|state|
CT|CONNECTICUT,Connecticut|Constitution State|000-AAA:4,AA.00000:3,0AA.AA0,AAA 000|NB|SW|state|
DE|DELAWARE|THE FIRST STATE,The First State|000000:7,00000:2,C00000|Y|B|din|
DC|WASHINGTON DC|Taxation Without Representation|AA-0000,AA 0000|BNR|W|state|banded=.4
FL|FLORIDA,MYFLORIDA.COM|SUNSHINE STATE,DADE,IN GOD WE TRUST|\
A00*0AA:3,AAA*A00:5,000*0AA,AAA*00A:3,00A*AAA,A00*AAA:2,000*AAA:2|GGO|W|state|gap=(1.1,1.6);emblems=(9,3)
GA|GEORGIA|Peach State,COBB,GWINNETT,...on my mind|AAA0000:5,000*AAA,AAA*0000:4,AAA*000:2|NK|WP|state|gap=(.6,1.2);emblems=(9,3)
HI|HAWAII|ALOHA STATE|AAA 000|K|W|state|
ID|IDAHO,Scenic Idaho|Famous Potatoes|0A 0000A:3,A 000000:4,0A A0000:3|NR|WS|state|
IL|ILLINOIS,Illinois|Land of Lincoln|A00 0000:4,000 0000:2,AA 00000:4,AAA 000,000A000,A000 000|RN|WS|state|
IN|INDIANA|In God We Trust,Hoosier State,LINCOLN'S BOYHOOD HOME|000A:3,000AA:2,000AAA:4,00A0000:3|NW|WB|state|
IA|IOWA,Iowa|POLK,STORY,LINN|000 AAA:2,AAA 000|KN|WS|state|
KS|KANSAS||000*AAA,000 AAA:3|NB|SW|state|
KY|KENTUCKY,Kentucky|Bluegrass State,Unbridled Spirit,JEFFERSON|000 AAA:3,AAA 000|NB|WS|state|
LA|LOUISIANA,Louisiana|Sportsman's Paradise|AAA 000:3,000 AAA,000*AAA|NR|W|state|
ME|MAINE,Maine|Vacationland|0000 AA:4,000 AAA|NG|W|state|
MD|MARYLAND,Maryland|MD-1634,War of 1812|0AA0000:4,0AA*A00:5,AAA*000,00A*A00|KR|W|state|
MA|MASSACHUSETTS,Massachusetts|The Spirit of America|\
000 AA0:2,0AAA 00:3,00AA 00:2,0AA 000:3,0000 AA:2,00A A00:2,0A0 000|R|W|thin|
MI|MICHIGAN,PURE MICHIGAN|GREAT LAKES,www.michigan.gov|\
AAA 0000:6,0AA A00:2,AAA 000,000~A000,000 ~A 00|NBW|WB|state|banded=.3
MN|Minnesota|10 000 lakes,Explore Minnesota.com|000-AAA,AAA-000:2,000*AAA:3,AAA*000:3|KN|SW|state|
MS|MISSISSIPPI,Mississippi|HINDS,LEE,DESOTO|AAA 000:3,AAA 0000|NK|WS|state|
MO|MISSOURI,Missouri|SHOW-ME STATE|AA0*A0A:5,000*AAA:2,AAA-000|NB|WS|state|
MT|MONTANA,Montana|Big Sky,Treasure State|0-00000A:2,0-0000A:2,00-0000|NW|WB|state|
NE|NEBRASKA,Nebraska|Cornhusker State,nebraska.gov|00-A000:2,AAA 000:3,00-AA00|KB|WSP|state|
NV|NEVADA,Nevada|The Silver State|000-AAA:4,00A*000:3,000 A00|NB|SWO|state|
NH|NEW HAMPSHIRE,NH|LIVE FREE OR DIE|000 0000:5,000 000|G|W|state|
NJ|New Jersey,NEW JERSEY|Garden State|A00*AAA:4,AAA*00A:4,AAA-00A:3,AA-000A,AA*000A|K|YCW|state|
NM|NEW MEXICO,NEW MEXICO USA|LAND OF ENCHANTMENT|000*AAA:3,AAA*000:3,000-AAA|RY|YB|state|gap=(1.1,1.6);emblems=(8)
NY|NEW YORK|EMPIRE STATE,THE EMPIRE STATE,EXCELSIOR|\
AAA*0000:7,AAA-0000:4,AAA 0000:2,0000000,00000AA,0A00~A|NK|WYO|empire|banded=.5
NC|NORTH CAROLINA|First in Flight,First in Freedom|AAA-0000:6,AAA*0000|NNB|W|state|
ND|NORTH DAKOTA|Peace Garden State,Legendary|000 AAA|KN|WP|state|
OH|OHIO,Ohio|BIRTHPLACE OF AVIATION,Beautiful Ohio|AAA 0000:6,AA00AA:2,AAA0000|NKR|WS|state|banded=.2
OK|OKLAHOMA|NATIVE AMERICA,Explore|000*AAA,AAA*000,AAA-000:3|GN|W|state|
OR|OREGON,Oregon||000*AAA:4,AAA*000,000 AAA:3,AAA 000|N|WPS|state|gap=(.5,1.)
PA|PENNSYLVANIA|visitPA.com,KEYSTONE STATE,www.state.pa.us|AAA*0000:3,AAA 0000,AAA-0000:5|NK|WSY|state|banded=.5
RI|RHODE ISLAND,Rhode Island|OCEAN STATE|000-000,AA-000:3,000000:2|N|WS|state|
SC|SOUTH CAROLINA,South Carolina|SMILING FACES,While I Breathe I Hope|000 AAA,AAA 000:3,AAA-000,0000 AA|NG|WS|state|
SD|SOUTH DAKOTA|GREAT FACES GREAT PLACES|0A0 000:2,00A 000,0AA 000|RN|WS|state|
TN|TENNESSEE|The Volunteer State,DAVIDSON,SHELBY|000-AAA:3,A00-00A:3,AA-0000,0A0 0A0,AAA-000|NK|WGS|state|
TX|TEXAS|THE LONE STAR STATE,The Lone Star State|\
AAA*0000:6,AA0*A000:3,A00*AAA:2,AAA 00A:2,AAA*000:2,00A*AA0|KKN|WS|state|gap=(.4,.6)
UT|UTAH|SKI UTAH!,Greatest Snow on Earth,LIFE ELEVATED|000 AAA:2,A00 0AA:3,000*AAA,A00*0AA|KN|WP|state|
VT|VERMONT,Vermont|GREEN MOUNTAIN STATE|AAA 000:6,000A0|WZ|G|state|
VA|VIRGINIA|400th Anniversary,Virginia is for Lovers,JAMESTOWN 2007|\
AAA-0000:7,AAA 0000:2,AAA 000|N|WS|virginia|vanity=.35
WA|WASHINGTON|EVERGREEN STATE|000-AAA:3,AAA0000:5,000*AAA,A00000A:2|N|WS|washington|
WV|WEST VIRGINIA|WILD WONDERFUL|0AA 000:4,0A 0000,00A 000|N|W|state|banded=.4
WI|WISCONSIN|America's Dairyland|000-AAA:4,AAA-0000:3,AAA-000|NKR|W|state|
WY|WYOMING,Wyoming||0-0000,00-000A,0*0000:2,0*000AA:2,00*000A:2,00*0000:2|NRK|WSY|state|gap=(1.,1.5);emblems=(7)
"""
_CANADA = """
BC|British Columbia,Beautiful British Columbia||000*AAA:3,AAA 000:2,AA0 00A:3,AAA*000|B|W|state|
AB|Alberta|Wild Rose Country|AAA-0000:5,AAA-000:3|R|W|state|
SK|Saskatchewan|Land of Living Skies|000*AAA,000 AAA|G|W|state|
MB|MANITOBA|FRIENDLY MANITOBA|AAA 000|B|WS|state|
QC|Québec|Je me souviens|000 AAA:3,A00 AAA:4,AAA 0000,AAA 000,A000000|NB|W|quebec|
NB|New Nouveau Brunswick|Be in this place|AAA 000|RN|W|state|
NS|NOVA SCOTIA|CANADA'S OCEAN PLAYGROUND|AAA 000|BN|W|state|
PE|Prince Edward Island|BIRTHPLACE OF CONFEDERATION|00 00AA,000 AA|BK|W|state|
NL|Newfoundland Labrador|A world of difference|AAA 000:4,AAA*000|N|W|state|
YT|Yukon|The Klondike|AAA00|N|W|state|
"""
_INKS = dict(N=NAVY, B=BLUE, K=BLACK, R=RED, G=GREEN, O=ORANGE, W=WHITE, Y=GOLD, Z=(200, 220, 205))
_GROUNDS = dict(W=WHITE, S=SKY, Y=YELLOW, B=BLUE, G=GREEN, P=PINK, C=CREAM, O=GOLD)


def _table(text, country):
    out = []
    for line in text.strip().splitlines():
        code, headers, slogans, formats, inks, grounds, die, more = line.split("|")
        extra = {}
        for part in filter(None, more.split(";")):
            name, value = part.split("=")
            extra[name] = tuple(float(v) for v in value.strip("()").split(",")) if value[0] == "(" else float(value)
        out.append(Layout(f"{country}-{code}", headers, tuple(filter(None, slogans.split(","))),
                          tuple(formats.split(",")), tuple(_INKS[c] for c in inks),
                          tuple(_GROUNDS[c] for c in grounds), die=die, **extra))
    return out


_ON = dict(die="ontario", fonts=.06, vanity=.04, tall=(.41, .5), gap=(.5, .7), banded=0., plain=.85)
_ON_INKS = (BLUE, (50, 95, 180), NAVY, (45, 75, 130))
# Share, layout.
_ONTARIO = [
    (.44, Layout("CA-ON", "ONTARIO", ("YOURS TO DISCOVER",) * 6 + ("A PLACE TO GROW", "TANT À DÉCOUVRIR"),
                 ("AAAA*000",), _ON_INKS, (WHITE, SILVER), letters="ABCDEFHJKLMNPRSTVWXYZ", emblems=(0,), sided=0.,
                 **_ON)),
    (.12, Layout("CA-ON", "ONTARIO", ("YOURS TO DISCOVER", "KEEP IT BEAUTIFUL", "TANT À DÉCOUVRIR"),
                 ("AAA*000:2", "000*AAA"), _ON_INKS, (WHITE, SILVER), emblems=(0,), sided=0., **_ON)),
    (.17, Layout("CA-ON", "ONTARIO", ("YOURS TO DISCOVER",), ("AA*00000:4", "AA 00000", "000 0AA", "A00 00A", "0A0000",
                                                               "A000 000", "0A0*000", "AA0*0000"), (BLACK, BLACK, BLUE),
                 (WHITE,), emblems=(0,), **_ON)),
    (.07, Layout("CA-ON", "ONTARIO", ("YOURS TO DISCOVER",), ("AAA*000", "AAAA*000", "000 AAA", "00AA00"), _ON_INKS,
                 (WHITE, SILVER), **{**_ON, "emblems": (0,)}, sided=.95)),
    (.06, Layout("CA-ON", "ONTARIO", ("GREEN VEHICLE", "VÉHICULE ÉCOLOGIQUE"), ("!G!VAA*000",), (GREEN,), (WHITE,),
                 letters="ABCDEFHJKLMNPRSTVWXYZ", emblems=(5,), sided=0., **{**_ON, "gap": (.6, .8)})),
    (.10, Layout("CA-ON", "ONTARIO", ("YOURS TO DISCOVER", "", "TANT À DÉCOUVRIR"), ("vanity",), _ON_INKS,
                 (WHITE, SILVER), sided=.35, **_ON)),
    (.04, Layout("CA-ON", "ONTARIO", ("", "YOURS TO DISCOVER"), ("0A0 00", "00 AA0", "0AA 00", "00A 00", "AA 000",
                                                                "0A000", "000A0"), _ON_INKS, (WHITE,),
                 size=(256, 146), sided=.1, **_ON)),
]
ONTARIO_SHARES, ONTARIO = [s for s, _ in _ONTARIO], [l for _, l in _ONTARIO]
_CA = dict(die="california", fonts=.05, tall=(.4, .48), vanity=.18, banded=.03, plain=.85)
CALIFORNIA = [
    Layout("US-CA", "California", ("dmv.ca.gov", "", "", "Sesquicentennial"),
           ("0AAA000:9", "0A00000:2", "00000A0", "00000A0"), (NAVY, (35, 45, 110), BLACK, (60, 70, 110)),
           (WHITE, (225, 228, 232), CREAM), **_CA),
    Layout("US-CA", "CALIFORNIA", ("", "", "LEGACY"), ("0AAA000", "AAA000", "AAA 000:2", "000 AAA:2", "0A00000"),
           (GOLD, YELLOW, (225, 200, 120)), ((25, 25, 30), (20, 35, 100), (15, 15, 18)), **_CA),
]
STATES = _table(_US, "US")
PROVINCES = _table(_CANADA, "CA")
EURO, SMALL = (416, 92), (380, 104)
_DIN = dict(size=EURO, die="din", fonts=.5, letters=US_LETTERS + "Q", tall=(.64, .8), vanity=0., sided=0.)
# Share, layout.
_EUROPE = [
    (.08, Layout("FR", "F", (), ("0000 AA 00:2", "000 AA 00", "000 AAA 00:4"), (BLACK,), (WHITE, YELLOW), band="left",
                 **_DIN)),
    (.05, Layout("FR", "", (), ("0000 AA 00:2", "000 AAA 00:2", "000 AA 00", "000 A 00"), (BLACK,), (WHITE, YELLOW),
                 **_DIN)),
    (.02, Layout("FR", "", (), ("0000 AA 00:2", "000 AAA 00"), (SILVER, WHITE), (BLACK,), **_DIN)),
    (.21, Layout("FR", "F", (), ("AA-000-AA:9", "!WA-000-AA"), (BLACK,), (WHITE,), band="both",
                 **{**_DIN, "letters": "ABCDEFGHJKLMNPQRSTVWXYZ"})),
    (.10, Layout("DE", "D", (), ("AA*AA 0000:2", "A*AA 0000:2", "AA*AA 000:2", "AAA*A 000", "A*AA 000", "AAA*AA 00",
                                 "AA*A 0000", "AA*A 000", "AAA*A 00"), (BLACK,), (WHITE,), band="left", emblems=(6,),
                 gap=(.45, .6), **{**_DIN, "letters": ALL_LETTERS, "die": "german", "fonts": .25})),
    (.10, Layout("NL", "NL", (), ("00-AA-AA:2", "AA-00-AA", "00-AAA-0:4", "0-AAA-00:4", "AA-000-A:3", "A-000-AA:2"),
                 (BLACK,), (YELLOW,), band="left", **{**_DIN, "letters": "BDFGHJKLNPRSTVXZ"})),
    (.01, Layout("NL", "", (), ("00-AA-00", "AA-00-00"), (WHITE, SILVER), (BLACK, NAVY), **_DIN)),
    (.10, Layout("GB", "GB", (), ("AA00 AAA:8", "A000 AAA:2", "A00 AAA", "AAA 000A", "AAA 0000"), (BLACK,),
                 (WHITE, YELLOW), band="maybe", **{**_DIN, "die": "charles", "fonts": .08, "vanity": .1,
                                                   "letters": "ABCDEFGHJKLMNOPRSTUVWXY"})),
    (.02, Layout("GB", "", (), ("AAA 000A", "AAA 000", "000 AAA"), (SILVER, WHITE), (BLACK,),
                 **{**_DIN, "die": "charles", "fonts": .1})),
    (.09, Layout("RO", "RO", (), ("AA 00 AAA:3", "!B 00 AAA", "!B 000 AAA:2"), (BLACK,), (WHITE,), band="left",
                 **{**_DIN, "letters": "ABCDEFGHIJLMNOPRSTUVWXYZ"})),
    (.05, Layout("ES", "E", (), ("0000 AAA:6", "A 0000 AA"), (BLACK,), (WHITE,), band="left",
                 **{**_DIN, "letters": "BCDFGHJKLMNPRSTVWXYZ"})),
    (.04, Layout("IT", "I", (), ("AA 000AA",), (BLACK,), (WHITE,), band="both",
                 **{**_DIN, "letters": "ABCDEFGHJKLMNPRSTVWXYZ"})),
    (.03, Layout("PL", "PL", (), ("AA 00000:3", "AAA 0000", "AA 0000A", "AAA A000"), (BLACK,), (WHITE,), band="left",
                 **_DIN)),
    (.06, Layout("EU", "S,DK,N,FIN,LT,LV,EST,B,P,L,GR,BG", (),
                 ("AAA 000:3", "AA 00000:2", "AA 00 000", "AA-00-00", "00-00-AA", "00-AA-00", "0-AAA-000:2",
                  "AAA-000:2", "AAA 00A", "AA-0000", "A 0000 AA", "AA 0000 AA", "AAA-0000", "000 AAA", "AA 0000"),
                 (BLACK, RED, (20, 60, 40)), (WHITE,), band="maybe", **_DIN)),
    (.08, Layout("EU", "CZ,SK,H,HR,A,SLO,BIH", (),
                 ("0A0*0000:4", "AA*000AA:3", "AAA-000:3", "AA*000-AA:2", "AA*0000-AA", "A*000AA", "AA*000A",
                  "AA*00-00A", "AAA*00-00", "AA AA-000"), (BLACK,), (WHITE,), band="left", emblems=(6, 3),
                 gap=(.35, .6), **_DIN)),
    (.02, Layout("EU", "", (), ("AA*0000", "AA*00000:2", "AA*000000:3", "AAA*000-00"), (BLACK,), (WHITE,),
                 emblems=(3,), gap=(.4, .6), **_DIN)),
]
EUROPE_SHARES, EUROPE = [s for s, _ in _EUROPE], [l for _, l in _EUROPE]
_LAND = dict(die="din", fonts=.5, vanity=0., sided=0., tall=(.5, .66))
# Share, layout.
_WORLD = [
    (.32, Layout("BR", "SP - SAO PAULO,PR - CURITIBA,RJ - RIO DE JANEIRO,MG - BELO HORIZONTE,RS - PORTO ALEGRE,"
                 "SC - JOINVILLE,BA - SALVADOR,SP - CAMPINAS,MG-UBERLANDIA,GO GOIANIA", (),
                 ("AAA-0000:4", "AAA.0000:2", "AAA 0000"), (BLACK, BLACK, BLACK, WHITE),
                 (SILVER, (175, 178, 182), (190, 192, 190), WHITE, RED), size=(384, 126), band="name",
                 letters=ALL_LETTERS, **{**_LAND, "die": "brazil", "fonts": .35, "tall": (.45, .57)})),
    (.16, Layout("BR", "BRASIL", (), ("AAA0A00:5", "AAA 0A00"), (BLACK, BLACK, BLACK, RED, BLUE), (WHITE,),
                 size=(388, 126), band="top", letters=ALL_LETTERS,
                 **{**_LAND, "die": "mercosur", "fonts": .15, "tall": (.46, .58)})),
    (.08, Layout("PK", "", (), ("AAA 0000", "AAA-00-0000", "AAA-000:3", "AA 0000", "AAA-0000"), (BLACK,),
                 (WHITE, YELLOW), size=SMALL, **{**_LAND, "tall": (.55, .8), "fonts": .7})),
    (.11, Layout("PK", "PUNJAB,SINDH,ISLAMABAD,ICT-ISLAMABAD,BALOCHISTAN", (), ("AAA-000:3", "AAA*000", "AA-000",
                                                                              "AAA-0000:2"), (BLACK, NAVY),
                 (WHITE, YELLOW), size=SMALL, band="under", **{**_LAND, "tall": (.45, .65), "fonts": .7})),
    (.19, Layout("IN", "IND", (), ("AA 00 AA 0000:3", "AA-00-A-0000", "AA00AA0000:2", "AA 0A AA 0000"),
                 (BLACK, BLACK, WHITE), (WHITE, YELLOW, BLACK), size=EURO,
                 **{**_LAND, "tall": (.5, .75), "fonts": .7})),
    (.14, Layout("AU", "NSW,VICTORIA,QUEENSLAND,NEW SOUTH WALES,VICTORIA - THE PLACE TO BE,SUNSHINE STATE", (),
                 ("AAA*000:2", "AA*00*AA:2", "000*AAA", "0AA*0AA"), (BLACK, NAVY, MAROON), (WHITE, YELLOW),
                 size=(340, 120), band="under", gap=(.25, .5), **{**_LAND, "vanity": .15})),
]
WORLD_SHARES, WORLD = [s for s, _ in _WORLD], [l for _, l in _WORLD]


def _pick(rng, shares, items):
    total = sum(shares)
    return items[int(rng.choice(len(items), p=[s / total for s in shares]))]


def choose(rng):
    """A layout, North America most often."""
    u = rng.random()
    if u < .14:
        return _pick(rng, ONTARIO_SHARES, ONTARIO)
    if u < .25:
        return CALIFORNIA[int(rng.random() < .2)]
    if u < .62:
        return STATES[int(rng.integers(len(STATES)))]
    if u < .66:
        return PROVINCES[int(rng.integers(len(PROVINCES)))]
    if u < .9:
        return _pick(rng, EUROPE_SHARES, EUROPE)
    return _pick(rng, WORLD_SHARES, WORLD)


def _format(rng, layout):
    weighted = [f.split(":") for f in layout.formats]
    return _pick(rng, [float(w[1]) if len(w) > 1 else 1. for w in weighted], [w[0] for w in weighted])


def serial(rng, layout):
    """A serial as drawn, with its separators, e.g. 'ABCD*123'."""
    pattern = _format(rng, layout)
    if pattern == "vanity" or rng.random() < layout.vanity:
        return personalised(rng, 8 if layout.region == "CA-ON" else 7)
    state = layout.region.startswith("US")
    # Iowa, Georgia, South Carolina and others issue I, O and Q in some of their series.
    letters = layout.letters if rng.random() < (.8 if state else .98) else ALL_LETTERS
    if state and " " in pattern and rng.random() < .2:
        pattern = pattern.replace(" ", "*", 1)  # Charities and universities have their emblem there.
    out, literal = "", False
    for c in pattern:
        if c == "!":
            literal = True
        elif c == "A" and not literal:
            out += letters[int(rng.integers(len(letters)))]
        elif c == "0":
            out += "0123456789"[int(rng.integers(10))]
        else:
            out += c
            literal = False
    if layout.region == "US-CA" and out[0].isdigit() and len(out) == 7:
        out = "3456789123456789"[int(rng.integers(16))] + out[1:]
    if layout.region == "CA-ON" and pattern.startswith("AAAA") and rng.random() < .75:
        out = "ABCD"[int(rng.integers(4))] + out[1:]
    return out


def label(text):
    """Serial without separators: characters A-Z and 0-9 alone."""
    return "".join(c for c in text if c.isalnum())
