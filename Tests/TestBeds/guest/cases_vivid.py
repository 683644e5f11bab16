"""Cases with the kernel's own test-pattern cameras (vivid): formats, interfaces, and faults that the driver injects."""
import glob
import os
import subprocess
import tempfile
import time

from watch import Watch, expect, now, run, vivid

# Small and slow: the drawing of the pattern itself is what costs most on a machine without acceleration.
SMALL = ("--size", "320x180", "--rate", "5")


def four_cameras():
    """four cameras stream at once and the capture loops lose nothing"""
    devices = [word for index in range(4) for word in ("--device", f"/dev/video{index}")]
    with vivid(4), Watch(*devices, *SMALL) as watch:
        for index in range(4):
            watch.wait_for("streaming", camera=f"camera-{index + 1}")
        time.sleep(8)
        cameras = watch.end()
    for name, camera in cameras.items():
        expect(camera["framesTaken"] >= 30, f"{name} took {camera['framesTaken']} pictures in 8 s")
        expect(camera["framesLost"] == 0 and camera["framesBad"] == 0, f"{name}: {camera}")
        expect(camera["decoded"] > 0 and camera["undecodable"] == 0, f"{name}: {camera}")
    taken = [camera["framesTaken"] for camera in cameras.values()]
    return f"{sum(taken)} pictures taken, 0 lost"


def thumbnail(path):
    """A picture as 16 x 9 grey values."""
    return subprocess.run(["ffmpeg", "-v", "error", "-i", path, "-vf", "scale=16:9:flags=area,format=gray", "-f",
                           "rawvideo", "-"], capture_output=True, check=True).stdout


def stream_format(name, folder, *arguments):
    with Watch("--device", "/dev/video0", *SMALL, "--format", name, "--save", folder, *arguments) as watch:
        watch.wait_for("streaming")
        time.sleep(2)
        camera = watch.end()["camera-1"]
    expect(camera["format"] == name, f"{name} asked, {camera['format']} given")
    expect(camera["undecodable"] == 0 and camera["saved"] == 1 and camera["framesBad"] == 0, f"{name}: {camera}")
    return thumbnail(f"{folder}/camera-1-1.jpg")


def compare_formats():
    # A ramp of grey, without the lettering that changes with time. (vivid weighs colours otherwise for GREY.)
    run("v4l2-ctl", "-d0", "-c", "test_pattern=20,osd_text_mode=2")
    thumbnails = {}
    for name in ("YUYV", "NV12", "GREY"):
        with tempfile.TemporaryDirectory() as folder:
            thumbnails[name] = stream_format(name, folder)
    worst = 0
    for name in ("NV12", "GREY"):
        worst = max(worst, *(abs(a - b) for a, b in zip(thumbnails["YUYV"], thumbnails[name])))
    expect(worst <= 6, f"the same pattern differs by {worst} grey levels from format to format")
    expect(max(thumbnails["YUYV"]) - min(thumbnails["YUYV"]) > 100, "the pattern came out flat")
    return f"differ by at most {worst} grey levels"


def formats():
    """YUYV, NV12 and GREY give the same picture"""
    with vivid(1):
        return compare_formats()


def formats_in_planes():
    """the same through the multi-planar interface, on a device that offers nothing else"""
    with vivid(1, "multiplanar=2"):
        expect("Multiplanar" in run("v4l2-ctl", "-d0", "--all"), "the device is not multi-planar")
        return compare_formats()


def controls():
    """exposure and gain are set where the camera has them, and told where not"""
    with vivid(1), Watch("--device", "/dev/video0", *SMALL, "--gain", "99999", "--exposure", "20") as watch:
        expect(watch.process.wait(60) == 64, "an absurd gain was taken")
    with vivid(1), Watch("--device", "/dev/video0", *SMALL, "--gain", "77", "--exposure", "20") as watch:
        words = watch.wait_for("streaming")["health"]["words"]
        value = run("v4l2-ctl", "-d0", "-C", "gain")
        watch.end()
    expect("77" in value, f"the gain is {value}")
    expect("no exposure" in words, f"not told: {words}")
    return words


def other_size():
    """a size that the camera has not: its nearest is used, and told as a wrong format"""
    with vivid(1), Watch("--device", "/dev/video0", "--size", "1300x700", "--rate", "10") as watch:
        line = watch.wait_for("wrongFormat", "streaming")
        watch.end()
    expect(line["health"]["state"] == "wrongFormat", f"{line['health']}")
    return line["health"]["words"]


def disconnected():
    """a camera that disconnects is noticed, and streams again when it is back, without a restart"""
    with vivid(1), Watch("--device", "/dev/video0", *SMALL) as watch:
        watch.wait_for("streaming")
        time.sleep(1)
        pulled = now()
        # vivid brings the device back once its last user has closed it.
        run("v4l2-ctl", "-d0", "-c", "disconnect=1", check=False)
        seconds, health = watch.noticed(pulled, "absent", "failed", "stalled", done=now())
        again = watch.wait_for("streaming", after=watch.wait_for(health["state"], after=pulled)["monotonicSeconds"])
        camera = watch.end()["camera-1"]
    expect(camera["reconnects"] == 1, f"reconnects {camera['reconnects']}")
    return (f"noticed as {health['state']} after {seconds:.2f} s, streaming again after "
            f"{again['monotonicSeconds'] - pulled:.2f} s")


def fatal_error():
    """a fatal error of the driver while streaming is noticed and recovered from"""
    with vivid(1), Watch("--device", "/dev/video0", *SMALL) as watch:
        watch.wait_for("streaming")
        time.sleep(1)
        broken = now()
        run("v4l2-ctl", "-d0", "-c", "inject_fatal_streaming_error=1")
        seconds, health = watch.noticed(broken, "failed", "absent", "stalled", done=now())
        again = watch.wait_for("streaming", after=watch.wait_for(health["state"], after=broken)["monotonicSeconds"])
        camera = watch.end()["camera-1"]
    expect(camera["reconnects"] == 1, f"reconnects {camera['reconnects']}")
    return (f"noticed as {health['state']} after {seconds:.2f} s, streaming again after "
            f"{again['monotonicSeconds'] - broken:.2f} s")


def damaged_pictures():
    """pictures that the driver flags as damaged are dropped and counted, the stream goes on"""
    with vivid(1), Watch("--device", "/dev/video0", *SMALL) as watch:
        watch.wait_for("streaming")
        for _ in range(5):
            time.sleep(0.4)
            run("v4l2-ctl", "-d0", "-c", "inject_v4l2_buf_flag_error=1")
        time.sleep(1)
        camera = watch.end()["camera-1"]
    expect(camera["framesBad"] >= 4, f"{camera['framesBad']} of 5 damaged pictures counted")
    expect(camera["state"] == "streaming" and camera["reconnects"] == 0, f"{camera}")
    return f"{camera['framesBad']} of 5 counted"


def lost_pictures():
    """pictures that the driver loses are counted by the gaps in its numbers"""
    with vivid(1), Watch("--device", "/dev/video0", *SMALL) as watch:
        watch.wait_for("streaming")
        run("v4l2-ctl", "-d0", "-c", "percentage_of_dropped_buffers=30")
        time.sleep(5)
        run("v4l2-ctl", "-d0", "-c", "percentage_of_dropped_buffers=0")
        camera = watch.end()["camera-1"]
    expect(camera["framesLost"] >= 2, f"{camera['framesLost']} lost pictures counted of some 7")
    expect(camera["state"] == "streaming", f"{camera['state']}")
    return f"{camera['framesLost']} lost beside {camera['framesTaken']} taken"


def slow_pipeline():
    """a slow pipeline costs old pictures, which are counted; the camera loses none"""
    with vivid(1), Watch("--device", "/dev/video0", *SMALL, "--slow-milliseconds", "600") as watch:
        watch.wait_for("streaming")
        time.sleep(8)
        camera = watch.end()["camera-1"]
    expect(camera["framesPassedOver"] >= 10, f"{camera['framesPassedOver']} passed over")
    expect(camera["framesLost"] == 0 and camera["framesBad"] == 0, f"{camera}")
    total = camera["read"] + camera["framesPassedOver"]
    expect(abs(total - camera["framesTaken"]) <= 4, f"{total} read or passed over of {camera['framesTaken']} taken")
    return f"{camera['read']} read, {camera['framesPassedOver']} passed over, 0 lost"


def held_by_another():
    """a camera that another program holds is refused with the cure, and used when it is free"""
    with vivid(1):
        other = subprocess.Popen(["v4l2-ctl", "-d0", "--stream-mmap=4", "--stream-count=100000"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(2)
            with Watch("--device", "/dev/video0", *SMALL) as watch:
                words = watch.wait_for("refused")["health"]["words"]
                other.kill()
                other.wait()
                watch.wait_for("streaming", after=now())
                watch.end()
        finally:
            other.kill()
            other.wait()
    expect("another program" in words and "fuser" in words, words)
    return words


def without_rights():
    """a camera that this user may not open is refused with the cure"""
    with vivid(1):
        os.chmod("/dev/video0", 0o600)
        with Watch("--device", "/dev/video0", *SMALL, user=65534) as watch:
            words = watch.wait_for("refused")["health"]["words"]
            os.chmod("/dev/video0", 0o666)
            watch.wait_for("streaming", after=now())
            watch.end()
    expect("group 'video'" in words, words)
    return words


def no_camera():
    """no camera at all is a state, and a file that is no camera is called so"""
    with Watch("--device", "/dev/video0", "--device", "/dev/zero") as watch:
        absent = watch.wait_for("absent")["health"]["words"]
        refused = watch.wait_for("refused", camera="camera-2")["health"]["words"]
        watch.end()
    expect("not there" in absent and "no camera" in refused, f"{absent} / {refused}")
    return absent


def unbound():
    """a driver taken off the camera and put back: noticed, and streaming again without a restart"""
    driver = "/sys/bus/platform/drivers/vivid"
    with vivid(2), Watch("--device", "/dev/video0", "--device", "/dev/video1", *SMALL) as watch:
        watch.wait_for("streaming")
        watch.wait_for("streaming", camera="camera-2")
        time.sleep(1)
        device = next(name for name in os.listdir(driver) if name.startswith("vivid."))
        pulled = now()
        # The driver may wait for the stream's end, so another process writes.
        writer = subprocess.Popen(["sh", "-c", f"echo {device} >{driver}/unbind"])
        seconds, health = watch.noticed(pulled, "absent", "failed", "stalled")
        watch.noticed(pulled, "absent", "failed", "stalled", camera="camera-2")
        writer.wait(30)
        run("sh", "-c", f"echo {device} >{driver}/bind")
        back = now()
        first = watch.wait_for("streaming", after=back)
        second = watch.wait_for("streaming", camera="camera-2", after=back)
        watch.end()
    slowest = max(first["monotonicSeconds"], second["monotonicSeconds"]) - back
    return f"noticed as {health['state']} after {seconds:.2f} s, both streaming {slowest:.2f} s after it was back"


CASES = [no_camera, four_cameras, formats, formats_in_planes, controls, other_size, disconnected, fatal_error,
         damaged_pictures, lost_pictures, slow_pipeline, held_by_another, without_rights, unbound]
