#!/usr/bin/env python3
"""Makes Fixtures/demo again from nothing: the recording, the lists, the by-laws and the expected answers.

Needed only by who changes the demonstration; its result is committed. Needs Python 3.11 with requirements.txt, the fonts
of Training/generator, and ffmpeg with libx264. The same seed gives the same pictures.

    Fixtures/make-demo.py [--out Fixtures/demo] [--still FOLDER]

--still writes every 20th frame as PNG instead of the videos, to look at.
"""
import argparse
import pathlib
import subprocess
import sys

import cv2
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
DEFAULT_TRAINING = HERE.parent / "Training"

RATE = 15                # frames a second
SPEED = 9.0              # metres a second, 32 km/h
START, END = -9.0, 126.0  # the camera's way along the street in a pass, metres
LOOP_SECONDS = 30.0      # once round the block between the passes, not filmed
PASS_FRAMES = int((END - START) / SPEED * RATE)
SECOND_PASS = PASS_FRAMES / RATE + LOOP_SECONDS


def sign_texture(colour):
    """A parking sign with an arrow and no letter: the plates are the only writing in the street."""
    image = np.full((75, 56, 3), 245, np.uint8)
    cv2.rectangle(image, (1, 1), (54, 73), colour, 2)
    cv2.rectangle(image, (6, 6), (49, 44), colour, -1)
    cv2.arrowedLine(image, (8, 59), (48, 59), colour, 3, cv2.LINE_AA, tipLength=.3)
    return image


def build(side, cars_of, plates, seed):
    """(street, cars) of one side; the left one is drawn as if it were the right one and mirrored afterwards."""
    from drawing import car, street
    cars = []
    for number, entry in enumerate(cars_of):
        plate = plates[entry.text]
        if side == "left":
            plate = np.ascontiguousarray(plate[:, ::-1])
        cars.append(car.Car(entry.shape, entry.colour, entry.x, entry.y, plate, number))
    stalls = sorted({round(x, 1) for entry in cars_of for x in (entry.x - 1.1, entry.x + 5.9)})
    signs = [(x, sign_texture(colour)) for x, colour in ((3, (20, 110, 60)), (31, (20, 110, 60)), (72, (170, 30, 40)),
                                                         (92, (170, 30, 40)))]
    return street.Street(seed, START - 20, END + 130, stalls, signs), cars


def frames(side, cars_of, plates, seed, every=1):
    """Every frame of both passes as RGB [720, 1280, 3]."""
    from drawing import camera as cameras
    street, cars = build(side, cars_of, plates, seed)
    rng = np.random.default_rng(seed + 7)
    yaw, lateral = np.radians(32.5), 0.0
    for number in range(0, 2 * PASS_FRAMES, every):
        turn, step = divmod(number, PASS_FRAMES)
        x = START + (step + .5) / RATE * SPEED
        sway = np.sin(step * .21 + turn) * .05 + np.sin(step * .083) * .06
        pitch = np.radians(3.4 + .12 * np.sin(step * .9) + .08 * np.sin(step * 2.3 + turn))
        camera = cameras.Camera((x, lateral + sway + .08 * turn, 1.55), yaw, pitch)
        near = [c for c in cars if -6 < c.x - x < 75]
        background = street.paint(camera, near)
        canvas = cv2.resize(background, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
        for each in sorted(near, key=lambda c: -c.x):
            each.paint(canvas, camera, 2)
        image = cv2.resize(canvas, (cameras.WIDTH, cameras.HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32)
        # A shutter of 1/900 s at this speed smears near things by some three pixels along the way.
        image = cv2.filter2D(image, -1, np.float32([[.25, .5, .25]]))
        image = cv2.GaussianBlur(image, (0, 0), .55)
        image *= 1 + .02 * np.sin(number * .05)
        image += rng.normal(0, 2.2, (cameras.HEIGHT, cameras.WIDTH, 1)) + rng.normal(0, .8, image.shape)
        image = np.clip(image, 0, 255).astype(np.uint8)
        yield np.ascontiguousarray(image[:, ::-1]) if side == "left" else image


def write_video(path, pictures):
    """H.264; the second pass's times begin after the loop round the block."""
    jump = f"setpts='if(lt(N,{PASS_FRAMES}),N/{RATE},(N-{PASS_FRAMES})/{RATE}+{SECOND_PASS:.6f})/TB'"
    process = subprocess.Popen(
        ["ffmpeg", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "1280x720", "-r", str(RATE),
         "-i", "-", "-vf", f"settb=1/90000,{jump}", "-fps_mode", "vfr", "-video_track_timescale", "90000",
         "-c:v", "libx264", "-preset", "slow", "-crf", "28.5", "-g", "60", "-threads", "1", "-pix_fmt", "yuv420p",
         "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", str(path)], stdin=subprocess.PIPE)
    for number, picture in enumerate(pictures):
        process.stdin.write(picture.tobytes())
        if number % 30 == 0:
            print(f"\r{path.name}: frame {number} of {2 * PASS_FRAMES}", end="", file=sys.stderr, flush=True)
    process.stdin.close()
    print(file=sys.stderr)
    if process.wait() != 0:
        sys.exit(f"make-demo: ffmpeg could not write {path}; is libx264 there?")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "demo")
    parser.add_argument("--training", type=pathlib.Path, default=DEFAULT_TRAINING, help="folder that holds generator/")
    parser.add_argument("--still", type=pathlib.Path)
    parser.add_argument("--only", choices=["files", "left", "right"])
    options = parser.parse_args()
    if not (options.training / "generator" / "glyphs.py").exists():
        sys.exit(f"make-demo: {options.training}/generator is missing; give its folder with --training")
    sys.path.insert(0, str(options.training))
    cv2.setNumThreads(1)
    from drawing import plates, town
    rng = np.random.default_rng(1616)
    drawn = {entry.text: plates.draw(rng, entry.text, entry.region) for entry in town.CARS}
    recording = options.out / "recording"
    recording.mkdir(parents=True, exist_ok=True)
    if options.only in (None, "files"):
        town.write(options.out, PASS_FRAMES / RATE, SECOND_PASS, SPEED, START)
    for side, seed in (("right", 11), ("left", 23)):
        if options.only not in (None, side):
            continue
        parked = [c for c in town.CARS if c.side == side]
        if options.still:
            options.still.mkdir(parents=True, exist_ok=True)
            for number, picture in enumerate(frames(side, parked, drawn, seed, every=20)):
                cv2.imwrite(str(options.still / f"{side}-{number * 20:03}.png"), picture[..., ::-1])
        else:
            write_video(recording / f"{side}.mp4", frames(side, parked, drawn, seed))


if __name__ == "__main__":
    main()
