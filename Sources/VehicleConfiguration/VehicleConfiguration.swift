// What a vehicle's daemon is told: read once at the start, checked, then a plain value.
package import ParkingCore

package struct VehicleConfiguration: Sendable {
    package struct Camera: Sendable {
        package let id: CameraID
        package let side: CameraSide
        /// Where it looks, clockwise from straight ahead, 0 ..< 360.
        package let angleDegrees: Double
        package let device: String
        /// FourCCs by preference, of `ConfigurationKey.pixelFormats`.
        package let formats: [String]
        package let width: Int
        package let height: Int
        package let framesPerSecond: Int
        /// nil: the camera decides.
        package let exposureMicroseconds: Int?
        package let gain: Int?
    }

    package let vehicle: VehicleID
    package let officer: OfficerID
    /// File of those who may sign in; nil: nobody signs in.
    package let officers: String?
    package let city: String
    package let data: String
    package let socket: String
    /// Permission bits.
    package let socketMode: Int
    package let numbers: ClosedRange<Int>?
    /// nil: the built-in networks.
    package let models: String?
    /// The municipality's address book; nil: places are told by zone and position.
    package let places: String?
    /// Folder of the keys that sign evidence; nil: within the data folder.
    package let keys: String?
    package let logLevel: String
    package let cameras: [Camera]
    package let positionEnabled: Bool
    package let gpsdHost: String
    package let gpsdPort: Int
    /// CUPS' name; nil: tickets are PDF files.
    package let printer: String?
    package let paperWidth: String
    /// nil: CUPS' own default.
    package let printServer: String?
    package let isFrenchFirst: Bool
    /// nil: there is no back office.
    package let server: String?
    /// nil: the socket alone answers.
    package let metricsPort: Int?
    package let tellAfterSeconds: Double
    package let dueSoonMinutes: Int
    package let diskLowBytes: Int64
    package let diskFullBytes: Int64
    package let retentionReadsSeconds: Double
    /// Never less than `retentionReadsSeconds`, and the same without a back office.
    package let retentionUnsentSeconds: Double
    package let hangSeconds: Double
    /// Every key with its value and where that stands, in the order of the keys' names.
    package let listing: [String]

    /// - Parameters: as `ConfigurationLayers` has them.
    /// - Throws: `ConfigurationError` with all that is wrong.
    package init(
        text: String,
        path: String,
        environment: [String: String] = [:],
        flags: [String] = []
    ) throws(ConfigurationError) {
        let layers = ConfigurationLayers(text: text, path: path, environment: environment, flags: flags)
        var problems = layers.problems
        let values = Values(values: layers.values)
        problems += values.contradictions(cameras: layers.cameras)
        guard problems.isEmpty, let vehicle = try? VehicleID(values.text("patrol.vehicle")),
            let officer = try? OfficerID(values.text("patrol.officer"))
        else { throw ConfigurationError(problems: problems) }
        self.vehicle = vehicle
        self.officer = officer
        officers = values.filled("patrol.officers")
        city = values.text("patrol.city")
        data = values.text("patrol.data")
        socket = values.text("patrol.socket")
        socketMode = Int(values.text("patrol.socket_mode"), radix: 8) ?? 0o600
        numbers = Values.serials(values.text("patrol.numbers"))
        models = values.filled("patrol.models")
        places = values.filled("patrol.places")
        keys = values.filled("patrol.keys")
        logLevel = values.text("patrol.log_level")
        cameras = layers.cameras.compactMap(values.camera)
        positionEnabled = values.truth("position.enabled")
        gpsdHost = values.text("position.gpsd_host")
        gpsdPort = values.integer("position.gpsd_port")
        printer = values.filled("printer.name")
        paperWidth = values.text("printer.width")
        printServer = values.filled("printer.server")
        isFrenchFirst = values.text("printer.first") == "french"
        server = values.filled("server.address")
        metricsPort = values.integer("metrics.port") == 0 ? nil : values.integer("metrics.port")
        tellAfterSeconds = values.number("recognition.tell_after_seconds")
        dueSoonMinutes = values.integer("chalk.due_soon_minutes")
        diskLowBytes = Int64(values.integer("disk.low_mebibytes")) << 20
        diskFullBytes = Int64(values.integer("disk.full_mebibytes")) << 20
        let readsHours = values.integer("retention.reads_hours")
        retentionReadsSeconds = Double(readsHours) * 3600
        retentionUnsentSeconds =
            Double(server == nil ? readsHours : max(readsHours, values.integer("retention.unsent_hours"))) * 3600
        hangSeconds = values.number("watchdog.hang_seconds")
        listing = layers.values.sorted { $0.key < $1.key }.map { path, value in
            "\(path) = \(value.content)    # \(value.origin)"
        }
    }
}

/// Checked values by key: every key is there and of its kind.
private struct Values {
    let values: [String: ConfigurationValue]

    func text(_ path: String) -> String {
        if case .text(let text)? = values[path]?.content { text } else { "" }
    }

    func filled(_ path: String) -> String? {
        let text = text(path)
        return text.isEmpty ? nil : text
    }

    func integer(_ path: String) -> Int {
        if case .integer(let integer)? = values[path]?.content { integer } else { 0 }
    }

    /// nil: "auto".
    func automatic(_ path: String) -> Int? {
        if case .integer(let integer)? = values[path]?.content { integer } else { nil }
    }

    func number(_ path: String) -> Double {
        switch values[path]?.content {
        case .number(let number): number
        case .integer(let integer): Double(integer)
        default: 0
        }
    }

    func truth(_ path: String) -> Bool {
        if case .truth(let truth)? = values[path]?.content { truth } else { false }
    }

    func list(_ path: String) -> [String] {
        if case .list(let items)? = values[path]?.content { items } else { [] }
    }

    func camera(_ name: String) -> VehicleConfiguration.Camera? {
        let table = "camera.\(name)"
        guard let id = try? CameraID(name), let side = CameraSide(rawValue: text("\(table).side")) else { return nil }
        return VehicleConfiguration.Camera(
            id: id,
            side: side,
            angleDegrees: Double(((automatic("\(table).angle_degrees") ?? Int(side.angleDegrees)) + 360) % 360),
            device: text("\(table).device"),
            formats: list("\(table).formats"),
            width: integer("\(table).width"),
            height: integer("\(table).height"),
            framesPerSecond: integer("\(table).frames_per_second"),
            exposureMicroseconds: automatic("\(table).exposure_microseconds"),
            gain: automatic("\(table).gain")
        )
    }

    /// FIRST-LAST; nil for an empty text, and for what is none.
    static func serials(_ text: String) -> ClosedRange<Int>? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let first = parts[0], let last = parts[1], first <= last,
            TicketNumber.serials.contains(first), TicketNumber.serials.contains(last)
        else { return nil }
        return first...last
    }

    /// What each value alone allows but all together do not.
    func contradictions(cameras: [String]) -> [String] {
        var found: [String] = []
        func add(_ path: String, _ words: String) {
            if let value = values[path] { found.append("\(value.origin): \(path): \(words)") }
        }
        if text("patrol.socket").utf8.count > 107 { add("patrol.socket", "a socket's path has 107 bytes at most") }
        if filled("patrol.numbers") != nil && Self.serials(text("patrol.numbers")) == nil {
            add("patrol.numbers", "FIRST-LAST within 1-9999999 is expected, such as \"1-500\"")
        }
        if integer("disk.full_mebibytes") >= integer("disk.low_mebibytes") {
            add("disk.full_mebibytes", "must be less than disk.low_mebibytes (\(integer("disk.low_mebibytes")))")
        }
        let isPrinterName = text("printer.name").utf8.allSatisfy { byte in
            byte.isLetterOrDigit || [UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
        }
        if !isPrinterName { add("printer.name", "letters, digits, '-', '_' and '.' are CUPS' names") }
        if text("position.gpsd_host").isEmpty {
            add("position.gpsd_host", "is empty; without gpsd write position.enabled = false")
        }
        var devices: [String: String] = [:]
        for camera in cameras {
            let path = "camera.\(camera).device"
            guard let device = filled(path) else { continue }
            if let other = devices[device] { add(path, "\(device) is camera \(other)'s already") }
            devices[device] = camera
            if let microseconds = automatic("camera.\(camera).exposure_microseconds"), microseconds % 100 != 0 {
                add("camera.\(camera).exposure_microseconds", "\(microseconds) is no multiple of 100")
            }
        }
        return found
    }
}

extension UInt8 {
    fileprivate var isLetterOrDigit: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self)
    }
}
