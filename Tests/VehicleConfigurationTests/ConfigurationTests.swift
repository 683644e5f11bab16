// A configuration file is taken as it says, or refused with the place of each fault.
import ParkingCore
import Testing

@testable import VehicleConfiguration

private let small = """
    [patrol]
    vehicle = "patrol-1"   # painted on the door
    officer = '412'
    data = "/srv/patrol"

    [camera.left]
    side = "left"
    device = "/dev/curbside/camera-left"
    formats = ["YUYV", "MJPG"]
    exposure_microseconds = 2_000

    [recognition]
    tell_after_seconds = 0.2
    """

private func problems(
    _ text: String,
    environment: [String: String] = [:],
    flags: [String] = []
) -> [String] {
    do {
        _ = try VehicleConfiguration(text: text, path: "patrold.toml", environment: environment, flags: flags)
        return []
    } catch {
        return error.problems
    }
}

@Suite struct ConfigurationTests {
    @Test func `what the file says is taken, the rest has its default`() throws {
        let configuration = try VehicleConfiguration(text: small, path: "patrold.toml")
        #expect(configuration.vehicle.text == "patrol-1" && configuration.officer.text == "412")
        #expect(configuration.data == "/srv/patrol" && configuration.socket == "/run/patrold/patrold.sock")
        let camera = try #require(configuration.cameras.first)
        #expect(camera.id.text == "left" && camera.side == .left && camera.formats == ["YUYV", "MJPG"])
        #expect(camera.width == 1280 && camera.height == 720 && camera.framesPerSecond == 15)
        #expect(camera.exposureMicroseconds == 2000 && camera.gain == nil)
        #expect(configuration.tellAfterSeconds == 0.2 && configuration.gpsdPort == 2947)
        #expect(configuration.server == nil && configuration.metricsPort == nil && configuration.numbers == nil)
    }

    @Test func `flags stand above the environment, and that above the file`() throws {
        let environment = ["PATROLD_PATROL_DATA": "/from/environment", "PATROLD_CAMERA_LEFT_WIDTH": "640", "HOME": "/"]
        let configuration = try VehicleConfiguration(
            text: small,
            path: "patrold.toml",
            environment: environment,
            flags: ["patrol.data=/from/flag", "metrics.port=9100", "position.enabled=false"]
        )
        #expect(configuration.data == "/from/flag" && configuration.cameras[0].width == 640)
        #expect(configuration.metricsPort == 9100 && !configuration.positionEnabled)
        #expect(configuration.listing.contains { $0.hasPrefix("camera.left.width = 640") && $0.contains("PATROLD_") })
    }

    @Test(arguments: [
        ("vehicle = \"patrol-1\"", "vehicle = \"\"", "patrold.toml:2: patrol.vehicle: '' is refused"),
        ("side = \"left\"", "side = \"up\"", "patrold.toml:7: camera.left.side: 'up' is none of front, rear"),
        (
            "exposure_microseconds = 2_000", "width = 128000",
            "patrold.toml:10: camera.left.width: 128000 is outside 160"
        ),
        ("exposure_microseconds = 2_000", "exposure_microseconds = 2050", "patrold.toml:10: camera.left.exposure"),
        (
            "exposure_microseconds = 2_000", "gain = \"high\"",
            "patrold.toml:10: camera.left.gain: \"high\" is no \"auto\""
        ),
        ("data = \"/srv/patrol\"", "data = \"srv\"", "patrold.toml:4: patrol.data: 'srv' is no absolute path"),
        (
            "data = \"/srv/patrol\"", "dta = \"/srv\"",
            "patrold.toml:4: patrol.dta: there is no such key; is 'patrol.data'"
        ),
        ("data = \"/srv/patrol\"", "numbers = \"500-1\"", "patrold.toml:4: patrol.numbers: FIRST-LAST"),
        ("tell_after_seconds = 0.2", "tell_after_seconds = nan", "patrold.toml:13: 'nan' is no number"),
        ("tell_after_seconds = 0.2", "tell_after_seconds = 1e999", "patrold.toml:13: '1e999' is no number"),
        ("tell_after_seconds = 0.2", "tell_after_seconds 0.2", "patrold.toml:13: 'tell_after_seconds' is not followed"),
        ("[recognition]", "[patrol]", "patrold.toml:12: [patrol]: given twice"),
        ("officer = '412'", "vehicle = \"b\"", "patrold.toml:3: patrol.vehicle: given twice"),
        ("device = \"/dev/curbside/camera-left\"", "", "patrold.toml: camera.left.device is missing"),
        ("officer = '412'", "officer = 412", "patrold.toml:3: patrol.officer: 412 is no name in quotes"),
        ("officer = '412'", "officer = \"412", "patrold.toml:3: the text is not closed"),
        ("[recognition]", "[[recognition]]", "patrold.toml:12: lists of tables"),
    ])
    func `a fault is named with file, line and key`(_ part: String, _ fault: String, _ words: String) {
        let found = problems(small.replacing(part, with: fault))
        #expect(found.contains { $0.hasPrefix(words) }, "\(found)")
    }

    @Test func `all faults are told at once`() {
        let text = small.replacing("'412'", with: "''").replacing("0.2", with: "20").replacing("left\"", with: "\"")
        #expect(problems(text).count >= 3)
    }

    @Test func `a device that two cameras share, five cameras, and none are refused`() {
        let more = (2...5).map { "\n[camera.c\($0)]\nside = \"rear\"\ndevice = \"/dev/video\($0)\"" }.joined()
        #expect(problems(small + more).contains { $0.contains("5 cameras are named") })
        let twin = "\n[camera.right]\nside = \"right\"\ndevice = \"/dev/curbside/camera-left\""
        #expect(problems(small + twin).contains { $0.hasPrefix("patrold.toml:16: camera.right.device") })
        #expect(problems("[patrol]\nvehicle = \"a\"\nofficer = \"b\"").contains { $0.contains("0 cameras") })
    }

    @Test func `a variable and a flag that are no key are refused by name`() {
        #expect(problems(small, environment: ["PATROLD_PATROL_DTA": "x"]).first?.contains("PATROLD_PATROL_DTA") == true)
        #expect(problems(small, flags: ["patrol.data"]).first?.contains("KEY=VALUE") == true)
        #expect(problems(small, flags: ["metrics.port=high"]).first?.hasPrefix("--set metrics.port=high") == true)
    }

    @Test func `the printed defaults are a valid file with every key`() throws {
        let text = VehicleConfiguration.defaultsFile
        let printed = try VehicleConfiguration(text: text, path: "defaults")
        #expect(printed.listing.allSatisfy { $0.contains("# defaults:") })
        #expect(printed.listing.count == ConfigurationKey.all.count)
        #expect(printed.cameras.first?.device == "/dev/curbside/camera-left" && printed.gpsdPort == 2947)
        for key in ConfigurationKey.all { #expect(text.contains("# \(key.meaning)\n"), "\(key.path)") }
    }

    @Test func `hostile text is refused, never a crash`() {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("[]={}\"'\\.#, \n\t0aé\u{0}-_")
        for _ in 0..<2000 {
            let text = String((0..<Int.random(in: 0...60)).map { _ in letters.randomElement(using: &generator) ?? "x" })
            #expect(!problems(text).isEmpty)
        }
        #expect(!problems(String(repeating: "[", count: 100_000)).isEmpty)
    }
}
