// An opened V4L2 device: what it is, what it offers, and the setting of format, rate and controls.
internal import CV4L2
internal import Foundation

#if canImport(Glibc)
internal import Glibc
#endif

/// Closed when it goes, unless the descriptor was taken out of it.
struct V4L2Device: ~Copyable {
    let node: String
    let driver: String
    let identity: CameraIdentity
    /// The device has only the multi-planar interface.
    let isPlanar: Bool
    let isCapture: Bool
    private var descriptor: Int32

    init(node: String) throws(CameraError) {
        let opened = curbside_open(node)
        guard opened >= 0 else { throw CameraError(number: -opened, action: "open", node: node) }
        var answer = curbside_identity()
        let failure = curbside_identify(opened, &answer)
        guard failure == 0 else {
            Glibc.close(opened)
            throw CameraError(number: failure, action: "identify", node: node)
        }
        self.node = node
        descriptor = opened
        driver = text(of: answer.driver)
        identity = CameraIdentity(
            serial: DeviceNodes.serial(ofNode: node),
            card: text(of: answer.card),
            bus: text(of: answer.bus)
        )
        let capabilities = answer.node_capabilities
        let isSingle = capabilities & curbside_capable_capture != 0
        isPlanar = !isSingle && capabilities & curbside_capable_capture_planes != 0
        isCapture = (isSingle || isPlanar) && capabilities & curbside_capable_streaming != 0
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    /// Hands the descriptor over to who closes it from now on.
    mutating func takeDescriptor() -> Int32 {
        defer { descriptor = -1 }
        return descriptor
    }

    /// Every format that the device names, by its four characters, whether we know it or not.
    func fourCharacterCodes() -> [UInt32] {
        var codes: [UInt32] = []
        var code: UInt32 = 0
        // No driver lists more than some hundred; the bound is for one that never ends.
        while codes.count < 512, curbside_format_at(descriptor, isPlanar, UInt32(codes.count), &code) == 0 {
            codes.append(code)
        }
        return codes
    }

    /// Sizes as words, such as "640x480" or "32x32 to 1920x1080".
    func sizes(of code: UInt32) -> [String] {
        var sizes: [String] = []
        var range = curbside_range()
        while sizes.count < 64, curbside_size_at(descriptor, code, UInt32(sizes.count), &range) == 0 {
            let least = "\(range.a_least)x\(range.b_least)"
            sizes.append(range.is_range ? "\(least) to \(range.a_most)x\(range.b_most)" : least)
        }
        return sizes
    }

    /// Highest rate of a size, in frames a second; nil where the driver does not say.
    func highestRate(of code: UInt32, width: Int, height: Int) -> Double? {
        var highest: Double?
        var range = curbside_range()
        var index: UInt32 = 0
        while index < 64,
            curbside_interval_at(descriptor, code, UInt32(width), UInt32(height), index, &range) == 0
        {
            if range.a_least > 0 { highest = max(highest ?? 0, Double(range.b_least) / Double(range.a_least)) }
            index += 1
        }
        return highest
    }

    func setFormat(_ code: UInt32, width: Int, height: Int) throws(CameraError) -> curbside_format {
        var format = curbside_format()
        format.fourcc = code
        format.width = UInt32(width)
        format.height = UInt32(height)
        try check(curbside_set_format(descriptor, isPlanar, &format), "set the format of", node)
        return format
    }

    /// - Returns: the rate that the driver set; nil: it does not say, or has only one.
    func setRate(_ framesPerSecond: Double) -> Double? {
        var numerator: UInt32 = 1000
        var denominator = UInt32((framesPerSecond * 1000).rounded())
        guard curbside_set_interval(descriptor, isPlanar, &numerator, &denominator) == 0, numerator > 0, denominator > 0
        else { return nil }
        return Double(denominator) / Double(numerator)
    }

    /// Sets exposure and gain.
    /// - Returns: what could not be set as asked, in words.
    func setControls(_ settings: CameraSettings) -> [String] {
        var notes: [String] = []
        switch settings.exposure {
        case nil: break
        case .automatic:
            // UVC cameras know 'aperture priority' only.
            if !set(curbside_control_exposure_mode, curbside_exposure_aperture),
                !set(curbside_control_exposure_mode, curbside_exposure_automatic)
            {
                notes.append("it has no automatic exposure")
            }
        case .manual(let value):
            _ = set(curbside_control_exposure_mode, curbside_exposure_manual)
            if let note = set(curbside_control_exposure, value, named: "exposure") { notes.append(note) }
        }
        switch settings.gain {
        case nil: break
        case .automatic:
            if !set(curbside_control_gain_automatic, 1) { notes.append("it has no automatic gain") }
        case .manual(let value):
            _ = set(curbside_control_gain_automatic, 0)
            if let note = set(curbside_control_gain, value, named: "gain") { notes.append(note) }
        }
        return notes
    }

    private func set(_ control: UInt32, _ value: Int32) -> Bool {
        curbside_set_control(descriptor, control, value) == 0
    }

    private func set(_ control: UInt32, _ value: Int, named name: String) -> String? {
        var limits = curbside_control()
        guard curbside_control_limits(descriptor, control, &limits) == 0, !limits.is_disabled, !limits.is_read_only
        else { return "it has no \(name) that can be set" }
        let allowed = min(max(Int32(clamping: value), limits.least), max(limits.least, limits.most))
        let failure = curbside_set_control(descriptor, control, allowed)
        if failure != 0 { return "its \(name) could not be set: \(String(cString: strerror(failure)))" }
        return Int(allowed) == value
            ? nil : "\(name) \(value) asked, \(allowed) set: it allows \(limits.least) to \(limits.most)"
    }
}

/// The text of a fixed array of C characters, up to its first zero.
private func text<Characters>(of characters: Characters) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
}
