// A recorded patrol on disk: a folder with a manifest, camera videos or picture sequences, and an NMEA log.
package import Foundation
package import ParkingCore

package struct Recording: Sendable {
    /// `manifest.json`, as written.
    private struct Manifest: Decodable {
        let version: Int
        let name: String
        let vehicle: VehicleID
        let officer: OfficerID
        let start: Date
        let track: String?
        let cameras: [ManifestCamera]
    }

    private struct ManifestCamera: Decodable {
        let camera: CameraID
        let side: CameraSide
        let angleDegrees: Double?
        let video: String?
        let frames: String?
        let times: String?
        let startOffsetSeconds: Double?
    }

    package enum Pictures: Sendable {
        case video(URL)
        /// Pictures with the second of each, in time order.
        case frames([(file: URL, seconds: Double)])
    }

    package struct Camera: Sendable {
        package let camera: CameraID
        package let side: CameraSide
        /// Where it looks, clockwise from straight ahead; square to its side where the manifest does not say.
        package let angleDegrees: Double
        package let pictures: Pictures
        /// Added to the pictures' own times.
        package let startOffsetSeconds: Double
    }

    package let name: String
    package let vehicle: VehicleID
    package let officer: OfficerID
    package let start: Date
    /// NMEA 0183 log; nil: recorded without a receiver.
    package let track: URL?
    package let cameras: [Camera]

    /// - Throws: `EngineError` that names the file or the manifest's field, and the cure.
    package init(folder: URL) throws(EngineError) {
        let file = folder.appending(path: "manifest.json")
        let data: Data
        do {
            data = try Data(contentsOf: file)
        } catch {
            throw EngineError(
                .recording,
                "\(file.path) cannot be read: a recording is a folder with a manifest.json",
                cause: error
            )
        }
        let manifest: Manifest
        do {
            manifest = try WireCoding.decoder().decode(Manifest.self, from: data)
        } catch {
            throw EngineError(.recording, "\(file.path) is not a recording's manifest: \(Self.words(error))")
        }
        guard manifest.version == 1 else {
            throw EngineError(
                .recording,
                "\(file.path) has version \(manifest.version); this program reads version 1: use a newer one"
            )
        }
        guard (1...4).contains(manifest.cameras.count) else {
            throw EngineError(.recording, "\(file.path) names \(manifest.cameras.count) cameras; 1 to 4 are possible")
        }
        guard Set(manifest.cameras.map(\.camera)).count == manifest.cameras.count else {
            throw EngineError(.recording, "\(file.path) names a camera twice; give each its own name")
        }
        name = manifest.name
        vehicle = manifest.vehicle
        officer = manifest.officer
        start = manifest.start
        track = try manifest.track.map { name throws(EngineError) in try Self.inside(folder, name) }
        var cameras: [Camera] = []
        for entry in manifest.cameras { cameras.append(try Self.camera(entry, in: folder)) }
        self.cameras = cameras
    }

    private static func camera(_ entry: ManifestCamera, in folder: URL) throws(EngineError) -> Camera {
        let pictures: Pictures
        switch (entry.video, entry.frames, entry.times) {
        case (let video?, nil, nil): pictures = .video(try inside(folder, video))
        case (nil, let frames?, let times?):
            pictures = .frames(try sequence(times: try inside(folder, times), folder: try inside(folder, frames)))
        default:
            throw EngineError(
                .recording,
                "camera \(entry.camera): give either 'video', or both 'frames' (a folder) and 'times' (a CSV)"
            )
        }
        let angle = entry.angleDegrees ?? entry.side.angleDegrees
        guard (-360...360).contains(angle) else {
            throw EngineError(
                .recording,
                "camera \(entry.camera): angleDegrees is \(angle); give -360 to 360, clockwise from straight ahead"
            )
        }
        return Camera(
            camera: entry.camera,
            side: entry.side,
            angleDegrees: (angle + 360).truncatingRemainder(dividingBy: 360),
            pictures: pictures,
            startOffsetSeconds: entry.startOffsetSeconds ?? 0
        )
    }

    /// A file that the manifest names: below the recording's folder, and there.
    private static func inside(_ folder: URL, _ name: String) throws(EngineError) -> URL {
        let base = folder.standardizedFileURL.path
        let url = folder.appending(path: name).standardizedFileURL
        guard url.path.hasPrefix(base + "/") else {
            throw EngineError(.recording, "the manifest names '\(name)', which is outside the recording's folder")
        }
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw EngineError(.recording, "\(url.path) is missing, but the manifest names it")
        }
        return url
    }

    /// Reads `frame,seconds` rows (with that header); seconds must not fall.
    private static func sequence(times: URL, folder: URL) throws(EngineError) -> [(file: URL, seconds: Double)] {
        guard let text = try? String(contentsOf: times, encoding: .utf8) else {
            throw EngineError(.recording, "\(times.path) is not UTF-8 text")
        }
        let lines = text.split(whereSeparator: \.isNewline)
        guard lines.first == "frame,seconds" else {
            throw EngineError(.recording, "\(times.path) must begin with the line 'frame,seconds'")
        }
        var rows: [(file: URL, seconds: Double)] = []
        for (index, line) in lines.enumerated().dropFirst() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 2, let seconds = Double(fields[1]), seconds.isFinite, seconds >= 0,
                seconds >= rows.last?.seconds ?? 0
            else {
                throw EngineError(
                    .recording,
                    "\(times.path), line \(index + 1): 'FRAME,SECONDS' expected, seconds not falling"
                )
            }
            rows.append((try inside(folder, String(fields[0])), seconds))
        }
        guard !rows.isEmpty else { throw EngineError(.recording, "\(times.path) names no frame") }
        return rows
    }

    private static func words(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        func path(_ context: DecodingError.Context) -> String {
            context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context):
            return "'\(key.stringValue)' is missing\(context.codingPath.isEmpty ? "" : " in \(path(context))")"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(path(context)): \(context.debugDescription)"
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty ? "it is not valid JSON" : "\(path(context)): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }
}
