package import ParkingCore
internal import Synchronization

// One picture of a camera: lent from the driver's own memory wherever possible, and given back to it after use.
package import struct Foundation.Date

/// A picture and its description. The bytes may lie in a buffer of the driver; it gets it back when the last reference
/// to the picture goes, or at `giveBack()`. Whoever keeps pictures for long must copy them: a camera has few buffers.
package final class CapturedFrame: Sendable {
    /// Where the bytes are.
    enum Storage: Sendable {
        case lent(pool: BufferPool, index: Int, parts: [BufferPool.Part])
        case copied([[UInt8]])
    }

    private struct Use {
        var readers = 0
        var isWanted = true
        var storage: Storage?

        mutating func takeStorage() -> Storage? {
            defer { storage = nil }
            return storage
        }
    }

    package let camera: CameraID
    /// The driver's number; gaps are pictures that it lost.
    package let sequence: UInt32
    package let layout: FrameLayout
    /// CLOCK_MONOTONIC at the exposure as the driver says, or when the picture was taken if it does not.
    package let monotonicNanoseconds: UInt64
    /// The same instant on the wall clock.
    package let wallTime: Date
    private let use: Mutex<Use>

    package var format: CameraPixelFormat { layout.format }
    package var width: Int { layout.width }
    package var height: Int { layout.height }
    package var bytesPerLine: Int { layout.bytesPerLine }

    init(
        camera: CameraID,
        sequence: UInt32,
        layout: FrameLayout,
        monotonicNanoseconds: UInt64,
        wallTime: Date,
        storage: Storage
    ) {
        self.camera = camera
        self.sequence = sequence
        self.layout = layout
        self.monotonicNanoseconds = monotonicNanoseconds
        self.wallTime = wallTime
        use = Mutex(Use(storage: storage))
    }

    /// A picture that was recorded, with the bytes of each plane.
    package convenience init(
        camera: CameraID,
        sequence: UInt32,
        layout: FrameLayout,
        monotonicNanoseconds: UInt64,
        wallTime: Date,
        planes: [[UInt8]]
    ) {
        self.init(
            camera: camera,
            sequence: sequence,
            layout: layout,
            monotonicNanoseconds: monotonicNanoseconds,
            wallTime: wallTime,
            storage: .copied(planes)
        )
    }

    deinit { giveBack() }

    /// The bytes of each plane (one, but for cameras that keep NV12's colours apart); none after `giveBack()`.
    package func withPlanes<Result>(_ body: ([UnsafeRawBufferPointer]) throws -> Result) rethrows -> Result {
        let storage = use.withLock { use -> Storage? in
            guard use.isWanted else { return nil }
            use.readers += 1
            return use.storage
        }
        guard let storage else { return try body([]) }
        defer { endReading() }
        switch storage {
        case .lent(_, _, let parts):
            return try body(parts.map(\.bytes))
        case .copied(let planes):
            return try Self.pointers(to: planes[...], before: [], body)
        }
    }

    /// The bytes of the first plane; empty after `giveBack()`.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withPlanes { try body($0.first ?? UnsafeRawBufferPointer(start: nil, count: 0)) }
    }

    /// Lets the driver have the buffer again, once nobody is reading it.
    package func giveBack() {
        let storage = use.withLock { use -> Storage? in
            use.isWanted = false
            return use.readers == 0 ? use.takeStorage() : nil
        }
        Self.release(storage)
    }

    private func endReading() {
        let storage = use.withLock { use -> Storage? in
            use.readers -= 1
            return use.readers == 0 && !use.isWanted ? use.takeStorage() : nil
        }
        Self.release(storage)
    }

    private static func release(_ storage: Storage?) {
        if case .lent(let pool, let index, _) = storage { pool.giveBack(index) }
    }

    private static func pointers<Result>(
        to planes: ArraySlice<[UInt8]>,
        before: [UnsafeRawBufferPointer],
        _ body: ([UnsafeRawBufferPointer]) throws -> Result
    ) rethrows -> Result {
        guard let plane = planes.first else { return try body(before) }
        return try plane.withUnsafeBytes { bytes in
            try pointers(to: planes.dropFirst(), before: before + [bytes], body)
        }
    }
}
