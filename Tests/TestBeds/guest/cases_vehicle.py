"""Cases with the whole vehicle under systemd as the first program: `make install`, the unit with its sandbox and
watchdog, the udev rules, USB cameras and a USB receiver that are unplugged, gpsd, cupsd and a ticket printer."""
import ctypes
import glob
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time

from cases_usb import Bus, RATE
from watch import Failure, Module, expect, now, run, wait_until

PROJECT = os.environ.get("PROJECT", "")
PROGRAMS = os.path.dirname(os.environ.get("PATROLD", ""))
SOCKET = "/run/patrold/patrold.sock"
# A debug build in an emulated machine is ten to thirty times slower than a vehicle's computer.
PATIENCE = 240.0
HANG_SECONDS, WATCHDOG_SECONDS = 15, 30
RULES = "/etc/udev/rules.d/70-curbside-patrol.rules"

CONFIGURATION = f"""
[patrol]
vehicle = "patrol-1"
officer = "412"
city = "@CITY@"
numbers = "1-50"
[camera.left]
side = "left"
device = "/dev/curbside/camera-left"
frames_per_second = {RATE}
[camera.right]
side = "right"
device = "/dev/curbside/camera-right"
frames_per_second = {RATE}
[printer]
name = "Roll"
server = "/run/room/cups.sock"
[disk]
low_mebibytes = 64
full_mebibytes = 16
[watchdog]
hang_seconds = {HANG_SECONDS}.0
"""


# MARK: The service

def install():
    """As a technician does it, then a configuration and the lines for this vehicle's two ports."""
    if os.path.exists("/usr/local/bin/patrold") and os.path.exists(RULES):
        return
    run(f"{PROJECT}/.ci/install", PROGRAMS, timeout=300)
    city = sorted(glob.glob(f"{PROJECT}/Fixtures/demo/city.*"))[0]
    shutil.copy(city, "/etc/patrold/")
    text = CONFIGURATION.replace("@CITY@", f"/etc/patrold/{os.path.basename(city)}")
    open("/etc/patrold/patrold.toml", "w").write(text)
    lines = open("/lib/udev/rules.d/70-curbside-patrol.rules").read().splitlines(keepends=True)
    for index, line in enumerate(lines):
        for port, name in ((0, "left"), (1, "right")):
            if line.startswith("#SUBSYSTEM") and f"camera-{name}" in line:
                lines[index] = (f'SUBSYSTEM=="video4linux", ATTR{{index}}=="0", ENV{{ID_PATH}}=="platform-dummy_hcd.'
                                f'{port}-usb-0:1:1.0", SYMLINK+="curbside/camera-{name}"\n')
    open(RULES, "w").writelines(lines)
    run("udevadm", "control", "--reload")


def show(name, unit="patrold"):
    return run("systemctl", "show", "-p", name, "--value", unit).strip()


def journal():
    return run("journalctl", "-u", "patrold", "--no-pager", "-o", "cat")


def status():
    result = subprocess.run(["patrol", "status", "--json"], capture_output=True, text=True, timeout=60)
    return json.loads(result.stdout) if result.returncode == 0 else None


def call(path, body=None):
    """What the daemon's socket answers, as the console would ask it."""
    command = ["curl", "-s", "--max-time", "60", "--unix-socket", SOCKET, f"http://localhost{path}"]
    if body is not None:
        command += ["-X", "POST", "-d", json.dumps(body)]
    return json.loads(run(*command, timeout=90))


def device(name):
    """Of `patrol status`: the device's state and word; nothing while the daemon does not answer."""
    answer = status()
    found = [item for item in answer["devices"] if item["name"] == name] if answer else []
    return (found[0]["state"], found[0].get("word", found[0].get("detail", ""))) if found else ("", "")


def told(name, *states, since, timeout=PATIENCE):
    """Seconds until the daemon's status shows a device in one of the states."""
    wait_until(lambda: device(name)[0] in states, f"{name} {' or '.join(states)} (it is {device(name)})", timeout)
    return now() - since


class Service:
    """patrold, started by systemd; nothing of it is left after a case."""

    def __init__(self, has_lists=False):
        self.has_lists = has_lists

    def __enter__(self):
        install()
        if self.has_lists:
            self.load_lists()
        run("systemctl", "reset-failed", "patrold", check=False)
        began = now()
        run("systemctl", "start", "patrold", timeout=PATIENCE)
        self.seconds = now() - began
        self.identifier = int(show("MainPID"))
        return self

    def __exit__(self, *_):
        subprocess.run(["systemctl", "stop", "patrold"], timeout=PATIENCE, check=False)
        shutil.rmtree("/var/lib/patrold", ignore_errors=True)

    @staticmethod
    def load_lists():
        """The demonstration's: without lists no ticket is possible. Sessions last, they are the first to be too old."""
        os.makedirs("/var/lib/patrold", mode=0o700)
        shutil.chown("/var/lib/patrold", "patrold", "patrold")
        for feed in ("permits", "exemptions", "scofflaws", "watchlist", "sessions"):
            run("runuser", "-u", "patrold", "--", "/usr/local/bin/patrold", "lists", "import",
                f"{PROJECT}/Fixtures/demo/lists/{feed}.csv", "--feed", feed, "--database",
                "/var/lib/patrold/patrol.sqlite", timeout=PATIENCE)


# MARK: What is plugged in

class Vehicle(Bus):
    """Ports 0 and 1 for cameras, 2 for the receiver."""

    def __enter__(self):
        self.modules = [Module("dummy_hcd", "num=3"), Module("raw_gadget"), Module("uvcvideo"),
                        Module("libcomposite"), Module("usb_f_acm"), Module("cdc_acm")]
        self.plugged = {}
        for module in self.modules:
            module.__enter__()
        return self


class Receiver:
    """A GNSS receiver on USB that stands in Mill Street and tells the machine's own time, once a second."""
    FOLDER = "/sys/kernel/config/usb_gadget/gnss"

    def __enter__(self):
        if not os.path.exists(self.FOLDER):
            self.make()
        self.ended = threading.Event()
        self.plug()
        self.thread = threading.Thread(target=self.talk, daemon=True)
        self.thread.start()
        return self

    def make(self):
        os.makedirs(f"{self.FOLDER}/strings/0x409")
        os.makedirs(f"{self.FOLDER}/configs/c.1/strings/0x409")
        for name, value in (("idVendor", "0x1546"), ("idProduct", "0x01a8"), ("strings/0x409/product", "u-blox 8"),
                            ("strings/0x409/manufacturer", "u-blox AG"), ("strings/0x409/serialnumber", "G-1")):
            open(f"{self.FOLDER}/{name}", "w").write(value)
        os.makedirs(f"{self.FOLDER}/functions/acm.0")
        os.symlink(f"{self.FOLDER}/functions/acm.0", f"{self.FOLDER}/configs/c.1/acm.0")

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join(5)
        self.unplug()

    def plug(self):
        open(f"{self.FOLDER}/UDC", "w").write("dummy_udc.2")

    def unplug(self):
        try:
            open(f"{self.FOLDER}/UDC", "w").write("\n")
        except OSError:
            pass
        return now()

    def talk(self):
        while not self.ended.wait(1 - time.time() % 1):
            try:
                port = os.open("/dev/ttyGS0", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY)
                try:
                    os.write(port, self.sentences(time.time()).encode())
                finally:
                    os.close(port)
            except OSError:
                pass  # it is unplugged, or nobody listens

    @staticmethod
    def sentences(seconds):
        """RMC, GGA and GST of NMEA 0183: 43.70120 N 81.05229 W, good to a metre, heading 62 degrees."""
        instant = time.gmtime(round(seconds))
        clock, date = time.strftime("%H%M%S.00", instant), time.strftime("%d%m%y", instant)
        place = "4342.0721,N,08103.1375,W"
        bodies = (f"GPRMC,{clock},A,{place},0.5,62.0,{date},,,A", f"GPGGA,{clock},{place},1,11,0.7,320.0,M,-36.0,M,,",
                  f"GPGST,{clock},1.0,1.0,1.0,0.0,0.8,0.8,1.5")
        text = ""
        for body in bodies:
            checksum = 0
            for byte in body.encode():
                checksum ^= byte
            text += f"${body}*{checksum:02X}\r\n"
        return text


class GPSD:
    """gpsd as udev/README.md has it set up; the rules tell it when the receiver comes and goes."""

    def __enter__(self):
        open("/etc/default/gpsd", "w").write('DEVICES=""\nGPSD_OPTIONS="-n"\nUSBAUTO="true"\nSTART_DAEMON="true"\n')
        run("systemctl", "start", "gpsd.socket")
        run("systemctl", "start", "gpsd.service")
        run("udevadm", "trigger", "--action=add", "--subsystem-match=tty")
        return self

    def __exit__(self, *_):
        subprocess.run(["systemctl", "stop", "gpsd.service", "gpsd.socket"], check=False, timeout=60)


class Room:
    """cupsd and the ticket printer of the print room."""
    BED = f"{PROJECT}/Tests/TestBeds/printing/bed"

    def __enter__(self):
        run(self.BED, "up", "/run/room", "4in", timeout=PATIENCE)
        return self

    def __exit__(self, *_):
        self.do("down", check=False)

    def do(self, verb, *arguments, check=True):
        return run(self.BED, verb, "/run/room", *arguments, check=check, timeout=PATIENCE)


def stop_thread(process, name):
    """Stops one thread of a process for good, as a driver that never answers would. Returns what lets it go."""
    library = ctypes.CDLL(None, use_errno=True)
    library.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
    seize, interrupt, detach = 0x4206, 0x4207, 17
    threads = {open(f"{path}/comm").read().strip(): int(os.path.basename(path))
               for path in glob.glob(f"/proc/{process}/task/*")}
    expect(name in threads, f"no thread '{name}' among {sorted(threads)}")
    thread = threads[name]
    expect(library.ptrace(seize, thread, None, None) == 0, f"the thread cannot be seized: {ctypes.get_errno()}")
    expect(library.ptrace(interrupt, thread, None, None) == 0, f"it cannot be stopped: {ctypes.get_errno()}")
    return lambda: library.ptrace(detach, thread, None, None)


# MARK: Cases

def under_systemd():
    """installed and started by systemd with cameras, receiver and printer absent: ready, and each absence named"""
    with Room(), Service() as service:
        answer = status()
        expect(show("ActiveState") == "active" and answer, f"{show('ActiveState')}: {journal()[-300:]}")
        states = {item["name"]: item["state"] for item in answer["devices"]}
        expect(states["left"] == "absent" and states["right"] == "absent", f"{states}")
        line = show("StatusText")
        expect(line, "systemd was told no status line")
        mode = oct(os.stat("/var/lib/patrold").st_mode & 0o777)
        expect(mode == "0o700", f"the data folder has mode {mode}")
        score = run("systemd-analyze", "security", "patrold", check=False).strip().splitlines()[-1]
    return f"ready after {service.seconds:.1f} s; status line: {line}; {score.lstrip('→ ')}"


def all_together():
    """cameras, gpsd and cupsd at once: a plate read, a ticket issued and printed once, then every plug pulled"""
    with Vehicle() as vehicle, Receiver() as receiver, GPSD(), Room() as room, Service(has_lists=True) as service:
        began = now()
        for port in (0, 1):
            vehicle.plug(port)
        for name in ("left", "right", "gps"):
            told(name, "good", since=began)
        alert = first_alert()
        answer = call(f"/v1/alerts/{alert['id']}/accept", {"confirmedPlate": alert["plate"]})
        expect(answer.get("ticket"), f"no ticket came of an accepted alert: {answer}")
        wait_until(lambda: call("/v1/tickets")[0]["print"] == "printed", "the ticket's print", PATIENCE)
        sheets = room.do("sheets").split()
        expect(len(sheets) == 1, f"{len(sheets)} sheets came out")
        left = told("left", "absent", since=vehicle.unplug(0))
        gps = told("gps", "absent", "degraded", since=receiver.unplug())
        vehicle.gone(0)
        back = now()
        vehicle.plug(0)
        receiver.plug()
        left_back = told("left", "good", since=back)
        gps_back = told("gps", "good", since=back)
        expect(int(show("MainPID")) == service.identifier, "the daemon was restarted meanwhile")
        links = sorted(os.listdir("/dev/curbside"))
    return (f"read {alert['plate']}, sheets {len(sheets)}; camera's plug told {left:.1f} s, receiver's {gps:.1f} s, back "
            f"after {left_back:.1f} and {gps_back:.1f} s (asked by a program that takes seconds here); {links}")


def first_alert():
    deadline = now() + PATIENCE
    while now() < deadline:
        waiting = [alert for alert in call("/v1/alerts") if alert.get("ticketFor")]
        if waiting:
            return waiting[0]
        time.sleep(1)
    raise Failure(f"no alert within {PATIENCE:.0f} s; reads: {call('/v1/reads')[:3]}; {status()['devices']}")


def hung_thread():
    """a camera loop that hangs is found by the watchdog, the daemon restarted, and the patrol goes on"""
    with Vehicle() as vehicle, Room(), Service() as service:
        for port in (0, 1):
            vehicle.plug(port)
        told("left", "good", since=now())
        release = stop_thread(service.identifier, "camera left")
        hung = now()
        try:
            limit = HANG_SECONDS + WATCHDOG_SECONDS
            wait_until(lambda: show("Result") == "watchdog" or int(show("NRestarts")) > 0, "the watchdog's word",
                       limit + 60)
            seconds = now() - hung
        finally:
            release()
        wait_until(lambda: show("ActiveState") == "active" and int(show("NRestarts")) == 1, "the restart", PATIENCE)
        told("left", "good", since=now())
    return f"found after {seconds:.1f} s ({HANG_SECONDS} s silence and at most {WATCHDOG_SECONDS} s of systemd's)"


def missing_is_no_hang():
    """a camera that stays away for longer than the watchdog's time is a state, no reason to restart"""
    with Vehicle() as vehicle, Room(), Service() as service:
        vehicle.plug(0)
        told("left", "good", since=now())
        vehicle.unplug(0)
        time.sleep(HANG_SECONDS + WATCHDOG_SECONDS + 15)
        expect(show("NRestarts") == "0" and int(show("MainPID")) == service.identifier, "it was restarted")
        expect(device("left")[0] == "absent", f"left is {device('left')}")
    return f"{HANG_SECONDS + WATCHDOG_SECONDS + 15} s without cameras, same process"


def killed():
    """kill -9: restarted by itself, and what was told before is kept"""
    with Vehicle() as vehicle, Receiver(), GPSD(), Room(), Service(has_lists=True) as service:
        vehicle.plug(0)
        vehicle.plug(1)
        alert = first_alert()
        ticket = call(f"/v1/alerts/{alert['id']}/accept", {"confirmedPlate": alert["plate"]})["ticket"]
        os.kill(service.identifier, signal.SIGKILL)
        killed_at = now()
        wait_until(lambda: show("NRestarts") == "1" and status(), "the restart", PATIENCE)
        seconds = now() - killed_at
        kept = call("/v1/tickets")
        expect([item["number"] for item in kept] == [ticket["number"]], f"{kept}")
    return f"answering again after {seconds:.1f} s with its ticket {ticket['number']}"


def refused_configuration():
    """a wrong configuration is refused once, by name, and not tried again and again"""
    install()
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy("/etc/patrold/patrold.toml", folder)
        try:
            open("/etc/patrold/patrold.toml", "a").write("\n[watchdogg]\nhang_seconds = 3\n")
            run("systemctl", "start", "patrold", check=False, timeout=PATIENCE)
            time.sleep(8)
            state, restarts, log = show("ActiveState"), show("NRestarts"), journal()
        finally:
            shutil.copy(f"{folder}/patrold.toml", "/etc/patrold/patrold.toml")
            run("systemctl", "reset-failed", "patrold", check=False)
    expect(state == "failed" and restarts == "0", f"{state}, {restarts} restarts: {log[-300:]}")
    expect("watchdogg" in log, f"the journal does not name the key: {log[-300:]}")
    return [line for line in log.splitlines() if "watchdogg" in line][-1]


def camera_starts_it():
    """a camera that is plugged in starts the daemon where it does not run"""
    install()
    try:
        with Vehicle() as vehicle:
            expect(show("ActiveState") != "active", "it runs already")
            vehicle.plug(0)
            plugged = now()
            wait_until(lambda: show("ActiveState") == "active", "the start", PATIENCE)
            seconds = now() - plugged
    finally:
        subprocess.run(["systemctl", "stop", "patrold"], timeout=PATIENCE, check=False)
    return f"active {seconds:.1f} s after the plug"


CASES = [under_systemd, all_together, hung_thread, missing_is_no_hang, killed, refused_configuration, camera_starts_it]
