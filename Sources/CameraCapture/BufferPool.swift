// The driver's buffers, mapped into our memory: who has which, on a device that may go away at any time.
internal import CV4L2
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#endif

/// Owns a streaming device's descriptor and its mapped buffers. The worker's thread takes filled buffers; any thread may
/// give one back. The memory stays mapped until the last picture in it is gone, even if the device is.
final class BufferPool: Sendable {
    /// A part of a mapped buffer, in bytes. An address as a number, since pointers are not Sendable: the pool keeps the
    /// memory mapped, and nobody writes to it but the driver, which does not have the buffer while it is lent.
    struct Part: Sendable {
        let address: UInt
        let count: Int
        var bytes: UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: count)
        }
    }

    private struct State {
        /// nil once closed.
        var descriptor: Int32?
        var lent: Set<Int> = []
    }

    let node: String
    private let isPlanar: Bool
    private let planeCount: Int
    /// By buffer, then plane.
    let buffers: [[Part]]
    private let state: Mutex<State>

    /// Asks the driver for buffers, maps them, lends it all of them and starts the stream. Takes the descriptor over,
    /// also when it throws.
    init(descriptor: Int32, node: String, isPlanar: Bool, planeCount: Int, wanted: Int) throws(CameraError) {
        self.node = node
        self.isPlanar = isPlanar
        self.planeCount = planeCount
        var mapped: [[Part]] = []
        do throws(CameraError) {
            var count = UInt32(wanted)
            try check(curbside_request_buffers(descriptor, isPlanar, &count), "get buffers of", node)
            guard count >= 2 else { throw CameraError(.driver, "\(node) gives \(count) buffers; two are needed") }
            for index in 0..<count {
                var planes: [Part] = []
                defer { mapped.append(planes) }
                for plane in 0..<UInt32(planeCount) {
                    var address: UnsafeMutableRawPointer?
                    var length: UInt64 = 0
                    try check(
                        curbside_map(descriptor, isPlanar, index, plane, &address, &length),
                        "map the buffers of",
                        node
                    )
                    planes.append(Part(address: UInt(bitPattern: address), count: Int(length)))
                }
            }
            for index in 0..<count {
                try check(
                    curbside_queue(descriptor, isPlanar, index, UInt32(planeCount)),
                    "lend a buffer to",
                    node
                )
            }
            try check(curbside_stream(descriptor, isPlanar, true), "start the stream of", node)
        } catch {
            Self.unmap(mapped)
            Glibc.close(descriptor)
            throw error
        }
        buffers = mapped
        state = Mutex(State(descriptor: descriptor))
    }

    deinit {
        close()
        Self.unmap(buffers)
    }

    private static func unmap(_ buffers: [[Part]]) {
        for part in buffers.joined() {
            if let address = UnsafeMutableRawPointer(bitPattern: part.address) { munmap(address, part.count) }
        }
    }

    /// Buffers that the driver can fill now.
    var withDriver: Int { state.withLock { buffers.count - $0.lent.count } }

    /// Waits up to `milliseconds` for a filled buffer. The worker's thread alone closes, so the descriptor stays valid.
    /// - Returns: poll(2)'s revents, 0 when none came.
    func wait(milliseconds: Int) throws(CameraError) -> Int16 {
        var found: Int16 = 0
        try check(curbside_wait(try descriptor(), Int32(milliseconds), &found), "wait for", node)
        return found
    }

    /// The next filled buffer, which is ours until `giveBack`; nil: there is none yet.
    func take() throws(CameraError) -> curbside_buffer? {
        let descriptor = try descriptor()
        var taken = curbside_buffer()
        let failure = curbside_dequeue(descriptor, isPlanar, &taken)
        if failure == EAGAIN { return nil }
        try check(failure, "take a picture from", node)
        let index = Int(taken.index)
        guard buffers.indices.contains(index) else {
            throw CameraError(.driver, "\(node) gives buffer \(index) of \(buffers.count)")
        }
        state.withLock { _ = $0.lent.insert(index) }
        return taken
    }

    /// What a device that went away answers is of no use here: the worker's next call meets it too.
    func giveBack(_ index: Int) {
        state.withLock { state in
            guard state.lent.remove(index) != nil, let descriptor = state.descriptor else { return }
            _ = curbside_queue(descriptor, isPlanar, UInt32(index), UInt32(planeCount))
        }
    }

    /// Stops the stream and starts it again with all buffers that are not lent.
    func restart() throws(CameraError) {
        let failure = state.withLock { state -> Int32 in
            guard let descriptor = state.descriptor else { return ENODEV }
            var failure = curbside_stream(descriptor, isPlanar, false)
            for index in buffers.indices where failure == 0 && !state.lent.contains(index) {
                failure = curbside_queue(descriptor, isPlanar, UInt32(index), UInt32(planeCount))
            }
            return failure == 0 ? curbside_stream(descriptor, isPlanar, true) : failure
        }
        try check(failure, "start the stream of", node)
    }

    /// Gives up stream, buffers and device. Mapped memory would hold the device open, so the buffers are given up
    /// first: who opens it next is not refused because a picture is still being read.
    func close() {
        state.withLock { state in
            guard let descriptor = state.descriptor else { return }
            state.descriptor = nil
            _ = curbside_stream(descriptor, isPlanar, false)
            var none: UInt32 = 0
            _ = curbside_request_buffers(descriptor, isPlanar, &none)
            Glibc.close(descriptor)
        }
    }

    private func descriptor() throws(CameraError) -> Int32 {
        guard let descriptor = state.withLock({ $0.descriptor }) else {
            throw CameraError(number: ENODEV, action: "use", node: node)
        }
        return descriptor
    }
}
