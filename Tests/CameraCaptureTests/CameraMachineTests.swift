import Foundation
import Testing

// What a camera's worker decides, on a virtual clock: every trouble has a state, an end and a bounded pace of tries.
@testable import CameraCapture

/// A machine and a clock that moves when told to.
private struct Bench {
    var machine: CameraMachine
    var now: Moment

    init(framesPerSecond: Double = 15) {
        now = Moment(nanoseconds: 1_000_000_000_000, wall: Date(timeIntervalSince1970: 1_700_000_000))
        machine = CameraMachine(framesPerSecond: framesPerSecond, at: now)
    }

    mutating func pass(_ seconds: Double) {
        now = Moment(nanoseconds: now.nanoseconds + UInt64(seconds * 1e9), wall: now.wall.addingTimeInterval(seconds))
    }

    mutating func next() -> CameraMachine.Action { machine.next(at: now) }
    mutating func tell(_ event: CameraMachine.Event) { machine.handle(event, at: now) }

    mutating func open(isAsAsked: Bool = true) {
        _ = next()
        tell(.opened(words: "as asked", isAsAsked: isAsAsked))
    }

    /// Pictures at `rate` for some seconds, the machine asked before each.
    mutating func stream(seconds: Double, rate: Double = 15) {
        for _ in 0..<Int(seconds * rate) {
            _ = next()
            pass(1 / rate)
            tell(.picture)
        }
    }

    /// Lets time go by in small turns, as the worker does, until the machine wants something done.
    mutating func waitForAction(atMostSeconds: Double) -> CameraMachine.Action? {
        for _ in 0..<Int(atMostSeconds / 0.05) {
            switch next() {
            case .listen, .wait: pass(0.05)
            case let action: return action
            }
        }
        return nil
    }
}

@Suite struct CameraMachineTests {
    @Test func `a camera is opened at once and streams with its first picture`() {
        var bench = Bench()
        #expect(bench.next() == .open)
        bench.tell(.opened(words: "640x480 asked", isAsAsked: true))
        #expect(bench.machine.state == .starting)
        #expect(bench.machine.words.contains("640x480 asked"))
        bench.pass(0.1)
        bench.tell(.picture)
        #expect(bench.machine.state == .streaming)
        #expect(bench.machine.reconnects == 0)
    }

    @Test func `other pictures than asked for are used and told`() {
        var bench = Bench()
        bench.open(isAsAsked: false)
        bench.tell(.picture)
        #expect(bench.machine.state == .wrongFormat)
        bench.stream(seconds: 3)
        #expect(bench.machine.state == .wrongFormat)
        #expect(bench.machine.reconnects == 0)
    }

    @Test func `a stall is told within 2 s, then the stream is restarted, then the device opened again`() {
        var bench = Bench()
        bench.open()
        bench.stream(seconds: 3)
        let quiet = bench.now
        #expect(bench.waitForAction(atMostSeconds: 2) == .restart)
        #expect(bench.now.seconds(since: quiet.nanoseconds) <= 2)
        #expect(bench.machine.state == .stalled)
        bench.tell(.restarted)
        #expect(bench.waitForAction(atMostSeconds: 10) == .close)
        bench.tell(.closed)
        #expect(bench.waitForAction(atMostSeconds: 5) == .open)
        bench.tell(.opened(words: "again", isAsAsked: true))
        #expect(bench.machine.state == .stalled)
        bench.tell(.picture)
        #expect(bench.machine.state == .streaming)
        #expect(bench.machine.reconnects == 1)
    }

    @Test func `a stream that comes back by itself counts as one return`() {
        var bench = Bench()
        bench.open()
        bench.stream(seconds: 2)
        #expect(bench.waitForAction(atMostSeconds: 2) == .restart)
        bench.tell(.restarted)
        bench.pass(0.2)
        bench.tell(.picture)
        bench.stream(seconds: 1)
        #expect(bench.machine.state == .streaming)
        #expect(bench.machine.reconnects == 1)
    }

    @Test func `a slow camera is not taken for a stalled one`() {
        var bench = Bench(framesPerSecond: 1)
        bench.open()
        bench.tell(.picture)
        for _ in 0..<10 {
            for _ in 0..<25 {
                bench.pass(0.1)
                if case .listen = bench.next() { continue }
                Issue.record("a gap of 2.5 s at 1 picture a second is no stall")
            }
            bench.tell(.picture)
        }
        #expect(bench.machine.state == .streaming)
    }

    @Test func `a camera that needs seconds for its first picture is told as stalled but not restarted before 4 s`() {
        var bench = Bench()
        bench.open()
        let start = bench.now
        #expect(bench.waitForAction(atMostSeconds: 10) == .restart)
        #expect(bench.now.seconds(since: start.nanoseconds) >= 3.9)
        #expect(bench.machine.state == .stalled)
    }

    @Test func `an unplugged camera is looked for again and again, and found on whatever node`() {
        var bench = Bench()
        bench.open()
        bench.stream(seconds: 2)
        bench.tell(.failed(CameraError(.absent, "/dev/video0 is not there")))
        #expect(bench.machine.state == .absent)
        #expect(bench.next() == .close)
        bench.tell(.closed)
        var tries = 0
        let pulled = bench.now
        while bench.now.seconds(since: pulled.nanoseconds) < 60 {
            guard bench.waitForAction(atMostSeconds: 1) == .open else { break }
            tries += 1
            bench.tell(.failed(CameraError(.absent, "/dev/video0 is not there")))
        }
        #expect((120...240).contains(tries))
        #expect(bench.waitForAction(atMostSeconds: 1) == .open)
        bench.tell(.opened(words: "on another node", isAsAsked: true))
        #expect(bench.machine.state == .starting)
        bench.tell(.picture)
        #expect(bench.machine.state == .streaming)
        #expect(bench.machine.reconnects == 1)
    }

    @Test(arguments: [CameraError.Code.driver, .refused])
    func `a plug that comes loose again and again is met as quickly as the first time, whatever its driver says`(
        code: CameraError.Code
    ) {
        var bench = Bench()
        for _ in 0..<20 {
            #expect(bench.waitForAction(atMostSeconds: 1) == .open)
            bench.tell(.opened(words: "", isAsAsked: true))
            bench.stream(seconds: 1)
            bench.tell(.failed(CameraError(code, "reports trouble and has no picture")))
            #expect(bench.next() == .close)
            bench.tell(.closed)
            let pulled = bench.now
            for _ in 0..<4 {
                #expect(bench.waitForAction(atMostSeconds: 1) == .open)
                bench.tell(.failed(CameraError(.absent, "/dev/video0 is not there")))
                #expect(bench.machine.state == .absent)
            }
            #expect(bench.now.seconds(since: pulled.nanoseconds) < 2)
        }
    }

    @Test(arguments: [
        (CameraError.Code.refused, CameraState.refused), (.wrongDevice, .wrongDevice), (.wrongFormat, .wrongFormat),
        (.driver, .failed),
    ])
    func `what does not go is tried ever more slowly, up to 4 s, for ever`(
        code: CameraError.Code,
        state: CameraState
    ) {
        var bench = Bench()
        var pauses: [Double] = []
        var last = bench.now
        for _ in 0..<12 {
            #expect(bench.waitForAction(atMostSeconds: 10) == .open)
            pauses.append(bench.now.seconds(since: last.nanoseconds))
            last = bench.now
            bench.tell(.failed(CameraError(code, "cause and cure")))
            #expect(bench.machine.state == state)
            #expect(bench.machine.words == "cause and cure")
        }
        #expect(pauses.dropFirst().first.map { $0 < 0.5 } == true)
        #expect(pauses.max().map { $0 <= 4.1 } == true)
        #expect(pauses.suffix(3).allSatisfy { $0 >= 3.9 })
    }

    @Test func `after some calm seconds the next trouble is met quickly again`() {
        var bench = Bench()
        for _ in 0..<8 {
            _ = bench.waitForAction(atMostSeconds: 10)
            bench.tell(.failed(CameraError(.driver, "trouble")))
        }
        _ = bench.waitForAction(atMostSeconds: 10)
        bench.tell(.opened(words: "", isAsAsked: true))
        bench.stream(seconds: 7)
        bench.tell(.failed(CameraError(.driver, "trouble")))
        #expect(bench.next() == .close)
        bench.tell(.closed)
        let closed = bench.now
        #expect(bench.waitForAction(atMostSeconds: 10) == .open)
        #expect(bench.now.seconds(since: closed.nanoseconds) < 0.5)
    }

    @Test func `a camera that gives only damaged pictures is stalled, and says why`() {
        var bench = Bench()
        bench.open()
        bench.stream(seconds: 2)
        for _ in 0..<30 {
            bench.pass(0.066)
            bench.tell(.badPicture("the picture is cut"))
            _ = bench.next()
        }
        #expect(bench.machine.state == .stalled)
        #expect(bench.machine.words.contains("the picture is cut"))
    }

    @Test func `the time of a state is when it began, not when it was last told`() {
        var bench = Bench()
        bench.open()
        bench.tell(.picture)
        let began = bench.machine.since
        bench.stream(seconds: 5)
        #expect(bench.machine.since == began)
    }
}
