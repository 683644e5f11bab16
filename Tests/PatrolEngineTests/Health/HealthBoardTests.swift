// States, since when, silence: decided by reports and times alone.
import Foundation
import PatrolAPI
import Testing

@testable import PatrolEngine

private let noon = Date(timeIntervalSince1970: 1_795_269_785)

private func camera(_ word: String, frames: Double = 0, since: Date? = nil) -> DeviceReport {
    DeviceReport(
        "left",
        .camera,
        word == "streaming" ? .good : word == "absent" ? .absent : .degraded,
        word: word,
        detail: "words on \(word)",
        figures: ["framesTaken": frames],
        since: since
    )
}

@Suite struct HealthBoardTests {
    @Test func `a change is told once, and holds since it was reported`() throws {
        var board = HealthBoard()
        let heard = board.take(camera("absent"), at: noon, seconds: 0)
        let first = try #require(heard)
        #expect(first.before == nil && first.after == "absent")
        #expect(board.take(camera("absent"), at: noon + 3, seconds: 3) == nil)
        let changed = board.take(camera("streaming"), at: noon + 4, seconds: 4)
        let change = try #require(changed)
        #expect(change.before == "absent" && change.after == "streaming" && change.name == "left")
        #expect(board.take(camera("streaming", frames: 15), at: noon + 5, seconds: 5) == nil)
        let device = try #require(board.devices(at: noon + 5, seconds: 5).first)
        #expect(device.state == .good && device.word == "streaming" && device.since == noon + 4)
        #expect(device.figures == ["framesTaken": 15, "stateChanges": 1])
    }

    @Test func `a device that knows since when is believed`() {
        var board = HealthBoard()
        _ = board.take(camera("stalled", since: noon - 60), at: noon, seconds: 0)
        #expect(board.devices(at: noon, seconds: 0).first?.since == noon - 60)
    }

    @Test func `who falls silent is degraded, whatever it said last, until it speaks again`() throws {
        var board = HealthBoard()
        _ = board.take(camera("streaming"), at: noon, seconds: 100)
        #expect(board.devices(at: noon + 5, seconds: 105).first?.word == "streaming")
        let silent = try #require(board.devices(at: noon + 6, seconds: 106).first)
        #expect(silent.word == "silent" && silent.state == .degraded && silent.since == noon)
        _ = board.take(camera("streaming"), at: noon + 7, seconds: 107)
        #expect(board.devices(at: noon + 7, seconds: 107).first?.word == "streaming")
    }

    @Test func `devices keep their order`() {
        var board = HealthBoard()
        for name in ["left", "gps", "clock"] {
            _ = board.take(DeviceReport(name, .clock, .good, word: "a", detail: ""), at: noon, seconds: 0)
        }
        _ = board.take(DeviceReport("gps", .clock, .good, word: "b", detail: ""), at: noon, seconds: 1)
        #expect(board.devices(at: noon, seconds: 1).map(\.name) == ["left", "gps", "clock"])
    }
}

@Suite struct ProgressWatchTests {
    @Test func `whoever shows no life for longer than allowed is named`() {
        var watch = ProgressWatch(limitSeconds: 10)
        watch.beat("camera left", at: 0)
        watch.beat("desk", at: 0)
        watch.beat("desk", at: 8)
        #expect(watch.late(at: 10).isEmpty)
        #expect(watch.late(at: 10.5).map(\.worker) == ["camera left"])
        #expect(watch.late(at: 30).map(\.worker) == ["camera left", "desk"])
        watch.beat("camera left", at: 30)
        #expect(watch.late(at: 30).map(\.worker) == ["desk"])
    }

    @Test func `who has ended is not waited for, and an old beat does not undo a new one`() {
        var watch = ProgressWatch(limitSeconds: 10)
        watch.beat("camera left", at: 20)
        watch.beat("camera left", at: 5)
        #expect(watch.late(at: 25).isEmpty)
        watch.end("camera left")
        #expect(watch.late(at: 1000).isEmpty)
    }

    @Test func `what is expected counts from the start, though it never beats`() {
        let beats = Heartbeats(limitSeconds: -1)
        let beat = beats.expect("recognition of left")
        #expect(beats.late().map(\.worker) == ["recognition of left"])
        beat()
        beats.end("recognition of left")
        #expect(beats.late().isEmpty)
    }
}

@Suite struct LatencyMeterTests {
    private func pass(_ wait: Double) -> PassInstants {
        PassInstants(useful: 10, toldFrame: 10.3, handed: 10.3 + wait, begun: 10.3 + wait, done: 10.4 + wait)
    }

    @Test func `stages add up, and the slowest of a hundred is the last per cent`() {
        var meter = LatencyMeter()
        #expect(meter.figures().isEmpty)
        for index in 0..<100 { meter.note(pass(index == 99 ? 2 : 0.05)) }
        let figures = meter.figures()
        #expect(figures["exposureToAnswerP50Milliseconds"] == 450)
        #expect(figures["exposureToAnswerP99Milliseconds"] == 450)
        meter.note(pass(2))
        #expect(meter.figures()["exposureToAnswerP99Milliseconds"] == 2400)
        #expect(figures["intendedWaitP99Milliseconds"] == 300 && figures["recognitionP50Milliseconds"] == 50)
        #expect(figures["deskP50Milliseconds"] == 100 && meter.count == 101)
    }

    @Test func `only the last passes are remembered`() {
        var meter = LatencyMeter(most: 10)
        for _ in 0..<10 { meter.note(pass(5)) }
        for _ in 0..<10 { meter.note(pass(0)) }
        #expect(meter.figures()["recognitionP99Milliseconds"] == 0 && meter.count == 20)
    }
}

@Suite struct DiskSpaceTests {
    @Test(
        arguments: [
            (5000, "ok", DeviceStatus.State.good), (2000, "low", .degraded), (100, "full", .absent),
            (nil, "unknown", .degraded),
        ] as [(Int64?, String, DeviceStatus.State)]
    )
    func `free space is ok, low or full`(mebibytes: Int64?, word: String, state: DeviceStatus.State) {
        let space = DiskSpace(path: "/tmp", lowBytes: 2048 << 20, fullBytes: 256 << 20)
        let report = space.report(freeBytes: mebibytes.map { $0 << 20 })
        #expect(report.word == word && report.state == state)
    }
}
