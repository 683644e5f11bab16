// What the configuration asks of one camera.
package import ParkingCore

/// The picture formats that we decode, by their V4L2 names.
package enum CameraPixelFormat: String, Sendable, Hashable, Codable, CaseIterable {
    /// Motion JPEG: the only one that lets four cameras share a USB 2 bus.
    case mjpeg = "MJPG"
    /// 4:2:2, two bytes a pixel: brightness, blue, brightness, red.
    case yuyv = "YUYV"
    /// 4:2:0: a plane of brightness, then one of blue and red in turns at half width and height.
    case nv12 = "NV12"
    /// Brightness only.
    case grey = "GREY"
}

/// What tells a camera from another of the same kind; each field that is set must fit.
package struct CameraIdentity: Sendable, Hashable, Codable {
    /// Serial number of the USB device.
    package var serial: String?
    /// Name that the driver gives the camera ("card").
    package var card: String?
    /// Where it is plugged in, as the driver says ("bus_info", such as usb-0000:00:14.0-2).
    package var bus: String?

    package init(serial: String? = nil, card: String? = nil, bus: String? = nil) {
        self.serial = serial
        self.card = card
        self.bus = bus
    }

    package var isEmpty: Bool { serial == nil && card == nil && bus == nil }
}

/// A control that the camera can see to itself.
package enum CameraControl: Sendable, Hashable {
    case automatic
    /// Exposure: steps of 100 microseconds. Gain: the driver's own units.
    case manual(Int)
}

package struct CameraSettings: Sendable, Hashable {
    package static let sizes = 16...8192
    package static let rates = 1.0...240.0

    package let id: CameraID
    /// A path that stays the same when the camera is plugged in again, such as /dev/curbside/camera-left or one below
    /// /dev/v4l/by-path; a symbolic link is followed anew at each opening.
    package let device: String
    /// In order of preference.
    package let formats: [CameraPixelFormat]
    package let width: Int
    package let height: Int
    package let framesPerSecond: Double
    /// nil: as the camera has it.
    package let exposure: CameraControl?
    package let gain: CameraControl?
    package let identity: CameraIdentity

    /// - Throws: `CameraError.Code.settings` naming what is absurd.
    package init(
        id: CameraID,
        device: String,
        formats: [CameraPixelFormat] = CameraPixelFormat.allCases,
        width: Int = 1280,
        height: Int = 720,
        framesPerSecond: Double = 15,
        exposure: CameraControl? = nil,
        gain: CameraControl? = nil,
        identity: CameraIdentity = CameraIdentity()
    ) throws(CameraError) {
        func refuse(_ words: String) -> CameraError { CameraError(.settings, "camera \(id): \(words)") }
        guard device.hasPrefix("/"), device.utf8.count < 1024, !device.utf8.contains(0) else {
            throw refuse(
                "the device '\(device.prefix(80))' must be an absolute path, such as /dev/curbside/camera-left"
            )
        }
        guard !formats.isEmpty, Set(formats).count == formats.count else {
            throw refuse("give one or more formats, each once: MJPG, YUYV, NV12, GREY")
        }
        guard Self.sizes.contains(width), Self.sizes.contains(height) else {
            throw refuse("\(width)x\(height) is no size: 16 to 8192 pixels a side")
        }
        guard Self.rates.contains(framesPerSecond) else {
            throw refuse("\(framesPerSecond) frames a second is no rate: 1 to 240")
        }
        if case .manual(let value) = exposure, !(1...100_000).contains(value) {
            throw refuse("an exposure of \(value) x 100 microseconds is absurd: 1 to 100000, or automatic")
        }
        if case .manual(let value) = gain, !(0...65_535).contains(value) {
            throw refuse("a gain of \(value) is absurd: 0 to 65535, or automatic")
        }
        self.id = id
        self.device = device
        self.formats = formats
        self.width = width
        self.height = height
        self.framesPerSecond = framesPerSecond
        self.exposure = exposure
        self.gain = gain
        self.identity = identity
    }
}
