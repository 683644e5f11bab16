// What cameras there are, for who writes the configuration.
internal import Foundation

/// A device node that gives pictures, or the reason why it cannot be asked.
package struct ListedCamera: Sendable, Codable, Hashable {
    package struct Format: Sendable, Codable, Hashable {
        /// Four characters, such as MJPG.
        package let name: String
        package let isUsable: Bool
        /// As "1280x720" or, with a known highest rate, "1280x720 to 30/s"; ranges as "32x32 to 1920x1080".
        package let sizes: [String]
    }

    package let node: String
    /// Names that stay the same when it is plugged in again: one of these belongs into the configuration.
    package let stableNames: [String]
    package let driver: String?
    package let identity: CameraIdentity
    package let formats: [Format]
    /// Why it could not be asked; nil: it was.
    package let fault: String?
}

package enum CameraList {
    /// All nodes that give pictures. Opens each, and changes nothing of it.
    package static func read() -> [ListedCamera] {
        DeviceNodes.all().compactMap { node in
            let names = DeviceNodes.stableNames(ofNode: node)
            do throws(CameraError) {
                let device = try V4L2Device(node: node)
                guard device.isCapture else { return nil }
                return ListedCamera(
                    node: node,
                    stableNames: names,
                    driver: device.driver,
                    identity: device.identity,
                    formats: formats(of: device),
                    fault: nil
                )
            } catch {
                return ListedCamera(
                    node: node,
                    stableNames: names,
                    driver: nil,
                    identity: CameraIdentity(serial: DeviceNodes.serial(ofNode: node)),
                    formats: [],
                    fault: error.message
                )
            }
        }
    }

    private static func formats(of device: borrowing V4L2Device) -> [ListedCamera.Format] {
        var formats: [ListedCamera.Format] = []
        for code in device.fourCharacterCodes() {
            let isUsable = CameraPixelFormat.allCases.contains { $0.codes.contains(code) }
            // Sizes of formats that we cannot read help nobody, and some devices list a hundred.
            var sizes = isUsable ? device.sizes(of: code) : []
            for (index, size) in sizes.enumerated() {
                let sides = size.split(separator: "x").compactMap { Int($0) }
                guard sides.count == 2, let rate = device.highestRate(of: code, width: sides[0], height: sides[1])
                else { continue }
                sizes[index] = "\(size) to \(Int(rate.rounded()))/s"
            }
            formats.append(.init(name: fourCharacters(code), isUsable: isUsable, sizes: sizes))
        }
        return formats
    }
}
