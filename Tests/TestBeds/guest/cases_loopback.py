"""Cases with v4l2loopback, a camera fed by another program: old buffers, no monotonic time stamps, producers that die,
pictures shorter than agreed."""
import fcntl
import glob
import hashlib
import os
import struct
import subprocess
import tempfile
import time

from watch import Module, Watch, expect, now

PICTURES = os.environ.get("PICTURES", "")
VIDEO = os.environ.get("VIDEO", "")
NODE = "/dev/video20"
VIDIOC_S_FMT = 0xC0D05605
V4L2_BUF_TYPE_VIDEO_OUTPUT = 2


def loopback(exclusive=True):
    """exclusive: a camera while it is fed and an output while not. Then it is neither, for good, once its producer has
    died and its last reader has closed it."""
    return Module("v4l2loopback", "devices=1", f"exclusive_caps={int(exclusive)}", "video_nr=20")


def feed():
    """Sends the video's JPEGs as they are, at their pace."""
    return subprocess.Popen(["ffmpeg", "-v", "error", "-re", "-stream_loop", "-1", "-i", VIDEO, "-c:v", "copy", "-f",
                             "v4l2", NODE], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def end(process):
    process.kill()
    process.wait()


def checksums(paths):
    return {hashlib.sha256(open(path, "rb").read()).hexdigest() for path in paths}


def jpegs_unchanged():
    """JPEGs from a video arrive bit for bit; a producer that dies is a stall"""
    sources = checksums(glob.glob(f"{PICTURES}/*.jpg"))
    with loopback(), tempfile.TemporaryDirectory() as folder:
        producer = feed()
        try:
            with Watch("--device", NODE, "--format", "MJPG", "--save", folder, "--pictures", "20") as watch:
                watch.wait_for("streaming", timeout=90)
                time.sleep(4)
                died = now()
                end(producer)
                seconds, health = watch.noticed(died, "stalled", "absent", "failed", "refused")
                camera = watch.end()["camera-1"]
        finally:
            end(producer)
        saved = glob.glob(f"{folder}/*.jpg")
        strangers = checksums(saved) - sources
    expect(len(saved) >= 5, f"{len(saved)} pictures saved")
    expect(not strangers, f"{len(strangers)} of {len(saved)} pictures differ from their sources")
    return (f"{len(saved)} of {len(saved)} identical, {camera['framesStale']} stale and {camera['framesBad']} bad left "
            f"out; the producer's death noticed as {health['state']} after {seconds:.2f} s")


def producer_returns():
    """a producer that died and comes back is used again without a restart"""
    with loopback(exclusive=False):
        producer = feed()
        try:
            with Watch("--device", NODE, "--format", "MJPG") as watch:
                watch.wait_for("streaming", timeout=90)
                died = now()
                end(producer)
                seconds, _ = watch.noticed(died, "stalled", "absent", "failed", "refused")
                producer = feed()
                back = now()
                line = watch.wait_for("streaming", after=back, timeout=90)
                camera = watch.end()["camera-1"]
        finally:
            end(producer)
    expect(camera["reconnects"] == 1, f"{camera}")
    return (f"death noticed after {seconds:.2f} s, streaming {line['monotonicSeconds'] - back:.2f} s after it was "
            f"started again")


def short_pictures():
    """pictures shorter than agreed are counted, never used; whole ones are used again"""
    width, height = 640, 360
    whole = bytes([128]) * (width * height * 2)
    with loopback():
        producer = os.open(NODE, os.O_RDWR)
        try:
            wish = struct.pack("=II", V4L2_BUF_TYPE_VIDEO_OUTPUT, 0) \
                + struct.pack("=IIIIIII", width, height, 0x56595559, 1, width * 2, len(whole), 8)
            fcntl.ioctl(producer, VIDIOC_S_FMT, bytearray(wish.ljust(208, b"\0")))
            os.write(producer, whole)
            with Watch("--device", NODE, "--format", "YUYV", "--size", f"{width}x{height}") as watch:
                def send(picture, seconds):
                    for _ in range(int(seconds * 10)):
                        os.write(producer, picture)
                        time.sleep(0.1)

                deadline = now() + 60
                while not watch.told("streaming"):
                    expect(now() < deadline, f"never streamed: {watch.lines[-1:]}")
                    send(whole, 0.5)
                cut = now()
                send(whole[: len(whole) // 2], 3)
                line = watch.wait_for("stalled", after=cut)
                seconds = line["monotonicSeconds"] - cut
                again = now()
                for _ in range(30):
                    send(whole, 0.5)
                    if watch.told("streaming", after=again):
                        break
                watch.wait_for("streaming", after=again)
                camera = watch.end()["camera-1"]
        finally:
            os.close(producer)
    expect(camera["framesBad"] + camera["framesStale"] >= 5, f"{camera}")
    expect(seconds <= 2.5, f"told as stalled after {seconds:.2f} s")
    expect("cut" in line["health"]["words"], line["health"]["words"])
    return f"{camera['framesBad']} bad and {camera['framesStale']} stale counted, told after {seconds:.2f} s"


CASES = [jpegs_unchanged, producer_returns, short_pictures]
