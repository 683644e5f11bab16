"""The made-up town of the demonstration: who is parked where with which right, and the files that say so."""
import csv
import dataclasses
import datetime
import json
import math

import numpy as np

START = datetime.datetime(2026, 6, 16, 14, 5, 0, tzinfo=datetime.timezone.utc)
ORIGIN = (43.701200, -81.052300)  # where the street's x is 0: farmland in southern Ontario
HEADING = 62.0                    # degrees clockwise from north
PAY, PERMIT = "mill-pay", "mill-residents"
EDGES = (-60.0, 61.0, 105.0)      # x in metres: pay by plate, then residents only, then no rule; as demo/city.yaml has them
METRE = 1 / 111_195.0             # degrees of latitude


@dataclasses.dataclass(frozen=True)
class Parked:
    """text: the plate as written; y: the car's middle from the vehicle's path; right: what the lists hold for it."""

    text: str
    region: str
    side: str
    x: float
    y: float
    shape: str
    colour: tuple
    right: str

    @property
    def plate(self):
        return self.text.replace(" ", "")


WHITE, SILVER, BLACK, GREY = (228, 230, 232), (168, 172, 178), (34, 35, 38), (96, 100, 106)
RED, BLUE, NAVY, GREEN, BEIGE, ORANGE = (172, 30, 34), (44, 92, 166), (30, 44, 84), (40, 84, 62), (190, 178, 152), (206, 98, 34)

CARS = [
    Parked("CKFT 482", "CA-ON", "right", 8.0, 2.20, "sedan", BLUE, "session"),
    Parked("DBRN 937", "CA-ON", "right", 15.0, 2.25, "suv", WHITE, "expired"),
    Parked("CRXE 164", "CA-ON", "right", 22.0, 2.18, "hatch", RED, "session"),
    Parked("CKRT 208", "CA-ON", "right", 29.0, 2.24, "sedan", SILVER, "typed-wrong"),
    Parked("BWLA 753", "CA-ON", "right", 36.0, 2.20, "van", WHITE, "grace"),
    Parked("CXPH 391", "CA-ON", "right", 43.0, 2.22, "hatch", GREEN, "hidden"),
    Parked("DCEV 625", "CA-ON", "right", 50.0, 2.20, "suv", BLACK, "scofflaw"),
    Parked("CPMZ 847", "CA-ON", "right", 74.0, 2.22, "sedan", GREY, "permit"),
    Parked("BTHK 319", "CA-ON", "right", 81.0, 2.20, "suv", NAVY, "nothing-residents"),
    Parked("E47 KPS", "CA-QC", "right", 88.0, 2.24, "hatch", SILVER, "permit"),
    Parked("DAJY 576", "CA-ON", "right", 95.0, 2.20, "sedan", WHITE, "exemption"),
    Parked("CVNW 428", "CA-ON", "right", 120.0, 2.22, "suv", BEIGE, "no-rule"),
    Parked("CLRB 960", "CA-ON", "left", 12.0, 2.30, "hatch", ORANGE, "session"),
    Parked("KHT 7463", "US-NY", "left", 26.0, 2.34, "sedan", BLACK, "expired"),
    Parked("DHKS 714", "CA-ON", "left", 40.0, 2.30, "suv", GREY, "watchlist"),
    Parked("EKR 4821", "US-MI", "left", 78.0, 2.32, "sedan", RED, "visitor-permit"),
]


def place(x, y=0.0):
    """Metres along and to the right of the street -> (latitude, longitude) in degrees."""
    a = math.radians(HEADING)
    north, east = x * math.cos(a) - y * math.sin(a), x * math.sin(a) + y * math.cos(a)
    return ORIGIN[0] + north * METRE, ORIGIN[1] + east * METRE / math.cos(math.radians(ORIGIN[0]))


def stamp(minutes):
    """ISO 8601 UTC, minutes after the recording's start."""
    return (START + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def way(pass_seconds, second_pass, speed, first_x):
    """The vehicle's path in time: (seconds, x, y, heading degrees, speed), every 0.2 s."""
    points = []
    far, back = first_x + pass_seconds * speed, 95.0
    # Round the block: right at the end, along the next street, and back; driven at whatever speed closes the loop.
    corners = [(far, 0), (far + 14, 0), (far + 14, back), (first_x - 14, back), (first_x - 14, 0), (first_x, 0)]
    legs = [math.dist(a, b) for a, b in zip(corners, corners[1:])]
    loop = second_pass - pass_seconds
    total = second_pass + pass_seconds
    for step in range(int(total * 5) + 6):
        t = step / 5 - .4
        if t <= pass_seconds or t >= second_pass:
            x = first_x + (t if t <= pass_seconds else t - second_pass) * speed
            points.append((t, x, 0.0, HEADING, speed))
            continue
        left = (t - pass_seconds) / loop * sum(legs)
        for a, b, leg in zip(corners, corners[1:], legs):
            if left <= leg:
                turn = math.degrees(math.atan2(b[1] - a[1], b[0] - a[0]))
                points.append((t, a[0] + (b[0] - a[0]) * left / leg, a[1] + (b[1] - a[1]) * left / leg,
                               (HEADING + turn) % 360, sum(legs) / loop))
                break
            left -= leg
    return points


def sentence(body):
    """Adds '$', the checksum (exclusive or of the bytes between) and the line's end."""
    check = 0
    for byte in body.encode():
        check ^= byte
    return f"${body}*{check:02X}\r\n"


def angle(value, digits, positive, negative):
    whole = int(abs(value))
    return f"{whole:0{digits}}{(abs(value) - whole) * 60:08.5f},{positive if value >= 0 else negative}"


def write_track(path, points):
    """GGA and RMC at 5 Hz, with the slow wander of a good receiver under open sky (about 1 m)."""
    rng = np.random.default_rng(5)
    wander = np.zeros(2)
    with open(path, "w", newline="") as file:
        for t, x, y, heading, speed in points:
            wander = wander * .985 + rng.normal(0, .14, 2)
            latitude, longitude = place(x + wander[0], y + wander[1])
            now = START + datetime.timedelta(seconds=t)
            clock = now.strftime("%H%M%S.") + f"{now.microsecond // 10000:02}"
            where = f"{angle(latitude, 2, 'N', 'S')},{angle(longitude, 3, 'E', 'W')}"
            file.write(sentence(f"GPGGA,{clock},{where},1,12,0.7,362.4,M,-36.1,M,,"))
            file.write(sentence(f"GPRMC,{clock},A,{where},{speed * 1.943844:.2f},{heading:.1f},"
                                f"{now.strftime('%d%m%y')},,,A"))


# The town's map: Mill Street with its cross streets, the street round the block, and a back lane. Names, then x and y.
STREETS = [
    ("Mill Street", [(-23, 0), (61, 0)]), ("Mill Street", [(61, 0), (140, 0)]),
    ("King Street", [(-23, -120), (-23, 0)]), ("King Street", [(-23, 0), (-23, 95)]),
    ("Church Street", [(61, -120), (61, 0)]), ("Church Street", [(61, 0), (61, 95)]),
    ("Bridge Street", [(140, -120), (140, 0)]), ("Bridge Street", [(140, 0), (140, 95)]),
    ("Race Street", [(-23, 95), (61, 95)]), ("Race Street", [(61, 95), (140, 95)]),
    ("Tannery Lane", [(-23, -38), (61, -36)]),
]
MISSING = (22, 7)  # houses that the address points lack
HOUSE, FIRST_HOUSE = 12.0, -12.0  # frontage, and x of the first house, in metres


def houses():
    """(number, x, y): even on the right of Mill Street, odd on the left; none where Church Street opens."""
    for side, first in ((1, 2), (-1, 1)):
        number = first
        for step in range(13):
            x = FIRST_HOUSE + HOUSE * step
            if abs(x - 61) < 9:
                continue
            if number not in MISSING:
                yield number, x, side * (13.5 + step % 3)
            number += 2


def places():
    """The three GeoJSON files of the map, by name."""
    at = lambda x, y: [round(value, 7) for value in reversed(place(x, y))]
    feature = lambda properties, kind, coordinates: {
        "type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}
    zones = [(title, x0, x1) for title, x0, x1 in (("Mill Street, pay by plate", EDGES[0], EDGES[1]),
                                                   ("Mill Street, residents", EDGES[1], EDGES[2]))]
    return {
        "streets": [feature({"CENTRELINE_ID": number, "LINEAR_NAME_FULL": name}, "LineString", [at(*p) for p in line])
                    for number, (name, line) in enumerate(STREETS, 1)],
        "addresses": [feature({"ADDRESS_POINT_ID": index, "ADDRESS_NUMBER": str(number), "LINEAR_NAME_FULL": "Mill St"},
                              "Point", at(x, y)) for index, (number, x, y) in enumerate(houses(), 1)],
        "zones": [feature({"ZONE_NAME": title}, "Polygon",
                          [[at(x, y) for x, y in ((x0, -25), (x1, -25), (x1, 25), (x0, 25), (x0, -25))]])
                  for title, x0, x1 in zones],
    }


def write_places(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name, features in places().items():
        lines = ",\n".join(json.dumps(feature, ensure_ascii=False) for feature in features)
        (folder / f"{name}.geojson").write_text('{"type": "FeatureCollection", "features": [\n' + lines + "\n]}\n")


def lists():
    """Rows of the five lists, by file name: header first."""
    year = ("2026-01-01T05:00:00Z", "2027-01-01T05:00:00Z")
    rows = {
        "permits": [("permit", "plate", "kind", "zones", "from", "to")],
        "sessions": [("session", "plate", "zone", "from", "to")],
        "exemptions": [("exemption", "plate", "kind", "from", "to")],
        "scofflaws": [("plate", "unpaid_tickets", "unpaid_cents", "eligible_for")],
        "watchlist": [("entry", "plate", "reason")],
    }
    number = 4100
    for car in CARS:
        number += 7
        session = lambda plate, a, b: rows["sessions"].append((f"S-{number}", plate, PAY, stamp(a), stamp(b)))
        if car.right in ("session", "watchlist"):
            session(car.plate, -35 - number % 20, 40 + number % 30)
        elif car.right == "expired":
            session(car.plate, -95 - number % 20, -20 - number % 30)
        elif car.right == "grace":
            session(car.plate, -62.5, -2.5)
        elif car.right == "typed-wrong":
            session(car.plate.replace("0", "O"), -15, 45)
        elif car.right == "permit":
            rows["permits"].append((f"R-{number}", car.plate, "residential", PERMIT, *year))
        elif car.right == "visitor-permit":
            rows["permits"].append((f"E-{number}", car.plate, "event", "", stamp(-300), stamp(1000)))
        elif car.right == "exemption":
            rows["exemptions"].append((f"X-{number}", car.plate, "municipal", *year))
        elif car.right == "scofflaw":
            rows["scofflaws"].append((car.plate, 5, 38250, "boot"))
        if car.right == "watchlist":
            rows["watchlist"].append(("W-17", car.plate, "reported stolen"))
    # Records of cars that are elsewhere today; their plates are far from those on the street.
    for plate in ("AZGD118", "BJYY552", "CGGS773", "ARRH905"):
        number += 7
        rows["sessions"].append((f"S-{number}", plate, PAY, stamp(-40), stamp(50)))
    rows["permits"] += [("R-9001", "AXDD231", "residential", PERMIT, *year), ("R-9001", "AYDD656", "residential", PERMIT, *year),
                        ("C-9010", "BK34417", "commercial", f"{PAY}|{PERMIT}", *year)]
    rows["scofflaws"].append(("AHHG662", 3, 21000, "tow"))
    return rows


ANSWERS = {  # right: (answer, reasons, gravest first; whether a ticket follows when every alert is accepted; why)
    "session": ("clear", ["session"], False, "paid until later"),
    "expired": ("alert", ["noSession"], True, "the session ended longer ago than the 5 minutes of grace"),
    "grace": ("clear", ["grace"], False, "the session ended 2.5 minutes before the patrol began; 5 minutes are granted"),
    "typed-wrong": ("secondLook", ["nearMatch", "noSession"], False,
                    "paid for CKRT2O8, the letter O typed for the digit 0: the officer looks, no ticket by itself"),
    "scofflaw": ("alert", ["scofflaw", "noSession"], True, "five unpaid tickets, and no session either"),
    "hidden": ("alert", ["noSession"], True,
               "never paid; the van before it hides the plate in all but four frames, which show it whole"),
    "permit": ("clear", ["permit"], False, "resident"),
    "visitor-permit": ("clear", ["permit"], False, "event permit, honoured here"),
    "nothing-residents": ("alert", ["noPermit"], True, "no permit in the residents' zone"),
    "exemption": ("clear", ["exemption"], False, "municipal vehicle"),
    "no-rule": ("clear", ["noRule"], False, "beyond the zones"),
    "watchlist": ("alert", ["watchlist"], False, "paid, yet reported stolen: seen by the officer, never ticketed"),
}


def expected():
    """The answer to each car at its first pass; at the second, what was raised is not raised again."""
    cars = []
    for car in CARS:
        answer, reasons, ticket, why = ANSWERS[car.right]
        cars.append({"plate": car.plate, "region": car.region, "camera": car.side, "passes": 2, "answer": answer,
                     "reasons": reasons, "ticket": ticket, "why": why})
    return {"version": 1, "cars": cars, "tickets": sum(c["ticket"] for c in cars),
            "secondPass": "cars that were clear are clear again; alerts and second looks are 'repeated'"}


def write(out, pass_seconds, second_pass, speed, first_x):
    """Everything but the videos, below the folder `out`."""
    dump = lambda path, value: path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
    (out / "lists").mkdir(parents=True, exist_ok=True)
    for name, rows in lists().items():
        with open(out / "lists" / f"{name}.csv", "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    write_places(out / "places")
    dump(out / "expected.json", expected())
    write_track(out / "recording" / "track.nmea", way(pass_seconds, second_pass, speed, first_x))
    dump(out / "recording" / "manifest.json", {
        "version": 1, "name": "Mill Street, two passes", "vehicle": "patrol-1", "officer": "412",
        "start": START.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "track": "track.nmea",
        "cameras": [{"camera": side, "side": side, "angleDegrees": angle, "video": f"{side}.mp4", "startOffsetSeconds": 0.0}
                    for side, angle in (("right", 32.5), ("left", 327.5))]})
