"""Runs `patrold cameras watch --json` and listens to it: when which camera was in which state. Used in the guest."""
import json
import os
import signal
import subprocess
import threading
import time

PATROLD = os.environ.get("PATROLD", "patrold")


class Failure(Exception):
    """A case did not go as it must; the text says what was expected and what came."""


def expect(condition, words):
    if not condition:
        raise Failure(words)


def now():
    return time.monotonic()


class Watch:
    """A running watch. States are kept with the instant at which patrold told them (CLOCK_MONOTONIC, same machine)."""

    def __init__(self, *arguments, user=None):
        self.lines, self.news = [], threading.Condition()
        self.process = subprocess.Popen(
            [PATROLD, "cameras", "watch", "--json", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, user=user)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for text in self.process.stdout:
            with self.news:
                self.lines.append(json.loads(text))
                self.news.notify_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def _find(self, camera, states, after):
        for line in self.lines:
            if line["event"] != "summary" and line["health"]["id"] == camera and line["monotonicSeconds"] >= after \
                    and line["health"]["state"] in states:
                return line
        return None

    def told(self, *states, camera="camera-1", after=0.0):
        """The first line so far that tells one of the states after an instant, or None."""
        with self.news:
            return self._find(camera, states, after)

    def wait_for(self, *states, camera="camera-1", after=0.0, timeout=60.0):
        """The first line that tells one of the states after an instant."""
        deadline = now() + timeout
        with self.news:
            while True:
                line = self._find(camera, states, after)
                if line:
                    return line
                left = deadline - now()
                if left <= 0 or self.process.poll() is not None:
                    told = [(round(l["monotonicSeconds"], 1), l["health"]["state"], l["health"]["words"])
                            for l in self.lines if l["event"] == "state" and l["health"]["id"] == camera]
                    raise Failure(f"{camera} was not {' or '.join(states)} within {timeout:.0f} s; it told {told[-6:]}")
                self.news.wait(min(left, 1.0))

    def noticed(self, since, *states, camera="camera-1", limit=2.0, done=None, timeout=30.0):
        """Seconds from `since` until one of the states was told; more than `limit` is a failure. `done`: when the
        command that did it had ended, if it takes long itself: the fault was no later, and time counts from there."""
        line = self.wait_for(*states, camera=camera, after=since, timeout=timeout)
        seconds = max(0.0, line["monotonicSeconds"] - (done or since))
        expect(seconds <= limit, f"{line['health']['state']} was noticed after {seconds:.2f} s, {limit} s allowed")
        return seconds, line["health"]

    def end(self):
        """Ends it as Ctrl-C would; the health of each camera from its summary, with what was read and saved."""
        expect(self.process.poll() is None, f"patrold ended by itself, exit code {self.process.poll()}: {self.errors()}")
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            raise Failure("patrold did not end within 30 s of SIGINT") from None
        self.reader.join(10)
        expect(self.lines and self.lines[-1]["event"] == "summary",
               f"no summary at the end, exit code {self.process.returncode}: {self.errors()}")
        return {camera["health"]["id"]: {**camera["health"], **camera} for camera in self.lines[-1]["cameras"]}

    def errors(self):
        return self.process.stderr.read()[-300:] if self.process.poll() is not None else ""


def run(*command, check=True, timeout=60):
    result = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    if check and result.returncode != 0:
        raise Failure(f"{' '.join(command)} failed with {result.returncode}: {(result.stdout + result.stderr)[-300:]}")
    return result.stdout


def wait_until(condition, words, timeout=30.0):
    deadline = now() + timeout
    while not condition():
        expect(now() < deadline, f"{words} did not happen within {timeout:.0f} s")
        time.sleep(0.05)


class Module:
    """A kernel module that is loaded for a case and gone after it."""

    def __init__(self, name, *options):
        self.name, self.options = name, options

    def __enter__(self):
        run("modprobe", self.name, *self.options)
        run("udevadm", "settle", "-t", "20", check=False)
        return self

    def __exit__(self, *_):
        # A stream that was just closed may hold the module for a moment.
        for _attempt in range(50):
            if subprocess.run(["modprobe", "-r", self.name], capture_output=True).returncode == 0:
                return
            time.sleep(0.2)


def vivid(count, *options):
    """`count` test-pattern cameras at /dev/video0 and on, with capture nodes only."""
    each = lambda value: ",".join([value] * count)
    return Module("vivid", f"n_devs={count}", f"node_types={each('0x1')}", f"num_inputs={each('1')}",
                  f"input_types={each('0x0')}", *options)
