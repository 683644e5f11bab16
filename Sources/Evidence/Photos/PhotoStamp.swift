package import Foundation
// What is known of the moment when a photo was taken, and goes into its metadata.
package import ParkingCore

/// Where, when and by which camera. Never the plate: a photo that is passed on shows what it shows, and no more.
package struct PhotoStamp: Hashable, Sendable {
    /// Wall time of the frame.
    package let time: Date
    /// IANA name, such as "America/Toronto": the photo's local time is the city's.
    package let timeZone: String
    /// Position for that instant; nil leaves the position out.
    package let fix: Fix?
    package let vehicle: VehicleID
    package let camera: CameraID
    /// Where the camera looks, in degrees clockwise from the vehicle's heading (right: 90); nil: not known.
    package let cameraAngleDegrees: Double?
    /// The read that the photo belongs to: becomes the photo's unique ID.
    package let read: UUIDv7

    package init(
        time: Date,
        timeZone: String,
        fix: Fix?,
        vehicle: VehicleID,
        camera: CameraID,
        cameraAngleDegrees: Double?,
        read: UUIDv7
    ) {
        self.time = time
        self.timeZone = timeZone
        self.fix = fix
        self.vehicle = vehicle
        self.camera = camera
        self.cameraAngleDegrees = cameraAngleDegrees
        self.read = read
    }

    /// Direction in which the camera looked, degrees clockwise from true north; nil unless heading and angle are known.
    var imageDirectionDegrees: Double? {
        cameraAngleDegrees.flatMap { fix?.viewDegrees(cameraAngleDegrees: $0) }
    }
}

/// An instant taken apart as EXIF writes it.
struct CivilTime {
    let year: Int
    let month: Int
    let day: Int
    let hour: Int
    let minute: Int
    let second: Int
    let millisecond: Int
    /// Local minus universal time.
    let offsetSeconds: Int

    /// - Throws: `EvidenceError.unknownTimeZone`.
    init(_ date: Date, zone name: String) throws(EvidenceError) {
        guard let zone = TimeZone(identifier: name) else {
            throw EvidenceError(
                .unknownTimeZone,
                "'\(name.prefix(80))' is no time zone; write the city's as America/Toronto"
            )
        }
        // Rounded to milliseconds first, so that 4.9996 s becomes 5.000 in every field.
        let milliseconds = (date.timeIntervalSince1970 * 1000).rounded()
        let whole = (milliseconds / 1000).rounded(.down)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let instant = Date(timeIntervalSince1970: whole)
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: instant)
        year = parts.year ?? 0
        month = parts.month ?? 0
        day = parts.day ?? 0
        hour = parts.hour ?? 0
        minute = parts.minute ?? 0
        second = parts.second ?? 0
        millisecond = Int(milliseconds - whole * 1000)
        offsetSeconds = zone.secondsFromGMT(for: instant)
    }

    /// "2026:06:16"
    var exifDate: String { "\(padded(year, 4)):\(padded(month)):\(padded(day))" }
    /// "10:05:00"
    var exifTime: String { "\(padded(hour)):\(padded(minute)):\(padded(second))" }
    /// "-04:00"
    var exifOffset: String {
        let minutes = abs(offsetSeconds) / 60
        return "\(offsetSeconds < 0 ? "-" : "+")\(padded(minutes / 60)):\(padded(minutes % 60))"
    }
    var exifMilliseconds: String { padded(millisecond, 3) }

    private func padded(_ value: Int, _ width: Int = 2) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
