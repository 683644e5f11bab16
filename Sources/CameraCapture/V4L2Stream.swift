// A stream of pictures from a V4L2 device: finding the right node, agreeing on a format, taking and lending buffers.
internal import CV4L2
internal import Foundation

#if canImport(Glibc)
internal import Glibc
#endif

struct V4L2Opener: CameraOpener {
    func open(_ settings: CameraSettings) throws(CameraError) -> any CameraStream {
        try V4L2Stream(settings)
    }
}

final class V4L2Stream: CameraStream {
    /// Enough for a pipeline that works on two pictures, has two waiting, and a driver that fills the others.
    static let bufferCount = 8
    /// Below so many buffers at the driver pictures are copied, so that it never has none to fill.
    static let fewestWithDriver = 2

    let description: StreamDescription
    private let settings: CameraSettings
    private let pool: BufferPool
    private let planeCount: Int
    private var gate: FrameGate
    private var lostBefore = 0

    var lost: Int { lostBefore + gate.lost }

    /// - Throws: `CameraError`: `absent`, `refused`, `wrongDevice`, `wrongFormat`, `driver`.
    init(_ settings: CameraSettings) throws(CameraError) {
        var device = try Self.find(settings)
        try Self.checkIdentity(of: device, settings)
        let agreed = try Self.agree(device, settings)
        let notes = device.setControls(settings)
        self.settings = settings
        planeCount = agreed.planeCount
        description = StreamDescription(
            node: device.node,
            layout: agreed.layout,
            isAsAsked: FormatChoice.hasSize(agreed.offer, settings),
            words: FormatChoice.words(agreed.offer, for: settings, notes: notes)
        )
        gate = FrameGate(layout: agreed.layout)
        pool = try BufferPool(
            descriptor: device.takeDescriptor(),
            node: device.node,
            isPlanar: device.isPlanar,
            planeCount: agreed.planeCount,
            wanted: Self.bufferCount
        )
    }

    deinit { pool.close() }

    func next(milliseconds: Int) throws(CameraError) -> StreamEvent {
        let found = try pool.wait(milliseconds: milliseconds)
        if found == 0 { return .silence }
        // Trouble without a picture: taking one tells which, and a device that went away says ENODEV.
        guard let buffer = try pool.take() else {
            if found & curbside_poll_gone != 0 {
                throw CameraError(.driver, "\(pool.node) reports trouble and has no picture")
            }
            return .silence
        }
        return look(at: buffer)
    }

    func restart() throws(CameraError) {
        lostBefore = lost
        gate = FrameGate(layout: description.layout)
        try pool.restart()
    }

    func close() { pool.close() }

    private func look(at buffer: curbside_buffer) -> StreamEvent {
        let now = Moment.now()
        let index = Int(buffer.index)
        let parts = pool.buffers[index]
        let filled = FilledBuffer(
            sequence: buffer.sequence,
            isFlagged: buffer.flags & curbside_flag_error != 0,
            nanoseconds: nanoseconds(buffer.seconds, buffer.microseconds),
            isMonotonic: buffer.flags & curbside_flag_time_mask == curbside_flag_time_monotonic,
            planes: parts.enumerated().map { used(buffer, plane: $0.offset, part: $0.element) }
        )
        let given = parts.enumerated().map { part(buffer, plane: $0.offset, of: $0.element) }
        switch gate.judge(filled, bytes: given[0].bytes) {
        case .stale(let words):
            pool.giveBack(index)
            return .stale(words)
        case .bad(let words):
            pool.giveBack(index)
            return .bad(words)
        case .good: break
        }
        let exposure = exposureNanoseconds(of: filled, takenAt: now.nanoseconds)
        let isScarce = pool.withDriver < Self.fewestWithDriver
        let storage: CapturedFrame.Storage =
            isScarce ? .copied(given.map { [UInt8]($0.bytes) }) : .lent(pool: pool, index: index, parts: given)
        if isScarce { pool.giveBack(index) }
        return .picture(
            CapturedFrame(
                camera: settings.id,
                sequence: buffer.sequence,
                layout: description.layout,
                monotonicNanoseconds: exposure,
                wallTime: now.wallTime(ofNanoseconds: exposure),
                storage: storage
            )
        )
    }
}

extension V4L2Stream {
    /// The payload of a plane: bytes after the driver's offset, as many as it says and the buffer has.
    private func part(_ buffer: curbside_buffer, plane: Int, of whole: BufferPool.Part) -> BufferPool.Part {
        let offset = min(Int(value(buffer.offset, plane)), whole.count)
        let end = min(max(Int(value(buffer.bytes_used, plane)), offset), whole.count)
        return BufferPool.Part(address: whole.address + UInt(offset), count: end - offset)
    }

    private func used(_ buffer: curbside_buffer, plane: Int, part: BufferPool.Part) -> (used: Int, capacity: Int) {
        let offset = Int(value(buffer.offset, plane))
        return (max(0, Int(value(buffer.bytes_used, plane)) - offset), max(0, part.count - offset))
    }

    private func value(_ values: (UInt32, UInt32, UInt32), _ index: Int) -> UInt32 {
        switch index {
        case 0: values.0
        case 1: values.1
        default: values.2
        }
    }

    private func nanoseconds(_ seconds: Int64, _ microseconds: Int64) -> UInt64 {
        guard seconds >= 0, seconds < 1 << 33, (0..<1_000_000).contains(microseconds) else { return .max }
        return UInt64(seconds) * 1_000_000_000 + UInt64(microseconds) * 1000
    }

    /// Opens the node behind the stable name, or the neighbour of it that gives pictures.
    private static func find(_ settings: CameraSettings) throws(CameraError) -> V4L2Device {
        let node = try DeviceNodes.resolve(settings.device)
        let device = try V4L2Device(node: node)
        if device.isCapture { return device }
        for neighbour in DeviceNodes.neighbours(ofNode: node) {
            let other = try V4L2Device(node: neighbour)
            if other.isCapture { return other }
        }
        throw CameraError(
            .refused,
            "\(settings.device) (\(node), \(device.identity.card ?? "no name")) gives no pictures that can be streamed; "
                + "'patrold cameras list' shows what does"
        )
    }

    private static func checkIdentity(of device: borrowing V4L2Device, _ settings: CameraSettings) throws(CameraError) {
        let wanted = settings.identity
        let found = device.identity
        let differences = [
            ("serial number", wanted.serial, found.serial), ("name", wanted.card, found.card),
            ("place", wanted.bus, found.bus),
        ].compactMap { name, wanted, found in
            wanted == nil || wanted == found ? nil : "\(name) '\(wanted ?? "")' expected, '\(found ?? "none")' found"
        }
        guard !differences.isEmpty else { return }
        throw CameraError(
            .wrongDevice,
            "\(settings.device) leads to another camera, which is not used: \(differences.joined(separator: ", ")). "
                + "Are two cameras swapped? Plug them in as they were, or change the configuration"
        )
    }

    struct Agreement {
        let offer: FormatOffer
        let layout: FrameLayout
        let planeCount: Int
    }

    /// Tries each format that both sides know and keeps the best.
    private static func agree(_ device: borrowing V4L2Device, _ settings: CameraSettings) throws(CameraError)
        -> Agreement
    {
        let offered = device.fourCharacterCodes()
        let tries = settings.formats.compactMap { format in
            format.codes.first { offered.contains($0) }.map { (format, $0) }
        }
        var offers: [FormatOffer] = []
        var codes: [UInt32] = []
        var refusal: CameraError?
        for (format, code) in tries {
            do throws(CameraError) {
                let agreement = try ask(device, format, code, settings)
                offers.append(agreement.offer)
                codes.append(code)
                if FormatChoice.hasSize(agreement.offer, settings), FormatChoice.hasRate(agreement.offer, settings) {
                    return agreement
                }
            } catch {
                // A device that is gone or held by another is not asked for the next format.
                if error.code == .absent || error.code == .refused { throw error }
                refusal = error
            }
        }
        if let best = FormatChoice.best(of: offers, for: settings) {
            return try ask(device, offers[best].format, codes[best], settings)
        }
        if let refusal { throw refusal }
        let names = offered.prefix(12).map(fourCharacters).joined(separator: ", ")
        throw CameraError(
            .wrongFormat,
            "\(settings.formats.map(\.rawValue).joined(separator: " or ")) asked; \(device.node) offers "
                + (names.isEmpty ? "no format at all" : "only \(names)")
                + ": allow one of MJPG, YUYV, NV12, GREY if it has it, or use another camera"
        )
    }

    private static func ask(
        _ device: borrowing V4L2Device,
        _ format: CameraPixelFormat,
        _ code: UInt32,
        _ settings: CameraSettings
    ) throws(CameraError) -> Agreement {
        let given = try device.setFormat(code, width: settings.width, height: settings.height)
        guard format.codes.contains(given.fourcc) else {
            throw CameraError(
                .wrongFormat,
                "\(device.node) was asked for \(fourCharacters(code)) and gives \(fourCharacters(given.fourcc))"
            )
        }
        guard !given.is_interlaced else {
            throw CameraError(.wrongFormat, "\(device.node) gives interlaced pictures, which smear moving plates")
        }
        let planeCount = max(1, Int(given.planes))
        guard planeCount <= 2, planeCount == 1 || given.fourcc == curbside_fourcc_nv12_apart else {
            throw CameraError(.wrongFormat, "\(device.node) gives \(fourCharacters(code)) in \(planeCount) planes")
        }
        let layout: FrameLayout
        do throws(CameraError) {
            layout = try FrameLayout(
                format: format,
                width: Int(given.width),
                height: Int(given.height),
                bytesPerLine: Int(given.bytes_per_line.0),
                colourBytesPerLine: planeCount == 2 ? Int(given.bytes_per_line.1) : nil,
                isFullRange: given.is_full_range
            )
        } catch {
            throw CameraError(.wrongFormat, "\(device.node) describes its pictures wrongly: \(error.message)")
        }
        let rate = device.setRate(settings.framesPerSecond)
        let offer = FormatOffer(format: format, width: layout.width, height: layout.height, framesPerSecond: rate)
        return Agreement(offer: offer, layout: layout, planeCount: planeCount)
    }
}

extension CameraPixelFormat {
    /// The V4L2 codes for it, the preferred one first.
    var codes: [UInt32] {
        switch self {
        case .mjpeg: [curbside_fourcc_mjpeg, curbside_fourcc_jpeg]
        case .yuyv: [curbside_fourcc_yuyv]
        case .nv12: [curbside_fourcc_nv12, curbside_fourcc_nv12_apart]
        case .grey: [curbside_fourcc_grey]
        }
    }
}

/// The four characters of a format's code, as V4L2's documentation writes them.
func fourCharacters(_ code: UInt32) -> String {
    let bytes = (0..<4).map { UInt8(truncatingIfNeeded: code >> (8 * $0)) & 0x7F }
    return String(decoding: bytes.map { (0x20..<0x7F).contains($0) ? $0 : 0x3F }, as: UTF8.self)
        .trimmingCharacters(in: .whitespaces)
}
