// From a stable name to the device node of today, and from a node to its neighbours and serial number (sysfs).
internal import Foundation

enum DeviceNodes {
    private static let classFolder = "/sys/class/video4linux"

    /// Follows symbolic links, anew each time: after a plug the same name may lead elsewhere.
    /// - Throws: `CameraError.Code.absent`.
    static func resolve(_ device: String) throws(CameraError) -> String {
        guard let path = realpath(device, nil) else {
            throw CameraError(
                .absent,
                "\(device) is not there: is the camera plugged in and powered? ('patrold cameras list' shows what is)"
            )
        }
        defer { free(path) }
        return String(cString: path)
    }

    /// The other nodes of the same device: a UVC camera has one for pictures and one for metadata.
    static func neighbours(ofNode node: String) -> [String] {
        let name = URL(filePath: node).lastPathComponent
        let folder = "\(classFolder)/\(name)/device/video4linux"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0 != name && $0.hasPrefix("video") }.sorted(by: inOrder).map { "/dev/\($0)" }
    }

    /// Serial number of the USB device that a node belongs to; nil: none, or it is no USB device.
    static func serial(ofNode node: String) -> String? {
        let name = URL(filePath: node).lastPathComponent
        // The node's device is the USB interface; its parent is the USB device.
        guard let path = realpath("\(classFolder)/\(name)/device", nil) else { return nil }
        defer { free(path) }
        let parent = URL(filePath: String(cString: path)).deletingLastPathComponent()
        guard let text = try? String(contentsOf: parent.appending(path: "serial"), encoding: .utf8) else { return nil }
        let serial = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return serial.isEmpty ? nil : serial
    }

    /// All video nodes, by number.
    static func all() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/dev")) ?? []
        return names.filter { $0.wholeMatch(of: /video[0-9]+/) != nil }.sorted(by: inOrder).map { "/dev/\($0)" }
    }

    /// Symbolic links that lead to a node and outlive a plug.
    static func stableNames(ofNode node: String) -> [String] {
        ["/dev/curbside", "/dev/v4l/by-path", "/dev/v4l/by-id"].flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.sorted().map { "\(folder)/\($0)" }.filter { (try? resolve($0)) == node }
        }
    }

    private static func inOrder(_ a: String, _ b: String) -> Bool {
        a.count == b.count ? a < b : a.count < b.count
    }
}
