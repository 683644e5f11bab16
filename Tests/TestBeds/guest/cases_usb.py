"""Cases with true USB cameras: software gadgets that serve JPEGs, the kernel's uvcvideo driver, and plugs that come
loose."""
import glob
import hashlib
import os
import subprocess
import tempfile
import time

from watch import Module, Watch, expect, now, wait_until

PICTURES = os.environ.get("PICTURES", "")
CAMERA = os.environ.get("USB_CAMERA", "usb-camera")
PLUG_SECONDS = float(os.environ.get("PLUG_SECONDS", "60"))
PLUG_CYCLES = int(os.environ.get("PLUG_CYCLES", "100"))
RATE = 5
SIZE = ("--size", "1280x720", "--rate", str(RATE))


class Bus:
    """Two USB ports and what is plugged into them."""

    def __enter__(self):
        self.modules = [Module("dummy_hcd", "num=2"), Module("raw_gadget"), Module("uvcvideo")]
        self.plugged = {}
        for module in self.modules:
            module.__enter__()
        return self

    def __exit__(self, *_):
        for port in list(self.plugged):
            self.unplug(port)
        for module in reversed(self.modules):
            module.__exit__()

    def plug(self, port, *options, wait=True):
        self.plugged[port] = subprocess.Popen(
            [CAMERA, str(port), str(RATE), PICTURES, "1280", "720", *options], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        if wait:
            wait_until(lambda: os.path.exists(self.name(port)), f"the enumeration of port {port}", timeout=60)

    def unplug(self, port):
        """The kernel pulls the plug when the process that holds the device ends. Returns that instant."""
        process = self.plugged.pop(port)
        process.kill()
        pulled = now()
        process.wait()
        return pulled

    def gone(self, port):
        wait_until(lambda: not os.path.exists(self.name(port)), f"the going of port {port}", timeout=60)

    @staticmethod
    def name(port):
        """The stable name of what is plugged into a port, as udev makes it."""
        return f"/dev/v4l/by-path/platform-dummy_hcd.{port}-usb-0:1:1.0-video-index0"


def checksums(paths):
    return {hashlib.sha256(open(path, "rb").read()).hexdigest() for path in paths}


def unplugged():
    """a camera that is plugged in, pulled and plugged in again: JPEGs bit for bit, noticed, recovered without restart"""
    sources = checksums(glob.glob(f"{PICTURES}/*.jpg"))
    with Bus() as bus, tempfile.TemporaryDirectory() as folder:
        with Watch("--device", bus.name(0), *SIZE, "--save", folder, "--pictures", "10") as watch:
            watch.wait_for("absent")
            bus.plug(0)
            plugged = now()
            first = watch.wait_for("streaming")["monotonicSeconds"] - plugged
            time.sleep(3)
            pulled = bus.unplug(0)
            seconds, _ = watch.noticed(pulled, "absent")
            bus.gone(0)
            bus.plug(0)
            again = now()
            line = watch.wait_for("streaming", after=again)
            time.sleep(2)
            camera = watch.end()["camera-1"]
        saved = glob.glob(f"{folder}/*.jpg")
        strangers = checksums(saved) - sources
    expect(len(saved) == 10 and not strangers, f"{len(strangers)} of {len(saved)} pictures differ from their sources")
    expect(camera["reconnects"] == 1 and camera["format"] == "MJPG", f"{camera}")
    expect(camera["undecodable"] == 0 and camera["decoded"] > 0, f"{camera}")
    return (f"streaming {first:.2f} s after the node came, pulled plug noticed after {seconds:.2f} s, streaming "
            f"{line['monotonicSeconds'] - again:.2f} s after it was back, {len(saved)} of {len(saved)} JPEGs identical")


def on_another_node():
    """a camera that comes back as another /dev/videoN is found by its stable name"""
    with Bus() as bus:
        bus.plug(0)
        with Watch("--device", bus.name(0), *SIZE) as watch:
            before = watch.wait_for("streaming")["health"]["node"]
            bus.unplug(0)
            watch.wait_for("absent")
            bus.gone(0)
            bus.plug(1)
            bus.plug(0)
            line = watch.wait_for("streaming", after=now())
            watch.end()
    after = line["health"]["node"]
    expect(before != after, f"the node stayed {before}")
    return f"{before} before, {after} after"


def swapped():
    """two cameras swapped: told within 2 s of their coming, not used, and used again when they are put right"""
    with Bus() as bus:
        bus.plug(0, "serial=LEFT-1")
        bus.plug(1, "serial=RIGHT-2")
        with Watch("--device", bus.name(0), "--device", bus.name(1), "--serial", "LEFT-1", "--serial", "RIGHT-2",
                   *SIZE) as watch:
            watch.wait_for("streaming")
            watch.wait_for("streaming", camera="camera-2")
            for port in (0, 1):
                bus.unplug(port)
                bus.gone(port)
            bus.plug(0, "serial=RIGHT-2")
            first = now()
            bus.plug(1, "serial=LEFT-1")
            second = now()
            seconds, health = watch.noticed(first, "wrongDevice")
            other, _ = watch.noticed(second, "wrongDevice", camera="camera-2")
            taken = {line["health"]["framesTaken"] for line in watch.lines if line["monotonicSeconds"] > second}
            for port in (0, 1):
                bus.unplug(port)
                bus.gone(port)
            bus.plug(0, "serial=LEFT-1")
            bus.plug(1, "serial=RIGHT-2")
            right = now()
            watch.wait_for("streaming", after=right)
            watch.wait_for("streaming", camera="camera-2", after=right)
            cameras = watch.end()
    expect("LEFT-1" in health["words"] and "RIGHT-2" in health["words"], health["words"])
    expect(all(camera["reconnects"] == 1 for camera in cameras.values()), f"{cameras}")
    expect(len(taken) <= 2, f"pictures of the wrong cameras were taken: {taken}")
    return f"noticed after {seconds:.2f} and {other:.2f} s: {health['words']}"


def other_format():
    """a camera that comes back with another format: used as it is, told within 2 s"""
    with Bus() as bus:
        bus.plug(0)
        with Watch("--device", bus.name(0), *SIZE) as watch:
            watch.wait_for("streaming")
            bus.unplug(0)
            watch.wait_for("absent")
            bus.gone(0)
            bus.plug(0, "jpegs=0")
            back = now()
            line = watch.wait_for("wrongFormat", after=back)
            time.sleep(2)
            camera = watch.end()["camera-1"]
    seconds = line["monotonicSeconds"] - back
    expect(camera["format"] == "YUYV" and camera["framesPerSecond"] > 0, f"{camera}")
    expect(seconds <= 2, f"told after {seconds:.2f} s")
    return f"told {seconds:.2f} s after it was back: {camera['words']}"


def stalled():
    """a camera that sends nothing any more is told within 2 s, and used again when it does"""
    with Bus() as bus, tempfile.TemporaryDirectory() as folder:
        pause = f"{folder}/pause"
        bus.plug(0, f"pause={pause}")
        with Watch("--device", bus.name(0), *SIZE) as watch:
            watch.wait_for("streaming")
            time.sleep(2)
            open(pause, "w").close()
            quiet = now()
            # A picture that was on its way still arrives.
            seconds, _ = watch.noticed(quiet, "stalled", limit=2.0 + 1 / RATE)
            os.remove(pause)
            again = now()
            line = watch.wait_for("streaming", after=again)
            camera = watch.end()["camera-1"]
    expect(camera["reconnects"] == 1, f"{camera}")
    return f"told after {seconds:.2f} s, streaming {line['monotonicSeconds'] - again:.2f} s after it sent again"


def cut_pictures():
    """JPEGs that end early are dropped and counted, and told when nothing else comes"""
    with Bus() as bus, tempfile.TemporaryDirectory() as folder:
        cut = f"{folder}/cut"
        bus.plug(0, f"cut={cut}")
        with Watch("--device", bus.name(0), *SIZE) as watch:
            watch.wait_for("streaming")
            time.sleep(2)
            open(cut, "w").close()
            words = watch.wait_for("stalled", after=now())["health"]["words"]
            os.remove(cut)
            watch.wait_for("streaming", after=now())
            camera = watch.end()["camera-1"]
    expect(camera["framesBad"] >= 3 and camera["undecodable"] == 0, f"{camera}")
    return f"{camera['framesBad']} dropped: {words}"


def pulled_again_and_again():
    """a plug pulled up to 100 times: every time noticed within 2 s and recovered from"""
    slowest_notice, slowest_return, cycles, failures = 0.0, 0.0, 0, 0
    with Bus() as bus:
        bus.plug(0)
        with Watch("--device", bus.name(0), *SIZE) as watch:
            watch.wait_for("streaming")
            began = now()
            while cycles < PLUG_CYCLES and now() - began < PLUG_SECONDS:
                pulled = bus.unplug(0)
                seconds, _ = watch.noticed(pulled, "absent")
                # The kernel's last word to who streams may be another error before the node goes.
                failures += watch.told("failed", after=pulled) is not None
                bus.gone(0)
                bus.plug(0)
                back = now()
                line = watch.wait_for("streaming", after=back)
                slowest_notice = max(slowest_notice, seconds)
                slowest_return = max(slowest_return, line["monotonicSeconds"] - back)
                cycles += 1
            spent = now() - began
            camera = watch.end()["camera-1"]
    expect(cycles > 0 and camera["reconnects"] == cycles, f"{camera['reconnects']} returns of {cycles} counted")
    return (f"{cycles} cycles in {spent:.0f} s, noticed after at most {slowest_notice:.2f} s ({failures} times as a "
            f"failure of the driver first), streaming at most {slowest_return:.2f} s after the node was back")


CASES = [unplugged, on_another_node, swapped, other_format, stalled, cut_pictures, pulled_again_and_again]
