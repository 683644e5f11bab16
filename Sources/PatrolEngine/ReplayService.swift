// Replays a recording through the desk: the same way that live frames take.
internal import Foundation
package import Logging
internal import PatrolAPI
package import PlateRecognition
internal import ServiceLifecycle
internal import Synchronization

package struct ReplayService: Service {
    private let recording: Recording
    private let recogniser: PlateRecogniser
    private let desk: PatrolDesk
    private let clock: ReplayClock
    private let atRealPace: Bool
    /// After the end: keep serving the console until told to stop.
    private let hold: Bool
    private let logger: Logger

    package init(
        _ recording: Recording,
        recogniser: PlateRecogniser,
        desk: PatrolDesk,
        clock: ReplayClock,
        atRealPace: Bool,
        hold: Bool,
        logger: Logger
    ) {
        self.recording = recording
        self.recogniser = recogniser
        self.desk = desk
        self.clock = clock
        self.atRealPace = atRealPace
        self.hold = hold
        self.logger = logger
    }

    /// - Throws: `EngineError` when the recording cannot be read on, or what the desk says (a full disk, say).
    package func run() async throws {
        await desk.report(.running)
        do {
            try await replay()
        } catch {
            await desk.report(.failed)
            throw error
        }
        await desk.report(.finished)
        if hold { try? await gracefulShutdown() }
    }

    private func replay() async throws {
        let buffer = HandOver(capacity: 64)
        let thread = Thread { [recording, recogniser, atRealPace, clock] in
            Thread.current.name = "recording"
            let reader = RecordingReader(
                recording,
                recogniser: recogniser,
                atRealPace: atRealPace,
                clock: clock,
                deliver: buffer.put
            )
            reader.run()
            buffer.end()
        }
        thread.stackSize = 4 << 20
        thread.start()
        defer { buffer.stop() }
        try await withGracefulShutdownHandler {
            for await output in buffer.outputs {
                buffer.taken()
                switch output {
                case .pass(let pass): try await desk.handle(pass)
                case .progress(let progress, let taken, let dropped, let cameras):
                    await desk.report(progress: progress, taken: taken, dropped: dropped, cameras: cameras)
                case .failed(let error): throw error
                case .finished: return
                }
            }
        } onGracefulShutdown: {
            buffer.stop()
        }
    }
}

/// A bounded buffer between the recognition thread, which waits while it is full, and the desk.
private final class HandOver: Sendable {
    let outputs: AsyncStream<ReaderOutput>
    private let continuation: AsyncStream<ReaderOutput>.Continuation
    private let places: DispatchSemaphore
    private let stopped = Mutex(false)

    init(capacity: Int) {
        (outputs, continuation) = AsyncStream.makeStream()
        // Signalled up from 0: libdispatch traps when a semaphore goes away below the value it was made with.
        places = DispatchSemaphore(value: 0)
        for _ in 0..<capacity { places.signal() }
    }

    /// Blocks while the buffer is full. False: nobody takes any more.
    func put(_ output: ReaderOutput) -> Bool {
        places.wait()
        guard !stopped.withLock({ $0 }) else { return false }
        continuation.yield(output)
        return true
    }

    func taken() { places.signal() }
    func end() { continuation.finish() }

    /// Lets the thread go on the next time it hands something over.
    func stop() {
        stopped.withLock { $0 = true }
        continuation.finish()
        places.signal()
    }
}
