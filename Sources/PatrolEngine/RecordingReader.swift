// A recording's frames turned into passes: a thread for each camera, and what they say in one order.
internal import Foundation
internal import ParkingCore
internal import PatrolAPI
internal import PlateRecognition

/// What the reader hands to the desk, in the order of media time.
enum ReaderOutput: Sendable {
    case pass(PlatePass)
    case progress(Double?, taken: Int, dropped: Int, cameras: [DeviceStatus])
    case failed(EngineError)
    case finished
}

/// Reads a recording to its end, each camera on a thread of its own.
///
/// As fast as it goes, the cameras' reports are merged by media time, then by camera, so that the same recording always
/// gives the same order; a camera that is ahead waits. At real pace they are taken as they come, so that no camera waits
/// for another. No pass is ever dropped.
final class RecordingReader {
    private let recording: Recording
    private let recogniser: PlateRecogniser
    /// Frames are shown when they are due; a frame that comes too late is dropped and counted.
    private let atRealPace: Bool
    private let clock: ReplayClock
    private let deliver: (ReaderOutput) -> Bool

    /// Media seconds between two reports of progress.
    private static let reportSeconds = 1.0
    /// Reports by which one camera may be ahead of the others.
    private static let capacity = 16

    private var latest: [CameraID: LaneReport] = [:]
    private var lastReport = -Double.infinity

    /// - Parameter deliver: called on the thread that calls `run`, may block it; false stops the reading.
    init(
        _ recording: Recording,
        recogniser: PlateRecogniser,
        atRealPace: Bool,
        clock: ReplayClock,
        deliver: @escaping (ReaderOutput) -> Bool
    ) {
        self.recording = recording
        self.recogniser = recogniser
        self.atRealPace = atRealPace
        self.clock = clock
        self.deliver = deliver
    }

    /// Blocks until the recording ends, fails, or `deliver` says stop.
    func run() {
        let cameras = recording.cameras.sorted { $0.camera < $1.camera }
        let capacity = Self.capacity
        let queues = (atRealPace ? Array(cameras.prefix(1)) : cameras).map { _ in
            BlockingQueue<LaneReport>(capacity: capacity)
        }
        let first = cameras.map(\.firstSeconds).min() ?? 0
        let pace = atRealPace ? CameraFrames.Pace(origin: .now, firstDue: first) : nil
        let threads = DispatchGroup()
        for (index, camera) in cameras.enumerated() {
            let queue = queues[min(index, queues.count - 1)]
            threads.enter()
            let thread = Thread { [recording, recogniser] in
                Thread.current.name = "reader \(camera.camera)"
                CameraLane(
                    camera.camera,
                    angleDegrees: camera.angleDegrees,
                    recogniser: recogniser,
                    open: { try CameraFrames(camera, start: recording.start, pace: pace) },
                    put: queue.put
                ).run()
                threads.leave()
            }
            thread.stackSize = 4 << 20
            thread.start()
        }
        merge(queues, lanes: cameras.count)
        for queue in queues { queue.stop() }
        threads.wait()
    }

    /// Takes the earliest report of all queues, again and again.
    private func merge(_ queues: [BlockingQueue<LaneReport>], lanes: Int) {
        var open = Array(queues.indices)
        var heads: [Int: LaneReport] = [:]
        var running = lanes
        while running > 0 {
            for index in open where heads[index] == nil {
                guard let report = queues[index].take() else { return }
                heads[index] = report
            }
            let first = heads.min { ($0.value.seconds, $0.value.camera) < ($1.value.seconds, $1.value.camera) }
            guard let (index, report) = first else { return }
            heads[index] = nil
            if report.isLast {
                running -= 1
                // A queue of its own ends with its camera; a shared one with the last of them.
                if queues.count == lanes || running == 0 { open.removeAll { $0 == index } }
            }
            guard hand(report) else { return }
        }
        guard progress(at: .infinity) else { return }
        _ = deliver(.finished)
    }

    private func hand(_ report: LaneReport) -> Bool {
        latest[report.camera] = report
        clock.advance(to: recording.start.addingTimeInterval(report.seconds))
        switch report.event {
        case .passes(let passes):
            for pass in passes {
                guard deliver(.pass(pass)) else { return false }
            }
            return progress(at: report.seconds)
        case .failed(let error):
            _ = deliver(.failed(error))
            return false
        }
    }

    private func progress(at seconds: Double) -> Bool {
        guard seconds - lastReport >= Self.reportSeconds else { return true }
        lastReport = seconds
        let reports = latest.values.sorted { $0.camera < $1.camera }
        let taken = reports.reduce(0) { $0 + $1.taken }
        let lost = reports.reduce(0) { $0 + $1.dropped + $1.undecodable }
        let expected = reports.compactMap(\.expected)
        let isKnown = expected.count == recording.cameras.count
        let share = Double(taken + lost) / Double(max(expected.reduce(0, +), 1))
        return deliver(
            .progress(
                isKnown ? min(1, share) : nil,
                taken: taken,
                dropped: lost,
                cameras: reports.map {
                    DeviceStatus(name: $0.camera.text, state: .good, detail: "\($0.taken) frames")
                }
            )
        )
    }
}

extension Recording.Camera {
    /// When its first picture is due, as far as the manifest says.
    fileprivate var firstSeconds: Double {
        switch pictures {
        case .video: startOffsetSeconds
        case .frames(let rows): startOffsetSeconds + (rows.first?.seconds ?? 0)
        }
    }
}
