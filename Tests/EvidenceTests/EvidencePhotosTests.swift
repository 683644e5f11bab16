// Photos with their position and time: written by libexif, read back by another program, the picture untouched.
import Foundation
import Imaging
import ParkingCore
import Testing

@testable import Evidence

/// A picture with enough detail to notice when it was encoded again.
func samplePicture(width: Int = 640, height: Int = 360) throws -> ColourImage {
    var pixels = [UInt8](repeating: 0, count: width * height * 3)
    for y in 0..<height {
        for x in 0..<width {
            let at = (y * width + x) * 3
            pixels[at] = UInt8(truncatingIfNeeded: x * 3 + y)
            pixels[at + 1] = UInt8(truncatingIfNeeded: (x / 16 + y / 16).isMultiple(of: 2) ? 220 : 40)
            pixels[at + 2] = UInt8(truncatingIfNeeded: y * 2)
        }
    }
    return try ColourImage(width: width, height: height, pixels: pixels)
}

func sampleStamp(fix: Fix?, time: String = "2026-06-16T14:05:03.250Z", zone: String = "America/Toronto") throws
    -> PhotoStamp
{
    PhotoStamp(
        time: try #require(WireCoding.date(time)),
        timeZone: zone,
        fix: fix,
        vehicle: try VehicleID("car-7"),
        camera: try CameraID("right"),
        cameraAngleDegrees: 90,
        read: try UUIDv7("019777b2-3c4d-7abc-8def-0123456789ab")
    )
}

func sampleFix(latitude: Double = 43.482136, longitude: Double = -79.718625) throws -> Fix {
    Fix(
        point: try GeoPoint(latitude: latitude, longitude: longitude),
        time: try #require(WireCoding.date("2026-06-16T14:05:03.000Z")),
        errorMetres: 2.5,
        speedMetresPerSecond: 8.33,
        headingDegrees: 300.25
    )
}

/// Runs `exiftool -json -n` on the bytes.
func exiftool(_ jpeg: [UInt8]) throws -> [String: Any] {
    let path = NSTemporaryDirectory() + "exif-\(UUID().uuidString).jpg"
    try Data(jpeg).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["exiftool", "-json", "-n", "-validate", "-warning", path]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let all = Process()
    all.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    all.arguments = ["exiftool", "-json", "-n", path]
    let tags = Pipe()
    all.standardOutput = tags
    try all.run()
    let validation = output.fileHandleForReading.readDataToEndOfFile()
    let data = tags.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    all.waitUntilExit()
    var found = try #require((try JSONSerialization.jsonObject(with: data) as? [[String: Any]])?.first)
    let warnings = try #require((try JSONSerialization.jsonObject(with: validation) as? [[String: Any]])?.first)
    found["Warning"] = warnings["Warning"]
    return found
}

@Suite struct EvidencePhotosTests {
    let plate = PixelBox(x: 300, y: 200, width: 100, height: 50)

    @Test func positionAndTimeAreReadBackByAnotherProgram() throws {
        let frame = try JPEG.encode(samplePicture(), quality: 90)
        let photos = try EvidencePhotos(frame: frame, plate: plate, stamp: sampleStamp(fix: sampleFix()))
        for photo in photos.all {
            let tags = try exiftool(photo.jpeg)
            #expect(tags["Warning"] == nil, "\(tags["Warning"] ?? "")")
            #expect(abs(try #require(tags["GPSLatitude"] as? Double) - 43.482136) < 1e-7)
            #expect(abs(try #require(tags["GPSLongitude"] as? Double) + 79.718625) < 1e-7)
            #expect(tags["GPSHPositioningError"] as? Double == 2.5)
            #expect(tags["GPSTrack"] as? Double == 300.25)
            #expect(tags["GPSImgDirection"] as? Double == 30.25)
            #expect(tags["GPSImgDirectionRef"] as? String == "T")
            #expect(abs(try #require(tags["GPSSpeed"] as? Double) - 29.99) < 0.001)
            #expect(tags["GPSDateTime"] as? String == "2026:06:16 14:05:03Z")
            #expect(tags["DateTimeOriginal"] as? String == "2026:06:16 10:05:03")
            #expect(tags["SubSecDateTimeOriginal"] as? String == "2026:06:16 10:05:03.250-04:00")
            #expect(tags["OffsetTimeOriginal"] as? String == "-04:00")
            #expect(tags["Make"] as? String == "Curbside Patrol")
            #expect(tags["SerialNumber"] as? String == "car-7/right")
            #expect(tags["ImageUniqueID"] as? String == "019777b23c4d7abc8def0123456789ab")
            #expect(tags["ExifImageWidth"] as? Int == tags["ImageWidth"] as? Int)
        }
    }

    @Test(arguments: [
        (-33.8688, 151.2093, "Australia/Sydney", "+10:00"), (51.4779, -0.0014, "Europe/London", "+01:00"),
        (59.999999999, -179.999999999, "America/St_Johns", "-02:30"), (0, 0, "UTC", "+00:00"),
    ])
    func everyHemisphereAndZoneIsRight(latitude: Double, longitude: Double, zone: String, offset: String) throws {
        let frame = try JPEG.encode(samplePicture(), quality: 90)
        let fix = try sampleFix(latitude: latitude, longitude: longitude)
        let tags = try exiftool(
            EvidencePhotos(frame: frame, plate: plate, stamp: sampleStamp(fix: fix, zone: zone)).context.jpeg
        )
        #expect(abs(try #require((tags["GPSLatitude"] as? NSNumber)?.doubleValue) - latitude) < 1e-7)
        #expect(abs(try #require((tags["GPSLongitude"] as? NSNumber)?.doubleValue) - longitude) < 1e-7)
        #expect(tags["OffsetTimeOriginal"] as? String == offset)
    }

    @Test func aSecondThatRoundsUpCarriesIntoEveryField() throws {
        let local = try CivilTime(Date(timeIntervalSince1970: 1_798_761_599.9996), zone: "UTC")
        #expect(local.exifDate == "2027:01:01" && local.exifTime == "00:00:00" && local.exifMilliseconds == "000")
    }

    @Test func withoutAFixThereIsNoPosition() throws {
        let frame = try JPEG.encode(samplePicture(), quality: 90)
        let tags = try exiftool(EvidencePhotos(frame: frame, plate: plate, stamp: sampleStamp(fix: nil)).context.jpeg)
        #expect(!tags.keys.contains { $0.hasPrefix("GPS") })
        #expect(tags["OffsetTimeOriginal"] as? String == "-04:00")
    }

    @Test func theContextPhotoKeepsEveryByteOfTheFrame() throws {
        let frame = try JPEG.encode(samplePicture(), quality: 90)
        let photo = try EvidencePhotos(frame: frame, plate: plate, stamp: sampleStamp(fix: sampleFix())).context
        let segments = try JPEGSegments(frame)
        #expect(photo.jpeg.suffix(segments.scans.count) == segments.scans)
        let before = try JPEG.decodeColour(frame)
        let after = try JPEG.decodeColour(photo.jpeg)
        #expect(after.image == before.image && !after.damaged)
    }

    @Test func theCloseUpIsCutAtFullResolution() throws {
        let picture = try samplePicture(width: 1280, height: 720)
        let frame = try JPEG.encode(picture, quality: 95)
        let box = PixelBox(x: 600, y: 300, width: 150, height: 75)
        let photo = try EvidencePhotos(frame: frame, plate: box, stamp: sampleStamp(fix: nil)).closeUp
        let closeUp = try JPEG.decodeColour(photo.jpeg).image
        #expect(closeUp.width == 450 && closeUp.height == 300)
        let area = try #require(EvidencePhotos.cropArea(around: box, width: 1280, height: 720))
        let original = try #require(
            JPEG.decodeColour(frame).image.cropped(x: area.x, y: area.y, width: area.width, height: area.height)
        )
        let difference = zip(closeUp.pixels, original.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        // Quality 95 may change a value by a few steps; anything scaled or shifted would differ by tens.
        #expect(Double(difference) / Double(original.pixels.count) < 6)
    }

    @Test func stampingAgainReplacesTheMetadata() throws {
        let frame = try JPEG.encode(samplePicture(), quality: 90)
        let once = try EvidencePhotos(frame: frame, plate: plate, stamp: sampleStamp(fix: sampleFix())).context.jpeg
        let stamp = try sampleStamp(fix: nil, time: "2026-12-01T05:00:00.000Z")
        let twice = try EvidencePhotos(frame: once, plate: plate, stamp: stamp).context.jpeg
        let tags = try exiftool(twice)
        #expect(tags["SubSecDateTimeOriginal"] as? String == "2026:12:01 00:00:00.000-05:00")
        #expect(tags["GPSLatitude"] == nil)
        #expect(try JPEGSegments(twice).header.count { $0.marker == 0xE1 } == 1)
    }

    @Test func aFrameCutAnywhereIsRefused() throws {
        let frame = try JPEG.encode(samplePicture(width: 64, height: 48), quality: 80)
        let stamp = try sampleStamp(fix: sampleFix())
        let box = PixelBox(x: 20, y: 20, width: 20, height: 10)
        for count in 0..<frame.count {
            let error = #expect(throws: EvidenceError.self) {
                try EvidencePhotos(frame: Array(frame[..<count]), plate: box, stamp: stamp)
            }
            #expect(error?.code == .damagedFrame)
        }
    }

    @Test func garbledFramesGiveAPhotoOrAnErrorButNothingElse() throws {
        let frame = try JPEG.encode(samplePicture(width: 64, height: 48), quality: 80)
        let stamp = try sampleStamp(fix: sampleFix())
        let box = PixelBox(x: 20, y: 20, width: 20, height: 10)
        var generator = SplitMix(state: 5)
        var refused = 0
        for _ in 0..<2000 {
            var garbled = frame
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                garbled[Int.random(in: 0..<garbled.count, using: &generator)] = UInt8.random(
                    in: 0...255,
                    using: &generator
                )
            }
            do {
                let photos = try EvidencePhotos(frame: garbled, plate: box, stamp: stamp)
                #expect(!(try JPEG.decodeColour(photos.context.jpeg).damaged))
            } catch {
                refused += 1
            }
        }
        #expect(refused > 100)
    }

    @Test(arguments: [
        PixelBox(x: 700, y: 10, width: 50, height: 20), PixelBox(x: -80, y: 10, width: 50, height: 20),
        PixelBox(x: .nan, y: 10, width: 50, height: 20), PixelBox(x: 10, y: 10, width: 0, height: 20),
        PixelBox(x: 10, y: 10, width: .infinity, height: 20),
    ])
    func aBoxOutsideTheFrameIsRefused(box: PixelBox) throws {
        let frame = try JPEG.encode(samplePicture(), quality: 90)
        let error = #expect(throws: EvidenceError.self) {
            try EvidencePhotos(frame: frame, plate: box, stamp: sampleStamp(fix: nil))
        }
        #expect(error?.code == .boxOutside)
    }

    @Test func anUnknownTimeZoneIsRefusedByName() throws {
        let frame = try JPEG.encode(samplePicture(), quality: 90)
        let error = #expect(throws: EvidenceError.self) {
            try EvidencePhotos(frame: frame, plate: plate, stamp: sampleStamp(fix: nil, zone: "Mars/Olympus"))
        }
        #expect(error?.description.contains("'Mars/Olympus' is no time zone") == true)
    }
}

/// A repeatable source of chance (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
