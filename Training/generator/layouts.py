"""What plates of each jurisdiction look like: serial formats, colours, lettering, words around the serial.

In a format 'A' stands for a letter, '0' for a digit, '-' a hyphen, '.' a dot, ' ' a gap, '*' an emblem (crown, star,
outline of a state); any other capital after '!' stands for itself. 'vanity' is a personalised text.
"""
import dataclasses



@dataclasses.dataclass(frozen=True)
class Layout:
    """One kind of plate. size: width and height in the generator's pixels; inks and grounds: RGB choices; dies: share
    of plates lettered from our own skeletons; sided: share with an emblem or small letters beside the serial;
    emblems: kinds of render.blob in the gap (empty: any)."""

    region: str
    header: str
    slogans: tuple
    formats: tuple
    inks: tuple
    grounds: tuple
    size: tuple = (320, 160)
    variants: tuple = ()
    dies: float = .6
    band: str = ""
    letters: str = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    sided: float = .22
    emblems: tuple = ()


BLUE, NAVY, BLACK, RED, GREEN, WHITE = (30, 70, 160), (20, 30, 90), (25, 25, 25), (180, 30, 40), (20, 90, 50), \
    (240, 240, 240)
YELLOW, GOLD, CREAM, SKY, ORANGE = (250, 205, 20), (230, 170, 30), (245, 240, 215), (190, 215, 240), (235, 120, 40)
SILVER, MAROON, BROWN, PINK = (205, 208, 212), (110, 20, 40), (95, 60, 35), (250, 215, 215)

_US = """
AL|ALABAMA|Heart of Dixie,Sweet Home|00AA000,0A00000,00A00AA,0000AA0|NK|WS
AK|ALASKA|The Last Frontier|AAA 000,AAA000|NB|YW
AZ|ARIZONA|Grand Canyon State|AAA0000,000*AAA,A0A 0AA,ABA0000|GN|WSP
AR|ARKANSAS|The Natural State|000 AAA,AAA*00A,AAA 00A|NKR|WS
CO|COLORADO||AAA-000,000-AAA,000*AAA,AAA-A00|WG|GW
CT|CONNECTICUT|Constitution State|000-AAA,AA.00000,0AA.AA0|NB|SW
DE|DELAWARE|The First State|000000,00000,C00000|Y|B
DC|WASHINGTON DC|Taxation Without Representation|AA-0000,AA 0000|BN|W
FL|FLORIDA|Sunshine State,Dade,MyFlorida.com|A00*0AA,AAA*A00,000*0AA,AAA*00A,00A*AAA|GO|W
GA|GEORGIA|Peach State,Cobb|AAA0000,000*AAA,AAA*000|NK|WP
HI|HAWAII|Aloha State|AAA 000|K|W
ID|IDAHO|Scenic Idaho,Famous Potatoes|0A 0000A,A 000000,0A A0000|NR|WS
IL|ILLINOIS|Land of Lincoln|A00 0000,000 0000,AA 00000,AAA 000|RN|WS
IN|INDIANA|In God We Trust,Hoosier State|000A,000AA,000AAA,00A0000|NW|WB
IA|IOWA|Polk,Story|000 AAA,AAA 000|KN|WS
KS|KANSAS||000*AAA,000 AAA|NB|SW
KY|KENTUCKY|Bluegrass State,Unbridled Spirit|000 AAA,AAA 000|NB|WS
LA|LOUISIANA|Sportsman's Paradise|AAA 000,000 AAA,000*AAA|NR|W
ME|MAINE|Vacationland|0000 AA,000 AAA|NG|W
MD|MARYLAND|MD-1634|0AA0000,0AA*A00,AAA*000,00A*A00|KR|W
MA|MASSACHUSETTS|The Spirit of America|000 AA0,0AAA 00,00AA 00,0AA 000,0000 AA|R|W
MI|MICHIGAN|Pure Michigan,Great Lakes|AAA 0000,0AA A00,AAA 000,000A000|NBW|WB
MN|Minnesota|10000 lakes,Explore|000-AAA,AAA-000,000 AAA|KN|SW
MS|MISSISSIPPI|Hinds,Lee|AAA 000,AAA 0000|NK|WS
MO|MISSOURI|Show-Me State|AA0 A0A,000*AAA,AA0*A0A|NB|WS
MT|MONTANA|Big Sky,Treasure State|0-00000A,0-0000A,00-0000|NW|WB
NE|NEBRASKA|Cornhusker State|00-A000,AAA 000,00-AA00|KB|WSP
NV|NEVADA|The Silver State|000-AAA,00A*000,000 A00|NB|SWO
NH|NEW HAMPSHIRE|Live Free or Die|000 0000,000 000|G|W
NJ|NEW JERSEY|Garden State|A00*AAA,AAA*00A,AAA-00A,AA-000A|K|YCW
NM|NEW MEXICO|Land of Enchantment|000*AAA,AAA*000,000-AAA|RY|YB
NY|NEW YORK|Empire State,The Empire State,Excelsior|AAA*0000,AAA-0000,AAA 0000,0000000|NK|WYO
NC|NORTH CAROLINA|First in Flight,First in Freedom|AAA-0000,AAA*0000|NRB|W
ND|NORTH DAKOTA|Peace Garden State,Legendary|000 AAA|KN|WP
OH|OHIO|Birthplace of Aviation,Beautiful Ohio|AAA 0000,AA00AA,AAA0000|NKR|WS
OK|OKLAHOMA|Native America|000*AAA,AAA*000,AAA-000|GN|W
OR|OREGON||000*AAA,AAA*000,000 AAA,AAA 000|N|WPS
PA|PENNSYLVANIA|visitPA.com,Keystone State|AAA*0000,AAA 0000,AAA-0000|NK|WS
RI|RHODE ISLAND|Ocean State|000-000,AA-000,000000|N|WS
SC|SOUTH CAROLINA|Smiling Faces,While I Breathe I Hope|000 AAA,AAA 000,AAA-000,0000 AA|NG|WS
SD|SOUTH DAKOTA|Great Faces Great Places|0A0 000,00A 000,0AA 000|RN|WS
TN|TENNESSEE|The Volunteer State|000-AAA,A00-00A,AA 0000,0A0 0A0,AAA 000|NK|WG
TX|TEXAS|The Lone Star State|AAA*0000,AA0*A000,A00*AAA,AAA 00A|KN|WS
UT|UTAH|Ski Utah,Greatest Snow on Earth,Life Elevated|000 AAA,A00 0AA,000*AAA|KN|WP
VT|VERMONT|Green Mountain State|AAA 000,000A0|WZ|G
VA|VIRGINIA|400th Anniversary|AAA-0000,AAA 0000,AAA 000|N|WS
WA|WASHINGTON|Evergreen State|000-AAA,AAA0000,000*AAA|N|WS
WV|WEST VIRGINIA|Wild Wonderful|0AA 000,0A 0000,00A 000|N|W
WI|WISCONSIN|America's Dairyland|000-AAA,AAA-0000,AAA-000|NKR|W
WY|WYOMING||0-0000,00-000A,0-00AAA,00*0000|NRK|WSY
"""
_CANADA = """
BC|British Columbia|Beautiful|000 AAA,AAA 000,AA0 00A,000*AAA|B|W
AB|Alberta|Wild Rose Country|AAA-0000,AAA-000|R|W
SK|Saskatchewan|Land of Living Skies|000 AAA|G|W
MB|MANITOBA|Friendly Manitoba|AAA 000|B|WS
QC|Québec|Je me souviens|000 AAA,A00 AAA,AAA 0000,AAA 000|NB|W
NB|New Nouveau Brunswick|Be in this place|AAA 000|RN|W
NS|NOVA SCOTIA|Canada's Ocean Playground|AAA 000|BN|W
PE|Prince Edward Island|Birthplace of Confederation|00 00AA,000 AA|BK|W
NL|Newfoundland and Labrador|A world of difference|AAA 000|N|W
YT|Yukon|The Klondike|AAA00|N|W
"""
_INKS = dict(N=NAVY, B=BLUE, K=BLACK, R=RED, G=GREEN, O=ORANGE, W=WHITE, Y=GOLD, Z=(200, 220, 205))
_GROUNDS = dict(W=WHITE, S=SKY, Y=YELLOW, B=BLUE, G=GREEN, P=PINK, C=CREAM, O=GOLD)


def _table(text, country):
    out = []
    for line in text.strip().splitlines():
        code, header, slogans, formats, inks, grounds = line.split("|")
        out.append(Layout(f"{country}-{code}", header, tuple(filter(None, slogans.split(","))),
                          tuple(formats.split(",")), tuple(_INKS[c] for c in inks),
                          tuple(_GROUNDS[c] for c in grounds)))
    return out


ONTARIO = [
    Layout("CA-ON", "ONTARIO", ("YOURS TO DISCOVER", "A PLACE TO GROW", "TANT À DÉCOUVRIR"), ("AAAA*000",),
           (BLUE, (50, 95, 180), NAVY), (WHITE, SILVER), dies=.8, letters="ABCDEFHJKLMNPRSTVWXYZ", emblems=(0,),
           sided=0.),
    Layout("CA-ON", "ONTARIO", ("YOURS TO DISCOVER", "KEEP IT BEAUTIFUL"), ("AAA*000", "000*AAA"), (BLUE, NAVY),
           (WHITE, SILVER), dies=.8, emblems=(0,), sided=0.),
    Layout("CA-ON", "ONTARIO", ("YOURS TO DISCOVER",), ("AA*00000", "AA 00000", "000 0AA", "A00 00A", "0A0000",
                                                            "A000 000"), (BLACK, BLUE), (WHITE,), dies=.8),
    Layout("CA-ON", "ONTARIO", ("YOURS TO DISCOVER",), ("00AA00", "AAA 000"), (BLUE, NAVY), (WHITE, SILVER), dies=.8,
           sided=.95, emblems=(1, 3, 4)),
    Layout("CA-ON", "ONTARIO", ("GREEN VEHICLE",), ("!G!VAA*000",), (GREEN,), (WHITE,), dies=.8),
    Layout("CA-ON", "ONTARIO", ("YOURS TO DISCOVER", "", "TANT À DÉCOUVRIR"), ("vanity",), (BLUE, NAVY),
           (WHITE, SILVER), dies=.8),
]
CALIFORNIA = [
    Layout("US-CA", "California", ("dmv.ca.gov", "", ""), ("0AAA000", "0AAA000", "0A00000", "00000A0", "vanity"),
           (NAVY, (35, 45, 110), BLACK), (WHITE, CREAM), variants=(("4", 1), ("2", 1)), dies=.85),
    Layout("US-CA", "CALIFORNIA", ("",), ("0AAA000", "AAA000", "000AAA", "vanity"), (GOLD, YELLOW),
           ((25, 25, 30), (20, 35, 100)), variants=(("4", 1), ("2", 1)), dies=.85),
]
STATES = _table(_US, "US")
PROVINCES = _table(_CANADA, "CA")
EURO, SMALL = (416, 92), (380, 104)
EUROPE = [
    Layout("FR", "F", (), ("0000 AA 00", "000 AA 00", "000 AAA 00", "0000 AA 00"), (BLACK,), (WHITE, YELLOW), EURO,
           dies=.35, band="left"),
    Layout("FR", "", (), ("0000 AA 00", "000 AAA 00", "0000 AA 00"), (BLACK, WHITE), (WHITE, YELLOW), EURO, dies=.35),
    Layout("FR", "F", (), ("AA-000-AA",), (BLACK,), (WHITE,), EURO, dies=.35, band="both",
           letters="ABCDEFGHJKLMNPQRSTVWXYZQQMMW"),
    Layout("DE", "D", (), ("A*AA 0000", "AA*AA 000", "AAA*A 000", "A*AA 000"), (BLACK,), (WHITE,), EURO, dies=.4,
           band="left", letters="ABCDEFGHIJKLMNOPRSTUVWXYZ"),
    Layout("NL", "NL", (), ("00-AA-AA", "AA-00-AA", "00-AAA-0", "0-AAA-00", "AA-000-A"), (BLACK,), (YELLOW,), EURO,
           dies=.4, band="left"),
    Layout("GB", "GB", (), ("AA00 AAA", "A000 AAA"), (BLACK,), (WHITE, YELLOW), EURO, dies=.4, band="maybe",
           letters="ABCDEFGHJKLMNOPRSTUVWXY"),
    Layout("RO", "RO", (), ("AA 00 AAA", "!B 00 AAA", "!B 000 AAA"), (BLACK,), (WHITE,), EURO, dies=.4, band="left",
           letters="ABCDEFGHIJKLMNOPRSTUVWXYZ"),
    Layout("EU", "E", (), ("0000 AAA", "AA 000 AA", "AA 00000", "0-AAA-000", "AA-00-00", "AAA 000", "00-00-AA"),
           (BLACK, RED), (WHITE,), EURO, dies=.4, band="maybe"),
]
WORLD = [
    Layout("BR", "SP-SAO PAULO", (), ("AAA-0000", "AAA.0000", "AAA 0000"), (BLACK, WHITE, RED), (SILVER, WHITE, RED),
           (380, 124), dies=.5, band="name", letters="ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    Layout("BR", "BRASIL", (), ("AAA0A00", "AAA 0A00"), (BLACK, RED), (WHITE,), (400, 130), dies=.4, band="top",
           letters="ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    Layout("PK", "PUNJAB", (), ("AAA 0000", "AAA-00-0000", "AAA-000", "AA 0000"), (BLACK,), (WHITE, YELLOW), SMALL,
           dies=.3),
    Layout("IN", "IND", (), ("AA 00 AA 0000", "AA-00-A-0000", "AA00AA0000"), (BLACK, WHITE), (WHITE, YELLOW, BLACK),
           EURO, dies=.3),
    Layout("AU", "", (), ("AAA 000", "AA 00 AA", "000 AAA"), (BLACK, NAVY), (WHITE, YELLOW), (340, 120), dies=.5),
]


def choose(rng):
    """A layout, North America most often."""
    u = rng.random()
    if u < .13:
        return ONTARIO[int(rng.choice(6, p=[.45, .15, .15, .1, .05, .1]))]
    if u < .23:
        return CALIFORNIA[int(rng.random() < .12)]
    if u < .58:
        return STATES[int(rng.integers(len(STATES)))]
    if u < .63:
        return PROVINCES[int(rng.integers(len(PROVINCES)))]
    if u < .89:
        return EUROPE[int(rng.choice(8, p=[.11, .06, .35, .1, .08, .1, .1, .1]))]
    return WORLD[int(rng.choice(5, p=[.32, .14, .2, .2, .14]))]


def vanity(rng):
    """A personalised text: syllables with now and then digits, 2 to 8 characters."""
    consonants, vowels = "BCDFGHJKLMNPRSTVWXYZ" + "LNRST", "AEIOU" + "Y"
    length = int(rng.choice([3, 4, 5, 6, 7, 8], p=[.05, .1, .2, .27, .33, .05]))
    text = ""
    while len(text) < length:
        text += rng.choice(list(consonants)) + (rng.choice(list(vowels)) if rng.random() < .7 else "")
    text = text[:length]
    if rng.random() < .35:
        digits = int(rng.integers(1, 3))
        number = "".join(rng.choice(list("0123456789"), digits))
        text = (text[:-digits] + number) if rng.random() < .75 else (number + text[digits:])
    return text


def serial(rng, layout):
    """A serial as drawn, with its separators, e.g. 'ABCD*123'."""
    pattern = layout.formats[int(rng.integers(len(layout.formats)))]
    if pattern == "vanity" or (layout.size[0] < 2.2 * layout.size[1] and rng.random() < .12):
        text = vanity(rng)
        return text[:3] + " " + text[3:] if len(text) > 5 and rng.random() < .1 else text
    letters = layout.letters if rng.random() < .8 else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
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
    if layout.region == "CA-ON" and pattern.startswith("AAAA") and rng.random() < .6:
        out = "ABCD"[int(rng.integers(4))] + out[1:]
    return out


def label(text):
    """Serial without separators: characters A-Z and 0-9 alone."""
    return "".join(c for c in text if c.isalnum())


