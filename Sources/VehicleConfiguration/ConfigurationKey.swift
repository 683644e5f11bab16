// Every key of the vehicle's configuration: what it means, in which unit, within which limits, and its default.

/// What a value may be.
package enum ConfigurationKind: Sendable {
    /// Up to so many bytes; empty where that has a meaning.
    case text(most: Int)
    /// An absolute path of up to 4,000 bytes; empty where `mayBeEmpty`.
    case path(mayBeEmpty: Bool)
    /// As `ShortName` has it.
    case name
    case choice([String])
    case choices([String])
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// "auto" or an integer.
    case automatic(ClosedRange<Int>)
    case truth
}

package struct ConfigurationKey: Sendable {
    /// Table and key; in "camera.*.width" the star stands for a camera's name.
    package let path: String
    package let kind: ConfigurationKind
    /// "pixels", "seconds"; nil: it has none.
    package let unit: String?
    /// nil: it must be given.
    package let preset: ConfigurationContent?
    package let meaning: String

    package init(
        _ path: String,
        _ kind: ConfigurationKind,
        unit: String? = nil,
        preset: ConfigurationContent?,
        _ meaning: String
    ) {
        self.path = path
        self.kind = kind
        self.unit = unit
        self.preset = preset
        self.meaning = meaning
    }

    var table: String { String(path[..<(path.lastIndex(of: ".") ?? path.startIndex)]) }
    var name: String { String(path.split(separator: ".").last ?? "") }

    /// The environment variable that goes above the file: "patrol.data" is PATROLD_PATROL_DATA.
    static func environmentName(of path: String) -> String {
        "PATROLD_" + path.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "_" }.joined()
    }
}

extension ConfigurationKey {
    static let cameraTable = "camera"
    package static let pixelFormats = ["MJPG", "YUYV", "NV12", "GREY"]

    static let all: [ConfigurationKey] = patrol + camera + devices + limits

    private static let patrol: [ConfigurationKey] = [
        .init("patrol.vehicle", .name, preset: nil, "The vehicle's name, as the back office knows it."),
        .init("patrol.officer", .name, preset: nil, "The officer's badge, which tickets carry."),
        .init(
            "patrol.officers",
            .path(mayBeEmpty: true),
            preset: .text(""),
            "Badges and PINs, made by 'patrold officers add'; empty: nobody signs in, patrol.officer answers for all."
        ),
        .init(
            "patrol.city",
            .path(mayBeEmpty: false),
            preset: .text("/etc/patrold/city.yaml"),
            "The city's file: zones, rules, infractions."
        ),
        .init(
            "patrol.data",
            .path(mayBeEmpty: false),
            preset: .text("/var/lib/patrold"),
            "Folder for the database, photos and tickets; made, mode 0700, where it is missing."
        ),
        .init(
            "patrol.socket",
            .path(mayBeEmpty: false),
            preset: .text("/run/patrold/patrold.sock"),
            "Unix socket for console and status, 107 bytes at most."
        ),
        .init(
            "patrol.socket_mode",
            .choice(["0600", "0660"]),
            preset: .text("0600"),
            "Who may open the socket: the daemon's user, or its group too."
        ),
        .init(
            "patrol.numbers",
            .text(most: 15),
            preset: .text(""),
            "Ticket serials to use where no server leases any, such as \"1-500\"."
        ),
        .init(
            "patrol.models",
            .path(mayBeEmpty: true),
            preset: .text(""),
            "Folder with other networks than the built-in ones."
        ),
        .init(
            "patrol.places",
            .path(mayBeEmpty: true),
            preset: .text(""),
            "The municipality's address book, made by 'patrold places import'."
        ),
        .init(
            "patrol.keys",
            .path(mayBeEmpty: true),
            preset: .text(""),
            "Folder of the keys that sign evidence, made by 'patrold provision keys'; empty: evidence/keys in the data folder."
        ),
        .init(
            "patrol.log_level",
            .choice(["trace", "debug", "info", "notice", "warning", "error"]),
            preset: .text("notice"),
            "From which weight on messages go to stderr, which is the journal."
        ),
    ]

    private static let camera: [ConfigurationKey] = [
        .init(
            "camera.*.side",
            .choice(["front", "rear", "left", "right"]),
            preset: nil,
            "Which side of the vehicle it looks to."
        ),
        .init(
            "camera.*.angle_degrees",
            .automatic(-360...360),
            unit: "degrees",
            preset: .text("auto"),
            "Where it looks, clockwise from straight ahead; \"auto\": square to its side."
        ),
        .init(
            "camera.*.device",
            .path(mayBeEmpty: false),
            preset: nil,
            "Its stable name, such as /dev/curbside/camera-left (see the udev rules)."
        ),
        .init(
            "camera.*.formats",
            .choices(pixelFormats),
            preset: .list(pixelFormats),
            "Pixel formats by preference; the first that the device offers is used."
        ),
        .init("camera.*.width", .integer(160...7680), unit: "pixels", preset: .integer(1280), "Width of a frame."),
        .init("camera.*.height", .integer(120...4320), unit: "pixels", preset: .integer(720), "Height of a frame."),
        .init(
            "camera.*.frames_per_second",
            .integer(1...120),
            unit: "frames a second",
            preset: .integer(15),
            "Rate asked for."
        ),
        .init(
            "camera.*.exposure_microseconds",
            .automatic(100...1_000_000),
            unit: "microseconds",
            preset: .text("auto"),
            "Exposure of a frame, in steps of 100; \"auto\": the camera decides."
        ),
        .init(
            "camera.*.gain",
            .automatic(0...65_535),
            unit: "the device's own steps",
            preset: .text("auto"),
            "Amplification; \"auto\": the camera decides."
        ),
    ]

    private static let devices: [ConfigurationKey] = [
        .init("position.enabled", .truth, preset: .truth(true), "Whether to ask gpsd where the vehicle is."),
        .init("position.gpsd_host", .text(most: 253), preset: .text("127.0.0.1"), "Where gpsd runs."),
        .init("position.gpsd_port", .integer(1...65_535), preset: .integer(2947), "Its TCP port."),
        .init(
            "printer.name",
            .text(most: 127),
            preset: .text(""),
            "CUPS' name of the ticket printer; empty: tickets are PDF files in the data folder."
        ),
        .init("printer.width", .choice(["4in", "80mm", "58mm"]), preset: .text("4in"), "Width of its paper."),
        .init(
            "printer.server",
            .text(most: 200),
            preset: .text(""),
            "cupsd: path of its socket, or HOST[:PORT]; empty: CUPS' own default."
        ),
        .init(
            "printer.first",
            .choice(["english", "french"]),
            preset: .text("english"),
            "Language that stands first on a ticket."
        ),
        .init(
            "server.address",
            .text(most: 200),
            preset: .text(""),
            "The back office, such as http://127.0.0.1:8311; empty: none."
        ),
        .init(
            "metrics.port",
            .integer(0...65_535),
            preset: .integer(0),
            "Loopback TCP port that answers /metrics; 0: only the socket does."
        ),
    ]

    private static let limits: [ConfigurationKey] = [
        .init(
            "recognition.tell_after_seconds",
            .number(0.05...2),
            unit: "seconds",
            preset: .number(0.18),
            "Wait after a car's last useful frame until its pass is told: a longer one reads better."
        ),
        .init(
            "chalk.due_soon_minutes",
            .integer(1...240),
            unit: "minutes",
            preset: .integer(5),
            "How far ahead the list of cars that are overtime soon looks."
        ),
        .init(
            "disk.low_mebibytes",
            .integer(64...1_048_576),
            unit: "MiB",
            preset: .integer(2048),
            "Free space of the data folder below which health says low."
        ),
        .init(
            "disk.full_mebibytes",
            .integer(16...1_048_576),
            unit: "MiB",
            preset: .integer(256),
            "Free space below which health says full."
        ),
        .init(
            "retention.reads_hours",
            .integer(1...720),
            unit: "hours",
            preset: .integer(24),
            "Reads without a hit are erased so long after they were taken, photos with them; marked cars once their limit is over."
        ),
        .init(
            "retention.unsent_hours",
            .integer(1...2160),
            unit: "hours",
            preset: .integer(168),
            "The same for reads that the back office has not got, at least reads_hours; without a back office reads_hours holds."
        ),
        .init(
            "watchdog.hang_seconds",
            .number(5...120),
            unit: "seconds",
            preset: .number(15),
            "A camera loop or recognition thread that shows no life for so long is a hang: systemd restarts."
        ),
    ]
}
