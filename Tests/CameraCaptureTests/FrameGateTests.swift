import Testing

// Pictures that lie, end early, or come from before: told from good ones, and counted.
@testable import CameraCapture

private func layout(_ format: CameraPixelFormat, _ width: Int = 64, _ height: Int = 32) throws -> FrameLayout {
    try FrameLayout(format: format, width: width, height: height)
}

private func buffer(_ sequence: UInt32, used: Int, capacity: Int = 8192, isFlagged: Bool = false) -> FilledBuffer {
    FilledBuffer(
        sequence: sequence,
        isFlagged: isFlagged,
        nanoseconds: 0,
        isMonotonic: true,
        planes: [(used: used, capacity: capacity)]
    )
}

private func verdict(_ gate: inout FrameGate, _ buffer: FilledBuffer, _ bytes: [UInt8]) -> String {
    switch bytes.withUnsafeBytes({ gate.judge(buffer, bytes: $0) }) {
    case .good: "good"
    case .stale: "stale"
    case .bad: "bad"
    }
}

private let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 7, count: 200) + [0xFF, 0xD9]

@Suite struct FrameGateTests {
    @Test func `whole pictures pass`() throws {
        var gate = FrameGate(layout: try layout(.yuyv))
        let bytes = [UInt8](repeating: 90, count: 4096)
        for sequence in 0..<5 { #expect(verdict(&gate, buffer(UInt32(sequence), used: 4096), bytes) == "good") }
        #expect(gate.lost == 0)
    }

    @Test func `a cut raw picture is stale at the start and bad later`() throws {
        var gate = FrameGate(layout: try layout(.yuyv))
        let bytes = [UInt8](repeating: 90, count: 4096)
        #expect(verdict(&gate, buffer(0, used: 4000), bytes) == "stale")
        #expect(verdict(&gate, buffer(1, used: 4096), bytes) == "good")
        #expect(verdict(&gate, buffer(2, used: 4000), bytes) == "bad")
    }

    @Test func `a driver that says more bytes than its buffer has is not believed`() throws {
        var gate = FrameGate(layout: try layout(.grey))
        let bytes = [UInt8](repeating: 1, count: 2048)
        #expect(verdict(&gate, buffer(0, used: 2048), bytes) == "good")
        #expect(verdict(&gate, buffer(1, used: 2_000_000_000), bytes) == "bad")
        #expect(verdict(&gate, buffer(2, used: 0), []) == "bad")
    }

    @Test func `what the driver calls damaged is bad, also at the start`() throws {
        var gate = FrameGate(layout: try layout(.grey))
        #expect(verdict(&gate, buffer(0, used: 2048, isFlagged: true), [UInt8](repeating: 1, count: 2048)) == "bad")
    }

    @Test func `an old raw picture in a stream of JPEGs is stale`() throws {
        var gate = FrameGate(layout: try layout(.mjpeg))
        #expect(verdict(&gate, buffer(0, used: 4096), [UInt8](repeating: 128, count: 4096)) == "stale")
        #expect(verdict(&gate, buffer(1, used: jpeg.count), jpeg) == "good")
    }

    @Test func `a first buffer that is full to its end is stale even if it begins as a JPEG`() throws {
        var gate = FrameGate(layout: try layout(.mjpeg))
        let full = jpeg + [UInt8](repeating: 0, count: 8192 - jpeg.count)
        #expect(verdict(&gate, buffer(0, used: 8192), full) == "stale")
    }

    @Test func `a JPEG without its end is bad, one with zeros after it is good`() throws {
        var gate = FrameGate(layout: try layout(.mjpeg))
        #expect(verdict(&gate, buffer(0, used: jpeg.count), jpeg) == "good")
        #expect(verdict(&gate, buffer(1, used: 100), Array(jpeg.prefix(100))) == "bad")
        let padded = jpeg + [UInt8](repeating: 0, count: 300)
        #expect(verdict(&gate, buffer(2, used: padded.count), padded) == "good")
        #expect(verdict(&gate, buffer(3, used: 2), [0xFF, 0xD8]) == "bad")
    }

    @Test func `gaps in the driver's numbers are pictures lost, jumps of its counter are not`() throws {
        var gate = FrameGate(layout: try layout(.grey))
        let bytes = [UInt8](repeating: 1, count: 2048)
        for sequence in [5, 6, 9, 10, 0, 1, 4_000_000_000, 4_000_000_001] as [UInt32] {
            _ = verdict(&gate, buffer(sequence, used: 2048), bytes)
        }
        #expect(gate.lost == 2)
        gate = FrameGate(layout: try layout(.grey))
        for sequence in [UInt32.max - 1, .max, 1] { _ = verdict(&gate, buffer(sequence, used: 2048), bytes) }
        #expect(gate.lost == 1)
    }

    @Test func `a time stamp that cannot be true is replaced by the instant of taking`() {
        let second: UInt64 = 1_000_000_000
        var stamped = buffer(0, used: 1)
        stamped.nanoseconds = 99 * second
        #expect(exposureNanoseconds(of: stamped, takenAt: 100 * second) == 99 * second)
        stamped.isMonotonic = false
        #expect(exposureNanoseconds(of: stamped, takenAt: 100 * second) == 100 * second)
        stamped.isMonotonic = true
        for absurd in [0, 97 * second, 101 * second, .max] as [UInt64] {
            stamped.nanoseconds = absurd
            #expect(exposureNanoseconds(of: stamped, takenAt: 100 * second) == 100 * second)
        }
    }
}
