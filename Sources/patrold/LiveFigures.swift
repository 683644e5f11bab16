// What the live pipeline came to: for a person, and as JSON.
internal import Foundation
internal import PatrolEngine

struct LiveFigures: Encodable {
    struct Milliseconds: Encodable {
        let p50: Double
        let p99: Double

        init(_ values: [Double]) {
            let sorted = values.map { $0 * 1000 }.sorted()
            func quantile(_ share: Double) -> Double {
                guard !sorted.isEmpty else { return 0 }
                let index = Int((Double(sorted.count) * share).rounded(.up)) - 1
                return (sorted[min(max(0, index), sorted.count - 1)] * 10).rounded() / 10
            }
            p50 = quantile(0.5)
            p99 = quantile(0.99)
        }
    }

    let benchmark = "live"
    let minutes: Double
    let cameras: Int
    let framesOffered: Int
    let framesTaken: Int
    /// Offered so late that a camera's buffers would have been full.
    let framesLostByCapture: Int
    /// Older frames that made room for newer ones, because recognition was slower than the camera.
    let framesPassedOver: Int
    let framesUndecodable: Int
    let captureLatestMilliseconds: Double
    let passes: Int
    let alerts: Int
    /// From the exposure of the last frame that added anything to a read, to its alert kept and told.
    let exposureToAlert: Milliseconds
    /// Of that, the wait for a better frame that is intended.
    let intendedWait: Milliseconds
    /// The rest: from the exposure of the frame that ended the wait.
    let lastFrameToAlert: Milliseconds
    /// Of the rest: waiting in the mailbox, decoding and recognition; waiting for the desk; the desk.
    let recognition: Milliseconds
    let deskWait: Milliseconds
    let desk: Milliseconds
    let processorShare: Double
    let processors: Int
    let memoryStartMebibytes: Double
    /// At half the time: what a program needs it has by then, what grows from there on leaks.
    let memoryHalfMebibytes: Double
    let memoryEndMebibytes: Double
    let memoryMostMebibytes: Double
    /// At the start and after each tenth of the time.
    let memoryTenthsMebibytes: [Double]

    init(
        minutes: Double,
        cameras: Int,
        framesOffered: Int,
        framesTaken: Int,
        framesLostByCapture: Int,
        framesPassedOver: Int,
        framesUndecodable: Int,
        captureLatestMilliseconds: Double,
        processorShare: Double,
        processors: Int,
        memory: [Double],
        records: [PassRecord]
    ) {
        self.minutes = (minutes * 100).rounded() / 100
        self.cameras = cameras
        self.framesOffered = framesOffered
        self.framesTaken = framesTaken
        self.framesLostByCapture = framesLostByCapture
        self.framesPassedOver = framesPassedOver
        self.framesUndecodable = framesUndecodable
        self.captureLatestMilliseconds = (captureLatestMilliseconds * 10).rounded() / 10
        self.processorShare = (processorShare * 1000).rounded() / 1000
        self.processors = processors
        memoryStartMebibytes = memory.first ?? 0
        memoryHalfMebibytes = memory.isEmpty ? 0 : memory[(memory.count - 1) / 2]
        memoryEndMebibytes = memory.last ?? 0
        memoryMostMebibytes = memory.max() ?? 0
        memoryTenthsMebibytes = memory.isEmpty ? [] : (0...10).map { memory[(memory.count - 1) * $0 / 10] }
        passes = records.count
        let alerts = records.filter(\.isAlert)
        self.alerts = alerts.count
        exposureToAlert = Milliseconds(alerts.map { $0.doneSeconds - $0.usefulSeconds })
        intendedWait = Milliseconds(alerts.map { $0.toldFrameSeconds - $0.usefulSeconds })
        lastFrameToAlert = Milliseconds(alerts.map { $0.doneSeconds - $0.toldFrameSeconds })
        recognition = Milliseconds(alerts.map { $0.handedSeconds - $0.toldFrameSeconds })
        deskWait = Milliseconds(alerts.map { $0.begunSeconds - $0.handedSeconds })
        desk = Milliseconds(alerts.map { $0.doneSeconds - $0.begunSeconds })
    }

    /// Lines for a terminal.
    var table: String {
        func line(_ name: String, _ value: String) -> String {
            name.padding(toLength: 42, withPad: " ", startingAt: 0) + value
        }
        func times(_ name: String, _ value: Milliseconds) -> String {
            line(name, "p50 \(value.p50) ms, p99 \(value.p99) ms")
        }
        return [
            line("frames offered by \(cameras) cameras", "\(framesOffered) in \(minutes) min"),
            line("  worked on", "\(framesTaken)"),
            line("  lost by the capture loop", "\(framesLostByCapture) (latest \(captureLatestMilliseconds) ms late)"),
            line("  passed over, recognition being slower", "\(framesPassedOver)"),
            line("  not decodable", "\(framesUndecodable)"),
            line("passes, of them raised", "\(passes), \(alerts)"),
            times("exposure of last useful frame to alert", exposureToAlert),
            times("  intended wait for a better frame", intendedWait),
            times("  the rest", lastFrameToAlert),
            times("    mailbox, decoding, recognition", recognition),
            times("    waiting for the desk", deskWait),
            times("    desk: judge, photos, commit, tell", desk),
            line("processor", "\((processorShare * 1000).rounded() / 10) % of \(processors) cores"),
            line(
                "memory, MiB",
                """
                \(memoryStartMebibytes) at first, \(memoryHalfMebibytes) at half the time, \(memoryEndMebibytes) at last, \
                at most \(memoryMostMebibytes)
                """
            ),
        ].joined(separator: "\n")
    }
}
