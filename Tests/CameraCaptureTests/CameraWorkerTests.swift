import Foundation
import ParkingCore
import Synchronization
import Testing

// The worker's thread around a scripted stream, and the mailbox behind it.
@testable import CameraCapture

private func picture(_ sequence: UInt32) throws -> CapturedFrame {
    CapturedFrame(
        camera: try CameraID("test"),
        sequence: sequence,
        layout: try FrameLayout(format: .grey, width: 2, height: 1),
        monotonicNanoseconds: Moment.monotonicNanoseconds(),
        wallTime: Date(),
        planes: [[1, 2]]
    )
}

/// Gives so many pictures, then fails.
private final class ScriptedStream: CameraStream {
    let description: StreamDescription
    let lost = 1
    private var left: Int
    private let failure: CameraError
    private let closed: @Sendable () -> Void

    init(pictures: Int, failure: CameraError, closed: @escaping @Sendable () -> Void) throws {
        left = pictures
        self.failure = failure
        self.closed = closed
        description = StreamDescription(
            node: "/dev/video7",
            layout: try FrameLayout(format: .grey, width: 2, height: 1),
            isAsAsked: true,
            words: "2x1 GREY"
        )
    }

    func next(milliseconds: Int) throws(CameraError) -> StreamEvent {
        Thread.sleep(forTimeInterval: 0.002)
        left -= 1
        if left == 1 { return .bad("cut") }
        if left == 0 { return .stale("old") }
        guard left >= 0 else { throw failure }
        do { return .picture(try picture(UInt32(left))) } catch { throw CameraError(.frame, "\(error)") }
    }

    func restart() {}
    func close() { closed() }
}

private final class ScriptedOpener: CameraOpener {
    private struct Counts {
        var opened = 0
        var closed = 0
    }

    private let counts = Mutex(Counts())
    var opened: Int { counts.withLock { $0.opened } }
    var closed: Int { counts.withLock { $0.closed } }

    func open(_ settings: CameraSettings) throws(CameraError) -> any CameraStream {
        let number = counts.withLock { counts in
            counts.opened += 1
            return counts.opened
        }
        if number % 2 == 0 { throw CameraError(.absent, "unplugged") }
        do {
            return try ScriptedStream(pictures: 22, failure: CameraError(.driver, "pulled")) { [self] in
                counts.withLock { $0.closed += 1 }
            }
        } catch { throw CameraError(.driver, "\(error)") }
    }
}

@Suite struct CameraWorkerTests {
    @Test func `the worker goes on after every failure and counts what it met`() throws {
        let opener = ScriptedOpener()
        let states = Mutex<[CameraState]>([])
        let taken = Mutex(0)
        let worker = CameraWorker(
            settings: try CameraSettings(id: CameraID("test"), device: "/dev/none"),
            opener: opener,
            deliver: { _ in taken.withLock { $0 += 1 } },
            passedOver: { 3 },
            changed: { health in states.withLock { if $0.last != health.state { $0.append(health.state) } } }
        )
        worker.start()
        worker.start()
        let deadline = Date().addingTimeInterval(60)
        while worker.health.reconnects < 2, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
        #expect(worker.stop(timeoutSeconds: 30))
        let health = worker.health
        #expect(health.reconnects >= 2)
        #expect(health.framesPassedOver == 3)
        #expect(health.framesBad >= 2 && health.framesStale >= 2)
        #expect(health.framesLost >= 3)
        #expect(taken.withLock { $0 } >= 40)
        #expect(opener.closed == (opener.opened + 1) / 2)
        let seen = states.withLock { $0 }
        #expect(seen.starts(with: [.starting, .streaming, .failed, .absent]))
        #expect(worker.stop())
    }

    @Test func `a device that is not there is a state, told within 2 s`() throws {
        let told = Mutex<[CameraHealth]>([])
        let worker = CameraWorker(
            settings: try CameraSettings(id: CameraID("test"), device: "/dev/curbside/no-such-camera"),
            deliver: { _ in Issue.record("no camera gives no picture") },
            changed: { health in told.withLock { $0.append(health) } }
        )
        worker.start()
        let deadline = Date().addingTimeInterval(30)
        while worker.health.state != .absent, Date() < deadline { Thread.sleep(forTimeInterval: 0.02) }
        let health = worker.health
        #expect(health.state == .absent)
        #expect(health.words.contains("/dev/curbside/no-such-camera"))
        #expect(worker.stop(timeoutSeconds: 30))
        #expect(told.withLock { $0.contains { $0.state == .absent } })
    }

    @Test func `what is no camera is refused in words`() throws {
        let opener = V4L2Opener()
        let settings = try CameraSettings(id: CameraID("test"), device: "/dev/null")
        let error = try #require(throws: CameraError.self) { _ = try opener.open(settings) }
        #expect(error.code == .refused)
        #expect(error.message.contains("no camera"))
    }

    @Test func `a full mailbox drops the oldest picture and counts it`() throws {
        let mailbox = FrameMailbox(capacity: 2)
        for sequence in 1...5 { mailbox.offer(try picture(UInt32(sequence))) }
        #expect(mailbox.passedOver == 3)
        #expect(mailbox.take(timeoutSeconds: 1)?.sequence == 4)
        #expect(mailbox.take(timeoutSeconds: 1)?.sequence == 5)
        #expect(mailbox.take(timeoutSeconds: 0.01) == nil)
    }

    @Test func `a stopped mailbox wakes who waits and takes nothing more`() throws {
        let mailbox = FrameMailbox()
        let kept = try picture(1)
        mailbox.offer(kept)
        mailbox.stop()
        #expect(kept.withBytes { $0.isEmpty })
        mailbox.offer(try picture(2))
        for _ in 0..<3 { #expect(mailbox.take(timeoutSeconds: 5) == nil) }
    }

    @Test func `several readers and a writer neither lose nor double a picture`() throws {
        let mailbox = FrameMailbox(capacity: 3)
        let seen = Mutex<[UInt32]>([])
        let group = DispatchGroup()
        for _ in 0..<3 {
            let thread = Thread {
                while let frame = mailbox.take(timeoutSeconds: 2) { seen.withLock { $0.append(frame.sequence) } }
                group.leave()
            }
            group.enter()
            thread.start()
        }
        for sequence in 0..<2000 { mailbox.offer(try picture(UInt32(sequence))) }
        Thread.sleep(forTimeInterval: 0.2)
        mailbox.stop()
        group.wait()
        let numbers = seen.withLock { $0 }
        #expect(Set(numbers).count == numbers.count)
        #expect(numbers.count + mailbox.passedOver == 2000)
    }
}
